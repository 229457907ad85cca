"""What locked claims are still entitled to, and who bears what the limit does not cover."""

from dataclasses import dataclass
from decimal import Decimal

from measures.money import ZERO


@dataclass(frozen=True, slots=True)
class LockedClaim:
    """A claim with a lock, yuan. `drawn` is what of it is committed or paid; `order` rises with the time of locking."""

    id: str
    locked: Decimal
    after_overlap: Decimal
    drawn: Decimal
    order: int


def entitlements(claims, limit):
    """What each locked claim is entitled to, as {id: yuan}.

    Each bears its own shortfall: min(lock, after overlap). What the sum then exceeds the limit by is taken first from
    locks of which nothing is committed or paid, then from the others, the latest locked first in each group.
    """
    entitled = {claim.id: min(claim.locked, claim.after_overlap) for claim in claims}
    excess = sum(entitled.values(), ZERO) - limit
    for claim in sorted(claims, key=lambda claim: (claim.drawn > ZERO, -claim.order)):
        cut = max(ZERO, min(excess, entitled[claim.id]))
        entitled[claim.id] -= cut
        excess -= cut
    return entitled


def lock_after(claim, entitled):
    """The lock that a claim keeps: None where it is unlocked, because it is short and nothing of it is drawn.

    Where something is committed or paid it is never unlocked; the lock falls to the larger of entitlement and that.
    """
    if entitled >= claim.locked:
        return claim.locked
    return max(entitled, claim.drawn) if claim.drawn > ZERO else None
