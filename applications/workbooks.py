"""Cells of spreadsheets that go out: text stays text, and nothing that anybody typed can become a formula."""

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_FORMAT = "@"


def text_put(cell, text):
    """Puts a text into a cell, whatever it begins with, without control characters; a spreadsheet program keeps it text."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
