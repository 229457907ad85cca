"""What a file really is, by its content: the name and what the browser says about it decide nothing."""

import zipfile
from dataclasses import dataclass
from os import SEEK_END

import filetype

HEAD = 8192
#: Where the end of a document is looked for: programs may have put something of their own behind it.
TAIL = 64 * 1024
#: Of an archive: members, bytes unpacked, and how often smaller a member may be packed than unpacked.
MOST_MEMBERS = 5000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_RATIO = 200
#: The list of parts of a spreadsheet; a longer one is no spreadsheet of ours.
MOST_LISTED = 1024 * 1024

#: What is taken, in words: as evidence, and as a paper of a firm, which is never a spreadsheet.
ACCEPTED, PAPERS_ACCEPTED = "PDF、JPG、PNG、OFD 或 xlsx", "PDF、JPG、PNG 或 OFD"


class Unacceptable(ValueError):
    """The file cannot be taken as evidence; the message says why and what to do."""


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken. `inline` kinds may be shown by the browser inside our pages."""

    content_type: str
    extensions: tuple[str, ...]
    inline: bool = False


PDF = Kind("application/pdf", (".pdf",), inline=True)
JPEG = Kind("image/jpeg", (".jpg", ".jpeg"), inline=True)
PNG = Kind("image/png", (".png",), inline=True)
OFD = Kind("application/ofd", (".ofd",))
XLSX = Kind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
KINDS = {kind.content_type: kind for kind in (PDF, JPEG, PNG, OFD, XLSX)}

_BY_HEAD = {PDF.content_type: PDF, JPEG.content_type: JPEG, PNG.content_type: PNG}
#: What stands near the end of a file that is whole; one that broke off shows nothing to whoever reviews it.
_ENDS = {PDF: (b"%%EOF", b"startxref"), PNG: (b"IEND",)}
#: What phones may store photos as; few offices can open them.
_PHONE_PHOTOS = ("image/heic", "image/heif", "image/avif")
HEIC = (
    "这是 HEIC 格式的手机照片，审核时可能打不开。请另存为 JPG 再上传；"
    "苹果手机可以在“设置—相机—格式”里选“兼容性最佳”后重拍。"
)
BROKEN = "文件已损坏或不完整，请重新导出或重新扫描后再上传。"
_ARCHIVE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def sniff(file, *, sheets=True):
    """The Kind of an open, seekable binary file. Raises Unacceptable. The file is rewound.

    Without `sheets` spreadsheets are not taken, and nothing that is said speaks of them.
    """
    named = ACCEPTED if sheets else PAPERS_ACCEPTED
    file.seek(0)
    head = file.read(HEAD)
    try:
        if not head:
            raise Unacceptable("文件是空的，请重新选择。")
        if head.startswith(_ARCHIVE):
            return _archive_kind(file, named, sheets)
        if head.startswith(_OLD_OFFICE):
            instead = "表格请另存为 xlsx，其他请另存为 PDF。" if sheets else "请另存为 PDF 再上传。"
            raise Unacceptable(f"旧版 Office 文件或加密的文件不能上传。{instead}")
        guess = filetype.guess(head)
        if guess and guess.mime in _PHONE_PHOTOS:
            raise Unacceptable(HEIC)
        kind = _BY_HEAD.get(guess.mime) if guess else None
        if kind is None:
            raise Unacceptable(f"不能识别这个文件，或者这种文件不能上传。请上传 {named} 文件。")
        _check_whole(file, kind)
        return kind
    finally:
        file.seek(0)


def _check_whole(file, kind):
    file.seek(max(0, file.seek(0, SEEK_END) - TAIL))
    tail = file.read(TAIL)
    if kind in _ENDS and not any(end in tail for end in _ENDS[kind]):
        raise Unacceptable(BROKEN)


def _archive_kind(file, named, sheets):
    """OFD and xlsx are archives; nothing is unpacked but the short list of a spreadsheet's parts."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members)
            names = {member.filename for member in members}
            if "OFD.xml" in names:
                return OFD
            if "xl/workbook.xml" in names and "[Content_Types].xml" in names:
                if not sheets:
                    raise Unacceptable(f"这里不能上传表格，请上传 {named} 文件。")
                _check_macros(archive, names)
                return XLSX
    except (zipfile.BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError) as error:
        raise Unacceptable(BROKEN) from error
    if "word/document.xml" in names:
        raise Unacceptable("Word 文件请另存为 PDF 再上传。")
    raise Unacceptable(f"压缩包不能上传，请解压后上传里面的 {named} 文件。")


def _check_members(members):
    unpacked = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > MOST_RATIO * max(member.compress_size, 1) and member.file_size > HEAD
        for member in members
    )
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or swollen:
        raise Unacceptable("文件展开后异常大，不能上传。请重新导出，或另存为 PDF 再上传。")
    if any(member.flag_bits & 1 for member in members):
        raise Unacceptable("文件设有密码，审核时无法打开。请取消密码后再上传。")


def _check_macros(archive, names):
    with archive.open("[Content_Types].xml") as listed:
        types = listed.read(MOST_LISTED + 1)
    if len(types) > MOST_LISTED:
        raise Unacceptable("表格内容异常，不能上传。请重新导出，或另存为 PDF 再上传。")
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Unacceptable("表格里带有宏，不能上传。请另存为不带宏的 xlsx 再上传。")
