"""Caps that are shared, support by other policies, the combined limit, and locked claims."""

from decimal import Decimal

import pytest

from tests.measures.builders import claim, codes, evaluated

LIST = {"dual_circulation": True}
PLATFORMS = {"trade_platforms": [{"id": "N", "level": "national"}, {"id": "P", "level": "provincial"}]}


def exhibition(cost, **others):
    """A claim of 5.1 that computes to 70% of a cost."""
    return claim("5.1", {"booth_cny": cost}, **others)


def amounts(result, name):
    """One amount of every claim, as texts without needless decimals."""
    return [f"{getattr(one, name).normalize():f}" for one in result.claims]


def test_a_shared_cap_is_taken_in_the_order_of_filing():
    result = evaluated(exhibition("200000"), exhibition("300000"), exhibition("100000"))
    assert amounts(result, "capped") == ["140000", "160000", "0"]


@pytest.mark.parametrize("code", ["4.2", "7.3"])
def test_a_yearly_cap_is_shared_by_all_claims_of_the_item(code):
    facts = {"bank_fees_cny": "3000000"} if code == "4.2" else {"premium_cny": "800000"}
    trade = {"2022": {"local_product_export_cny": "50000000"}, "2021": {"export_usd": "500000"}}
    result = evaluated(claim(code, facts), claim(code, facts), trade=trade)
    cap = Decimal("2000000") if code == "4.2" else Decimal("500000")
    assert sum(one.capped for one in result.claims) == cap
    assert result.claims[0].capped > result.claims[1].capped > 0


def test_what_overlap_takes_away_is_given_back_to_the_shared_cap():
    result = evaluated(exhibition("500000", other_support_cny="250000"), exhibition("500000"))
    assert amounts(result, "capped") == ["300000", "250000"]
    assert amounts(result, "after_overlap") == ["50000", "250000"]


def test_a_locked_claim_takes_from_a_shared_cap_before_an_earlier_one():
    result = evaluated(exhibition("500000"), exhibition("300000", locked_cny="210000"))
    assert amounts(result, "capped") == ["90000", "210000"]


def test_a_claim_locked_at_zero_takes_nothing_from_a_shared_cap():
    result = evaluated(exhibition("500000", locked_cny="0"), exhibition("500000"))
    assert amounts(result, "capped") == ["300000", "300000"]
    assert amounts(result, "payable") == ["0", "300000"]


def test_locked_claims_share_a_cap_in_the_order_of_filing():
    result = evaluated(
        exhibition("300000", locked_cny="200000"), exhibition("300000", locked_cny="200000"), exhibition("10")
    )
    assert amounts(result, "capped") == ["210000", "100000", "0"]
    assert result.overpaid == 100000


def test_claims_are_filled_by_ceiling_then_amount_then_filing():
    result = evaluated(
        claim("6.1"),
        exhibition("100000"),
        exhibition("150000"),
        claim("2.1", {"platform": "P"}, other_support_cny="800000"),
        enterprise={**LIST, **PLATFORMS},
    )
    assert result.limit == 1000000
    assert amounts(result, "payable") == ["200000", "70000", "105000", "200000"]
    cut = evaluated(exhibition("100000"), exhibition("150000"), claim("6.1"), enterprise=LIST)
    assert (cut.limit, amounts(cut, "payable")) == (300000, ["70000", "105000", "125000"])


def test_equal_claims_are_cut_in_the_order_of_filing():
    costs = {"site_trade_cny": "10000000", "construction_cny": "1000000"}
    result = evaluated(claim("3.2", {**costs, "site": "s"}), claim("3.2", {**costs, "site": "t"}))
    assert (result.limit, amounts(result, "payable")) == (500000, ["300000", "200000"])


def test_a_larger_amount_goes_before_an_earlier_filing():
    costs = {"site_trade_cny": "10000000"}
    result = evaluated(
        claim("3.2", {**costs, "site": "s", "construction_cny": "1000000"}),
        claim("3.2", {**costs, "site": "t", "construction_cny": "1500000"}),
    )
    assert amounts(result, "payable") == ["50000", "450000"]


def test_the_claim_that_sets_the_limit_is_named():
    result = evaluated(exhibition("500000"), claim("2.1", {"platform": "N"}), enterprise=PLATFORMS)
    assert (result.limit, result.limit_claim) == (2000000, "1")


def test_nothing_sets_a_limit_of_zero():
    result = evaluated(exhibition("0"))
    assert (result.limit, result.limit_claim, result.total) == (0, None, 0)


def test_an_item_without_a_cap_lends_the_sum_of_its_claims_as_ceiling():
    trade = {"2022": {"export_usd": "1"}}
    result = evaluated(
        claim("7.1", {"premium_cny": "100"}),
        claim("7.1", {"premium_cny": "60"}, other_support_cny="10"),
        trade=trade,
    )
    assert amounts(result, "ceiling") == ["150", "150"]
    assert (result.limit, result.total) == (150, 150)


def test_a_claim_that_another_policy_covers_has_a_ceiling_but_lends_none():
    result = evaluated(exhibition("100", other_support_cny="70"), claim("6.1"), enterprise=LIST)
    assert amounts(result, "ceiling") == ["300000", "200000"]
    assert result.limit == 200000


def test_overpaid_money_leaves_less_for_the_others():
    result = evaluated(exhibition("200000", locked_cny="290000"), claim("6.1"), enterprise=LIST)
    assert (result.overpaid, result.limit) == (150000, 300000)
    assert amounts(result, "payable") == ["290000", "10000"]


def test_locks_above_the_limit_are_overpaid_and_nothing_is_left():
    result = evaluated(
        claim("6.1", locked_cny="200000"),
        exhibition("500000", locked_cny="300000"),
        exhibition("500000"),
        enterprise=LIST,
    )
    assert (result.limit, result.overpaid, result.total) == (300000, 200000, 500000)
    assert amounts(result, "payable") == ["200000", "300000", "0"]


def test_an_ineligible_locked_claim_keeps_its_money_and_is_overpaid():
    result = evaluated(claim("6.1", locked_cny="200000"), exhibition("500000"))
    assert (result.overpaid, result.total) == (200000, 300000)
    assert amounts(result, "payable") == ["200000", "100000"]
    assert codes(result.claims[0]) == ["not_on_register"]
    assert result.claims[0].ceiling is None


def test_a_lock_below_the_entitlement_frees_the_rest_for_others():
    result = evaluated(exhibition("500000", locked_cny="100000"), claim("6.1"), enterprise=LIST)
    assert amounts(result, "payable") == ["100000", "200000"]


def test_locks_and_support_of_requests_have_no_effect():
    request = claim("8.1", locked_cny="999", other_support_cny="5")
    result = evaluated(request, exhibition("100"))
    assert amounts(result, "payable") == ["0", "70"]
    assert (result.total, result.overpaid) == (70, 0)
