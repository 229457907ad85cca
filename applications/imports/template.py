"""The template of a kind: a sheet to fill in, made from the same table of columns that reads it, and a sheet of notes."""

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from applications.imports.sheets_out import (
    HEADING_FILL,
    REQUIRED_FILL,
    TITLE_FONT,
    WRAPPED,
    head_put,
    number_format,
    print_setup,
    value_put,
    widths_set,
)
from applications.imports.table import NOTES_SHEET

#: So many rows have drop-downs; a file may be longer.
ROWS_WITH_CHOICES = 5000
_NOTE_HEADINGS = (("列", 24), ("是否必填", 10), ("说明", 56), ("可选内容", 36), ("示例", 24))
_EXAMPLE = "请在第一张表里填写，一行一条；第二行是示例，填写前请删除。"
_PREFILLED = "请在第一张表里填写，一行一条；已经填好的内容请不要改。"
_GENERAL = (
    "列的顺序可以改变，不需要的选填列可以整列删除；标题请不要改。",
    "标题底色较深的列必须填写。",
)


def template_write(kind, target, rows=None):
    """Writes the template of a kind as xlsx to a path or a binary file.

    `rows` are filled in from the second row on: values in the order of the kind's columns, None for an empty cell. Without
    them the second row is the example.
    """
    book = Workbook()
    _form(book.active, kind, [[column.example for column in kind.columns]] if rows is None else rows)
    _notes(book.create_sheet(NOTES_SHEET), kind, _EXAMPLE if rows is None else _PREFILLED)
    book.save(target)


def _form(sheet, kind, rows):
    sheet.title = kind.title
    for index, column in enumerate(kind.columns, start=1):
        head = sheet.cell(row=1, column=index)
        head_put(head, column.heading, fill=REQUIRED_FILL if column.required else HEADING_FILL)
        if column.required:
            head.comment = Comment("必填", "模板", width=80, height=30)
        # What is typed below keeps the format: codes of eighteen characters stay as they are.
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].number_format = number_format(column.example)
        if column.choices:
            _drop_down(sheet, f"{letter}2:{letter}{ROWS_WITH_CHOICES}", column)
    for row, row_values in enumerate(rows, start=2):
        for index, value in enumerate(row_values, start=1):
            cell = sheet.cell(row=row, column=index)
            value_put(cell, value)
            cell.alignment = WRAPPED
    widths_set(sheet, [column.width for column in kind.columns])
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "A2"
    print_setup(sheet)


def _drop_down(sheet, cells, column):
    choices = DataValidation(
        type="list",
        formula1=f'"{",".join(column.choices)}"',
        allow_blank=not column.required,
        showErrorMessage=True,
        errorTitle=column.heading,
        error="请从列表中选择。",
    )
    choices.add(cells)
    sheet.add_data_validation(choices)


def _notes(sheet, kind, first):
    for row, sentence in enumerate((f"{kind.title}填写说明", first, *_GENERAL, *kind.notes), start=1):
        cell = sheet.cell(row=row, column=1)
        value_put(cell, sentence)
        if row == 1:
            cell.font = TITLE_FONT
    top = sheet.max_row + 2
    for index, (heading, _) in enumerate(_NOTE_HEADINGS, start=1):
        head_put(sheet.cell(row=top, column=index), heading)
    for row, column in enumerate(kind.columns, start=top + 1):
        words = (
            column.heading,
            "必填" if column.required else "选填",
            column.note,
            "、".join(column.choices),
            column.example,
        )
        for index, value in enumerate(words, start=1):
            cell = sheet.cell(row=row, column=index)
            value_put(cell, value)
            cell.alignment = WRAPPED
    widths_set(sheet, [width for _, width in _NOTE_HEADINGS])
    print_setup(sheet)
