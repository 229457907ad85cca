"""The report of a week for one reader: rows of offices, people and departments, and the sums of the first and last."""

from dataclasses import dataclass, field

from accounts.models import User
from applications.official import working_calendar

from .offices import OFFICES, Office, Reader
from .standing import Standing, standing_at
from .steps import Done, steps_between
from .support import Requests, department_name, requests_in
from .weeks import Week


@dataclass
class OfficeRow:
    """An office's week. `before` waited when the week began: what came and did not leave waits at the end beside it."""

    name: str
    office: Office | None = None
    came: int = 0
    left: int = 0
    done: Done = field(default_factory=Done)
    standing: Standing = field(default_factory=Standing)

    @property
    def before(self):
        """What waited at the end of the week before."""
        return self.standing.waiting - self.came + self.left

    @property
    def other_left(self):
        """What left without a decision of the office: withdrawn by the enterprise, recalled, or sent back by a settlement."""
        return self.left - self.done.decided + self.done.rejected_late

    @property
    def is_quiet(self):
        """Whether nothing happened and nothing waits."""
        return not (
            self.came or self.left or self.standing.waiting or self.done.decided or self.done.recalled
        )


@dataclass
class PersonRow:
    """A person's week in an office, by the person's id; `in_hand` is what they had taken and not decided at its end."""

    person: int
    name: str
    office: Office
    done: Done
    in_hand: int = 0


@dataclass
class DepartmentRow:
    """A department's week with requests of measures 8 to 12."""

    name: str
    requests: Requests


@dataclass
class Report:
    """What the page and the spreadsheet show."""

    week: Week
    offices: list
    people: list
    departments: list

    @property
    def is_empty(self):
        """Whether there is nothing to tell."""
        return not (self.offices or self.people or self.departments)

    @property
    def total(self):
        """All offices together; a claim that passed through several counts in each."""
        return _total_of(self.offices)

    @property
    def departments_total(self):
        """All departments together."""
        rows = [row.requests for row in self.departments]
        sums = {name: sum(getattr(row, name) for row in rows) for name in _COUNTS}
        longest = max((row.longest for row in rows if row.longest is not None), default=None)
        return DepartmentRow("合计", Requests(**sums, longest=longest))


_COUNTS = ("came", "answered", "asked", "handed_over", "waiting", "late")


def weekly_report(user, week):
    """The Report of a week for an officer. The number of queries depends on neither claims nor people."""
    reader, calendar = Reader(user), working_calendar()
    steps = steps_between(week.begins, week.ends, reader)
    standing = standing_at(week.ends, week.last_day, calendar, reader)
    offices = [
        OfficeRow(
            office.name,
            office,
            steps.came[office],
            steps.left[office],
            steps.offices[office],
            standing[office],
        )
        for office in OFFICES.values()
        if reader.reads(office)
    ]
    requests = requests_in(week, calendar, reader)
    return Report(
        week=week,
        offices=[row for row in offices if not row.is_quiet],
        people=_people(steps.people, standing, reader),
        departments=[DepartmentRow(department_name(*key), row) for key, row in requests.items()],
    )


def _people(done, standing, reader):
    """Rows by office and name, of those whom the reader may know by name."""
    hands = {(office, pk): claims for office, row in standing.items() for pk, claims in row.hands.items()}
    keys = {
        (office, pk) for office, pk in (*done, *hands) if pk and reader.reads(office) and reader.names(office)
    }
    names = dict(User.objects.filter(pk__in={pk for _, pk in keys}).values_list("pk", "name"))
    order = list(OFFICES.values())
    return [
        PersonRow(pk, names[pk], office, done.get((office, pk), Done()), hands.get((office, pk), 0))
        for office, pk in sorted(keys, key=lambda key: (order.index(key[0]), names[key[1]], key[1]))
    ]


def _total_of(rows):
    done = Done()
    for row in rows:
        for name in vars(done):
            setattr(done, name, getattr(done, name) + getattr(row.done, name))
    standing = Standing(
        waiting=sum(row.standing.waiting for row in rows),
        late=sum(row.standing.late for row in rows),
        longest=max((row.standing.longest for row in rows if row.standing.longest is not None), default=None),
    )
    return OfficeRow(
        "合计", None, sum(row.came for row in rows), sum(row.left for row in rows), done, standing
    )
