"""Templates: made from the columns that read them, so that what they show is understood."""

import io

import pytest
from openpyxl import load_workbook

from applications.imports.kinds import KINDS
from applications.imports.reading import Reading
from applications.imports.source import source_open
from applications.imports.table import NOTES_SHEET
from applications.imports.template import template_write

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@pytest.fixture
def template(kind, tmp_path):
    path = tmp_path / "模板.xlsx"
    template_write(kind, path)
    return path


@EVERY_KIND
def test_the_example_is_one_good_row_and_the_notes_are_passed_over(kind, template):
    with source_open(template) as source:
        reading = Reading(kind, source)
        (row,) = reading.rows()
        assert row.faults == []
        assert reading.columns == kind.columns
        assert reading.absent == ()
        assert reading.notices == []
        assert reading.sheet_name == kind.title


@EVERY_KIND
def test_the_headings_are_those_of_the_columns_and_required_ones_stand_out(kind, template):
    sheet = load_workbook(template).worksheets[0]
    heads = sheet[1]
    assert [cell.value for cell in heads] == [column.heading for column in kind.columns]
    marked = {cell.value for cell in heads if cell.comment and cell.comment.text == "必填"}
    assert marked == {column.heading for column in kind.required}
    fills = {cell.value: cell.fill.fgColor.rgb for cell in heads}
    others = {column.heading for column in kind.columns} - marked
    assert {fills[name] for name in marked}.isdisjoint({fills[name] for name in others})
    assert sheet.freeze_panes == "A2"


@EVERY_KIND
def test_choices_are_drop_downs_as_long_as_a_spreadsheet_takes_them(kind, template):
    sheet = load_workbook(template).worksheets[0]
    lists = {
        str(found.sqref).split(":")[0]: found.formula1 for found in sheet.data_validations.dataValidation
    }
    for index, column in enumerate(kind.columns, start=1):
        place = f"{sheet.cell(row=2, column=index).coordinate}"
        if column.choices:
            assert lists[place] == f'"{",".join(column.choices)}"'
            assert len(lists[place]) <= 257
        else:
            assert place not in lists


def test_columns_of_codes_are_text_so_that_a_spreadsheet_keeps_all_digits():
    file = io.BytesIO()
    template_write(KINDS["monthly"], file)
    sheet = load_workbook(file).worksheets[0]
    for heading in ("统一社会信用代码", "监管方式", "商品编码"):
        cell = next(cell for cell in sheet[1] if cell.value == heading)
        assert sheet.column_dimensions[cell.column_letter].number_format == "@"
        assert sheet.cell(row=2, column=cell.column).number_format == "@"
    amount = next(cell for cell in sheet[1] if cell.value == "金额（元）")
    assert sheet.cell(row=2, column=amount.column).data_type == "n"


@EVERY_KIND
def test_the_second_sheet_says_what_goes_into_each_column(kind, template):
    book = load_workbook(template)
    notes = book[NOTES_SHEET]
    texts = [row for row in notes.iter_rows(values_only=True) if row[1] in ("必填", "选填")]
    assert [row[0] for row in texts] == [column.heading for column in kind.columns]
    assert [row[1] for row in texts] == ["必填" if column.required else "选填" for column in kind.columns]
    said = {row[0] for row in notes.iter_rows(values_only=True)}
    assert set(kind.notes) <= said


@EVERY_KIND
def test_nothing_in_a_template_is_a_formula(kind, template):
    for sheet in load_workbook(template):
        assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
