"""Which demand asks again for what a reversed receipt had taken off it, and by when."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from applications.calendar import due_date
from applications.models import Demand, Instalment

from .follow import DUE_DAYS
from .standing import DemandStanding, demands_with_plans, standing_of


@dataclass(frozen=True)
class Reopening:
    """What a reversal does to the demands of a claim; nothing is written yet.

    `standing` is that of the demand which asks for the amount, as it is afterwards. `reopened`: it was closed until now;
    `dated`: its day counts from the reversal. `parts` is the plan as [(day, yuan)] where days that passed while the demand was closed are moved; None where it stays.
    """

    standing: DemandStanding
    reopened: bool
    dated: bool
    parts: list | None = None

    @property
    def demand(self):
        """The demand that asks for the amount."""
        return self.standing.demand


def reopening_of(receipt, claim, *, at):
    """The Reopening by which a receipt that counts would be reversed; `claim` is the demanded one, as it stands.

    Only one demand is open at a time: where a newer one is, it asks for the amount as well, and that of the receipt stays
    closed. Whoever was told that nothing is owed has DUE_DAYS from the reversal, and no less than before; a demand that
    was open all the time keeps its day, unless what comes back is in none of the parts agreed on since.
    """
    today, (due, certain) = timezone.localdate(at), due_date(start=at, days=DUE_DAYS)
    demand = _asking(receipt, claim)
    reopened = demand.closed_at is not None
    asks_anew = reopened or demand.pk != receipt.demand_id
    outside = bool(demand.plan) and receipt.recorded_at <= demand.plan[0].agreed_at
    dated = (asks_anew or outside) and due > demand.due_on
    if dated:
        demand.due_on, demand.due_certain = due, certain
    demand.closed_at = None
    demand.came_in = [row for row in demand.came_in if row.pk != receipt.pk]
    demand.claim.demanded_cny = claim.demanded_cny + receipt.amount_cny
    standing = standing_of(demand, today=today)
    if not (reopened and demand.plan and standing.is_late):
        return Reopening(standing, reopened, dated)
    parts = _moved(standing, today, due)
    _in_parts(demand, parts, at)
    return Reopening(standing_of(demand, today=today), reopened, dated, parts)


def _asking(receipt, claim):
    rows = demands_with_plans(Demand.objects.filter(claim=claim.pk))
    return rows.filter(closed_at=None).first() or rows.get(pk=receipt.demand_id)


def _moved(standing, today, due):
    """What is open of the parts, those whose day has passed together on the day `due`."""
    days = {}
    for part in standing.parts:
        if part.open:
            day = part.due_on if part.due_on >= today else due
            days[day] = days.get(day, Decimal("0.00")) + part.open
    return sorted(days.items())


def _in_parts(demand, parts, at):
    """The demand in memory with these parts; one alone is the day of the demand itself."""
    demand.plan = [
        Instalment(demand=demand, due_on=day, amount_cny=amount, agreed_at=at) for day, amount in parts
    ]
    if len(parts) == 1:
        demand.plan, day = [], parts[0][0]
        if day > demand.due_on:
            demand.due_on, demand.due_certain = day, True


def reopening_write(reopening, *, actor, at):
    """Writes the demand and its plan as they are afterwards; the caller holds the claim."""
    demand = reopening.demand
    demand.save(update_fields=["closed_at", "due_on", "due_certain"])
    if reopening.parts is not None:
        demand.instalments.filter(replaced_at=None).update(replaced_at=at)
        for row in demand.plan:
            row.agreed_by = actor
        Instalment.objects.bulk_create(demand.plan)


def reopening_data(reopening):
    """What an event keeps of it: the demand, whether it was closed, what is open of it, and by when."""
    standing = reopening.standing
    parts = [[part.due_on.isoformat(), str(part.open)] for part in standing.parts if part.open]
    return {
        "demand": standing.demand.number,
        "reopened": reopening.reopened,
        "dated": reopening.dated,
        "open": str(standing.open),
        "due_on": standing.due_on.isoformat(),
        "certain": not standing.uncertain,
        **({"parts": parts} if standing.is_in_parts else {}),
    }
