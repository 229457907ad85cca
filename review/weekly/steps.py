"""What was done in a week: the steps of claims, counted in the database and sorted by office and person."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from applications.lifecycle import TRANSITIONS
from applications.models import Event, State

from .offices import office_of

ZERO = Decimal("0.00")
#: Every step that a claim can make, by its event.
STEP_KINDS = tuple(row.event for row in TRANSITIONS.values())
_EVENT = {action: row.event for action, row in TRANSITIONS.items()}
#: What an office decides, by the figure that counts it.
DECISIONS = {
    "passed": (_EVENT["city_pass"], _EVENT["approve"], _EVENT["finance_approve"]),
    "returned": (_EVENT["return"],),
    "rejected": (_EVENT["reject"],),
    "sent_back": (_EVENT["send_back"],),
    "checked": (_EVENT["confirm"],),
}
_FIGURE_OF = {event: figure for figure, events in DECISIONS.items() for event in events}
#: Decisions that the next stage can send back.
_SENDABLE = (_EVENT["approve"], _EVENT["confirm"])


@dataclass
class Done:
    """Decisions of an office or a person in a week: how many of each kind, and the working days that claims had waited.

    `passed_cny` is what commerce and finance passed at; a city's first check passes no amount. `rejected_late` are those of
    the rejected that nobody had corrected in time: they waited with the enterprise, not with the office.
    """

    passed: int = 0
    returned: int = 0
    rejected: int = 0
    sent_back: int = 0
    checked: int = 0
    recalled: int = 0
    came_back: int = 0
    rejected_late: int = 0
    waited: int = 0
    timed: int = 0
    passed_cny: Decimal = ZERO

    @property
    def decided(self):
        """All decisions together."""
        return self.passed + self.returned + self.rejected + self.sent_back + self.checked

    @property
    def average(self):
        """Working days to a decision, rounded half up to one decimal; None where none was timed."""
        if not self.timed:
            return None
        return (Decimal(self.waited) / self.timed).quantize(Decimal("0.1"), ROUND_HALF_UP)

    def add(self, row):
        """Counts a group of equal steps."""
        figure = _FIGURE_OF[row["kind"]]
        setattr(self, figure, getattr(self, figure) + row["steps"])
        if row["data__from"] == State.RETURNED:
            self.rejected_late += row["steps"]
        self.waited += row["waited"] or 0
        self.timed += row["timed"]
        self.passed_cny += row["passed_cny"] or ZERO


@dataclass
class Steps:
    """The steps of a week: decisions by office and by (office, person), and what came to and left each office."""

    offices: dict = field(default_factory=lambda: defaultdict(Done))
    people: dict = field(default_factory=lambda: defaultdict(Done))
    came: dict = field(default_factory=lambda: defaultdict(int))
    left: dict = field(default_factory=lambda: defaultdict(int))


def steps_between(begins, ends, reader):
    """The Steps from one moment up to another, of the claims that a Reader reads. Two queries."""
    found = Steps()
    for row in _grouped(steps_of(begins, ends, reader)):
        place = row["claim__city"], row["claim__payer"]
        for counts, state in ((found.came, row["data__to"]), (found.left, row["data__from"])):
            if office := office_of(state, *place):
                counts[office] += row["steps"]
        office = office_of(row["stage"], *place)
        if row["kind"] in _FIGURE_OF:
            found.offices[office].add(row)
            found.people[office, row["actor"]].add(row)
        elif row["kind"] == _EVENT["recall"]:
            found.offices[office].recalled += row["steps"]
            found.people[office, row["actor"]].recalled += row["steps"]
    for row in _came_back(begins, ends, reader):
        office = office_of(row["decided_in"], row["claim__city"], row["claim__payer"])
        found.offices[office].came_back += row["steps"]
        found.people[office, row["decider"]].came_back += row["steps"]
    return found


def steps_of(begins, ends, reader):
    """The steps themselves, as events, each with the `stage` whose office took it.

    What is rejected because nobody corrected it is decided by the office that had returned it.
    """
    returns = Event.objects.filter(claim=OuterRef("claim"), kind=_EVENT["return"], pk__lt=OuterRef("pk"))
    returned_by = Subquery(returns.annotate(state=KT("data__from")).order_by("-pk").values("state")[:1])
    while_returned = Q(kind=_EVENT["reject"], data__from=State.RETURNED) | Q(
        kind=_EVENT["recall"], data__to=State.RETURNED
    )
    steps = Event.objects.filter(reader.claims("claim__"), kind__in=STEP_KINDS, at__gte=begins, at__lt=ends)
    return steps.annotate(
        stage=Case(
            When(while_returned, then=returned_by),
            When(kind=_EVENT["recall"], then=KT("data__to")),
            default=KT("data__from"),
            output_field=CharField(),
        )
    )


def _grouped(steps):
    waited = Cast(KT("data__waited"), IntegerField())
    money = DecimalField(max_digits=15, decimal_places=2)
    passed = Case(
        When(kind=_EVENT["finance_approve"], then=Cast(KT("data__locked_cny"), money)),
        When(kind=_EVENT["approve"], then=Cast(KT("data__payable_cny"), money)),
        output_field=money,
    )
    keys = ("kind", "data__from", "data__to", "stage", "claim__city", "claim__payer", "actor")
    return (
        steps.order_by()
        .values(*keys)
        .annotate(steps=Count("pk"), waited=Sum(waited), timed=Count(waited), passed_cny=Sum(passed))
    )


def _came_back(begins, ends, reader):
    """What a later stage sent back, by the person whose decision it had before it."""
    sent = came_back_steps(begins, ends, reader)
    return (
        sent.order_by()
        .values("decider", "decided_in", "claim__city", "claim__payer")
        .annotate(steps=Count("pk"))
    )


def came_back_steps(begins, ends, reader):
    """Steps that sent a decision back, as events, with its `decider` and the state that it was `decided_in`."""
    decisions = Event.objects.filter(
        claim=OuterRef("claim"), kind__in=_SENDABLE, pk__lt=OuterRef("pk")
    ).order_by("-pk")
    return Event.objects.filter(
        reader.claims("claim__"), kind=_EVENT["send_back"], at__gte=begins, at__lt=ends
    ).annotate(
        decider=Subquery(decisions.values("actor")[:1]),
        decided_in=Subquery(decisions.annotate(state=KT("data__from")).values("state")[:1]),
    )
