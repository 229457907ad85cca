"""The spreadsheet of refused rows: every bad cell marked, every fault said, and ready to be corrected and read again."""

import io

import pytest
from openpyxl import load_workbook

from applications.imports.kinds import KINDS
from applications.imports.problems import Fault
from applications.imports.reading import Reading
from applications.imports.refused import refused_write
from applications.imports.source import source_open
from applications.imports.table import PROBLEM_HEADING, ROW_HEADING
from tests.applications.imports.messy.books import book
from tests.factories import credit_code

FIGURES = KINDS["figures"]
GOOD, BAD = credit_code(1), credit_code(2)
ROWS = [
    ["示例市 2022 年进出口统计"],
    ["单位：万元"],
    ["信用代码", "单位名称", "年份", "进口总额", "出口额（元）", "出口额(万美元)", "备注"],
    [GOOD, "示例甲公司", 2022, 100, "2000", 3, "x"],
    [BAD, "'=1+1", "二零二二", "1.2.3", "-5", 3, "x"],
    ["合计", None, None, 100, None, None, None],
    [GOOD[:17], "示例丙公司", None, 7, "8", "-", "x"],
]


def faults_of(path):
    with source_open(path) as source:
        return [fault for row in Reading(FIGURES, source).rows() for fault in row.faults]


@pytest.fixture
def uploaded(tmp_path):
    path = tmp_path / "上传.xlsx"
    path.write_bytes(book(ROWS))
    return path


@pytest.fixture
def refused(uploaded, tmp_path):
    path = tmp_path / "未通过.xlsx"
    refused_write(FIGURES, uploaded, faults_of(uploaded), path)
    return path


def rows_of(path):
    return list(load_workbook(path).active.iter_rows())


def test_only_refused_rows_are_there_with_their_numbers_and_what_is_wrong(refused):
    head, *rows = [[cell.value for cell in row] for row in rows_of(refused)]
    assert head[:2] == [ROW_HEADING, PROBLEM_HEADING]
    assert [row[0] for row in rows] == [5, 7]
    assert "第5行“年度”" in rows[0][1]
    assert "第5行“进口额”" in rows[0][1]
    assert "第5行“出口额”" in rows[0][1]
    assert "第7行“统一社会信用代码”" in rows[1][1]


def test_cells_are_what_the_file_shows_below_headings_with_the_files_units(refused):
    head, *rows = [[cell.value for cell in row] for row in rows_of(refused)]
    assert head[2:] == [
        "统一社会信用代码",
        "企业名称",
        "年度",
        "进口额（万元）",
        "出口额",
        "出口额（万美元）",
    ]
    assert rows[0][2:] == [BAD, "'=1+1", "二零二二", "1.2.3", "-5", "3"]


def test_bad_cells_are_marked_and_no_others(refused):
    head, *rows = rows_of(refused)
    marked = [{head[cell.column - 1].value for cell in row if cell.fill.fill_type == "solid"} for row in rows]
    assert marked == [{"年度", "进口额（万元）", "出口额"}, {"统一社会信用代码", "年度"}]


def test_nothing_in_it_can_run(tmp_path):
    path, target = tmp_path / "上传.csv", io.BytesIO()
    path.write_text(f"统一社会信用代码,企业名称,年度\n{BAD},=1+1,@SUM(1)\n{BAD},+1,-1\n", encoding="utf-8")
    refused_write(FIGURES, path, faults_of(path), target)
    sheet = load_workbook(target).active
    assert [cell.value for cell in sheet["D"]] == ["企业名称", "=1+1", "+1"]
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}


def test_read_again_uncorrected_it_is_refused_for_the_same_reasons(uploaded, refused):
    before = [(fault.column, fault.code, fault.value) for fault in faults_of(uploaded)]
    assert [(fault.column, fault.code, fault.value) for fault in faults_of(refused)] == before


def test_corrected_it_is_read_without_a_word_about_our_own_columns(refused, tmp_path):
    sheet = load_workbook(refused)
    for row, values in (
        (2, (BAD, "示例乙公司", "2022", "1.23", "5", "3")),
        (3, (GOOD, "示例丙公司", "2022", "7", "8", "-")),
    ):
        for column, value in enumerate(values, start=3):
            sheet.active.cell(row=row, column=column, value=value)
    sheet.save(tmp_path / "改好.xlsx")
    with source_open(tmp_path / "改好.xlsx") as source:
        reading = Reading(FIGURES, source)
        rows = list(reading.rows())
    assert [row.faults for row in rows] == [[], []]
    assert reading.notices == []
    by_field = dict(zip((column.field for column in reading.columns), rows[0].values, strict=True))
    assert (str(by_field["import_cny"]), str(by_field["export_cny"])) == ("12300.00", "5.00")


def test_faults_that_only_comparing_has_found_are_marked_too(uploaded, tmp_path):
    fault = Fault(4, "统一社会信用代码", GOOD, "duplicate", "第4行与第9行相同，其他内容却不同。")
    target = tmp_path / "未通过.xlsx"
    refused_write(FIGURES, uploaded, [fault], target)
    _, row = rows_of(target)
    assert (row[0].value, row[1].value, row[2].fill.fill_type) == (4, fault.message, "solid")
