"""A workbook: what kind of document the archive is, its sheets in order, and where their parts lie."""

import posixpath
from functools import cached_property
from urllib.parse import unquote

from applications.imports.limits import MOST_ROWS, book_damaged, too_many_rows
from applications.imports.problems import FileRefused
from applications.imports.xlsx.formats import formats_read
from applications.imports.xlsx.markup import is_main, part_read
from applications.imports.xlsx.merges import merges_read, rows_filled
from applications.imports.xlsx.rows import rows_read
from applications.imports.xlsx.strings import SharedStrings, strings_read

_TYPES = "[Content_Types].xml"
_SAVE = "请用 Excel 或 WPS 打开，另存为 xlsx 后再试。"
#: Documents that are archives too, by a part that each of them has, and what to say.
_OTHERS = {
    "xl/workbook.bin": f"这是二进制工作簿（xlsb）。{_SAVE}",
    "content.xml": f"这是 OpenDocument 文件（ods、odt 等），不能直接读取。如果是表格，{_SAVE}",
    "word/document.xml": "这是 Word 文件，不是表格。请把表格复制到 Excel 或 WPS 表格里，另存为 xlsx 后再试。",
    "ofd.xml": "这是版式文件（OFD），不是表格。请提供 xlsx 或 CSV 文件。",
    "ppt/presentation.xml": "这是演示文稿，不是表格。请提供 xlsx 或 CSV 文件。",
}
_ARCHIVE = "这是压缩包或其他程序的文件，不是 xlsx 工作簿。请选择压缩包里的 xlsx 或 CSV 文件，或者在原来的程序里另存为 xlsx。"
_MACROS = {"vbaProject", "xlMacrosheet", "xlIntlMacrosheet"}


class Workbook:
    """The sheets of an opened archive. Raises FileRefused where it is no workbook, has macros, or is broken."""

    def __init__(self, package):
        self._package = package
        self._from_1904 = False
        self._path = self._located()
        self._related = _relations(package, self._path)
        self._check_macros()
        self.sheets = self._listed()

    @cached_property
    def strings(self):
        """The shared strings, read when the first sheet is."""
        path = self._one("sharedStrings")
        return strings_read(self._package, path) if path else SharedStrings()

    @cached_property
    def formats(self):
        """What to make of numbers by style."""
        path = self._one("styles")
        return formats_read(self._package, path, from_1904=self._from_1904) if path else {}

    def _located(self):
        names = self._package.names
        for name, message in _OTHERS.items():
            if name in names:
                raise FileRefused("not_a_spreadsheet", message)
        if "_rels/.rels" in names:
            for kind, path in _relations(self._package, "").values():
                if kind == "officeDocument":
                    return path
        if "xl/workbook.xml" in names:
            raise book_damaged()
        raise FileRefused("not_a_spreadsheet", _ARCHIVE)

    def _check_macros(self):
        found = {name.rpartition("/")[2] == "vbaproject.bin" for name in self._package.names}
        found |= {kind in _MACROS for kind, _path in self._related.values()}

        def start(tag, attributes):
            kind = attributes.get("ContentType", "").lower()
            found.add("macroenabled" in kind or (tag == "Override" and "vbaproject" in kind))

        part_read(self._package, _TYPES, start)
        if True in found:
            raise FileRefused(
                "macros",
                "文件带有宏，为安全起见不能读取。请用 Excel 或 WPS 打开，另存为 xlsx（不带宏的工作簿）后再试。",
            )

    def _listed(self):
        listed = []

        def start(tag, attributes):
            if tag == "sheet":
                listed.append(attributes)
            elif tag == "workbookPr":
                self._from_1904 = attributes.get("date1904", "0") in ("1", "true", "on")

        root, namespace = part_read(self._package, self._path, start)
        if root != "workbook" or not is_main(namespace):
            raise FileRefused("not_a_spreadsheet", f"文件里没有工作簿。{_SAVE}")
        sheets = [sheet for sheet in map(self._sheet, listed) if sheet]
        if len({sheet.path for sheet in sheets}) < len(sheets):
            raise book_damaged()
        return sheets

    def _sheet(self, attributes):
        """A Sheet, or None for a chart sheet and the like."""
        kind, path = self._related.get(attributes.get("id"), (None, ""))
        if kind is None:
            raise book_damaged()
        if kind != "worksheet":
            return None
        visible = attributes.get("state", "visible") == "visible"
        return Sheet(self, self._package, path, attributes.get("name", ""), visible)

    def _one(self, wanted):
        return next((path for kind, path in self._related.values() if kind == wanted), None)


class Sheet:
    """One sheet of a workbook; see `source` for what it offers."""

    def __init__(self, workbook, package, path, name, visible):
        self.name, self.visible, self.path = name, visible, path
        self._workbook, self._package = workbook, package
        self._size = max(package.size(path), 1)
        self._read = 0

    @property
    def position(self):
        """How far the current pass is, from 0 to 1."""
        return self._read / self._size

    @cached_property
    def merges(self):
        """The merged ranges: (first row, first column, last row, last column), rows from 1, columns from 0."""
        with self._package.stream(self.path) as stream:
            return merges_read(stream)

    def rows(self):
        """A fresh pass: yields (row number, values from column A on). Raises FileRefused."""
        rows = rows_filled(self._rows(), self.merges) if self.merges else self._rows()
        for count, row in enumerate(rows):
            if count >= MOST_ROWS:
                raise too_many_rows()
            yield row

    def _rows(self):
        self._read = 0
        with self._package.stream(self.path) as stream:
            for read, rows in rows_read(stream, self._workbook.strings, self._workbook.formats):
                self._read = read
                yield from rows


def _relations(package, path):
    """The relations of a part, or of the whole package for "": {id: (last word of the type, path of the target)}."""
    folder, name = posixpath.split(path)
    found = {}

    def start(tag, attributes):
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = unquote(attributes.get("Target", "")).replace("\\", "/")
            found[attributes.get("Id")] = (kind, posixpath.normpath(posixpath.join("/", folder, target)))

    part_read(package, posixpath.join(folder, "_rels", f"{name}.rels"), start)
    return found
