"""The clock of an office: working days that a claim has waited at its stage, standing still while the enterprise has the ball.

`Claim.waiting_on` is the day from which the waiting counts. A claim that comes back to a stage takes up what it had
waited there before, so that a correction costs it no place in the queue.
"""

from datetime import timedelta

from django.utils import timezone

from applications.models import Event, State
from applications.official import working_calendar

#: The states in which an office has something to decide and its clock runs.
CLOCKED = frozenset({State.CITY_REVIEW, State.COMMERCE_REVIEW, State.SECOND_CHECK, State.FINANCE_REVIEW})


def clock_days(claim, today, calendar):
    """Working days of the calendar (see `working_calendar`) that a claim has waited at its stage by a day.

    None for a claim that waits for no office.
    """
    if claim.state not in CLOCKED:
        return None
    return calendar.count_working_days(claim.waiting_on, claim.clock_stopped_on or today)


def clock_leave(claim, at):
    """What the record keeps of a claim that leaves its state: the working days it has waited there, if it did."""
    if claim.state not in CLOCKED:
        return {}
    return {"waited": clock_days(claim, timezone.localdate(at), working_calendar())}


def clock_enter(claim, at):
    """Starts the clock of a claim that has come to its state, where it stopped if it has been there before."""
    claim.clock_stopped_on = None
    earlier = None
    if claim.state in CLOCKED:
        stays = Event.objects.filter(claim=claim, data__from=claim.state, data__has_key="waited")
        earlier = stays.order_by("-pk").values_list("data__waited", flat=True).first()
    claim.waiting_on = _days_before(timezone.localdate(at), earlier or 0)


def clock_stop(claim, at):
    """The enterprise has been asked something: the clock stands still from today on."""
    claim.clock_stopped_on = timezone.localdate(at)


def clock_go(claim, at):
    """The enterprise has answered, or need not any more: the clock goes on with the days that it showed."""
    today = timezone.localdate(at)
    days = clock_days(claim, today, working_calendar())
    claim.clock_stopped_on = None
    if days is not None:
        claim.waiting_on = _days_before(today, days)


def _days_before(today, days):
    """The latest day from which `days` working days have passed by today."""
    if not days:
        return today
    calendar, since = working_calendar(), today
    while calendar.count_working_days(since, today) < days:
        since -= timedelta(days=1)
    return since
