"""The days of the sample: what is to happen is planned by working days before today, and done in the order of time."""

from datetime import datetime, time, timedelta
from operator import itemgetter

from django.db.models import F
from django.utils import timezone

from applications.flags.moves import moves_mark
from applications.models import EnterpriseYear
from applications.official import working_calendar
from applications.settlement.run import years_settle

#: The steps of a day that are given no time of their own begin then, on some days up to so many minutes later, and
#: follow each other at this distance.
MORNING = time(9, 5)
LATER = 120
APART = timedelta(minutes=7)
#: How long after a step the amounts are computed again.
SETTLED_AFTER = timedelta(seconds=4)


class Diary:
    """Plans steps and then takes them. `ago` counts working days back from today; 1 is the last one before today."""

    def __init__(self, today, *, longest):
        self.today = today
        self._days = _working_days_before(today, longest)
        self._steps = []
        self._steps_of_day = {}

    def day(self, ago):
        """The date of a working day, `ago` of them before today."""
        return self._days[ago - 1]

    def plan(self, ago, act, clock=None):
        """Plans `act(at)` for a working day: at a time of that day, or after what is planned for the day already."""
        day = self.day(ago)
        if clock is None:
            number = self._steps_of_day.get(day, 0)
            self._steps_of_day[day] = number + 1
            at = _moment(day, MORNING) + timedelta(minutes=day.toordinal() * 37 % LATER) + number * APART
        else:
            at = _moment(day, clock)
        self._steps.append((at, act))

    def run(self, *, morning):
        """Takes all steps in the order of time. `morning(day, at)` is called once before the steps of each day."""
        day = None
        for at, act in sorted(self._steps, key=itemgetter(0)):
            if at.date() != day:
                day = at.date()
                morning(day, _moment(day, time(0, 5)))
                settle(at=_moment(day, time(0, 6)))
            act(at)
            settle(at=at + SETTLED_AFTER)


def settle(*, at):
    """What the workers do: computes every enterprise-year that waits, until none does."""
    moves_mark()
    waiting = EnterpriseYear.objects.filter(requested__gt=F("settled")).order_by("pk")
    while keys := list(waiting.values_list("pk", flat=True)):
        years_settle(keys, at=at)


def _moment(day, clock):
    return timezone.make_aware(datetime.combine(day, clock))


def _working_days_before(today, number):
    """The last working days before a day, newest first; weekdays alone where the holidays of a year are not known."""
    calendar, days, day = working_calendar(), [], today
    while len(days) < number:
        before = day - timedelta(days=1)
        if calendar.count_working_days(before - timedelta(days=1), before):
            days.append(before)
        day = before
    return days
