"""The token that a page carries: it changes with everything that a decision rests on."""

import hashlib


def claim_token(claim):
    """Sixteen hex digits over state, the four amounts, the lock and the last event of the claim.

    A settlement that changes nothing writes no event and no amount, so it changes no token.
    """
    parts = (
        claim.pk,
        claim.state,
        claim.computed_cny,
        claim.capped_cny,
        claim.after_overlap_cny,
        claim.payable_cny,
        claim.locked_cny,
        claim.last_event,
    )
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]
