"""The report as a spreadsheet: the tables of the page, each on a sheet of its own."""

import io

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from applications.imports.sheets_out import TITLE_FONT, WRAPPED, head_put, print_setup, value_put, widths_set
from applications.workbooks import text_put

from .columns import DEPARTMENT_COLUMNS, NOTES, OFFICE_COLUMNS, PERSON_COLUMNS

_FORMATS = {"count": "0", "days": "0", "average": "0.0", "money": "#,##0.00"}
#: Characters.
_WIDTHS = {"text": 24, "count": 13, "days": 11, "average": 11, "money": 20}
_HEAD = 2


def report_file(report):
    """The bytes of the workbook."""
    book = Workbook()
    tables = (
        ("各单位", OFFICE_COLUMNS, report.offices, report.total),
        ("审核人员", PERSON_COLUMNS, report.people, None),
        ("服务事项", DEPARTMENT_COLUMNS, report.departments, report.departments_total),
    )
    book.remove(book.active)
    for title, columns, rows, total in tables:
        _sheet(book.create_sheet(title), report.week, columns, [*rows, total] if rows and total else rows)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(sheet, week, columns, rows):
    """Title, headings, rows, notes; texts stay texts, and there is no formula."""
    unfinished = "" if week.is_over else "，未完"
    text_put(
        sheet.cell(row=1, column=1),
        f"工作周报　{week.title}（{week.monday} 至 {week.sunday}{unfinished}）　{sheet.title}",
    )
    sheet["A1"].font = TITLE_FONT
    for index, column in enumerate(columns, start=1):
        head_put(sheet.cell(row=_HEAD, column=index), column.heading(week))
    for number, row in enumerate(rows, start=_HEAD + 1):
        for index, column in enumerate(columns, start=1):
            cell = sheet.cell(row=number, column=index)
            value_put(cell, column.take(row))
            if column.kind != "text":
                cell.number_format = _FORMATS[column.kind]
    _notes(sheet, _HEAD + len(rows) + 2, len(columns))
    widths_set(sheet, [_WIDTHS[column.kind] for column in columns])
    sheet.freeze_panes = sheet.cell(row=_HEAD + 1, column=2)
    print_setup(sheet)
    sheet.print_title_rows = f"1:{_HEAD}"


def _notes(sheet, row, width):
    for number, note in enumerate(NOTES, start=row):
        text_put(sheet.cell(row=number, column=1), note)
        sheet.cell(row=number, column=1).alignment = WRAPPED
        sheet.merge_cells(f"A{number}:{get_column_letter(width)}{number}")
        sheet.row_dimensions[number].height = 32
