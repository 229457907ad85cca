"""Step 3: what another provincial policy has paid for the same matter is not paid a second time."""

from decimal import Decimal

from measures.money import ZERO
from measures.result import Step

CLAUSE = "overlap"


def less_other_support(capped: Decimal, other_support: Decimal) -> Decimal:
    """Return what is left of a capped amount, never below zero (从优、就高、不重复).

    The enterprise ends up with the higher of the two supports, and never with both.
    """
    return capped - other_support if capped > other_support else ZERO


def overlap_step(capped: Decimal, other_support: Decimal, after_overlap: Decimal) -> Step:
    """Explain step 3 of one claim."""
    params = {"capped": capped, "other_support": other_support, "after_overlap": after_overlap}
    return Step("after_overlap", "other_support" if other_support else "no_other_support", params, CLAUSE)
