"""The payout spreadsheets: each sheet is one ordered table of columns.

Text stays text, amounts and totals are numbers with two decimals, no cell is a formula, and nothing that anybody typed
can become one.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from accounts.cities import City
from measures import registry
from review.notices import payer_name
from review.sheets.kit import CENTRED, COUNT, MONEY, Column, Heading, book_bytes, book_new, sheet_add


def _measure_label(claim):
    measure = registry.measure_of(claim.item)
    return f"{measure.number} {measure.title}"


DETAIL_COLUMNS = (
    Column("序号", 5, lambda line: line.position, COUNT),
    Column("申报编号", 15, lambda line: line.claim.number),
    Column("企业名称", 22, lambda line: line.claim.enterprise.name),
    Column("统一社会信用代码", 20, lambda line: line.claim.enterprise.credit_code),
    Column("市（地）", 12, lambda line: City(line.claim.city).label, CENTRED),
    Column("事项", 20, lambda line: f"{line.claim.item} {line.claim.rule.title}"),
    Column("年度", 6, lambda line: str(line.claim.year), CENTRED),
    Column("户名", 22, lambda line: line.payee_name),
    Column("开户行", 20, lambda line: line.payee_bank),
    Column("账号", 24, lambda line: line.payee_account),
    Column("金额（元）", 16, lambda line: line.amount_cny, MONEY),
)
SUMMARY_COLUMNS = (
    Column("市（地）", 20, lambda row: row.city, CENTRED),
    Column("措施", 56, lambda row: row.measure),
    Column("笔数", 12, lambda row: row.count, COUNT),
    Column("金额（元）", 26, lambda row: row.amount_cny, MONEY),
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
    book = book_new(payer_name(batch.payer))
    for name, columns, rows in (
        ("资金拨付明细表", DETAIL_COLUMNS, lines),
        ("按市（地）和措施汇总表", SUMMARY_COLUMNS, summary_rows(lines)),
    ):
        heading = _heading(batch, f"{batch.title}{name}")
        sheet_add(book, name, heading, columns, rows, words="金额（元）", heights=True)
    return book_bytes(book)


def _heading(batch, title):
    when = timezone.localtime(batch.locked_at)
    return Heading(
        title,
        lines=[
            (f"批次号：{batch.number}　支付方：{payer_name(batch.payer)}", f"日期：{when:%Y-%m-%d}　单位：元")
        ],
        signatures=[f"制表：{batch.maker.name}", f"复核：{batch.checker.name}", "负责人："],
    )
