"""Each item below, at and above every number that the policy states."""

from datetime import date
from decimal import Decimal

import pytest

from applications.reference import packaged_reference
from measures import reasons
from measures.item import Item
from measures.registry import ITEMS, UnknownItem, item
from tests.measures.builders import claim, codes, evaluated, judged, trade

LIST = {"dual_circulation": True}
LOAN = {"principal_cny": "10000000", "issued_on": "2022-01-20", "interest_paid_cny": "9999999"}
RATES = {"city_rates": {"3.3": "0.5", "5.4": "0.5", "5.5": "0.7"}}


def grown(amount, introduced=None, before="0"):
    """What 1.1 says about an enterprise that imported an amount."""
    figures = {"import_cny": amount, "export_cny": "0"}
    earlier = None if before is None else {"import_cny": before, "export_cny": "0"}
    return judged("1.1", trade=trade(figures, earlier), enterprise={"introduced_year": introduced})


@pytest.mark.parametrize(
    ("growth", "computed"),
    [
        ("100000000", "300000.00"),
        ("100000000.01", "300000.00"),
        ("109999999.99", "300000.00"),
        ("110000000", "330000.00"),
        ("1000000000", "3000000.00"),
    ],
)
def test_growth_earns_by_whole_units_of_all_of_it(growth, computed):
    assert str(grown(growth).computed) == computed


def test_growth_just_below_the_threshold_earns_nothing():
    assert codes(grown("99999999.99")) == ["below_threshold"]


@pytest.mark.parametrize(
    ("introduced", "capped"), [(None, "3000000.00"), (2021, "3000000.00"), (2022, "5000000.00")]
)
def test_growth_is_capped_by_when_the_enterprise_was_introduced(introduced, capped):
    assert str(grown("9000000000", introduced).capped) == capped


def test_only_an_enterprise_introduced_in_the_year_needs_no_earlier_figures():
    assert codes(grown("200000000", 2021, before=None)) == ["figures_missing"]
    assert grown("200000000", 2022, before=None).computed == Decimal("600000.00")


def test_an_earlier_figure_of_an_introduced_enterprise_is_subtracted_even_alone():
    result = judged(
        "1.1",
        trade=trade({"import_cny": "200000000", "export_cny": "0"}, {"export_cny": "50000000"}),
        enterprise={"introduced_year": 2022},
    )
    assert result.computed == Decimal("450000.00")


def test_every_missing_figure_is_named():
    result = judged("1.1", trade=trade({"export_cny": "1"}, {"import_cny": None, "export_cny": "1"}))
    assert result.reasons[0].params["figures"] == (("import_cny", 2022), ("import_cny", 2021))


@pytest.mark.parametrize(("level", "amount"), [("national", "2000000.00"), ("provincial", "1000000.00")])
def test_a_platform_earns_by_its_level(level, amount):
    enterprise = {"trade_platforms": [{"id": "P", "level": level}]}
    result = judged("2.1", {"platform": "P"}, enterprise=enterprise)
    assert (str(result.computed), str(result.ceiling)) == (amount, amount)


def test_a_platform_that_is_not_registered_has_no_other_reason():
    award = {"item": "2.1", "subject": "P", "level": "national"}
    result = evaluated(claim("2.1", {"platform": "P"}), claim("2.1", {"platform": "P"}), past_awards=[award])
    assert [codes(one) for one in result.claims] == [["not_on_register"], ["not_on_register"]]


@pytest.mark.parametrize(
    ("value", "computed"),
    [
        ("10000000", "100000.00"),
        ("10999999.99", "100000.00"),
        ("11000000", "110000.00"),
        ("999999999", "9990000.00"),
    ],
)
def test_cross_border_trade_earns_by_whole_units(value, computed):
    assert str(judged("3.1", trade=trade({"cross_border_cny": value})).computed) == computed


def test_cross_border_trade_just_below_the_threshold_earns_nothing():
    assert codes(judged("3.1", trade=trade({"cross_border_cny": "9999999.99"}))) == ["below_threshold"]
    assert codes(judged("3.1", trade=trade({"cross_border_cny": None}))) == ["figures_missing"]


@pytest.mark.parametrize(
    ("traded", "reasons"), [("9999999.99", ["below_threshold"]), ("10000000", []), ("10000000.01", [])]
)
def test_a_site_needs_its_own_trade(traded, reasons):
    facts = {"site": "s", "site_trade_cny": traded, "construction_cny": "100"}
    assert codes(judged("3.2", facts)) == reasons


@pytest.mark.parametrize(
    ("cost", "capped"), [("1666666.66", "499999.99"), ("1666666.67", "500000.00"), ("1700000", "500000.00")]
)
def test_a_site_earns_a_share_up_to_its_cap(cost, capped):
    facts = {"site": "s", "site_trade_cny": "10000000", "construction_cny": cost}
    assert str(judged("3.2", facts).capped) == capped


def test_each_site_has_a_cap_of_its_own():
    facts = {"site_trade_cny": "10000000", "construction_cny": "9000000"}
    result = evaluated(claim("3.2", {**facts, "site": "s"}), claim("3.2", {**facts, "site": "t"}))
    assert [str(one.capped) for one in result.claims] == ["500000.00", "500000.00"]


@pytest.mark.parametrize(
    ("firms", "handled", "failed"),
    [
        (15, "300000000", []),
        (14, "300000000", ["served_smes"]),
        (15, "299999999.99", ["trade_handled_cny"]),
        (14, "0", ["served_smes", "trade_handled_cny"]),
    ],
)
def test_a_service_enterprise_needs_firms_and_trade(firms, handled, failed):
    result = judged("3.5", {"served_smes": firms, "trade_handled_cny": handled})
    assert [test[0] for reason in result.reasons for test in reason.params["tests"]] == failed
    assert result.computed == (0 if failed else 500000)


@pytest.mark.parametrize(
    ("imports", "landed", "reasons"),
    [
        ("100000000", "50000000.01", []),
        ("100000000", "50000000", ["landing_ratio"]),
        ("99999999.99", "60000000", ["below_threshold"]),
        ("0", "1", ["below_threshold", "landing_ratio"]),
        (None, "1", ["figures_missing"]),
    ],
)
def test_resource_imports_need_size_and_landing(imports, landed, reasons):
    facts = {"landed_cny": landed, "bank_fees_cny": "10"}
    assert codes(judged("4.1", facts, trade=trade({"resource_import_cny": imports}))) == reasons


@pytest.mark.parametrize(
    ("exports", "reasons"),
    [("49999999.99", ["below_threshold"]), ("50000000", []), (None, ["figures_missing"])],
)
def test_local_products_need_exports(exports, reasons):
    figures = trade({"local_product_export_cny": exports})
    assert codes(judged("4.2", {"bank_fees_cny": "10"}, trade=figures)) == reasons


def eligible(loan, settings=None, year=2022):
    """What one loan alone is worth under 4.2."""
    figures = {str(year): {"local_product_export_cny": "50000000"}}
    return judged("4.2", {"loans": [loan]}, trade=figures, year=year, settings=settings or {})


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        ({"issued_on": "2022-01-20", "repaid_on": "2022-01-21"}, 1),
        ({"issued_on": "2021-06-01", "repaid_on": "2022-01-02"}, 1),
        ({"issued_on": "2021-06-01"}, 365),
        ({"issued_on": "2022-12-31"}, 1),
        ({"issued_on": "2022-12-31", "repaid_on": None}, 1),
        ({"issued_on": "2022-03-01", "repaid_on": "2023-03-01"}, 306),
    ],
)
def test_a_loan_counts_its_days_in_the_year(dates, days):
    assert eligible({**LOAN, **dates}).steps[0].params["loans"][0]["days"] == days


@pytest.mark.parametrize(
    "dates",
    [
        {"issued_on": "2022-05-05", "repaid_on": "2022-05-05"},
        {"issued_on": "2021-01-01", "repaid_on": "2022-01-01"},
        {"issued_on": "2023-01-01"},
    ],
)
def test_a_loan_without_days_in_the_year_costs_nothing(dates):
    assert codes(eligible({**LOAN, **dates})) == ["no_cost"]


@pytest.mark.parametrize(
    ("issued", "percent"), [("2022-01-19", "3.80"), ("2022-01-20", "3.70"), ("2022-01-21", "3.70")]
)
def test_a_loan_takes_the_rate_last_published_when_it_was_issued(issued, percent):
    loan = eligible({**LOAN, "issued_on": issued}).steps[0].params["loans"][0]
    assert str(loan["percent"]) == percent


def test_a_loan_before_the_first_rate_stops_the_claim_even_without_days_in_the_year():
    early = {**LOAN, "issued_on": "2019-08-19", "repaid_on": "2019-09-19"}
    assert codes(eligible(early)) == ["lpr_missing"]
    assert codes(eligible({**LOAN, "issued_on": "2019-08-20"})) == []


def test_the_last_rate_stands_after_the_last_publication():
    loan = {**LOAN, "issued_on": "2031-05-01"}
    assert str(eligible(loan, year=2031).steps[0].params["loans"][0]["percent"]) == "3.00"


@pytest.mark.parametrize(
    ("paid", "counted"), [("100", "100"), ("355611.11", "355611.11"), ("355611.12", "355611.11")]
)
def test_interest_counts_up_to_what_was_paid(paid, counted):
    loan = {**LOAN, "repaid_on": "2023-01-01", "interest_paid_cny": paid}
    result = eligible({**loan, "issued_on": "2022-01-20"}, {"bank_cost_rate": "0.50"})
    assert result.steps[0].params["loans"][0]["eligible"] == Decimal(counted)


def test_each_loan_is_rounded_by_itself():
    loan = {**LOAN, "principal_cny": "1000", "repaid_on": "2022-01-21"}
    figures = trade({"local_product_export_cny": "50000000"})
    assert str(judged("4.2", {"loans": [loan] * 10}, trade=figures).computed) == "0.50"


def test_a_lower_rate_of_the_province_is_used():
    figures = trade({"local_product_export_cny": "50000000"})
    result = judged("4.2", {"bank_fees_cny": "100"}, trade=figures, settings={"bank_cost_rate": "0.3"})
    assert str(result.computed) == "30.00"


@pytest.mark.parametrize(
    ("code", "fact", "rate"),
    [("3.3", "promotion_cny", 50), ("5.4", "credit_report_cny", 50), ("5.5", "brand_cny", 70)],
)
def test_a_city_run_item_pays_at_the_rate_of_the_city(code, fact, rate):
    assert judged(code, {fact: "100"}, settings=RATES).computed == rate
    assert codes(judged(code, {fact: "100"})) == ["city_rate_not_set"]


@pytest.mark.parametrize(
    ("code", "facts", "computed"),
    [
        ("5.1", {"booth_cny": 100, "freight_cny": 10, "travel_cny": 10, "lodging_cny": 10}, "91.00"),
        ("5.2", {"booth_cny": 100, "freight_cny": 10}, "77.00"),
        ("5.3", {"participation_cny": "0.03"}, "0.01"),
    ],
)
def test_an_exhibition_pays_its_share(code, facts, computed):
    assert str(judged(code, facts).computed) == computed


def test_a_cost_that_comes_to_less_than_a_fen_is_no_cost():
    assert codes(judged("5.3", {"participation_cny": "0.01"})) == ["no_cost"]


def test_the_national_list_pays_once():
    assert judged("6.1", enterprise=LIST).computed == 200000
    assert codes(judged("6.1", past_awards=[{"item": "6.1"}])) == ["not_on_register", "already_awarded"]


@pytest.mark.parametrize(
    ("exports", "reasons"),
    [("10000000", []), ("10000000.01", ["above_threshold"]), ("0", []), (None, ["figures_missing"])],
)
def test_platform_insurance_is_for_small_exporters(exports, reasons):
    assert codes(judged("7.1", {"premium_cny": "1"}, trade=trade({"export_usd": exports}))) == reasons


@pytest.mark.parametrize(
    ("exports", "reasons"), [("499999.99", ["below_threshold"]), ("500000", []), (None, ["figures_missing"])]
)
def test_domestic_insurance_looks_at_the_year_before(exports, reasons):
    figures = trade({"export_usd": "1"}, {"export_usd": exports})
    assert codes(judged("7.3", {"premium_cny": "10"}, trade=figures)) == reasons


@pytest.mark.parametrize(
    ("market", "new_mode", "member", "agricultural", "percent"),
    [
        ("US", False, False, False, 50),
        ("VN", False, False, False, 60),
        ("CN", False, False, False, 50),
        ("RU", False, False, False, 50),
        ("DE", False, False, False, 60),
        ("US", True, False, False, 60),
        ("US", False, True, False, 60),
        ("US", True, True, False, 70),
        ("VN", True, True, False, 80),
        ("VN", True, True, True, 90),
        ("US", False, False, True, 90),
    ],
)
def test_a_premium_is_raised_line_by_line(market, new_mode, member, agricultural, percent):
    result = judged(
        "7.2",
        {"premiums": [{"premium_cny": "100", "market": market, "new_mode": new_mode}]},
        enterprise={"platform_member": member, "agricultural_exporter": agricultural},
        settings={"key_markets": ["DE"]},
    )
    assert result.computed == percent


def test_the_province_may_list_any_market():
    line = {"premium_cny": "100", "market": "CN"}
    assert judged("7.2", {"premiums": [line]}, settings={"key_markets": ["CN"]}).computed == 60


def test_premiums_are_rounded_together():
    lines = [{"premium_cny": "0.01", "market": "US"}] * 3
    assert str(judged("7.2", {"premiums": lines}).computed) == "0.01"


@pytest.mark.parametrize("code", ["1.1", "3.1", "3.5", "6.1"])
def test_a_second_claim_of_the_year_is_refused_whatever_became_of_the_first(code):
    result = evaluated(claim(code), claim(code))
    assert "already_awarded" not in codes(result.claims[0])
    assert codes(result.claims[1])[-1] == "already_awarded"


def refund_time(*days, in_zone=False):
    """The outcome of 11.1 for refunds that took so many working days from 7 November 2022, a Monday."""
    start = date(2022, 11, 7)
    calendar = packaged_reference().calendar
    rows = [
        {"accepted_on": str(start), "refunded_on": str(calendar.add_working_days(start, number)[0])}
        for number in days
    ]
    return judged("11.1", {"refunds": rows}, enterprise={"ftz": in_zone}).outcome


@pytest.mark.parametrize(
    ("days", "average", "met"),
    [
        ([6], "6.00", True),
        ([6, 7], "6.50", False),
        ([0] * 7 + [1], "0.13", True),
        ([6] * 199 + [7], "6.01", False),
        ([6] * 201 + [7], "6.00", True),
    ],
)
def test_the_average_is_rounded_half_up_before_it_meets_its_target(days, average, met):
    outcome = refund_time(*days)
    assert (str(outcome["average_working_days"]), outcome["met"]) == (average, met)


def test_the_zone_has_a_day_less():
    assert refund_time(5, in_zone=True)["met"] is True
    assert refund_time(6, in_zone=True)["met"] is False


def test_with_no_refund_made_there_is_no_average():
    result = judged("11.1", {"refunds": [{"accepted_on": "2027-01-04"}]})
    assert result.outcome == {
        "average_working_days": None,
        "target_working_days": 6,
        "met": None,
        "open": 1,
    }
    assert codes(result) == []


def test_reasons_stand_in_the_order_of_the_contract():
    class Muddled(Item):
        code = "9.9"
        sole_fact = ""

        def conditions(self, facts, context):
            yield reasons.lpr_missing((), None)
            yield reasons.landing_ratio(Decimal(0), Decimal(0), Decimal(0))
            yield reasons.figures_missing()

    outcome = Muddled().assess({}, None, repeated=True)
    assert [reason.code for reason in outcome.reasons] == [
        "figures_missing",
        "landing_ratio",
        "already_awarded",
        "lpr_missing",
    ]


def test_an_unknown_item_has_no_rule():
    with pytest.raises(UnknownItem):
        item("13.1")


def test_no_item_is_paid_without_a_cost_a_figure_or_a_register():
    for code in ITEMS:
        facts = {fact.name: "x" for fact in ITEMS[code].facts if fact.required}
        assert judged(code, facts).payable == 0
