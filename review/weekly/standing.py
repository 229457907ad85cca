"""What waited with each office at a moment, found again from the record of steps, and in whose hands it was."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Subquery, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.utils import timezone

from applications.lifecycle import TRANSITIONS
from applications.lifecycle.clock import CLOCKED
from applications.models import Claim, Event, Question, State
from applications.stage_days import STAGE_DAYS

from .offices import office_of
from .steps import STEP_KINDS

_TAKEN = "claim.taken"
#: What ends somebody's having a claim in hand, besides a colleague's taking it.
_PUT_DOWN = (
    "claim.handed_back",
    TRANSITIONS["reconsider"].event,
    *(row.event for row in TRANSITIONS.values() if row.stage),
)


@dataclass
class Standing:
    """What waits with an office: how many claims, of these how many longer than the stage is expected to take, and the
    most working days that one has waited (None where none waits)."""

    waiting: int = 0
    late: int = 0
    longest: int | None = None

    def add(self, claims, days, term):
        """Counts claims that have waited so many working days."""
        self.waiting += claims
        self.late += claims if days > term else 0
        self.longest = max(days, self.longest or 0)


def standing_at(moment, last_day, calendar, reader):
    """{Office: Standing} at a moment, waiting counted to the end of a day. Two queries, however many claims wait."""
    found = defaultdict(Standing)
    rows = list(_grouped(entries_at(moment, reader)))
    stops = _stops(rows, moment)
    for row in rows:
        office = office_of(row["data__to"], row["claim__city"], row["claim__payer"])
        days = _days(row, stops, last_day, calendar)
        found[office].add(row["claims"], days, STAGE_DAYS[State(row["data__to"])])
    return found


def late_claims(moment, last_day, calendar, reader, office):
    """The ids of the claims that have waited with an office for longer than their stage is expected to take."""
    rows = list(_rows(entries_at(moment, reader).filter(office.has("data__to", "claim__")), "claim"))
    stops = _stops(rows, moment)
    return [
        row["claim"]
        for row in rows
        if _days(row, stops, last_day, calendar) > STAGE_DAYS[State(row["data__to"])]
    ]


def entries_at(moment, reader):
    """The steps, as events, by which the claims that wait with an office at a moment had come there; one for each.

    A claim that no office has today, and that has not moved since, cannot have waited then: the others alone are looked at.
    """
    last = Event.objects.filter(claim=OuterRef("pk"), kind__in=STEP_KINDS, at__lt=moment).order_by("-pk")
    moved_or_waiting = Q(state_since__gte=moment) | Q(state__in=sorted(CLOCKED))
    claims = Claim.objects.filter(reader.claims(), moved_or_waiting, first_submitted_at__lt=moment)
    lasts = claims.annotate(last_step=Subquery(last.values("pk")[:1])).values("last_step")
    return Event.objects.filter(pk__in=lasts, data__to__in=sorted(CLOCKED))


def _rows(entries, *more):
    """What the clock of each claim shows rests on: the day it came and the days of its stays there before; and, where the
    enterprise was asked something since, which claim it is and when it came."""
    stays = Event.objects.filter(
        claim=OuterRef("claim"),
        data__from=OuterRef("data__to"),
        data__has_key="waited",
        pk__lt=OuterRef("pk"),
    ).order_by("-pk")
    before = stays.annotate(days=Cast(KT("data__waited"), IntegerField())).values("days")[:1]
    asked = Exists(Question.objects.filter(claim=OuterRef("claim"), asked_at__gte=OuterRef("at")))
    return (
        entries.order_by()
        .annotate(
            came_on=TruncDate("at"),
            before=Coalesce(Subquery(before), 0),
            asked=Case(When(asked, then=F("claim"))),
            asked_since=Case(When(asked, then=F("at"))),
        )
        .values("data__to", "claim__city", "claim__payer", "came_on", "before", "asked", "asked_since", *more)
    )


def _grouped(entries):
    return _rows(entries).annotate(claims=Count("pk"))


def _stops(rows, moment):
    """{claim id: [(a question's time before a moment, the day of its end or None)]} of rows about a claim that was asked."""
    found = defaultdict(list)
    asked = [row["asked"] for row in rows if row["asked"]]
    questions = Question.objects.filter(claim__in=asked, asked_at__lt=moment).order_by("pk")
    for claim, at, *ends in questions.values_list("claim", "asked_at", "answered_at", "withdrawn_at"):
        end = next((each for each in ends if each and each < moment), None)
        found[claim].append((at, end and timezone.localdate(end)))
    return found


def _days(row, stops, last_day, calendar):
    """Working days that the clock of a claim shows at the end of a day; see `applications.lifecycle.clock`."""
    days = row["before"] + calendar.count_working_days(row["came_on"], last_day)
    for at, ended in stops.get(row["asked"], ()):
        if at >= row["asked_since"]:
            days -= calendar.count_working_days(timezone.localdate(at), ended or last_day)
    return days


# --- In whose hands ------------------------------------------------------------------------------


def hands_at(moment, reader):
    """{(Office, person's id): claims that wait there and that the person had taken, at a moment}. One query."""
    found = defaultdict(int)
    for row in hands_steps(moment, reader).values(
        "actor", "state", "taken_in", "claim__city", "claim__payer"
    ):
        place = row["claim__city"], row["claim__payer"]
        office = office_of(row["state"], *place)
        if office == office_of(row["taken_in"], *place):
            found[office, row["actor"]] += 1
    return found


def hands_steps(moment, reader):
    """The last takings, as events, of claims that wait at a moment and have not been put down since; `state` is where the
    claim waits, `taken_in` where it was taken."""
    hands = Event.objects.filter(claim=OuterRef("claim"), kind__in=(_TAKEN, *_PUT_DOWN), at__lt=moment)
    lasts = entries_at(moment, reader).annotate(last=Subquery(hands.order_by("-pk").values("pk")[:1]))
    steps = Event.objects.filter(claim=OuterRef("claim"), kind__in=STEP_KINDS).order_by("-pk")
    then = steps.filter(pk__lt=OuterRef("pk")).annotate(state=KT("data__to")).values("state")[:1]
    now = steps.filter(at__lt=moment).annotate(state=KT("data__to")).values("state")[:1]
    taken = Event.objects.filter(pk__in=lasts.values("last"), kind=_TAKEN)
    return taken.annotate(taken_in=Subquery(then), state=Subquery(now))
