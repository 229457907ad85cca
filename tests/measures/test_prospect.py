"""What official data alone open, item by item, below, at and above every bound."""

from dataclasses import replace as with_values
from decimal import Decimal

import pytest

from applications.reference import packaged_reference
from measures.contract import parse_case
from measures.evaluation import context_of
from measures.official import figure
from measures.prospect import prospects
from measures.prospect_sentences import statement_texts
from measures.registry import ITEMS
from tests.measures.builders import case_of, claim, trade

PLATFORM = {"id": "P1", "level": "provincial"}


def found(**official):
    """{item: Prospect} for a firm of which official data say this; entries of a register by item and entry."""
    case = parse_case(case_of(**official))
    return {
        (one.item, one.subject) if one.subject else one.item: one
        for one in prospects(case, packaged_reference())
    }


def figures(now=None, before=None):
    return {"trade": trade(now, before)}


def test_a_firm_of_which_nothing_is_known_finds_nothing():
    assert found() == {}


# --- What needs no word of the firm ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("growth", "amount"),
    [("99999999.99", None), ("100000000", "300000.00"), ("100000000.01", "300000.00"), ("2000000000", "3000000.00")],
)  # fmt: skip
def test_growth_is_certain_from_its_threshold_on_and_up_to_its_cap(growth, amount):
    one = found(**figures({"import_cny": growth, "export_cny": "0"}, {"import_cny": "0", "export_cny": "0"}))
    assert ("1.1" in one) == (amount is not None)
    if amount:
        assert (one["1.1"].certain, str(one["1.1"].amount), one["1.1"].wanted) == (True, amount, ())


def test_growth_without_the_year_before_is_open_for_a_newly_introduced_firm_alone():
    now = figures({"import_cny": "500000000", "export_cny": "0"})
    assert "1.1" not in found(**now)
    assert "1.1" not in found(**now, enterprise={"introduced_year": 2021})
    assert found(**now, enterprise={"introduced_year": 2022})["1.1"].amount == Decimal("1500000.00")


@pytest.mark.parametrize(
    ("value", "amount"),
    [(None, None), ("9999999.99", None), ("10000000", "100000.00"), ("100000000", "1000000.00"), ("999000000", "1000000.00")],
)  # fmt: skip
def test_cross_border_trade_is_certain_from_its_threshold_on_and_up_to_its_cap(value, amount):
    one = found(**figures({"cross_border_cny": value})).get("3.1")
    assert (one and str(one.amount)) == amount


def test_each_platform_and_each_warehouse_is_an_award_of_its_own():
    enterprise = {
        "trade_platforms": [PLATFORM, {"id": "P2", "level": "national"}],
        "overseas_warehouses": ["W1", "W2", "W1"],
    }
    one = found(enterprise=enterprise)
    amounts = {key: str(prospect.amount) for key, prospect in one.items()}
    assert amounts == {
        ("2.1", "P1"): "1000000.00",
        ("2.1", "P2"): "2000000.00",
        ("3.4", "W1"): "1000000.00",
        ("3.4", "W2"): "1000000.00",
    }
    assert one["2.1", "P2"].lifetime_subject == "P2|national"
    assert one["2.1", "P2"].facts == {"platform": "P2"}
    assert one["3.4", "W1"].lifetime_subject == "W1"


def test_the_national_list_opens_its_award():
    one = found(enterprise={"dual_circulation": True})
    assert set(one) == {"6.1"}
    assert (one["6.1"].certain, str(one["6.1"].amount), one["6.1"].lifetime_subject) == (
        True,
        "200000.00",
        "",
    )


def test_what_has_been_paid_once_is_open_no_more_but_another_level_is():
    enterprise = {
        "trade_platforms": [PLATFORM],
        "overseas_warehouses": ["W1", "W2"],
        "dual_circulation": True,
    }
    awards = [
        {"item": "2.1", "subject": "P1", "level": "provincial"},
        {"item": "3.4", "subject": "W1"},
        {"item": "6.1"},
    ]
    assert set(found(enterprise=enterprise, past_awards=awards)) == {("3.4", "W2")}
    enterprise["trade_platforms"] = [{"id": "P1", "level": "national"}]
    assert ("2.1", "P1") in found(enterprise=enterprise, past_awards=awards)


def test_what_is_certain_says_what_it_rests_on_and_what_its_cap_takes():
    one = found(**figures({"cross_border_cny": "12600000"}))["3.1"]
    assert statement_texts(one.grounds) == [
        "2022 年跨境电商进出口额 12,600,000.00 元。每满 100 万元奖励 1 万元，计 12 份：12 × 10,000.00 = 120,000.00 元。"
    ]
    capped = found(**figures({"cross_border_cny": "180000000"}))["3.1"]
    assert (
        statement_texts(capped.grounds)[1]
        == "上限 1,000,000.00 元，1,800,000.00 元超过上限，计 1,000,000.00 元。"
    )


# --- What is likely --------------------------------------------------------------------------------

#: Item, years back, figure, and values that do not open it and that do.
BOUNDS = [
    ("4.1", 0, "resource_import_cny", ("0", "99999999.99"), ("100000000", "100000000.01")),
    ("4.2", 0, "local_product_export_cny", ("0", "49999999.99"), ("50000000", "50000000.01")),
    ("7.1", 0, "export_usd", ("0", "10000000.01"), ("0.01", "9999999.99", "10000000")),
    ("7.3", 1, "export_usd", ("0", "499999.99"), ("500000", "500000.01")),
]


@pytest.mark.parametrize(("item", "back", "name", "closed", "opened"), BOUNDS)
def test_a_figure_within_its_bounds_makes_an_item_likely(item, back, name, closed, opened):
    for value in (None, *closed, *opened):
        given = {name: value}
        one = found(**(figures(before=given) if back else figures(given))).get(item)
        assert (one is not None) == (value in opened), value
        if one:
            assert (one.certain, one.amount) == (False, None)
            assert one.wanted


@pytest.mark.parametrize("mark", ["platform_member", "agricultural_exporter"])
def test_a_mark_makes_insurance_likely(mark):
    one = found(enterprise={mark: True})
    assert set(one) == {"7.2"}
    assert len(one["7.2"].grounds) == 1


def test_what_rests_on_no_official_word_about_the_firm_is_never_likely():
    everything = dict.fromkeys(
        ("import_cny", "export_cny", "export_usd", "cross_border_cny", "resource_import_cny", "local_product_export_cny"),
        "900000000",
    )  # fmt: skip
    one = found(
        **figures(everything, everything),
        enterprise={"platform_member": True, "ftz": True},
        settings={"city_rates": {"3.3": "0.5", "5.4": "0.5", "5.5": "0.7"}},
    )
    assert set(one) == {"3.1", "4.1", "4.2", "7.2", "7.3"}


def test_what_is_likely_says_what_speaks_for_it_and_what_is_wanted():
    one = found(**figures({"resource_import_cny": "149000000", "export_usd": "350000.50"}))
    assert statement_texts(one["4.1"].grounds) == ["2022 年资源类产品进口额 149,000,000.00 元，达到 1 亿元。"]
    assert statement_texts(one["4.1"].wanted) == [
        "省内落地使用加工的进口额（须超过 74,500,000.00 元）",
        "银行手续费",
        "融资贷款",
    ]
    assert statement_texts(one["7.1"].grounds) == ["2022 年出口额 350,000.50 美元，没有超过 1,000 万美元。"]
    assert statement_texts(one["7.1"].wanted) == ["保费"]
    member = found(enterprise={"platform_member": True})["7.2"]
    assert statement_texts(member.grounds) == ["企业属于省级以上贸易促进平台内企业。"]


def test_claims_of_the_case_change_nothing():
    official = {"enterprise": {"dual_circulation": True}}
    case = parse_case(case_of(claim("6.1"), claim("6.1"), **official))
    assert [one.item for one in prospects(case, packaged_reference())] == ["6.1"]


# --- The declarations behind it --------------------------------------------------------------------


def test_what_decides_without_the_firm_is_a_part_of_what_decides():
    """Whatever official data forbid, the whole rule forbids too, with the same reasons."""
    case = parse_case(
        case_of(claim("4.1", {"landed_cny": "1"}), **figures({"resource_import_cny": "99999999.99"}))
    )
    context = context_of(case, packaged_reference())
    item, facts = ITEMS["4.1"], case.claims[0].facts
    assert [each.code for each in item.official_conditions(context)] == ["below_threshold"]
    assert [each.code for each in item.conditions(facts, context)] == ["below_threshold", "landing_ratio"]


def test_bounds_belong_to_figures_and_tell_no_two_of_them_apart():
    bounded = figure("export_usd", most=Decimal(1))
    assert bounded.is_bounded
    assert not figure("export_usd").is_bounded
    assert bounded == figure("export_usd")
    assert with_values(bounded, years_back=1) != bounded
    assert {item.code for item in ITEMS.values() if item.bounded} == {"3.1", "4.1", "4.2", "7.1", "7.3"}
