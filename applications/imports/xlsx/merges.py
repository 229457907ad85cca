"""Merged cells: found at the end of a sheet's XML before its rows are read, then filled down as rows pass."""

import re

from applications.imports.limits import MOST_ROWS, book_damaged
from applications.imports.problems import FileRefused
from applications.imports.xlsx.markup import PIECE, Outline, parser_made, pieces_fed
from applications.imports.xlsx.rows import COLUMNS, LAST_ROW

#: Merged ranges of a sheet, and the cells that they fill; real tables have a few hundred.
MOST_MERGES = 200_000
MOST_FILLED = 20 * MOST_ROWS

_WORD = b"mergeCells"
_LIST = re.compile(rb"<(?:[\w.-]+:)?mergeCells[\s/>]")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Z]{1,3})\$?([0-9]{1,7}))?")
#: Of what was passed over, so that a tag lying across two pieces is found: longer than any prefix.
_KEPT = 256


class _Ended(Exception):
    """The list of merged ranges is complete; nothing behind it is of interest."""


def merges_read(stream):
    """The merged ranges, sorted: (first row, first column, last row, last column), rows from 1, columns from 0.

    The list stands behind all rows; what stands before it is only searched, which costs a tenth of parsing it.
    Raises FileRefused.
    """
    piece = stream.read(PIECE)
    if b"\0" not in piece[:4]:
        piece = _passed_over(piece, stream)
    reader = _Reader()
    if piece:
        try:
            for _ in pieces_fed(reader.parser, _Joined(piece, stream)):
                pass
        except _Ended:
            pass
    return tuple(sorted(reader.found))


def _passed_over(piece, stream):
    """Reads on to the list of merged ranges; returns what was read from there on, nothing where there is none."""
    while True:
        if _WORD in piece and (found := _LIST.search(piece)):
            return piece[found.start() :]
        more = stream.read(PIECE)
        if not more:
            return b""
        piece = piece[-_KEPT:] + more


class _Joined:
    """A stream with what was already read of it put back in front."""

    def __init__(self, piece, stream):
        self._piece, self._stream = piece, stream

    def read(self, size):
        piece, self._piece = self._piece, b""
        return piece or self._stream.read(size)


class _Reader:
    def __init__(self):
        self.found = []
        self._filled = 0
        self._outline = Outline()
        self.parser = parser_made()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end

    def _start(self, tag, attributes):
        self._outline.start(tag, attributes)
        if tag.rpartition(":")[2] == "mergeCell":
            self._add(dict(zip(attributes[::2], attributes[1::2], strict=True)).get("ref", ""))

    def _end(self, tag):
        self._outline.depth -= 1
        if tag.rpartition(":")[2] == "mergeCells":
            raise _Ended

    def _add(self, reference):
        found = _RANGE.fullmatch(reference)
        if not found:
            raise book_damaged()
        left, top, right, bottom = found.groups()
        rows = sorted((int(top), int(bottom or top)))
        columns = sorted((COLUMNS[left], COLUMNS[right or left]))
        if not 1 <= rows[0] <= rows[1] <= LAST_ROW:
            raise book_damaged()
        self._filled += rows[1] - rows[0]
        self.found.append((rows[0], columns[0], rows[1], columns[1]))
        if len(self.found) > MOST_MERGES or self._filled > MOST_FILLED:
            raise FileRefused("too_big", "表格里合并的单元格太多。请取消合并、逐行填写，另存后再试。")


def rows_filled(rows, merges):
    """Passes rows on so that a merged cell's value stands in each row that it spans, in its first column.

    Rows that stand inside a merge but not in the file are added. What a file keeps under a merge is not shown by
    spreadsheet programs and left out. The `rows` are (number, values); their lists are changed.
    """
    filler = _Filler(merges)
    last = 0
    for number, values in rows:
        yield from filler.between(last + 1, number)
        last = max(last, number)
        if filler.filled(number, values):
            yield number, values
    yield from filler.between(last + 1, LAST_ROW + 1)


class _Filler:
    def __init__(self, merges):
        self._waiting = list(reversed(merges))
        self._open = []

    def between(self, first, end):
        """Rows from `first` to before `end`, which the file does not hold, as far as merges fill them."""
        for number in range(first, end):
            if not self._open:
                # No merge that begins in a row without cells has anything to fill down.
                return
            values = []
            if self.filled(number, values):
                yield number, values

    def filled(self, number, values):
        """Fills the values of a row in place. Rows come in ascending order. Returns whether the row holds anything."""
        self._open = [each for each in self._open if each[0] >= number]
        while self._waiting and self._waiting[-1][0] <= number:
            first, left, last, right = self._waiting.pop()
            value = values[left] if first == number and left < len(values) else None
            if last >= number:
                self._open.append((last, left, right, value))
        for _last, left, right, value in self._open:
            for covered in range(left, min(right + 1, len(values))):
                values[covered] = None
            if value is not None:
                values.extend([None] * (left + 1 - len(values)))
                values[left] = value
        return any(value is not None for value in values)
