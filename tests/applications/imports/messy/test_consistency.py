"""Parts above their wholes, also against what is stored, and ends before beginnings."""

import pytest

from applications.models import AgriculturalExporter

from .asking import CODE, code, expect, figures
from .books import book, csv_of

HEADINGS = (CODE, "年度", "进口额", "出口额", "跨境电商进出口额", "资源类产品进口额", "地产品出口额")


def one(*values, headings=HEADINGS):
    return book([headings, (code(1), 2022, *values)])


@pytest.mark.parametrize(
    "values", [(100, 50, 150, 100, 50), (100, 50, 0, 0, 0), (0, 0, 0, 0, 0), (100.01, 0, 100.01, 100.01, 0)]
)
def test_parts_may_be_as_large_as_their_wholes(load, values):
    expect(load("figures", one(*values)), rows=1, new=1)


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ((100, 50, 0, 100.01, 0), "资源类产品进口额"),
        ((100, 50, 0, 0, 50.01), "地产品出口额"),
        ((100, 50, 150.01, 0, 0), "跨境电商进出口额"),
        ((0, 50, 0, 0.01, 0), "资源类产品进口额"),
        (("100", "50", "150.01", "-", "-"), "跨境电商进出口额"),
    ],
)
def test_the_fault_stands_at_the_part(load, values, column):
    expect(load("figures", one(*values)), rows=1, refused=[(2, column, "inconsistent")])


def test_each_part_that_is_too_large_is_named(load):
    refused = [
        (2, column, "inconsistent") for column in ("跨境电商进出口额", "资源类产品进口额", "地产品出口额")
    ]
    expect(load("figures", one(100, 50, 151, 101, 51)), rows=1, refused=refused)


def test_usd_is_not_compared(load):
    headings = (CODE, "年度", "出口额", "出口额（美元）")
    expect(load("figures", one(5, 100, headings=headings)), rows=1, new=1)


@pytest.mark.parametrize(
    ("part", "value", "column"),
    [("资源类产品进口额", 101, None), ("地产品出口额", 51, None), ("跨境电商进出口额", 151, None)],
)
def test_an_absent_whole_is_the_stored_one(load, part, value, column):
    load("figures", one(100, 50, 0, 0, 0))
    headings = (CODE, "年度", part)
    expect(load("figures", one(value, headings=headings)), rows=1, refused=[(2, part, "inconsistent")])
    expect(load("figures", one(value - 1, headings=headings)), rows=1, changed=1)


@pytest.mark.parametrize(
    ("whole", "part", "least"),
    [("进口额", "资源类产品进口额", 60), ("出口额", "地产品出口额", 40), ("出口额", "跨境电商进出口额", 40)],
)
def test_an_absent_part_is_the_stored_one_and_named(load, whole, part, least):
    stored = {"资源类产品进口额": (100, 50, 0, 60, 0), "地产品出口额": (100, 50, 0, 0, 40)}
    load("figures", one(*stored.get(part, (100, 50, 140, 0, 0))))
    headings = (CODE, "年度", whole)
    answer = load("figures", one(least - 0.01, headings=headings))
    expect(answer, rows=1, refused=[(2, part, "inconsistent")])
    expect(load("figures", one(least, headings=headings)), rows=1, changed=1)


def test_a_part_is_compared_with_both_together_of_which_one_is_stored(load):
    load("figures", one(100, 50, 0, 0, 0))
    headings = (CODE, "年度", "出口额", "跨境电商进出口额")
    expect(
        load("figures", one(60, 161, headings=headings)),
        rows=1,
        refused=[(2, "跨境电商进出口额", "inconsistent")],
    )
    expect(load("figures", one(60, 160, headings=headings)), rows=1, changed=1)


def test_what_is_stored_of_another_year_or_firm_plays_no_part(load):
    load("figures", book([HEADINGS, (code(1), 2021, 1, 1, 0, 0, 0), (code(2), 2022, 1, 1, 0, 0, 0)]))
    headings = (CODE, "年度", "资源类产品进口额", "地产品出口额")
    expect(load("figures", one(60, 40, headings=headings)), rows=1, new=1)
    assert figures(1) == (None, None, None, None, "60.00", "40.00")


def test_a_column_that_is_there_beats_what_is_stored(load):
    load("figures", one(100, 50, 0, 0, 0))
    headings = (CODE, "年度", "进口额", "资源类产品进口额")
    expect(load("figures", one(200, 150, headings=headings)), rows=1, changed=1)


# --- From and until --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2022-01-01", "2022-12-31"),
        ("2022-01-01", "2022-01-01"),
        ("", "2022-01-01"),
        ("2022-01-01", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("kind", ["agricultural", "discredited"])
def test_ends_may_be_open_or_the_same_day(load, kind, since, until):
    expect(load(kind, csv_of([(CODE, "起", "止"), (code(1), since, until)])), rows=1, new=1)


@pytest.mark.parametrize("kind", ["agricultural", "discredited"])
def test_an_end_before_its_beginning_is_inconsistent(load, kind):
    rows = [(CODE, "起", "止"), (code(1), "2022-01-02", "2022年1月1日")]
    answer = load(kind, csv_of(rows))
    expect(answer, rows=1, refused=[(2, None, "inconsistent")])
    assert answer.said["refused"][0]["column"] in ("起", "止")


def test_the_end_of_a_member_is_not_before_its_beginning(load):
    platform = ("平台编号", "平台名称", "级别", "运营企业信用代码", "认定日期")
    load("platforms", csv_of([platform, ("PT1", "示例平台", "省级", code(1), "2022-01-01")]))
    rows = [("平台编号", CODE, "起", "止"), ("PT1", code(2), "2022-02-01", "2022-01-31")]
    expect(load("platform-members", csv_of(rows)), rows=1, refused=[(2, None, "inconsistent")])


def test_an_open_beginning_is_a_key_of_its_own(load):
    rows = [(CODE, "起", "止"), (code(1), "", "2021-12-31"), (code(1), "2022-01-01", "")]
    expect(load("agricultural", csv_of(rows)), rows=2, new=2)
    expect(load("agricultural", csv_of(rows)), rows=2, unchanged=2)
    expect(load("agricultural", csv_of([rows[0], (code(1), "", "2020-12-31")])), rows=1, changed=1)
    assert AgriculturalExporter.objects.count() == 2
