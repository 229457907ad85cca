"""Small files of every kind that may be uploaded, and of kinds that may not."""

import hashlib
import io
import zipfile

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc0f01f00050001ff"
    "6bcd3a5c0000000049454e44ae426082"
)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(64) + b"\xff\xd9"


def archive_of(members):
    """A zip file with members {name: bytes}."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return target.getvalue()


#: A little more than a megabyte that cannot be packed.
_NOISE = b"".join(hashlib.sha256(number.to_bytes(4)).digest() for number in range(33_000))
WORKBOOK = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}
XLSX = archive_of(WORKBOOK)
OFD = archive_of({"OFD.xml": b"<OFD/>", "Doc_0/Document.xml": b"<Document/>"})

ACCEPTED = {"pdf": PDF, "png": PNG, "jpg": JPEG, "xlsx": XLSX, "ofd": OFD}
REFUSED = {
    "html": b"<!doctype html><script>alert(1)</script>",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "exe": b"MZ" + bytes(200),
    "gif": b"GIF89a" + bytes(50),
    "zip": archive_of({"a.pdf": PDF}),
    "docx": archive_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}),
    "doc": b"\xd0\xcf\x11\xe0" + bytes(200),
    "macro": archive_of({**WORKBOOK, "xl/vbaProject.bin": b"macro"}),
    "macro by type": archive_of({**WORKBOOK, "[Content_Types].xml": b"<Types>macroEnabled</Types>"}),
    "macro behind a long list": archive_of(
        {**WORKBOOK, "[Content_Types].xml": _NOISE + b"<Types>macroEnabled</Types>"}
    ),
    "bomb": archive_of({**WORKBOOK, "xl/worksheets/sheet1.xml": bytes(20_000_000)}),
    "truncated": XLSX[:-30],
    "pdf broken off": PDF[:-20],
    "picture broken off": PNG[:-8],
    "text": "发票".encode(),
}
