"""The calculator in pages: choosing, adding and taking out claims and rows, results, and what is wrong."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.models import (
    CityRate,
    Claim,
    DualCirculationEntry,
    Enterprise,
    PastAward,
    Platform,
    YearSettings,
)
from applications.portal.calculator_link import MAX_QUERY
from measures import registry
from tests.factories import NOW, make_figures, make_firm, make_period, owner_of

pytestmark = pytest.mark.django_db

MONEY_ITEMS = [item.code for item in registry.ITEMS.values() if not item.support]
GROWTH = {
    "official-import_cny_0": "300,000,000",
    "official-export_cny_0": "114600000",
    "official-import_cny_1": "200000000",
    "official-export_cny_1": "70600000",
}


def rows(prefix, count=0):
    return {f"{prefix}-TOTAL_FORMS": str(count), f"{prefix}-INITIAL_FORMS": "0"}


def calculate(client, address, **data):
    return client.post(f"/calculator/?{address}", data)


def test_every_money_item_and_no_other_can_be_chosen(client):
    text = client.get("/calculator/").content.decode()
    for item in registry.ITEMS.values():
        assert (f'value="{item.code}"' in text) == (not item.support)


@pytest.mark.parametrize("code", MONEY_ITEMS)
def test_an_item_by_its_address_asks_for_its_facts_and_official_data(client, code):
    text = client.get(f"/calculator/?items={code}&year=2025").content.decode()
    item = registry.item(code)
    assert item.title in text
    for field in item.facts:
        assert field.label in text


def test_the_year_of_an_open_period_is_the_usual_one(client):
    make_period(2024)
    make_period(2025, title="正在受理")
    assert client.get("/calculator/?items=1.1").context["year"] == 2025


@pytest.mark.parametrize(
    "address", ["items=9.9", "items=8.1", "items=", "year=99999", "items=1.1&year=一", "items=%00"]
)
def test_an_address_that_makes_no_sense_is_forgiven(client, address):
    assert client.get(f"/calculator/?{address}").status_code == 200


@pytest.mark.parametrize("year", ["1999", "99999", "二〇二五", "", " 2024"])
def test_a_year_that_cannot_be_asked_for_is_named_above_the_form_and_the_figures_stay(client, year):
    figures = "&official-import_cny_0=150000000&official-import_cny_1=1&official-export_cny_0=0&official-export_cny_1=0"
    answer = client.get("/calculator/", QUERY_STRING=urlencode({"items": "1.1", "year": year}) + figures)
    said = f"链接里的年度“{year}”不能测算，已改为 {answer.context['year']} 年度，填写的数字没有改动。"
    text = answer.content.decode()
    assert said in text
    assert text.index(said) < text.index('id="calculator"')
    assert 'value="150000000"' in text
    assert answer.context["result"]["total"] > 0
    chosen = client.get("/calculator/", {"year": year}).content.decode()
    assert said in chosen


def test_items_that_cannot_be_calculated_are_named_and_the_others_stay(client):
    query = "&".join(f"items={code}" for code in ("9.9", "1.1", "8.1", "7.9", "6.6"))
    text = client.get(f"/calculator/?{query}&year=2025").content.decode()
    assert "链接里的事项“9.9”、“8.1”、“7.9”等不在可以测算的范围里，没有列入。" in text
    assert "不能测算，已改为" not in text
    alone = client.get("/calculator/?items=%3Cb%3E" + "x" * 90).content.decode()
    assert "链接里的事项“&lt;b&gt;xxxxxxxxx…”不在" in alone


def test_the_result_shows_four_steps_clause_and_limit(client):
    answer = calculate(client, "items=1.1&items=5.1&year=2025", **GROWTH, **{"5_1-0-booth_cny": "500000"})
    text = answer.content.decode()
    assert "720,000.00" in text
    assert "柒拾贰万元整" in text
    for title in ("按规则计算", "限额", "扣除其他省级支持", "年度总额度"):
        assert text.count(f"<h3>{title}</h3>") == 2
    assert "总额度 300 万元，由 1.1 大型外贸主体增量奖励决定。没有超出。" in text
    assert "依据：措施第五条" in text


def test_what_exceeds_the_limit_is_named(client):
    data = {"5_1-0-booth_cny": "400000", "official-dual_circulation": "on"}
    answer = calculate(client, "items=5.1&items=6.1", **data)
    text = answer.content.decode()
    assert "总额度 30 万元，由 5.1 线下境外展会补贴决定。超出的 180,000.00 元不再支付" in text.replace(
        "\n", ""
    )


def test_an_item_that_pays_nothing_says_why(client):
    answer = calculate(client, "items=3.3&year=2025", **{"3_3-0-entry_fee_cny": "1000"})
    assert "不符合条件" in answer.content.decode()
    assert answer.context["result"]["total"] == 0


def test_the_citys_rate_is_typed_in_percent(client):
    data = {"3_3-0-entry_fee_cny": "1000", "official-rate_3_3": "12.5%"}
    assert "125.00" in calculate(client, "items=3.3", **data).content.decode()


@pytest.mark.parametrize("rate", ["51", "五成", "-1"])
def test_a_rate_above_the_policys_or_unreadable_is_refused_at_its_field(client, rate):
    answer = calculate(client, "items=3.3", **{"3_3-0-entry_fee_cny": "1000", "official-rate_3_3": rate})
    assert "rate_3_3" in answer.context["calculation"].official.errors
    assert answer.context["result"] is None
    assert f'value="{rate}"' in answer.content.decode()


def test_an_amount_that_cannot_be_read_stays_and_gets_a_sentence(client):
    answer = calculate(client, "items=5.3", **{"5_3-0-participation_cny": "2.61万元"})
    text = answer.content.decode()
    assert "请只填数字，单位是元。" in text
    assert 'value="2.61万元"' in text
    assert "有的内容看不懂" in text


def test_a_second_exhibition_is_added_and_what_was_typed_stays(client):
    answer = calculate(
        client,
        "items=5.1&year=2025",
        add_claim="5.1",
        add_claim_now="1",
        **{"5_1-0-booth_cny": "123"},
    )
    text = answer.content.decode()
    assert 'name="5_1-1-booth_cny"' in text
    assert 'value="123"' in text
    assert 'action="/calculator/?items=5.1&amp;items=5.1&amp;year=2025"' in text
    assert answer.context["result"] is None


def test_taking_out_a_claim_moves_the_ones_behind_it_up(client):
    answer = calculate(
        client,
        "items=5.1&items=1.1&items=5.1&year=2025",
        remove_claim="5_1-0",
        **{"5_1-0-booth_cny": "111", "5_1-1-booth_cny": "222"},
    )
    text = answer.content.decode()
    assert [part.prefix for part in answer.context["calculation"].parts] == ["1_1-0", "5_1-0"]
    assert 'value="222"' in text
    assert 'value="111"' not in text


def test_taking_out_the_last_claim_leads_back_to_the_choice(client):
    answer = calculate(client, "items=5.1", remove_claim="5_1-0")
    assert "选择要测算的事项" in answer.content.decode()


def test_rows_come_and_go_without_scripts(client):
    loan = {"4_2-0-loans-0-principal_cny": "777", **rows("4_2-0-loans", 1)}
    more = calculate(client, "items=4.2", add_row="4_2-0-loans", **loan).content.decode()
    assert 'name="4_2-0-loans-1-principal_cny"' in more
    assert 'value="777"' in more
    less = calculate(client, "items=4.2", remove_row="4_2-0-loans-0", **loan).content.decode()
    assert 'value="777"' not in less


def test_a_row_that_is_not_complete_is_left_out_and_named(client):
    data = {
        "official-local_product_export_cny_0": "60000000",
        "4_2-0-bank_fees_cny": "1000",
        "4_2-0-loans-0-principal_cny": "1000000",
        **rows("4_2-0-loans", 1),
    }
    answer = calculate(client, "items=4.2&year=2025", **data)
    assert answer.context["result"]["total"] == 500
    assert "没有填全，暂未计入：4.2 地产品出口补贴的贷款 1。" in answer.content.decode()


def test_a_platform_that_is_named_and_listed_pays_by_its_level(client):
    data = {"2_1-0-platform": "示例平台", "2_1-0-register-level": "national"}
    assert "2,000,000.00" in calculate(client, "items=2.1", **data).content.decode()
    paid = {**data, "2_1-0-register-paid": "national"}
    assert calculate(client, "items=2.1", **paid).context["result"]["total"] == 0
    unnamed = calculate(client, "items=2.1", **{"2_1-0-register-level": "national"})
    assert unnamed.context["left_out"] == ["2.1 外贸促进平台一次性奖励"]


def test_one_platform_with_two_levels_gets_a_sentence(client):
    data = {
        "2_1-0-platform": "示例平台",
        "2_1-0-register-level": "national",
        "2_1-1-platform": "示例平台",
        "2_1-1-register-level": "provincial",
    }
    answer = calculate(client, "items=2.1&items=2.1", **data)
    assert answer.context["fault"]
    assert answer.context["fault"] in answer.content.decode()


def test_the_result_alone_is_what_the_page_shows(client):
    alone = client.post("/calculator/result/?items=1.1&year=2025", GROWTH)
    assert "420,000.00" in alone.content.decode()
    assert "<html" not in alone.content.decode()
    assert client.get("/calculator/result/?items=1.1").status_code == 405


def test_more_claims_than_forty_are_not_taken(client):
    address = "&".join(["items=5.1"] * 41)
    answer = client.get(f"/calculator/?{address}")
    assert len(answer.context["codes"]) == 40
    assert 'name="add_claim_now"' not in answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {"add_claim": "1.1", "add_claim_now": "1"},
        {"remove_claim": "5_1-9"},
        {"remove_claim": "-"},
        {"remove_claim": "5_1-²"},
        {"remove_claim": "5_1-" + "9" * 5000},
        {"add_row": "nothing"},
        {"remove_row": "loans-99999"},
        {"4_1-0-loans-TOTAL_FORMS": "x"},
        {"4_1-0-loans-TOTAL_FORMS": "100000", "4_1-0-loans-INITIAL_FORMS": "0"},
    ],
)
def test_whatever_is_posted_gets_a_page(client, data):
    assert calculate(client, "items=4.1&items=5.1", **data).status_code == 200


@pytest.mark.parametrize("rows", ["100", " 100", "1_00", "100.0", "99999"])
def test_a_page_of_thousands_of_rows_is_drawn_for_nobody_and_says_so(client, rows):
    items = "&".join(["items=7.2"] * 40)
    asked = {f"7_2-{number}-premiums-TOTAL_FORMS": rows for number in range(40)}
    whole = client.post(f"/calculator/?{items}", asked)
    assert (whole.status_code, "calculation" in whole.context) == (400, False)
    alone = client.post(f"/calculator/result/?{items}", asked)
    for answer in (whole, alone):
        assert "一次最多测算 200 行" in answer.content.decode()


def test_the_calculator_stores_nothing(client):
    calculate(client, "items=1.1&year=2025", **GROWTH)
    assert not Claim.objects.exists()
    assert not Enterprise.objects.exists()


# --- Passing a calculation on ----------------------------------------------------------------------

LOANS = {
    "official-local_product_export_cny_0": "60000000",
    "4_2-0-bank_fees_cny": "1,000",
    "4_2-0-loans-0-principal_cny": "1000000",
    "4_2-0-loans-0-issued_on": "2025-03-01",
    "4_2-0-loans-0-interest_paid_cny": "20000",
    # A blank row between two filled ones is left out of the address.
    "4_2-0-loans-1-principal_cny": "",
    "4_2-0-loans-2-principal_cny": "2000000",
    "4_2-0-loans-2-issued_on": "2025-05-01",
    "4_2-0-loans-2-interest_paid_cny": "30000",
    **rows("4_2-0-loans", 3),
}


def test_an_address_carries_the_whole_calculation_and_opens_for_anybody(client):
    posted = calculate(client, "items=4.2&items=5.1&year=2025", **LOANS, **{"5_1-0-booth_cny": "70000"})
    link = posted.context["link"]
    assert link.startswith("http://testserver/calculator/?items=4.2&items=5.1&year=2025&")
    assert link.replace("&", "&amp;") in posted.content.decode()
    assert "链接里带有您填写的全部数字" in posted.content.decode()
    opened = Client().get(link)
    assert opened.context["result"] == posted.context["result"]
    assert opened.context["link"] == link
    assert "这里的数字来自您打开的链接" in opened.content.decode()
    assert "csrf" not in link
    assert "TOTAL_FORMS" not in link


def test_a_page_whose_figures_were_posted_keeps_them_out_of_its_own_address(client):
    text = calculate(client, "items=1.1&year=2025", **GROWTH).content.decode()
    assert 'action="/calculator/?items=1.1&amp;year=2025"' in text
    assert client.get("/calculator/?items=1.1&year=2025").context["result"] is None


def test_names_in_other_letters_survive_the_address(client):
    data = {"2_1-0-platform": "示例 基地&甲=乙", "2_1-0-register-level": "national"}
    link = calculate(client, "items=2.1", **data).context["link"]
    opened = client.get(link)
    assert opened.context["result"]["total"] == 2_000_000
    assert "示例 基地&amp;甲=乙" in opened.content.decode()


def test_the_result_alone_brings_the_address_too(client):
    alone = client.post("/calculator/result/?items=1.1&year=2025", GROWTH)
    assert client.get(alone.context["link"]).context["result"]["total"] == 420_000


def test_what_does_not_fit_an_address_says_so_and_is_computed_all_the_same(client):
    lines = {
        f"7_2-0-premiums-{number}-{name}": value
        for number in range(60)
        for name, value in (("premium_cny", "1000"), ("market", "VN"), ("new_mode", "on"))
    }
    answer = calculate(client, "items=7.2&year=2025", **lines, **rows("7_2-0-premiums", 60))
    assert answer.context["result"]["total"] == 60 * 700
    assert answer.context["link"] == ""
    assert "放不进一个链接" in answer.content.decode()


@pytest.mark.parametrize(("length", "status"), [(MAX_QUERY, 200), (MAX_QUERY + 1, 414)])
def test_an_address_that_is_too_long_is_answered_with_words(client, length, status):
    query = "items=5.1&year=2025&5_1-0-booth_cny=1&more="
    answer = client.get(f"/calculator/?{query.ljust(length, 'x')}")
    assert answer.status_code == status
    assert ("这个链接太长" in answer.content.decode()) == (status == 414)


@pytest.mark.parametrize(
    "query",
    [
        "4_2-0-loans-199-principal_cny=1",
        "4_2-0-loans-99-principal_cny=1&4_2-0-loans-x-principal_cny=1",
        "4_2-0-loans-TOTAL_FORMS=99999",
        "4_2-0-bank_fees_cny=%00",
        "4_2-0-bank_fees_cny=" + "9" * 3000,
        "official-local_product_export_cny_0=" + "x" * 3000,
        "9_9-0-nothing=1&official-nothing=2",
        "4_2-0-bank_fees_cny=1&4_2-0-bank_fees_cny=2",
        "add_row=4_2-0-loans",
    ],
)
def test_whatever_stands_in_an_address_gets_a_page(client, query):
    assert client.get(f"/calculator/?items=4.2&year=2025&{query}").status_code in (200, 400)


def test_a_figure_in_an_address_that_cannot_be_read_is_refused_at_its_field(client):
    text = client.get("/calculator/?items=5.3&5_3-0-participation_cny=abc").content.decode()
    assert 'href="#id_5_3-0-participation_cny"' in text
    assert 'value="abc"' in text
    assert "链接里带有" not in text


def test_forty_claims_and_more_are_said_to_be_too_many(client):
    text = client.get("/calculator/?" + "&".join(["items=5.1"] * 41)).content.decode()
    assert "一次最多测算 40 件" in text


def test_what_was_typed_is_printed_with_the_result(client):
    answer = calculate(client, "items=3.3&items=7.2&year=2025", **PRINTED)
    assert answer.context["given"] == [
        ("企业和年度情况", [("3.3 市（地）补贴比例", "40%"), ("农产品出口企业", "是")]),
        ("3.3 第三方平台开店补贴", [("入驻平台费", "1,000.00 元")]),
        ("7.2 非平台类短期出口信用保险补贴", [("保费 1：保费", "500.00 元"), ("保费 1：承保市场", "越南")]),
    ]


PRINTED = {
    "official-rate_3_3": "40",
    "official-agricultural_exporter": "on",
    "3_3-0-entry_fee_cny": "1000",
    "7_2-0-premiums-0-premium_cny": "500",
    "7_2-0-premiums-0-market": "VN",
    **rows("7_2-0-premiums", 1),
}


@pytest.mark.parametrize(
    ("opens", "words_"),
    [(-1, "登录后申报这一项"), (4, "起受理"), (-90, "截止。"), (None, "受理时间还没有公布")],
)
def test_a_result_leads_on_to_filing(client, opens, words_):
    today = timezone.localdate()
    if opens is not None:
        start = today + timedelta(days=opens)
        make_period(2025, opens_on=start, deadline=start + timedelta(days=30))
    make_period(2024, opens_on=today, deadline=today, title="另一个年度")
    text = calculate(client, "items=5.3&year=2025", **{"5_3-0-participation_cny": "1000"}).content.decode()
    assert words_ in text


def test_a_rate_left_empty_is_what_the_province_has_set(client):
    YearSettings.objects.create(year=2025, version=1, bank_cost_rate="0.3", published_at=NOW)
    data = {
        "official-local_product_export_cny_0": "60000000",
        "4_2-0-bank_fees_cny": "1000",
        **rows("4_2-0-loans"),
    }
    assert calculate(client, "items=4.2&year=2025", **data).context["result"]["total"] == 300


# --- Official data of one's own firm ---------------------------------------------------------------


@pytest.fixture
def known_firm():
    """A verified firm with figures, a rate of its city, two platforms, and an award of 6.1 before."""
    firm = make_firm()
    make_figures(firm, 2025, import_cny="300000000", export_cny="114600000")
    make_figures(firm, 2024, import_cny="200000000", export_cny="70600000")
    CityRate.objects.create(city=firm.city, year=2025, item="3.3", rate="0.35", published_at=NOW)
    for number, level in (("P1", "provincial"), ("P2", "national")):
        Platform.objects.create(
            number=number, name=f"示例平台{number}", level=level, operator_code=firm.credit_code,
            designated_on="2025-01-01",
        )  # fmt: skip
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    PastAward.objects.create(item="6.1", credit_code=firm.credit_code)
    return firm


ALL = "items=1.1&items=2.1&items=2.1&items=3.3&items=6.1&year=2025"


def sent_as_shown(client, address):
    """What the form of a page would post if nobody changed anything."""
    calculation = client.get(f"/calculator/?{address}").context["calculation"]
    data = {}
    for form in calculation.forms:
        for field in getattr(form, "forms", [form])[0]:
            value = field.value()
            if value not in (None, "", False, []):
                data[field.html_name] = "on" if value is True else value
    return data


def test_official_data_are_filled_in_for_the_firms_own_people(client, known_firm):
    client.force_login(owner_of(known_firm))
    text = client.get(f"/calculator/?{ALL}").content.decode()
    assert 'value="114600000.00"' in text
    assert "海关纳统数据：114,600,000.00 元" in text
    assert 'value="35"' in text
    assert "示例平台P2（国家级）" in text
    answer = calculate(client, ALL, **sent_as_shown(client, ALL))
    amounts = [claim["payable"] for claim in answer.context["result"]["claims"]]
    # Growth, the national platform, what the limit leaves the provincial one, no shop cost, an award paid before.
    assert amounts == [420_000, 2_000_000, 580_000, 0, 0]
    assert answer.context["official"] is True
    assert "包括本企业的海关统计" in answer.content.decode()


def test_a_year_without_figures_says_that_there_are_none(client, known_firm):
    client.force_login(owner_of(known_firm))
    assert "年度的海关统计，请自己填写数字" in client.get("/calculator/?items=1.1&year=2030").content.decode()


def test_official_figures_can_be_changed_to_see_what_would_be(client, known_firm):
    client.force_login(owner_of(known_firm))
    data = {**sent_as_shown(client, "items=1.1&year=2025"), "official-export_cny_0": "214600000"}
    assert calculate(client, "items=1.1&year=2025", **data).context["result"]["total"] == 720_000


def test_an_entry_of_the_register_decides_whatever_else_is_typed(client, known_firm):
    client.force_login(owner_of(known_firm))
    typed = {"2_1-0-register-entry": "P1", "2_1-0-platform": "别的", "2_1-0-register-level": "national"}
    answer = calculate(client, "items=2.1&year=2025", **typed)
    assert answer.context["result"]["total"] == 1_000_000
    link = answer.context["link"]
    assert "register-entry" not in link
    assert Client().get(link).context["result"] == answer.context["result"]
    own = calculate(client, "items=2.1&year=2025", **{**typed, "2_1-0-register-entry": ""})
    assert own.context["result"]["total"] == 2_000_000


@pytest.mark.parametrize("who", ["nobody", "stranger", "unverified"])
def test_nobody_else_is_told_anything_official(client, known_firm, who):
    if who == "stranger":
        client.force_login(owner_of(make_firm("示例乙公司")))
    elif who == "unverified":
        known_firm.verification, known_firm.verified_at, known_firm.verified_by = "pending", None, None
        known_firm.save()
        client.force_login(owner_of(known_firm))
    for answer in (client.get(f"/calculator/?{ALL}"), calculate(client, ALL, **{"3_3-0-entry_fee_cny": "1"})):
        text = answer.content.decode()
        for official in ("114600000", "114,600,000", "示例平台P1", "海关纳统数据"):
            assert official not in text


def test_opening_anothers_address_adds_nothing_of_ones_own(client, known_firm):
    link = "/calculator/?items=1.1&year=2025&official-import_cny_0=1"
    client.force_login(owner_of(known_firm))
    opened, stranger = client.get(link), Client().get(link)
    assert opened.context["result"] == stranger.context["result"]
    assert opened.context["link"] == stranger.context["link"]
    assert "114600000" not in opened.context["link"]
    assert 'href="/calculator/?items=1.1&amp;year=2025"' in opened.content.decode()


def test_known_data_cost_the_same_for_few_entries_and_many(client, known_firm):
    client.force_login(owner_of(known_firm))
    client.get("/calculator/?items=2.1&year=2025")
    counts = []
    for more in (0, 12):
        for number in range(more):
            Platform.objects.create(
                number=f"Q{number}", name="示例", level="national", operator_code=known_firm.credit_code,
                designated_on="2025-01-01",
            )  # fmt: skip
        with CaptureQueriesContext(connection) as queries:
            client.get("/calculator/?items=2.1&items=2.1&year=2025")
        counts.append(len(queries))
    assert counts[0] == counts[1]
