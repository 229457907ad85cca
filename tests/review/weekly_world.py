"""Claims of two cities whose people and officers do, at random times, whatever is possible."""

import random
from datetime import date, timedelta
from decimal import Decimal

from accounts.roles import Role
from applications.errors import Refused
from applications.lifecycle import TRANSITIONS, transition
from applications.models import CityRate, Claim, EnterpriseYear, Holiday, Question
from applications.questions import question_answer, question_ask, question_withdraw
from applications.settlement.run import years_settle
from review.assignments import claim_hand_back, claim_take
from tests.factories import (
    NOW,
    UNMET,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
)

#: Steps about money that is locked already: no desk takes them, and the report counts none of them.
_AFTERWARDS = ("supplement", "part_return")


class World:
    """Claims of two cities, an own rate for 5.4, a city's first check, and officers who do whatever is possible."""

    def __init__(self, officers, seed, steps):
        self.officers, self.random, self.at = officers, random.Random(seed), NOW
        self.people = [
            officers.city, officers.city2, officers.heihe, officers.cityfin, officers.commerce, officers.commerce2,
            officers.finance, make_user("commerce3", role=Role.COMMERCE, name="示例审核员丙"),
            make_user("finance2", role=Role.FINANCE, name="示例财政员乙"),
        ]  # fmt: skip
        CityRate.objects.create(
            city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例"
        )
        Holiday.objects.create(day=date(2026, 3, 13), kind="off")
        Holiday.objects.create(day=date(2026, 3, 15), kind="work")
        first, plain = make_period(city_first_check=True, title="示例初审批次"), make_period(title="示例批次")
        self.claims = []
        for number in range(4):
            firm = make_firm(f"示例公司{number}", city="2311" if number == 3 else "2301")
            period = first if number in (0, 3) else plain
            self.claims.append(self._filed(firm, "5.1", period, {"booth_cny": "10000"}, exhibition()))
            if number < 3:
                self.claims.append(self._filed(firm, "5.4", period, {"credit_report_cny": "1000"}, None))
        self.draw()
        for _ in range(steps):
            self.at += timedelta(hours=self.random.choice((1, 3, 9, 20)))
            self._step(self.random.choice(self.claims))

    def _filed(self, firm, item, period, facts, particulars):
        self.at += timedelta(hours=5)
        return make_claim(firm, item, period, facts=facts, particulars=particulars, at=self.at)

    def draw(self):
        """Every third claim is drawn for a second check."""
        Claim.objects.filter(pk__in=[claim.pk for claim in self.claims[::3]]).update(drawn=True)

    def _step(self, claim):
        claim.refresh_from_db()
        actions = [
            row.action
            for row in TRANSITIONS.values()
            if claim.state in row.sources and row.who.name != "SYSTEM" and row.action not in _AFTERWARDS
        ]
        weights = [1 if action in ("withdraw", "reject") else 8 for action in actions]
        ways = (
            [(self._act, action) for action in self.random.choices(actions, weights, k=4)] if actions else []
        )
        ways += [(self._take, None), (self._put_down, None), (self._ask, None)]
        self.random.shuffle(ways)
        for way, action in ways[:3]:
            for person in self.random.sample(
                [*self.people, owner_of(claim.enterprise)], len(self.people) + 1
            ):
                try:
                    way(claim, person, action)
                except Refused:
                    continue
                return

    def _act(self, claim, person, action):
        if action == "publish":
            raise Refused("")
        row = EnterpriseYear.objects.get(enterprise=claim.enterprise, year=claim.year)
        if TRANSITIONS[action].settled and row.is_computing:
            years_settle([row.pk])
        data = UNMET if action == "reject" else {"days": 1}
        transition(claim_id=claim.pk, action=action, actor=person, reason="示例", data=data, at=self.at)

    def _take(self, claim, person, _):
        claim_take(claim_id=claim.pk, actor=person, at=self.at)

    def _put_down(self, claim, person, _):
        claim_hand_back(claim_id=claim.pk, actor=person, at=self.at)

    def _ask(self, claim, person, _):
        asked = Question.objects.filter(claim=claim, answered_at=None, withdrawn_at=None).first()
        if asked is None:
            question_ask(claim_id=claim.pk, text="示例", actor=person, at=self.at)
        elif self.random.random() < 0.7:
            question_answer(question_id=asked.pk, text="示例", actor=person, at=self.at)
        else:
            question_withdraw(claim_id=claim.pk, actor=person, at=self.at)
