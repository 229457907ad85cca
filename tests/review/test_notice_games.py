"""Random games with notices and objections: whatever is done in whatever order, nothing objected to becomes payable."""

import random
from contextlib import suppress
from datetime import date

import pytest

from applications.errors import Refused
from applications.lifecycle import transition as step
from applications.models import Claim, EnterpriseYear, Event, Notice, Objection, State
from applications.notices import left_behind_release, notice_close
from applications.settlement.mark import years_mark
from tests.factories import settle_all
from tests.review.notice_world import approved, decide, holidays_known, object_to, publish

pytestmark = pytest.mark.django_db
STEPS = 30


class Game:
    """Four claims in two notices, and what may happen to them."""

    def __init__(self, officers, dice):
        self.officers, self.dice = officers, dice
        holidays_known()
        claims = [approved(officers, name=f"示例展会{number}") for number in range(4)]
        publish(officers, *claims[:2])
        publish(officers, *claims[2:])
        self.keys = [claim.pk for claim in claims]
        self.upheld = set()

    def claim(self):
        return Claim.objects.get(pk=self.dice.choice(self.keys))

    def objects(self):
        object_to(self.claim(), name=f"示例人员{self.dice.randrange(1000)}")

    def decides(self):
        waiting = list(Objection.objects.filter(standing="open").order_by("pk"))
        if waiting:
            objection = self.dice.choice(waiting)
            upheld = self.dice.random() < 0.3
            decide(objection, self.officers.commerce2, upheld=upheld)
            if upheld:
                self.upheld.add(objection.claim_id)

    def closes(self):
        notice_close(notice_id=self.dice.choice(list(Notice.objects.order_by("pk"))).pk)

    def releases(self):
        left_behind_release()

    def marks(self):
        years_mark(EnterpriseYear.objects.filter(enterprise=self.claim().enterprise), send=False)

    def settles(self):
        settle_all()

    def re_examines(self):
        claim = self.claim()
        step(claim_id=claim.pk, action="re_examine", actor=self.officers.finance, reason="示例理由。")
        self.upheld.add(claim.pk)

    def play(self):
        """One step; what is refused changes nothing."""
        ways = (
            [self.objects] * 4 + [self.decides] * 3 + [self.closes, self.releases, self.marks, self.settles]
        )
        ways += [self.re_examines] if self.dice.random() < 0.1 else []
        with suppress(Refused):
            self.dice.choice(ways)()
        self.check()

    def check(self):
        for claim in Claim.objects.filter(pk__in=self.keys):
            waits = Objection.objects.filter(claim=claim, standing="open").exists()
            assert claim.objected is waits
            assert not (waits and claim.state != State.IN_NOTICE), (
                "an open objection of a claim that is not held"
            )
            closed = Event.objects.filter(claim=claim, kind="claim.notice_closed").count()
            assert closed <= 1
            if claim.state == State.IN_NOTICE:
                assert closed == 0

    def end(self):
        """Everything is decided, settled and closed: what was not taken out has become payable, exactly once."""
        for objection in Objection.objects.filter(standing="open").order_by("pk"):
            decide(objection, self.officers.commerce2, upheld=False)
        settle_all()
        for notice in Notice.objects.all():
            notice_close(notice_id=notice.pk)
        left_behind_release()
        self.check()
        for claim in Claim.objects.filter(pk__in=self.keys):
            closed = Event.objects.filter(claim=claim, kind="claim.notice_closed").count()
            if claim.pk in self.upheld:
                assert claim.state not in (State.IN_NOTICE, State.PAYABLE)
            else:
                assert (claim.state, closed) == (State.PAYABLE, 1)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_objected_to_becomes_payable_and_everything_else_does_exactly_once(officers, seed):
    game = Game(officers, random.Random(seed))
    for _ in range(STEPS):
        game.play()
    game.end()


def test_a_long_period_ends_all_the_same(officers):
    """Notices of sixty working days close like others."""
    holidays_known()
    claim = approved(officers)
    notice = publish(officers, claim, days=60)
    assert notice.last_day > date(2026, 3, 1)
    assert notice_close(notice_id=notice.pk)
    assert Claim.objects.get(pk=claim.pk).state == State.PAYABLE
