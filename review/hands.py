"""Taking several claims in hand together, and handing them back: one refusal stops no other."""

from applications.errors import Refused
from review.assignments import claim_hand_back, claim_take


def claims_take(claims, *, actor, at=None, source_ip=None):
    """Puts claims into the actor's hands that nobody has in hand; [(claim, sentence or "")], "" where it was done."""
    return _each(claims, claim_take, actor=actor, at=at, source_ip=source_ip, free_only=True)


def claims_hand_back(claims, *, actor, at=None, source_ip=None):
    """Takes claims out of the actor's hands; [(claim, sentence or "")], "" where it was done."""
    return _each(claims, claim_hand_back, actor=actor, at=at, source_ip=source_ip)


def _each(claims, service, **how):
    outcome = []
    for claim in claims:
        try:
            service(claim_id=claim.pk, **how)
        except Refused as refusal:
            outcome.append((claim, refusal.message))
        else:
            outcome.append((claim, ""))
    return outcome
