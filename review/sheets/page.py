"""How a sheet lies on paper: across, one page wide, its heading on each page, page numbers below."""

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from review.sheets.heights import text_width

#: Characters in which a table fills A4 at its own size: a narrower one grows to it, so that what stands above and below fits.
_LEAST_WIDTH = 130
#: Above so many characters A4 would make the letters too small to be read: then the sheet is meant for A3.
_MOST_ON_A4 = 260
#: Characters around a text in its span.
_AROUND = 4


def widths_of(columns):
    """The widths that columns get on the sheet, in characters."""
    widths = [column.width for column in columns]
    factor = max(1, _LEAST_WIDTH / sum(widths))
    return [round(width * factor, 1) for width in widths]


def page_setup(sheet, widths, head, mark):
    """Sets up a sheet whose first `head` rows are its heading; `mark` stands on top of each page."""
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_title_rows = f"1:{head}"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    setup = sheet.page_setup
    setup.orientation = Worksheet.ORIENTATION_LANDSCAPE
    setup.paperSize = Worksheet.PAPERSIZE_A3 if sum(widths) > _MOST_ON_A4 else Worksheet.PAPERSIZE_A4
    setup.fitToWidth, setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    if mark:
        sheet.oddHeader.right.text = mark
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3


def spans_of(widths, texts):
    """Columns (first, last, width) over which texts stand side by side: in equal shares, or where one of them needs more, in
    shares after their lengths."""
    needs = [text_width(text) + _AROUND for text in texts]
    spans = _spans(widths, [1] * len(texts))
    if any(width < need for (_, _, width), need in zip(spans, needs, strict=True)):
        spans = _spans(widths, needs)
    return spans


def _spans(widths, shares):
    """Cut where the widths come nearest to the shares; each gets a column at least."""
    ends, whole, count = [], sum(widths), len(shares)
    for number in range(1, count):
        free = range((ends[-1] if ends else 0) + 1, len(widths) - count + number + 1)
        wanted = whole * sum(shares[:number]) / sum(shares)
        ends.append(min(free, key=lambda end: abs(sum(widths[:end]) - wanted)))
    ends.append(len(widths))
    starts = [1, *(end + 1 for end in ends[:-1])]
    return [(first, last, sum(widths[first - 1 : last])) for first, last in zip(starts, ends, strict=True)]
