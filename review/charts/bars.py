"""One bar for one row: parts one behind the other, a mark that they should not pass, hatching where they do."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from accounts.ui import percent

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """A rectangle: colour 1 (surest) to 5, place and width in percent."""

    fill: int
    x: Decimal
    width: Decimal


@dataclass(frozen=True, slots=True)
class Bar:
    """A laid out bar, all in percent; `mark` is None where there is no limit, `over` the width beyond it."""

    label: str
    parts: tuple
    mark: Decimal | None = None
    over: Decimal = ZERO


def scale_of(rows: Iterable[Iterable[Decimal]]) -> Decimal:
    """The amount that is drawn as the whole width: the largest of all rows, each given as what it reaches to."""
    return max((amount for row in rows for amount in row), default=ZERO)


def bar(parts, *, scale, mark=None, label=""):
    """Lays out `parts`, pairs of (colour, amount), from left to right in the scale of the table; amounts below 0 are left
    out. Without a `label` the bar is decoration.
    """
    drawn, reached = [], ZERO
    for fill, amount in parts:
        if amount <= 0:
            continue
        x, reached = percent(reached, scale), reached + amount
        if (width := percent(reached, scale) - x) > 0:
            drawn.append(Part(fill, x, width))
    if mark is None:
        return Bar(label, tuple(drawn))
    at = percent(mark, scale)
    return Bar(label, tuple(drawn), at, max(percent(reached, scale) - at, ZERO))
