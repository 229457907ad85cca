"""Requests of measures 8 to 12 in a week: what came to each department, what it answered, and what waits."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.cities import City
from accounts.departments import Department
from applications.models import Event, SupportRequest, SupportState
from applications.official import years_settings


@dataclass
class Requests:
    """A department's week: what came to it to lead, its words, what it still has, how many of these are past their due
    date, and the most working days that one has taken (None where none waits)."""

    came: int = 0
    answered: int = 0
    asked: int = 0
    handed_over: int = 0
    waiting: int = 0
    late: int = 0
    longest: int | None = None


#: What a department's own step counts as.
_FIGURE_OF = {
    "support.answered": "answered",
    "support.asked": "asked",
    "support.handed_over": "handed_over",
}


def department_name(department, city):
    """省税务局; 哈尔滨市政府 for the city's own."""
    if department != Department.CITY:
        return Department(department).label
    place = City(city).label
    return f"{place}行署" if place.endswith("地区") else f"{place}政府"


def requests_in(week, calendar, reader):
    """{(department, city or ""): Requests} of a week; a city's readers see its government's. Three queries."""
    requests = list(_alive_in(week, reader))
    terms = years_settings({request.year for request in requests}) if requests else {}
    found, events = defaultdict(Requests), _events_of(requests, week) if requests else {}
    for request in requests:
        walk = _Walk(request, terms[request.year].support_days, calendar, events[request.number])
        walk.take(week, found)
    own = {key: row for key, row in found.items() if reader.cities is None or key[0] == Department.CITY}
    return dict(sorted(own.items(), key=lambda item: (list(Department).index(item[0][0]), item[0][1])))


def _alive_in(week, reader):
    """Requests filed before the end of the week that were not settled for good before it began."""
    settled = Q(state=SupportState.CLOSED, closed_at__lt=week.begins)
    filed = SupportRequest.objects.filter(reader.claims(), created_at__lt=week.ends)
    return filed.exclude(settled).order_by("pk")


def _events_of(requests, week):
    """{number: [events up to the end of the week]}."""
    found = defaultdict(list)
    topics = SupportRequest.objects.filter(pk__in=[request.pk for request in requests])
    topics = topics.annotate(topic=Concat(Value("support:"), "number")).values("topic")
    events = Event.objects.filter(topic__in=topics, kind__startswith="support.", at__lt=week.ends)
    for event in events.order_by("pk"):
        found[event.data["number"]].append(event)
    return found


class _Walk:
    """One request from its filing on: who leads it, whether its clock runs, and its due date."""

    def __init__(self, request, term, calendar, events):
        self._term, self._calendar, self._events, self._city = term, calendar, events, request.city
        handed = next((event for event in events if event.kind == "support.handed_over"), None)
        self._lead = handed.data["department"] if handed else request.lead
        self._running, self._used, self._since, self._due = False, 0, None, None

    def take(self, week, found):
        """Counts the request's week, and how it stands at its end."""
        for event in self._events:
            in_week = event.at >= week.begins
            if in_week and (figure := _FIGURE_OF.get(event.kind)):
                self._count(found, event.data["department"], figure)
            came = self._step(event)
            if in_week and came:
                self._count(found, self._lead, "came")
        if self._running:
            row, days = found[self._key(self._lead)], self._days(week.last_day)
            row.waiting += 1
            row.late += self._due < week.last_day
            row.longest = max(days, row.longest or 0)

    def _key(self, department):
        return department, self._city if department == Department.CITY else ""

    def _count(self, found, department, figure):
        row = found[self._key(department)]
        setattr(row, figure, getattr(row, figure) + 1)

    def _step(self, event):
        """Follows a step as `applications.support` takes it; says whether the request came to its lead by it."""
        day = timezone.localdate(event.at)
        if event.kind in ("support.filed", "support.reopened"):
            self._go(day, self._term)
            self._used = 0
        elif event.kind == "support.replied":
            self._go(day, self._left)
        elif event.kind == "support.handed_over":
            self._lead = event.data["to"]
        elif event.kind == "support.asked":
            self._left = max(0, self._calendar.count_working_days(day, self._due))
            self._stop(day)
            return False
        elif event.kind == "support.closed" or event.data["department"] == self._lead:
            self._stop(day)
            return False
        else:
            return False
        return True

    def _go(self, day, days):
        self._running, self._since = True, day
        self._due = self._calendar.add_working_days(day, days)[0]

    def _stop(self, day):
        if self._running:
            self._used, self._running = self._days(day), False

    def _days(self, day):
        """Working days that the clock has run by a day."""
        return self._used + self._calendar.count_working_days(self._since, day)
