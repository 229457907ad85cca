"""Papers of the sample: real PDF and PNG files, made in code and stored by the service that stores uploads."""

import struct
import zlib
from hashlib import sha256

from django.core.files.uploadedfile import SimpleUploadedFile

from applications.evidence import SUPPORT_DOCUMENT, evidence_add
from applications.files import file_store

#: Documents that a firm would photograph; all others are PDF.
PICTURES = frozenset({"photos", "screenshots", "shop"})
#: Sizes of pictures in pixels: lying, standing as a phone takes them, and a wide one.
SIZES = ((640, 420), (420, 640), (1280, 420))


def paper_store(name, lines, *, user, enterprise=None, at):
    """A PDF with these lines of text, stored for a firm or, before there is one, for a person."""
    upload = SimpleUploadedFile(f"{name}.pdf", pdf_bytes(["示例材料", *lines]))
    return file_store(upload=upload, enterprise=enterprise, user=user, at=at)


def evidence_give(claim, *, supported, user, at):
    """Gives a claim every document that its item names, and that of other support where there is any (`supported`)."""
    documents = [*claim.rule.evidence, *([SUPPORT_DOCUMENT] if supported else [])]
    wanted = [document for document in documents for _ in range(document.min_files)]
    for number, document in enumerate(wanted, 1):
        upload = _upload(claim, document, number)
        file = file_store(upload=upload, enterprise=claim.enterprise, user=user, at=at)
        evidence_add(claim=claim, document=document, file=file, actor=user, at=at)


def _upload(claim, document, number):
    name = f"扫描件 {claim.number} 第 {number} 份"
    if document.code in PICTURES:
        return SimpleUploadedFile(f"{name}.png", png_bytes(name))
    lines = ["示例材料", document.label, f"申报编号 {claim.number}", claim.enterprise.name, f"第 {number} 份"]
    return SimpleUploadedFile(f"{name}.pdf", pdf_bytes(lines))


# --- PDF -------------------------------------------------------------------------------------------


def pdf_bytes(lines):
    """One A4 page, the first line as a title. The font is not embedded: readers put in a Chinese one of their own."""
    content = "".join(
        f"BT /F1 {22 if index == 0 else 13} Tf 72 {760 - 34 * index} Td <{line.encode('utf-16-be').hex()}> Tj ET\n"
        for index, line in enumerate(lines)
    ).encode()
    system = b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%sendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light "
        + system
        + b" /FontDescriptor 7 0 R /W [1 95 500] >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    return _pdf_file(objects)


def _pdf_file(objects):
    """The objects, numbered from 1, with the table of where each begins."""
    written, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(written))
    )


# --- PNG -------------------------------------------------------------------------------------------


def png_bytes(seed):
    """A picture that stands for a photograph: a wall, a floor and a booth, in colours that depend on the seed."""
    digest = sha256(seed.encode()).digest()
    wall = bytes(200 + shade % 40 for shade in digest[:3])
    floor = bytes(120 + shade % 40 for shade in digest[3:6])
    booth = bytes(60 + shade % 120 for shade in digest[6:9])
    width, height = SIZES[digest[11] % len(SIZES)]
    left, right = 80 + digest[9] % 60, width - 80 - digest[10] % 120
    plain = {True: wall * width, False: floor * width}
    rows = []
    for y in range(height):
        row = plain[y < height * 2 // 3]
        if height // 4 < y < height * 3 // 4:
            row = row[: left * 3] + booth * (right - left) + row[right * 3 :]
        rows.append(b"\x00" + row)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*chunk) for chunk in chunks)


def _png_chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
