"""How an open demand stands: what is due when, what is late, and what nearly is."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.utils import timezone

from applications.models import Demand, Instalment, Receipt
from applications.official import working_calendar

ZERO = Decimal("0.00")
#: Working days before a part is due in which it stands out.
SOON_DAYS = 5


@dataclass(frozen=True)
class Part:
    """One part of what is open: by when, how much of it was agreed, and how much of that is still to come, yuan."""

    due_on: date
    amount: Decimal
    open: Decimal
    certain: bool = True


@dataclass
class DemandStanding:
    """An open or closed demand on a day. Amounts in yuan; days are working days."""

    demand: Demand
    open: Decimal
    received: Decimal
    parts: list = field(default_factory=list)
    late: Decimal = ZERO
    days_over: int = 0
    days_left: int | None = None
    is_near: bool = False

    @property
    def is_late(self):
        """Whether something should have come in already."""
        return self.late > 0

    @property
    def next_part(self):
        """The part that is to come next, the late ones first; None where nothing is open."""
        return next((part for part in self.parts if part.open), None)

    @property
    def due_on(self):
        """By when the next part is to come."""
        return self.next_part.due_on if self.next_part else self.demand.due_on

    @property
    def uncertain(self):
        """Whether holidays may still move that day."""
        return not (self.next_part.certain if self.next_part else self.demand.due_certain)

    @property
    def has_reversed(self):
        """Whether something that came in has been reversed."""
        return any(row.reversed_at for row in self.demand.came_in)

    @property
    def is_in_parts(self):
        """Whether a plan of instalments is in force."""
        return bool(self.demand.plan)


def demands_with_plans(demands):
    """A queryset of demands with what `standing_of` asks for: `plan` (instalments in force) and `came_in` (receipts, reversed ones too)."""
    return demands.select_related("claim__enterprise").prefetch_related(
        Prefetch(
            "instalments",
            Instalment.objects.filter(replaced_at=None).order_by("due_on", "pk"),
            to_attr="plan",
        ),
        Prefetch(
            "receipts",
            Receipt.objects.select_related("against", "recorded_by", "reversed_by").order_by("pk"),
            to_attr="came_in",
        ),
    )


def standing_of(demand, *, today=None, calendar=None):
    """The DemandStanding of a demand of `demands_with_plans`."""
    today = today or timezone.localdate()
    calendar = calendar or working_calendar()
    is_open = demand.closed_at is None
    found = DemandStanding(
        demand,
        open=demand.claim.demanded_cny if is_open else ZERO,
        received=sum((row.amount_cny for row in _counting(demand)), ZERO),
    )
    found.parts = _parts(demand, found.open) if is_open else []
    late = [part for part in found.parts if part.open and part.due_on < today]
    found.late = sum((part.open for part in late), ZERO)
    if late:
        found.days_over = calendar.count_working_days(late[0].due_on, today)
    elif found.next_part:
        found.days_left = calendar.count_working_days(today, found.due_on)
        found.is_near = found.days_left <= SOON_DAYS
    return found


def _counting(demand):
    """The receipts that have not been reversed."""
    return [row for row in demand.came_in if row.reversed_at is None]


def _parts(demand, is_open):
    """Receipts since the plan was agreed are taken off its earliest parts, what a settlement has let off its latest ones.

    What a settlement has added since is due with the demand itself, as its letter says.
    """
    if not demand.plan:
        return [Part(demand.due_on, is_open, is_open, demand.due_certain)]
    since = demand.plan[0].agreed_at
    received = sum((row.amount_cny for row in _counting(demand) if row.recorded_at > since), ZERO)
    agreed = sum((row.amount_cny for row in demand.plan), ZERO)
    let_off = agreed - received - is_open
    left = [row.amount_cny for row in demand.plan]
    _take(left, range(len(left)), received)
    _take(left, reversed(range(len(left))), max(let_off, ZERO))
    parts = [Part(row.due_on, row.amount_cny, rest) for row, rest in zip(demand.plan, left, strict=True)]
    added = is_open - sum(left, ZERO)
    if added > 0:
        parts.append(Part(demand.due_on, added, added, demand.due_certain))
    return sorted(parts, key=lambda part: part.due_on)


def _take(left, order, amount):
    for position in order:
        taken = min(left[position], amount)
        left[position] -= taken
        amount -= taken
