"""How long claims have waited for an office, and which of them are late or nearly so."""

from datetime import datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone

from applications.lifecycle.clock import CLOCKED, clock_days
from applications.official import working_calendar
from applications.stage_days import LEAST_AGAIN, STAGE_DAYS, days_left

#: With so many working days left a claim is nearly late.
NEARLY = 1


def waiting_days_add(claims, *, today=None):
    """Sets on each claim `waited`, its working days at its stage (None where it waits for no office), `days_left` until
    the stage should be done (negative when late; None without a clock, or while it stands still), `days_over` by how many
    it is late, and `answer_awaited`.

    One query, for the calendar; returns the claims.
    """
    calendar, today = working_calendar(), today or timezone.localdate()
    for claim in claims:
        claim.waited = clock_days(claim, today, calendar)
        claim.answer_awaited = claim.waited is not None and claim.clock_stopped_on is not None
        claim.days_left = _days_left(claim, today, calendar)
        claim.days_over = max(0, -(claim.days_left or 0))
    return claims


def _days_left(claim, today, calendar):
    if claim.waited is None or claim.answer_awaited:
        return None
    here = calendar.count_working_days(timezone.localdate(claim.state_since), today)
    return days_left(claim.state, claim.waited, here)


def late(states=CLOCKED, *, nearly=False, today=None, calendar=None):
    """A condition: the claim is in one of the states and has waited longer than is expected there; with `nearly`, or
    has NEARLY working days left at most. What waits for an answer is not late. It says `stage_days.days_left` to the database."""
    calendar, today = calendar or working_calendar(), today or timezone.localdate()
    grace, condition = NEARLY + 1 if nearly else 0, Q(pk__in=[])
    for state in sorted(CLOCKED.intersection(states)):
        days = STAGE_DAYS[state] - grace
        again = min(STAGE_DAYS[state], LEAST_AGAIN) - grace
        condition |= Q(
            state=state,
            clock_stopped_on=None,
            waiting_on__lte=_waited_more(days, today, calendar),
            state_since__lt=_midnight_after(_waited_more(again, today, calendar)),
        )
    return condition


def waiting_longer_than(days, *, today=None):
    """The last day on which a claim must have come to have waited more than `days` working days by today."""
    return _waited_more(days, today or timezone.localdate(), working_calendar())


def _waited_more(days, today, calendar):
    since = today
    while calendar.count_working_days(since, today) <= days:
        since -= timedelta(days=1)
    return since


def _midnight_after(day):
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))
