"""Tables of very many rows in a PDF: drawn line by line, some ten times as fast as the tables of letters."""

import re
from functools import lru_cache

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from applications.letters.glyphs import LATIN, printable

_SIZE, _LEADING = 8.5, 12
_SIDE, _ABOVE, _BELOW = 4, 2.5, 4
#: Words of Latin with the spaces around them.
_SPACED = re.compile(r"\s*\S+\s*|\s+")
#: Marks that begin no line.
_NEVER_FIRST = frozenset("，。、；：？！）〕》」』”’％%,.;:)")


class Listing(Flowable):
    """Rows of cells between hairlines, broken between any two rows; the head stands on every page, the total at the end.

    `rows` are lists of texts; `right` the numbers of columns set to the right; colours are those of the paper.
    """

    def __init__(self, heads, rows, total, *, widths, right, ink, rule, shade):
        super().__init__()
        self.look = {"widths": widths, "right": frozenset(right), "ink": ink, "rule": rule, "shade": shade}
        self.head, self.rows = _row(heads, widths), [_row(row, widths) for row in rows]
        self.total = _row(total, widths) if total else None

    def _all(self):
        return [*self.rows, *([self.total] if self.total else [])]

    def wrap(self, available_width, available_height):
        """Its size in points."""
        self.width, self.height = (
            sum(self.look["widths"]),
            self.head[0] + sum(height for height, _ in self._all()),
        )
        return self.width, self.height

    def split(self, available_width, available_height):
        """What fits on the page, and the rest; nothing where not even the first row does."""
        room, fits = available_height - self.head[0], 0
        for height, _ in self.rows:
            if height > room:
                break
            room, fits = room - height, fits + 1
        # The total never stands on a page by itself.
        fits = min(fits, len(self.rows) - 1) if self.total else fits
        if fits < 1:
            return []
        return [self._part(self.rows[:fits], None), self._part(self.rows[fits:], self.total)]

    def _part(self, rows, total):
        part = Listing((), (), (), **self.look)
        part.head, part.rows, part.total = self.head, rows, total
        return part

    def draw(self):
        """Draws what is left of it from the top down."""
        top = self.height
        for number, (height, cells) in enumerate([self.head, *self._all()]):
            self._draw_row(top, height, cells, is_head=number == 0)
            top -= height
        if self.total:
            self.canv.setStrokeColor(self.look["ink"])
            self.canv.setLineWidth(1)
            self.canv.line(0, self.total[0], self.width, self.total[0])

    def _draw_row(self, top, height, cells, *, is_head):
        canvas, look = self.canv, self.look
        canvas.setStrokeColor(look["rule"])
        canvas.setLineWidth(0.5)
        if is_head:
            canvas.setFillColor(look["shade"])
            canvas.rect(0, top - height, self.width, height, stroke=0, fill=1)
        canvas.setFillColor(look["ink"])
        left = 0
        for column, lines in enumerate(cells):
            width = look["widths"][column]
            canvas.rect(left, top - height, width, height)
            for number, (runs, long) in enumerate(lines, start=1):
                x = left + width - _SIDE - long if column in look["right"] else left + _SIDE
                for font, run, run_long in runs:
                    canvas.setFont(font, _SIZE)
                    canvas.drawString(x, top - _ABOVE - number * _LEADING + 2, run)
                    x += run_long
            left += width


def _row(texts, widths):
    """A row as (height, cells); a cell is its lines, each its runs [(font, text, width)] and its own width."""
    cells = [_lines(text, width - 2 * _SIDE) for text, width in zip(texts, widths, strict=False)]
    return max(map(len, cells), default=1) * _LEADING + _ABOVE + _BELOW, cells


@lru_cache(maxsize=4096)
def _lines(text, width):
    """A text as the lines that it takes in a width: [([(font, run, width)], width)]; Latin words stay whole."""
    lines, line, long = [], [], 0
    for font, word in _words(text):
        size = _width(font, word)
        if line and long + size > width and word[0] not in _NEVER_FIRST:
            lines.append((_joined(line), long))
            line, long = [], 0
        line.append((font, word, size))
        long += size
    return (*lines, (_joined(line), long))


def _words(text):
    """[(font, word)]: single characters of Chinese, words of Latin with the space behind them."""
    for font, run in printable(text):
        words = _SPACED.findall(run) if font == LATIN else run
        yield from ((font, word) for word in words)


def _joined(words):
    """Words of one font that stand side by side as one run."""
    runs = []
    for font, word, size in words:
        if runs and runs[-1][0] == font:
            runs[-1] = (font, runs[-1][1] + word, runs[-1][2] + size)
        else:
            runs.append((font, word, size))
    return runs


@lru_cache(maxsize=8192)
def _width(font, word):
    return stringWidth(word, font, _SIZE)
