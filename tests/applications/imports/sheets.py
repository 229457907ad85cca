"""A sheet of plain lists, as the source would hand it over, and what a reading makes of it."""

from decimal import Decimal
from types import SimpleNamespace

from applications.imports.kinds import KINDS
from applications.imports.reading import Reading
from tests.factories import credit_code

CODE = "统一社会信用代码"


class ListSheet:
    """Rows from row 1 on; an empty list is a row without any cell, which a source leaves out. `passes` are counted."""

    def __init__(self, rows, *, name="Sheet1", visible=True, merges=()):
        self.name, self.visible, self.merges = name, visible, tuple(merges)
        self.position, self.passes, self._rows = 0.0, 0, rows

    def rows(self):
        self.passes += 1
        for number, cells in enumerate(self._rows, start=1):
            self.position = number / len(self._rows)
            if cells:
                yield number, list(cells)


def reading_of(kind, *rows, merges=(), others=()):
    """A Reading of one sheet, and perhaps others behind it."""
    return reading_of_sheets(kind, ListSheet(rows, merges=merges), *others)


def reading_of_sheets(kind, *sheets):
    """A Reading of a workbook."""
    return Reading(KINDS[kind], SimpleNamespace(sheets=list(sheets)))


def values_of(reading):
    """The values of all rows, by field."""
    fields = [column.field for column in reading.columns]
    return [dict(zip(fields, row.values, strict=True)) for row in reading.rows()]


def faults_of(reading):
    """All faults as (row, column, code)."""
    return [(fault.row, fault.column, fault.code) for row in reading.rows() for fault in row.faults]


def warned(reading, code):
    """The columns of the warnings of one code."""
    return [notice.column for notice in reading.notices if notice.code == code]


def as_cell(value):
    """What a source hands over for something that was written into a spreadsheet."""
    return float(value) if isinstance(value, Decimal) else value


def wrong_digit(number):
    """A code whose last character is not the one that the others give."""
    code = credit_code(number)
    return code[:-1] + ("1" if code[-1] != "1" else "2")
