"""Text files: encodings, separators, quotes, line ends, and what is refused."""

import pytest

from applications.imports import delimited

from .messy.books import csv_of
from .opening import opened, refusal, rows_in

TABLE = [("编号", "企业名称", "进口额"), ("甲", "示例,一公司", "1,234.50"), ("乙", None, "6")]
READ = {1: ["编号", "企业名称", "进口额"], 2: ["甲", "示例,一公司", "1,234.50"], 3: ["乙", None, "6"]}


# --- What is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
def test_encodings_separators_and_line_ends_are_recognised(
    encoding: str, separator: str, ending: str
) -> None:
    content = csv_of(TABLE, encoding=encoding, separator=separator, ending=ending)
    assert rows_in(content) == READ
    assert rows_in(content.removesuffix(ending.encode())) == READ


def test_a_text_file_is_one_sheet_without_a_name() -> None:
    with opened(csv_of(TABLE)) as source:
        (sheet,) = source.sheets
        assert (sheet.name, sheet.visible, sheet.merges) == ("", True, ())
        assert list(sheet.rows()) == list(sheet.rows()) == list(READ.items())


def test_cells_are_texts_as_they_stand() -> None:
    assert rows_in("\t甲 , 0012,1E+17,=1+1,TRUE,“x”,　\n".encode()) == {
        1: ["\t甲 ", " 0012", "1E+17", "=1+1", "TRUE", "“x”", "\u3000"]
    }


def test_a_text_that_is_kept_from_becoming_a_number_is_read_as_it_is_shown() -> None:
    assert rows_in(b'="0110","=""0012""",="",=A1,="x\n') == {1: ["0110", "0012", None, "=A1", '="x']}


def test_a_row_is_numbered_by_the_line_on_which_it_begins() -> None:
    content = '编号,名称\r\n\r\n甲,"示例\r\n有限\n公司"\r\n,,\r\n乙,"一""二"""\r\n'.encode()
    assert rows_in(content) == {
        1: ["编号", "名称"],
        3: ["甲", "示例\r\n有限\n公司"],
        7: ["乙", '一"二"'],
    }


def test_other_marks_that_some_programs_take_for_line_ends_are_text() -> None:
    assert rows_in("甲\x0b乙,\x0c丙\n丁\u2028戊,\x85己\n".encode()) == {
        1: ["甲\x0b乙", "\x0c丙"],
        2: ["丁\u2028戊", "\x85己"],
    }


def test_characters_beyond_gbk_are_read() -> None:
    assert rows_in(csv_of([("示例㐂𠮷公司", "1")], encoding="gb18030")) == {1: ["示例㐂𠮷公司", "1"]}


def test_the_byte_order_mark_is_no_text() -> None:
    for encoding in ("utf-8-sig", "utf-8", "gb18030"):
        text = "编号,1\n" if encoding == "utf-8-sig" else "\ufeff编号,1\n"
        assert rows_in(text.encode(encoding)) == {1: ["编号", "1"]}


def test_an_encoding_must_hold_to_the_end_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "PIECE", 1001)
    plain = b"code,1\r\n" * 5000
    for encoding in ("utf-8", "gb18030"):
        content = plain + "示例公司,2\r\n".encode(encoding) * 500
        assert list(rows_in(content).values())[-1] == ["示例公司", "2"]
    assert refusal(plain + "示例".encode() + b"\xff")[0] == "bad_encoding"


def test_the_position_grows_to_one() -> None:
    with opened("示例公司,1\r\n".encode() * 20_000 + b"\r\n" * 5000) as source:
        (sheet,) = source.sheets
        seen = [sheet.position for _ in sheet.rows()]
        assert seen == sorted(seen)
        assert 0 < seen[0] < 0.1 < seen[len(seen) // 2] < 0.9
        assert sheet.position == 1


# --- Which separator ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("示例市外贸情况表\n单位：万元\n编号,名称,额\n甲,示例,5", ["甲", "示例", "5"]),
        ("示例市，2022,2021\n编号\t名称\t额\n甲\t示例\t5", ["甲", "示例", "5"]),
        ("编号\t名称\t额\n甲\t示例\t1,234,567.50\n乙\t示例\t2,234,567.50", ["乙", "示例", "2,234,567.50"]),
        ("编号;名称;额\n甲;示例,一;1,5\n乙;示例,二;2,5", ["乙", "示例,二", "2,5"]),
        ("编号,名称\n甲\t,示例\n乙\t,示例", ["乙\t", "示例"]),
        ("编号,备注\n甲,一;二;三\n乙,四;五;六", ["乙", "四;五;六"]),
        ('编号,名称\n"甲;x","示例\t有限;公司"\n"乙;y","示例"', ["乙;y", "示例"]),
        ("编号\n甲\n乙", ["乙"]),
        ("sep=;\n编号;名称,x,y,z\n甲;示例,1,2,3", ["甲", "示例,1,2,3"]),
        ("SEP=,\r\n编号,名称\r\n甲,示例", ["甲", "示例"]),
        ("sep=|\n编号,名称\n甲,示例", ["甲", "示例"]),
        ("制表：甲,乙\n编号\t额\n1\t1,5\n2\t1,6\n3\t1,7\n合计\t\t", ["合计", None, None]),
    ],
)
def test_the_separator_is_the_one_that_fits(text: str, last: list) -> None:
    assert list(rows_in(text.encode()).values())[-1] == last


def test_a_line_that_only_names_the_separator_is_no_row() -> None:
    assert rows_in("sep=\t\n编号\t1\n".encode()) == {2: ["编号", "1"]}


# --- What is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"\n", b" \t\r\n\r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \n", "\u3000\n".encode()]
)
def test_a_file_without_a_character_is_empty(content: bytes) -> None:
    assert refusal(content)[0] == "empty"


@pytest.mark.parametrize(
    "content",
    [
        "编号,1\n".encode("utf-16"),
        "编号,1\n".encode("utf-16-le"),
        "编号\t名称\t进口额\n甲\t示例有限公司\t1234\n".encode("utf-16-be"),
        "\ufeff编号".encode("utf-16-be"),
        "编号,1\n".encode("utf-32"),
    ],
)
def test_utf_16_is_refused_with_a_word_on_how_to_save_it(content: bytes) -> None:
    code, message = refusal(content)
    assert code == "bad_encoding"
    assert "UTF-16" in message
    assert "UTF-8" in message
    assert "xlsx" in message


@pytest.mark.parametrize(
    "content", [b"\xff\xff,1\n", "编号".encode() + b"\xff\n", b"caf\xe9\n1,2\n", b"1,2\n\x80"]
)
def test_bytes_of_no_encoding_are_refused(content: bytes) -> None:
    code, message = refusal(content)
    assert code == "bad_encoding"
    assert "GB18030" in message


@pytest.mark.parametrize(
    "content",
    ["编号,1\0\n".encode(), b"code,1\n" * 2000 + b"\0", "编号,\0\n".encode("gb18030"), b"1,2\n\0\0\0"],
)
def test_a_zero_character_is_a_broken_file(content: bytes) -> None:
    assert refusal(content)[0] == "damaged_file"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('编号,名称\n甲,"示例\n乙,示例\n', 2),
        ('编号,名称\n甲,示例\n乙,"', 3),
        ('编号,名称\n甲,"示例\n' + "乙,示例公司\n" * 20_000, 2),
        ("编号,名称\n" + "x" * 150_000, 2),
        ("编号,名称\n" + "," * 20_000, 2),
        ("编号,名称\n甲,示例\n" + "x," * 3_000_000, 3),
        ("编号,名称\n" + ('"' + "x\n" * 60_000 + '",') * 50, 2),
    ],
)
def test_a_record_that_does_not_end_is_told_by_its_line(text: str, line: int) -> None:
    code, message = refusal(text.encode())
    assert code == "damaged_file"
    assert f"第{line}行" in message


def test_a_long_cell_within_bounds_is_read() -> None:
    assert rows_in(f"编号,1\n{'x' * 100_000},2\n".encode())[2] == ["x" * 100_000, "2"]


def test_a_text_of_too_many_bytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MOST_UNPACKED", 1000)
    assert rows_in(b"1,2\n" * 250)
    assert refusal(b"1,2\n" * 251)[0] == "too_big"


def test_rows_are_counted_that_hold_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MOST_ROWS", 100)
    assert len(rows_in(b"1,2\n" * 100 + b",,\n\n" * 100)) == 100
    assert refusal(b"1,2\n,,\n" * 101)[0] == "too_big"
