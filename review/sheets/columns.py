"""What a sheet is described by: its columns in order, and what stands above and below them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from applications.workbooks import TEXT_FORMAT

MONEY_FORMAT = "#,##0.00"
WAN_FORMAT = "#,##0.000000"


class Kind(Enum):
    """What a column holds: (number format, alignment)."""

    TEXT = (TEXT_FORMAT, "left")
    #: Text in the middle: cities, years, words that repeat.
    CENTRED = (TEXT_FORMAT, "center")
    #: Decimal yuan, written in 元 with two decimals.
    MONEY = (MONEY_FORMAT, "right")
    #: Decimal yuan, written in 万元 with six decimals, which is exact to the fen.
    WAN = (WAN_FORMAT, "right")
    #: Whole numbers.
    COUNT = ("#,##0", "center")
    #: Days; of an aware time its day in the province.
    DATE = ("yyyy-mm-dd", "center")


TEXT, CENTRED, MONEY, WAN, COUNT, DATE = Kind


@dataclass(frozen=True)
class Column:
    """One column: heading, width in characters, how to take its value from a row, and what it holds.

    `value(row)` gives a text, a Decimal in yuan (MONEY and WAN), a whole number or a day; None leaves the cell empty.
    Widths are meant beside each other: those of a narrow table grow together until it fills its page.
    """

    title: str
    width: float
    value: Callable
    kind: Kind = TEXT


@dataclass(frozen=True)
class Heading:
    """What stands above and below the table.

    `lines` are rows under the title, each a text over the whole width or a pair of texts, left and right (单位, 文号, 批次号,
    支付方, date); `signatures` stand side by side below (制表, 复核, 负责人), one row or several; `mark` stands before the title and on top of
    every printed page of what is no final sheet (预览).
    """

    title: str
    lines: Sequence = ()
    signatures: Sequence = ()
    mark: str = ""


#: Who signs a sheet that names nobody yet, and when.
DATE_TO_SIGN = "　　　年　　月　　日"
SIGNATURES = ("制表：", "复核：", "负责人：", f"日期：{DATE_TO_SIGN}")
