"""Weeks from Monday to Sunday, Asia/Shanghai, named as ISO 8601 does: 2026-W12."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_NAME = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Week:
    """A week, and the moment up to which it can be told: its end, or now where it is not over."""

    monday: date
    now: datetime

    @property
    def sunday(self):
        """The last day."""
        return self.monday + timedelta(days=6)

    @property
    def begins(self):
        """The first moment of Monday."""
        return _midnight(self.monday)

    @property
    def ends(self):
        """The first moment that does not belong to what is told: next Monday's first, or now."""
        return min(_midnight(self.monday + _WEEK), self.now)

    @property
    def last_day(self):
        """The day at the end of which waiting is counted."""
        return min(self.sunday, timezone.localdate(self.now))

    @property
    def is_over(self):
        """Whether nothing more can happen in it."""
        return self.sunday < timezone.localdate(self.now)

    @property
    def name(self):
        """2026-W12, as the address writes it."""
        year, number, _ = self.monday.isocalendar()
        return f"{year}-W{number:02}"

    @property
    def title(self):
        """2026 年第 12 周."""
        year, number, _ = self.monday.isocalendar()
        return f"{year} 年第 {number} 周"

    @property
    def previous(self):
        """The week before; None where the calendar has none."""
        return Week(self.monday - _WEEK, self.now) if self.monday.year > 2000 else None

    @property
    def next(self):
        """The week after; None where it has not begun."""
        return Week(self.monday + _WEEK, self.now) if self.is_over else None


def week_named(name, *, now=None):
    """The Week that an address names; this week where it names none, or one that has not begun or never was."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    monday = today - timedelta(days=today.weekday())
    found = _NAME.fullmatch(name or "")
    try:
        named = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else monday
    except ValueError:
        named = monday
    return Week(named if named.year >= 2000 and named <= monday else monday, now)


def _midnight(day):
    return timezone.make_aware(datetime.combine(day, time.min))
