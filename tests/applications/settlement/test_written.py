"""What a settlement writes, and dates that are computed again with the holidays."""

from datetime import date
from decimal import Decimal

import pytest

from applications.claims import claim_submit, claim_withdraw, due_dates_recompute
from applications.lifecycle import claim_token
from applications.models import EnterpriseYear, Event, Holiday, LedgerEntry
from applications.settlement.mark import years_mark
from applications.settlement.run import years_settle
from applications.tasks import notices_close
from review.assignments import due_extend
from tests.factories import (
    NOW,
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

from .steps import again, expo, figures_change, rate, return_it

pytestmark = pytest.mark.django_db


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
