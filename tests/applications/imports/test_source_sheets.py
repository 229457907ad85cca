"""Sheets of a workbook: which there are, where they lie, how their XML may be written, and what is merged."""

import datetime
import re

import pytest
from openpyxl.chart import BarChart

from applications.imports.xlsx import merges
from applications.imports.xlsx.markup import PIECE

from .messy.books import MAIN, XML, book, package, parts, raw_book, sheet_xml
from .opening import opened, refusal, rows_in

TABLE = [("编号", "年度"), ("甲", 2022)]
READ = {1: ["编号", "年度"], 2: ["甲", 2022]}


# --- Which there are ---------------------------------------------------------------------------------


def test_sheets_come_in_order_and_hidden_ones_are_told() -> None:
    def arrange(workbook, sheet):
        workbook["说明"].sheet_state = "hidden"
        workbook["旧表"].sheet_state = "veryHidden"
        workbook.move_sheet("说明", -1)
        workbook.create_chartsheet("图表", 1).add_chart(BarChart())

    content = book(
        TABLE, sheet="数 据&", others={"说明": [("x",)], "旧表": [(1,), (2,)], "空": []}, arrange=arrange
    )
    with opened(content) as source:
        assert [(sheet.name, sheet.visible) for sheet in source.sheets] == [
            ("说明", False),
            ("数 据&", True),
            ("旧表", False),
            ("空", True),
        ]
        assert [len(list(sheet.rows())) for sheet in source.sheets] == [1, 2, 2, 0]


def test_a_pass_can_be_broken_off_repeated_and_run_beside_another() -> None:
    with opened(book([(number,) for number in range(500)])) as source:
        (sheet,) = source.sheets
        assert next(sheet.rows()) == (1, [0])
        pairs = list(zip(sheet.rows(), sheet.rows(), strict=True))
        assert len(pairs) == 500
        assert all(one == other for one, other in pairs)


def test_the_position_grows_to_one() -> None:
    with opened(raw_book([("示例" * 200, number) for number in range(2_000)])) as source:
        (sheet,) = source.sheets
        seen = [sheet.position for _ in sheet.rows()]
        assert seen == sorted(seen)
        assert 0 < seen[0] < 0.1 < seen[len(seen) // 2] < 0.9
        assert sheet.position == 1


# --- Where they lie ----------------------------------------------------------------------------------


def moved(contents: dict, old: str, new: str) -> dict:
    return {new if name == old else name: text for name, text in contents.items()}


def test_the_workbook_lies_where_the_relations_say() -> None:
    contents = moved(parts(sheet_xml(TABLE)), "xl/workbook.xml", "book/main.xml")
    contents = moved(contents, "xl/_rels/workbook.xml.rels", "book/_rels/main.xml.rels")
    contents = moved(contents, "xl/worksheets/sheet1.xml", "book/worksheets/sheet1.xml")
    contents["_rels/.rels"] = contents["_rels/.rels"].replace("xl/workbook.xml", "/book/main.xml")
    contents["book/_rels/main.xml.rels"] = (
        contents["book/_rels/main.xml.rels"]
        .replace('"styles.xml', '"../xl/styles.xml')
        .replace('"sharedStrings.xml', '"/xl/sharedStrings.xml')
    )
    assert rows_in(package(contents)) == READ


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        ("worksheets/Sheet1.XML", "xl/worksheets/sheet1.xml"),
        ("worksheets\\sheet1.xml", "xl\\worksheets\\sheet1.xml"),
        ("worksheets/./x/../sheet1.xml", "XL/Worksheets/sheet1.xml"),
        ("worksheets/sheet%201.xml", "xl/worksheets/sheet 1.xml"),
        ("worksheets/数据.xml", "xl/worksheets/数据.xml"),
    ],
)
def test_names_of_parts_are_compared_as_the_standard_says(target: str, name: str) -> None:
    contents = moved(parts(sheet_xml(TABLE)), "xl/worksheets/sheet1.xml", name)
    relations = "xl/_rels/workbook.xml.rels"
    contents[relations] = contents[relations].replace("worksheets/sheet1.xml", target)
    assert rows_in(package(contents)) == READ


def test_folders_pictures_and_other_parts_do_no_harm() -> None:
    others = {
        "xl/": "",
        "xl/media/": "",
        "xl/media/image1.png": "x",
        "docProps/app.xml": "<x/>",
        "customXml/1.xml": "?",
    }
    assert rows_in(package(parts(sheet_xml(TABLE)) | others)) == READ


# --- How the XML may be written ----------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["x", "ns0", "表"])
def test_elements_may_have_a_prefix(prefix: str) -> None:
    contents = parts(
        sheet_xml(
            [*TABLE, (b'<c t="s"><v>0</v></c>',)], after='<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'
        ),
        shared=["<t>乙</t>"],
    )
    for name in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
        text = contents[name].replace(f'xmlns="{MAIN}"', f'xmlns:{prefix}="{MAIN}"').removeprefix(XML)
        contents[name] = XML + re.sub(r"<(/?)(?=[a-zA-Z])", rf"<\1{prefix}:", text)
    with opened(package(contents)) as source:
        (sheet,) = source.sheets
        assert sheet.merges == ((2, 0, 3, 0),)
        # The third row holds nothing but what lies under the merge.
        assert dict(sheet.rows()) == READ


def test_the_strict_form_of_the_standard_is_read() -> None:
    old, new = "http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/"
    contents = {
        name: text.replace(MAIN, f"{new}spreadsheetml/main").replace(
            f"{old}officeDocument/2006/relationships", f"{new}officeDocument/relationships"
        )
        for name, text in parts(sheet_xml(TABLE)).items()
    }
    assert rows_in(package(contents)) == READ


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-be"])
def test_parts_may_be_in_another_encoding_of_unicode(encoding: str) -> None:
    after = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    contents = parts(sheet_xml([*TABLE, (None, 2023)], after=after), shared=["<t>甲</t>"])
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    contents = {
        name: (mark + text.replace(' encoding="UTF-8"', "")).encode(encoding)
        for name, text in contents.items()
    }
    with opened(package(contents)) as source:
        (sheet,) = source.sheets
        assert sheet.merges == ((2, 0, 3, 0),)
        assert dict(sheet.rows()) == READ | {3: ["甲", 2023]}


#: One table as different programs write it.
DIALECTS = {
    "LibreOffice": (
        '<row r="1" customFormat="false" ht="15" hidden="false" outlineLevel="0"><c r="A1" s="0" t="s"><v>0</v></c>'
        '<c r="B1" s="1" t="n"><v>44621</v></c><c r="C1" s="0" t="str"><f aca="false">A1&amp;"乙"</f><v>甲乙</v></c>'
        '<c r="D1" s="0" t="b"><f aca="false">TRUE()</f><v>1</v></c><c r="E1" s="0" t="n"><v>0.3</v></c></row>'
    ),
    "Excel": (
        '<row r="1" spans="1:5" s="1" customFormat="1" ht="15.75" thickBot="1" x14ac:dyDescent="0.25"><c r="A1" t="s">'
        '<v>0</v></c><c r="B1" s="1"><v>44621</v></c><c r="C1" t="str"><f t="shared" ref="C1:C9" si="0">A1&amp;"乙"</f>'
        '<v>甲乙</v></c><c r="D1" t="b"><v>1</v></c><c r="E1"><v>0.3</v></c><c r="F1" s="1"/></row>'
    ),
    "a web service": (
        '<row><c t="inlineStr"><is><t xml:space="preserve">甲</t></is></c><c s="1"><v>44621</v></c><c t="inlineStr"><is>'
        '<r><t>甲</t></r><r><rPr><b/></rPr><t>乙</t></r></is></c><c t="b"><v>true</v></c><c t="n"><v>3E-1</v></c></row>'
    ),
    "the strict form": (
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1" t="d"><v>2022-03-01T00:00:00.000</v></c>'
        '<c r="C1" t="str"><v>甲乙</v></c><c r="D1" t="b"><v>1</v></c><c r="E1"><v>0.29999999999999999</v></c></row>'
    ),
}


@pytest.mark.parametrize("rows", DIALECTS.values(), ids=DIALECTS)
def test_programs_write_the_same_table_in_different_ways(rows: str) -> None:
    sheet = (
        sheet_xml([])
        .replace("<sheetData>", f"<sheetData>\n{rows}\n")
        .replace(" xmlns:r=", ' xmlns:x14ac="urn:x" xmlns:r=')
    )
    found = rows_in(package(parts(sheet, shared=["<t>甲</t>"], formats=["yyyy/m/d;@"])))
    assert found == {1: ["甲", datetime.date(2022, 3, 1), "甲乙", True, 0.3]}
    assert found[1][3] is True


def test_what_stands_around_the_rows_does_no_harm() -> None:
    before = (
        '<sheetPr><tabColor rgb="FF0000"/></sheetPr><dimension ref="A1"/><cols><col min="1" max="1"/></cols>'
    )
    after = (
        '<conditionalFormatting sqref="A1"><cfRule type="cellIs"><formula>1</formula></cfRule></conditionalFormatting>'
        '<extLst><ext xmlns:x14="urn:x"><x14:row/><x14:c><x14:v>9</x14:v></x14:c></ext></extLst>'
    )
    assert rows_in(package(parts(sheet_xml(TABLE, before=before, after=after)))) == READ


def test_rows_longer_than_a_piece_of_the_file_are_whole() -> None:
    rows = [tuple(f"示例{number}-{column}" for column in range(3000)) for number in range(3)]
    found = rows_in(package(parts(sheet_xml(rows))))
    assert found == {number: list(row) for number, row in enumerate(rows, start=1)}


# --- Merged cells ------------------------------------------------------------------------------------


def merged(rows: list[tuple], *references: str) -> dict[int, list]:
    """The rows of a sheet whose merges stand as they are given."""
    cells = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
    after = f'<mergeCells count="{len(references)}">{cells}</mergeCells>' if references else "<mergeCells/>"
    return rows_in(package(parts(sheet_xml(rows, after=after))))


def test_a_merged_cell_stands_in_each_row_that_it_spans() -> None:
    rows = [("甲", 1), (None, 2), (None, 3), (None, 4)]
    assert merged(rows, "A1:A3") == {1: ["甲", 1], 2: ["甲", 2], 3: ["甲", 3], 4: [None, 4]}


def test_a_merge_over_columns_stands_in_its_first() -> None:
    assert merged([("甲", None, None, 1), (None, None, None, 2)], "A1:C2") == {
        1: ["甲", None, None, 1],
        2: ["甲", None, None, 2],
    }


def test_a_merge_behind_the_last_cell_of_a_row_makes_it_longer() -> None:
    assert merged([(1, None, "甲"), (2,)], "C1:C2") == {1: [1, None, "甲"], 2: [2, None, "甲"]}


def test_a_row_with_nothing_of_its_own_stays_away() -> None:
    rows = [("甲", 1), (), (None, 3), ()]
    assert merged(rows, "A1:A1048576") == {1: ["甲", 1], 3: ["甲", 3]}
    assert merged([("甲", 1), (), ("乙", 2), ()], "A1:A2", "B1:B2", "A3:A4", "B3:B4") == {
        1: ["甲", 1],
        3: ["乙", 2],
    }


def test_what_a_file_keeps_under_a_merge_is_not_shown() -> None:
    rows = [("甲", "x", 1), ("y", "z", 2), ("w", "v")]
    assert merged(rows, "A1:B3") == {1: ["甲", None, 1], 2: ["甲", None, 2]}


def test_a_merge_without_a_value_fills_nothing() -> None:
    assert merged([(None, 1), ("x", 2)], "A1:A2") == {1: [None, 1], 2: [None, 2]}
    assert merged([(), ("x", 2)], "A1:A2") == {2: [None, 2]}


def test_merges_follow_and_stand_beside_one_another() -> None:
    rows = [("甲", "子"), (None, None, 2), ("乙", None, 3), (None, "丑", 4)]
    assert merged(rows, "A3:A4", "B1:B3", "A1:A2") == {
        1: ["甲", "子"],
        2: ["甲", "子", 2],
        3: ["乙", "子", 3],
        4: ["乙", "丑", 4],
    }


def test_merges_are_told_in_order_with_rows_as_they_are_shown() -> None:
    references = ("$B$4:C5", "A2:A3", "D9")
    cells = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
    content = package(parts(sheet_xml(TABLE, after=f"<mergeCells>{cells}</mergeCells>")))
    with opened(content) as source:
        assert source.sheets[0].merges == ((2, 0, 3, 0), (4, 1, 5, 2), (9, 3, 9, 3))
    assert merged(TABLE) == READ


def test_a_text_that_names_merges_is_a_text() -> None:
    assert merged([("mergeCells", "<mergeCells>"), ("甲",)], "A2:B2") == {
        1: ["mergeCells", "<mergeCells>"],
        2: ["甲"],
    }


@pytest.mark.parametrize("start", range(PIECE - 30, PIECE + 6, 3))
def test_merges_are_found_wherever_the_file_is_cut_into_pieces(start: int) -> None:
    rows = [("", 1), (None, 2)]
    text = "x" * (start - sheet_xml(rows).index("</worksheet>"))
    rows[0] = (text, 1)
    assert sheet_xml(rows, after="<mergeCells/>").index("<mergeCells") == start
    assert merged(rows, "A1:A2")[2] == [text, 2]


@pytest.mark.parametrize(
    "reference", ["", "A", "1:2", "A0:A1", "A1:A1048577", "XFD1:XFE1", "A1:B2:C3", "Sheet1!A1:A2"]
)
def test_a_merge_that_no_sheet_has_is_a_broken_file(reference: str) -> None:
    after = f'<mergeCells><mergeCell ref="{reference}"/></mergeCells>'
    assert refusal(package(parts(sheet_xml(TABLE, after=after))))[0] == "damaged_file"


@pytest.mark.parametrize("references", [[f"A{row}:B{row}" for row in range(1, 12)], ["A1:A60", "B1:B60"]])
def test_too_many_merges_are_refused(monkeypatch: pytest.MonkeyPatch, references: list[str]) -> None:
    monkeypatch.setattr(merges, "MOST_MERGES", 10)
    monkeypatch.setattr(merges, "MOST_FILLED", 117)
    cells = "".join(f'<mergeCell ref="{reference}"/>' for reference in references)
    code, message = refusal(package(parts(sheet_xml(TABLE, after=f"<mergeCells>{cells}</mergeCells>"))))
    assert code == "too_big"
    assert "取消合并" in message
    assert merged(TABLE, *references[:-1])
