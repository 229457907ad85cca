"""银行对账表: a batch payment by payment, and a payer's year batch by batch."""

from django.utils import timezone

from review.bank.columns import WORDS, R
from review.notices import payer_name
from review.sheets.kit import (
    CENTRED,
    COUNT,
    DATE,
    MONEY,
    SIGNATURES,
    Column,
    Heading,
    book_bytes,
    book_new,
    sheet_add,
)

PAYMENT_COLUMNS = (
    Column("支付序号", 9, lambda row: row[0].position, COUNT),
    Column("户名", 30, lambda row: row[0].payee_name),
    Column("开户行", 26, lambda row: row[1]),
    Column("账号", 26, lambda row: row[0].payee_account),
    Column("金额（元）", 20, lambda row: row[0].amount_cny, MONEY),
    Column("结果", 10, lambda row: WORDS.get(row[0].result, "没有结果"), CENTRED),
    Column("日期", 13, lambda row: row[0].day, DATE),
    Column("银行流水号", 22, lambda row: row[0].reference),
    Column("退汇流水号", 22, lambda row: row[0].return_reference),
    Column("原因", 30, lambda row: row[0].note),
)
SUM_COLUMNS = (
    Column("结果", 30, lambda row: row[0], CENTRED),
    Column("笔数", 16, lambda row: row[1].count, COUNT),
    Column("金额（元）", 30, lambda row: row[1].amount_cny, MONEY),
)
CHECK_COLUMNS = (
    Column("应当一致的两个数", 50, lambda row: row[0]),
    Column("一方（元）", 24, lambda row: row[1], MONEY),
    Column("另一方（元）", 24, lambda row: row[2], MONEY),
    Column("相差（元）", 24, lambda row: row[1] - row[2], MONEY),
)
BATCH_COLUMNS = (
    Column("批次号", 18, lambda row: row.batch.number),
    Column("名称", 30, lambda row: row.batch.title),
    Column("锁定日期", 13, lambda row: row.batch.locked_at, DATE),
    Column("批次合计（元）", 22, lambda row: row.batch.total_cny, MONEY),
    Column("已拨付（元）", 22, lambda row: row.paid, MONEY),
    Column("未成功（元）", 20, lambda row: row.failed, MONEY),
    Column("退汇（元）", 20, lambda row: row.returned, MONEY),
    Column("没有结果（元）", 20, lambda row: row.waiting, MONEY),
    Column(
        "备注", 24, lambda row: "；".join(row.faults) or (f"超过 {row.days} 个工作日" if row.is_late else "")
    ),
)


def _lines(payer, what, at):
    when = f"截至 {timezone.localtime(at):%Y-%m-%d %H:%M}"
    return ((f"{payer_name(payer)}　{what}　{when}", "单位：元"),)


def batch_reconciliation_file(row, payments, *, at):
    """The bytes of the workbook of a Row: its payments, and what has to agree with what."""
    batch, book = row.batch, book_new(payer_name(row.batch.payer))
    lines = _lines(batch.payer, f"批次号：{batch.number}", at)
    sheet_add(
        book,
        "银行对账表",
        Heading(f"{batch.title}银行对账表", lines, SIGNATURES),
        PAYMENT_COLUMNS,
        payments,
        words="金额（元）",
    )
    sums = [(label, row.sums[result]) for result, label in (*WORDS.items(), (R.WAITING, "没有结果"))]
    for name, columns, rows, total in (
        ("结果汇总", SUM_COLUMNS, sums, ("笔数", "金额（元）")),
        ("核对", CHECK_COLUMNS, row.checks, ()),
    ):
        heading = Heading(f"{batch.title}银行对账（{name}）", lines, SIGNATURES)
        sheet_add(book, name, heading, columns, rows, total=total)
    return book_bytes(book)


def year_reconciliation_file(found, *, at):
    """The bytes of the workbook of a Year."""
    book = book_new(payer_name(found.payer))
    heading = Heading(
        f"{found.year} 年外贸政策资金银行对账汇总表", _lines(found.payer, f"{found.year} 年", at), SIGNATURES
    )
    sheet_add(book, "对账汇总", heading, BATCH_COLUMNS, found.rows, words="已拨付（元）")
    return book_bytes(book)
