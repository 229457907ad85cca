"""Which columns a sheet has: where its headings stand, what they mean, and in which units.

Headings are one row or two rows that are read together, within the first 20 rows. A row is taken for headings only where
every required column has a heading that is known word for word, so that neither titles nor data are mistaken for them.
"""

from dataclasses import dataclass, field, replace
from itertools import groupby

from applications.imports.cells import shown
from applications.imports.heading_words import (
    USD,
    YUAN,
    heading_read,
    is_unit_line,
    tidy,
    unit_line_read,
)
from applications.imports.values import is_blank
from applications.imports.words import spaced

#: Headings are looked for so far down.
LAST_ROW = 20
#: A group heading with one of these words changes what the heading below it means, unless that says the word itself.
_OTHER_MEANINGS = (
    *("同比", "环比", "增长", "增幅", "增速", "增减", "占比", "比重", "排名", "上年", "去年", "同期", "上期", "前年", "预计", "计划", "目标", "差"),
    *("跨境", "资源", "地产品", "农产品", "一般贸易", "加工", "保税", "边境", "小额", "服务", "民营", "国有", "外资"),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A column of the file: where it stands, what its heading says, and what it was taken for.

    `exponent` is the power of ten of a unit that the heading gives, None where it gives none.
    """

    index: int
    text: str
    column: object = None
    exponent: int | None = None


@dataclass
class Layout:
    """One way to read the headings: the rows from `first` to `last`, and what stands in them."""

    first: int
    last: int
    places: list = field(default_factory=list)
    #: How many columns owe their meaning to both rows.
    together: int = 0

    @property
    def known(self):
        """The columns of the file that are columns of the kind, in the kind's terms."""
        return [place for place in self.places if place.column]

    @property
    def columns(self):
        """The columns of the kind that the file has."""
        return {place.column.field: place.column for place in self.known}

    @property
    def twice(self):
        """Columns of the kind that two or more columns of the file were taken for: lists of places."""
        by_field = sorted(self.known, key=lambda place: place.column.field)
        groups = (list(group) for _, group in groupby(by_field, key=lambda place: place.column.field))
        return [group for group in groups if len(group) > 1]

    def lacks(self, kind):
        """The required columns that are not there."""
        return [column for column in kind.required if column.field not in self.columns]

    def rank(self):
        """Larger is better: more columns, none of them twice, and two rows only where both are needed."""
        two = self.last > self.first
        return len(self.columns), not self.twice, (2 if self.together else 0) if two else 1


class Vocabulary:
    """The headings of a kind."""

    def __init__(self, kind):
        self.by_name = {}
        for column in kind.columns:
            for name in (column.heading, *column.names):
                self.by_name.setdefault((heading_read(name).core, column.unit), column)

    def find(self, heading):
        """The column that a Heading means, or None."""
        if not heading.core and not heading.named:
            return None
        if heading.currency == USD:
            return self.by_name.get((heading.core, USD))
        column = self.by_name.get((heading.core, YUAN))
        if column or heading.named or heading.units:
            return column
        return self.by_name.get((heading.core, ""))

    def place(self, index, text, heading):
        """The Place of a heading of one row."""
        column = self.find(heading)
        return Place(index, text, column, _exponent(column, heading.units))


def _exponent(column, units):
    return units.get(column.unit) if column and column.unit else None


def layout_find(kind, rows, merges):
    """The Layout of the first headings that have all required columns; None where there are none.

    `rows` are the sheet's first rows by their numbers. One row and two rows are tried, also with the rows next to them:
    of headings that lie together those count that make the most of the columns known.
    """
    best, end = None, LAST_ROW
    for layout in _layouts(Vocabulary(kind), rows, merges):
        if layout.first > end:
            break
        if layout.lacks(kind):
            continue
        if best is None:
            # A second table further down has headings of its own.
            end = layout.first + 2
        if best is None or layout.rank() > best.rank():
            best = layout
    return best


def layout_guess(kind, rows, merges):
    """The row that comes closest to headings, as a Layout; None for a sheet without any text."""
    layouts = [layout for layout in _layouts(Vocabulary(kind), rows, merges) if layout.first == layout.last]
    return max(layouts, key=lambda layout: (len(layout.columns), len(layout.places)), default=None)


def first_rows(sheet):
    """The rows in which headings may stand, by their numbers."""
    rows = {}
    for number, cells in sheet.rows():
        if number > LAST_ROW:
            break
        rows[number] = cells
    return rows


def _layouts(words, rows, merges):
    """Every way to read headings, from the top down."""
    for number in range(1, LAST_ROW + 1):
        if number in rows:
            yield _one_row(words, number, rows[number])
            if number + 1 in rows:
                yield _two_rows(words, number, rows[number], rows[number + 1], merges)


def _one_row(words, number, cells):
    layout = Layout(number, number)
    for index, text in _texts(cells).items():
        if is_unit_line(text):
            continue
        layout.places.append(words.place(index, text, heading_read(text)))
    return layout


def _two_rows(words, number, top_cells, bottom_cells, merges):
    layout, top, bottom = Layout(number, number + 1), _texts(top_cells), _texts(bottom_cells)
    groups = _groups(top, bottom, number, merges)
    for index in sorted(top.keys() | bottom.keys()):
        above, below = groups.get(index, ""), bottom.get(index, "")
        if not below:
            if index in top:
                layout.places.append(words.place(index, top[index], heading_read(top[index])))
        elif not above:
            layout.places.append(words.place(index, below, heading_read(below)))
        else:
            place, together = _both(words, index, above, below)
            layout.places.append(place)
            layout.together += together
    return layout


def _both(words, index, above, below):
    """(Place, whether both rows were needed) of a heading below another one."""
    if tidy(above) == tidy(below):
        return words.place(index, below, heading_read(below)), True
    joined = words.place(index, above + below, heading_read(above + below))
    if joined.column:
        return joined, True
    group, heading = heading_read(above), heading_read(below)
    if any(word in group.core and word not in heading.core for word in _OTHER_MEANINGS):
        return Place(index, above + below), False
    own = heading.named or heading.units
    inherited = heading if own else replace(group, core=heading.core)
    column = words.find(inherited) or _unless_sum(words.find(heading))
    if not column:
        return Place(index, above + below), False
    exponent = _exponent(column, heading.units or group.units)
    return Place(index, below, column, exponent), exponent is not None and not heading.units


def _unless_sum(column):
    """A column that has nothing to do with currencies keeps its meaning below any group."""
    return None if column and column.unit else column


def _groups(top, bottom, number, merges):
    """What stands above each column: its own cell, a merged one, or an unmerged one with empty cells to its right.

    A title is no group: a lone cell above everything.
    """
    spans = {first: last for row, first, end, last in merges if row <= number <= end}
    cells = {index: text for index, text in top.items() if not is_unit_line(text)}
    if len(cells) == 1 and min(cells) <= min(bottom, default=0):
        lone = min(cells)
        if lone not in bottom or tidy(cells[lone]) != tidy(bottom[lone]):
            return {}
    found, width = {}, max([*top, *bottom], default=0)
    for index, text in cells.items():
        if index in spans:
            found.update(dict.fromkeys(range(index, spans[index] + 1), text))
            continue
        found[index] = text
        right = index + 1
        while index in bottom and right <= width and right not in top and right not in found:
            found[right] = text
            right += 1
    return found


def _texts(cells):
    return {index: spaced(shown(value)) for index, value in enumerate(cells) if not is_blank(value)}


def unit_lines(rows, layout):
    """The units that cells above the headings state, or cells beside them: {currency: power of ten}.

    The nearest line counts.
    """
    found = {}
    for number in sorted((number for number in rows if number <= layout.last), reverse=True):
        for value in rows[number]:
            if not isinstance(value, str) or is_blank(value):
                continue
            # Beside the headings a unit has to be called one; in the upper of two rows it may stand by itself.
            above = number < layout.first or (number < layout.last and not heading_read(value).core)
            if above or is_unit_line(value):
                for currency, exponent in unit_line_read(value).items():
                    found.setdefault(currency, exponent)
    return found
