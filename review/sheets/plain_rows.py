"""Rows of a long sheet as text of the format: openpyxl builds an element for every cell, which takes most of the time."""

from xml.sax.saxutils import escape

from openpyxl import LXML
from openpyxl.utils.datetime import to_excel


def plain_rows_take(sheet):
    """Lets a write-only sheet of which the head is written take rows from `plain_row`, between ordinary ones as well.

    Returns whether it does: what openpyxl writes through takes no text where lxml is installed.
    """
    writer = sheet._writer
    usual = writer.write_row

    def write_row(target, row, number):
        if isinstance(row[0], str):
            target._file(row[0])
        else:
            usual(target, row, number)

    writer.write_row = write_row
    return not LXML


def plain_row(number, cells, height):
    """A row of a height in points as `append` takes it; `cells` are (column letter, style, value, type of openpyxl: n, d or s)
    of each cell."""
    parts = [
        _cell(f'<c r="{letter}{number}" s="{style}"', value, kind) for letter, style, value, kind in cells
    ]
    return (f'<row r="{number}" ht="{height}" customHeight="1">{"".join(parts)}</row>',)


def _cell(begun, value, kind):
    if kind == "s":
        text = escape(value)
        content = f'><is><t xml:space="preserve">{text}</t></is></c>' if text else "/>"
        return f'{begun} t="inlineStr"{content}'
    if value is None:
        return f'{begun} t="n"/>'
    return f'{begun} t="n"><v>{to_excel(value) if kind == "d" else value}</v></c>'
