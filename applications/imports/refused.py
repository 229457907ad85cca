"""The rows of a file that were refused, as a spreadsheet: each bad cell marked, and beside the row what is wrong with it."""

from itertools import groupby
from operator import attrgetter

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from applications.imports.reading import Reading
from applications.imports.sheets_out import BAD_FILL, WRAPPED, head_cell, print_setup, widths_set
from applications.imports.source import source_open
from applications.imports.table import PROBLEM_HEADING, ROW_HEADING
from applications.workbooks import text_put

_WIDTHS = (8, 48)


def refused_write(kind, path, faults, target, progress=None):
    """Reads the file at `path` once more and writes the rows that have faults as xlsx to `target`, a path or binary file.

    `faults` come in the order of rows. The columns are those of the file under the template's headings with the file's
    units, and the cells what the file shows, so that a corrected sheet can be uploaded as it is. Rows are passed on one
    by one: neither they nor the faults are held.
    """
    problems = _by_row(faults)
    number, found = next(problems)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("未通过的行")
    with source_open(path) as source:
        reading = Reading(kind, source)
        _head(sheet, reading)
        for row in reading.rows():
            if row.number == number:
                sheet.append(_row(sheet, reading.columns, row, found))
                number, found = next(problems)
            if progress:
                progress.step(int(reading.position * 1000))
    book.save(target)


def _by_row(faults):
    for number, found in groupby(faults, key=attrgetter("row")):
        yield number, list(found)
    yield None, ()


def _head(sheet, reading):
    widths_set(sheet, [*_WIDTHS, *(column.width for column in reading.columns)])
    sheet.freeze_panes = "C2"
    print_setup(sheet)
    own = [head_cell(sheet, text) for text in (ROW_HEADING, PROBLEM_HEADING)]
    sheet.append([*own, *(head_cell(sheet, _heading(column, reading)) for column in reading.columns)])


def _heading(column, reading):
    """The template's heading in the file's unit: what is shown below it is read as it was."""
    unit = reading.units.get(column.field)
    if not unit or unit == column.unit:
        return column.heading
    bare = column.heading.removesuffix(f"（{column.unit}）")
    return f"{bare}（{unit}）"


def _row(sheet, columns, row, faults):
    bad = {fault.column for fault in faults}
    number = WriteOnlyCell(sheet, value=row.number)
    number.alignment = WRAPPED
    yield number
    yield _text(sheet, "\n".join(fault.message for fault in faults))
    for column, shown in zip(columns, row.cells, strict=True):
        cell = _text(sheet, shown)
        if column.heading in bad:
            cell.fill = BAD_FILL
        yield cell


def _text(sheet, text):
    cell = WriteOnlyCell(sheet)
    text_put(cell, text)
    cell.alignment = WRAPPED
    return cell
