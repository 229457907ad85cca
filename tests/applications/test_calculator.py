"""The calculator in pages: choosing, adding and taking out claims and rows, results, and what is wrong."""

import pytest

from applications.models import Claim, Enterprise
from measures import registry
from tests.factories import make_period

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
