"""Rows as values: what is data and what is not, every fault of a row, notices, and the cost of it all."""

import json
import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path
from time import perf_counter

import pytest

from applications.imports import reading as reading_module
from applications.imports.cells import CellError, Percent
from applications.imports.kinds import KINDS
from applications.imports.problems import FileRefused
from applications.imports.reading import Reading
from applications.imports.source import source_open
from tests.applications.imports.sheets import (
    CODE,
    ListSheet,
    as_cell,
    faults_of,
    reading_of,
    reading_of_sheets,
    values_of,
    warned,
    wrong_digit,
)
from tests.factories import credit_code

FIRST, SECOND = credit_code(1), credit_code(2)
HEADINGS = [CODE, "企业名称", "年度", "进口额"]
SAMPLES = Path(__file__).parents[2] / "data" / "imports"


def numbers_of(*rows, headings=HEADINGS, kind="figures"):
    return [row.number for row in reading_of(kind, headings, *rows).rows()]


# --- Rows to pass over ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["合计", "小计", "总计", "合 计", "合\u3000计", " 小\n计 ", "合计：", "总计:"]
)
@pytest.mark.parametrize("place", [0, 1])
def test_a_total_is_passed_over_wherever_its_word_is_the_first_of_the_row(word, place):
    total = [None, "", "2022", 5]
    total[place] = word
    assert numbers_of([FIRST, "示例", 2022, 5], total, [SECOND, "示例", 2022, 5]) == [2, 4]


@pytest.mark.parametrize("word", ["注", "备注", "说明", "制表", "审核", "复核", "负责人", "填报"])
@pytest.mark.parametrize("rest", ["", "：", "人：示例", "1、本表以海关统计为准。", " 意见"])
def test_a_note_is_passed_over(word, rest):
    spaced = f" {word[0]}\u3000{word[1:]}{rest}"
    for text in (word + rest, spaced):
        assert numbers_of([FIRST, None, 2022], [text, None, 2022, 5], [text, "示例", "审核：示例", "x"]) == [
            2
        ]


def test_the_first_cell_of_a_row_may_stand_in_an_unknown_column():
    headings = ["序号", *HEADINGS]
    rows = [
        [1, FIRST, None, 2022, 5],
        ["合计", None, None, None, 5],
        ["注：", "x", "x", "x", "x"],
        [None, None, None, "小计", 5],
    ]
    assert numbers_of(*rows, headings=headings) == [2]


@pytest.mark.parametrize(
    "beside", ["2022", "审核：示例人员", "13800000000", "0451-00000000", 2022, date(2022, 3, 1)]
)
def test_what_stands_beside_a_note_in_the_column_of_codes_is_no_firm(beside):
    assert numbers_of(
        [None, FIRST, 2022], ["填报人：示例人员", beside, 2022], headings=["企业名称", CODE, "年度"]
    ) == [2]


@pytest.mark.parametrize(
    "name",
    [
        "注塑机械示例有限公司",
        "备注科技示例有限公司",
        "说明书印刷示例厂",
        "审核通示例公司",
        "负责人示例公司",
        "填报助手示例公司",
        "总计示例公司",
        "合计",
        "注",
    ],
)
@pytest.mark.parametrize(
    "code", [FIRST, f" '{FIRST.lower()}", "9.12E+17", 9.12e17, FIRST[:-1], "230100100012345"]
)
def test_a_firm_whose_name_begins_like_a_note_is_data(name, code):
    passed = name == "合计"
    assert numbers_of([SECOND, SECOND, 2022], [name, code, 2022], headings=["企业名称", CODE, "年度"]) == (
        [2] if passed else [2, 3]
    )


@pytest.mark.parametrize(
    "name", ["示例合计公司", "示例注塑公司", "北京备注公司", "合计公司", "小计", "共计", "累计"]
)
def test_such_words_elsewhere_do_not_matter(name):
    assert numbers_of([FIRST, name, 2022]) == [2]


@pytest.mark.parametrize(
    "row", [[], [None] * 4, ["", " ", "\u3000", "\t"], [None, None, None, None, "尾巴"], ["\u200b"]]
)
def test_a_row_with_nothing_in_a_known_column_is_passed_over(row):
    assert numbers_of([FIRST, None, 2022], row, [SECOND, None, 2022]) == [2, 4]


def test_a_row_with_an_ordinal_number_alone_is_passed_over():
    assert numbers_of([1, FIRST, 2022], [2, None, None], headings=["序号", CODE, "年度"]) == [2]


@pytest.mark.parametrize("something", ["-", 0, False, CellError(""), CellError("#REF!"), "x"])
def test_a_row_with_something_in_one_known_column_is_data(something):
    assert numbers_of([FIRST, None, 2022], [None, None, None, something]) == [2, 3]


def test_short_rows_are_filled_up_and_long_ones_cut():
    (row,) = values_of(reading_of("figures", HEADINGS, [FIRST, None, 2022]))
    assert row == {"credit_code": FIRST, "name": "", "year": 2022, "import_cny": None}
    (row,) = values_of(reading_of("figures", HEADINGS, [FIRST, None, 2022, 5, 6, 7]))
    assert row["import_cny"] == 5


def test_headings_and_titles_are_no_data_and_rows_keep_their_numbers():
    rows = [["情况表"], [], HEADINGS, [], [FIRST, None, 2022], [], [SECOND, None, 2022]]
    assert [row.number for row in reading_of("figures", *rows).rows()] == [5, 7]


@pytest.mark.parametrize("rows", [[], [[]], [["合计", None, None, 5]], [["注：无"], [None, " "]]])
def test_a_table_without_data_is_refused(rows):
    reading = reading_of("figures", HEADINGS, *rows)
    with pytest.raises(FileRefused) as caught:
        list(reading.rows())
    assert caught.value.code == "empty"


def test_a_table_of_refused_rows_is_not_empty():
    assert faults_of(reading_of("figures", HEADINGS, ["x"])) == [
        (2, CODE, "bad_credit_code"),
        (2, "年度", "missing"),
    ]


# --- Values and faults ---------------------------------------------------------------------------


def test_values_stand_in_the_order_of_the_template():
    reading = reading_of(
        "figures", ["进口额（万元）", "年度", "信用代码"], ["1,234.5", "2022年", f"'{FIRST.lower()}"]
    )
    assert [column.heading for column in reading.columns] == [CODE, "年度", "进口额"]
    assert [column.heading for column in reading.absent] == [
        "企业名称",
        "出口额",
        "出口额（美元）",
        "跨境电商进出口额",
        "资源类产品进口额",
        "地产品出口额",
    ]
    (row,) = reading.rows()
    assert row.values == (FIRST, 2022, Decimal("12345000.00"))
    assert row.cells == (f"'{FIRST.lower()}", "2022年", "1,234.5")
    assert row.faults == []


def test_every_fault_of_a_row_is_listed_and_the_rest_is_read():
    headings = [*HEADINGS, "出口额", "资源类产品进口额", "地产品出口额"]
    reading = reading_of("figures", headings, ["x", "示例", "今年", "1.2.3", 5, CellError("#N/A"), 6])
    (row,) = reading.rows()
    assert [(fault.column, fault.value, fault.code) for fault in row.faults] == [
        (CODE, "x", "bad_credit_code"),
        ("年度", "今年", "bad_year"),
        ("进口额", "1.2.3", "not_a_number"),
        ("资源类产品进口额", "#N/A", "formula_error"),
        ("地产品出口额", "6", "inconsistent"),
    ]
    assert row.values == (None, "示例", None, None, Decimal(5), None, Decimal(6))
    assert row.faults[2].message.startswith("第2行“进口额”不是数字：1.2.3")
    assert all(fault.row == 2 for fault in row.faults)


@pytest.mark.parametrize(
    "cell", [CellError("#REF!"), CellError("#N/A"), CellError(""), "#REF!", "#N/A", " #div/0! "]
)
@pytest.mark.parametrize("place", range(4))
def test_an_error_is_a_formula_error_in_any_column(cell, place):
    row = [FIRST, "示例", 2022, 5]
    row[place] = cell
    assert faults_of(reading_of("figures", HEADINGS, row)) == [(2, HEADINGS[place], "formula_error")]


def test_an_error_in_an_unknown_column_does_not_matter():
    assert (
        faults_of(reading_of("figures", [*HEADINGS, "备注"], [FIRST, None, 2022, 5, CellError("#REF!")]))
        == []
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_required_column_must_be_filled_in(kind):
    columns = KINDS[kind].columns
    for place, column in enumerate(columns):
        for nothing in (None, " ", "\u3000"):
            row = [as_cell(each.example) for each in columns]
            row[place] = nothing
            (read,) = reading_of(kind, [each.heading for each in columns], row).rows()
            if column.required:
                assert [(fault.column, fault.value, fault.code) for fault in read.faults] == [
                    (column.heading, nothing or "", "missing")
                ]
            else:
                assert read.faults == []
                assert read.values[place] == column.empty


def test_a_dash_in_a_required_column_of_numbers_is_missing():
    headings = [column.heading for column in KINDS["monthly"].columns]
    row = [as_cell(column.example) for column in KINDS["monthly"].columns]
    row[6], row[7] = "—", "无"
    assert faults_of(reading_of("monthly", headings, row)) == [
        (2, "金额（元）", "missing"),
        (2, "金额（美元）", "missing"),
    ]


def test_values_that_are_equal_and_not_the_same_are_told_apart():
    rows = [[FIRST, None, 2022, cell] for cell in (1, 1.0, True, Percent(1.0), "1", CellError("1"))]
    reading = reading_of("figures", HEADINGS, *rows)
    codes = [[fault.code for fault in row.faults] for row in reading.rows()]
    assert codes == [[], [], ["not_a_number"], ["not_a_number"], [], ["formula_error"]]


def test_what_no_database_takes_is_left_out_of_texts_and_faults():
    reading = reading_of("figures", HEADINGS, ["x\x00y", "示例\x00\ud800公司", "\x00", 5])
    (row,) = reading.rows()
    assert row.values[1] == "示例公司"
    texts = [*row.cells, *(fault.message for fault in row.faults), *(fault.value for fault in row.faults)]
    assert all(text.encode() and "\x00" not in text for text in texts if text)
    assert [fault.code for fault in row.faults] == ["bad_credit_code", "bad_year"]


def test_a_text_that_is_too_long_is_refused_and_quoted_in_part():
    (row,) = reading_of("figures", HEADINGS, [FIRST, "长" * 30_000, 2022]).rows()
    (fault,) = row.faults
    assert (fault.column, fault.code) == ("企业名称", "too_large")
    assert len(fault.value) < 1000 > len(fault.message)


def test_a_merged_cell_counts_for_each_row_as_the_source_hands_it_over():
    rows = [[FIRST, "示例", 2021, 5], [FIRST, "示例", 2022, 6]]
    assert [row["year"] for row in values_of(reading_of("figures", HEADINGS, *rows))] == [2021, 2022]


# --- Notices -------------------------------------------------------------------------------------


def test_a_wrong_check_digit_is_a_notice_for_each_row_also_of_refused_ones():
    rows = [
        [wrong_digit(1), None, 2022],
        [FIRST, None, 2022],
        [wrong_digit(1), None, "今年"],
        [wrong_digit(2).lower(), None, 2022],
    ]
    reading = reading_of("figures", HEADINGS, *rows)
    assert reading.notices == []
    assert [row.values[0] for row in reading.rows()] == [
        wrong_digit(1),
        FIRST,
        wrong_digit(1),
        wrong_digit(2),
    ]
    assert [(notice.row, notice.column, notice.code) for notice in reading.notices] == [
        (row, CODE, "check_digit") for row in (2, 4, 5)
    ]


def test_the_check_digit_of_an_operator_is_looked_at_too():
    columns = KINDS["platforms"].columns
    row = ["P1", "示例平台", "省级", wrong_digit(1), "2022-03-01"]
    reading = reading_of("platforms", [column.heading for column in columns], row)
    list(reading.rows())
    assert warned(reading, "check_digit") == ["运营企业信用代码"]


# --- Cost ----------------------------------------------------------------------------------------


class Detail:
    """A sheet of monthly detail with many rows, none of which is kept."""

    name, visible, merges, position = "明细", True, (), 0.0

    def __init__(self, rows):
        self.rows_wanted = rows
        self.codes = [credit_code(number) for number in range(500)]

    def rows(self):
        yield 1, [column.heading for column in KINDS["monthly"].columns]
        for number in range(self.rows_wanted):
            yield number + 2, [
                self.codes[number % 500], f"示例{number % 500}公司", f"2022-{number % 12 + 1:02}", ("进口", "出口")[number % 2], "0110",
                f"{44000000 + number % 9000}", number + 0.25, number + 0.5, "哈尔滨", "俄罗斯",
            ]  # fmt: skip


def test_twenty_thousand_rows_are_read_in_far_less_than_four_seconds():
    reading, started = reading_of_sheets("monthly", Detail(20_000)), perf_counter()
    assert sum(1 for row in reading.rows() if not row.faults) == 20_000
    # Less than half a second on a machine that does nothing else.
    assert perf_counter() - started < 4


def test_memory_does_not_grow_with_the_number_of_rows(monkeypatch):
    def peak(rows):
        tracemalloc.start()
        for _ in reading_of_sheets("monthly", Detail(rows)).rows():
            pass
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    monkeypatch.setattr(reading_module, "REMEMBERED", 500)
    assert peak(6000) < 1.2 * peak(1500)


def test_each_pass_begins_anew_and_position_follows_the_sheet():
    sheet = ListSheet([HEADINGS, [FIRST, None, 2022], [SECOND, None, 2022]])
    reading = reading_of_sheets("figures", sheet)
    positions = [reading.position for _ in reading.rows()]
    assert positions == sorted(positions)
    assert positions[-1] == 1
    assert len(list(reading.rows())) == 2
    assert sheet.passes == 3


# --- The samples that come with the contract -----------------------------------------------------


@pytest.mark.parametrize(
    "expected", sorted(SAMPLES.glob("*.expected.json")), ids=lambda path: path.name.split(".")[0]
)
def test_a_sample_is_read_as_its_expected_report_says(expected):
    said = json.loads(expected.read_text(encoding="utf-8"))
    name = expected.name.removesuffix(".expected.json")
    (path,) = (path for path in SAMPLES.glob(f"{name}.*") if path.suffix in (".xlsx", ".csv"))
    with source_open(path) as source:
        reading = Reading(KINDS[said["kind"]], source)
        rows = list(reading.rows())
    assert len(rows) == said["rows"]
    faults = {(fault.row, fault.column): fault for row in rows for fault in row.faults}
    assert {key: fault.code for key, fault in faults.items()} == {
        (each["row"], each["column"]): each["code"] for each in said["refused"]
    }
    for each in said["refused"]:
        assert (
            each.get("value", faults[each["row"], each["column"]].value)
            == faults[each["row"], each["column"]].value
        )
    found = sorted((notice.code, notice.column, notice.row or 0) for notice in reading.notices)
    assert found == sorted((each["code"], each["column"], each.get("row", 0)) for each in said["warnings"])
