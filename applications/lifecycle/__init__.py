"""The life of a claim: one table of transitions, one function that performs them."""

from .table import TRANSITIONS, Transition, Who
from .token import claim_token
from .transition import claim_lock, perform, transition

__all__ = ["TRANSITIONS", "Transition", "Who", "claim_lock", "claim_token", "perform", "transition"]
