"""The payout spreadsheets: each sheet is one ordered table of columns.

Text stays text, amounts and totals are numbers with two decimals, no cell is a formula, and nothing that anybody typed
can become one.
"""

import io
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

from accounts.cities import City
from applications.workbooks import text_put
from measures import registry
from measures.money import in_words
from review.notices import payer_name

MONEY_FORMAT = "#,##0.00"
_THIN = Side(style="thin")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_FONT = "宋体"
#: Points.
_SIZE, _LINE, _LEAST_HEIGHT = 10, 14, 20


@dataclass(frozen=True)
class Column:
    """One column: heading, width in characters, how to take its value from a row, and whether it is money."""

    title: str
    width: float
    value: Callable
    money: bool = False
    centred: bool = False


def _measure_label(claim):
    measure = registry.measure_of(claim.item)
    return f"{measure.number} {measure.title}"


DETAIL_COLUMNS = (
    Column("序号", 5, lambda line: line.position, centred=True),
    Column("申报编号", 15, lambda line: line.claim.number),
    Column("企业名称", 22, lambda line: line.claim.enterprise.name),
    Column("统一社会信用代码", 20, lambda line: line.claim.enterprise.credit_code),
    Column("市（地）", 12, lambda line: City(line.claim.city).label, centred=True),
    Column("事项", 20, lambda line: f"{line.claim.item} {line.claim.rule.title}"),
    Column("年度", 6, lambda line: str(line.claim.year), centred=True),
    Column("户名", 22, lambda line: line.payee_name),
    Column("开户行", 20, lambda line: line.payee_bank),
    Column("账号", 24, lambda line: line.payee_account),
    Column("金额（元）", 16, lambda line: line.amount_cny, money=True),
)
SUMMARY_COLUMNS = (
    Column("市（地）", 20, lambda row: row.city, centred=True),
    Column("措施", 56, lambda row: row.measure),
    Column("笔数", 12, lambda row: row.count, centred=True),
    Column("金额（元）", 26, lambda row: row.amount_cny, money=True),
)


@dataclass
class SummaryRow:
    """Lines of one city and measure, added up."""

    city: str
    measure: str
    count: int = 0
    amount_cny: Decimal = Decimal("0.00")


def summary_rows(lines):
    """One row per city and measure, in the order of cities and measures; their sum is the batch's total."""
    groups = defaultdict(list)
    for line in lines:
        groups[line.claim.city, registry.measure_of(line.claim.item).number].append(line)
    return [
        SummaryRow(
            city=City(city).label,
            measure=_measure_label(members[0].claim),
            count=len(members),
            amount_cny=sum((line.amount_cny for line in members), Decimal("0.00")),
        )
        for (city, _), members in sorted(groups.items())
    ]


def payout_workbook(batch, lines):
    """The sealed file of a batch as bytes of an xlsx: 资金拨付明细表 and 按市（地）和措施汇总表."""
    for position, line in enumerate(lines, start=1):
        line.position = position
    book = Workbook()
    total = sum((line.amount_cny for line in lines), Decimal("0.00"))
    _sheet(book.active, "资金拨付明细表", batch, DETAIL_COLUMNS, lines, total)
    _sheet(book.create_sheet(), "按市（地）和措施汇总表", batch, SUMMARY_COLUMNS, summary_rows(lines), total)
    book.properties.creator = payer_name(batch.payer)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet(sheet, title, batch, columns, rows, total):
    sheet.title = title
    last = get_column_letter(len(columns))
    _banner(sheet, 1, last, f"{batch.title}{title}", bold=True, size=16, height=30)
    when = timezone.localtime(batch.locked_at)
    _banner(
        sheet,
        2,
        last,
        f"批次号：{batch.number}　支付方：{payer_name(batch.payer)}　日期：{when:%Y-%m-%d}　单位：元",
    )
    for index, column in enumerate(columns, start=1):
        _cell(sheet, 3, index, column.title, bold=True, centred=True)
        sheet.row_dimensions[3].height = _LEAST_HEIGHT
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    for number, row in enumerate(rows, start=4):
        values = [column.value(row) for column in columns]
        for index, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
            _cell(sheet, number, index, value, money=column.money, centred=column.centred)
        sheet.row_dimensions[number].height = _row_height(columns, values)
    _footer(sheet, 4 + len(rows), len(columns), batch, total)
    _print_setup(sheet, last, 4 + len(rows) + 2)


def _row_height(columns, values):
    """Points that a row needs so that no text is cut off: not every program sets heights by itself."""
    texts = [
        (column.width, value) for column, value in zip(columns, values, strict=True) if isinstance(value, str)
    ]
    lines = max(-(-_text_width(text) // (int(width) - 2)) for width, text in texts)
    return max(_LEAST_HEIGHT, lines * _LINE + 6)


def _text_width(text):
    """Width in characters; Chinese ones count twice."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def _banner(sheet, row, last, text, *, bold=False, size=11, height=20, left=False):
    sheet.merge_cells(f"A{row}:{last}{row}")
    cell = sheet.cell(row=row, column=1)
    _write(cell, text)
    cell.font = Font(name=_FONT, size=size, bold=bold)
    cell.alignment = Alignment(horizontal="left" if left else "center", vertical="center", wrap_text=True)
    sheet.row_dimensions[row].height = height


def _cell(sheet, row, column, value, *, money=False, bold=False, centred=False):
    cell = sheet.cell(row=row, column=column)
    _write(cell, value)
    cell.font = Font(name=_FONT, size=_SIZE, bold=bold)
    cell.border = _BORDER
    cell.alignment = Alignment(
        horizontal="right" if money else "center" if centred else "left", vertical="center", wrap_text=True
    )
    if money:
        cell.number_format = MONEY_FORMAT


def _write(cell, value):
    """A number as a number; everything else as text, whatever it begins with, without control characters."""
    if isinstance(value, str):
        text_put(cell, value)
    else:
        cell.value = value


def _footer(sheet, row, width, batch, total):
    """合计 as a number, the sum in 大写, and who made and checked the sheet."""
    last = get_column_letter(width)
    for column in range(1, width + 1):
        _cell(sheet, row, column, "", bold=True)
    _cell(sheet, row, 1, "合计", bold=True, centred=True)
    _cell(sheet, row, width, total, money=True, bold=True)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width - 1)
    _banner(sheet, row + 1, last, f"合计大写：{in_words(total)}", left=True)
    _banner(
        sheet,
        row + 2,
        last,
        f"制表：{batch.maker.name}　　复核：{batch.checker.name}　　负责人：",
        left=True,
        height=28,
    )


def _print_setup(sheet, last, end):
    """A4 landscape, one page wide, headings repeated on each page, page numbers below."""
    sheet.freeze_panes = "A4"
    sheet.print_title_rows = "1:3"
    sheet.print_area = f"A1:{last}{end}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3
