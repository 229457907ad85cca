"""Which rows are data: those to pass over, merged cells, hidden rows, and firms with telling names."""

import pytest

from applications.models import DualCirculationEntry

from .asking import CODE, code, expect, figures, imports_of, refuse
from .books import book, csv_of

HEADINGS = ("序号", CODE, "企业名称", "年度", "进口额")


def rows_with(*more):
    return [HEADINGS, (1, code(1), "示例甲有限公司", 2022, 5), *more, (2, code(2), "示例乙有限公司", 2022, 6)]


def test_rows_of_totals_are_passed_over(load):
    words = ["合计", "小计", "总计", "合 计", "小　计", " 总\n计 "]
    totals = [
        [None] * (place % 3) + [word] + [None] * (3 - place % 3) + [11]
        for place, word in enumerate(words * 2)
    ]
    expect(load("figures", book(rows_with(*totals))), rows=2, new=2, unknown=["序号"])
    assert imports_of(1, 2) == ["5.00", "6.00"]


def test_rows_of_notes_and_signatures_are_passed_over(load):
    notes = [
        "注：本表数据以海关统计为准。",
        "注1：含保税区企业",
        "备注：不含个体户",
        "备 注：不含个体户",
        "说明：单位为元",
        "制表人：示例人员",
        "制表：示例人员",
        "审核：示例人员",
        "审 核：",
        "复核人：示例人员",
        "负责人（签字）：",
        "填报日期：2023年1月5日",
        "填报人：示例人员　联系电话：0451-00000000",
    ]
    rows = rows_with(*((text, None, None, "2023年", "（盖章）") for text in notes))
    expect(load("figures", book(rows)), rows=2, new=2, unknown=["序号"])


def test_totals_and_notes_are_passed_over_in_csv_too(load):
    rows = [
        (CODE, "企业名称", "年度", "进口额"),
        (code(1), "示例甲有限公司", "2022", "5"),
        ("小 计", "", "", "5"),
        (code(2), "示例乙有限公司", "2022", "6"),
        ("", "总计", "", "11"),
        ("注：两家",),
    ]
    expect(load("figures", csv_of(rows)), rows=2, new=2)


def test_firms_whose_names_contain_such_words_are_data(load):
    names = [
        "示例合计科技有限公司",
        "示例注塑机械有限公司",
        "注塑机械示例有限公司",
        "说明书印刷示例有限公司",
        "备注示例有限公司",
        "总计示例有限公司",
        "审核通示例有限公司",
    ]
    named_first = [("企业名称", CODE, "年度", "进口额")]
    named_first += [(name, code(number), 2022, number) for number, name in enumerate(names, start=1)]
    expect(load("figures", book(named_first)), rows=7, new=7)
    assert imports_of(1, 7) == ["1.00", "7.00"]


def test_empty_rows_are_passed_over_and_counted_in_row_numbers(load):
    rows = rows_with((), (None, "  ", None, "\u3000", None), (3, code(3), None, 2022, "x"))
    expect(
        load("figures", book(rows)),
        rows=3,
        new=2,
        unknown=["序号"],
        refused=[(5, "进口额", "not_a_number", "x")],
    )


def test_rows_with_nothing_but_a_number_of_their_own_are_passed_over(load):
    rows = [*rows_with((3, None, None, None, None)), (4, None, None, None, None), (5, None, None, None, None)]
    expect(load("figures", book(rows)), rows=2, new=2, unknown=["序号"])


def test_a_row_with_something_in_one_known_column_is_data(load):
    rows = rows_with((3, None, None, None, 8))
    refused = [(3, CODE, "missing"), (3, "年度", "missing")]
    expect(load("figures", book(rows)), rows=3, new=2, unknown=["序号"], refused=refused)


def test_a_merged_cell_counts_for_each_row_that_it_spans(load):
    rows = [
        HEADINGS[1:],
        (code(1), "示例甲有限公司", 2020, 5),
        (None, None, 2021, 6),
        (None, None, 2022, 7),
        (code(2), "示例乙有限公司", 2022, 8),
    ]
    expect(load("figures", book(rows, merged=("A2:A4", "B2:B4"))), rows=4, new=4)
    assert [imports_of(1, year=year) for year in (2020, 2021, 2022)] == [["5.00"], ["6.00"], ["7.00"]]


def test_a_merged_year_and_a_merged_figure_count_for_each_row(load):
    rows = [HEADINGS[1:], (code(1), None, "2022年", 5), (code(2), None, None, None), (code(3), None, 2022, 9)]
    expect(load("figures", book(rows, merged=("C2:C3", "D2:D3"))), rows=3, new=3)
    assert imports_of(1, 2, 3) == ["5.00", "5.00", "9.00"]


def test_a_cell_merged_over_columns_counts_for_the_first_alone(load):
    rows = [(CODE, "年度", "进口额", "出口额"), (code(1), 2022, 5, None)]
    expect(load("figures", book(rows, merged=("C2:D2",))), rows=1, new=1)
    assert figures(1)[:2] == ("5.00", None)


def test_merged_cells_of_a_hundred_firms(load):
    rows = [HEADINGS[1:]]
    for number in range(100):
        rows += [(code(number), None, 2021, number), (None, None, 2022, number)]
    merged = [f"A{2 * number + 2}:A{2 * number + 3}" for number in range(100)]
    expect(load("figures", book(rows, merged=merged)), rows=200, new=200)
    assert imports_of(99) == ["99.00"]


def test_a_note_merged_over_several_rows_is_passed_over(load):
    rows = [*rows_with(), ("说明：以上数据\n来自海关",), (), ()]
    expect(load("figures", book(rows, merged=("A4:E6",))), rows=2, new=2, unknown=["序号"])


def test_hidden_rows_and_columns_are_read(load):
    def hide(workbook, sheet):
        sheet.row_dimensions[2].hidden = True
        sheet.row_dimensions[3].outlineLevel = 1
        sheet.column_dimensions["E"].hidden = True
        sheet.auto_filter.ref = "A1:E3"

    expect(load("figures", book(rows_with(), arrange=hide)), rows=2, new=2, unknown=["序号"])
    assert imports_of(1, 2) == ["5.00", "6.00"]


def test_a_hidden_row_of_headings_is_read(load):
    def hide(workbook, sheet):
        sheet.row_dimensions[1].hidden = True

    expect(load("figures", book(rows_with(), arrange=hide)), rows=2, new=2, unknown=["序号"])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [()],
        [("合计", None, None, None, 5)],
        [("注：无数据",), (1, None, None, None, None)],
        [(" ", " ", " ", " ", " ")],
    ],
)
def test_a_file_without_rows_of_data_is_refused(load, rows):
    refuse(load("figures", book([HEADINGS, *rows])), "empty")


def test_every_fault_of_a_row_is_listed_and_the_row_counted_once(load):
    rows = rows_with((3, "123", None, "今年", "1.2.3"))
    refused = [
        (3, CODE, "bad_credit_code", "123"),
        (3, "年度", "bad_year", "今年"),
        (3, "进口额", "not_a_number", "1.2.3"),
    ]
    expect(load("figures", book(rows)), rows=3, new=2, unknown=["序号"], refused=refused)


def test_long_texts_do_not_break_the_load(load):
    answer = load(
        "dual-circulation", csv_of([(CODE, "企业名称", "批次"), (code(1), "示" * 5000, "批" * 5000)])
    )
    assert answer.status in (0, 1)
    assert answer.said["rows"] == 1
    assert DualCirculationEntry.objects.count() == answer.said["stored"]
