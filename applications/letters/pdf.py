"""Setting a paper as PDF: from its stored content alone, so that the same paper is the same bytes every time."""

import io
from functools import partial

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table
from reportlab.platypus import paragraph as paragraphs

from applications.letters.check import check_code_shown
from applications.letters.glyphs import SONG, markup, printable
from applications.letters.listing import Listing

# The library knows which marks of Japanese begin no line; Chinese has a few more.
paragraphs.ALL_CANNOT_START += "，；：？！"

PLATFORM = "龙江外贸政策兑现平台"
DRAFT = "草稿，未提交"
_SIDE, _TOP, _BOTTOM = 20 * mm, 20 * mm, 19 * mm
_WIDTH = A4[0] - 2 * _SIDE
#: What the frame of a page keeps free inside its margins.
_PADDING = 6
_INK, _QUIET, _RULE, _SHADE, _WATER = map(HexColor, ("#1a1f2b", "#4a5365", "#8b93a3", "#f1f3f6", "#aab2c0"))

_BODY = ParagraphStyle("body", fontName=SONG, fontSize=10.5, leading=17, textColor=_INK, wordWrap="CJK")
_LEAD = ParagraphStyle("lead", parent=_BODY, firstLineIndent=21)
_CELL = ParagraphStyle("cell", parent=_BODY, fontSize=9.5, leading=13)
_SMALL = ParagraphStyle("small", parent=_CELL, fontSize=8.5, leading=12)
_TITLE = ParagraphStyle("title", parent=_BODY, fontSize=19, leading=27, alignment=TA_CENTER)
_SUBTITLE = ParagraphStyle("subtitle", parent=_SMALL, alignment=TA_CENTER, textColor=_QUIET)
_HEADING = ParagraphStyle("heading", parent=_BODY, fontSize=12, leading=18, spaceBefore=7, spaceAfter=3)
_NOTE = ParagraphStyle("note", parent=_SMALL, textColor=_QUIET, spaceBefore=3)
_SIGNED = ParagraphStyle("signed", parent=_BODY, alignment=TA_RIGHT)
#: Tables with more columns than this are set smaller.
_ROOMY = 5
_GRID = [
    ("GRID", (0, 0), (-1, -1), 0.5, _RULE),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 5),
    ("RIGHTPADDING", (0, 0), (-1, -1), 5),
    ("TOPPADDING", (0, 0), (-1, -1), 2),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
]


def letter_pdf(letter):
    """An issued paper as the bytes of a PDF file."""
    code = check_code_shown(letter.check_code)
    check = _check(number=letter.number, code=code, address=letter.content["verify_at"])
    foot = f"文书编号 {letter.number}　校验码 {code}"
    return _document(letter.content, name=f"编号 {letter.number}", foot=foot, end=[check])


def preview_pdf(content):
    """A draft, plainly marked as one, without number and code."""
    return _document(content, name=DRAFT, foot=f"{DRAFT}，仅供核对", water=DRAFT)


def list_pdf(content, *, name):
    """A public list: no paper of one enterprise, so without a check code; `name` stands below the title and on each page."""
    return _document(content, name=name, foot=name)


def _document(content, *, name, foot, water="", end=()):
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target,
        pagesize=A4,
        leftMargin=_SIDE - _PADDING,
        rightMargin=_SIDE - _PADDING,
        topMargin=_TOP,
        bottomMargin=_BOTTOM,
        title=f"{content['title']} {name}",
        author=PLATFORM,
        lang="zh-CN",
        invariant=1,
    )
    story = [
        Paragraph(markup(content["title"]), _TITLE),
        Spacer(0, 4),
        Paragraph(markup(name), _SUBTITLE),
        Spacer(0, 4),
    ]
    for part in content["parts"]:
        found = _PARTS[part["kind"]](part)
        if part["kind"] in _STAY:
            # A signature never stands on a page by itself.
            found = [KeepTogether([story.pop(), *found])]
        story += found
    document.build([*story, *end], canvasmaker=partial(_Pages, foot=foot, water=water))
    return target.getvalue()


class _Pages(Canvas):
    """Writes the foot of each page when the number of pages is known."""

    def __init__(self, *args, foot, water, **kwargs):
        super().__init__(*args, **kwargs)
        self._foot, self._water, self._kept = foot, water, []

    def showPage(self):  # noqa: N802, a method of Canvas
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self._frame(f"第 {number} 页　共 {len(self._kept)} 页")
            super().showPage()
        super().save()

    def _frame(self, count):
        self.setStrokeColor(_RULE)
        self.setLineWidth(0.5)
        self.line(_SIDE, A4[1] - 15 * mm, A4[0] - _SIDE, A4[1] - 15 * mm)
        self.line(_SIDE, 15 * mm, A4[0] - _SIDE, 15 * mm)
        self.setFillColor(_QUIET)
        self._write(_SIDE, A4[1] - 13 * mm, PLATFORM)
        self._write(_SIDE, 11 * mm, self._foot)
        self._write(A4[0] - _SIDE - _width(count, 8.5), 11 * mm, count)
        if self._water:
            self._watermark()

    def _write(self, x, y, text, size=8.5):
        for font, run in printable(text):
            self.setFont(font, size)
            self.drawString(x, y, run)
            x += stringWidth(run, font, size)

    def _watermark(self):
        self.saveState()
        self.translate(A4[0] / 2, A4[1] / 2)
        self.rotate(45)
        self.setFillColor(_WATER, alpha=0.45)
        self._write(-_width(self._water, 72) / 2, 0, self._water, 72)
        self.restoreState()


def _width(text, size):
    return sum(stringWidth(run, font, size) for font, run in printable(text))


# --- Parts ---------------------------------------------------------------------------------------


def _heading(title):
    """A heading stays with what follows it."""
    return [CondPageBreak(28 * mm), Paragraph(markup(title), _HEADING)] if title else []


def _facts(part):
    found = _heading(part["title"])
    for row in part["rows"]:
        label, pair = 32 * mm, _WIDTH / 2
        widths = [label, _WIDTH - label] if len(row) == 2 else [label, pair - label, label, pair - label]
        cells = [Paragraph(markup(text), _CELL) for text in row]
        shades = [("BACKGROUND", (column, 0), (column, -1), _SHADE) for column in range(0, len(row), 2)]
        found.append(Table([cells], colWidths=widths, style=[*_GRID, *shades], splitInRow=1))
    return found


def _table(part):
    style = _SMALL if len(part["heads"]) > _ROOMY else _CELL
    to_right = ParagraphStyle("right", parent=style, alignment=TA_RIGHT)

    def line(row):
        return [
            Paragraph(markup(text), to_right if column in part["right"] else style)
            for column, text in enumerate(row)
        ]

    rows = [line(part["heads"]), *map(line, part["rows"])]
    looks = [*_GRID, ("BACKGROUND", (0, 0), (-1, 0), _SHADE)]
    if part["total"]:
        rows.append(line(part["total"]))
        looks.append(("LINEABOVE", (0, -1), (-1, -1), 1, _INK))
    share = _WIDTH / sum(part["shares"])
    widths = [share * each for each in part["shares"]]
    found = [*_heading(part["title"]), Table(rows, widths, style=looks, repeatRows=1, splitInRow=1)]
    if part["note"]:
        found.append(Paragraph(markup(part["note"]), _NOTE))
    return found


def _listing(part):
    share = _WIDTH / sum(part["shares"])
    drawn = Listing(
        part["heads"],
        part["rows"],
        part["total"],
        widths=[share * each for each in part["shares"]],
        right=part["right"],
        ink=_INK,
        rule=_RULE,
        shade=_SHADE,
    )
    note = [Paragraph(markup(part["note"]), _NOTE)] if part["note"] else []
    return [*_heading(part["title"]), drawn, *note]


def _text(part):
    lines = [Paragraph(markup(line), _BODY) for line in part["lines"]]
    if part["lead"]:
        lines = [Spacer(0, 8), lines[0], *[Paragraph(markup(line), _LEAD) for line in part["lines"][1:]]]
    return [*_heading(part["title"]), *lines]


def _signature(part):
    return [Spacer(0, 10), *[Paragraph(markup(line), _SIGNED) for line in part["lines"]]]


def _seals(part):
    """Room for a seal beside room for a signature and a date written by hand."""
    cells = [Paragraph(markup(f"{label}："), _CELL) for label in part["labels"]]
    width = _WIDTH / len(cells)
    return [Spacer(0, 8), Table([cells], [width] * len(cells), rowHeights=[32 * mm], style=_GRID)]


def _check(*, number, code, address):
    """How whoever holds the paper can check it: by typing number and code, or by the square code."""
    size = 24 * mm
    square = Drawing(size, size)
    link = f"{address}?number={number}&code={code}"
    square.add(QrCodeWidget(link, barLevel="M", barWidth=size, barHeight=size, barBorder=2))
    lines = [
        f"文书编号：{number}",
        f"校验码：{code}",
        f"核验地址：{address}",
        "在核验地址输入文书编号和校验码，或者扫描右边的二维码，可以核对这份文书的内容，以及它现在是否仍然有效。"
        "本件由平台按办理记录生成。",
    ]
    words = [Paragraph(markup(line), _SMALL) for line in lines]
    box = Table(
        [[words, square]],
        [_WIDTH - size - 10, size + 10],
        style=[*_GRID[1:], ("BOX", (0, 0), (-1, -1), 0.5, _RULE)],
    )
    return KeepTogether([Spacer(0, 10), box])


_STAY = frozenset({"signature", "seals"})
_PARTS = {
    "facts": _facts,
    "table": _table,
    "listing": _listing,
    "text": _text,
    "signature": _signature,
    "seals": _seals,
}
