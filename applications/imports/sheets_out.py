"""The look of the spreadsheets that imports hand out: headings, column widths, and cells by what they hold."""

from datetime import date
from decimal import Decimal

from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from applications.workbooks import TEXT_FORMAT, text_put

HEADING_FONT, TITLE_FONT = Font(bold=True), Font(bold=True, size=14)
HEADING_FILL = PatternFill("solid", fgColor="E7EEF0")
REQUIRED_FILL = PatternFill("solid", fgColor="FBE7B4")
BAD_FILL = PatternFill("solid", fgColor="F7C9C1")
WRAPPED = Alignment(vertical="top", wrap_text=True)
MIDDLE = Alignment(vertical="center", wrap_text=True)


def number_format(value):
    """How a spreadsheet program shows a value of this type, and all that is typed below it."""
    if isinstance(value, Decimal):
        return "#,##0.00##"
    if isinstance(value, date):
        return "yyyy-mm-dd"
    return "0" if isinstance(value, int) else TEXT_FORMAT


def value_put(cell, value):
    """Puts a text, number or day into a cell; nothing leaves the cell empty."""
    if isinstance(value, str):
        text_put(cell, value)
    elif value is not None:
        cell.value = value
        cell.number_format = number_format(value)


def head_cell(sheet, text, *, fill=HEADING_FILL):
    """A heading for a sheet that openpyxl writes row by row."""
    cell = WriteOnlyCell(sheet)
    head_put(cell, text, fill=fill)
    return cell


def head_put(cell, text, *, fill=HEADING_FILL):
    """Makes a cell a heading."""
    text_put(cell, text)
    cell.font, cell.fill, cell.alignment = HEADING_FONT, fill, MIDDLE


def widths_set(sheet, widths):
    """Widths of the columns from the first on, in characters."""
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width


def print_setup(sheet):
    """A4 across, one page wide, the first row on every page."""
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
