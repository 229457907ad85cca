"""What a reviewer reads on a claim whose measure has too little money."""

from dataclasses import dataclass
from decimal import Decimal

from review.budget import key_of
from review.models import ShortageDecision
from review.shortage import payable_now, standings


@dataclass(frozen=True)
class ClaimShortage:
    """What batches may take of a claim `now` and what of it waits, in yuan, and the decision by which that is so (None:
    nothing is decided, and nothing may be taken)."""

    now: Decimal
    waits: Decimal
    decision: ShortageDecision | None


def claim_shortage(claim):
    """The ClaimShortage of a claim; None where nothing of it is owed, or the money suffices."""
    if not claim.owed_cny:
        return None
    key = key_of(claim)
    standing = standings([key])[key]
    if not standing.budget.is_short:
        return None
    now = payable_now([claim])[claim.pk]
    return ClaimShortage(now, claim.owed_cny - now, standing.decision if standing.in_force else None)
