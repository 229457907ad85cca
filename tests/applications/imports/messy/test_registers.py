"""Registers, holidays, rates of cities and LPR: choices, values, changes."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.cities import City
from applications.models import (
    CityRate,
    DualCirculationEntry,
    Holiday,
    LprRate,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
)

from .asking import CODE, code, expect
from .books import book, csv_of, raw_book

PLATFORM = ("平台编号", "平台名称", "级别", "运营企业信用代码", "认定日期")
MEMBER = ("平台编号", CODE, "起", "止")
FIRM = (CODE, "企业名称", "市（地）", "引进年度", "自贸区", "成立日期", "地址", "联系电话")
RATE = ("市（地）", "年度", "事项", "比例")


# --- Platforms and warehouses ------------------------------------------------------------------------


def test_a_platform_may_be_designated_at_both_levels(load):
    rows = [
        PLATFORM,
        ("PT1", "示例平台", "省级", code(1), "2021-01-01"),
        ("PT1", "示例平台", "国家级", code(1), "2022-01-01"),
    ]
    expect(load("platforms", csv_of(rows)), rows=2, new=2)
    stored = set(Platform.objects.values_list("number", "level", "designated_on"))
    assert stored == {("PT1", "provincial", date(2021, 1, 1)), ("PT1", "national", date(2022, 1, 1))}


def test_other_levels_are_bad_choices(load):
    texts = ["市级", "省", "national"]
    rows = [
        PLATFORM,
        *((f"PT{number}", "示例平台", text, code(1), "2021-01-01") for number, text in enumerate(texts)),
    ]
    refused = [(row, "级别", "bad_choice", text) for row, text in enumerate(texts, start=2)]
    expect(load("platforms", csv_of(rows)), rows=3, refused=refused)


@pytest.mark.parametrize("kind", ["platforms", "warehouses"])
def test_each_required_cell_that_is_empty_is_missing(load, kind):
    headings = PLATFORM if kind == "platforms" else ("海外仓编号", "名称", "运营企业信用代码", "认定日期")
    whole = ("N{}", "示例", "省级", code(1), "2021-01-01")
    whole = whole if kind == "platforms" else (whole[0], *whole[1:2], *whole[3:])
    rows, refused = [headings], []
    for place, heading in enumerate(headings):
        rows.append(["" if place == number else text.format(place) for number, text in enumerate(whole)])
        refused.append((place + 2, heading, "missing"))
    expect(load(kind, csv_of(rows)), rows=len(headings), refused=refused)


def test_numbers_of_platforms_may_be_numeric_cells(load):
    rows = [PLATFORM, (23001, "示例平台", "省级", code(1), "2021-01-01")]
    expect(load("platforms", book(rows)), rows=1, new=1)
    assert Platform.objects.get().number == "23001"


def test_the_country_of_a_warehouse_may_be_absent_or_empty(load):
    rows = [("海外仓编号", "名称", "运营企业信用代码", "认定日期"), ("W1", "示例仓", code(1), "2022年1月1日")]
    expect(load("warehouses", csv_of(rows)), rows=1, new=1)
    rows = [(*rows[0], "国家"), (*rows[1], "")]
    expect(load("warehouses", csv_of(rows)), rows=1, unchanged=1)
    assert OverseasWarehouse.objects.get().country == ""


def test_members_of_an_unknown_platform_are_bad_choices(load):
    load("platforms", csv_of([PLATFORM, ("PT1", "示例平台", "省级", code(1), "2021-01-01")]))
    rows = [MEMBER, ("PT1", code(2), "", ""), ("PT9", code(2), "", ""), ("", code(2), "", "")]
    refused = [(3, "平台编号", "bad_choice", "PT9"), (4, "平台编号", "missing")]
    expect(load("platform-members", csv_of(rows), "--good-rows"), rows=3, new=1, refused=refused)
    assert PlatformMember.objects.get().platform_number == "PT1"


# --- Enterprises -------------------------------------------------------------------------------------


def test_every_city_is_known_with_and_without_its_last_word(load):
    names = []
    for city in City:
        short = city.label.removesuffix("市").removesuffix("地区")
        names += [city.label, short]
    rows = [FIRM[:3], *((code(number), "示例公司", name) for number, name in enumerate(names))]
    expect(load("enterprises", csv_of(rows)), rows=26, new=26)
    stored = dict(RegisteredEnterprise.objects.values_list("credit_code", "city"))
    assert [stored[code(number)] for number in range(26)] == [city.value for city in City for _ in range(2)]


def test_other_places_are_bad_choices(load):
    texts = ["长春市", "哈尔滨县", "2301", "哈", "黑龙江省", "大兴安岭市市"]
    rows = [FIRM[:3], *((code(number), "示例公司", text) for number, text in enumerate(texts))]
    refused = [(row, "市（地）", "bad_choice", text) for row, text in enumerate(texts, start=2)]
    expect(load("enterprises", csv_of(rows)), rows=len(texts), refused=refused)


def test_a_firm_of_the_register_is_stored_whole(load):
    row = (code(1), "示例甲公司", "黑河", "2021年度", "是", "2010年1月2日", "示例路1号", 13800000000)
    expect(load("enterprises", book([FIRM, row])), rows=1, new=1)
    firm = RegisteredEnterprise.objects.get()
    assert (firm.name, firm.city, firm.introduced_year, firm.ftz) == ("示例甲公司", "2311", 2021, True)
    assert (firm.established_on, firm.address, firm.phone) == (date(2010, 1, 2), "示例路1号", "13800000000")


def test_the_zone_is_yes_or_no_and_no_where_empty(load):
    texts = ["是", "否", "", " 是 ", "Y", "1", "在"]
    rows = [
        (*FIRM[:3], "自贸区"),
        *((code(number), "示例公司", "黑河", text) for number, text in enumerate(texts)),
    ]
    refused = [(row, "自贸区", "bad_choice", text) for row, text in ((6, "Y"), (7, "1"), (8, "在"))]
    expect(load("enterprises", csv_of(rows), "--good-rows"), rows=7, new=4, refused=refused)
    stored = dict(RegisteredEnterprise.objects.values_list("credit_code", "ftz"))
    assert [stored[code(number)] for number in range(4)] == [True, False, False, True]


def test_name_and_city_of_a_firm_are_required(load):
    rows = [FIRM[:3], (code(1), "", "黑河"), (code(2), "示例乙公司", "")]
    expect(
        load("enterprises", csv_of(rows)),
        rows=2,
        refused=[(2, "企业名称", "missing"), (3, "市（地）", "missing")],
    )


def test_imports_never_delete_from_a_register(load):
    load("dual-circulation", csv_of([(CODE, "批次"), (code(1), "第一批"), (code(2), "第一批")]))
    expect(load("dual-circulation", csv_of([(CODE, "批次"), (code(3), "第二批")])), rows=1, new=1)
    assert DualCirculationEntry.objects.count() == 3


# --- Holidays and LPR --------------------------------------------------------------------------------


def test_a_holiday_is_off_or_worked(load):
    rows = [
        ("日期", "类型", "名称"),
        ("2022-01-03", "休", "元旦"),
        ("2022-01-29", "班", ""),
        ("2022-01-30", "放假", ""),
    ]
    answer = load("holidays", csv_of(rows), "--good-rows")
    expect(answer, rows=3, new=2, refused=[(4, "类型", "bad_choice", "放假")])
    stored = set(Holiday.objects.values_list("day", "kind", "name"))
    assert stored == {(date(2022, 1, 3), "off", "元旦"), (date(2022, 1, 29), "work", "")}


def test_lpr_is_a_percentage_however_it_is_written(load):
    forms = {
        "3.7": "3.7",
        "3.70%": "3.7",
        "0.037": "3.7",
        " 3.70 % ": "3.7",
        "３．７％": "3.7",
        "0.0385": "3.85",
        "0.19": "19",
        "0.2": "0.2",
        "0.19%": "0.19",
        "4.3500": "4.35",
        b"<c><v>3.85</v></c>": "3.85",
        b"<c><v>3.8500000000000001E-2</v></c>": "3.85",
        b'<c s="1"><v>3.85E-2</v></c>': "3.85",
    }
    rows = [("公布日期", "1年期"), *((f"2022-01-{day:02}", text) for day, text in enumerate(forms, start=1))]
    expect(load("lpr", raw_book(rows, formats=["0.00%"])), rows=len(forms), new=len(forms))
    stored = list(LprRate.objects.order_by("published_on").values_list("one_year_percent", flat=True))
    assert stored == [Decimal(value) for value in forms.values()]


def test_what_is_no_rate_is_refused(load):
    faults = {
        "": "missing",
        "三点七": "not_a_number",
        "3,7": "not_a_number",
        "-3.7": "negative",
        "3.7%%": "not_a_number",
    }
    rows = [("公布日期", "1年期"), *((f"2022-01-{day:02}", text) for day, text in enumerate(faults, start=1))]
    refused = [(row, "1年期", fault) for row, fault in enumerate(faults.values(), start=2)]
    expect(load("lpr", csv_of(rows)), rows=len(faults), refused=refused)


# --- Rates of cities ---------------------------------------------------------------------------------


def test_rates_of_cities_are_shares_however_they_are_written(load):
    forms = {
        "50%": "0.5",
        "0.5": "0.5",
        "50": "0.5",
        " ４５％ ": "0.45",
        "12.5%": "0.125",
        "12.5": "0.125",
        "0.125": "0.125",
        "0": "0",
        "0%": "0",
        "1%": "0.01",
        "0.5%": "0.005",
        "1.5": "0.015",
        b"<c><v>40</v></c>": "0.4",
        b'<c s="1"><v>0.45</v></c>': "0.45",
        b'<c s="1"><v>0.28000000000000003</v></c>': "0.28",
    }
    rows = [RATE, *(("大兴安岭", 2000 + number, "3.3", text) for number, text in enumerate(forms))]
    expect(load("city-rates", raw_book(rows, formats=["0%"])), rows=len(forms), new=len(forms))
    stored = list(CityRate.objects.order_by("year").values_list("rate", flat=True))
    assert stored == [Decimal(value) for value in forms.values()]
    assert set(CityRate.objects.values_list("city", "item")) == {("2327", "3.3")}


@pytest.mark.parametrize(
    ("item", "most", "over"), [("3.3", "50%", "50.01%"), ("5.4", "0.5", "0.51"), ("5.5", "70", "70.5")]
)
def test_a_rate_above_the_limit_of_its_item_is_too_large(load, item, most, over):
    rows = [RATE]
    rows += [
        ("黑河市", 2000 + number, item, text)
        for number, text in enumerate([most, over, "1", "100%", "150", "1000%"])
    ]
    refused = [(row, "比例", "too_large") for row in range(3, 8)]
    expect(load("city-rates", csv_of(rows)), rows=6, new=1, refused=refused)


def test_a_percentage_is_what_the_cell_shows(load):
    """A cell with a percent format shows 150% for 1.5 and 5000% for 50."""
    rows = [
        RATE,
        *(("黑河市", 2022, item, value) for item, value in (("3.3", 1.5), ("5.4", 50), ("5.5", 0.7))),
    ]
    content = book(rows, formats={"D2": "0%", "D3": "0.00%", "D4": "0%"})
    refused = [(2, "比例", "too_large"), (3, "比例", "too_large")]
    expect(load("city-rates", content), rows=3, new=1, refused=refused)


def test_what_is_no_rate_of_a_city_is_refused(load):
    faults = {
        "": "missing",
        "一半": "not_a_number",
        "-5%": "negative",
        "五成": "not_a_number",
        "50%%": "not_a_number",
    }
    rows = [RATE, *(("黑河市", 2000 + number, "3.3", text) for number, text in enumerate(faults))]
    refused = [(row, "比例", fault) for row, fault in enumerate(faults.values(), start=2)]
    expect(load("city-rates", csv_of(rows)), rows=len(faults), refused=refused)


def test_only_three_items_have_rates_of_cities(load):
    items = ["3.3", "5.4", "5.5", "3.1", "4.1", "33", "第3.3项", "9.9"]
    rows = [RATE, *(("黑河市", 2022, item, "30%") for item in items)]
    refused = [(row, "事项", "bad_choice", item) for row, item in enumerate(items[3:], start=5)]
    expect(load("city-rates", csv_of(rows)), rows=8, new=3, refused=refused)


def test_items_may_be_numeric_cells(load):
    expect(
        load("city-rates", book([RATE, ("黑河", 2022, 5.5, 0.3), ("黑河", 2022, 5.4, 0.3)])), rows=2, new=2
    )
    assert set(CityRate.objects.values_list("item", flat=True)) == {"5.4", "5.5"}


def test_loaded_rates_of_cities_are_drafts(load):
    rows = [RATE, ("黑河市", 2022, "3.3", "30%")]
    expect(load("city-rates", csv_of(rows)), rows=1, new=1)
    assert not CityRate.objects.exclude(published_at=None).exists()
    expect(load("city-rates", csv_of(rows)), rows=1, unchanged=1)
    rows = [RATE, ("黑河市", 2022, "3.3", "40%")]
    expect(load("city-rates", csv_of(rows)), rows=1, changed=1)
    expect(load("city-rates", csv_of(rows)), rows=1, unchanged=1)
    assert not CityRate.objects.exclude(published_at=None).exists()
