"""What a claim has of a quantity that opens its item, so that people can look twice at what has only just been reached."""

from decimal import Decimal

from measures.money import ZERO
from measures.record import Record

#: By how much of a threshold a quantity may lie above it and still count as only just there.
MARGIN = Decimal("0.02")


class Threshold(Record, frozen=True):
    """One quantity of a claim with the least that opens the item, in `year`; yuan, US dollars, or a count.

    `name` is a figure, or a quantity that `reason_sentences` knows. Where the policy says 超过, `exclusive`, the least
    itself does not open the item.
    """

    name: str
    value: Decimal | int
    least: Decimal | int
    year: int
    exclusive: bool = False

    @property
    def is_reached(self) -> bool:
        """Say whether the quantity opens the item."""
        return self.value > self.least if self.exclusive else self.value >= self.least

    @property
    def is_just_reached(self) -> bool:
        """Say whether the quantity opens the item by no more than the margin."""
        return self.is_reached and self.least > ZERO and self.value <= self.least * (1 + MARGIN)
