"""Files that are refused whole."""

import io
import zipfile
import zlib

import pytest

from applications.models import TradeFigures

from .asking import CODE, code, refuse
from .books import book, compound_file, csv_of, package, parts, sheet_xml

TABLE = [(CODE, "年度", "进口额"), (code(1), 2022, 5)]
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog>>\nendobj\n"


@pytest.mark.parametrize("name", ["数据.xlsx", "数据.xls", "数据.csv"])
def test_an_encrypted_workbook_is_refused(load, name):
    content = compound_file("EncryptionInfo", "EncryptedPackage") + bytes(4096)
    refuse(load("figures", content, name=name), "encrypted")


@pytest.mark.parametrize("streams", [("Workbook",), ("Book",), ("WordDocument",)])
@pytest.mark.parametrize("name", ["数据.xlsx", "数据.xls"])
def test_old_office_files_are_refused(load, streams, name):
    content = compound_file(*streams, "\x05SummaryInformation") + bytes(4096)
    refuse(load("figures", content, name=name), "not_a_spreadsheet")


def test_a_header_of_an_old_file_alone_is_refused(load):
    answer = load("figures", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    assert answer.status == 2
    assert answer.said["error"]["code"] in ("not_a_spreadsheet", "damaged_file")


@pytest.mark.parametrize("content", [PNG, PDF, b"\x1f\x8b\x08\0" + bytes(20), b"Rar!\x1a\x07\0" + bytes(20)])
@pytest.mark.parametrize("name", ["数据.xlsx", "数据.csv"])
def test_other_files_are_no_spreadsheets(load, content, name):
    refuse(load("figures", content, name=name), "not_a_spreadsheet")


def test_a_zip_of_other_things_is_no_spreadsheet(load):
    refuse(load("figures", package({"说明.txt": "没有表格"})), "not_a_spreadsheet")


def test_a_text_document_is_no_spreadsheet(load):
    contents = parts(sheet_xml(TABLE))
    old = contents.pop("xl/workbook.xml"), contents.pop("xl/_rels/workbook.xml.rels")
    contents |= {"word/document.xml": old[0], "word/_rels/document.xml.rels": old[1]}
    contents["_rels/.rels"] = contents["_rels/.rels"].replace("xl/workbook.xml", "word/document.xml")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(
        '<Override PartName="/xl/workbook.xml"',
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/><Override PartName="/x.xml"',
    )
    refuse(load("figures", package(contents)), "not_a_spreadsheet")


def test_a_web_page_is_no_table_of_figures(load):
    page = f"<html><body><table><tr><td>{CODE}</td><td>年度</td></tr></table></body></html>"
    answer = load("figures", page.encode(), name="数据.xls")
    assert answer.status == 2
    assert answer.said["error"]["code"] in ("not_a_spreadsheet", "no_headings")


# --- Macros ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["数据.xlsx", "数据.xlsm", "数据.csv"])
def test_a_workbook_with_macros_is_refused(load, name):
    contents = parts(sheet_xml(TABLE)) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    refuse(load("figures", package(contents), name=name), "macros")


def test_macros_in_a_workbook_that_calls_itself_plain_are_found(load):
    contents = parts(sheet_xml(TABLE)) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
    refuse(load("figures", package(contents)), "macros")


# --- Broken files ------------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_workbook_that_was_cut_off_is_broken(load, share):
    content = book([*TABLE, *[(code(number), 2022, number) for number in range(2, 300)]])
    refuse(load("figures", content[: int(len(content) * share)]), "damaged_file")


def test_a_part_that_does_not_unpack_is_broken(load):
    content = bytearray(package(parts(sheet_xml(TABLE))))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset
    for place in range(start + 80, start + 140):
        content[place] ^= 0xFF
    refuse(load("figures", bytes(content)), "damaged_file")


def test_a_sheet_whose_xml_stops_is_broken(load):
    sheet = sheet_xml([*TABLE, *[(code(number), 2022, number) for number in range(2, 300)]])
    refuse(load("figures", package(parts(sheet[: len(sheet) // 2]))), "damaged_file")
    assert not TradeFigures.objects.exists()


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"]
)
def test_a_part_that_is_no_xml_is_broken(load, part):
    contents = parts(sheet_xml(TABLE), shared=["<t>x</t>"]) | {part: "<这不是"}
    refuse(load("figures", package(contents)), "damaged_file")


def test_a_sheet_that_is_not_there_is_broken(load):
    contents = parts(sheet_xml(TABLE))
    del contents["xl/worksheets/sheet1.xml"]
    refuse(load("figures", package(contents)), "damaged_file")


def test_entities_are_not_expanded(load):
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    for declared, text in (
        (f"{bomb}]>", "&j;"),
        ('<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/hostname">]>', "&j;"),
    ):
        sheet = (
            sheet_xml([*TABLE, (code(2), 2022, "TEXT")])
            .replace("<worksheet", f"{declared}<worksheet")
            .replace("TEXT", text)
        )
        answer = load("figures", package(parts(sheet)))
        assert answer.status == 2
        assert answer.said["error"]["code"] == "damaged_file"


@pytest.mark.parametrize("raw", ["\0", "\x01", "&#0;", "&#xD800;"])
def test_characters_that_xml_does_not_know_make_it_broken(load, raw):
    sheet = sheet_xml([*TABLE, (code(2), 2022, "TEXT")]).replace("TEXT", raw)
    refuse(load("figures", package(parts(sheet))), "damaged_file")


def test_a_character_that_no_database_takes_does_not_break_the_load(load):
    rows = [(CODE, "企业名称", "年度"), (code(1), "示例\0公司", "2022"), (code(2), "示例\x01公司", "2022")]
    answer = load("figures", csv_of(rows))
    assert answer.status in (0, 1, 2)
    shared = [f"<t>示例{escape}公司</t>" for escape in ("_x0000_", "_x0001_", "_xD800_", "_xFFFF_")]
    table = [rows[0]]
    for number in range(len(shared)):
        table.append((code(number), b'<c t="s"><v>%d</v></c>' % number, 2022))
    answer = load("figures", package(parts(sheet_xml(table), shared=shared)))
    assert answer.status in (0, 1, 2)


# --- Too big -----------------------------------------------------------------------------------------


def _blank(size):
    """Spaces, packed very small."""
    return b" " * size


def test_a_workbook_that_unpacks_to_too_much_is_refused(load):
    contents = parts(sheet_xml(TABLE)) | {"xl/media/image1.bin": _blank(210_000_000)}
    content = package(contents)
    assert len(content) < 2_000_000
    refuse(load("figures", content), "too_big")


def test_a_bomb_that_lies_about_its_size_is_refused(load):
    contents = parts("SHEET")
    sheet = sheet_xml(TABLE).encode()
    bomb = sheet.replace(b"<sheetData>", b"<sheetData>" + _blank(210_000_000))
    contents["xl/worksheets/sheet1.xml"] = bomb
    content = package(contents)
    told = [
        (value.to_bytes(4, "little"))
        for value in (len(bomb), len(sheet), zlib.crc32(bomb), zlib.crc32(sheet))
    ]
    assert content.count(told[0]) == 2
    content = content.replace(told[0], told[1]).replace(told[2], told[3])
    answer = load("figures", content)
    assert answer.status == 2
    assert answer.said["error"]["code"] in ("too_big", "damaged_file")


def test_a_csv_with_more_than_a_million_rows_is_refused(load):
    content = csv_of([("序号", CODE, "年度"), ("1", code(1), "2022")]) + b"2\n" * 1_000_000
    refuse(load("figures", content), "too_big")
