"""The same key twice in one file."""

import pytest

from .asking import CODE, code, expect, figures, imports_of
from .books import book, csv_of

HEADINGS = (CODE, "企业名称", "年度", "进口额", "资源类产品进口额")


def test_identical_rows_count_once_as_given_and_then_as_unchanged(load):
    rows = [HEADINGS, *[(code(1), "示例甲公司", 2022, 5, None)] * 3]
    expect(load("figures", book(rows)), rows=3, new=1, unchanged=2)
    expect(load("figures", book(rows)), rows=3, unchanged=3)


def test_identical_is_what_is_parsed_alike(load):
    rows = [
        HEADINGS,
        (code(1), "示例甲公司", 2022, "1,000", "-"),
        (code(1).lower(), "示例甲公司", "2022年", "1000.00", None),
        (f"'{code(1)}", " 示例甲公司 ", "2022年度", "￥１，０００元", "无"),
    ]
    expect(load("figures", book(rows)), rows=3, new=1, unchanged=2)
    assert imports_of(1) == ["1000.00"]


def test_identical_rows_of_a_changed_firm_count_once_as_changed(load):
    load("figures", book([HEADINGS, (code(1), "示例甲公司", 2022, 5, None)]))
    expect(
        load("figures", book([HEADINGS, *[(code(1), "示例甲公司", 2022, 6, None)] * 2])),
        rows=2,
        changed=1,
        unchanged=1,
    )
    assert imports_of(1) == ["6.00"]


@pytest.mark.parametrize(
    "other",
    [
        ("示例甲公司", 6, None),
        ("示例乙公司", 5, None),
        ("示例甲公司", None, None),
        ("示例甲公司", 0, None),
        ("示例甲公司", 5, 0),
    ],
)
def test_where_any_differ_all_of_the_key_are_refused(load, other):
    name, imports, resources = other
    rows = [
        HEADINGS,
        (code(1), "示例甲公司", 2022, 5, None),
        (code(1), name, 2022, imports, resources),
        (code(2), "示例丙公司", 2022, 7, None),
        (code(1), "示例甲公司", 2022, 5, None),
    ]
    refused = [(row, None, "duplicate") for row in (2, 3, 5)]
    expect(load("figures", book(rows), "--good-rows"), rows=4, new=1, refused=refused)
    assert imports_of(1, 2) == ["no row", "7.00"]


def test_another_year_is_another_key(load):
    rows = [HEADINGS, (code(1), "示例甲公司", 2021, 5, None), (code(1), "示例甲公司", 2022, 6, None)]
    expect(load("figures", book(rows)), rows=2, new=2)


@pytest.mark.parametrize(
    ("bad", "column", "fault"),
    [
        ((2022, "x", None), "进口额", "not_a_number"),
        ((2022, -1, None), "进口额", "negative"),
        ((2022, 6, 7), "资源类产品进口额", "inconsistent"),
    ],
)
def test_refused_rows_play_no_part(load, bad, column, fault):
    rows = [HEADINGS, (code(1), "示例甲公司", 2022, 5, None), (code(1), "示例甲公司", *bad)]
    for order in (rows, [rows[0], rows[2], rows[1]]):
        row = 1 + order.index(rows[2])
        answer = load("figures", book(order), "--check")
        expect(answer, rows=2, new=1, refused=[(row, column, fault)])
    load("figures", book(rows), "--good-rows")
    assert imports_of(1) == ["5.00"]


def test_a_refused_row_between_identical_ones_leaves_them_identical(load):
    row = (code(1), "示例甲公司", 2022, 5, None)
    rows = [HEADINGS, row, (code(1), "示例甲公司", 2022, "x", None), row]
    expect(
        load("figures", book(rows)), rows=3, new=1, unchanged=1, refused=[(3, "进口额", "not_a_number", "x")]
    )


def test_keys_far_apart_in_a_large_file_are_found(load):
    rows = [HEADINGS, *((code(number), "示例公司", 2022, number, None) for number in range(3000))]
    rows += [(code(7), "示例公司", 2022, 7, None), (code(8), "示例公司", 2022, 9, None)]
    refused = [(10, None, "duplicate"), (3003, None, "duplicate")]
    expect(load("figures", csv_of(rows)), rows=3002, new=2999, unchanged=1, refused=refused)


TABLES = {
    "platforms": (
        ("平台编号", "平台名称", "级别", "运营企业信用代码", "认定日期"),
        ("PT1", "示例平台", "省级", code(1), "2022-01-01"),
        {0: "PT2", 2: "国家级"},
        {1: "示例平台二", 3: code(2), 4: "2022-01-02"},
    ),
    "platform-members": (
        ("平台编号", CODE, "起", "止"),
        ("PT1", code(3), "2022-01-01", "2022-12-31"),
        {1: code(4), 2: "2022-02-01"},
        {3: "2022-12-30"},
    ),
    "warehouses": (
        ("海外仓编号", "名称", "国家", "运营企业信用代码", "认定日期"),
        ("W1", "示例仓", "俄罗斯", code(1), "2022-01-01"),
        {0: "W2"},
        {1: "示例仓二", 2: "日本", 3: code(2), 4: "2022-01-02"},
    ),
    "dual-circulation": (
        (CODE, "企业名称", "批次"),
        (code(1), "示例甲公司", "第一批"),
        {0: code(2)},
        {2: "第二批"},
    ),
    "agricultural": (
        (CODE, "企业名称", "起", "止"),
        (code(1), "示例甲公司", "2022-01-01", "2022-12-31"),
        {0: code(2), 2: "2022-02-01"},
        {1: "示例乙公司", 3: "2022-12-30"},
    ),
    "discredited": (
        (CODE, "企业名称", "起", "止"),
        (code(1), "示例甲公司", "2022-01-01", ""),
        {0: code(2), 2: ""},
        {1: "示例乙公司", 3: "2022-12-30"},
    ),
    "enterprises": (
        (CODE, "企业名称", "市（地）", "引进年度", "自贸区", "成立日期", "地址", "联系电话"),
        (code(1), "示例甲公司", "哈尔滨市", "2021", "是", "2010-01-01", "示例路1号", "0451-00000000"),
        {0: code(2)},
        {
            1: "示例乙公司",
            2: "大庆市",
            3: "2020",
            4: "否",
            5: "2010-01-02",
            6: "示例路2号",
            7: "0451-00000001",
        },
    ),
    "lpr": (("公布日期", "1年期"), ("2022-01-20", "3.7"), {0: "2022-02-20"}, {1: "3.65"}),
    "holidays": (
        ("日期", "类型", "名称"),
        ("2022-01-03", "休", "元旦"),
        {0: "2022-01-04"},
        {1: "班", 2: "春节"},
    ),
    "city-rates": (
        ("市（地）", "年度", "事项", "比例"),
        ("哈尔滨市", "2022", "3.3", "50%"),
        {0: "大庆市", 1: "2023", 2: "5.4"},
        {3: "40%"},
    ),
}


@pytest.fixture
def platform(load):
    """A platform that members can belong to."""
    load("platforms", csv_of(TABLES["platforms"][:2]))


@pytest.mark.parametrize("kind", TABLES)
def test_each_kind_has_its_key(load, kind, request):
    """Each part of the key makes another row; each other column makes a duplicate, or later a change."""
    if kind == "platform-members":
        request.getfixturevalue("platform")
    headings, row, parts_of_key, others = TABLES[kind]

    def altered(place, value):
        return tuple(value if number == place else old for number, old in enumerate(row))

    different = [altered(place, value) for place, value in parts_of_key.items()]
    count = 1 + len(different)
    expect(
        load(kind, csv_of([headings, row, row, *different]), "--check"),
        rows=count + 1,
        new=count,
        unchanged=1,
    )
    answer = load(kind, csv_of([headings, row, altered(*next(iter(others.items())))]), "--check")
    expect(answer, rows=2, refused=[(2, None, "duplicate"), (3, None, "duplicate")])
    expect(load(kind, csv_of([headings, row])), rows=1, new=1)
    for place, value in others.items():
        expect(load(kind, csv_of([headings, altered(place, value)]), "--check"), rows=1, changed=1)
    expect(load(kind, csv_of([headings, *different])), rows=count - 1, new=count - 1)
    expect(load(kind, csv_of([headings, row, *different])), rows=count, unchanged=count)


def test_the_figure_that_stays_counts_for_neither_of_two(load):
    """Columns that are absent from the file make no difference between its rows."""
    load("figures", book([HEADINGS, (code(1), "示例甲公司", 2022, 5, 4)]))
    rows = [(CODE, "年度", "出口额"), (code(1), 2022, 6), (code(1), 2022, "6.00")]
    expect(load("figures", book(rows)), rows=2, changed=1, unchanged=1)
    assert figures(1) == ("5.00", "6.00", None, None, "4.00", None)
