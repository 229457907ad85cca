"""One kit for every sheet that finance prints: heading, table, 合计, 大写, signatures, across the page.

Rows are streamed through openpyxl's write-only mode: a row is written and forgotten, so that the length of a sheet costs
time and no memory. Text stays text whatever it begins with, numbers are numbers, sums are computed here in Decimal and
written as numbers: no cell is a formula, and nothing that anybody typed can become one.

`columns` says what describes a sheet, `page` how it lies on paper, `writing` writes it, `cells` and `heights` help it.
"""

import io

from openpyxl import Workbook

from review.sheets.columns import (
    CENTRED,
    COUNT,
    DATE,
    DATE_TO_SIGN,
    MONEY,
    MONEY_FORMAT,
    SIGNATURES,
    TEXT,
    WAN,
    Column,
    Heading,
)
from review.sheets.writing import Writer

__all__ = [
    "CENTRED",
    "COUNT",
    "DATE",
    "DATE_TO_SIGN",
    "MONEY",
    "MONEY_FORMAT",
    "SIGNATURES",
    "TEXT",
    "WAN",
    "Column",
    "Heading",
    "book_bytes",
    "book_new",
    "book_save",
    "sheet_add",
]


def book_new(creator=""):
    """A workbook without sheets; `creator` is the office that it names as its author."""
    book = Workbook(write_only=True)
    book.properties.creator = creator
    return book


def book_save(book, path):
    """Writes the workbook to a path or a binary file. A workbook can be written once."""
    book.save(path)


def book_bytes(book):
    """The workbook as bytes of an xlsx. It can be written once."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_add(book, name, heading, columns, rows, *, total=None, words=None):
    """Adds a sheet of any number of rows; `rows` may be a generator. Returns the sums as {column title: Decimal or int}.

    `total` names the columns (by title) that 合计 adds up, by default every MONEY and WAN column; () leaves 合计 out.
    `words` names the MONEY or WAN column whose sum is also given in 大写. Each row is as high as its longest text needs.
    Sums of WAN columns are given in yuan.
    """
    if total is None:
        total = [column.title for column in columns if column.kind in (MONEY, WAN)]
    writer = Writer(book.create_sheet(name), heading, columns)
    try:
        writer.top()
        sums = writer.table(rows, set(total) | ({words} if words else set()))
        writer.bottom(sums, total, words)
    except BaseException:
        _drop(book)
        raise
    return sums


def _drop(book):
    """Forgets a workbook that will not be written: what there is of it lies in temporary files until then."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
        sheet._writer.cleanup()
