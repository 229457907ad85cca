"""Workbooks as different programs write them: sheets, strings, formulas, positions."""

import re

import pytest
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from applications.models import TradeFigures

from .asking import CODE, code, expect, figures, imports_of, refuse
from .books import MAIN, XML, book, package, parts, raw_book, sheet_xml

HEADINGS = (CODE, "年度", "进口额")
TABLE = [HEADINGS, (code(1), 2022, 5)]


def test_a_workbook_with_any_name_is_a_workbook(load):
    for name in ("数据.csv", "数据.xls", "数据", "数据.txt"):
        load("figures", book(TABLE), "--check", name=name)
    expect(load("figures", book(TABLE), name="数据.csv"), rows=1, new=1)


# --- Sheets ----------------------------------------------------------------------------------------


def test_the_first_sheet_with_the_headings_is_read_and_others_are_named(load):
    content = book(
        [("填表说明",), ("请按年填写",)], sheet="说明", others={"数据": TABLE, "附表一": TABLE, "空白": []}
    )
    answer = load("figures", content)
    expect(answer, rows=1, new=1, others=["附表一"])
    sheets = [one["message"] for one in answer.said["warnings"] if one["code"] == "other_sheet"]
    assert not any("空白" in message for message in sheets)


def test_one_sheet_alone_is_not_warned_about(load):
    expect(load("figures", book(TABLE, others={"Sheet2": [], "Sheet3": []})), rows=1, new=1)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_not_the_one_that_is_read(load, state):
    def hide(workbook, sheet):
        sheet.sheet_state = state
        workbook.active = 1

    content = book([HEADINGS, (code(9), 2022, 9)], sheet="旧表", others={"新表": TABLE}, arrange=hide)
    answer = load("figures", content)
    assert (answer.status, answer.said["rows"], answer.said["new"]) == (0, 1, 1)
    assert imports_of(1, 9) == ["5.00", "no row"]


def test_headings_on_a_hidden_sheet_alone_are_not_found(load):
    def hide(workbook, sheet):
        sheet.sheet_state = "hidden"
        workbook.active = 1

    refuse(load("figures", book(TABLE, others={"Sheet2": [("联系人", "电话")]}, arrange=hide)), "no_headings")


def test_a_sheet_that_is_all_chart_does_no_harm(load):
    def chart(workbook, sheet):
        workbook.create_chartsheet("图表", 0).add_chart(BarChart())

    expect(load("figures", book(TABLE, arrange=chart)), rows=1, new=1)


def test_comments_drop_downs_and_named_ranges_do_no_harm(load):
    def decorate(workbook, sheet):
        sheet["C2"].comment = Comment("待核", "示例人员")
        choice = DataValidation(type="list", formula1='"2021,2022"')
        sheet.add_data_validation(choice)
        choice.add("B2:B9")
        sheet.freeze_panes = "A2"
        sheet.protection.sheet = True

    expect(load("figures", book(TABLE, arrange=decorate)), rows=1, new=1)


# --- Strings ---------------------------------------------------------------------------------------


def test_shared_strings_with_several_formats_are_put_together(load):
    first, second = code(1)[:7], code(1)[7:]
    shared = [
        f"<r><t>{first}</t></r><r><rPr><b/></rPr><t>{second}</t></r>",
        '<t>示例甲有限公司</t><rPh sb="0" eb="2"><t>shili</t></rPh><phoneticPr fontId="1"/>',
        '<r><t xml:space="preserve">1,2</t></r><r><t>34.50</t></r>',
    ]
    rows = [
        (CODE, "企业名称", "年度", "进口额"),
        (b'<c t="s"><v>0</v></c>', b'<c t="s"><v>1</v></c>', 2022, b'<c t="s"><v>2</v></c>'),
    ]
    expect(load("figures", raw_book(rows, shared=shared)), rows=1, new=1)
    assert imports_of(1) == ["1234.50"]
    assert TradeFigures.objects.get().name == "示例甲有限公司"


def test_inline_strings_with_several_formats_are_put_together(load):
    inline = b'<c t="inlineStr"><is><r><t>1,2</t></r><r><rPr><i/></rPr><t>34.50</t></r></is></c>'
    expect(load("figures", raw_book([HEADINGS, (code(1), 2022, inline)])), rows=1, new=1)
    assert imports_of(1) == ["1234.50"]


def test_a_string_that_does_not_exist_is_a_broken_file(load):
    content = raw_book([HEADINGS, (code(1), 2022, b'<c t="s"><v>77</v></c>')])
    refuse(load("figures", content), "damaged_file")


# --- Formulas --------------------------------------------------------------------------------------


def test_formulas_count_with_the_values_they_had(load):
    cells = {
        b"<c><f>E1*2</f><v>1234.5</v></c>": "1234.50",
        b'<c t="str"><f>TEXT(E1,"0")</f><v>1,234.50</v></c>': "1234.50",
        b'<c><f t="shared" ref="C4:C5" si="0">E1</f><v>7</v></c>': "7.00",
        b'<c><f t="shared" si="0"/><v>8</v></c>': "8.00",
        b'<c t="str"><f>IF(1,"","")</f><v></v></c>': None,
        b'<c t="str"><f>"-"</f><v>-</v></c>': None,
    }
    rows = [HEADINGS, *((code(number), 2022, cell) for number, cell in enumerate(cells, start=1))]
    expect(load("figures", raw_book(rows)), rows=6, new=6)
    assert imports_of(*range(1, 7)) == list(cells.values())


def test_formulas_without_a_value_and_errors_are_refused(load):
    cells = [
        b"<c><f>E1*2</f></c>",
        b"<c><f>E1*2</f><v></v></c>",
        b'<c t="e"><f>E1/0</f><v>#DIV/0!</v></c>',
        b'<c t="e"><v>#REF!</v></c>',
        b'<c t="e"><v>#N/A</v></c>',
        b'<c t="e"><f>VLOOKUP(A1,B:C,2,0)</f><v>#N/A</v></c>',
        b'<c t="e"><v>#NAME?</v></c>',
        b'<c t="e"><v>#VALUE!</v></c>',
    ]
    rows = [HEADINGS, *((code(number), 2022, cell) for number, cell in enumerate(cells, start=1))]
    refused = [(row, "进口额", "formula_error") for row in range(2, 10)]
    expect(load("figures", raw_book(rows)), rows=8, refused=refused)


def test_a_formula_error_may_stand_in_any_known_column_and_in_unknown_ones(load):
    error = b'<c t="e"><v>#N/A</v></c>'
    rows = [
        (CODE, "企业名称", "年度", "进口额", "排名"),
        (error, "示例甲有限公司", 2022, 5, error),
        (code(2), error, 2022, 5, 1),
        (code(3), "示例丙有限公司", error, 5, 2),
        (code(4), "示例丁有限公司", 2022, 5, error),
    ]
    refused = [(2, CODE, "formula_error"), (3, "企业名称", "formula_error"), (4, "年度", "formula_error")]
    expect(load("figures", raw_book(rows)), rows=4, new=1, unknown=["排名"], refused=refused)


def test_a_workbook_of_formulas_that_was_never_calculated_is_refused_row_by_row(load):
    rows = [HEADINGS, (code(1), 2022, "=1+1"), (code(2), 2022, 6)]
    expect(load("figures", book(rows)), rows=2, new=1, refused=[(2, "进口额", "formula_error")])


# --- How the XML is written ------------------------------------------------------------------------


def test_names_with_a_prefix_are_the_same_names(load):
    contents = parts(sheet_xml(TABLE), shared=["<t>x</t>"])
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        text = contents[name].replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
        contents[name] = XML + re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text.removeprefix(XML))
    expect(load("figures", package(contents)), rows=1, new=1)
    assert imports_of(1) == ["5.00"]


def test_the_strict_form_of_the_format_is_read(load):
    contents = parts(sheet_xml(TABLE))
    old = "http://schemas.openxmlformats.org"
    contents = {
        name: text.replace(
            f"{old}/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main"
        ).replace(f"{old}/officeDocument/2006", "http://purl.oclc.org/ooxml/officeDocument")
        for name, text in contents.items()
    }
    expect(load("figures", package(contents)), rows=1, new=1)


def test_parts_are_found_by_whole_paths_and_other_names(load):
    contents = parts(sheet_xml(TABLE))
    contents["xl/worksheets/工作表.xml"] = contents.pop("xl/worksheets/sheet1.xml")
    contents["xl/_rels/workbook.xml.rels"] = contents["xl/_rels/workbook.xml.rels"].replace(
        "worksheets/sheet1.xml", "/xl/worksheets/工作表.xml"
    )
    expect(load("figures", package(contents)), rows=1, new=1)


def test_styles_and_shared_strings_need_not_be_there(load):
    contents = parts(sheet_xml(TABLE))
    del contents["xl/styles.xml"], contents["xl/sharedStrings.xml"]
    contents["xl/_rels/workbook.xml.rels"] = re.sub(
        r'<Relationship Id="rId[23]"[^>]*/>', "", contents["xl/_rels/workbook.xml.rels"]
    )
    expect(load("figures", package(contents)), rows=1, new=1)


def test_rows_and_cells_without_positions_follow_one_another(load):
    sheet = re.sub(r'<(row|c) r="[A-Z]*\d+"', r"<\1", sheet_xml([*TABLE, (code(2), 2022, "x")]))
    answer = load("figures", package(parts(sheet)))
    expect(answer, rows=2, new=1, refused=[(3, "进口额", "not_a_number", "x")])


def test_a_wrong_dimension_does_not_cut_the_sheet(load):
    sheet = sheet_xml([*TABLE, (code(2), 2022, 6)], before='<dimension ref="A1"/>')
    expect(load("figures", package(parts(sheet))), rows=2, new=2)


def test_rows_that_are_left_out_are_counted_in_row_numbers(load):
    sheet = sheet_xml([*TABLE, (code(2), 2022, "x")]).replace('r="3"', 'r="1048576"')
    sheet = re.sub(r'r="([ABC])3"', r'r="\g<1>1048576"', sheet)
    answer = load("figures", package(parts(sheet)))
    expect(answer, rows=2, new=1, refused=[(1_048_576, "进口额", "not_a_number", "x")])


def test_columns_that_are_left_out_are_counted(load):
    rows = [(None, None, *HEADINGS, *[None] * 40, "出口额"), (None, None, code(1), 2022, 5, *[None] * 40, 6)]
    expect(load("figures", raw_book(rows)), rows=1, new=1)
    assert figures(1)[:2] == ("5.00", "6.00")


def test_a_whole_sheet_of_formatted_empty_cells_is_no_data(load):
    empty = b'<c s="1"/>'
    rows = [HEADINGS, (code(1), 2022, 5), *[(empty, empty, empty)] * 2000]
    expect(load("figures", raw_book(rows, formats=["0.00"])), rows=1, new=1)


def test_a_name_keeps_its_characters(load):
    names = ["示例&<甲>有限公司", "示例“乙”公司", "示例𠮷木业有限公司", "示例㐂公司"]
    rows = [(CODE, "企业名称", "年度")]
    rows += [(code(number), name, 2022) for number, name in enumerate(names, start=1)]
    expect(load("figures", book(rows)), rows=4, new=4)
    assert list(TradeFigures.objects.order_by("credit_code").values_list("name", flat=True)) == names
