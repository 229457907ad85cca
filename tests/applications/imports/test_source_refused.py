"""Files that are refused whole, each with its code and a sentence that says what to do."""

import io
import struct
import zipfile
import zlib

import pytest

from applications.imports import limits
from applications.imports.problems import FileRefused
from applications.imports.source import source_open
from applications.imports.xlsx import package as packages
from applications.imports.xlsx import rows, strings
from applications.imports.xlsx import workbook as workbooks

from .messy.books import (
    MAIN,
    PACKAGE,
    RELATIONS,
    XML,
    book,
    compound_file,
    package,
    parts,
    raw_book,
    sheet_xml,
)
from .opening import opened, refusal, rows_in

TABLE = [("编号", "年度"), ("甲", 2022)]
SHEET = "xl/worksheets/sheet1.xml"
TYPES = "[Content_Types].xml"


def workbook(**changes: str | bytes) -> bytes:
    """A workbook in which parts are replaced."""
    return package(parts(sheet_xml(TABLE)) | changes)


def changed(name: str, old: str, new: str) -> bytes:
    """A workbook with one thing changed in one part."""
    contents = parts(sheet_xml(TABLE))
    assert old in contents[name]
    contents[name] = contents[name].replace(old, new, 1)
    return package(contents)


# --- Not a spreadsheet -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"GIF89a",
        b"BM\x36\x10\x0e\0\0\0\0\0\x36\0\0\0(\0\0\0",
        b"Rar!\x1a\x07\x01\0",
        b"7z\xbc\xaf\x27\x1c\0\x04",
        b"\x1f\x8b\x08\0\0\0\0\0",
        b"SQLite format 3\0\x10\0\x01\x01\0@  \0\0\0\x05\0\0\0\x02",
        b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
        b"{\\rtf1\\ansi \\'b1\\'e0}",
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"\xef\xbb\xbf\r\n <!DOCTYPE html><html>",
        "\ufeff<html>".encode("utf-16-le"),
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        b"<table border=1><tr><td>\xb1\xe0\xba\xc5</td></tr></table>",
        bytes(range(1, 256)) * 20,
    ],
)
def test_what_is_neither_workbook_nor_text_is_no_spreadsheet(content: bytes) -> None:
    code, message = refusal(content)
    assert code == "not_a_spreadsheet"
    assert "xlsx" in message


@pytest.mark.parametrize("streams", [("Workbook",), ("Book",), ("WordDocument",), ("EncryptionInfo",)])
def test_old_office_files_are_to_be_saved_as_xlsx(streams: tuple[str, ...]) -> None:
    code, message = refusal(compound_file(*streams) + bytes(4096))
    assert code == "not_a_spreadsheet"
    assert "另存为 xlsx" in message


def test_an_old_file_that_mentions_encryption_in_a_cell_is_an_old_file() -> None:
    text = "EncryptedPackage\0".encode("utf-16-le")
    assert refusal(compound_file("Workbook") + b"x" + text + bytes(4096))[0] == "not_a_spreadsheet"


@pytest.mark.parametrize("before", [0, 1024, 3 * 1024 * 1024])
def test_an_encrypted_workbook_is_to_be_saved_without_its_password(before: int) -> None:
    whole = compound_file("EncryptionInfo", "EncryptedPackage")
    code, message = refusal(whole[:512] + bytes(before) + whole[512:])
    assert code == "encrypted"
    assert "密码" in message


def test_an_archive_with_encrypted_parts_is_encrypted() -> None:
    content = bytearray(workbook())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    assert refusal(bytes(content))[0] == "encrypted"


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (["xl/workbook.bin", "xl/vbaProject.bin"], "xlsb"),
        (["mimetype", "content.xml", "META-INF/manifest.xml"], "OpenDocument"),
        (["word/document.xml"], "Word"),
        (["ppt/presentation.xml"], "演示文稿"),
        (["OFD.xml"], "OFD"),
        (["数据.xlsx", "说明.txt"], "压缩包"),
        ([], "压缩包"),
    ],
)
def test_other_archives_are_named_for_what_they_are(names: list[str], word: str) -> None:
    code, message = refusal(package(dict.fromkeys(names, "x")))
    assert code == "not_a_spreadsheet"
    assert word in message
    assert "xlsx" in message


@pytest.mark.parametrize(
    "root", [f'<workbook xmlns="{MAIN}x"/>', f'<document xmlns="{MAIN}"/>', "<workbook/>"]
)
def test_a_main_part_that_is_no_workbook_is_no_spreadsheet(root: str) -> None:
    assert refusal(workbook(**{"xl/workbook.xml": root}))[0] == "not_a_spreadsheet"


# --- Macros ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["sheet.macroEnabled", "template.macroEnabled", "addin.macroEnabled"])
def test_a_workbook_that_says_it_has_macros_is_refused(kind: str) -> None:
    content = changed(
        TYPES,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main",
        f"application/vnd.ms-excel.{kind}.main",
    )
    code, message = refusal(content)
    assert code == "macros"
    assert "另存为 xlsx" in message


@pytest.mark.parametrize("name", ["xl/vbaProject.bin", "xl\\VBAPROJECT.BIN", "custom/vbaProject.bin"])
def test_a_workbook_with_macros_that_calls_itself_plain_is_refused(name: str) -> None:
    assert refusal(workbook(**{name: b"x"}))[0] == "macros"


def test_macros_under_another_name_are_found() -> None:
    typed = changed(
        TYPES,
        "</Types>",
        '<Override PartName="/xl/x.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>',
    )
    kind = "http://schemas.microsoft.com/office/2006/relationships/"
    relations = "xl/_rels/workbook.xml.rels"
    related = changed(
        relations,
        "</Relationships>",
        f'<Relationship Id="x" Type="{kind}vbaProject" Target="x.bin"/></Relationships>',
    )
    sheet = changed(relations, f"{RELATIONS}/worksheet", f"{kind}xlMacrosheet")
    assert [refusal(content)[0] for content in (typed, related, sheet)] == ["macros"] * 3


def test_settings_of_a_printer_are_no_macros() -> None:
    contents = parts(sheet_xml(TABLE)) | {"xl/printerSettings/printerSettings1.bin": b"x"}
    contents[TYPES] = contents[TYPES].replace(
        "</Types>",
        '<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.printerSettings"/></Types>',
    )
    assert len(rows_in(package(contents))) == 2


# --- Broken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [4, 30, 500, 1500, -1, -22, -200])
def test_a_workbook_that_was_cut_off_is_broken(length: int) -> None:
    code, message = refusal(book([(number, "示例") for number in range(100)])[:length])
    assert code == "damaged_file"
    assert "另存为 xlsx" in message


@pytest.mark.parametrize("name", sorted(parts("")))
def test_a_part_that_is_no_xml_is_broken(name: str) -> None:
    for garbled in (
        "",
        "<",
        "<x>",
        "<x></y>",
        "x",
        "<x/><x/>",
        "<?xml version='1.0' encoding='x-none'?><x/>",
    ):
        content = workbook(**{name: garbled}) if name != SHEET else package(parts(garbled))
        with_strings = package(
            parts(sheet_xml([(b'<c t="s" s="0"><v>0</v></c>',)]), shared=["<t>x</t>"]) | {name: garbled}
        )
        assert {refusal(each)[0] for each in (content, with_strings)} == {"damaged_file"}


@pytest.mark.parametrize("name", [SHEET, "xl/_rels/workbook.xml.rels", "_rels/.rels", TYPES])
def test_a_workbook_without_a_part_that_it_needs_is_broken(name: str) -> None:
    contents = parts(sheet_xml(TABLE))
    del contents[name]
    assert refusal(package(contents))[0] == "damaged_file"


@pytest.mark.parametrize("name", ["xl/sharedStrings.xml", "xl/styles.xml"])
def test_texts_and_formats_that_are_named_must_be_there(name: str) -> None:
    contents = parts(sheet_xml(TABLE))
    del contents[name]
    assert refusal(package(contents))[0] == "damaged_file"


@pytest.mark.parametrize("name", sorted(parts("")))
def test_declarations_of_types_and_entities_are_not_read(name: str) -> None:
    contents = parts(sheet_xml(TABLE))
    contents[name] = contents[name].replace(XML, f'{XML}<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>')
    assert refusal(package(contents))[0] == "damaged_file"


def test_a_sheet_of_another_kind_is_broken() -> None:
    for root in (f'<chartsheet xmlns="{MAIN}"/>', "<worksheet/>", f'<x:worksheet xmlns="{MAIN}"/>'):
        assert refusal(package(parts(root)))[0] == "damaged_file"


def test_a_sheet_without_a_relation_and_one_named_twice_are_broken() -> None:
    missing = changed("xl/workbook.xml", 'r:id="rId1"', 'r:id="rId9"')
    twice = changed("xl/workbook.xml", "</sheets>", '<sheet name="x" sheetId="2" r:id="rId1"/></sheets>')
    outside = changed("xl/_rels/workbook.xml.rels", 'Id="rId1"', 'Id="rId1" TargetMode="External"')
    assert [refusal(content)[0] for content in (missing, twice, outside)] == ["damaged_file"] * 3


def test_a_part_without_a_name_does_no_harm() -> None:
    content = workbook(Q="x")
    for mark, place in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        at = content.rindex(mark) + place
        assert content[at : at + 4] == b"\x01\0\0\0"
        # The letter counts as an additional field instead.
        content = content[:at] + b"\0\0\x01\0" + content[at + 4 :]
    assert len(rows_in(content)) == 2


def test_two_parts_of_one_name_are_broken() -> None:
    assert refusal(workbook(**{SHEET.upper(): "x"}))[0] == "damaged_file"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_workbook_packed_in_an_unusual_way_is_broken(method: int) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts(sheet_xml(TABLE)).items():
            archive.writestr(name, content)
    assert refusal(file.getvalue())[0] == "damaged_file"


def test_a_part_that_does_not_fit_its_check_sum_is_broken() -> None:
    sheet = sheet_xml(TABLE).encode()
    content = package(parts(sheet.decode()))
    told = struct.pack("<I", zlib.crc32(sheet))
    assert content.count(told) == 2
    assert refusal(content.replace(told, b"\0\0\0\0"))[0] == "damaged_file"


# --- Too big -----------------------------------------------------------------------------------------


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked() -> None:
    content = workbook(**{"xl/media/image1.bmp": bytes(limits.MOST_UNPACKED)})
    assert len(content) < 2_000_000
    code, message = refusal(content)
    assert code == "too_big"
    assert "200 MB" in message


def lying(name: str, content: str, size: int) -> bytes:
    """A workbook in which a part says that it holds `size` bytes, with the check sum of that many."""
    archive = package(parts(sheet_xml(TABLE)) | {name: content})
    real = content.encode()
    for true, told in ((len(real), size), (zlib.crc32(real), zlib.crc32(real[:size]))):
        assert archive.count(struct.pack("<I", true)) == 2
        archive = archive.replace(struct.pack("<I", true), struct.pack("<I", told))
    return archive


def test_a_part_that_holds_more_than_it_says_is_not_read_beyond_what_it_says() -> None:
    sheet = sheet_xml([("示例", number) for number in range(5000)])
    assert refusal(lying(SHEET, sheet, 1000))[0] == "damaged_file"
    whole = sheet_xml(TABLE)
    # What lies behind the end that it tells is never seen.
    assert len(rows_in(lying(SHEET, f"{whole}{' ' * 5_000_000}<x/>", len(whole.encode())))) == 2


def test_a_part_that_holds_less_than_it_says_is_read_to_its_end() -> None:
    sheet = sheet_xml(TABLE)
    told = struct.pack("<I", len(sheet.encode()))
    archive = package(parts(sheet)).replace(told, struct.pack("<I", 90_000))
    assert len(rows_in(archive)) == 2


def test_an_archive_of_very_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MOST_PARTS", 50)
    assert refusal(workbook(**{f"x{number}": "" for number in range(50)}))[0] == "too_big"
    assert len(rows_in(workbook(**{f"x{number}": "" for number in range(40)}))) == 2


def test_a_list_of_parts_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "LONGEST_READ", 100_000)
    assert refusal(workbook(**{"x" * 60_000: "", "y" * 60_000: ""}))[0] == "too_big"


def test_rows_are_counted_that_hold_something(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 100)
    hundred = [(number,) for number in range(100)]
    empty = [(b'<c s="0"/>',)] * 300
    assert len(rows_in(raw_book([*empty, *hundred, *empty]))) == 100
    code, message = refusal(raw_book([*hundred, *empty, ("示例",)]))
    assert code == "too_big"
    assert "100 万行" in message


def nested(*tags: str, times: int = 1000) -> str:
    """Elements within one another, all of them closed again."""
    ends = "".join(f"</{tag.split()[0]}>" for tag in reversed(tags))
    return "".join(f"<{tag}>" for tag in tags) * times + ends * times


def in_cell(xml: str, kind: str = "n") -> str:
    """A sheet's rows with one cell that holds this."""
    return f"<sheetData><row r='1'><c t='{kind}'>{xml}</c></row></sheetData>"


def many_attributes(tag: str, before: str = "", after: str = "") -> str:
    """Elements that each have an attribute of another name."""
    return "".join(f"{before}<{tag} n{number}=''/>{after}" for number in range(3_000))


#: Each is sound XML, and a harmless one like it can be read.
MANY_NAMES = "".join(f"<n{number}/>" for number in range(10_000))
HOSTILE = {
    "elements within elements": nested("x"),
    "elements within elements, among the rows": f"<sheetData>{nested('x')}</sheetData>",
    "cells within cells": in_cell(nested("c")),
    "rows within rows": f"<sheetData>{nested('row')}</sheetData>",
    "values within values": in_cell(nested("v")),
    "formulas within formulas": in_cell(nested("f")),
    "texts within texts": in_cell(nested("is", "r", "t"), "inlineStr"),
    "names without end": MANY_NAMES,
    "names without end, among the rows": f"<sheetData>{MANY_NAMES}</sheetData>",
    "names of attributes without end": many_attributes("x"),
    "names of a row's attributes without end": f"<sheetData>{many_attributes('row')}</sheetData>",
    "names of a cell's attributes without end": in_cell(
        "</c>" + many_attributes("c r='A1' s='0' t='n'") + "<c>"
    ),
    "names of a value's attributes without end": in_cell(many_attributes("v")),
    "names of a formula's attributes without end": in_cell(f"</c>{many_attributes('f', '<c>', '</c>')}<c>"),
    "names of a text's attributes without end": in_cell(f"<is>{many_attributes('t')}</is>", "inlineStr"),
    "names of an inline text's attributes without end": in_cell(many_attributes("is"), "inlineStr"),
    "a text without end": in_cell(f"<is><t>{'x' * 1_000_000}</t></is>", "inlineStr"),
    "runs of text without end": in_cell(f"<is>{'<r><t>xxxxxxxx</t></r>' * 100_000}</is>", "inlineStr"),
    "a value without end": in_cell(f"<v>{' ' * 1_000_000}1</v>"),
    "a tag without end": in_cell(f"<v{' ' * 3_000_000}>1</v>"),
}


@pytest.mark.parametrize("inside", HOSTILE.values(), ids=HOSTILE)
def test_a_sheet_that_would_fill_the_memory_is_broken(inside: str) -> None:
    assert (
        refusal(package(parts(f'{XML}<worksheet xmlns="{MAIN}">{inside}</worksheet>')))[0] == "damaged_file"
    )


def test_a_sheet_with_some_of_all_that_is_read() -> None:
    inside = (
        f"{nested('x', times=50)}{MANY_NAMES[:5000]}<sheetData><row r='1'>"
        f"<c t='inlineStr'><is>{'<r><rPr><b/></rPr><t>示例</t></r>' * 100}</is></c></row></sheetData>"
    )
    assert rows_in(package(parts(f'{XML}<worksheet xmlns="{MAIN}">{inside}</worksheet>'))) == {
        1: ["示例" * 100]
    }


def test_a_sheet_with_more_rows_than_a_sheet_has_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "LAST_ROW", 100)
    for row in ("<row r='1'/>", "<row/>", "<row r='7'><c/></row>"):
        contents = parts(sheet_xml([]).replace("<sheetData>", f"<sheetData>{row * 100}"))
        assert rows_in(package(contents)) == {}
        contents[SHEET] = contents[SHEET].replace("<sheetData>", f"<sheetData>{row}")
        assert refusal(package(contents))[0] == "damaged_file"


@pytest.mark.parametrize(
    "inside",
    [
        nested("si"),
        nested("si", "r", "t"),
        MANY_NAMES,
        f"<si><t>{'x' * 1_000_000}</t></si>",
        f"<si>{'<r><t>xxxxxxxx</t></r>' * 100_000}</si>",
    ],
)
def test_shared_strings_that_would_fill_the_memory_are_broken(inside: str) -> None:
    contents = parts(sheet_xml([(b'<c t="s"><v>0</v></c>',)]))
    contents["xl/sharedStrings.xml"] = f'{XML}<sst xmlns="{MAIN}"><si><t>x</t></si>{inside}</sst>'
    assert refusal(package(contents))[0] == "damaged_file"


def test_too_many_shared_strings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strings, "MOST_STRINGS", 100)
    rows = [(b'<c t="s"><v>99</v></c>',)]
    assert rows_in(raw_book(rows, shared=["<t>x</t>"] * 100)) == {1: ["x"]}
    assert refusal(raw_book(rows, shared=[""] * 101))[0] == "too_big"


def test_a_list_of_sheets_that_is_too_long_is_refused() -> None:
    long = f'{XML}<workbook xmlns="{MAIN}">{" " * 33 * 1024 * 1024}</workbook>'
    assert refusal(workbook(**{"xl/workbook.xml": long}))[0] == "too_big"


# --- And the rest ------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_the_callers_matter() -> None:
    with pytest.raises(FileNotFoundError), source_open("/no/such/file.xlsx"):
        pass


def test_what_goes_wrong_while_rows_are_used_is_not_a_broken_file() -> None:
    def use() -> None:
        with opened(workbook()) as source:
            for _ in source.sheets[0].rows():
                raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        use()


def test_every_byte_that_is_wrong_is_told_or_does_no_harm() -> None:
    content = workbook()
    outcomes = set()
    for place in range(0, len(content), 7):
        wrong = bytearray(content)
        wrong[place] ^= 0x55
        try:
            with opened(bytes(wrong)) as source:
                outcomes.add(sum(len(row) for sheet in source.sheets for _, row in sheet.rows()))
        except FileRefused as refused:
            outcomes.add(refused.code)
    assert "damaged_file" in outcomes
    assert outcomes <= {4, "damaged_file", "encrypted", "too_big", "not_a_spreadsheet", "bad_encoding"}


def test_the_relations_of_a_package_name_its_workbook() -> None:
    empty = f'{XML}<Relationships xmlns="{PACKAGE}/relationships"/>'
    assert refusal(workbook(**{"_rels/.rels": empty}))[0] == "damaged_file"
