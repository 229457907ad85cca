"""What cells of a workbook hold: texts, numbers, formulas, errors; and the text that each shows."""

import datetime

import pytest

from applications.imports.cells import CellError, Percent, shown
from applications.imports.xlsx import strings

from .messy.books import package, parts, raw_book, sheet_xml
from .opening import column_in, refusal, rows_in


def value_of(xml: str, **options) -> object:
    """The value of one cell that is written like this; None for an empty one."""
    return rows_in(raw_book([("before", xml.encode(), "after")], **options))[1][1]


# --- Texts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shared", "text"),
    [
        ("<t>示例公司</t>", "示例公司"),
        ('<t xml:space="preserve"> 示例 公司 </t>', " 示例 公司 "),
        ("<r><t>示例</t></r><r><rPr><b/></rPr><t>公司</t></r>", "示例公司"),
        ('<t>示例</t><rPh sb="0" eb="2"><t>shili</t></rPh><phoneticPr fontId="1"/>', "示例"),
        ("<t>示例&amp;&lt;公司&gt;&#x4E00;</t>", "示例&<公司>一"),
        ("<t><![CDATA[<示例>]]></t>", "<示例>"),
        ("<t>一行\n两行_x000D_三行</t>", "一行\n两行\r三行"),
        ("<t>_x005F_x000D_</t>", "_x000D_"),
        ("<t>_xD83D__xDE00_</t>", "😀"),
        ("<t>_xD83D_x_x0000_</t>", "\ufffdx\ufffd"),
        ("<t>snake_x_case</t>", "snake_x_case"),
        ("<t/>", None),
        ("", None),
    ],
)
def test_a_shared_string_is_read_as_it_is_shown(shared: str, text: str | None) -> None:
    assert value_of('<c t="s"><v>1</v></c>', shared=["<t>x</t>", shared, "<t>y</t>"]) == text


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c t="inlineStr"><is><t>示例</t></is></c>', "示例"),
        ('<c t="inlineStr"><is><r><t>示</t></r><r><rPr><i/></rPr><t>例</t></r></is></c>', "示例"),
        ('<c t="inlineStr"><is><t>示例</t><rPh sb="0" eb="1"><t>shi</t></rPh></is></c>', "示例"),
        ('<c t="inlineStr"><is><t>一_x000A_二</t></is></c>', "一\n二"),
        ('<c t="inlineStr"><is><t></t></is></c>', None),
        ('<c t="inlineStr"><v>示例</v></c>', "示例"),
        ('<c t="str"><f>A1</f><v>示例</v></c>', "示例"),
        ('<c t="str"><f>IF(1,"","")</f><v></v></c>', None),
        ('<c t="s"/>', None),
        ("<c><v></v></c>", None),
        ("<c/>", None),
        ('<c s="1"/>', None),
    ],
)
def test_texts_in_the_cell_itself_are_read_and_empty_ones_are_empty(xml: str, text: str | None) -> None:
    assert value_of(xml) == text


def test_text_of_one_inline_cell_does_not_run_into_the_next() -> None:
    cells = (b"<c><is><t>x</t></is><v>1</v></c>", b'<c t="inlineStr"><v>2</v></c>', "示例")
    assert rows_in(raw_book([cells]))[1] == [1, "2", "示例"]


def test_white_space_between_the_elements_is_no_text() -> None:
    sheet = sheet_xml([("示例", 5, b'<c t="str"><f>A1</f><v>x</v></c>')]).replace("><", ">\n  <")
    assert rows_in(package(parts(sheet)))[1] == ["示例", 5, "x"]


# --- Numbers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "shows"),
    [
        ("0", 0, "0"),
        ("-0", 0, "0"),
        ("2022", 2022, "2022"),
        (" 5 ", 5, "5"),
        ("-12.50", -12.5, "-12.5"),
        ("1E-3", 0.001, "0.001"),
        ("1.5E+3", 1500, "1500"),
        ("1234.5600000000001", 1234.5600000000001, "1234.56"),
        ("0.30000000000000004", 0.1 + 0.2, "0.3"),
        ("999999999999999", 999_999_999_999_999, "999999999999999"),
        ("123456789012345000", 123_456_789_012_345_000, "123456789012345000"),
        ("912399000000000961", 912_399_000_000_000_961, "912399000000001000"),
        ("1.23456789012345E+17", 1.23456789012345e17, "123456789012345000"),
        ("1E+30", 1e30, "1E+30"),
        ("1E-7", 1e-7, "0.0000001"),
        ("1E-30", 1e-30, "1E-30"),
    ],
)
@pytest.mark.parametrize("kind", ["", ' t="n"'])
def test_a_number_shows_fifteen_digits(text: str, value: float, shows: str, kind: str) -> None:
    found = value_of(f"<c{kind}><v>{text}</v></c>")
    assert found == value
    assert type(found) in (int, float)
    assert shown(found) == shows


def test_a_number_beyond_all_numbers_is_an_error() -> None:
    assert value_of("<c><v>1E+999</v></c>") == CellError("#NUM!")
    assert value_of('<c s="1"><v>-1E+999</v></c>', formats=[14]) == CellError("#NUM!")
    assert value_of(f"<c><v>{'9' * 5000}</v></c>") == CellError("#NUM!")


def test_a_percentage_is_told_from_its_number() -> None:
    found = value_of('<c s="1"><v>0.5</v></c>', formats=["0.0%"])
    assert isinstance(found, Percent)
    assert found == 0.5
    assert [shown(Percent(value)) for value in (0.5, 0.035, 1, 0, 0.1 + 0.2)] == [
        "50%",
        "3.5%",
        "100%",
        "0%",
        "30%",
    ]


# --- Other cells -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="b"><v>0</v></c>', False),
        ('<c t="b"><f>A1=B1</f><v>true</v></c>', True),
        ('<c t="d"><v>2022-03-01</v></c>', datetime.date(2022, 3, 1)),
        ('<c t="d"><v>2022-03-01T00:00:00</v></c>', datetime.date(2022, 3, 1)),
        ('<c t="d"><v>2022-03-01T12:30:00Z</v></c>', datetime.datetime.fromisoformat("2022-03-01T12:30:00")),
        ('<c t="d"><v>12:30:00</v></c>', datetime.time(12, 30)),
        ('<c t="d"><v>2022-02-30</v></c>', "2022-02-30"),
    ],
)
def test_truths_and_written_dates_are_what_they_are(xml: str, value: object) -> None:
    found = value_of(xml)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        ('<c t="e"><v>#REF!</v></c>', "#REF!"),
        ('<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "#DIV/0!"),
        ("<c><f>SUM(A1:A2)</f></c>", ""),
        ("<c><f>SUM(A1:A2)</f><v></v></c>", ""),
        ("<c><f>SUM(A1:A2)</f><v/></c>", ""),
        ('<c t="str"><f>A1&amp;A2</f></c>', ""),
        ('<c s="1"><f>TODAY()</f></c>', ""),
        ('<c><f t="shared" si="0"/></c>', ""),
    ],
)
def test_errors_and_formulas_without_a_value_are_errors(xml: str, text: str) -> None:
    found = value_of(xml, formats=[14])
    assert isinstance(found, CellError)
    assert shown(found) == text


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<c><f>1+1</f><v>2</v></c>", 2),
        ('<c><f t="shared" si="0"/><v>8</v></c>', 8),
        ("<c><f/><v>0</v></c>", 0),
    ],
)
def test_a_formula_counts_with_the_value_it_had(xml: str, value: int) -> None:
    found = value_of(xml)
    assert (type(found), found) == (int, value)


@pytest.mark.parametrize(
    "xml",
    [
        "<c><v>abc</v></c>",
        '<c t="b"><v>ja</v></c>',
        '<c t="x"><v>1</v></c>',
        '<c t="s"><v>7</v></c>',
        '<c t="s"><v>-1</v></c>',
        '<c t="s"><v>x</v></c>',
        "<c><c><v>1</v></c></c>",
        "<c><v><v>1</v></v></c>",
        "<c><f><f>1</f></f></c>",
        '<c t="inlineStr"><is><is><t>x</t></is></is></c>',
    ],
)
def test_a_cell_that_no_program_writes_is_a_broken_file(xml: str) -> None:
    assert refusal(raw_book([(xml.encode(),)]))[0] == "damaged_file"


def test_what_dates_and_truths_show() -> None:
    moment = datetime.datetime.fromisoformat("2022-03-01T12:30:00")
    values = [None, True, False, moment.date(), moment, moment.time(), "文字 ", CellError("#N/A")]
    assert [shown(value) for value in values] == [
        *("", "TRUE", "FALSE", "2022-03-01", "2022-03-01 12:30:00", "12:30:00", "文字 ", "#N/A")
    ]


# --- Positions ---------------------------------------------------------------------------------------


def test_cells_without_a_position_follow_one_another() -> None:
    sheet = sheet_xml([]).replace(
        "<sheetData>",
        "<sheetData><row><c><v>1</v></c><c/><c><v>3</v></c></row><row/><row/>"
        "<row><c><v>4</v></c></row><row></row>"
        '<row><c r="C6"><v>5</v></c><c><v>6</v></c></row><row r="9"><c><v>7</v></c></row><row><c><v>8</v></c></row>',
    )
    assert rows_in(package(parts(sheet))) == {
        1: [1, None, 3],
        4: [4],
        6: [None, None, 5, 6],
        9: [7],
        10: [8],
    }


def test_a_row_without_a_number_has_that_of_its_cells() -> None:
    sheet = sheet_xml([]).replace(
        "<sheetData>", '<sheetData><row><c r="A7"><v>1</v></c></row><row><c r="A8"><v>2</v></c></row>'
    )
    assert rows_in(package(parts(sheet))) == {7: [1], 8: [2]}


def test_cells_out_of_order_stand_where_they_say() -> None:
    sheet = sheet_xml([]).replace(
        "<sheetData>", '<sheetData><row r="1"><c r="C1"><v>3</v></c><c r="A1"><v>1</v></c></row>'
    )
    assert rows_in(package(parts(sheet))) == {1: [1, None, 3]}


def test_attributes_may_come_in_any_order_and_with_others() -> None:
    sheet = sheet_xml([]).replace(
        "<sheetData>",
        '<sheetData><row spans="1:3" r="2"><c t="b" r="A2"><v>1</v></c><c s="0" r="B2"><v>2</v></c>'
        '<c cm="1" t="n" s="0" r="C2" vm="1"><v>3</v></c><c t="str" s="0" r="D2"><v>4</v></c></row>',
    )
    assert rows_in(package(parts(sheet))) == {2: [True, 2, 3, "4"]}


@pytest.mark.parametrize(
    "row",
    [
        '<row r="0"><c r="A0"><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="x"><c><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1"><c r="1"><v>1</v></c></row>',
        '<row r="1"><c r="a1"><v>1</v></c></row>',
        '<row r="1"><row r="2"><c><v>1</v></c></row></row>',
        f'<row r="1">{"<c/>" * 16_385}</row>',
        "<c><v>1</v></c>",
    ],
)
def test_a_position_that_no_sheet_has_is_a_broken_file(row: str) -> None:
    sheet = sheet_xml([]).replace("<sheetData>", f"<sheetData>{row}")
    assert refusal(package(parts(sheet)))[0] == "damaged_file"


def test_the_last_cell_of_a_sheet_can_be_read() -> None:
    sheet = sheet_xml([]).replace(
        "<sheetData>", '<sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )
    assert rows_in(package(parts(sheet))) == {1_048_576: [*[None] * 16_383, 1]}


def test_a_wide_row_may_be_full_of_formulas_and_of_white_space() -> None:
    formula = f"<c><f>{'SUM(A1:A9)+' * 4}1</f></c>".encode()
    sheet = sheet_xml([(formula,) * 10_000, (b'<c s="0"/>',) * 10_000, (1,)]).replace("><", f">\n{' ' * 40}<")
    assert rows_in(package(parts(sheet))) == {1: [CellError("")] * 10_000, 3: [1]}


def test_formatted_empty_cells_and_rows_are_left_out() -> None:
    rows = [(1, b'<c s="1"/>', b'<c s="1"/>'), (b'<c s="1"/>',), (), (b'<c s="1"/>', 2)]
    assert rows_in(raw_book(rows, formats=["0.00"])) == {1: [1], 4: [None, 2]}


def test_many_texts_are_read_again_after_they_were_put_aside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "MOST_KEPT", 50)
    numbers = [*range(200), 0, 199, 7, 7]
    cells = [(b'<c t="s"><v>%d</v></c>' % number,) for number in numbers]
    shared = [f"<t>示例{number}</t>" for number in range(200)]
    assert column_in(raw_book(cells, shared=shared)) == [f"示例{number}" for number in numbers]
    table = strings.SharedStrings()
    for number in range(200):
        table.add(f"示例{number}")
    assert [table[str(number)] for number in numbers] == [f"示例{number}" for number in numbers]
    assert len(table) <= 50
