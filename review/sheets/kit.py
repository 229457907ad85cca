"""One kit for every sheet that finance prints: heading, table, 合计, 大写, signatures, A4 across.

Rows are streamed through openpyxl's write-only mode: a row is written and forgotten, so that the length of a sheet costs
time and no memory. Text stays text whatever it begins with, numbers are numbers, sums are computed here in Decimal and
written as numbers: no cell is a formula, and nothing that anybody typed can become one.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from applications.workbooks import TEXT_FORMAT
from measures.money import in_words
from review.sheets.heights import line_height, row_height
from review.sheets.plain_rows import plain_row, plain_rows_take

MONEY_FORMAT = "#,##0.00"
WAN_FORMAT = "#,##0.000000"
#: A spreadsheet program holds no longer text in one cell.
_LONGEST = 32767
_FONT, _SIZE = "宋体", 10
_TITLE_SIZE, _TITLE_HEIGHT = 16, 32
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD_FILL = PatternFill("solid", fgColor="EEF2F3")
_ZERO = Decimal("0.00")


class Kind(Enum):
    """What a column holds: (number format, alignment)."""

    TEXT = (TEXT_FORMAT, "left")
    #: Text in the middle: cities, years, words that repeat.
    CENTRED = (TEXT_FORMAT, "center")
    #: Decimal yuan, written in 元 with two decimals.
    MONEY = (MONEY_FORMAT, "right")
    #: Decimal yuan, written in 万元 with six decimals, which is exact to the fen.
    WAN = (WAN_FORMAT, "right")
    #: Whole numbers.
    COUNT = ("#,##0", "center")
    #: Days; of an aware time its day in the province.
    DATE = ("yyyy-mm-dd", "center")


TEXT, CENTRED, MONEY, WAN, COUNT, DATE = Kind
_NUMBERS = frozenset({MONEY, WAN, COUNT})


@dataclass(frozen=True)
class Column:
    """One column: heading, width in characters, how to take its value from a row, and what it holds.

    `value(row)` gives a text, a Decimal in yuan (MONEY and WAN), a whole number or a day; None leaves the cell empty.
    """

    title: str
    width: float
    value: Callable
    kind: Kind = TEXT


@dataclass(frozen=True)
class Heading:
    """What stands above and below the table.

    `lines` are rows under the title, each a text over the whole width or a pair of texts, left and right (单位, 文号, 批次号,
    支付方, date); `signatures` stand side by side below (制表, 复核, 负责人), one row or several; `mark` stands before the title and on top of
    every printed page of what is no final sheet (预览).
    """

    title: str
    lines: Sequence = ()
    signatures: Sequence = ()
    mark: str = ""


def book_new(creator=""):
    """A workbook without sheets; `creator` is the office that it names as its author."""
    book = Workbook(write_only=True)
    book.properties.creator = creator
    return book


def book_save(book, path):
    """Writes the workbook to a path or a binary file. A workbook can be written once."""
    book.save(path)


def book_bytes(book):
    """The workbook as bytes of an xlsx. It can be written once."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def sheet_add(book, name, heading, columns, rows, *, total=None, words=None, heights=False):
    """Adds a sheet of any number of rows; `rows` may be a generator. Returns the sums as {column title: Decimal or int}.

    `total` names the columns (by title) that 合计 adds up, by default every MONEY and WAN column; () leaves 合计 out.
    `words` names the MONEY or WAN column whose sum is also given in 大写. `heights` makes each row as high as its longest
    text needs; sheets of very many rows do without. Sums of WAN columns are given in yuan.
    """
    if total is None:
        total = [column.title for column in columns if column.kind in (MONEY, WAN)]
    page = _Page(book.create_sheet(name), heading, columns, heights)
    try:
        page.top()
        sums = page.table(rows, set(total) | ({words} if words else set()))
        page.bottom(sums, total, words)
    except BaseException:
        _drop(book)
        raise
    return sums


def _drop(book):
    """Forgets a workbook that will not be written: what there is of it lies in temporary files until then."""
    for sheet in book.worksheets:
        if not sheet.closed:
            sheet.close()
        sheet._writer.cleanup()


class _Cell(Cell):
    """A cell whose style and place are known beforehand; written, it is filled again for the next row."""

    __slots__ = ("letter", "number")

    has_style = True

    @property
    def style_id(self):
        """The number of its style in the workbook."""
        return self.number

    @property
    def coordinate(self):
        """Where it stands, as in B7."""
        return f"{self.letter}{self.row}"

    def put(self, value, data_type):
        """Fills it without guessing what the value might be."""
        self._value, self.data_type = value, data_type


class _Page:
    """A sheet while it is written, row after row."""

    def __init__(self, sheet, heading, columns, heights):
        self.sheet, self.heading, self.columns, self.heights = sheet, heading, columns, heights
        self.row = 0
        # openpyxl would make a cell for every value and guess its type; these cells know theirs.
        sheet._values_to_row = lambda cells, _: cells
        self.cells = [self._cell(index, column.kind) for index, column in enumerate(columns, start=1)]

    def _cell(
        self, column, kind=TEXT, *, size=_SIZE, bold=False, border=_BORDER, align="", fill=None, wrap=True
    ):
        """An empty cell of a column (from 1), in a style of its own."""
        cell = _Cell(self.sheet, column=column)
        form, usual = kind.value
        cell.font = Font(name=_FONT, size=size, bold=bold)
        cell.alignment = Alignment(horizontal=align or usual, vertical="center", wrap_text=wrap)
        cell.number_format = form
        if border:
            cell.border = border
        if fill:
            cell.fill = fill
        cell.letter = get_column_letter(column)
        cell.number = super(_Cell, cell).style_id
        return cell

    def _write(self, cells, height=None):
        self.row += 1
        for cell in cells:
            cell.row = self.row
        if height:
            self.sheet.row_dimensions[self.row].height = height
        self.sheet.append(cells)
        # What is written is not asked for again.
        self.sheet.row_dimensions.pop(self.row, None)

    def top(self):
        """Everything that stands before the rows: how the page is, the title, the lines, the headings of columns."""
        head = 2 + len(self.heading.lines)
        self._setup(head)
        mark = f"【{self.heading.mark}】" if self.heading.mark else ""
        self._banner(
            [mark + self.heading.title], size=_TITLE_SIZE, height=_TITLE_HEIGHT, align="center", bold=True
        )
        for line in self.heading.lines:
            self._banner([line] if isinstance(line, str) else list(line))
        cells = []
        for index, column in enumerate(self.columns, start=1):
            cells.append(self._cell(index, CENTRED, bold=True, fill=_HEAD_FILL))
            cells[-1].put(column.title, "s")
        titles = [(column.title, column.width) for column in self.columns]
        self._write(cells, row_height(titles, least=24))

    def _setup(self, head):
        """A4 across, one page wide, the heading on each page and page numbers below, the headings always in sight."""
        sheet = self.sheet
        for index, column in enumerate(self.columns, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = column.width
        sheet.freeze_panes = f"A{head + 1}"
        sheet.print_title_rows = f"1:{head}"
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
        sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.print_options.horizontalCentered = True
        sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
        if self.heading.mark:
            sheet.oddHeader.right.text = self.heading.mark
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top = margins.bottom = 0.6
        margins.header = margins.footer = 0.3

    def _banner(self, parts, *, size=_SIZE, height=22, align="", bold=False):
        """A row without borders: the parts side by side over the whole width, the second of a pair to the right."""
        if len(parts) > len(self.columns):
            parts = ["　".join(parts)]
        cells = []
        spans = _spans([column.width for column in self.columns], len(parts))
        for text, (first, last) in zip(parts, spans, strict=True):
            side = align or ("right" if len(parts) == 2 and cells else "left")
            cell = self._cell(first, size=size, bold=bold, border=None, align=side)
            _fill(cell, TEXT, text)
            cells.append(cell)
            self._merge(first, last)
        self._write(cells, height)

    def _merge(self, first, last):
        """Merges columns of the row that is written next."""
        if last > first:
            row = self.row + 1
            self.sheet.merged_cells.add(f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}")

    def table(self, rows, added):
        """Writes the rows; returns the sums of the columns named in `added`."""
        plan = [
            (column.value, column.kind, cell) for column, cell in zip(self.columns, self.cells, strict=True)
        ]
        sums = {
            index: 0 if column.kind is COUNT else _ZERO
            for index, column in enumerate(self.columns)
            if column.title in added
        }
        plain = not self.heights and plain_rows_take(self.sheet)
        write = self._write_plain if plain else self._write_filled
        for row in rows:
            values = [value(row) for value, _, _ in plan]
            for index in sums:
                sums[index] += values[index] or 0
            write(values, plan)
        return {self.columns[index].title: amount for index, amount in sums.items()}

    def _write_filled(self, values, plan):
        for value, (_, kind, cell) in zip(values, plan, strict=True):
            _fill(cell, kind, value)
        self._write(self.cells, self._height(values) if self.heights else None)

    def _write_plain(self, values, plan):
        self.row += 1
        cells = [
            (cell.letter, cell.number, *_shown(kind, value))
            for value, (_, kind, cell) in zip(values, plan, strict=True)
        ]
        self.sheet.append(plain_row(self.row, cells))

    def _height(self, values):
        texts = [
            (value, column.width)
            for value, column in zip(values, self.columns, strict=True)
            if column.kind in (TEXT, CENTRED) and value
        ]
        return row_height(texts)

    def bottom(self, sums, total, words):
        """合计, the sum in 大写, and who made and checked the sheet."""
        if total:
            self._write(self._totals({title: sums[title] for title in total}), row_height([]))
        if words:
            text = f"合计大写（人民币）：{in_words(sums[words])}"
            width = sum(column.width for column in self.columns)
            self._banner([text], height=line_height(text, width, least=24))
        for row in self._signature_rows():
            self._banner(row, height=30)

    def _signature_rows(self):
        signatures = list(self.heading.signatures)
        if not signatures or not isinstance(signatures[0], str):
            return [list(row) for row in signatures]
        return [signatures]

    def _totals(self, sums):
        """The word stands over all columns before the first sum."""
        cells = []
        for index, column in enumerate(self.columns, start=1):
            kind = column.kind if column.title in sums else CENTRED
            cell = self._cell(index, kind, bold=True)
            _fill(cell, kind, sums.get(column.title))
            cells.append(cell)
        free = next((i for i, column in enumerate(self.columns) if column.title in sums), 0)
        if free:
            cells[0].put("合计", "s")
        self._merge(1, free)
        return cells


def _spans(widths, count):
    """Columns (first, last) of `count` parts, cut where the widths come nearest to equal shares."""
    ends, whole = [], sum(widths)
    for share in range(1, count):
        free = range((ends[-1] if ends else 0) + 1, len(widths) - count + share + 1)
        ends.append(min(free, key=lambda end: abs(sum(widths[:end]) - whole * share / count)))
    ends.append(len(widths))
    return list(zip([1, *(end + 1 for end in ends[:-1])], ends, strict=True))


def _fill(cell, kind, value):
    cell.put(*_shown(kind, value))


def _shown(kind, value):
    """(value, type) as openpyxl takes a cell."""
    if value is None or value == "":
        return None, "n"
    if kind is MONEY or kind is COUNT:
        return value, "n"
    if kind is WAN:
        return value.scaleb(-4), "n"
    if kind is DATE:
        return timezone.localtime(value).date() if isinstance(value, datetime) else value, "d"
    return _text(value), "s"


def _text(value):
    """A text that may stand in a cell: without control characters, and no longer than a cell can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
