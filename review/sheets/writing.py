"""A sheet while it is written, row after row: title and lines, headings of columns, rows, 合计, 大写, signatures."""

from decimal import Decimal

from openpyxl.utils import get_column_letter

from measures.money import in_words
from review.sheets.cells import HEAD_FILL, SIZE, cell_new, shown
from review.sheets.columns import CENTRED, COUNT, MONEY, TEXT, WAN
from review.sheets.heights import LEAST, room_of, row_height, text_height
from review.sheets.page import page_setup, spans_of, widths_of
from review.sheets.plain_rows import plain_row, plain_rows_take

_TITLE_SIZE = 16
#: Points that a row of its kind has at least.
_HEAD_HEIGHT, _LINE_HEIGHT, _SIGNED_HEIGHT = 24, 22, 36
#: Between texts for which the table has too few columns.
_GAP = "　" * 6
_ZERO = Decimal("0.00")


class Writer:
    """Writes one sheet of a workbook; its parts are called in their order: `top`, `table`, `bottom`."""

    def __init__(self, sheet, heading, columns):
        self.sheet, self.heading, self.columns = sheet, heading, columns
        self.widths = widths_of(columns)
        self.row = 0
        # openpyxl would make a cell for every value and guess its type; these cells know theirs.
        sheet._values_to_row = lambda cells, _: cells
        self.cells = [cell_new(sheet, index, column.kind) for index, column in enumerate(columns, start=1)]

    # --- Above the rows ----------------------------------------------------------------------------

    def top(self):
        """Everything that stands before the rows: how the page is, the title, the lines, the headings of columns."""
        page_setup(self.sheet, self.widths, 2 + len(self.heading.lines), self.heading.mark)
        mark = f"【{self.heading.mark}】" if self.heading.mark else ""
        self._banner([mark + self.heading.title], size=_TITLE_SIZE, align="center", bold=True)
        for line in self.heading.lines:
            self._banner([line] if isinstance(line, str) else list(line))
        cells = []
        for index, column in enumerate(self.columns, start=1):
            cells.append(cell_new(self.sheet, index, CENTRED, bold=True, fill=HEAD_FILL))
            cells[-1].put(column.title, "s")
        titles = zip([column.title for column in self.columns], self.widths, strict=True)
        self._write(cells, row_height(titles, least=_HEAD_HEIGHT))

    def _write(self, cells, height):
        self.row += 1
        for cell in cells:
            cell.row = self.row
        self.sheet.row_dimensions[self.row].height = height
        self.sheet.append(cells)
        # What is written is not asked for again.
        self.sheet.row_dimensions.pop(self.row, None)

    def _banner(self, parts, *, size=SIZE, least=_LINE_HEIGHT, align="", bold=False):
        """A row without borders: the parts side by side over the whole width, the second of a pair to the right."""
        if len(parts) > len(self.columns):
            parts = [_GAP.join(parts)]
        cells, height = [], least
        for text, (first, last, width) in zip(parts, spans_of(self.widths, parts), strict=True):
            side = align or ("right" if len(parts) == 2 and cells else "left")
            cell = cell_new(self.sheet, first, size=size, bold=bold, border=None, align=side)
            cell.fill_in(TEXT, text)
            cells.append(cell)
            self._merge(first, last)
            # A larger letter has less room and needs a higher line.
            height = max(height, text_height(text, room_of(width * SIZE / size)) * size / SIZE)
        self._write(cells, height)

    def _merge(self, first, last):
        """Merges columns of the row that is written next."""
        if last > first:
            row = self.row + 1
            self.sheet.merged_cells.add(f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}")

    # --- The rows ----------------------------------------------------------------------------------

    def table(self, rows, added):
        """Writes the rows; returns the sums of the columns named in `added`."""
        plan = [
            (column.value, column.kind, cell) for column, cell in zip(self.columns, self.cells, strict=True)
        ]
        self.texts = [
            (index, room_of(width))
            for index, (column, width) in enumerate(zip(self.columns, self.widths, strict=True))
            if column.kind in (TEXT, CENTRED)
        ]
        sums = {
            index: 0 if column.kind is COUNT else _ZERO
            for index, column in enumerate(self.columns)
            if column.title in added
        }
        write = self._write_plain if plain_rows_take(self.sheet) else self._write_filled
        for row in rows:
            values = [value(row) for value, _, _ in plan]
            for index in sums:
                sums[index] += values[index] or 0
            write(values, plan)
        return {self.columns[index].title: amount for index, amount in sums.items()}

    def _write_filled(self, values, plan):
        for value, (_, kind, cell) in zip(values, plan, strict=True):
            cell.fill_in(kind, value)
        self._write(self.cells, self._height(values))

    def _write_plain(self, values, plan):
        self.row += 1
        cells = [
            (cell.letter, cell.number, *shown(kind, value))
            for value, (_, kind, cell) in zip(values, plan, strict=True)
        ]
        self.sheet.append(plain_row(self.row, cells, self._height(values)))

    def _height(self, values):
        """As high as the longest text needs."""
        height = LEAST
        for index, room in self.texts:
            text = values[index]
            # What fits even where every character counts twice is not measured.
            if text and (len(text) * 2 > room or "\n" in text):
                height = max(height, text_height(text, room))
        return height

    # --- Below the rows ----------------------------------------------------------------------------

    def bottom(self, sums, total, words):
        """合计, the sum in 大写, and who made and checked the sheet."""
        if total:
            self._write(self._totals({title: sums[title] for title in total}), LEAST)
        if words:
            self._banner([f"{self._words_of(words, total)}：{in_words(sums[words])}"], least=_HEAD_HEIGHT)
        for row in self._signature_rows():
            self._banner(row, least=_SIGNED_HEIGHT)

    def _words_of(self, words, total):
        """What the 大写 is that of: beside several sums it says which."""
        money = [c.title for c in self.columns if c.kind in (MONEY, WAN) and c.title in total]
        name = words.partition("（")[0]
        of = "" if len(money) < 2 or name == "合计" else name
        return f"{of}合计大写（人民币）"

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
            cell = cell_new(self.sheet, index, kind, bold=True)
            cell.fill_in(kind, sums.get(column.title))
            cells.append(cell)
        free = next((i for i, column in enumerate(self.columns) if column.title in sums), 0)
        if free:
            cells[0].put("合计", "s")
        self._merge(1, free)
        return cells
