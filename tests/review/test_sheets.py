"""The kit of sheets: what stands in a file is read back with openpyxl, cell by cell."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from measures.money import in_words
from review.sheets import plain_rows
from review.sheets.kit import (
    CENTRED,
    COUNT,
    DATE,
    MONEY,
    WAN,
    Column,
    Heading,
    book_bytes,
    book_new,
    book_save,
    sheet_add,
)


@dataclass
class Row:
    """A payment as a test needs it."""

    name: str = "示例甲公司"
    amount: Decimal | None = Decimal("1234567.89")
    count: int = 3
    day: date | None = date(2026, 3, 2)


COLUMNS = (
    Column("企业", 30, lambda row: row.name),
    Column("年度", 8, lambda row: "2025", CENTRED),
    Column("日期", 12, lambda row: row.day, DATE),
    Column("件数", 8, lambda row: row.count, COUNT),
    Column("金额（元）", 18, lambda row: row.amount, MONEY),
    Column("金额（万元）", 18, lambda row: row.amount, WAN),
)
LONG = "示例黑龙江省大兴安岭地区绥芬河国际经济技术合作进出口贸易股份有限公司哈尔滨新区第一分公司"
HEADING = Heading(
    "示例拨付明细表",
    lines=[("单位：省财政厅", "单位：元"), "文号：黑财外〔2026〕1号"],
    signatures=["制表：甲", "复核：乙", "负责人：", "日期："],
)


def sheet_of(rows, *, columns=COLUMNS, heading=HEADING, **options):
    """(sheet as read back, sums) of a workbook with one sheet."""
    book = book_new("省财政厅")
    sums = sheet_add(book, "明细", heading, columns, rows, **options)
    return load_workbook(io.BytesIO(book_bytes(book)))["明细"], sums


def test_a_sheet_is_read_back_as_it_was_written():
    sheet, sums = sheet_of(iter([Row(), Row(name="示例乙公司", amount=Decimal("0.01"))]), words="金额（元）")
    assert sheet["A1"].value == "示例拨付明细表"
    assert [cell.value for cell in sheet[4]] == [column.title for column in COLUMNS]
    assert sheet["A5"].value == "示例甲公司"
    assert [sheet.cell(5, column).value for column in range(4, 7)] == [
        3,
        1234567.89,
        123.456789,
    ]
    assert sheet["C5"].value.date() == date(2026, 3, 2)
    assert sheet["A7"].value == "合计"
    assert (sheet["E7"].value, sheet["F7"].value, sheet["D7"].value) == (1234567.9, 123.45679, None)
    assert sheet["A8"].value == f"金额合计大写（人民币）：{in_words(Decimal('1234567.90'))}"
    assert [cell.value for cell in sheet[9] if cell.value] == ["制表：甲", "复核：乙", "负责人：", "日期："]
    assert sums == {"金额（元）": Decimal("1234567.90"), "金额（万元）": Decimal("1234567.90")}


def test_a_sheet_prints_across_a4_one_page_wide_with_its_heading_on_each_page():
    sheet, _ = sheet_of([Row()])
    assert sheet.print_title_rows == "$1:$4"
    assert sheet.freeze_panes == "A5"
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
    assert sheet["A5"].border.left.style == sheet["F6"].border.bottom.style == "thin"
    assert "A1:F1" in {str(merged) for merged in sheet.merged_cells.ranges}


def test_cells_are_shown_as_what_they_are():
    sheet, _ = sheet_of([Row()])
    assert [(cell.data_type, cell.number_format) for cell in sheet[5]] == [
        ("s", "@"),
        ("s", "@"),
        ("d", "yyyy-mm-dd"),
        ("n", "#,##0"),
        ("n", "#,##0.00"),
        ("n", "#,##0.000000"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "=HYPERLINK(1)",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1+1",
        "#REF!",
        "912399000000000000",
        "1.23E+17",
        " 空 ",
        "",
        "a\nb",
    ],
)
def test_text_stays_text_wherever_it_stands(text):
    heading = Heading(f"{text}", lines=[(text, text), text], signatures=[text, text])
    columns = [Column(text or "空", 20, lambda row: text), Column("件数", 20, lambda row: 1, COUNT)]
    sheet, _ = sheet_of([Row()], columns=columns, heading=heading)
    assert (sheet["A5"].value or "") == text
    assert sheet["A5"].number_format == "@"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}


def test_characters_that_no_sheet_may_hold_are_left_out_and_texts_end_where_a_cell_ends():
    sheet, _ = sheet_of([Row(name="示例\x00\x0b\ufffe\uffff\ud800公司"), Row(name="长" * 40_000)])
    assert sheet["A5"].value == "示例公司"
    assert len(sheet["A6"].value) == 32767


def test_nothing_leaves_a_cell_empty_and_counts_as_nothing():
    sheet, sums = sheet_of([Row(amount=None, day=None), Row()])
    assert (sheet["C5"].value, sheet["E5"].value) == (None, None)
    assert sums["金额（元）"] == Decimal("1234567.89")


def test_a_sheet_without_rows_adds_up_to_nothing():
    sheet, sums = sheet_of([], words="金额（元）")
    assert sheet["E5"].value == 0
    assert sheet["A6"].value.endswith("零元整")
    assert sums["金额（元）"] == 0


def test_the_sheet_says_which_columns_are_added_up():
    sheet, sums = sheet_of([Row(), Row()], total=("件数", "金额（元）"))
    assert (sheet["D7"].value, sheet["E7"].value, sheet["F7"].value) == (6, 2469135.78, None)
    assert sums == {"件数": 6, "金额（元）": Decimal("2469135.78")}
    without, _ = sheet_of([Row()], total=())
    assert without["A6"].value == "制表：甲"


def test_a_time_is_the_day_of_the_province():
    sheet, _ = sheet_of([Row(day=datetime(2026, 3, 2, 17, tzinfo=UTC))])
    assert sheet["C5"].value.date() == date(2026, 3, 3)


def test_a_row_is_as_high_as_its_longest_text_needs():
    rows = [Row(), Row(name=LONG), Row(name="甲\n乙\n丙"), Row(name="长" * 40_000)]
    sheet, _ = sheet_of(rows)
    heights = [sheet.row_dimensions[row].height for row in range(5, 9)]
    assert heights[0] == 20
    assert heights[0] < heights[1]
    assert heights[2] == 3 * 14 + 6
    assert heights[3] == 409, "no program takes more"


def test_a_text_that_just_fits_takes_one_line():
    columns = [Column("名称", 32, str), Column("其他", 200, str)]
    sheet, _ = sheet_of(["长" * 15, "长" * 15 + "a"], columns=columns)
    assert [sheet.row_dimensions[row].height for row in (5, 6)] == [20, 34]


def test_a_narrow_table_grows_to_the_page_and_a_wide_one_goes_on_larger_paper():
    def papers(*widths):
        sheet, _ = sheet_of(["甲"], columns=[Column(f"列{n}", width, str) for n, width in enumerate(widths)])
        letters = "ABCDEFG"[: len(widths)]
        return [sheet.column_dimensions[letter].width for letter in letters], int(sheet.page_setup.paperSize)

    a4, a3 = 9, 8
    assert papers(10, 30) == ([32.5, 97.5], a4)
    assert papers(100, 31) == ([100, 31], a4)
    assert papers(130, 130) == ([130, 130], a4)
    assert papers(130, 131) == ([130, 131], a3)


def test_what_stands_above_and_below_a_narrow_table_is_not_cut_off():
    columns = [Column("市（地）", 18, str), Column("笔数", 9, lambda _: 1, COUNT), Column("说明", 18, str)]
    left, right = "拨付单位：省财政厅", f"批次号：BF2026-0001　日期：2026-03-02　{LONG}　金额单位：万元"
    heading = Heading(LONG * 3, [(left, right), LONG * 3], ["制表：" + LONG, "复核：乙", "负责人："])
    sheet, _ = sheet_of(["甲"], columns=columns, heading=heading)
    lines = {
        cell.value: (cell.row, sheet.row_dimensions[cell.row].height)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value
    }
    assert sheet.row_dimensions[1].height > 32, "the title takes two lines"
    assert lines[right][1] > 22
    merged = {str(each) for each in sheet.merged_cells.ranges}
    assert "B2:C2" in merged, "the longer text of a pair gets the larger share"


def test_the_sum_in_capitals_says_which_of_several_sums_it_is():
    one = (Column("金额（元）", 18, lambda row: row.amount, MONEY),)
    sheet, _ = sheet_of([Row()], columns=one, words="金额（元）")
    assert sheet["A7"].value.startswith("合计大写（人民币）：")
    two = (*one, Column("已拨付（元）", 18, lambda row: row.amount, MONEY))
    sheet, _ = sheet_of([Row()], columns=two, words="已拨付（元）")
    assert sheet["A7"].value.startswith("已拨付合计大写（人民币）：")


def test_what_is_no_final_sheet_says_so_on_every_page():
    sheet, _ = sheet_of([Row()], heading=Heading("明细表", mark="预览"))
    assert sheet["A1"].value == "【预览】明细表"
    assert sheet.oddHeader.right.text == "预览"


def test_one_column_bears_everything_that_stands_around_a_table():
    sheet, _ = sheet_of(["甲"], columns=[Column("名称", 20, str)])
    assert [row[0].value for row in sheet.iter_rows()] == [
        "示例拨付明细表",
        "单位：省财政厅　　　　　　单位：元",
        "文号：黑财外〔2026〕1号",
        "名称",
        "甲",
        "制表：甲　　　　　　复核：乙　　　　　　负责人：　　　　　　日期：",
    ]


def test_several_sheets_stand_in_one_book_and_go_to_a_file(tmp_path):
    book = book_new()
    for name in ("一", "二"):
        sheet_add(book, name, HEADING, COLUMNS, [Row(name=name)])
    book_save(book, tmp_path / "book.xlsx")
    read = load_workbook(tmp_path / "book.xlsx")
    assert [(sheet.title, sheet["A5"].value) for sheet in read] == [("一", "一"), ("二", "二")]


@given(st.lists(st.decimals(0, 10**9, places=2), max_size=20))
def test_sums_are_exact_to_the_fen_in_both_units(amounts):
    sheet, sums = sheet_of([Row(amount=amount) for amount in amounts])
    last = 5 + len(amounts)
    total = sum(amounts, Decimal(0))
    assert Decimal(str(sheet.cell(last, 5).value)) == total == sums["金额（万元）"]
    assert Decimal(str(sheet.cell(last, 6).value)) * 10000 == total
    in_wan = [Decimal(str(sheet.cell(row, 6).value)) for row in range(5, last)]
    assert sum(in_wan, Decimal(0)) * 10000 == total


def test_rows_read_the_same_whichever_way_they_are_written(monkeypatch):
    names = ["=1+1", "<b>&'\"", " 空 ", "", "a\nb", "\t", "控\x07\uffff制", "长" * 40_000]
    rows = [Row(name=name) for name in names]
    rows += [
        Row(amount=Decimal("-0.01"), count=0),
        Row(amount=None, day=None),
        Row(day=datetime(2026, 3, 1, 16, tzinfo=UTC)),
    ]
    quick, sums = sheet_of(rows)
    monkeypatch.setattr(plain_rows, "LXML", True)
    usual, same = sheet_of(rows)
    assert sums == same
    for found, wanted in zip(quick.iter_rows(), usual.iter_rows(), strict=True):
        number = found[0].row
        assert quick.row_dimensions[number].height == usual.row_dimensions[number].height
        for one, other in zip(found, wanted, strict=True):
            assert (one.value, one.data_type, one.number_format) == (
                other.value,
                other.data_type,
                other.number_format,
            )
            assert repr(one.alignment) == repr(other.alignment)
            assert repr(one.border) == repr(other.border)
