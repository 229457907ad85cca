"""Headings: other names, other places, two rows, and what is not one."""

import pytest

from applications.models import (
    AgriculturalExporter,
    DiscreditedEnterprise,
    DualCirculationEntry,
    LprRate,
    MonthlyTrade,
    RegisteredEnterprise,
)

from .asking import CODE, FIGURES, NOTHING, code, expect, figures, imports_of, refuse
from .books import book, csv_of, raw_book

ROW = (code(1), "示例甲有限公司", 2022, 600, 500, 70, 60, 50, 40)
STORED = ("600.00", "500.00", "70.00", "60.00", "50.00", "40.00")


@pytest.mark.parametrize("name", ["统一社会信用代码", "社会信用代码", "信用代码", "企业代码"])
def test_the_code_has_four_names(load, name):
    expect(load("figures", book([(name, *FIGURES[1:]), ROW])), rows=1, new=1)
    assert figures(1) == STORED


@pytest.mark.parametrize(
    ("place", "name"),
    [(1, "单位名称"), (2, "年份"), (3, "进口总额"), (3, "进口值"), (4, "出口总额"), (4, "出口值")],
)
def test_the_other_headings_have_other_names_too(load, place, name):
    headings = [name if number == place else heading for number, heading in enumerate(FIGURES)]
    expect(load("figures", book([headings, ROW])), rows=1, new=1)
    assert figures(1) == STORED


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        ("dual-circulation", DualCirculationEntry),
        ("agricultural", AgriculturalExporter),
        ("discredited", DiscreditedEnterprise),
    ],
)
def test_names_of_a_firm_and_its_code_are_understood_in_registers(load, kind, model):
    expect(load(kind, csv_of([("企业代码", "单位名称"), (code(1), "示例甲有限公司")])), rows=1, new=1)
    assert model.objects.values_list("credit_code", "name").get() == (code(1), "示例甲有限公司")


def test_names_of_a_firm_are_understood_in_the_register_of_enterprises(load):
    rows = [("社会信用代码", "单位名称", "市（地）"), (code(1), "示例甲有限公司", "大庆市")]
    expect(load("enterprises", book(rows)), rows=1, new=1)
    assert RegisteredEnterprise.objects.get().name == "示例甲有限公司"


def test_headings_stand_in_any_order(load):
    expect(load("figures", book([FIGURES[::-1], ROW[::-1]])), rows=1, new=1)
    assert figures(1) == STORED


def test_line_breaks_spaces_and_full_width_brackets_in_headings_do_not_matter(load):
    headings = (
        "统一社会\n信用代码",
        " 企业 名称 ",
        "年\u3000度",
        "进口额\r\n",
        "出\n口\n额",
        "出口额\n(美元)",
        "跨境电商\n进出口额",
        "资源类产品\u00a0进口额",
        "地产品\t出口额",
    )
    expect(load("figures", book([headings, ROW])), rows=1, new=1)
    assert figures(1) == STORED


def test_brackets_of_either_width_are_the_same(load):
    rows = [("市(地)", "年度", "事项", "比例"), ("哈尔滨市", 2022, "3.3", "50%")]
    expect(load("city-rates", book(rows)), rows=1, new=1)


def test_full_width_letters_and_digits_in_headings_do_not_matter(load):
    expect(load("lpr", csv_of([("公布日期", "１年期"), ("2022-01-20", "3.7")])), rows=1, new=1)
    assert LprRate.objects.count() == 1


def test_a_line_break_as_the_format_escapes_it_is_one(load):
    shared = [f"<t>{heading}</t>" for heading in ("统一社会_x000D_\n信用代码", "年度", "进口_x000D_\n额")]
    headings = [b'<c t="s"><v>%d</v></c>' % number for number in range(3)]
    expect(load("figures", raw_book([headings, (code(1), 2022, 5)], shared=shared)), rows=1, new=1)
    assert imports_of(1) == ["5.00"]


@pytest.mark.parametrize("place", [1, 2, 20])
def test_headings_are_found_as_far_down_as_the_twentieth_row(load, place):
    rows = [("示例市2022年度外贸企业进出口情况表",)] + [()] * 18 + [FIGURES, ROW]
    expect(load("figures", book(rows[20 - place :])), rows=1, new=1)
    assert figures(1) == STORED


def test_headings_in_the_twenty_first_row_are_not_found(load):
    refuse(load("figures", book([("情况表",)] * 20 + [FIGURES, ROW])), "no_headings")


def test_the_rows_of_a_title_count_for_the_numbers_of_faults(load):
    rows = [("情况表",), (), ("填报单位：示例市商务局",), FIGURES, ROW, (code(2), None, 2022, "x")]
    expect(load("figures", book(rows)), rows=2, new=1, refused=[(6, "进口额", "not_a_number", "x")])


def test_a_title_that_speaks_of_headings_is_not_one(load):
    rows = [("示例市企业统一社会信用代码、年度、进口额和出口额一览",), FIGURES, ROW]
    expect(load("figures", book(rows)), rows=1, new=1)


def test_merged_headings_over_two_rows_are_read_together(load):
    rows = [
        (CODE, "年度", "进口额", "出口额", None, "其中", None),
        (None, None, None, "人民币", "美元", "跨境电商\n进出口额", "地产品\n出口额"),
        (code(1), 2022, 600, 500, 70, 60, 40),
    ]
    merged = ("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1")
    expect(load("figures", book(rows, merged=merged)), rows=1, new=1)
    assert figures(1) == ("600.00", "500.00", "70.00", "60.00", None, "40.00")


def test_headings_over_two_rows_without_merging_are_read_together(load):
    rows = [
        (CODE, "年度", "进口额", "出口额", "出口额"),
        (None, None, None, "人民币", "美元"),
        (code(1), 2022, 600, 500, 70),
    ]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert figures(1) == ("600.00", "500.00", "70.00", None, None, None)


def test_a_heading_goes_on_over_the_empty_cells_beside_it(load):
    rows = [
        (CODE, "年度", "出口额", None, "进口额"),
        (None, None, "人民币（万元）", "美元", None),
        (code(1), 2022, 1, 2, 3),
    ]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert figures(1)[:3] == ("3.00", "10000.00", "2.00")


def test_units_may_stand_in_the_second_row_of_the_headings(load):
    rows = [
        ("情况表",),
        (CODE, "年度", "进口额", "出口额", None),
        (None, None, "万元", "万元", "万美元"),
        (code(1), 2022, 1.5, 2.5, 0.5),
    ]
    merged = ("A1:E1", "A2:A3", "B2:B3", "D2:E2")
    expect(load("figures", book(rows, merged=merged)), rows=1, new=1)
    assert figures(1) == ("15000.00", "25000.00", "5000.00", None, None, None)


def test_the_sub_heading_of_a_merged_group_says_its_unit_in_brackets(load):
    rows = [
        (CODE, "年度", "出口总额", None),
        (None, None, "人民币（万元）", "美元（万美元）"),
        (code(1), 2022, 2.5, 0.5),
    ]
    expect(load("figures", book(rows, merged=("A1:A2", "B1:B2", "C1:D1"))), rows=1, new=1)
    assert figures(1)[1:3] == ("25000.00", "5000.00")


def test_headings_over_two_rows_keep_the_numbers_of_the_rows_below(load):
    rows = [("情况表",), (CODE, "年度", "其中"), (None, None, "进口额"), (code(1), 2022, "x")]
    answer = load("figures", book(rows, merged=("A2:A3", "B2:B3")))
    expect(answer, rows=1, refused=[(4, "进口额", "not_a_number", "x")])


def test_one_cell_merged_over_the_whole_heading_is_a_title(load):
    rows = [("2022年度进口额", None, None), (CODE, "年度", "进口额"), (code(1), 2022, 5)]
    expect(load("figures", book(rows, merged=("A1:C1",))), rows=1, new=1)


def test_unknown_columns_are_named_and_left_alone(load):
    rows = [("序号", *FIGURES, "联系\n处室", None), (1, *ROW, "#处室#", "无标题")]
    expect(load("figures", book(rows)), rows=1, new=1, unknown=["序号", "联系处室"])
    assert figures(1) == STORED


def test_figures_need_only_code_and_year(load):
    expect(load("figures", book([(CODE, "年度"), (code(1), 2022)])), rows=1, new=1)
    assert figures(1) == NOTHING


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("figures", "统一社会信用代码 年度"),
        ("monthly", "统一社会信用代码 年月 进出口 监管方式 商品编码 金额（元） 金额（美元）"),
        ("platforms", "平台编号 平台名称 级别 运营企业信用代码 认定日期"),
        ("platform-members", "平台编号 统一社会信用代码"),
        ("warehouses", "海外仓编号 名称 运营企业信用代码 认定日期"),
        ("dual-circulation", "统一社会信用代码"),
        ("agricultural", "统一社会信用代码"),
        ("discredited", "统一社会信用代码"),
        ("enterprises", "统一社会信用代码 企业名称 市（地）"),
        ("lpr", "公布日期 1年期"),
        ("holidays", "日期 类型"),
        ("city-rates", "市（地） 年度 事项 比例"),
    ],
)
def test_a_file_without_any_one_of_the_required_headings_is_refused(load, kind, headings):
    headings = headings.split()
    for missing in headings:
        found = [heading for heading in headings if heading != missing]
        content = csv_of([[*found, "联系处室"], ["1"] * (len(found) + 1)])
        refuse(load(kind, content), "no_headings", *found)


def test_a_file_of_another_kind_says_which_headings_it_has(load):
    rows = [("日期", "类型", "名称"), ("2022-01-03", "休", "元旦")]
    refuse(load("figures", book(rows)), "no_headings", "日期", "类型", "名称")


@pytest.mark.parametrize(
    "pair",
    [
        ("进口额", "进口总额"),
        ("进口额", "进口额"),
        ("出口额（元）", "出口额（万元）"),
        ("出口额（美元）", "出口值（万美元）"),
        ("地产品出口额", "地产品\n出口额"),
    ],
)
def test_two_columns_for_one_figure_refuse_the_file(load, pair):
    rows = [(CODE, "年度", *pair), (code(1), 2022, 5, 5)]
    refuse(load("figures", book(rows)), "duplicate_columns")


def test_two_amount_columns_of_the_monthly_detail_refuse_the_file(load):
    headings = (CODE, "年月", "进出口", "监管方式", "商品编码", "金额（元）", "金额（万元）", "金额（美元）")
    rows = [headings, (code(1), "2022-01", "进口", "0110", "84713000", 5, 5, 5)]
    refuse(load("monthly", book(rows)), "duplicate_columns")
    assert not MonthlyTrade.objects.exists()
