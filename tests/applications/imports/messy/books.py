"""Files like those of real offices, made in code: workbooks, hand-written packages, CSV, and other things."""

import csv
import io
import struct
import zipfile
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def book(rows, *, sheet="Sheet1", merged=(), formats=None, others=None, arrange=None):
    """A workbook of one filled sheet. `formats` maps cells to number formats, `others` names of further sheets to
    their rows, `arrange` may change workbook and sheet. A text that begins with = is a formula without a value."""
    workbook = Workbook()
    first = workbook.active
    first.title = sheet
    _fill(first, rows)
    for name, cells in (others or {}).items():
        _fill(workbook.create_sheet(name), cells)
    for cell, code in (formats or {}).items():
        first[cell].number_format = code
    for span in merged:
        first.merge_cells(span)
    if arrange:
        arrange(workbook, first)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _fill(sheet, rows):
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                sheet.cell(number, column, value)


def csv_of(rows, *, encoding="utf-8", separator=",", ending="\r\n"):
    """The rows as CSV, quoted where it must be."""
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ending).writerows(
        ["" if value is None else value for value in row] for row in rows
    )
    return text.getvalue().encode(encoding)


# --- Packages by hand ------------------------------------------------------------------------------


def cell(reference, value):
    """The XML of one cell: numbers as they are, texts inline, bytes as XML that is already written."""
    if isinstance(value, bytes):
        return value.decode().replace("<c", f'<c r="{reference}"', 1)
    if isinstance(value, str):
        return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{reference}"><v>{value!r}</v></c>'


def sheet_xml(rows, *, before="", after=""):
    """A worksheet's XML. `before` stands ahead of the rows, `after` behind them."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = "".join(
            cell(f"{get_column_letter(column)}{number}", value)
            for column, value in enumerate(row, start=1)
            if value is not None
        )
        lines.append(f'<row r="{number}">{cells}</row>')
    return (
        f'{XML}<worksheet xmlns="{MAIN}" xmlns:r="{RELATIONS}">{before}'
        f"<sheetData>{''.join(lines)}</sheetData>{after}</worksheet>"
    )


def parts(sheet, *, shared=(), formats=(), properties=""):
    """The parts of a package with one sheet. `shared` are the shared strings' XML; `formats` the number formats by
    number or code, of which style 1 is the first; `properties` the XML of workbookPr."""
    own = {code: 164 + number for number, code in enumerate(f for f in formats if isinstance(f, str))}
    declared = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for code, number in own.items()
    )
    styles = "".join(
        f'<xf numFmtId="{own.get(code, code)}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
        for code in (0, *formats)
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{kind}.styles+xml"/>'
        f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}.sharedStrings+xml"/></Types>',
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{properties}'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": f'{XML}<sst xmlns="{MAIN}" count="{len(shared)}" uniqueCount="{len(shared)}">'
        f"{''.join(f'<si>{each}</si>' for each in shared)}</sst>",
        "xl/styles.xml": f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="{len(own)}">{declared}</numFmts>'
        '<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
        f'<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="{1 + len(formats)}">{styles}</cellXfs></styleSheet>',
    }


def _relations(*targets):
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{lines}</Relationships>'


def package(contents):
    """The zip of some parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return file.getvalue()


def raw_book(rows, **options):
    """A workbook of hand-written XML; for `options` see :func:`parts`."""
    return package(parts(sheet_xml(rows), **options))


# --- Other files -----------------------------------------------------------------------------------


def compound_file(*streams):
    """An OLE compound file, as old office programs and encrypted packages are, with empty streams of these names."""
    end, free, none = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    table = struct.pack("<II", 0xFFFFFFFD, end) + struct.pack("<I", free) * 126
    entries = [_entry("Root Entry", 5, child=1)]
    for number, name in enumerate(streams, start=1):
        entries.append(_entry(name, 2, right=number + 1 if number < len(streams) else none))
    unused = bytes(68) + struct.pack("<III", none, none, none) + bytes(48)
    entries += [unused] * (-len(entries) % 4)
    return header + table + b"".join(entries)


def _entry(name, kind, *, right=0xFFFFFFFF, child=0xFFFFFFFF):
    text = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, right, child)
    return text.ljust(64, b"\0") + links + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
