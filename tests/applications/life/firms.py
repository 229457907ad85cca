"""What enterprises do."""

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from applications.claims import claim_submit, draft_open
from applications.lifecycle import TRANSITIONS, claim_token
from applications.lifecycle import transition as step
from applications.models import Claim, State
from tests.applications.life.means import SLOTS, Means, amounts, picks, slots, stages
from tests.factories import give_evidence

others = st.sampled_from(["0", "0", "0", "5000.5", "70000", "1000000"])


class Firms(Means):
    """Filing, correcting, taking back."""

    @initialize(first=slots, second=slots, amount=amounts, far=stages)
    def something_is_under_way(self, first, second, amount, far):
        for slot in (first, second):
            self.files(slot, amount, "0", submit=True)
        self.goes_far(0, far, second=False)

    @rule(slot=slots, amount=amounts, other=others, submit=st.sampled_from([True, True, True, False]))
    def files(self, slot, amount, other, submit):
        what = self.what(slot, amount, other)
        firm = self.world.firms[slot[0]]
        owner = self.world.people[f"owner_{slot[0]}"]
        draft = {"facts": what.facts, "particulars": what.particulars}
        claim, created = draft_open(
            enterprise=firm,
            item=slot[1],
            period=self.world.periods[slot[2]],
            actor=owner,
            draft=draft,
            at=self.at,
        )
        if created:
            give_evidence(claim, supported=True)
        if submit:
            done = self.attempt(claim_submit, claim_id=claim.pk, actor=owner, declared=what)
            assert done == (created or claim.state in (State.DRAFT, State.RETURNED))

    @precondition(lambda self: Claim.objects.filter(state=State.RETURNED).exists())
    @rule(pick=picks, amount=amounts, other=others)
    def corrects(self, pick, amount, other):
        claim = self.claim(pick, state=State.RETURNED)
        slot = next(each for each in SLOTS if each[1:3] == (claim.item, claim.year))
        assert self.attempt(
            claim_submit,
            claim_id=claim.pk,
            actor=self.owner(claim),
            declared=self.what(slot, amount, other),
            token=claim_token(claim),
        )

    @rule(pick=picks, action=st.sampled_from(["withdraw", "reconsider"]))
    def takes_back_or_asks_again(self, pick, action):
        sources = TRANSITIONS[action].sources
        claim = self.claim(pick, state__in=sources)
        if claim:
            self.attempt(step, claim_id=claim.pk, action=action, actor=self.owner(claim), reason="示例理由。")
