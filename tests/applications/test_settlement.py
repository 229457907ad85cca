"""What a settlement takes, what it computes with, and what it writes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.claims import claim_submit, claim_withdraw, due_dates_recompute
from applications.errors import NotAllowed, Refused
from applications.ledger import balances
from applications.lifecycle import claim_token
from applications.lifecycle import transition as step
from applications.models import (
    AgriculturalExporter,
    CityRate,
    Claim,
    DualCirculationEntry,
    EnterpriseYear,
    Event,
    Holiday,
    LedgerEntry,
    LprRate,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    State,
    TradeFigures,
    VerifiedValue,
    YearSettings,
)
from applications.settlement.mark import years_mark
from applications.settlement.run import years_settle
from applications.tasks import notices_close
from review.assignments import due_extend
from review.verification import value_verify
from tests.factories import (
    NOW,
    declared,
    exhibition,
    give_evidence,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

BOOTH = {"booth_cny": "100000"}


@pytest.fixture
def officers():
    """One person for each stage, two for commerce and finance; nobody is drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return {
        "city": make_user("city", role=Role.CITY_COMMERCE, city="2301"),
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "commerce2": make_user("commerce2", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
    }


def approve(claim, officers, *, finance=True):
    """Commerce and finance approve the claim, each on settled amounts."""
    step(claim_id=claim.pk, action="approve", actor=officers["commerce"], at=NOW)
    if finance:
        step(claim_id=claim.pk, action="finance_approve", actor=officers["finance"], at=NOW)
    return settle_all(claim)


def return_it(claim, officers):
    """Commerce returns the claim for correction."""
    step(claim_id=claim.pk, action="return", actor=officers["commerce"], reason="请核对展位费。", at=NOW)


def correct(claim, what):
    """The owner submits the returned claim again."""
    claim_submit(claim_id=claim.pk, actor=owner_of(claim.enterprise), declared=what, at=NOW)
    return settle_all(claim)


def again():
    """Everything is settled anew."""
    years_mark(EnterpriseYear.objects.all())
    settle_all()


def expo(firm, period, name, **fields):
    """A claim of 5.1 for a booth of 100,000 yuan: 70,000."""
    return make_claim(firm, "5.1", period, particulars=exhibition(name), **{"facts": BOOTH, **fields})


def figures_change(firm, year=2025, **figures):
    """Other customs figures, and everything settled."""
    TradeFigures.objects.filter(credit_code=firm.credit_code, year=year).update(**figures)
    again()


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
    step(claim_id=claim.pk, action=action, actor=actor, reason="示例理由。", at=NOW)
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


def rate(city, value, **fields):
    CityRate.objects.create(
        city=city, year=2025, item="5.5", rate=Decimal(value), **{"published_at": NOW, **fields}
    )


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


def premium(firm, period):
    """A claim of 7.2 for 1000 yuan to a market that is not a key one: 500 without any extra."""
    rows = [{"premium_cny": "1000", "market": "US", "new_mode": False}]
    return make_claim(firm, "7.2", period, facts={"premiums": rows})


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


# --- What changes before and after approvals -----------------------------------------------------


@pytest.fixture
def growth():
    """A firm whose figures give 600,000 yuan under 1.1, and its claim."""
    firm = make_firm()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, import_cny="200000000", export_cny="0")
    return make_claim(firm, "1.1", make_period())


def test_a_change_before_any_approval_is_settled_in_place(officers, growth):
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.payable_cny) == (State.COMMERCE_REVIEW, Decimal("450000.00"))
    event = Event.objects.filter(kind="claim.settled").order_by("pk").last()
    assert (event.data["old"]["payable_cny"], event.data["new"]["payable_cny"]) == ("600000.00", "450000.00")


def test_a_change_after_commerce_approved_falls_back_and_loses_the_approval(officers, growth):
    approve(growth, officers, finance=False)
    figures_change(growth.enterprise, import_cny=Decimal("250000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.approved_steps) == (State.COMMERCE_REVIEW, None), "more is a change too"
    data = Event.objects.get(kind="claim.amount_changed").data
    assert (data["old"]["computed_cny"], data["new"]["computed_cny"]) == ("600000.00", "750000.00")


def test_a_lock_that_is_entitled_to_more_stays_as_it_is(officers, growth):
    approve(growth, officers)
    figures_change(growth.enterprise, import_cny=Decimal("250000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.locked_cny, growth.payable_cny) == (
        State.APPROVED,
        Decimal("600000.00"),
        Decimal("600000.00"),
    )
    assert growth.after_overlap_cny == Decimal("750000.00")


def test_a_lock_that_is_entitled_to_less_is_lifted_and_both_amounts_are_recorded(officers, growth):
    approve(growth, officers)
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.locked_cny, growth.payable_cny) == (
        State.COMMERCE_REVIEW,
        None,
        Decimal("450000.00"),
    )
    unlocked = Event.objects.get(kind="claim.unlocked")
    assert unlocked.data["locked_cny"] == "600000.00"
    kinds = dict(
        LedgerEntry.objects.filter(claim=growth, kind__in=["lock", "unlock"]).values_list(
            "kind", "amount_cny"
        )
    )
    assert kinds == {"lock": Decimal("600000.00"), "unlock": Decimal("-600000.00")}


def paid(claim, officers, amount):
    """Money has gone out and part of it has come back, so that `amount` of the lock is paid and the rest is owed."""
    approve(claim, officers)
    whole = claim.locked_cny
    Claim.objects.filter(pk=claim.pk).update(state=State.PAYABLE)
    for action, data in (
        ("commit", {"amount": whole, "batch": "BF", "topic": "batch:BF"}),
        ("pay", {"amount": whole, "batch": "BF", "topic": "batch:BF"}),
    ):
        step(claim_id=claim.pk, action=action, actor=officers["finance"], data=data, at=NOW)
    if amount < whole:
        give_back(claim, officers, whole - amount)
    return settle_all(claim)


def give_back(claim, officers, amount):
    step(
        claim_id=claim.pk,
        action="bank_return",
        actor=officers["finance"],
        reason="账号已注销。",
        data={"amount": amount, "topic": "return:1"},
        at=NOW,
    )


def test_what_is_paid_above_the_entitlement_is_demanded_and_the_demand_follows_later_settlements(
    officers, growth
):
    paid(growth, officers, Decimal("600000.00"))
    demands = []
    for imports in ("150000000", "120000000", "170000000", "300000000"):
        figures_change(growth.enterprise, import_cny=Decimal(imports))
        growth.refresh_from_db()
        assert growth.locked_cny == Decimal("600000.00"), "what is paid is never unlocked"
        assert balances(growth.pk)["demanded_cny"] == growth.demanded_cny
        demands.append(growth.demanded_cny)
    assert demands == [Decimal("150000.00"), Decimal("240000.00"), Decimal("90000.00"), Decimal("0.00")]
    assert EnterpriseYear.objects.get().overpaid_cny == 0


def test_a_lock_partly_paid_falls_to_its_entitlement_and_no_demand_arises(officers, growth):
    paid(growth, officers, Decimal("100000.00"))
    assert (growth.state, growth.owed_cny) == (State.PAYABLE, Decimal("500000.00"))
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.locked_cny, growth.demanded_cny, growth.owed_cny) == (
        Decimal("450000.00"),
        Decimal("0.00"),
        Decimal("350000.00"),
    )
    reduced = Event.objects.get(kind="claim.lock_reduced")
    assert (reduced.data["old"], reduced.data["new"]) == ("600000.00", "450000.00")


def test_a_lock_that_falls_to_what_is_paid_is_paid_in_full(officers, growth):
    paid(growth, officers, Decimal("500000.00"))
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.locked_cny, growth.demanded_cny) == (Decimal("500000.00"), Decimal("50000.00"))
    assert growth.state == State.PAID, "nothing is owed any more"


def test_the_bank_does_not_return_more_than_was_paid(officers, growth):
    paid(growth, officers, Decimal("600000.00"))
    with pytest.raises(Refused, match="退汇"):
        give_back(growth, officers, Decimal("600000.01"))
    with pytest.raises(Refused, match="退汇"):
        give_back(growth, officers, Decimal("0.00"))


def test_what_the_limit_no_longer_covers_is_taken_from_the_latest_lock(officers):
    firm, period = make_firm(), make_period()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, import_cny="100000000", export_cny="0", export_usd="1")
    growth = make_claim(firm, "1.1", period)
    for name in ("甲", "乙"):
        expo(firm, period, name, facts={"booth_cny": "200000"})
    premium = make_claim(firm, "7.1", period, facts={"premium_cny": "100000"})
    for claim in Claim.objects.order_by("pk"):
        approve(claim, officers)
    figures_change(firm, import_cny=Decimal("0"))
    states = {claim.pk: claim.locked_cny for claim in Claim.objects.all()}
    assert states[growth.pk] is None, "no longer entitled to anything itself"
    assert states[premium.pk] is None, "locked last"
    first, second = Claim.objects.filter(item="5.1").order_by("pk")
    assert (first.locked_cny, second.locked_cny) == (Decimal("140000.00"), Decimal("140000.00"))
    premium.refresh_from_db()
    assert premium.payable_cny == Decimal("20000.00")


# --- What is written -----------------------------------------------------------------------------


def test_the_ledger_keeps_a_line_for_every_step_that_took_something(officers):
    firm, period = make_firm(), make_period()
    rate("2301", "0.5")
    make_claim(firm, "5.5", period, facts={"brand_cny": "100"})
    claim = expo(firm, period, "甲", facts={"booth_cny": "600000"}, other="50000", submit=False)
    give_evidence(claim, supported=True)
    claim_submit(
        claim_id=claim.pk,
        actor=owner_of(firm),
        declared=declared({"booth_cny": "600000"}, exhibition("甲"), "50000"),
        at=NOW,
    )
    later = expo(firm, period, "乙", facts={"booth_cny": "600000"})
    settle_all(claim)
    entries = LedgerEntry.objects.filter(claim=claim).order_by("pk").values_list("kind", "amount_cny")
    assert list(entries) == [
        ("award", Decimal("420000.00")),
        ("cap", Decimal("-120000.00")),
        ("overlap", Decimal("-50000.00")),
    ]
    settle_all(later)
    entries = LedgerEntry.objects.filter(claim=later).order_by("pk").values_list("kind", "amount_cny")
    assert list(entries) == [("award", Decimal("420000.00")), ("cap", Decimal("-370000.00"))], (
        "overlap gives back to the shared cap"
    )
    claim_withdraw(claim_id=later.pk, actor=owner_of(firm), at=NOW)
    last = LedgerEntry.objects.filter(claim=later).order_by("pk").last()
    assert (last.kind, last.amount_cny) == ("release", Decimal("-50000.00"))


def test_the_limit_is_an_entry_of_its_own():
    firm, period = make_firm(), make_period()
    make_figures(firm, export_usd="1")
    expo(firm, period, "甲", facts={"booth_cny": "600000"})
    cut = make_claim(firm, "7.1", period, facts={"premium_cny": "10"})
    entries = LedgerEntry.objects.filter(claim=cut).order_by("pk").values_list("kind", "amount_cny")
    assert list(entries) == [("award", Decimal("10.00")), ("limit", Decimal("-10.00"))]


def test_the_explanation_is_stored_with_the_amount_after_each_step():
    claim = expo(make_firm(), make_period(), "示例展会", facts={"booth_cny": "600000"})
    assert [(each["step"], each["amount"]) for each in claim.steps] == [
        ("computed", "420000.00"),
        ("capped", "300000.00"),
        ("after_overlap", "300000.00"),
        ("payable", "300000.00"),
    ]
    assert all(each["clause"] for each in claim.steps)


def test_settling_again_writes_nothing_and_changes_no_token():
    claim = expo(make_firm(), make_period(), "示例展会")
    before = claim_token(claim), claim.settled_at, Event.objects.count(), LedgerEntry.objects.count()
    again()
    claim.refresh_from_db()
    assert (
        claim_token(claim),
        claim.settled_at,
        Event.objects.count(),
        LedgerEntry.objects.count(),
    ) == before


def test_an_explanation_that_changes_alone_is_stored_without_an_event(growth):
    figures_change(growth.enterprise, 2024, import_cny=Decimal("100000000"))
    figures_change(growth.enterprise, import_cny=Decimal("250000000"))
    growth.refresh_from_db()
    token, events = claim_token(growth), Event.objects.count()
    figures_change(growth.enterprise, import_cny=Decimal("250000001"))
    growth.refresh_from_db()
    assert "250000001" in str(growth.steps)
    assert (claim_token(growth), Event.objects.count()) == (token, events)


def test_a_year_that_waits_keeps_the_time_at_which_it_began_to_wait(growth):
    years = EnterpriseYear.objects.all()
    years_mark(years)
    since = years.get().marked_at
    years_mark(years)
    assert (years.get().marked_at, years.get().requested - years.get().settled) == (since, 2)
    settle_all()
    years_mark(years)
    assert years.get().marked_at > since


def test_a_mark_that_comes_while_a_year_is_settled_is_not_lost(growth, monkeypatch):
    from applications.settlement import run

    year = EnterpriseYear.objects.get()
    years_mark(EnterpriseYear.objects.all())

    def plans_write_later(plans, *, at, write=run.plans_write):
        EnterpriseYear.objects.filter(pk=year.pk).update(requested=year.requested + 2)
        write(plans, at=at)

    monkeypatch.setattr(run, "plans_write", plans_write_later)
    assert years_settle([year.pk]) == 1
    assert EnterpriseYear.objects.get().is_computing


# --- Decisions taken back ------------------------------------------------------------------------


def test_a_claim_sent_back_by_mistake_returns_to_finance_with_the_approval_that_commerce_gave(
    officers, growth
):
    approve(growth, officers, finance=False)
    step(claim_id=growth.pk, action="send_back", actor=officers["finance"], reason="示例理由。", at=NOW)
    step(claim_id=growth.pk, action="recall", actor=officers["finance"], at=NOW)
    again()
    growth.refresh_from_db()
    assert growth.state == State.FINANCE_REVIEW
    step(claim_id=growth.pk, action="finance_approve", actor=officers["finance"], at=NOW)


def test_finance_cannot_lock_an_amount_that_changed_while_a_sent_back_claim_was_with_commerce(
    officers, growth
):
    approve(growth, officers, finance=False)
    step(claim_id=growth.pk, action="send_back", actor=officers["finance"], reason="示例理由。", at=NOW)
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    step(claim_id=growth.pk, action="recall", actor=officers["finance"], at=NOW)
    with pytest.raises(Refused):
        step(claim_id=growth.pk, action="finance_approve", actor=officers["finance"], at=NOW)
    settle_all(growth)
    assert growth.state == State.COMMERCE_REVIEW


@pytest.mark.parametrize("action", ["reject", "approve"])
def test_whoever_rejected_a_claim_does_not_decide_its_reconsideration(officers, action):
    firm = make_firm()
    claim = expo(firm, make_period(), "示例展会")
    step(claim_id=claim.pk, action="reject", actor=officers["commerce"], reason="示例理由。", at=NOW)
    step(claim_id=claim.pk, action="reconsider", actor=owner_of(firm), reason="示例理由。", at=NOW)
    settle_all()
    with pytest.raises(NotAllowed, match="复议"):
        step(claim_id=claim.pk, action=action, actor=officers["commerce"], reason="示例理由。", at=NOW)
    step(claim_id=claim.pk, action=action, actor=officers["commerce2"], reason="示例理由。", at=NOW)


def test_a_stranger_learns_nothing_by_submitting_the_claim_of_another_firm():
    claim = expo(make_firm(verified=False), make_period(), "示例展会", submit=False)
    with pytest.raises(NotAllowed):
        claim_submit(claim_id=claim.pk, actor=make_user("stranger"), declared=declared({"?": "1"}), at=NOW)


# --- Dates that holidays decide ------------------------------------------------------------------


def test_a_due_date_over_unknown_holidays_is_computed_again_when_they_are_loaded(officers):
    firm, period = make_firm(), make_period()
    claim, other = expo(firm, period, "甲"), expo(firm, period, "乙")
    for each in (claim, other):
        return_it(each, officers)
    claim.refresh_from_db()
    assert (claim.return_due_on, claim.return_due_certain) == (date(2026, 3, 16), False)
    due_extend(
        claim_id=other.pk, until=date(2026, 4, 1), reason="示例理由。", actor=officers["commerce"], at=NOW
    )
    assert due_dates_recompute() == 0, "nothing is known yet"
    Holiday.objects.create(day=date(2026, 3, 4), kind="off")
    Holiday.objects.create(day=date(2026, 3, 14), kind="work")
    Holiday.objects.create(day=date(2026, 3, 16), kind="off")
    assert due_dates_recompute() == 1
    claim.refresh_from_db()
    other.refresh_from_db()
    assert (claim.return_due_on, claim.return_due_certain) == (date(2026, 3, 17), True)
    assert (other.return_due_on, other.return_due_certain) == (date(2026, 4, 1), True)
    assert due_dates_recompute() == 0


def test_the_hourly_task_computes_dates_again_before_it_closes_notices(officers):
    claim = expo(make_firm(), make_period(), "甲")
    return_it(claim, officers)
    Holiday.objects.create(day=date(2026, 3, 4), kind="off")
    notices_close()
    claim.refresh_from_db()
    assert (claim.return_due_on, claim.return_due_certain) == (date(2026, 3, 17), True)
