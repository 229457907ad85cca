"""Units: in the heading, in a line of their own, and in both."""

import pytest

from applications.models import MonthlyTrade

from .asking import CODE, code, expect, figures, imports_of
from .books import book, csv_of

YUAN = [("元", "1.00"), ("千元", "1000.00"), ("万元", "10000.00"), ("亿元", "100000000.00")]
USD = [("美元", "1.00"), ("千美元", "1000.00"), ("万美元", "10000.00"), ("亿美元", "100000000.00")]


@pytest.mark.parametrize(("unit", "amount"), YUAN)
def test_a_unit_in_yuan_stands_in_the_heading(load, unit, amount):
    headings = (CODE, "年度", f"进口额（{unit}）", f"出口总额({unit})")
    expect(load("figures", book([headings, (code(1), 2022, 1, "1")])), rows=1, new=1)
    assert figures(1)[:2] == (amount, amount)


@pytest.mark.parametrize(
    ("unit", "amount", "name"),
    [
        (*USD[0], "出口额（{}）"),
        (*USD[1], "出口额({})"),
        (*USD[2], "出口总额（{}）"),
        (*USD[3], "出口值（{}）"),
    ],
)
def test_a_unit_in_usd_stands_in_the_heading(load, unit, amount, name):
    rows = [(CODE, "年度", name.format(unit)), (code(1), 2022, 1)]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert figures(1)[:3] == (None, None, amount)


@pytest.mark.parametrize(
    ("unit", "amount", "line"),
    [
        (*YUAN[0], "单位：{}"),
        (*YUAN[1], "单位:{}"),
        (*YUAN[2], "单位：{}"),
        (*YUAN[2], "单位： {}"),
        (*YUAN[2], "（单位：{}）"),
        (*YUAN[3], "(单位:{})"),
        (*YUAN[2], "示例市2022年度情况表（单位：{}）"),
    ],
)
def test_a_line_above_the_headings_says_the_unit(load, unit, amount, line):
    rows = [("情况表",), (None, None, line.format(unit)), (CODE, "年度", "进口额"), (code(1), 2022, 1)]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert imports_of(1) == [amount]


def test_a_unit_in_the_heading_beats_the_line(load):
    rows = [
        ("单位：万元",),
        (CODE, "年度", "进口额（元）", "出口额", "跨境电商进出口额（千元）"),
        (code(1), 2022, 30_000, 2, 3),
    ]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert figures(1) == ("30000.00", "20000.00", None, "3000.00", None, None)


def test_a_line_in_yuan_says_nothing_about_columns_in_usd(load):
    rows = [("单位：万元",), (CODE, "年度", "出口额", "出口额（美元）"), (code(1), 2022, 3, 4567.89)]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert figures(1)[1:3] == ("30000.00", "4567.89")


def test_the_line_holds_for_every_column_in_yuan(load):
    rows = [
        ("单位：千元",),
        (CODE, "年度", "进口额", "出口额", "跨境电商进出口额", "资源类产品进口额", "地产品出口额"),
        (code(1), 2022, 6, 5, 4, 3, 2),
    ]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert figures(1) == ("6000.00", "5000.00", None, "4000.00", "3000.00", "2000.00")


def test_the_one_who_fills_in_is_no_unit(load):
    rows = [("填报单位：万元贸易示例公司", None, "单位：千元"), (CODE, "年度", "进口额"), (code(1), 2022, 7)]
    expect(load("figures", book(rows)), rows=1, new=1)
    assert imports_of(1) == ["7000.00"]


def test_the_line_may_stand_between_title_and_headings_of_a_csv(load):
    rows = [("情况表",), ("", "", "单位：万元"), (CODE, "年度", "进口额"), (code(1), "2022", "1,234.5")]
    expect(load("figures", csv_of(rows, encoding="gb18030")), rows=1, new=1)
    assert imports_of(1) == ["12345000.00"]


def test_the_currencies_under_one_heading_with_a_line_in_yuan(load):
    rows = [
        ("单位：万元",),
        (CODE, "年度", "出口额", None),
        (None, None, "人民币", "美元"),
        (code(1), 2022, 1.5, 2000.5),
    ]
    expect(load("figures", book(rows, merged=("A2:A3", "B2:B3", "C2:D2"))), rows=1, new=1)
    assert figures(1)[1:3] == ("15000.00", "2000.50")


@pytest.mark.parametrize(
    ("line", "cny", "usd", "stored"),
    [
        ("", "金额（元）", "金额（美元）", ("12.34", "5.67")),
        ("单位：万元", "金额（元）", "金额（美元）", ("12.34", "5.67")),
        ("", "金额（万元）", "金额（万美元）", ("123400.00", "56700.00")),
        ("单位：亿元", "金额（千元）", "金额（千美元）", ("12340.00", "5670.00")),
    ],
)
def test_amounts_of_the_monthly_detail_have_units_too(load, line, cny, usd, stored):
    rows = [
        (line or None,),
        (CODE, "年月", "进出口", "监管方式", "商品编码", cny, usd),
        (code(1), "2022-01", "进口", "0110", "84713000", 12.34, "5.67"),
    ]
    expect(load("monthly", book(rows)), rows=1, new=1)
    row = MonthlyTrade.objects.get()
    assert (f"{row.amount_cny:.2f}", f"{row.amount_usd:.2f}") == stored


def test_figures_are_compared_after_their_units(load):
    rows = [
        (CODE, "年度", "进口额（万元）", "资源类产品进口额（元）", "出口额（亿元）", "地产品出口额（千元）"),
        (code(1), 2022, 1, 10_000, 1, 100_000),
        (code(2), 2022, 1, 10_000.01, 1, 100_000.01),
    ]
    refused = [(3, "资源类产品进口额", "inconsistent"), (3, "地产品出口额", "inconsistent")]
    expect(load("figures", book(rows)), rows=2, new=1, refused=refused)
