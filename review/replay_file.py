"""A replay as a spreadsheet: what it comes to, by item and by payer, every enterprise's items, and what it does to budgets."""

import io

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from accounts.cities import City
from applications.workbooks import text_put
from measures import registry
from review.notices import payer_name
from review.replay_sums import all_lines, item_rows, payers_named

MONEY_FORMAT = "#,##0.00"
_HEADING = Font(bold=True)

#: Columns of the sheets: heading, width in characters, and how to take the value from a row.
ITEM_COLUMNS = (
    ("事项", 36, lambda row: f"{row['item']} {row['title']}"),
    ("企业数", 10, lambda row: row["enterprises"]),
    ("申报件数", 10, lambda row: row["claims"]),
    ("现行金额（元）", 18, lambda row: row["before"]),
    ("草案金额（元）", 18, lambda row: row["after"]),
    ("增减（元）", 18, lambda row: row["change"]),
    ("增加的企业", 12, lambda row: row["gaining"]),
    ("减少的企业", 12, lambda row: row["losing"]),
)
PAYER_COLUMNS = (("支付方", 36, lambda row: row["name"]), *ITEM_COLUMNS[1:])
LINE_COLUMNS = (
    ("企业名称", 36, lambda line: line.enterprise.name),
    ("统一社会信用代码", 22, lambda line: line.enterprise.credit_code),
    ("市（地）", 16, lambda line: City(line.enterprise.city).label),
    ("事项", 30, lambda line: f"{line.item} {registry.item(line.item).title}"),
    ("支付方", 20, lambda line: payer_name(line.payer)),
    ("申报件数", 10, lambda line: line.claims),
    ("现行金额（元）", 18, lambda line: line.before_cny),
    ("草案金额（元）", 18, lambda line: line.after_cny),
    ("增减（元）", 18, lambda line: line.change_cny),
    ("其中已锁定件数", 14, lambda line: line.locked),
    ("锁定金额（元）", 18, lambda line: line.locked_cny),
    ("锁定部分现行应得（元）", 22, lambda line: line.entitled_before_cny),
    ("锁定部分草案应得（元）", 22, lambda line: line.entitled_after_cny),
)
#: What the draft does to the budgets of its year (`review.replay_budget.Effect`).
EFFECT_COLUMNS = (
    ("措施", 44, lambda effect: effect.name),
    ("支付方", 20, lambda effect: effect.payer),
    ("预算（元）", 18, lambda effect: effect.appropriated),
    ("现在预计（元）", 18, lambda effect: effect.before),
    ("按草案预计（元）", 18, lambda effect: effect.after),
    ("增减（元）", 18, lambda effect: effect.change),
    ("按草案结余（元）", 18, lambda effect: effect.left),
    ("预算", 10, lambda effect: "不足" if effect.left < 0 else "足够"),
)
_EFFECT_NOTE = (
    "现在预计：已批准的金额，加上还在审核或补正的申报现在计算的应付金额，以导出的时候为准；"
    "增减是这次试算的结果。结余小于 0 的，预算不足。"
)


def replay_file(replay, effects=()):
    """The bytes of the workbook; written row by row, so that memory does not grow with the enterprises.

    `effects` are those on budgets that the reader may see; without any there is no sheet of them.
    """
    book, totals = Workbook(write_only=True), replay.totals
    _sheet(book, "按事项", ITEM_COLUMNS, item_rows(totals))
    _sheet(book, "按支付方", PAYER_COLUMNS, payers_named(totals))
    _sheet(book, "企业明细", LINE_COLUMNS, all_lines(replay))
    if effects:
        _sheet(book, "对预算的影响", EFFECT_COLUMNS, effects, note=_EFFECT_NOTE)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _sheet(book, title, columns, rows, *, note=""):
    sheet = book.create_sheet(title)
    sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    for number, (_, width, _) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, heading, bold=True) for heading, _, _ in columns])
    for row in rows:
        sheet.append([_cell(sheet, take(row)) for _, _, take in columns])
    if note:
        sheet.append([])
        sheet.append([_cell(sheet, note)])


def _cell(sheet, value, *, bold=False):
    """Text stays text; counts are whole numbers, all other numbers money."""
    cell = WriteOnlyCell(sheet)
    if isinstance(value, str):
        text_put(cell, value)
    else:
        cell.value = value
        cell.number_format = "0" if isinstance(value, int) else MONEY_FORMAT
    if bold:
        cell.font = _HEADING
    return cell
