"""The life of a claim: one table of transitions, one function that performs them."""

from .table import TRANSITIONS, Transition, Who
from .together import perform_together
from .token import claim_token
from .transition import bulk_transition, claim_lock, claims_lock, perform, transition

__all__ = [
    "TRANSITIONS",
    "Transition",
    "Who",
    "bulk_transition",
    "claim_lock",
    "claim_token",
    "claims_lock",
    "perform",
    "perform_together",
    "transition",
]
