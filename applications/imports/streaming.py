"""Workbooks of any length, written row by row: openpyxl makes the head, the look and all other parts, this the rows.

openpyxl's own streaming takes some hundred microseconds for a row; half a million rows have to be written while
somebody waits.
"""

import io
import re
import zipfile
from datetime import date
from xml.sax.saxutils import escape

from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import to_excel

from applications.workbooks import text_clean

_SHEET = "xl/worksheets/sheet1.xml"
_END = b"</sheetData>"
#: openpyxl says how large the sheet is before the rows are there; without it programs count for themselves.
_DIMENSION = re.compile(rb"<dimension [^>]*/>")
#: Rows that are handed to the archive together.
_TOGETHER = 500


def style_of(sheet, **look):
    """The number of a style in the sheet's workbook: of a cell with these attributes, such as fill or number_format."""
    cell = WriteOnlyCell(sheet)
    for name, value in look.items():
        setattr(cell, name, value)
    return cell.style_id


def book_stream(book, rows, target):
    """Writes a workbook to a path or binary file, its first sheet continued by `rows`; holds one row at a time.

    A row is an iterable of (value, style): a text, number or day, or None for an empty cell (with style 0 for no cell at
    all). Texts stay texts, whatever they begin with.
    """
    shell = io.BytesIO()
    sheet = book.worksheets[0]
    first = sheet.max_row + 1
    book.save(shell)
    with (
        zipfile.ZipFile(shell) as made,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive,
    ):
        for name in made.namelist():
            content = made.read(name)
            if name != _SHEET:
                archive.writestr(name, content)
                continue
            head, end, tail = _DIMENSION.sub(b"", content, count=1).partition(_END)
            with archive.open(name, "w", force_zip64=True) as part:
                part.write(head)
                for piece in _pieces(rows, first):
                    part.write(piece)
                part.write(end + tail)


def _pieces(rows, first):
    letters, lines = [], []
    for number, row in enumerate(rows, start=first):
        lines.append(f'<row r="{number}">{"".join(_cells(number, row, letters))}</row>')
        if len(lines) == _TOGETHER:
            yield "".join(lines).encode()
            lines.clear()
    yield "".join(lines).encode()


def _cells(number, row, letters):
    for index, (value, style) in enumerate(row):
        if index == len(letters):
            letters.append(get_column_letter(index + 1))
        if value is not None or style:
            yield _cell(f"{letters[index]}{number}", value, style)


def _cell(place, value, style):
    if value is None:
        return f'<c r="{place}" s="{style}"/>'
    if isinstance(value, str):
        text = escape(text_clean(value))
        return f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    number = to_excel(value) if isinstance(value, date) else value
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'
