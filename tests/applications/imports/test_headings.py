"""Where headings stand, what they are taken for, and in which unit."""

import pytest

from applications.imports.heading_words import heading_read, unit_line_read
from applications.imports.kinds import KINDS
from applications.imports.problems import FileRefused
from tests.applications.imports.sheets import CODE, ListSheet, reading_of, reading_of_sheets, warned

NEEDED = (CODE, "年度")


def found(kind, *rows, **options):
    """{template's heading: the file's} of what a file's headings are taken for."""
    return {column: text for text, column in reading_of(kind, *rows, **options).headings if column}


def units_of(*rows, **options):
    return reading_of("figures", *rows, **options).units


def refused(kind, *rows, **options):
    with pytest.raises(FileRefused) as caught:
        reading_of(kind, *rows, **options)
    return caught.value


# --- One heading ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        *("进口额", "进\n口 额", " 进口额\u3000", "进口额\r\n", "进_x000D_\n口额", "*进口额", "进口额*", "进口额＊", "进口额：", "进口额:", "其中：进口额"),
        *("进口额（必填）", "进口额(选填)", "进口总额", "进口值", "进口总值", "进口金额", "进口", "人民币进口额", "进口额（人民币）", "\ufeff进口额"),
    ],
)  # fmt: skip
def test_a_heading_is_known_however_it_is_written(written):
    assert found("figures", [*NEEDED, written])["进口额"]
    assert units_of([*NEEDED, written]) == {"import_cny": "元"}


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("进口额（元）", "元"), ("进口额(千元)", "千元"), ("进口额（万元）", "万元"), ("进口额 (亿元)", "亿元"), ("进口额万元", "万元"), ("进口额元", "元"),
        ("进口额（单位：万元）", "万元"), ("进口额（人民币万元）", "万元"), ("进口额（万元人民币）", "万元"), ("进口额（人民币，万元）", "万元"), ("进口额/万元", "万元"),
        ("进口额，万元", "万元"), ("进口额[万元]", "万元"), ("进口额【万元】", "万元"), ("进口额\n（万\n元）", "万元"), ("进口额（万元）*", "万元"), ("进口额单位：万元", "万元"),
        ("进口额（百万元）", "百万元"), ("人民币进口额（万元）", "万元"), ("进口额（ＲＭＢ万元）", "万元"),
    ],
)  # fmt: skip
def test_a_unit_in_a_heading_is_understood(written, unit):
    assert units_of([*NEEDED, written]) == {"import_cny": unit}


@pytest.mark.parametrize(
    ("written", "unit"),
    [
        ("出口额（美元）", "美元"), ("出口额(千美元)", "千美元"), ("出口总额（万美元）", "万美元"), ("出口值（亿美元）", "亿美元"), ("出口额万美元", "万美元"),
        ("美元出口额", "美元"), ("出口额美元", "美元"), ("出口额（折美元）", "美元"), ("出口额（USD）", "美元"), ("出口额（万USD）", "万美元"), ("出口美元值", "美元"),
        ("出口额\n（美元）", "美元"), ("美元出口额（万美元）", "万美元"),
    ],
)  # fmt: skip
def test_sums_in_usd_are_a_column_of_their_own(written, unit):
    assert units_of([*NEEDED, written]) == {"export_usd": unit}


@pytest.mark.parametrize(
    "written",
    [
        *("进口额（美元）", "进口额（同比%）", "进口额（百元）", "上年进口额", "2021年进口额", "进口额增长", "进口增速", "进出口额", "进出口总额", "加工贸易进口额"),
        *("出口额（欧元）", "出口额（日元）", "序号", "备注", "单位", "填报单位", "企业海关代码", "组织机构代码", "农产品出口额", "元", "万元", "2022"),
    ],
)  # fmt: skip
def test_what_means_something_else_is_unknown(written):
    reading = reading_of("figures", [*NEEDED, written])
    assert warned(reading, "unknown_column") == [written]
    assert written in reading.notices[0].message


@pytest.mark.parametrize("written", [None, "", "  ", "\u3000"])
def test_a_blank_heading_is_nothing(written):
    reading = reading_of("figures", [*NEEDED, written, "进口额"])
    assert reading.notices == []
    assert len(reading.headings) == 3


def test_unknown_columns_are_named_on_one_line():
    assert warned(reading_of("figures", ["序\n号", *NEEDED, "备 注", "HS code", 2022]), "unknown_column") == [
        "序号",
        "备注",
        "HS code",
        "2022",
    ]


def test_columns_of_our_own_report_of_refused_rows_are_no_surprise():
    assert reading_of("figures", ["原行号", "问题", *NEEDED]).notices == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_name_of_every_column_is_found(kind):
    for column in KINDS[kind].columns:
        for name in (column.heading, *column.names):
            if column.unit == "美元" and "美元" not in name:
                name = name.replace("人民币", "美元") if "人民币" in name else f"{name}（美元）"
            others = [each.heading for each in KINDS[kind].columns if each is not column]
            assert found(kind, [*others, name])[column.heading] == name


@pytest.mark.parametrize("kind", KINDS)
def test_the_template_is_read_in_any_order(kind):
    columns = KINDS[kind].columns
    reading = reading_of(kind, [column.heading for column in reversed(columns)])
    assert reading.columns == columns
    assert reading.absent == ()
    assert reading.notices == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_required_column_the_file_is_refused_and_what_was_found_is_named(kind):
    for missing in KINDS[kind].required:
        headings = [column.heading for column in KINDS[kind].columns if column is not missing]
        error = refused(kind, ["情况表"], [*headings, "联系人"])
        assert error.code == "no_headings"
        assert missing.heading in error.message
        assert all(heading in error.message for heading in (*headings, "联系人"))


@pytest.mark.parametrize(
    "name", ["信用代码", "企业代码", "社会信用代码", "统一社会信用代码", "运营企业统一社会信用代码"]
)
def test_the_one_code_of_platforms_and_warehouses_is_the_operators(name):
    assert found("platforms", ["编号", "名称", "级别", name, "认定时间"])["运营企业信用代码"] == name
    assert (
        found("warehouses", ["编号", "海外仓名称", "所在国（地区）", name, "认定时间"])["运营企业信用代码"]
        == name
    )


# --- Where they stand ----------------------------------------------------------------------------


@pytest.mark.parametrize("row", [1, 2, 19, 20])
def test_headings_may_stand_in_any_of_the_first_twenty_rows(row):
    reading = reading_of("figures", *([["情况表"]] * (row - 1)), list(NEEDED))
    assert reading.heading_rows == (row, row)


def test_headings_in_the_twenty_first_row_are_not_found():
    assert refused("figures", *([["情况表"]] * 20), list(NEEDED)).code == "no_headings"
    assert refused("figures", *([[]] * 20), list(NEEDED)).code == "no_headings"


def test_two_rows_of_headings_end_in_the_twentieth_row():
    rows = [[CODE, "年度", "出口额", None], [None, None, "人民币", "美元"]]
    assert reading_of("figures", *([[]] * 18), *rows).heading_rows == (19, 20)
    assert reading_of("figures", *([[]] * 19), *rows).heading_rows == (20, 20)


@pytest.mark.parametrize(
    "title",
    [
        ["2022年进口额、出口额（万元）情况表"],
        ["进口额"],
        [None, "年度", None],
        [CODE],
        ["统一社会信用代码和年度"],
        ["填报单位：示例市商务局", None, "年度"],
        ["示例市", "2022", "进口额"],
    ],
)
def test_a_title_is_not_taken_for_headings(title):
    reading = reading_of("figures", title, [*NEEDED, "进口额", "备注"])
    assert reading.heading_rows == (2, 2)
    assert [column for _, column in reading.headings] == [CODE, "年度", "进口额", None]


def test_a_row_of_data_is_never_taken_for_headings():
    rows = [["日期", "类型", "名称"], ["2022-01-03", "休", "日期"], ["日期", "类型", "名称"]]
    assert reading_of("holidays", *rows).heading_rows == (1, 1)


def test_the_first_table_of_a_sheet_counts_even_if_another_has_more_columns():
    rows = [
        [CODE, "年度", "进口额"],
        ["x", 2022, 5],
        [],
        [],
        ["第二张表"],
        [CODE, "年度", "进口额", "出口额"],
    ]
    assert reading_of("figures", *rows).heading_rows == (1, 1)


# --- Two rows ------------------------------------------------------------------------------------


def test_a_group_of_currencies_is_read_with_what_stands_below_it():
    top, bottom = [CODE, "年度", "进口额", "出口额", None], [None, None, None, "人民币", "美元"]
    for merges in ((), ((1, 3, 1, 4),)):
        reading = reading_of("figures", top, bottom, merges=merges)
        assert reading.units == {"import_cny": "元", "export_cny": "元", "export_usd": "美元"}
        assert reading.heading_rows == (1, 2)
        assert reading.notices == []


def test_vertically_merged_headings_count_once():
    top = ["序号", CODE, "企业\n名称", "年 度", "其中", None, "备注"]
    bottom = ["序号", CODE, "企业\n名称", "年 度", "跨境电商\n进出口额", "地产品\n出口额", "备注"]
    merges = [(2, index, 3, index) for index in (0, 1, 2, 3, 6)] + [(2, 4, 2, 5), (1, 0, 1, 6)]
    reading = reading_of("figures", ["情况表"], top, bottom, merges=merges)
    assert [column.field for column in reading.columns] == [
        "credit_code", "name", "year", "cross_border_cny", "local_product_export_cny",
    ]  # fmt: skip
    assert reading.heading_rows == (2, 3)
    assert warned(reading, "unknown_column") == ["序号", "备注"]


def test_headings_that_are_all_merged_over_two_rows_end_below():
    row = [CODE, "年度", "进口额"]
    reading = reading_of("figures", row, row, merges=[(1, index, 2, index) for index in range(3)])
    assert reading.heading_rows == (1, 2)


@pytest.mark.parametrize(
    ("group", "below", "units"),
    [
        ("进出口额（万元）", ["进口额", "出口额"], {"import_cny": "万元", "export_cny": "万元"}),
        ("万元", ["进口额", "出口额"], {"import_cny": "万元", "export_cny": "万元"}),
        ("进出口情况", ["进口额（万元）", "出口额（万美元）"], {"import_cny": "万元", "export_usd": "万美元"}),
        ("进出口额（万元）", ["进口额", "出口额（美元）"], {"import_cny": "万元", "export_usd": "美元"}),
        ("进出口额（万元）", ["进口额（元）", "出口额"], {"import_cny": "元", "export_cny": "万元"}),
        ("出口额", ["万元", "万美元"], {"export_cny": "万元", "export_usd": "万美元"}),
        ("出口额", ["人民币（万元）", "美元（万美元）"], {"export_cny": "万元", "export_usd": "万美元"}),
        ("出口额（万元）", ["人民币", "美元"], {"export_cny": "万元", "export_usd": "美元"}),
        ("出口额（万元、万美元）", ["人民币", "美元"], {"export_cny": "万元", "export_usd": "万美元"}),
        ("出口", ["总额", "美元值"], {"export_cny": "元", "export_usd": "美元"}),
        ("人民币", ["进口额", "出口额"], {"import_cny": "元", "export_cny": "元"}),
        ("其中", ["资源类产品进口额", "地产品出口额"], {"resource_import_cny": "元", "local_product_export_cny": "元"}),
        ("地产品、资源类", ["地产品出口额", "资源类产品进口额"], {"local_product_export_cny": "元", "resource_import_cny": "元"}),
        ("地产品", ["出口额", "美元"], {"local_product_export_cny": "元"}),
        ("进出口（按美元计）", ["进口额", "出口额"], {"export_usd": "美元"}),
    ],
)  # fmt: skip
def test_a_group_and_what_stands_below_it_are_read_together(group, below, units):
    top, bottom = [CODE, "年度", group, None], [None, None, *below]
    assert units_of(top, bottom) == units
    assert units_of(top, bottom, merges=[(1, 2, 1, 3)]) == units
    filled = [*NEEDED, *below]
    assert units_of(top, filled, merges=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3)]) == units


@pytest.mark.parametrize("group", ["同比", "上年同期", "增长额", "一般贸易", "跨境电商", "按美元计"])
def test_a_group_with_another_meaning_leaves_what_is_below_it_unknown(group):
    top, bottom = [CODE, "年度", "出口额", group], [None, None, None, "进口额"]
    for rows, merges in (
        ((top, bottom), ()),
        ((top, [*top[:3], "进口额"]), [(1, index, 2, index) for index in range(3)]),
        (([None, None, None, group], [*top[:3], "进口额"]), ()),
    ):
        reading = reading_of("figures", *rows, merges=merges)
        assert [column.field for column in reading.columns] == ["credit_code", "year", "export_cny"]
        assert warned(reading, "unknown_column")[0].startswith(group)


def test_a_title_with_another_meaning_changes_nothing():
    for title in (
        ["同比增长", None],
        ["2022年进出口同比增长情况表（按美元计）"],
        [None, None, "2022年进出口同比增长情况表"],
        ["同比增长情况表", None, None, "单位：万元"],
    ):
        for merges in ((), ((1, 0, 1, 2),)):
            reading = reading_of("figures", title, [*NEEDED, "进口额", "出口额"], merges=merges)
            assert len(reading.columns) == 4
            assert reading.heading_rows == (2, 2)


@pytest.mark.parametrize(
    "remark",
    [
        "填报单位：示例市资源和服务贸易局",
        "填报日期：上年同期",
        "示例市外贸企业跨境电商和一般贸易进出口基本情况",
    ],
)
def test_a_remark_in_the_middle_of_the_row_above_changes_nothing(remark):
    reading = reading_of("figures", [None, remark], [*NEEDED, "进口额", "出口额"])
    assert len(reading.columns) == 4
    assert reading.notices == []


def test_headings_in_three_rows_end_with_the_third():
    rows = [
        [CODE, "年度", "进出口情况", None, None],
        [CODE, "年度", "进口额", "出口额", None],
        [CODE, "年度", "进口额", "人民币", "美元"],
    ]
    merges = [(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 1, 4), (2, 2, 3, 2), (2, 3, 2, 4)]
    reading = reading_of("figures", *rows, merges=merges)
    assert list(reading.units.values()) == ["元", "元", "美元"]
    assert reading.heading_rows[1] == 3


def test_two_years_beside_each_other_are_two_columns_for_one_figure():
    error = refused("figures", [CODE, "年度", "2021年", "2022年"], [None, None, "进口额", "进口额"])
    assert error.code == "duplicate_columns"


def test_a_group_over_code_and_name_does_not_change_them():
    top = ["企业基本服务信息", None, None, "进出口额（万元）", None]
    bottom = ["信用代码", "单位名称", "年份", "进口额", "出口额"]
    for merges in ((), ((1, 0, 1, 2), (1, 3, 1, 4))):
        reading = reading_of("figures", top, bottom, merges=merges)
        assert len(reading.columns) == 5
        assert reading.units == {"import_cny": "万元", "export_cny": "万元"}


def test_headings_that_are_all_merged_over_three_rows_end_below():
    row = [CODE, "年度", "进口额"]
    reading = reading_of("figures", row, row, row, merges=[(1, index, 3, index) for index in range(3)])
    assert reading.heading_rows[1] == 3


def test_a_merged_heading_is_not_cut_even_if_one_row_alone_says_more():
    top, bottom = [CODE, "年度", "进口额", "出口额", None], [CODE, "年度", "进口额", "一般贸易", "加工贸易"]
    merges = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4)]
    reading = reading_of("figures", top, bottom, merges=merges)
    assert reading.heading_rows == (1, 2)
    assert warned(reading, "unknown_column") == ["出口额一般贸易", "出口额加工贸易"]


def test_a_whole_and_its_growth_stand_below_a_figure():
    top = [CODE, "年度", "进口额（万元）", None, "出口额（万元）", None]
    bottom = [None, None, "累计", "同比%", "金额", "同比%"]
    reading = reading_of("figures", top, bottom, merges=[(1, 2, 1, 3), (1, 4, 1, 5)])
    assert reading.units == {"import_cny": "万元", "export_cny": "万元"}
    assert warned(reading, "unknown_column") == ["进口额（万元）同比%", "出口额（万元）同比%"]
    assert units_of([CODE, "年度", "出口额", None], [None, None, "合计（万元）", "合计（万美元）"]) == {
        "export_cny": "万元",
        "export_usd": "万美元",
    }


def test_what_has_nothing_to_do_with_money_keeps_its_meaning_below_a_unit():
    top, bottom = [CODE, "进出口情况（万元）", None], [None, "年度", "进口额"]
    reading = reading_of("figures", top, bottom, merges=[(1, 1, 1, 2)])
    assert reading.units == {"import_cny": "万元"}
    assert reading.notices == []


def test_a_heading_with_nothing_below_it_is_no_group():
    top, bottom = [CODE, "年度", "出口额（万美元）", None], [None, None, None, "地产品出口额"]
    assert units_of(top, bottom) == {"export_usd": "万美元", "local_product_export_cny": "元"}


def test_start_and_end_stand_below_a_period():
    top, bottom = ["平台编号", "信用代码", "有效期", None], [None, None, "起", "止"]
    assert len(reading_of("platform-members", top, bottom).columns) == 4


def test_a_blank_row_below_the_headings_belongs_to_nothing():
    assert reading_of("figures", [*NEEDED, "序号"], [None, None, 1]).heading_rows == (1, 1)


def test_the_detail_has_its_sums_below_one_heading():
    top = [CODE, "年月", "进出口", "监管方式", "商品编码", "金额", None]
    bottom = [None] * 5 + ["人民币（万元）", "美元"]
    reading = reading_of("monthly", top, bottom, merges=[(1, 5, 1, 6)])
    assert reading.units == {"amount_cny": "万元", "amount_usd": "美元"}


# --- The line that says the unit -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元", "万元"), ("单位:万元", "万元"), ("单位： 万 元", "万元"), ("单　位：万元", "万元"), ("（单位：万元）", "万元"), ("金额单位: 人民币万元", "万元"),
        ("计量单位：万元、万美元", "万元"), ("单位：亿元/亿美元", "亿元"), ("单位：元（人民币）", "元"), ("单位：人民币（千元）", "千元"), ("单位（万元）", "万元"), ("单位：万元 制表人：示例", "万元"),
        ("填报单位：示例市商务局 金额单位：万元", "万元"), ("2022年情况表（单位：万元）", "万元"), ("2022年情况表（万元）", "万元"), ("（万元）", "万元"), ("万元", "万元"),
        ("单位：家、万元、%", "万元"), ("单位：万元、%", "万元"), ("2022年外贸企业情况表　单位：万元", "万元"),
        ("单位：美元", "元"), ("单位：万美元", "元"), ("填报单位：示例市商务局", "元"), ("填报单位：万元贸易示例公司", "元"), ("单位：百元", "元"), ("2022年进口额", "元"), ("单位名称", "元"),
    ],
)  # fmt: skip
def test_a_line_above_the_headings_says_the_unit(line, unit):
    for row in ([line], [None, None, line]):
        assert units_of(row, [*NEEDED, "进口额"])["import_cny"] == unit
        assert units_of(["情况表"], row, [], [*NEEDED, "进口额"])["import_cny"] == unit


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元", "美元"),
        ("单位：美元", "美元"),
        ("单位：万美元", "万美元"),
        ("单位：万元、千美元", "千美元"),
        ("单位：亿元", "美元"),
    ],
)
def test_a_line_in_yuan_says_nothing_about_usd(line, unit):
    assert units_of([line], [*NEEDED, "美元出口额"]) == {"export_usd": unit}
    assert (
        units_of([line], [CODE, "年度", "出口额", None], [None, None, "人民币", "美元"])["export_usd"] == unit
    )


def test_a_unit_in_the_heading_beats_the_line():
    rows = ["单位：万元、万美元"], [*NEEDED, "进口额（元）", "出口额", "出口额（美元）", "出口额地产品"]
    assert units_of(*rows) == {"import_cny": "元", "export_cny": "万元", "export_usd": "美元"}


def test_the_nearest_line_counts():
    assert units_of(["单位：亿元"], ["单位：万元"], [*NEEDED, "进口额"]) == {"import_cny": "万元"}


def test_the_unit_may_stand_in_the_row_of_the_headings_itself():
    reading = reading_of("figures", [*NEEDED, "进口额", "单位：万元"])
    assert reading.units == {"import_cny": "万元"}
    assert reading.notices == []


def test_a_line_below_the_headings_says_nothing():
    assert units_of([*NEEDED, "进口额"], ["单位：万元"]) == {"import_cny": "元"}


def test_the_unit_stands_beside_the_group_above_the_headings():
    top = [CODE, "年度", "其中", None, "单位：万元"]
    bottom = [CODE, "年度", "进口额", "出口额", None]
    merges = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3)]
    assert units_of(top, bottom, merges=merges) == {"import_cny": "万元", "export_cny": "万元"}


@pytest.mark.parametrize(
    ("text", "core", "currency", "units"),
    [
        ("出口额（万美元）", "出口额", "美元", {"美元": 4}),
        ("人民币值", "", "元", {}),
        ("市（地）", "市地", "", {}),
        ("国家（地区）", "国家地区", "", {}),
        ("比例（%）", "比例", "", {}),
        ("１年期ＬＰＲ(%)", "1年期LPR", "", {}),
        ("hs编码", "HS编码", "", {}),
        ("统计美元值", "统计", "美元", {}),
    ],
)
def test_a_heading_is_taken_apart(text, core, currency, units):
    heading = heading_read(text)
    assert (heading.core, heading.currency, heading.units) == (core, currency, units)


def test_a_line_may_name_both_currencies():
    assert unit_line_read("单位：万元，美元") == {"元": 4, "美元": 0}


# --- Twice, and several sheets -------------------------------------------------------------------


@pytest.mark.parametrize(
    "pair",
    [
        ("进口额", "进口总额"),
        ("进口额", "进口额"),
        ("进口额（元）", "进口额（万元）"),
        ("出口额（美元）", "美元出口额"),
    ],
)
def test_two_columns_for_one_figure_are_named(pair):
    error = refused("figures", [*NEEDED, *pair])
    assert error.code == "duplicate_columns"
    assert all(name in error.message for name in pair)


def test_two_columns_for_the_code_are_refused_too():
    assert refused("figures", [CODE, "企业代码", "年度"]).code == "duplicate_columns"
    assert (
        refused("platforms", ["编号", "名称", "级别", "运营企业信用代码", "信用代码", "认定日期"]).code
        == "duplicate_columns"
    )


def test_sums_in_both_currencies_are_not_twice():
    assert units_of([*NEEDED, "出口额（万元）", "出口额（万美元）"]) == {
        "export_cny": "万元",
        "export_usd": "万美元",
    }


def test_the_first_visible_sheet_with_the_headings_is_read_and_others_are_named():
    sheets = [
        ListSheet([["封面"]], name="封面"),
        ListSheet([NEEDED], name="隐藏", visible=False),
        ListSheet([NEEDED, ["x", 2022]], name="甲"),
        ListSheet([NEEDED], name="乙"),
        ListSheet([[None, " "]], name="空"),
        ListSheet([], name="全空"),
        ListSheet([["说明"]], name="填写说明"),
    ]
    reading = reading_of_sheets("figures", *sheets)
    assert reading.sheet_name == "甲"
    others = [notice.message for notice in reading.notices if notice.code == "other_sheet"]
    assert len(others) == 3
    assert all(any(name in message for message in others) for name in ("封面", "隐藏", "乙"))


def test_headings_of_two_rows_that_lack_one_are_named_together():
    error = refused("figures", [CODE, "出口额", None], [None, "人民币", "美元"])
    assert all(name in error.message for name in (CODE, "出口额人民币", "出口额美元", "年度"))


def test_headings_on_hidden_sheets_alone_are_not_found():
    with pytest.raises(FileRefused) as caught:
        reading_of_sheets("figures", ListSheet([NEEDED], visible=False))
    assert caught.value.code == "no_headings"


def test_the_sheet_that_comes_closest_is_the_one_that_the_refusal_speaks_of():
    with pytest.raises(FileRefused) as caught:
        reading_of_sheets("figures", ListSheet([["封面", "目录"]]), ListSheet([["表"], [CODE, "进口额"]]))
    assert "进口额" in caught.value.message
    assert "第2行" in caught.value.message


@pytest.mark.parametrize("rows", [[], [[]], [[None, " "]]])
def test_a_sheet_without_text_has_no_headings(rows):
    assert refused("figures", *rows).code == "no_headings"


def test_a_heading_row_of_a_thousand_columns_is_named_in_part():
    error = refused("figures", [f"列{number}" for number in range(1000)])
    assert len(error.message) < 1000
