"""Cells of sheets: their look, and how a value stands in them."""

from datetime import datetime

from django.utils import timezone
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from applications.workbooks import text_clean
from review.sheets.columns import COUNT, DATE, MONEY, TEXT, WAN

#: A spreadsheet program holds no longer text in one cell.
_LONGEST = 32767
_FONT = "宋体"
SIZE = 10
_THIN = Side(style="thin")
BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
HEAD_FILL = PatternFill("solid", fgColor="EEF2F3")


class Cell(SheetCell):
    """A cell whose style and place are known beforehand; written, it is filled again for the next row."""

    __slots__ = ("letter", "number")

    has_style = True

    @property
    def style_id(self):
        """The number of its style in the workbook."""
        return self.number

    @property
    def coordinate(self):
        """Where it stands, as in B7."""
        return f"{self.letter}{self.row}"

    def put(self, value, data_type):
        """Fills it without guessing what the value might be."""
        self._value, self.data_type = value, data_type

    def fill_in(self, kind, value):
        """Fills it with a value of this Kind."""
        self.put(*shown(kind, value))


def cell_new(sheet, column, kind=TEXT, *, size=SIZE, bold=False, border=BORDER, align="", fill=None):
    """An empty cell of a column (from 1), in a style of its own."""
    cell = Cell(sheet, column=column)
    form, usual = kind.value
    cell.font = Font(name=_FONT, size=size, bold=bold)
    cell.alignment = Alignment(horizontal=align or usual, vertical="center", wrap_text=True)
    cell.number_format = form
    if border:
        cell.border = border
    if fill:
        cell.fill = fill
    cell.letter = get_column_letter(column)
    cell.number = super(Cell, cell).style_id
    return cell


def shown(kind, value):
    """(value, type) of a value of this Kind as openpyxl takes a cell."""
    if value is None or value == "":
        return None, "n"
    if kind is MONEY or kind is COUNT:
        return value, "n"
    if kind is WAN:
        return value.scaleb(-4), "n"
    if kind is DATE:
        return timezone.localtime(value).date() if isinstance(value, datetime) else value, "d"
    return _text(value), "s"


def _text(value):
    """A text that may stand in a cell: without control characters, and no longer than a cell can hold."""
    return text_clean(value)[:_LONGEST]
