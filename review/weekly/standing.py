"""What waited with each office at a moment, found again from the record of steps, and in whose hands it was."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone

from applications.lifecycle import TRANSITIONS
from applications.lifecycle.clock import CLOCKED
from applications.models import Question
from applications.stage_days import days_left

from .offices import office_of
from .steps import STEP_KINDS

_TAKEN = "claim.taken"
#: What ends somebody's having a claim in hand, besides a colleague's taking it.
_PUT_DOWN = (
    "claim.handed_back",
    TRANSITIONS["reconsider"].event,
    *(row.event for row in TRANSITIONS.values() if row.stage),
)
#: The claims that waited with an office at a moment: where, since when, how many working days their earlier stays there
#: had taken, whether the enterprise was asked something in this stay, and who had taken the claim and where.
#: A claim that no office has today and that has not moved since cannot have waited then: the others alone are looked at,
#: each by its own events, so that the cost goes with what waited and not with what was ever filed.
_WAITING = """
SELECT claim.id AS claim, claim.city, claim.payer, step.state, step.at,
       (step.at AT TIME ZONE %(zone)s)::date AS came_on, COALESCE(earlier.days, 0) AS before,
       hand.actor_id AS holder, taken.state AS taken_in,
       EXISTS (SELECT FROM applications_question question
               WHERE question.claim_id = claim.id AND question.asked_at >= step.at) AS asked
FROM applications_claim claim
CROSS JOIN LATERAL (
    SELECT id, at, data ->> 'to' AS state FROM applications_event
    WHERE claim_id = claim.id AND at < %(moment)s AND kind = ANY(%(steps)s) ORDER BY id DESC LIMIT 1
) step
LEFT JOIN LATERAL (
    SELECT (data ->> 'waited')::int AS days FROM applications_event
    WHERE claim_id = claim.id AND id < step.id AND data ->> 'from' = step.state AND data ? 'waited'
    ORDER BY id DESC LIMIT 1
) earlier ON true
LEFT JOIN LATERAL (
    SELECT id, kind, actor_id FROM applications_event
    WHERE claim_id = claim.id AND at < %(moment)s AND kind = ANY(%(hands)s) ORDER BY id DESC LIMIT 1
) hand ON hand.kind = %(taken)s
LEFT JOIN LATERAL (
    SELECT data ->> 'to' AS state FROM applications_event
    WHERE claim_id = claim.id AND id < hand.id AND kind = ANY(%(steps)s) ORDER BY id DESC LIMIT 1
) taken ON true
WHERE claim.first_submitted_at < %(moment)s
  AND (claim.state_since >= %(moment)s OR claim.state = ANY(%(clocked)s))
  AND (%(cities)s::text[] IS NULL OR claim.city = ANY(%(cities)s))
  AND step.state = ANY(%(clocked)s)
"""
#: Claims of which the clock shows the same, counted together; one that was asked about stands by itself.
_GROUPED = f"""
SELECT city, payer, state, came_on, before, holder, taken_in, count(*) AS claims,
       CASE WHEN asked THEN claim END AS claim, CASE WHEN asked THEN at END AS at
FROM ({_WAITING}) waiting GROUP BY city, payer, state, came_on, before, holder, taken_in, 9, 10
"""


@dataclass
class Standing:
    """What waits with an office: how many claims, of these how many longer than the stage is expected to take, the most
    working days that one has waited (None where none waits), and how many each person has in hand."""

    waiting: int = 0
    late: int = 0
    longest: int | None = None
    hands: dict = field(default_factory=lambda: defaultdict(int))


def standing_at(moment, last_day, calendar, reader):
    """{Office: Standing} at a moment, waiting counted to the end of a day. Two queries, however many claims wait."""
    found = defaultdict(Standing)
    rows = _rows(_GROUPED, moment, reader)
    stops = _stops(rows, moment)
    for row in rows:
        days = _days(row, stops, last_day, calendar)
        standing, claims = found[_office(row)], row["claims"]
        standing.waiting += claims
        standing.late += claims if _is_late(row, stops, days, last_day, calendar) else 0
        standing.longest = max(days, standing.longest or 0)
        if _is_in_hand(row):
            standing.hands[row["holder"]] += claims
    return found


def claims_waiting(moment, reader, office, *, holder=None):
    """The ids of the claims that wait with an office at a moment; those in a person's hands, where one is named."""
    return [
        row["claim"]
        for row in _rows(_WAITING, moment, reader)
        if _office(row) == office and (holder is None or (row["holder"] == holder and _is_in_hand(row)))
    ]


def claims_late(moment, last_day, calendar, reader, office):
    """The ids of the claims that have waited with an office for longer than their stage is expected to take."""
    rows = [row for row in _rows(_WAITING, moment, reader) if _office(row) == office]
    stops = _stops(rows, moment)
    return [
        row["claim"]
        for row in rows
        if _is_late(row, stops, _days(row, stops, last_day, calendar), last_day, calendar)
    ]


def _rows(query, moment, reader):
    values = {
        "moment": moment,
        "zone": str(timezone.get_current_timezone()),
        "steps": list(STEP_KINDS),
        "hands": [_TAKEN, *_PUT_DOWN],
        "taken": _TAKEN,
        "clocked": sorted(CLOCKED),
        "cities": reader.cities,
    }
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _office(row):
    return office_of(row["state"], row["city"], row["payer"])


def _is_in_hand(row):
    """What was taken in another office, and left it undecided, is in nobody's hands."""
    return row["holder"] is not None and office_of(row["taken_in"], row["city"], row["payer"]) == _office(row)


def _stops(rows, moment):
    """{claim id: [(a question's time before a moment, the day of its end or None)]} of claims that the rows name."""
    found = defaultdict(list)
    named = [row["claim"] for row in rows if row["claim"]]
    questions = Question.objects.filter(claim__in=named, asked_at__lt=moment).order_by("pk")
    for claim, at, *ends in questions.values_list("claim", "asked_at", "answered_at", "withdrawn_at"):
        end = next((each for each in ends if each and each < moment), None)
        found[claim].append((at, end and timezone.localdate(end)))
    return found


def _is_late(row, stops, days, last_day, calendar):
    """Whether the office has no day left by then, as its queue says it: not while the enterprise owes an answer."""
    asked = any(at >= row["at"] and ended is None for at, ended in stops.get(row["claim"], ()))
    here = calendar.count_working_days(row["came_on"], last_day)
    return not asked and days_left(row["state"], days, here) < 0


def _days(row, stops, last_day, calendar):
    """Working days that the clock of a claim shows at the end of a day; see `applications.lifecycle.clock`."""
    days = row["before"] + calendar.count_working_days(row["came_on"], last_day)
    for at, ended in stops.get(row["claim"], ()):
        if at >= row["at"]:
            days -= calendar.count_working_days(timezone.localdate(at), ended or last_day)
    return days
