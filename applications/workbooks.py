"""Cells of spreadsheets that go out: text stays text, and nothing that anybody typed can become a formula."""

import re

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_FORMAT = "@"
#: What no XML holds, and so no workbook: control characters, halves of pairs, and two that are no characters. openpyxl
#: takes out the first alone, and a program that opens the file with one of the others calls it damaged.
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def text_clean(text):
    """A text that may stand in a workbook: without what would make the file unreadable."""
    return _NOT_IN_XML.sub("", text)


def text_put(cell, text):
    """Puts a text into a cell, whatever it begins with, without control characters; a spreadsheet program keeps it text."""
    cell.value = text_clean(text)
    cell.data_type = "s"
    cell.number_format = TEXT_FORMAT
