"""Columns side by side, group by group over time, with lines across at round amounts."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from measures.money import in_wan

#: Pixels: of the whole drawing, of its ground line, and of its highest line.
HEIGHT, GROUND, TOP = 318, 280, 22
#: Percent of a group's width that its columns take together, and the gap between two of them.
_TAKEN, _GAP = Decimal("0.72"), Decimal("0.06")
#: Percent at the left that is kept free for the amounts of the lines.
_LEFT = Decimal(16)
_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_LINES = 4
#: So many labels stand side by side on a phone, and in half of a wide page.
FIT_PHONE, FIT_HALF = 7, 14
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Series:
    """What one column of every group means: its word and its colour 1 to 5."""

    title: str
    fill: int


@dataclass(frozen=True, slots=True)
class Group:
    """One place on the axis: a short label, one for the table, amounts in the order of the series, and where each leads
    ("" or nothing: nowhere)."""

    label: str
    title: str
    amounts: tuple
    links: tuple = ()
    #: A second line below the label, such as the year where it begins.
    below: str = ""

    @property
    def cells(self):
        """(amount, address) of each series."""
        return list(zip(self.amounts, self.links or ("",) * len(self.amounts), strict=True))


@dataclass(frozen=True, slots=True)
class Column:
    """A rectangle: colour, place and width in percent, top and height in pixels."""

    fill: int
    x: Decimal
    width: Decimal
    y: Decimal
    height: Decimal


@dataclass(frozen=True, slots=True)
class Tick:
    """A label on the axis; `tight` ones hide on a phone."""

    label: str
    below: str
    x: Decimal
    tight: bool


@dataclass(frozen=True)
class Chart:
    """A laid out chart with what it was made of, for the table beside it."""

    label: str
    series: tuple
    groups: tuple
    columns: tuple
    lines: tuple
    ticks: tuple
    totals: tuple
    height: int = HEIGHT
    ground: int = GROUND


def columns(series, groups, *, label):
    """Lays out one column per series in every Group. An amount below 0 has no column and stands in the table alone."""
    series, groups = tuple(series), tuple(groups)
    most = max((amount for group in groups for amount in group.amounts), default=_ZERO)
    top, lines = _scale(most)
    width = (100 - _LEFT) / max(len(groups), 1)
    return Chart(
        label=label,
        series=series,
        groups=groups,
        columns=tuple(
            column
            for place, group in enumerate(groups)
            for column in _group(group, series, _LEFT + place * width, width, top)
        ),
        lines=lines,
        ticks=tuple(_ticks(groups, width)),
        totals=tuple(sum(amounts, _ZERO) for amounts in zip(*(g.amounts for g in groups), strict=True)),
    )


def _scale(most):
    """The amount of the highest line, and the lines as (label, y) with round amounts of which few are enough."""
    if most <= 0:
        return Decimal(1), ()
    size = Decimal(10) ** ((most / _LINES).adjusted())
    step = next(step * size for step in _STEPS if step * size * _LINES >= most)
    count = int((most / step).to_integral_value(ROUND_CEILING))
    top = step * count
    return top, tuple((_in_short(step * n), _y(step * n, top)) for n in range(1, count + 1))


def _in_short(amount):
    """500 万, 2.5 亿; below 1 万 with its 元."""
    words = in_wan(amount)
    return words.removesuffix("元") if words.endswith(("万元", "亿元")) else words


def _y(amount, top):
    """The height at which an amount is drawn, in pixels from above."""
    return (GROUND - amount * (GROUND - TOP) / top).quantize(Decimal("0.1"))


def _group(group, series, left, width, top):
    each = width * _TAKEN / len(series)
    start = left + (width - width * _TAKEN) / 2
    for place, (one, amount) in enumerate(zip(series, group.amounts, strict=True)):
        if amount > 0:
            y = min(_y(amount, top), Decimal(GROUND - 1))
            x, wide = start + place * each, each * (1 - _GAP)
            yield Column(one.fill, _short(x), _short(wide), y, GROUND - y)


def _ticks(groups, width):
    """Labels in the middle of their groups; where they would touch, every second or fifth one and so on is left out."""
    every = -(-len(groups) // FIT_HALF)
    kept = -(-len(groups) // FIT_PHONE)
    for place, group in enumerate(groups):
        if place % every == 0:
            x = _LEFT + place * width + width / 2
            yield Tick(group.label, group.below, _short(x), place % kept != 0)


def _short(number):
    return number.quantize(Decimal("0.01"))
