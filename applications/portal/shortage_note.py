"""What the enterprise reads where the money of a measure does not suffice and part of its claim is paid later."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from applications.models import State
from applications.stage_days import withheld_of

#: Claims of which something may still be paid.
_WAITING = frozenset({State.APPROVED, State.IN_NOTICE, State.PAYABLE, State.COMMITTED})


@dataclass(frozen=True)
class ShortageNote:
    """What waits for later money, in yuan, since which decision, and what has been paid or is on its way."""

    waits: Decimal
    decided_at: datetime
    drawn: Decimal


def shortage_note(claim):
    """The note of the newest decision about the claim; None where it withheld nothing, or what it withheld has been committed
    or paid since."""
    if claim.state not in _WAITING or not claim.owed_cny:
        return None
    newest = withheld_of([claim]).get(claim.pk)
    if newest is None:
        return None
    waits = min(-newest.amount_cny, claim.owed_cny)
    return ShortageNote(waits, newest.at, claim.committed_cny + claim.paid_cny)
