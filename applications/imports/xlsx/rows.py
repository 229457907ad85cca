"""One pass over a sheet's XML: rows with the values of their cells, while the file is still being unpacked."""

import datetime
import math

from applications.imports.cells import CellError
from applications.imports.limits import LONGEST_TEXT, MOST_COLUMNS, book_damaged
from applications.imports.xlsx.markup import Outline, parser_made, pieces_fed, prefix_read
from applications.imports.xlsx.strings import unescaped

#: Rows that a spreadsheet program can show.
LAST_ROW = 1_048_576
_LETTERS, _NUMERALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
#: Attributes that most cells have at most; the names of others are watched.
_EXPECTED = 3
#: Digits of a whole number that is read as such; longer ones have lost their last digits anyhow.
_DIGITS = 18


def rows_read(stream, strings, formats):
    """Yields (bytes read so far, rows) for each piece of the stream; a row is (number, list of values from column A).

    `strings` gives texts by index as text, `formats` what to make of numbers by style. Rows without any value are
    left out, and so are empty cells at a row's end. Raises FileRefused.
    """
    reader = _Reader(strings, formats)
    for fed in pieces_fed(reader.parser, stream):
        yield fed, reader.taken()


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
    """The handlers. Those for rows and cells are called some millions of times: they ask for the likely first, and
    refuse elements within themselves instead of counting depths."""

    def __init__(self, strings, formats):
        self._strings, self._formats = strings, formats
        self._outline = Outline()
        self._rows, self._number, self._values, self._numbered = [], 0, None, True
        self._seen = 0
        self._column, self._cell, self._formula = -1, None, False
        self._text, self._texts, self._open = None, [], False
        self._runs, self._inline, self._hint = [], False, False
        self.parser = parser_made()
        self.parser.StartElementHandler = self._root

    def taken(self):
        """The rows finished since the last call. Refuses a text that has become too long."""
        if sum(map(len, self._texts)) + sum(map(len, self._runs)) > LONGEST_TEXT * 2:
            raise book_damaged()
        rows, self._rows = self._rows, []
        return rows

    # Outside of the rows

    def _root(self, tag, attributes):
        prefix = prefix_read(tag, attributes, "worksheet")
        names = ("sheetData", "row", "c", "v", "f", "is", "t", "rPh")
        self._data_tag, self._row_tag, self._c_tag, self._v_tag, *others = [prefix + name for name in names]
        self._f_tag, self._is_tag, self._t_tag, self._hint_tag = others
        self.parser.StartElementHandler = self._start_other
        self.parser.EndElementHandler = self._outline.end

    def _start_other(self, tag, attributes):
        self._outline.start(tag, attributes)
        if tag == self._data_tag:
            self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
            self.parser.CharacterDataHandler = self._texts.append

    # Rows and cells

    def _start(self, tag, attributes):
        if tag == self._c_tag:
            if self._values is None:
                self._start_unnumbered(attributes)
            if self._cell is not None:
                raise book_damaged()
            self._cell, self._text, self._formula = attributes, None, False
        elif tag == self._v_tag or tag == self._t_tag:
            if self._open:
                raise book_damaged()
            self._open = True
            self._texts.clear()
            if attributes:
                self._outline.watch(attributes)
        elif tag == self._row_tag:
            self._start_row(attributes)
        elif tag == self._is_tag:
            if self._inline:
                raise book_damaged()
            self._inline = True
            self._runs.clear()
            if attributes:
                self._outline.watch(attributes)
        elif tag == self._f_tag:
            if self._formula:
                raise book_damaged()
            self._formula = True
            self._outline.watch(attributes)
        else:
            self._outline.start(tag, attributes)
            self._hint = self._hint or tag == self._hint_tag

    def _end(self, tag):
        if tag == self._v_tag:
            self._open = False
            self._text = "".join(self._texts)
        elif tag == self._c_tag:
            self._end_cell()
            self._cell = None
        elif tag == self._t_tag:
            self._open = False
            if not self._hint:
                self._runs.append("".join(self._texts))
        elif tag == self._is_tag:
            self._inline = False
        elif tag == self._row_tag:
            self._end_row()
        elif tag != self._f_tag:
            self._end_other(tag)

    def _end_other(self, tag):
        self._outline.end(tag)
        if tag == self._hint_tag:
            self._hint = False
        elif tag == self._data_tag:
            self._texts.clear()
            self.parser.StartElementHandler, self.parser.EndElementHandler = (
                self._start_other,
                self._outline.end,
            )
            self.parser.CharacterDataHandler = None

    def _start_row(self, attributes):
        self._seen += 1
        if self._values is not None or not self._numbered or self._seen > LAST_ROW:
            raise book_damaged()
        self._outline.watch(attributes)
        found = dict(zip(attributes[::2], attributes[1::2], strict=True))
        self._numbered = "r" in found
        if self._numbered:
            self._begin(int(found["r"]))

    def _start_unnumbered(self, attributes):
        """A row that does not tell its number has that of its first cell, or else comes after the one before it."""
        if self._numbered:
            raise book_damaged()
        found = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("r")
        self._begin(int(found.lstrip(_LETTERS)) if found else self._number + 1)

    def _begin(self, number):
        if not 1 <= number <= LAST_ROW:
            raise book_damaged()
        self._number, self._values, self._column = number, [], -1

    def _end_row(self):
        if self._values:
            self._rows.append((self._number, self._values))
        elif self._values is None:
            self._number += 1
        self._values, self._numbered = None, True
        self._texts.clear()

    def _end_cell(self):
        cell, text = self._cell, self._text
        style = kind = None
        if len(cell) == 4 and cell[0] == "r" and cell[2] == "t":
            _, reference, _, kind = cell
        elif len(cell) == 4 and cell[0] == "r" and cell[2] == "s":
            _, reference, _, style = cell
        elif len(cell) == 6 and cell[0] == "r" and cell[2] == "s" and cell[4] == "t":
            _, reference, _, style, _, kind = cell
        else:
            reference, style, kind = self._attributes(cell)
        column = COLUMNS[reference.rstrip(_NUMERALS)] if reference else self._next_column()
        self._column = column
        if not text:
            value = self._without_text(kind)
        elif kind == "s":
            value = self._strings[text] or None
        elif kind is None or kind == "n":
            value = self._numeric(text, style)
        else:
            value = self._other(kind, text)
        if value is None:
            return
        values = self._values
        if column > len(values):
            values.extend([None] * (column - len(values)))
        if column == len(values):
            values.append(value)
        else:
            values[column] = value

    def _next_column(self):
        if self._column + 1 >= MOST_COLUMNS:
            raise book_damaged()
        return self._column + 1

    def _attributes(self, cell):
        found = dict(zip(cell[::2], cell[1::2], strict=True))
        if len(found) > _EXPECTED:
            self._outline.watch(cell)
        return found.get("r"), found.get("s"), found.get("t")

    # Values

    def _numeric(self, text, style):
        number = int(text) if text.isdigit() and len(text) <= _DIGITS else float(text)
        if not -math.inf < number < math.inf:
            return CellError("#NUM!")
        shape = self._formats.get(style)
        return shape(number) if shape else number

    def _without_text(self, kind):
        """An inline text, or nothing. A formula whose value was never computed has no <v>, or an empty one that is
        not declared as text. What was gathered is that formula or white space."""
        self._texts.clear()
        if kind == "inlineStr":
            text = unescaped("".join(self._runs))
            self._runs.clear()
            return text or None
        return CellError("") if self._formula and (kind != "str" or self._text is None) else None

    def _other(self, kind, text):
        """The value of a cell that is neither a number nor a shared string."""
        if kind == "str" or kind == "inlineStr":
            return unescaped(text)
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
