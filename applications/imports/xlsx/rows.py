"""One pass over a sheet's XML: rows with the values of their cells, while the file is still being unpacked."""

import datetime
import math

from applications.imports.cells import CellError
from applications.imports.limits import LONGEST_TEXT, MOST_COLUMNS, book_damaged
from applications.imports.xlsx.markup import DEEPEST, Outline, parser_made, pieces_fed, prefix_read
from applications.imports.xlsx.strings import unescaped

#: Rows that a spreadsheet program can show.
LAST_ROW = 1_048_576
#: Digits of a whole number that is read as such; longer ones have lost their last digits anyhow.
_DIGITS = 18


def rows_read(stream, strings, formats):
    """Yields (bytes read so far, rows) for each piece of the stream; a row is (number, list of values from column A).

    `strings` gives texts by index as text, `formats` what to make of numbers by style. Rows without any value are
    left out, and so are empty cells at a row's end. Raises FileRefused.
    """
    reader = _Reader(strings, formats)
    for fed in pieces_fed(reader.parser, stream):
        rows = reader.taken()
        if rows:
            yield fed, rows
    if rows := reader.taken():
        yield fed, rows


class _Columns(dict):
    """Column numbers from 0 by their letters, worked out once each."""

    def __missing__(self, letters):
        number = 0
        for letter in letters:
            if not "A" <= letter <= "Z":
                raise book_damaged()
            number = number * 26 + ord(letter) - 64
        if not 1 <= number <= MOST_COLUMNS:
            raise book_damaged()
        self[letters] = number - 1
        return number - 1


COLUMNS = _Columns()


class _Reader:
    """The handlers. Those for rows and cells are called some millions of times: they ask for the likely first."""

    def __init__(self, strings, formats):
        self._strings, self._formats = strings, formats
        self._outline = Outline()
        self._rows, self._number, self._values = [], 0, None
        self._column, self._cell, self._depth = -1, None, 0
        self._text, self._texts, self._runs = None, [], []
        self._formula = self._hint = False
        self.parser = parser_made()
        self.parser.StartElementHandler = self._root

    def taken(self):
        """The rows finished since the last call. Refuses a text that has become too long."""
        if sum(map(len, self._texts)) + sum(map(len, self._runs)) > LONGEST_TEXT * 2:
            raise book_damaged()
        rows, self._rows = self._rows, []
        return rows

    # Outside of the cells

    def _root(self, tag, attributes):
        prefix = prefix_read(tag, attributes, "worksheet")
        names = ("sheetData", "row", "c", "v", "f", "t", "rPh")
        self._data, self._row, self._c, self._v, self._f, self._t, self._phonetic = (
            prefix + name for name in names
        )
        self.parser.StartElementHandler = self._start_other
        self.parser.EndElementHandler = self._outline.end

    def _start_other(self, tag, attributes):
        self._outline.start(tag, attributes)
        if tag == self._data:
            self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
            self.parser.CharacterDataHandler = self._texts.append

    def _end_data(self):
        self._outline.depth -= 1
        self._texts.clear()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start_other, self._outline.end
        self.parser.CharacterDataHandler = None

    # Rows and cells

    def _start(self, tag, attributes):
        self._depth += 1
        if tag == self._v:
            self._texts.clear()
        elif tag == self._c:
            if self._values is None or self._depth != 2:
                raise book_damaged()
            self._cell, self._text, self._formula = attributes, None, False
        elif tag == self._row:
            self._start_row(attributes)
        elif tag == self._f:
            self._formula = True
        elif tag == self._t:
            self._texts.clear()
        else:
            self._outline.start(tag, attributes)
            self._outline.depth -= 1
            self._hint = self._hint or tag == self._phonetic
        if self._depth > DEEPEST:
            raise book_damaged()

    def _end(self, tag):
        self._depth -= 1
        if tag == self._v:
            self._text = "".join(self._texts)
        elif tag == self._c:
            self._end_cell()
        elif tag == self._row:
            if self._values:
                self._rows.append((self._number, self._values))
            self._values = None
            self._texts.clear()
        elif tag == self._f:
            self._texts.clear()
        elif tag == self._t:
            if not self._hint:
                self._runs.append("".join(self._texts))
        elif tag == self._phonetic:
            self._hint = False
        elif tag == self._data:
            self._end_data()

    def _start_row(self, attributes):
        if self._depth != 1:
            raise book_damaged()
        found = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self._number = int(found["r"]) if "r" in found else self._number + 1
        if not 1 <= self._number <= LAST_ROW:
            raise book_damaged()
        self._values, self._column = [], -1

    def _end_cell(self):
        kind = style = None
        column = self._column + 1
        found = iter(self._cell)
        for name in found:
            if name == "r":
                column = COLUMNS[next(found).rstrip("0123456789")]
            elif name == "s":
                style = next(found)
            elif name == "t":
                kind = next(found)
            else:
                self._outline.start(name, ())
                self._outline.depth -= 1
                next(found)
        self._column = column
        text = self._text
        if kind == "s":
            value = self._strings[text] or None if text else None
        elif kind is None and text:
            value = self._numeric(text, style)
        else:
            value = self._other(kind, text, style)
        if value is None:
            return
        values = self._values
        missing = column - len(values)
        if missing < 0:
            values[column] = value
            return
        if missing:
            values.extend([None] * missing)
        values.append(value)

    # Values

    def _numeric(self, text, style):
        number = int(text) if text.isdigit() and len(text) <= _DIGITS else float(text)
        if not -math.inf < number < math.inf:
            return CellError("#NUM!")
        shape = self._formats.get(style)
        return shape(number) if shape else number

    def _other(self, kind, text, style):
        """The value of a cell that is neither a plain number nor a shared string; None where it is empty."""
        if kind == "inlineStr":
            text = "".join(self._runs) if self._runs else text
            self._runs.clear()
            return unescaped(text) or None if text else None
        if not text:
            return CellError("") if self._formula and kind != "str" else None
        if kind == "str":
            return unescaped(text)
        if kind == "n":
            return self._numeric(text, style)
        if kind == "b":
            return _truth(text.strip())
        if kind == "e":
            return CellError(text)
        if kind == "d":
            return _moment(text.strip())
        raise book_damaged()


def _truth(text):
    if text in ("1", "true"):
        return True
    if text in ("0", "false"):
        return False
    raise book_damaged()


def _moment(text):
    """Date, date with time, or time of day of a cell that holds it as ISO 8601; what is none stays text."""
    try:
        if ":" in text and "-" not in text:
            return datetime.time.fromisoformat(text).replace(tzinfo=None)
        found = datetime.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return text
    return found if found.time() != datetime.time() else found.date()
