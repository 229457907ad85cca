"""What a settlement takes: claims, verified values, the city and its rates, official data."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from applications.claims import claim_withdraw
from applications.ledger import balances
from applications.lifecycle import transition as step
from applications.models import (
    AgriculturalExporter,
    Claim,
    DualCirculationEntry,
    EnterpriseYear,
    LprRate,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    VerifiedValue,
    YearSettings,
)
from review.verification import value_verify
from tests.factories import (
    NOW,
    UNMET,
    declared,
    exhibition,
    give_evidence,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    owner_of,
    settle_all,
)

from .steps import BOOTH, again, correct, expo, premium, rate, return_it

pytestmark = pytest.mark.django_db


# --- Which claims count --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "who", "counts"),
    [
        ("return", "commerce", True),
        ("approve", "commerce", True),
        ("reject", "commerce", False),
        ("withdraw", "owner", False),
    ],
)
def test_every_claim_counts_but_drafts_and_those_rejected_or_withdrawn(officers, action, who, counts):
    firm, period = make_firm(), make_period()
    expo(firm, period, "草稿展会", submit=False)
    claim = expo(firm, period, "示例展会")
    actor = owner_of(firm) if who == "owner" else officers[who]
    data = UNMET if action == "reject" else None
    step(claim_id=claim.pk, action=action, actor=actor, reason="示例理由。", data=data, at=NOW)
    settle_all(claim)
    assert claim.payable_cny == (Decimal("70000.00") if counts else None)
    assert EnterpriseYear.objects.get().total_cny == (Decimal("70000.00") if counts else 0)
    assert balances(claim.pk)["payable_cny"] == (claim.payable_cny or 0)


def test_a_returned_claim_counts_with_the_facts_last_submitted(officers):
    firm, period = make_firm(), make_period()
    claim = expo(firm, period, "示例展会")
    return_it(claim, officers)
    Claim.objects.filter(pk=claim.pk).update(draft={"facts": {"booth_cny": "10"}})
    again()
    assert EnterpriseYear.objects.get().total_cny == Decimal("70000.00")
    assert correct(claim, declared({"booth_cny": "10"}, exhibition())).payable_cny == Decimal("7.00")


def test_the_order_of_filing_is_that_of_the_first_submission_and_survives_a_return(officers):
    firm, period = make_firm(), make_period()
    first = expo(firm, period, "甲展会", facts={"booth_cny": "400000"}, at=NOW)
    second = expo(firm, period, "乙展会", facts={"booth_cny": "400000"}, at=NOW + timedelta(days=1))
    assert (settle_all(first).payable_cny, second.payable_cny) == (Decimal("280000.00"), Decimal("20000.00"))
    return_it(first, officers)
    assert correct(first, declared({"booth_cny": "400000"}, exhibition("甲展会"))).payable_cny == Decimal(
        "280000.00"
    )
    claim_withdraw(claim_id=first.pk, actor=owner_of(firm), at=NOW)
    anew = expo(firm, period, "甲展会", facts={"booth_cny": "400000"}, at=NOW + timedelta(days=2))
    assert (settle_all(second).payable_cny, settle_all(anew).payable_cny) == (
        Decimal("280000.00"),
        Decimal("20000.00"),
    )


# --- Verified beside declared --------------------------------------------------------------------


def verify(claim, path, value, officers):
    value_verify(
        claim_id=claim.pk, path=path, value=value, reason="发票金额。", actor=officers["commerce"], at=NOW
    )
    return settle_all(claim)


def test_the_award_is_computed_with_verified_values_and_the_declared_ones_stay(officers):
    claim = expo(make_firm(), make_period(), "示例展会")
    assert verify(claim, "booth_cny", "90000", officers).payable_cny == Decimal("63000.00")
    assert claim.facts == BOOTH


def test_a_verified_value_in_a_row_is_used(officers):
    loan = {"principal_cny": "1000000", "issued_on": "2025-01-01", "interest_paid_cny": "30000"}
    firm = make_firm()
    make_figures(firm, local_product_export_cny="50000000")
    LprRate.objects.create(published_on=date(2024, 12, 20), one_year_percent=Decimal("3.1"))
    claim = make_claim(firm, "4.2", make_period(), facts={"bank_fees_cny": "2000", "loans": [loan]})
    assert claim.payable_cny == Decimal("16000.00")
    claim = verify(claim, "loans[0].interest_paid_cny", "20000", officers)
    assert claim.payable_cny == Decimal("11000.00")
    assert claim.facts["loans"] == [loan]


def test_support_by_other_policies_can_be_verified_and_replaces_what_was_declared(officers):
    claim = expo(make_firm(), make_period(), "示例展会")
    assert verify(claim, "other_support_cny", "30000", officers).payable_cny == Decimal("40000.00")
    assert claim.other_support_cny == 0


@pytest.mark.parametrize(
    ("facts", "in_force", "payable"),
    [
        ({**BOOTH, "freight_cny": "10000"}, True, "70000.00"),
        ({"booth_cny": "80000"}, False, "56000.00"),
        ({}, False, None),
    ],
)
def test_a_verified_value_lapses_when_the_declared_one_changes_and_only_then(
    officers, facts, in_force, payable
):
    claim = verify(expo(make_firm(), make_period(), "示例展会"), "booth_cny", "90000", officers)
    return_it(claim, officers)
    correct(claim, declared(facts, exhibition()))
    value = VerifiedValue.objects.get()
    assert (value.lapsed_at is None, value.value) == (in_force, "90000"), "the history keeps it"
    assert claim.payable_cny == Decimal(payable or "0.00")


def test_verified_support_lapses_when_the_declared_support_changes(officers):
    claim = verify(expo(make_firm(), make_period(), "示例展会"), "other_support_cny", "30000", officers)
    return_it(claim, officers)
    assert correct(claim, declared(BOOTH, exhibition())).payable_cny == Decimal("40000.00")
    return_it(claim, officers)
    give_evidence(claim, supported=True)
    assert correct(claim, declared(BOOTH, exhibition(), "10000")).payable_cny == Decimal("60000.00")


# --- City ----------------------------------------------------------------------------------------


def test_the_city_of_the_first_submission_decides_rate_and_payer_after_the_firm_has_moved():
    rate("2301", "0.5")
    rate("2311", "0.2")
    firm = make_firm(city="2301")
    claim = make_claim(firm, "5.5", make_period(), facts={"brand_cny": "1000"})
    firm.city = "2311"
    firm.save()
    again()
    claim.refresh_from_db()
    assert (claim.city, claim.payer, claim.payable_cny) == ("2301", "2301", Decimal("500.00"))


def test_only_the_newest_published_rate_of_a_city_counts():
    rate("2301", "0.5")
    rate("2301", "0.4", version=2)
    rate("2301", "0.7", version=3, published_at=None)
    claim = make_claim(make_firm(), "5.5", make_period(), facts={"brand_cny": "1000"})
    assert claim.payable_cny == Decimal("400.00")


# --- Official data -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (None, None, True),
        (date(2025, 12, 31), None, True),
        (date(2026, 1, 1), None, False),
        (None, date(2025, 1, 1), True),
        (None, date(2024, 12, 31), False),
        (date(2024, 1, 1), date(2026, 12, 31), True),
    ],
)
@pytest.mark.parametrize(
    ("register", "number", "payable"),
    [(PlatformMember, {"platform_number": "P1"}, "600.00"), (AgriculturalExporter, {}, "900.00")],
)
def test_a_register_entry_counts_if_any_day_of_it_lies_in_the_year(
    register, number, payable, since, until, counts
):
    firm = make_firm()
    entry = register.objects.create(credit_code=firm.credit_code, since=since, until=until, **number)
    claim = premium(firm, make_period())
    assert claim.payable_cny == Decimal(payable if counts else "500.00")
    entry.struck_reason = "登记有误"
    entry.save()
    again()
    claim.refresh_from_db()
    assert claim.payable_cny == Decimal("500.00"), "a struck row counts for no year"


@pytest.mark.parametrize(
    ("day", "counts"), [(date(2025, 12, 31), True), (date(2026, 1, 1), False), (date(2020, 5, 1), True)]
)
def test_a_designation_counts_if_it_was_made_by_the_end_of_the_year(day, counts):
    firm, period = make_firm(), make_period()
    fields = {"operator_code": firm.credit_code, "designated_on": day}
    OverseasWarehouse.objects.create(number="W1", name="示例海外仓", **fields)
    Platform.objects.create(number="P1", name="示例平台", level="provincial", **fields)
    warehouse = make_claim(firm, "3.4", period, facts={"warehouse": "W1"})
    platform = make_claim(firm, "2.1", period, facts={"platform": "P1"})
    assert {warehouse.eligibility, platform.eligibility} == {"awarded" if counts else "ineligible"}


def test_a_platform_counts_with_its_highest_level_in_force():
    firm = make_firm()
    fields = {"number": "P1", "name": "示例平台", "operator_code": firm.credit_code}
    Platform.objects.create(level="provincial", designated_on=date(2023, 1, 1), **fields)
    national = Platform.objects.create(level="national", designated_on=date(2026, 1, 1), **fields)
    claim = make_claim(firm, "2.1", make_period(), facts={"platform": "P1"})
    assert claim.computed_cny == Decimal("1000000.00")
    national.designated_on = date(2025, 12, 31)
    national.save()
    again()
    assert Claim.objects.get().computed_cny == Decimal("2000000.00")
    national.struck_reason = "登记有误"
    national.save()
    again()
    assert Claim.objects.get().computed_cny == Decimal("1000000.00")


def test_the_national_list_counts_for_every_year_unless_struck():
    firm = make_firm()
    entry = DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    claim = make_claim(firm, "6.1", make_period())
    assert claim.payable_cny == Decimal("200000.00")
    entry.struck_reason = "登记有误"
    entry.save()
    again()
    assert Claim.objects.get().eligibility == "ineligible"


def test_the_year_of_introduction_comes_from_the_register_and_not_from_the_firm():
    firm = make_firm()
    make_figures(firm, import_cny="400000000", export_cny="0")
    claim = make_claim(firm, "1.1", make_period())
    assert claim.eligibility == "ineligible", "figures of the year before are missing"
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city="2301", introduced_year=2025
    )
    again()
    assert Claim.objects.get().payable_cny == Decimal("1200000.00")


def test_settings_count_when_they_are_published_the_newest_first():
    firm = make_firm()
    make_figures(firm, local_product_export_cny="50000000")
    YearSettings.objects.create(year=2025, bank_cost_rate=Decimal("0.4"), published_at=NOW)
    YearSettings.objects.create(year=2025, version=2, bank_cost_rate=Decimal("0.3"), published_at=NOW)
    YearSettings.objects.create(year=2025, version=3, bank_cost_rate=Decimal("0.1"))
    claim = make_claim(firm, "4.2", make_period(), facts={"bank_fees_cny": "1000"})
    assert claim.payable_cny == Decimal("300.00")
