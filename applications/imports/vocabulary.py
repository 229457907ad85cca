"""What the headings of a kind are called, and what a heading means, alone or below another one."""

from dataclasses import dataclass, replace

from applications.imports.heading_words import USD, YUAN, heading_read, tidy
from applications.imports.table import Column

#: A heading above with one of these words makes something else of the sums below it, unless they say the word too.
_NOT_THIS = ("同比", "环比", "增长", "增幅", "增速", "增减", "占比", "比重", "排名", "上年", "去年", "前年", "同期", "上期", "预计", "计划", "目标", "差")  # fmt: skip
#: With one of these, a part of them, unless they name the part themselves.
_PARTS = (
    "跨境",
    "资源",
    "地产品",
    "农产品",
    "一般贸易",
    "加工",
    "保税",
    "边境",
    "小额",
    "服务",
    "民营",
    "国有",
    "外资",
)

#: With one of these below it, a heading keeps its meaning: 进口额 over 累计 and 同比.
_WHOLE = frozenset(
    {"合计", "小计", "总计", "累计", "全年", "全年累计", "本年", "本年累计", "当年", "本期", "金额", "数额"}
)


@dataclass(frozen=True)
class Place:
    """A column of the file: where it stands, what its heading says, and what it was taken for.

    `exponent` is the power of ten of a unit that the heading gives, None where it gives none. `together` tells that two
    rows say more than the lower one alone.
    """

    index: int
    text: str
    column: Column | None = None
    exponent: int | None = None
    together: bool = False


class Vocabulary:
    """The headings of a kind. Names are known word for word; only currency and unit beside them are free."""

    def __init__(self, kind):
        self._columns = {}
        for column in kind.columns:
            for name in (column.heading, *column.names):
                self._columns.setdefault((heading_read(name).core, column.unit), column)

    def place(self, index, text):
        """The Place of a heading of one row."""
        heading = heading_read(text)
        column = self._find(heading)
        return Place(index, text, column, _exponent(column, heading.units))

    def place_below(self, index, above, below):
        """The Place of a heading below another one: 美元 below 出口额, 进口额 below 进出口额（万元）."""
        joined = self.place(index, above + below)
        if joined.column:
            return replace(joined, together=True)
        group, heading = heading_read(above), heading_read(below)
        if heading.core in _WHOLE:
            whole = heading if heading.units or heading.named else group
            column = self._find(replace(whole, core=group.core))
            return Place(index, above + below, column, _exponent(column, whole.units), together=True)
        plain = self._find(heading)
        column = plain if heading.named or heading.units else self._find(replace(group, core=heading.core))
        if plain and not plain.unit:
            # What has nothing to do with currencies keeps its meaning below anything.
            column = plain
        if not column or (column.unit and _is_another(group.core, heading.core)):
            return Place(index, above + below)
        exponent = _exponent(column, heading.units or group.units)
        return Place(index, below, column, exponent, exponent is not None and not heading.units)

    def _find(self, heading):
        """The column that a Heading means, or None."""
        if not heading.core and not heading.named:
            return None
        if heading.currency == USD:
            return self._columns.get((heading.core, USD))
        column = self._columns.get((heading.core, YUAN))
        if column or heading.named or heading.units:
            return column
        return self._columns.get((heading.core, ""))


def _exponent(column, units):
    return units.get(column.unit) if column and column.unit else None


def _is_another(above, below):
    """Whether the words above make another figure of what the heading below says."""
    if any(word in above and word not in below for word in _NOT_THIS):
        return True
    return any(word in above for word in _PARTS) and not any(word in below for word in _PARTS)


def same(one, other):
    """Whether two headings say the same."""
    return tidy(one) == tidy(other)
