"""How too little money is shared over what is owed: two pure functions over rows in the order of filing. Amounts in yuan."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

ZERO = Decimal("0.00")
_FEN = Decimal("0.01")


@dataclass(frozen=True)
class Owed:
    """One lock that waits for `owed` yuan; `locked_at` and `filed_at` are its places in the two orders."""

    claim_id: int
    owed: Decimal
    locked_at: datetime
    filed_at: datetime
    #: What of the lock had been committed or paid before.
    drawn: Decimal = ZERO


def share_in_order(rows, available):
    """{claim id: yuan}: whoever was locked first is paid first, in full while the money lasts, the next one the rest."""
    shares, left = {}, available
    for row in sorted(rows, key=lambda row: (row.locked_at, row.filed_at, row.claim_id)):
        shares[row.claim_id] = min(row.owed, left)
        left -= shares[row.claim_id]
    return shares


def share_proportionally(rows, available):
    """{claim id: yuan}: everybody the same part, rounded down to the fen; the fen that are left go one by one to the
    largest remainders, of equal ones to whoever filed first.
    """
    total = sum(_fen(row.owed) for row in rows)
    fen = min(_fen(available), total)
    if not total:
        return {row.claim_id: ZERO for row in rows}
    exact = {row.claim_id: Fraction(_fen(row.owed) * fen, total) for row in rows}
    floors = {claim_id: part.numerator // part.denominator for claim_id, part in exact.items()}
    rest = fen - sum(floors.values())
    first = sorted(
        rows,
        key=lambda row: (floors[row.claim_id] - exact[row.claim_id], row.filed_at, row.claim_id),
    )
    for row in first[:rest]:
        floors[row.claim_id] += 1
    return {claim_id: part * _FEN for claim_id, part in floors.items()}


def _fen(amount):
    return int(amount.scaleb(2))
