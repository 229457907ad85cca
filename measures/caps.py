"""Step 2: each amount is cut to its cap, or to what earlier claims have left of a cap that they share.

Reading `overlap-gives-back`: a shared cap bounds what this policy pays, so a claim takes from it only what it has
after step 3; what another policy covers is left to the claims that follow.
"""

from collections.abc import Sequence
from decimal import Decimal

from measures.case import ClaimInput
from measures.item import Item, Outcome
from measures.money import ZERO
from measures.overlap import less_other_support
from measures.record import Record
from measures.result import Step


class CappedClaim(Record, frozen=True):
    """One claim after steps 1 to 3; `room` is its cap or what was left of it, None where no cap is stated.

    An ineligible claim and a support item are entitled to 0.00.
    """

    claim: ClaimInput
    item: Item
    outcome: Outcome
    room: Decimal | None = None
    capped: Decimal = ZERO
    after_overlap: Decimal = ZERO

    @property
    def is_locked(self) -> bool:
        """Say whether finance has fixed the amount; the lock of a support item has no effect."""
        return self.claim.locked is not None and not self.item.support

    @property
    def covered_lock(self) -> Decimal:
        """Return how much of a locked amount the claim is entitled to, in yuan."""
        return min(self.claim.locked, self.after_overlap)


def apply_caps(assessed: Sequence[tuple[ClaimInput, Item, Outcome]]) -> list[CappedClaim]:
    """Take every claim through steps 2 and 3; the answers stand in the order of filing, as the claims do.

    Claims that share a cap are served locked ones first, then the others, each in the order of filing.
    """
    left: dict[str, Decimal] = {}
    locked = {
        position: _cap(claim, item, outcome, left)
        for position, (claim, item, outcome) in enumerate(assessed)
        if claim.locked is not None
    }
    return [
        locked.get(position) or _cap(claim, item, outcome, left)
        for position, (claim, item, outcome) in enumerate(assessed)
    ]


def _cap(claim: ClaimInput, item: Item, outcome: Outcome, left: dict[str, Decimal]) -> CappedClaim:
    """Take one claim through steps 2 and 3, and its share out of what is left of a shared cap."""
    if not outcome.computed:
        return CappedClaim(claim, item, outcome)
    shared = item.shared_cap
    room = left.get(shared, outcome.cap) if shared else outcome.cap
    capped = outcome.computed if room is None else min(outcome.computed, room)
    after_overlap = less_other_support(capped, claim.other_support)
    one = CappedClaim(claim, item, outcome, room, capped, after_overlap)
    if shared:
        left[shared] = room - (after_overlap if claim.locked is None else one.covered_lock)
    return one


def cap_step(one: CappedClaim) -> Step:
    """Explain step 2 of one claim."""
    item, outcome = one.item, one.outcome
    if outcome.cap is None:
        template, params = "no_cap", {"computed": outcome.computed}
    else:
        template = "shared_cap" if item.shared_cap else "own_cap"
        params = {
            "item": item.code,
            "cap": outcome.cap,
            "room": one.room,
            "computed": outcome.computed,
            "capped": one.capped,
        }
    return Step("capped", template, params, item.cap_clause or item.code)
