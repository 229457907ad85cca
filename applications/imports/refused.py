"""The rows of a file that were refused, or all of them, as a spreadsheet: each bad cell marked, beside the row what is wrong."""

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from openpyxl import Workbook

from applications.imports.reading import Reading
from applications.imports.sheets_out import BAD_FILL, WRAPPED, head_put, print_setup, widths_set
from applications.imports.source import source_open
from applications.imports.streaming import book_stream, style_of
from applications.imports.table import PROBLEM_HEADING, ROW_HEADING
from applications.workbooks import TEXT_FORMAT

#: Steps of the bar while the file is read.
STEPS = 1000
_WIDTHS = (8, 48)


def refused_write(kind, path, faults, target, progress=None, *, every=False):
    """Reads the file at `path` once more and writes the rows that have faults as xlsx to `target`, a path or binary file.

    `faults` come in the order of rows. `every` keeps the rows without faults too, for a file that is taken as a whole. The columns are those of the file under the template's headings with the file's
    units, and the cells what the file shows, so that a corrected sheet can be uploaded as it is. Rows are passed on one
    by one: neither they nor the faults are held.
    """
    book = Workbook()
    with source_open(path) as source:
        reading = Reading(kind, source)
        styles = _head(book.active, reading, "标出错误的表" if every else "未通过的行")
        book_stream(book, _rows(styles, reading, faults, progress, every), target)


@dataclass(frozen=True)
class _Styles:
    """Numbers of the styles of cells."""

    plain: int
    bad: int
    number: int


def _head(sheet, reading, title):
    """Prepares the sheet; returns the styles of what is to come."""
    sheet.title = title
    headings = [ROW_HEADING, PROBLEM_HEADING, *(_heading(column, reading) for column in reading.columns)]
    for index, text in enumerate(headings, start=1):
        head_put(sheet.cell(row=1, column=index), text)
    widths_set(sheet, [*_WIDTHS, *(column.width for column in reading.columns)])
    sheet.freeze_panes = "C2"
    print_setup(sheet)
    text = {"alignment": WRAPPED, "number_format": TEXT_FORMAT}
    return _Styles(
        plain=style_of(sheet, **text),
        bad=style_of(sheet, fill=BAD_FILL, **text),
        number=style_of(sheet, alignment=WRAPPED),
    )


def _heading(column, reading):
    """The template's heading in the file's unit: what is shown below it is read as it was."""
    unit = reading.units.get(column.field)
    if not unit or unit == column.unit:
        return column.heading
    bare = column.heading.removesuffix(f"（{column.unit}）")
    return f"{bare}（{unit}）"


def _rows(styles, reading, faults, progress, every):
    """The refused rows, or all, as cells."""
    problems = _by_row(faults)
    number, found = next(problems)
    for row in reading.rows():
        if row.number == number:
            yield _cells(styles, reading.columns, row, found)
            number, found = next(problems)
        elif every:
            yield _cells(styles, reading.columns, row, ())
        if progress:
            progress.step(int(reading.position * STEPS))
        if number is None and not every:
            return


def _by_row(faults):
    for number, found in groupby(faults, key=attrgetter("row")):
        yield number, list(found)
    yield None, ()


def _cells(styles, columns, row, faults):
    bad = {fault.column for fault in faults}
    yield row.number, styles.number
    yield "\n".join(fault.message for fault in faults), styles.plain
    for column, shown in zip(columns, row.cells, strict=True):
        yield shown or None, styles.bad if column.heading in bad else styles.plain
