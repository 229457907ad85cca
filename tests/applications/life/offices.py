"""What commerce and finance decide about claims."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from applications.lifecycle import TRANSITIONS, Who, bulk_transition, claim_token
from applications.lifecycle import transition as step
from applications.models import Claim, Event, State
from applications.models.states import LOCKED_STATES
from review.verification import value_verify
from tests.applications.life.means import AMOUNTS, NEXT, SLOTS, Means, amounts, picks, stages
from tests.factories import UNMET

STEPS = AMOUNTS[:3]
actors = st.sampled_from(
    [
        *("owner_a", "owner_b", "commerce1", "commerce2", "finance1", "finance2"),
        *("city1", "city2", "cityfin1", "cityfin2", None),
    ]
)


#: Steps that need more than a reason: each comes from a service of its own.
NEEDING_MORE = frozenset(
    {
        *("submit", "resubmit", "publish", "commit", "pay", "release", "supplement"),
        *("bank_return", "part_return", "uphold_objection", "take_back"),
    }
)


class Offices(Means):
    """Passing, returning, rejecting, verifying, and steps that are nobody's to take."""

    @rule(pick=picks, second=st.booleans(), settle=st.sampled_from([True, True, False]))
    def brings_on(self, pick, second, settle):
        claim = self.claim(pick, state__in=list(NEXT))
        if claim:
            self.brings_on_one(claim, second=second, settle=settle)

    def brings_on_one(self, claim, *, second, settle):
        if settle:
            self.quiet()
            claim.refresh_from_db()
        if claim.state in NEXT:
            action, kind = NEXT[State(claim.state)]
            actor, token = self.office(claim, kind)[second], claim_token(claim)
            if self.attempt(step, claim_id=claim.pk, action=action, actor=actor, token=token):
                self.decided(claim, action)

    @rule(pick=picks, far=stages, second=st.booleans())
    def goes_far(self, pick, far, second):
        """Everybody does their part, so that money is often in sight."""
        claim = self.claim(pick, state__in=[*NEXT, State.APPROVED, State.IN_NOTICE, State.PAYABLE])
        for _ in range(far if claim else 0):
            claim.refresh_from_db()
            if claim.state in NEXT:
                checks = claim.state == State.SECOND_CHECK
                self.brings_on_one(claim, second=second != checks, settle=True)
            elif claim.state == State.APPROVED:
                self.publishes(claim.payer, settle=True)
            elif claim.state == State.IN_NOTICE:
                self.closes_notices(settle=True)
            elif claim.state == State.PAYABLE:
                self.makes_a_batch(claim.payer, lock=True)
            elif claim.state == State.COMMITTED:
                self.the_bank_reports(pick, "paid")

    @rule(settle=st.booleans(), second=st.booleans())
    def finance_approves_all_of_firm_a(self, settle, second):
        if settle:
            self.quiet()
        claims = list(
            Claim.objects.filter(
                state=State.FINANCE_REVIEW, enterprise=self.world.firms["a"], year=2025, payer="province"
            )
        )
        self.at += timedelta(hours=1)
        outcome = bulk_transition(
            enterprise_id=self.world.firms["a"].pk,
            year=2025,
            steps=[(claim.pk, claim_token(claim)) for claim in claims],
            action="finance_approve",
            actor=self.finance("province")[second],
            at=self.at,
        )
        for claim in claims:
            if outcome[claim.pk] == "":
                self.decided(claim, "finance_approve")

    def decided(self, claim, action):
        """What is approved is what was shown: finance locks what commerce approved, cut at most by the limit."""
        if action != "finance_approve":
            return
        shown = Event.objects.filter(claim=claim, kind="claim.commerce_approved").order_by("pk").last()
        assert {name: str(getattr(claim, name)) for name in STEPS} == {
            name: shown.data[name] for name in STEPS
        }
        locked = Claim.objects.get(pk=claim.pk)
        assert locked.locked_cny == claim.payable_cny <= claim.after_overlap_cny

    @rule(
        pick=picks,
        action=st.sampled_from(["return", "reject", "send_back", "recall", "re_examine"]),
        second=st.booleans(),
    )
    def decides_against_it(self, pick, action, second):
        claim = self.claim(pick, state__in=TRANSITIONS[action].sources)
        if claim is None:
            return
        kinds = {State.CITY_REVIEW: "city", State.COMMERCE_REVIEW: "commerce", State.SECOND_CHECK: "commerce"}
        kind = kinds.get(claim.state, "commerce" if claim.state == State.RETURNED else "finance")
        actor = self.office(claim, kind)[second]
        if action == "recall":
            last = Event.objects.filter(claim=claim, actor__isnull=False).order_by("pk").last()
            actor = last.actor
        if action == "reject" and claim.state == State.RETURNED and second:
            self.at += timedelta(days=20)
        data = UNMET if action == "reject" else None
        self.attempt(step, claim_id=claim.pk, action=action, actor=actor, reason="示例理由。", data=data)

    @rule(pick=picks, action=st.sampled_from(list(TRANSITIONS)), name=actors, stale=st.booleans())
    def tries_anything(self, pick, action, name, stale):
        """Whoever it is, and whether or not they have seen the claim as it is."""
        claim = self.claim(pick)
        row = TRANSITIONS[action]
        if claim is None or action in NEEDING_MORE or row.who is Who.SYSTEM:
            return
        self.attempt(
            step,
            claim_id=claim.pk,
            action=action,
            actor=self.world.people[name],
            reason="示例理由。",
            data=UNMET if action == "reject" else None,
            token="0" * 16 if stale else claim_token(claim),
        )

    @rule(pick=picks, amount=amounts, back=st.booleans())
    def verifies(self, pick, amount, back):
        claim = self.claim(pick, state__in=[State.CITY_REVIEW, State.COMMERCE_REVIEW, *LOCKED_STATES])
        fact = claim and next((each[3] for each in SLOTS if each[1] == claim.item), "")
        if fact:
            kind = "city" if claim.state == State.CITY_REVIEW else "commerce"
            self.attempt(
                value_verify,
                claim_id=claim.pk,
                path=fact,
                value=None if back else amount,
                reason="示例理由。",
                actor=self.office(claim, kind)[0],
            )
