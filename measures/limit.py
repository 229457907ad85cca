"""Step 4: all claims of an enterprise and year together stay within the highest ceiling of a single item.

Reading `who-is-cut`: locked amounts come first and never change; the others are filled by
ceiling, then by amount, then in the order of filing.
"""

from collections.abc import Sequence
from decimal import Decimal

from measures.caps import CappedClaim
from measures.money import ZERO
from measures.record import Record
from measures.result import Step

CLAUSE = "limit"


class Combined(Record, frozen=True):
    """The limit of a year and what it leaves each claim, in yuan and in the order of filing.

    `setter` is the position of the claim whose ceiling is the limit, None where no claim has an amount. `before`
    is what claims that come earlier have taken of the limit, locked amounts included.
    """

    ceilings: list[Decimal | None]
    limit: Decimal
    setter: int | None
    locked: Decimal
    overpaid: Decimal
    payable: list[Decimal]
    before: list[Decimal]


def combine(claims: Sequence[CappedClaim]) -> Combined:
    """Apply the combined limit to the claims of one enterprise and year."""
    ceilings = ceilings_of(claims)
    order = _order(claims, ceilings)
    setter = order[0] if order else None
    limit = ZERO if setter is None else ceilings[setter]
    locks = [one for one in claims if one.is_locked]
    locked = sum([one.claim.locked for one in locks], ZERO)
    overpaid = locked - min(limit, sum([one.covered_lock for one in locks], ZERO)) if locks else ZERO
    payable, before = _fill(claims, order, locked, max(ZERO, limit - locked))
    return Combined(ceilings, limit, setter, locked, overpaid, payable, before)


def ceilings_of(claims: Sequence[CappedClaim]) -> list[Decimal | None]:
    """Return each claim's ceiling: its stated cap, or all that its item comes to where no cap is stated.

    Reading `no-stated-cap`: a single item without a stated cap is thus not cut by the combined limit.
    """
    sums: dict[str, Decimal] = {}
    for one in claims:
        if one.outcome.computed and one.outcome.cap is None:
            sums[one.item.code] = sums.get(one.item.code, ZERO) + one.after_overlap
    return [
        sums[one.item.code] if one.outcome.computed and one.outcome.cap is None else one.outcome.cap
        for one in claims
    ]


def _order(claims: Sequence[CappedClaim], ceilings: Sequence[Decimal | None]) -> list[int]:
    """Return the positions of claims with an amount: by ceiling, then by amount, highest first; then as filed.

    What another policy fully covers lends no ceiling.
    """
    positions = [position for position, one in enumerate(claims) if one.after_overlap]
    return sorted(positions, key=lambda at: (ceilings[at], claims[at].after_overlap), reverse=True)


def _fill(
    claims: Sequence[CappedClaim], order: Sequence[int], locked: Decimal, left: Decimal
) -> tuple[list[Decimal], list[Decimal]]:
    """Give locked claims their locked amounts and the others, in order, what is left of the limit."""
    payable = [one.claim.locked + ZERO if one.is_locked else ZERO for one in claims]
    before = [locked] * len(claims)
    filled = locked
    for position in order:
        one = claims[position]
        if not one.is_locked:
            before[position] = filled
            payable[position] = min(one.after_overlap, left)
            left -= payable[position]
            filled += payable[position]
    return payable, before


def limit_step(claims: Sequence[CappedClaim], combined: Combined, position: int) -> Step:
    """Explain step 4 of one claim: which claim sets the limit, and what was filled before."""
    one = claims[position]
    if one.is_locked:
        params = {"payable": combined.payable[position], "entitled": one.covered_lock}
        return Step("payable", "locked", params, CLAUSE)
    if not one.after_overlap:
        return Step("payable", "nothing_left", {}, CLAUSE)
    params = {
        "limit": combined.limit,
        "setter": claims[combined.setter].item.code,
        "own": combined.setter == position,
        "locked": combined.locked,
        "before": combined.before[position],
        "after_overlap": one.after_overlap,
        "payable": combined.payable[position],
    }
    return Step("payable", "limit", params, CLAUSE)
