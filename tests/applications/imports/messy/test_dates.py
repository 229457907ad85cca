"""Dates, months and years in every form, and those that do not exist."""

from datetime import date, datetime

from applications.models import Holiday, LprRate, MonthlyTrade, RegisteredEnterprise, TradeFigures

from .asking import CODE, code, expect
from .books import book, csv_of, package, parts, raw_book, sheet_xml


def holidays(days):
    return [("日期", "类型"), *((day, "休") for day in days)]


def stored_days():
    return list(Holiday.objects.order_by("day").values_list("day", flat=True))


def test_dates_are_understood_in_every_form(load):
    forms = [
        "2022-03-01",
        "2022-3-2",
        "2022/3/3",
        "2022/03/04",
        "2022.3.5",
        "2022.03.06",
        "2022年3月7日",
        "2022年03月08日",
        "20220309",
        " 2022-03-10 ",
        date(2022, 3, 11),
        datetime.fromisoformat("2022-03-12 00:00:00"),
        datetime.fromisoformat("2022-03-13 13:45:59"),
        "2022-03-14 00:00:00",
        "2022/3/15 9:30",
    ]
    expect(load("holidays", book(holidays(forms))), rows=len(forms), new=len(forms))
    assert stored_days() == [date(2022, 3, day) for day in range(1, 1 + len(forms))]


def test_dates_are_understood_in_csv(load):
    forms = ["2022-03-01", "2022/3/2", "2022.3.3", "2022年3月4日", "20220305", "2022-03-06 12:00:00"]
    expect(load("holidays", csv_of(holidays(forms))), rows=6, new=6)
    assert stored_days() == [date(2022, 3, day) for day in range(1, 7)]


def test_days_that_do_not_exist_and_other_texts_are_no_dates(load):
    forms = [
        "2022-02-29",
        "2022-13-01",
        "2022-00-10",
        "2022/4/31",
        "2022.2.30",
        "2022年6月31日",
        "20220230",
        "20221301",
        "2022-03",
        "3月1日",
        "03/01/2022",
        "2022",
        "44621",
        "明天",
        "2022-03-01x",
    ]
    refused = [(row, "日期", "bad_date", text) for row, text in enumerate(forms, start=2)]
    expect(load("holidays", csv_of(holidays(forms))), rows=len(forms), refused=refused)


def test_a_bare_serial_number_is_no_date(load):
    content = book(holidays([44621, 44621.5, "44621"]))
    expect(load("holidays", content), rows=3, refused=[(row, "日期", "bad_date") for row in (2, 3, 4)])


def test_serial_numbers_that_are_shown_as_dates_are_dates(load):
    formats = [
        14,
        22,
        31,
        57,
        "yyyy/m/d",
        "yyyy-mm-dd",
        'yyyy"年"m"月"d"日"',
        "[$-804]yyyy/m/d;@",
        "[DBNum1][$-804]yyyy年m月d日",
        "yyyy\\-mm\\-dd hh:mm",
        "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy",
    ]
    cells = [b'<c s="%d"><v>%d.75</v></c>' % (style, 44620 + style) for style in range(1, 12)]
    expect(load("holidays", raw_book(holidays(cells), formats=formats)), rows=11, new=11)
    assert stored_days() == [date(2022, 3, day) for day in range(1, 12)]


def test_serial_numbers_that_are_shown_as_numbers_are_none(load):
    formats = ["0.00", "#,##0", '0"天"', "[Red]0", "@", "0.00E+00", 49]
    cells = [b'<c s="%d"><v>44621</v></c>' % style for style in range(1, 8)]
    refused = [(row, "日期", "bad_date") for row in range(2, 9)]
    expect(load("holidays", raw_book(holidays(cells), formats=formats)), rows=7, refused=refused)


def test_dates_of_a_workbook_that_counts_from_1904(load):
    cells = [b'<c s="1"><v>43159</v></c>']
    content = raw_book(holidays(cells), formats=[14], properties='<workbookPr date1904="1"/>')
    expect(load("holidays", content), rows=1, new=1)
    assert stored_days() == [date(2022, 3, 1)]


def test_dates_that_are_written_as_such_in_the_sheet(load):
    cells = [b'<c t="d"><v>2022-03-01</v></c>', b'<c t="d"><v>2022-03-02T00:00:00</v></c>']
    expect(load("holidays", package(parts(sheet_xml(holidays(cells))))), rows=2, new=2)
    assert stored_days() == [date(2022, 3, 1), date(2022, 3, 2)]


def test_an_impossible_serial_number_is_no_date(load):
    cells = [b'<c s="1"><v>%s</v></c>' % number for number in (b"1E+300", b"99999999", b"-5")]
    refused = [(row, "日期", "bad_date") for row in (2, 3, 4)]
    expect(load("holidays", raw_book(holidays(cells), formats=[14])), rows=3, refused=refused)


def test_a_missing_date_is_missing(load):
    content = csv_of([("日期", "类型"), ("", "休"), ("2022-03-01", "")])
    expect(load("holidays", content), rows=2, refused=[(2, "日期", "missing"), (3, "类型", "missing")])


# --- Months ----------------------------------------------------------------------------------------

MONTHLY = (CODE, "年月", "进出口", "监管方式", "商品编码", "金额（元）", "金额（美元）")


def monthly(months):
    return [MONTHLY, *((code(1), month, "出口", "0110", "84713000", 5, 1) for month in months)]


def stored_months():
    return list(MonthlyTrade.objects.order_by("month").values_list("month", flat=True))


def test_months_are_understood_in_every_form(load):
    forms = ["2022-01", "202202", "2022年3月", 202204, "2022年05月", date(2022, 6, 1)]
    content = book(monthly(forms), formats={"B7": 'yyyy"年"m"月"'})
    expect(load("monthly", content), rows=6, new=6)
    assert stored_months() == [date(2022, month, 1) for month in range(1, 7)]


def test_a_month_that_the_spreadsheet_has_turned_into_a_date_is_a_month(load):
    content = raw_book(monthly([b'<c s="1"><v>44621</v></c>']), formats=[57])
    expect(load("monthly", content), rows=1, new=1)
    assert stored_months() == [date(2022, 3, 1)]


def test_months_that_do_not_exist_are_no_dates(load):
    forms = ["2022-13", "202200", "2022年0月", "2022", "三月", "44621", "1999-12", "2101-01"]
    refused = [(row, "年月", "bad_date", text) for row, text in enumerate(forms, start=2)]
    expect(load("monthly", csv_of(monthly(forms))), rows=len(forms), refused=refused)


def test_numbers_that_are_no_months_are_no_dates(load):
    expect(
        load("monthly", book(monthly([44621, 202213]))),
        rows=2,
        refused=[(2, "年月", "bad_date"), (3, "年月", "bad_date")],
    )


# --- Years -----------------------------------------------------------------------------------------


def figures_of(years):
    return [
        (CODE, "年度", "进口额"),
        *((code(number), year, 5) for number, year in enumerate(years, start=1)),
    ]


def test_years_are_understood_in_every_form(load):
    forms = [
        2022,
        "2022",
        "2022年",
        "2022年度",
        " 2022 ",
        "２０２２",
        2022.0,
        2000,
        2100,
        "2000年",
        "2100年度",
    ]
    expect(load("figures", book(figures_of(forms))), rows=11, new=11)
    years = [2022] * 7 + [2000, 2100, 2000, 2100]
    stored = dict(TradeFigures.objects.values_list("credit_code", "year"))
    assert [stored[code(number)] for number in range(1, 12)] == years


def test_other_years_are_bad(load):
    forms = ["1999", "2101", "22", "今年", "2022.5", "20222", "2022-2023", "2022年3月", "-2022", "2,022"]
    refused = [(row, "年度", "bad_year", text) for row, text in enumerate(forms, start=2)]
    expect(load("figures", csv_of(figures_of(forms))), rows=len(forms), refused=refused)


def test_other_numbers_are_bad_years(load):
    forms = [1999, 2101, 22, 2022.5, 44621, -2022]
    refused = [(row, "年度", "bad_year") for row in range(2, 2 + len(forms))]
    expect(load("figures", book(figures_of(forms))), rows=len(forms), refused=refused)


def test_a_missing_year_is_missing(load):
    content = book(figures_of([None, "  "]))
    expect(load("figures", content), rows=2, refused=[(2, "年度", "missing"), (3, "年度", "missing")])


def test_the_optional_year_and_date_of_a_firm_are_read_alike(load):
    headings = (CODE, "企业名称", "市（地）", "引进年度", "成立日期")
    rows = [
        headings,
        (code(1), "示例甲有限公司", "哈尔滨", "2021年", "2021年3月1日"),
        (code(2), "示例乙有限公司", "哈尔滨", None, None),
        (code(3), "示例丙有限公司", "哈尔滨", "前年", "2021年"),
    ]
    refused = [(4, "引进年度", "bad_year", "前年"), (4, "成立日期", "bad_date", "2021年")]
    expect(load("enterprises", book(rows), "--good-rows"), rows=3, new=2, refused=refused)
    stored = RegisteredEnterprise.objects.order_by("credit_code").values_list(
        "introduced_year", "established_on"
    )
    assert sorted(stored, key=str) == [(2021, date(2021, 3, 1)), (None, None)]


def test_lpr_has_dates_in_every_form_too(load):
    days = ["2022年1月20日", "2022-02-21", "2022/3/21", "2022.4.20", "20220520", "2022-6-20"]
    expect(load("lpr", csv_of([("公布日期", "1年期"), *((day, "3.7") for day in days)])), rows=6, new=6)
    assert LprRate.objects.filter(published_on__year=2022, one_year_percent="3.7").count() == 6
