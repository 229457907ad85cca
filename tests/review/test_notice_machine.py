"""Notices, objections, second thoughts and supplements in any order: nothing objected to becomes payable, everything else does."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from accounts.roles import Role
from applications.errors import Refused
from applications.lifecycle import TRANSITIONS
from applications.lifecycle import transition as step
from applications.models import Claim, EnterpriseYear, Notice, NoticeLine, Objection, State
from applications.notices import is_running, left_behind_release, notice_close, notices_close
from applications.settlement.mark import years_mark
from review.notices import claims_to_publish, notice_publish
from review.supplements import rooms_of, supplement_consent, supplement_grant
from review.verification import value_verify
from tests.factories import NOW, make_firm, make_user
from tests.review.notice_world import approved, decide, holidays_known, line_of, object_to, publish
from tests.support.machine import PlayedMachine, play

pytestmark = pytest.mark.django_db
ZERO = Decimal("0.00")
PICKS = st.integers(0, 11)
#: What keeps an officer from deciding about an objection.
DECISIONS = [*(row.event for row in TRANSITIONS.values() if row.stage), "claim.supplement_consented"]
#: What takes a claim out of its notice before that has let it go.
LEAVING = (
    "claim.re_examined",
    "claim.objection_upheld",
    "claim.supplement_taken_back",
    "claim.unlocked",
    "claim.completed",
)


class NoticeMachine(PlayedMachine):
    """Four claims of three firms, two in a notice and two approved; the public, commerce and finance around them."""

    # --- Means -----------------------------------------------------------------------------------

    def attempt(self, call, *args, **fields):
        """Calls an hour later than the last; a refusal has changed nothing. Returns whether it was done."""
        self.at += timedelta(hours=1)
        before = everything()
        try:
            call(*args, **fields, at=self.at)
        except Refused:
            assert everything() == before, "a refused action changes nothing"
            return False
        return True

    def pick(self, pick, **where):
        """One of the claims that there are, or None."""
        claims = list(Claim.objects.filter(**where).order_by("pk"))
        return claims[pick % len(claims)] if claims else None

    def take(self, claim, action, officer=None, **fields):
        return self.attempt(step, claim_id=claim.pk, action=action, actor=officer, **fields)

    # --- Notices ---------------------------------------------------------------------------------

    @rule(keep=st.sets(st.integers(0, 3), min_size=1))
    def publishes(self, keep):
        waiting = list(claims_to_publish("province"))
        chosen = [claim for number, claim in enumerate(waiting) if number in keep]
        if chosen and self.attempt(
            notice_publish, payer="province", year=2025, claim_ids=[claim.pk for claim in chosen],
            title="示例公示", actor=self.world.officers.finance,
        ):  # fmt: skip
            for claim in chosen:
                assert line_of(claim).amount_cny == claim.owed_cny, "only what is owed is noticed"

    @rule(pick=PICKS)
    def a_notice_ends(self, pick):
        notices = list(Notice.objects.order_by("pk"))
        self.attempt(notice_close, notice_id=notices[pick % len(notices)].pk)

    @rule(days=st.integers(1, 9))
    def days_pass(self, days):
        self.at += timedelta(days=days)
        notices_close(today=timezone.localdate(self.at), at=self.at)

    @rule()
    def what_stayed_behind_is_let_go(self):
        self.attempt(left_behind_release)

    # --- Objections ------------------------------------------------------------------------------

    @initialize(many=st.lists(st.tuples(PICKS, st.integers(0, 2)), max_size=4))
    def some_have_objected(self, many):
        for pick, who in many:
            self.somebody_objects(pick, who)

    @rule(pick=PICKS, who=st.integers(0, 2))
    def somebody_objects(self, pick, who):
        claim = self.pick(pick)
        line = line_of(claim)
        if line is None:
            return
        name, before = f"示例人员{who}", Objection.objects.count()
        again = claim.objections.filter(standing="open", line=line, name=name).exists()
        day = timezone.localdate(self.at + timedelta(hours=1))
        may = (
            is_running(line.notice, today=day)
            and line.withdrawn_at is None
            and claim.state == State.IN_NOTICE
        )
        assert self.attempt(object_to, claim, name=name) == may
        assert Objection.objects.count() == before + (may and not again)

    @precondition(lambda self: Objection.objects.filter(standing="open").exists())
    @rule(pick=PICKS, upheld=st.sampled_from([False, False, True]), name=st.sampled_from(["commerce", "commerce2", "finance"]))  # fmt: skip
    def somebody_decides(self, pick, upheld, name):
        waiting = list(Objection.objects.filter(standing="open").order_by("pk"))
        objection = waiting[pick % len(waiting)]
        officer, claim = getattr(self.world.officers, name), objection.claim
        part = claim.events.filter(kind__in=DECISIONS, actor=officer).exists()
        may = name != "finance" and not part
        assert self.attempt(decide, objection, officer, upheld=upheld) == may
        if may:
            self.decided(objection, claim, upheld)

    def decided(self, objection, before, upheld):
        claim = Claim.objects.get(pk=before.pk)
        others = claim.objections.filter(standing="open").exists()
        over = objection.line.notice.standing == Notice.Standing.CLOSED
        waits = EnterpriseYear.objects.get(enterprise=claim.enterprise_id).is_computing
        if upheld:
            assert not others, "what else was objected to lapses"
            assert line_of(claim).withdrawn_at is not None
            if before.paid_cny:
                assert claim.locked_cny == before.locked_cny - line_of(claim).amount_cny
                assert claim.state == (State.PAYABLE if claim.owed_cny else State.PAID)
            else:
                assert (claim.state, claim.locked_cny) == (State.COMMERCE_REVIEW, None)
        elif over and not others and not waits:
            assert claim.state == State.PAYABLE
        else:
            assert claim.state == State.IN_NOTICE

    # --- What else happens to the claims ---------------------------------------------------------

    @rule(pick=PICKS, in_notice=st.booleans())
    def finance_has_second_thoughts(self, pick, in_notice):
        sources = [State.IN_NOTICE] if in_notice else TRANSITIONS["re_examine"].sources
        claim = self.pick(pick, state__in=sources)
        if claim:
            self.take(claim, "re_examine", self.world.officers.finance, reason="示例理由。")

    @rule(pick=PICKS, second=st.booleans())
    def it_is_approved_again(self, pick, second):
        claim = self.pick(pick, state=State.COMMERCE_REVIEW)
        if claim:
            self.quiet()
            officers = self.world.officers
            if self.take(claim, "approve", officers.commerce2 if second else officers.commerce):
                self.take(claim, "finance_approve", officers.finance)

    @rule(pick=PICKS)
    def it_is_paid(self, pick):
        self.quiet()
        claim = self.pick(pick, state=State.PAYABLE)
        if claim:
            data = {"amount": claim.owed_cny, "batch": "BF2026-0001", "topic": "batch:示例", "result": "paid"}
            assert self.take(claim, "commit", self.world.officers.finance, data=data)
            assert self.take(claim, "pay", self.world.officers.finance, data=data)

    @rule(pick=PICKS, booth=st.sampled_from(["50000", "120000", "150000"]))
    def an_audit_corrects_what_was_paid(self, pick, booth):
        claim = self.pick(pick, paid_cny__gt=0)
        if claim:
            self.attempt(
                value_verify, claim_id=claim.pk, path="booth_cny", value=booth, reason="核查。",
                actor=self.world.officers.commerce,
            )  # fmt: skip

    @rule(pick=PICKS)
    def the_bank_gives_back(self, pick):
        """All that was paid, also while a supplement is in a notice."""
        claim = self.pick(pick, paid_cny__gt=0, state__in=[State.PAID, State.APPROVED, State.IN_NOTICE])
        if claim:
            action = "bank_return" if claim.state == State.PAID else "part_return"
            data = {"amount": claim.paid_cny, "topic": "return:示例"}
            officer = self.world.officers.finance
            assert self.take(claim, action, officer, reason="账号已注销。", data=data)

    @rule(pick=PICKS, second=st.booleans())
    def more_is_added(self, pick, second):
        self.quiet()
        claim = self.pick(pick, state=State.PAID)
        if claim is None or not (most := rooms_of([claim])[claim.pk].most):
            return
        officer = self.world.officers.commerce2 if second else self.world.officers.commerce
        asked = {"claim_id": claim.pk, "amount": most, "note": "更正。"}
        if self.attempt(supplement_consent, **asked, actor=officer):
            found = claim.supplements.get(standing="consented")
            asked = {"supplement_id": found.pk, "amount": most, "reason": "补发。"}
            assert self.attempt(supplement_grant, **asked, actor=self.world.officers.finance)

    @rule(pick=PICKS)
    def a_year_is_to_be_settled(self, pick):
        years_mark(EnterpriseYear.objects.filter(enterprise=self.pick(pick).enterprise), send=False)

    @rule()
    def years_are_settled(self):
        self.quiet()

    # --- What always holds -----------------------------------------------------------------------

    @rule()
    def what_would_come_of_it_if_everything_ended_now(self):
        """All objections dismissed and all notices over, nothing stays in a notice; and then it is taken back."""
        with transaction.atomic():
            for objection in Objection.objects.filter(standing="open").order_by("pk"):
                assert self.attempt(decide, objection, self.world.officers.commerce3, upheld=False)
            self.quiet()
            for notice in Notice.objects.all():
                notice_close(notice_id=notice.pk, at=self.at)
            left_behind_release(at=self.at)
            assert not Claim.objects.filter(state=State.IN_NOTICE).exists()
            self.only_what_nobody_objects_to_becomes_payable_and_once_for_each_notice()
            transaction.set_rollback(True)

    @invariant()
    def what_is_objected_to_is_held_in_its_notice(self):
        for claim in Claim.objects.all():
            waits = claim.objections.filter(standing="open").exists()
            assert claim.objected is waits
            assert claim.state == State.IN_NOTICE or not waits

    @invariant()
    def what_stands_in_a_notice_is_in_its_newest_line(self):
        for claim in Claim.objects.filter(state=State.IN_NOTICE):
            assert line_of(claim).withdrawn_at is None
        running = NoticeLine.objects.filter(withdrawn_at=None, notice__standing="published")
        assert {line.claim.state for line in running.select_related("claim")} <= {State.IN_NOTICE}

    @invariant()
    def only_what_nobody_objects_to_becomes_payable_and_once_for_each_notice(self):
        """Read from the record alone."""
        for claim in Claim.objects.all():
            published = opened = 0
            for kind in claim.events.order_by("pk").values_list("kind", flat=True):
                if kind == "claim.published":
                    assert not published
                    published, opened = 1, 0
                elif kind in ("claim.objected", "claim.objection_dismissed"):
                    opened += 1 if kind == "claim.objected" else -1
                elif kind == "claim.notice_closed":
                    assert (published, opened) == (1, 0)
                    published = 0
                elif kind in LEAVING:
                    published = opened = 0
            assert opened == claim.objections.filter(standing="open").count()

    @invariant()
    def nothing_is_paid_that_was_not_noticed(self):
        for claim in Claim.objects.all():
            over = claim.notice_lines.filter(withdrawn_at=None, notice__standing="closed")
            assert claim.paid_cny <= sum((line.amount_cny for line in over), ZERO)


def everything():
    """What a refused action must leave as it is."""
    return (
        list(Claim.objects.order_by("pk").values_list("state", "last_event", "objected", "locked_cny")),
        list(Objection.objects.order_by("pk").values_list("standing")),
        list(Notice.objects.order_by("pk").values_list("standing")),
        list(NoticeLine.objects.order_by("pk").values_list("withdrawn_at")),
    )


@pytest.fixture
def world(officers):
    holidays_known()
    officers.commerce3 = make_user("commerce3", role=Role.COMMERCE)
    shared = make_firm("示例会展公司")
    claims = [approved(officers, name=f"示例展会{number}") for number in range(2)]
    claims += [approved(officers, shared, name=f"示例展会{number}") for number in range(2, 4)]
    publish(officers, *claims[:2], at=NOW)
    return SimpleNamespace(officers=officers)


def test_whatever_is_objected_to_nothing_becomes_payable_before_its_time(world):
    play(NoticeMachine, world, games=5, steps=30)


@pytest.mark.slow
def test_whatever_is_objected_to_for_long_nothing_becomes_payable_before_its_time(world):
    play(NoticeMachine, world, games=40, steps=60, shrinking=True)


def test_a_long_period_ends_all_the_same(officers):
    """Notices of sixty working days close like others."""
    holidays_known()
    claim = approved(officers)
    notice = publish(officers, claim, days=60)
    assert notice.last_day > date(2026, 3, 1)
    assert notice_close(notice_id=notice.pk)
    assert Claim.objects.get(pk=claim.pk).state == State.PAYABLE
