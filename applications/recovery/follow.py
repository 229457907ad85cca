"""Demand rows and letters follow the settlement: in bulk, and at no cost where no demand has changed."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count
from django.utils import timezone

from applications.calendar import due_date
from applications.letters.check import check_code_new
from applications.letters.demand import demand_letter
from applications.models import Claim, Demand, Event, Letter
from applications.numbers import numbers_next
from applications.settlement.case_builder import city_rates_of, versions_of

from .causes import causes_of

#: Working days that an enterprise has to pay back, from the day after the letter.
DUE_DAYS = 20


@dataclass
class DemandChange:
    """A claim whose open demand a settlement changes, yuan, and the event that tells of it."""

    claim: Claim
    old: Decimal
    new: Decimal
    event: Event
    demand: Demand | None = None


def demands_follow(plans, *, at):
    """Makes, closes and dates demand rows for what the plans change, and completes their events; before these are written.

    A demand that rises has until DUE_DAYS from now, as its new letter says, and no less than before.
    """
    plans = [plan for plan in plans if plan.demands]
    if not plans:
        return
    changes = [change for plan in plans for change in plan.demands]
    causes = causes_of(plans)
    due, certain = due_date(start=at, days=DUE_DAYS)
    standing = {
        row.claim_id: row
        for row in Demand.objects.filter(
            claim__in=[change.claim.pk for change in changes], closed_at=None
        ).order_by("pk")
    }
    for change in changes:
        change.demand = standing.get(change.claim.pk)
        if change.demand is None and change.new:
            change.demand = Demand(claim=change.claim, raised_at=at, due_on=due, due_certain=certain)
        elif change.demand is not None:
            _change(change, due, certain, at)
    _store([change.demand for change in changes if change.demand is not None], at)
    for change in changes:
        why = causes[change.claim.enterprise_id, change.claim.year]
        change.event.data |= {"why": why, **demand_data(change.demand)}


def _change(change, due, certain, at):
    demand = change.demand
    if not change.new:
        demand.closed_at = at
    elif change.new > change.old and due > demand.due_on:
        demand.due_on, demand.due_certain = due, certain


def _store(demands, at):
    fresh = [demand for demand in demands if demand.pk is None]
    numbers = numbers_next(f"ZH{timezone.localtime(at):%Y}", len(fresh), width=4)
    for demand, number in zip(fresh, numbers, strict=True):
        demand.number = number
    known = [demand for demand in demands if demand.pk is not None]
    Demand.objects.bulk_create(fresh)
    Demand.objects.bulk_update(known, ["due_on", "due_certain", "closed_at"])


def demand_data(demand):
    """What an event keeps of a demand; nothing where there is none."""
    if demand is None:
        return {}
    return {
        "demand": demand.number,
        "due_on": demand.due_on.isoformat(),
        "certain": demand.due_certain,
    }


def letters_follow(plans, *, at):
    """Issues a letter for each demand that is new or has risen, once the events of the plans have been written."""
    raised = [change for plan in plans for change in plan.demands if change.new > change.old]
    if not raised:
        return
    under = {change.claim.pk: _under(plan.source, change.claim) for plan in plans for change in plan.demands}
    enterprises = {plan.source.row.enterprise_id: plan.source.row.enterprise for plan in plans}
    claims = [change.claim.pk for change in raised]
    issued = dict(
        Letter.objects.filter(claim__in=claims, kind=Letter.Kind.DEMAND)
        .values_list("claim")
        .annotate(count=Count("pk"))
        .order_by()
    )
    Letter.objects.bulk_create(
        Letter(
            kind=Letter.Kind.DEMAND,
            number=f"{change.claim.number}-Z{issued.get(change.claim.pk, 0) + 1}",
            check_code=check_code_new(),
            claim=change.claim,
            event=change.event,
            content=demand_letter(
                change.claim,
                enterprise=enterprises[change.claim.enterprise_id],
                demand=change.demand,
                amount=change.new,
                before=change.old,
                why=change.event.data["why"],
                at=at,
                under=under[change.claim.pk],
            ),
            issued_at=at,
        )
        for change in raised
    )


def _under(source, claim):
    """The versions of the settings that the claim is entitled to less under."""
    return versions_of(source, city_rates_of(source).get(claim.item))
