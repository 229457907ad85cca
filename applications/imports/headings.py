"""Where the headings of a sheet stand, and which columns it has.

Headings are one row or two rows that are read together, within the first 20 rows. A row is taken for headings only where
every required column has a heading that is known word for word, so that neither titles nor data are mistaken for them.
"""

from dataclasses import dataclass, field
from itertools import groupby

from applications.imports.cells import shown
from applications.imports.heading_words import heading_read, is_unit_line, unit_line_read
from applications.imports.values import is_blank
from applications.imports.vocabulary import Place, Vocabulary, same
from applications.imports.words import spaced

#: Headings are looked for so far down.
LAST_ROW = 20
#: How titles end, and how long the heading of a group is at most.
_LONGEST_GROUP = 16
_TITLES = ("表", "一览", "汇总", "名单")


@dataclass
class Layout:
    """One way to read the headings: the rows from `first` to `last`, and what stands in them."""

    first: int
    last: int
    places: list[Place] = field(default_factory=list)

    @property
    def known(self):
        """The places that were taken for columns of the kind."""
        return [place for place in self.places if place.column]

    @property
    def columns(self):
        """The columns of the kind that the file has, by their fields."""
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
        """Larger is better: more columns, and two rows only where both are needed."""
        together = any(place.together for place in self.places)
        return len(self.columns), (2 if together else 0) if self.last > self.first else 1

    def corrects(self, lower):
        """Whether these two rows make something else of a sum than the `lower` one alone does."""
        found = {place.index: place.column for place in self.places}
        sums = [place for place in lower.known if place.column.unit]
        return any(found.get(place.index) is not place.column for place in sums)


def first_rows(sheet):
    """The rows in which headings may stand, by their numbers."""
    rows = {}
    for number, cells in sheet.rows():
        if number > LAST_ROW:
            break
        rows[number] = cells
    return rows


def layout_find(kind, rows, merges):
    """The Layout of the first headings that have all required columns; None where there are none.

    `rows` are the sheet's first rows by their numbers. Of headings that lie next to each other those count that make the
    most of the columns known; a second table further down has headings of its own.
    """
    best, end = None, LAST_ROW
    for layout in _layouts(Vocabulary(kind), rows, merges):
        if layout.first > end:
            break
        if layout.lacks(kind):
            continue
        if best is None:
            end = layout.first + 2
        if best is None or layout.rank() > best.rank():
            best = layout
    return best


def layout_guess(kind, rows, merges):
    """The Layout that comes closest to headings; None for a sheet without any text."""
    layouts = [layout for layout in _layouts(Vocabulary(kind), rows, merges) if layout.places]

    def closeness(layout):
        return len(layout.columns), layout.first == layout.last, len(layout.places)

    return max(layouts, key=closeness, default=None)


def _layouts(words, rows, merges):
    """Every way to read headings, from the top down."""
    for number in sorted(rows):
        one, two = _one_row(words, number, rows[number]), None
        if number - 1 in rows:
            two = _two_rows(words, number - 1, rows[number - 1], rows[number], merges)
            if not _is_cut(two, merges):
                yield two
        if not _is_cut(one, merges) and not (two and two.corrects(one)):
            yield one


def _is_cut(layout, merges):
    """Whether a heading goes on below the layout: a merged cell is not cut in two."""
    known = {place.index for place in layout.known}
    return any(
        first <= layout.last < last and column in known
        for first, column, last, _ in merges
        if first >= layout.first - 1
    )


def _one_row(words, number, cells):
    texts = _texts(cells)
    places = [words.place(index, text) for index, text in texts.items() if not is_unit_line(text)]
    return Layout(number, number, places)


def _two_rows(words, number, top_cells, bottom_cells, merges):
    layout, top, bottom = Layout(number, number + 1), _texts(top_cells), _texts(bottom_cells)
    merged_down = {column for first, column, last, _ in merges if first <= number < last}
    groups = _groups(words, top, bottom, number, merges)
    for index in sorted(top.keys() | bottom.keys()):
        own, above, below = top.get(index), groups.get(index), bottom.get(index)
        if own and below and same(own, below):
            place = words.place(index, below)
            place = Place(index, below, place.column, place.exponent, index in merged_down)
        elif above and below:
            place = words.place_below(index, above, below)
        else:
            place = words.place(index, below or own)
        if not is_unit_line(place.text):
            layout.places.append(place)
    return layout


def _groups(words, top, bottom, number, merges):
    """What stands above each column: its own cell, a merged one, or an unmerged one with empty cells to its right.

    What begins above the first column says nothing that matters, unless a sum stands below it; titles say nothing.
    """
    spans = {first: last for row, first, end, last in merges if row <= number <= end}
    start, width = min([*top, *bottom], default=0), max([*top, *bottom], default=0)
    found = {}
    for index, text in top.items():
        above_first = index == start and not _is_sum(words, bottom.get(index))
        if above_first or _is_title(text) or is_unit_line(text):
            continue
        last = spans.get(index)
        if last is None:
            last = index
            while index in bottom and last < width and last + 1 not in top:
                last += 1
        found.update(dict.fromkeys(range(index, last + 1), text))
    return found


def _is_title(text):
    """Whether a text in the middle of a row is a title or a remark (填报日期：…) and no heading."""
    core = heading_read(text).core
    return core.endswith(_TITLES) or ":" in core or len(core) > _LONGEST_GROUP


def _is_sum(words, text):
    column = words.place(0, text).column if text else None
    return bool(column and column.unit)


def _texts(cells):
    texts = {index: spaced(shown(value)) for index, value in enumerate(cells) if not is_blank(value)}
    return {index: text for index, text in texts.items() if text}


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
