"""Merged cells: found at the end of a sheet's XML before its rows are read, then filled down as rows pass."""

import re
from typing import Any, NamedTuple

from applications.imports.limits import MOST_ROWS, book_damaged
from applications.imports.problems import FileRefused
from applications.imports.xlsx.markup import PIECE, Outline, parser_made, pieces_fed
from applications.imports.xlsx.rows import COLUMNS, LAST_ROW

#: Merged ranges of a sheet, and the cells that they fill; real tables have a few hundred.
MOST_MERGES = 200_000
MOST_FILLED = 20 * MOST_ROWS

_WORD = b"mergeCells"
_LIST = re.compile(rb"<(?:[^\s<>/:]+:)?mergeCells[\s/>]")
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

    A row with nothing of its own does not become one by a merge: tables whose lines are all two rows high must not
    count twice. What a file keeps under a merge is not shown by spreadsheet programs and left out. The `rows` are
    (number, values) in ascending order; their lists are changed.
    """
    waiting, spanning = list(reversed(merges)), []
    for number, values in rows:
        spanning = [span for span in spanning if span.last >= number]
        for span in spanning:
            _clear(values, span.left, span.right)
        while waiting and waiting[-1][0] <= number:
            first, left, last, right = waiting.pop()
            if last < number:
                continue
            # One that began in a row without any value has none itself.
            begins = first == number
            value = values[left] if begins and left < len(values) else None
            _clear(values, left + begins, right)
            spanning.append(_Span(last, left, right, value))
        if any(value is not None for value in values):
            for span in spanning:
                _fill(values, span)
            yield number, values


class _Span(NamedTuple):
    """A merged range that a pass has reached: its last row, its columns, its value."""

    last: int
    left: int
    right: int
    value: Any


def _clear(values, left, right):
    for column in range(left, min(right + 1, len(values))):
        values[column] = None


def _fill(values, span):
    if span.value is not None:
        values.extend([None] * (span.left + 1 - len(values)))
        values[span.left] = span.value
