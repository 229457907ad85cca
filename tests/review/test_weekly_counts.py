"""The weekly report: every figure of every week against a plain walk over all events of a played world."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from applications.models import Claim
from review.weekly.report import weekly_report
from review.weekly.weeks import week_named
from tests.review.weekly_world import World

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = {"city_review": 5, "commerce_review": 10, "second_check": 3, "finance_review": 5}
DECISIONS = {
    "claim.city_passed": "passed", "claim.commerce_approved": "passed", "claim.finance_approved": "passed",
    "claim.second_checked": "checked", "claim.returned": "returned", "claim.sent_back": "sent_back",
    "claim.rejected": "rejected",
}  # fmt: skip


def is_worked(day):
    """By the two rows of the table of holidays that the world has."""
    kind = {date(2026, 3, 13): "off", date(2026, 3, 15): "work"}.get(day)
    return kind == "work" or (day.weekday() < 5 and kind != "off")


def day_of(moment):
    return moment.astimezone(SHANGHAI).date()


def desk_of(claim, state):
    if state == "city_review":
        return f"city_commerce-{claim.city}"
    if state in ("commerce_review", "second_check"):
        return "commerce" if claim.payer == "province" else f"city_commerce-{claim.payer}"
    if state == "finance_review":
        return "finance" if claim.payer == "province" else f"city_finance-{claim.payer}"
    return None


class Walk:
    """One claim from its first event to a moment, day by day."""

    def __init__(self, claim, events, questions, begins, ends):
        self.claim, self.questions, self.ends = claim, questions, ends
        self.state, self.came, self.stays, self.holder = "draft", None, [], None
        self.returner, self.last_decision, self.figures = None, None, defaultdict(lambda: Decimal(0))
        for event in events:
            if event.at < ends:
                self._take(event, event.at >= begins)

    def _add(self, desk, figure, number=1, person=None):
        self.figures[desk, None, figure] += number
        if person:
            self.figures[desk, person.name, figure] += number

    def _take(self, event, counts):
        if event.kind == "claim.taken":
            self.holder = event.actor, desk_of(self.claim, self.state)
        elif event.kind == "claim.handed_back":
            self.holder = None
        if "to" not in event.data or "from" not in event.data:
            return
        source, target = event.data["from"], event.data["to"]
        assert source == self.state
        desk = (
            self.returner
            if source == "returned" and event.kind == "claim.rejected"
            else desk_of(self.claim, source)
        )
        if counts:
            self._count(event, desk, source, target)
        if event.kind in ("claim.city_passed", "claim.commerce_approved", "claim.second_checked",
                          "claim.finance_approved", "claim.reconsidered"):  # fmt: skip
            self.holder = None
        if event.kind in ("claim.commerce_approved", "claim.second_checked"):
            self.last_decision = desk, event.actor
        if event.kind == "claim.returned":
            self.returner = desk
        if source in TERMS:
            self.stays.append((source, self.came, event.at))
        self.state, self.came = target, event.at

    def _count(self, event, desk, source, target):
        if source in TERMS:
            self._add(desk_of(self.claim, source), "left")
        if target in TERMS:
            self._add(desk_of(self.claim, target), "came")
        figure = DECISIONS.get(event.kind)
        if figure:
            self._add(desk, figure, person=event.actor)
            self._add(desk, "decided", person=event.actor)
            if source in TERMS:
                self._add(desk, "timed", person=event.actor)
                self._add(desk, "waited", event.data["waited"], person=event.actor)
            sums = event.data.get("locked_cny") or event.data.get("payable_cny")
            if figure == "passed" and event.kind != "claim.city_passed":
                self._add(desk, "passed_cny", Decimal(sums), person=event.actor)
        if event.kind == "claim.recalled":
            back = self.returner if target == "returned" else desk_of(self.claim, target)
            self._add(back, "recalled", person=event.actor)
        if event.kind == "claim.sent_back":
            decided_at, decider = self.last_decision
            self._add(decided_at, "came_back", person=decider)

    def days(self, last_day):
        """Working days of all its stays in the present state, without the days on which the enterprise was asked."""
        stays = [(came, left) for state, came, left in self.stays if state == self.state] + [
            (self.came, None)
        ]
        return sum(self._days_of_stay(came, left, last_day) for came, left in stays)

    def is_late(self, days, last_day):
        """Longer than the stage may take, three days at least after it last came; never while an answer is owed."""
        day, here = day_of(self.came), 0
        while day < last_day:
            day += timedelta(days=1)
            here += is_worked(day)
        owed = any(
            self.came <= each.asked_at < self.ends
            and not any(end and end < self.ends for end in (each.answered_at, each.withdrawn_at))
            for each in self.questions
        )
        return days > TERMS[self.state] and here > 3 and not owed

    def _days_of_stay(self, came, left, last_day):
        last, day, days = day_of(left) if left else last_day, day_of(came), 0
        while day < last:
            day += timedelta(days=1)
            days += is_worked(day) and not self._stood_still(day, came, left)
        return days

    def _stood_still(self, day, came, left):
        for question in self.questions:
            if (
                question.asked_at < came
                or question.asked_at >= self.ends
                or (left and question.asked_at >= left)
            ):
                continue
            end = question.answered_at or question.withdrawn_at
            ended = day_of(end) if end and end < self.ends else date.max
            if day_of(question.asked_at) < day <= ended:
                return True
        return False


def record_of_claims():
    """[(claim, its events, its questions)], read once."""
    claims = Claim.objects.filter(first_submitted_at__isnull=False)
    return [
        (each, list(each.events.order_by("pk").select_related("actor")), list(each.questions.all()))
        for each in claims
    ]


def counted(record, week, sees=lambda claim: True):
    """{(office's key, name or None, figure): number} of a week, by walking over every event of every claim."""
    figures = defaultdict(lambda: Decimal(0))
    for claim, events, questions in record:
        if not sees(claim):
            continue
        walk = Walk(claim, events, questions, week.begins, week.ends)
        for key, number in walk.figures.items():
            figures[key] += number
        if walk.state in TERMS:
            desk, days = desk_of(claim, walk.state), walk.days(week.last_day)
            figures[desk, None, "waiting"] += 1
            figures[desk, None, "late"] += walk.is_late(days, week.last_day)
            figures[desk, None, "longest"] = max(days, figures.get((desk, None, "longest"), 0))
            if walk.holder and walk.holder[1] == desk:
                figures[desk, walk.holder[0].name, "in_hand"] += 1
    return {key: number for key, number in figures.items() if number or key[2] == "longest"}


def reported(report):
    """The same of a report, without zeros."""
    found = {}
    for row in report.offices:
        key = row.office.key
        found |= {(key, None, name): getattr(row, name) for name in ("came", "left")}
        found |= {(key, None, name): getattr(row.standing, name) for name in ("waiting", "late", "longest")}
        found |= done_figures(key, None, row.done)
    for row in report.people:
        found |= done_figures(row.office.key, row.name, row.done) | {
            (row.office.key, row.name, "in_hand"): row.in_hand
        }
    return {
        key: value for key, value in found.items() if value or (key[2] == "longest" and value is not None)
    }


def done_figures(key, name, done):
    names = ("passed", "returned", "rejected", "sent_back", "checked", "decided", "recalled", "came_back", "waited",
             "timed", "passed_cny")  # fmt: skip
    return {(key, name, figure): getattr(done, figure) for figure in names}


def weeks_of(world):
    """Every week of the world, the one before and the unfinished last one."""
    week = week_named("2026-W09", now=world.at + timedelta(minutes=1))
    while week:
        yield week
        week = week.next


READERS = {
    "auditor": (lambda claim: True, lambda key: True),
    "commerce": (lambda claim: True, lambda key: key == "commerce"),
    "finance": (lambda claim: True, lambda key: key == "finance"),
    "city": (lambda claim: claim.city == "2301", lambda key: key == "city_commerce-2301"),
    "cityfin": (lambda claim: claim.city == "2301", lambda key: key == "city_finance-2301"),
    "heihe": (lambda claim: claim.city == "2311", lambda key: key == "city_commerce-2311"),
}


@pytest.mark.parametrize("seed", [3])
def test_every_figure_of_every_week_is_what_walking_over_all_events_counts(officers, seed):
    world = World(officers, seed, steps=80)
    record, seen = record_of_claims(), set()
    for week in weeks_of(world):
        for name, (sees, names) in READERS.items():
            wanted = {
                key: number
                for key, number in counted(record, week, sees).items()
                if (key[1] is None or names(key[0]))
                and (name not in ("city", "cityfin", "heihe") or "-" in key[0])
            }
            assert reported(weekly_report(getattr(officers, name), week)) == wanted, (week.name, name)
            seen |= {figure for _, _, figure in wanted}
    assert seen >= {
        "passed",
        "checked",
        "returned",
        "sent_back",
        "recalled",
        "came_back",
        "in_hand",
        "late",
        "passed_cny",
    }
