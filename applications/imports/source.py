"""Any file that an office may bring, as sheets and cells. What a file is, its content says, not its name."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from applications.imports.delimited import is_wide, text_open
from applications.imports.problems import FileRefused
from applications.imports.xlsx import workbook_open

#: Bytes at the beginning that tell what a file is.
HEAD = 4096
PIECE = 1024 * 1024

_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: The stream of a compound file that holds an encrypted workbook; entries of its directory take 128 bytes each.
_ENCRYPTED = "EncryptedPackage\0".encode("utf-16-le")
_ENTRY = 128

_SAVE = "请用 Excel 或 WPS 打开，另存为 xlsx 后再试。"
_RETYPE = "请提供 xlsx 或 CSV 文件。"
_OTHERS = {
    b"%PDF-": f"这是 PDF 文件，不是表格。{_RETYPE}",
    b"\x89PNG": f"这是图片，不是表格。{_RETYPE}",
    b"\xff\xd8\xff": f"这是图片，不是表格。{_RETYPE}",
    b"GIF8": f"这是图片，不是表格。{_RETYPE}",
    b"Rar!\x1a": "这是压缩包，不是表格。请解压后选择里面的 xlsx 或 CSV 文件。",
    b"7z\xbc\xaf\x27\x1c": "这是压缩包，不是表格。请解压后选择里面的 xlsx 或 CSV 文件。",
    b"\x1f\x8b": "这是压缩包，不是表格。请解压后选择里面的 xlsx 或 CSV 文件。",
    b"{\\rtf": f"这是文档，不是表格。{_RETYPE}",
    b"MIME-Version:": f"这是网页格式的表格，只是名字像 Excel 文件。{_SAVE}",
}
_MARKUP = re.compile(rb"\s*<[!?a-z]", re.IGNORECASE)
#: Characters that no text has, but for a stray zero, which tells a text that is broken.
_CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\v\f\r\x1a"})


class Sheet(Protocol):
    """One sheet of a file.

    `merges` are ranges (first row, first column, last row, last column): rows as the spreadsheet program shows them,
    from 1, columns from 0. `position` tells how far the current pass is, from 0 to 1.
    """

    name: str
    visible: bool
    merges: tuple[tuple[int, int, int, int], ...]
    position: float

    def rows(self) -> Iterator[tuple[int, list[Any]]]:
        """A fresh pass that streams: row number (CSV: the record's first line) and cells from column A on.

        For the types of cells see `cells`. Rows without any cell are left out, and cells after the last that holds
        something may be. A merged cell's value stands in each row that it spans, in its first column. Raises
        FileRefused `damaged_file` or `too_big` on the way.
        """


@dataclass(frozen=True)
class Source:
    """An opened file: its sheets in the workbook's order, hidden ones too; a CSV file has one."""

    sheets: list[Sheet]


@contextmanager
def source_open(path):
    """A Source for the file at `path`, open as long as the context is. Memory stays bounded whatever the file holds.

    Raises FileRefused: `not_a_spreadsheet`, `encrypted`, `damaged_file`, `macros`, `too_big`, `bad_encoding`, or
    `empty` for a file without a single character. Raises OSError where there is no such file.
    """
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if head.startswith(_COMPOUND):
        raise _compound_refused(path)
    if head.startswith(_ARCHIVE):
        opened = workbook_open(path)
    else:
        _check_head(head)
        opened = text_open(path)
    with opened as sheets:
        yield Source(sheets)


def _check_head(head):
    for mark, message in _OTHERS.items():
        if head.startswith(mark):
            raise FileRefused("not_a_spreadsheet", message)
    text = head.removeprefix(b"\xef\xbb\xbf")
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = text.replace(b"\0", b"")[2:]
    if _MARKUP.match(text):
        raise FileRefused("not_a_spreadsheet", f"这是网页或 XML 格式的文件，不是 xlsx 工作簿。{_SAVE}")
    if not is_wide(head) and len(head) - len(head.translate(None, _CONTROLS)) > len(head) // 50:
        raise FileRefused("not_a_spreadsheet", f"不能识别这个文件，它不是表格。{_RETYPE}")


def _compound_refused(path):
    """Old Excel files and encrypted new ones have the same container."""
    with open(path, "rb") as file:
        while piece := file.read(PIECE):
            at = piece.find(_ENCRYPTED)
            while at >= 0:
                if at % _ENTRY == 0:
                    return FileRefused(
                        "encrypted", f"文件设有打开密码，无法读取。请取消密码，{_SAVE.removeprefix('请')}"
                    )
                at = piece.find(_ENCRYPTED, at + 1)
    return FileRefused("not_a_spreadsheet", f"这是旧版 Excel（xls）或其他旧版文件。{_SAVE}")
