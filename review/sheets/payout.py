"""The sheets of a payout batch: 资金拨付明细表 and 财政直接支付申请书 in 元, 资金分配汇总表 in 万元.

All of them are made from the lines of the batch alone, each of which names its payment, so that their sums agree.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone

from accounts.cities import City
from review.measure_names import measure_name, measure_number
from review.notices import payer_name
from review.sheets.kit import (
    CENTRED,
    COUNT,
    DATE_TO_SIGN,
    MONEY,
    WAN,
    Column,
    Heading,
    book_bytes,
    book_new,
    sheet_add,
)

DETAIL, SUMMARY, ORDER, JOINED = "资金拨付明细表", "资金分配汇总表", "财政直接支付申请书", "合并支付清单"
_ZERO = Decimal("0.00")
_AMOUNT, _SUM = "金额（元）", "合计（万元）"

DETAIL_COLUMNS = (
    Column("序号", 6, lambda row: row.position, COUNT),
    Column("支付序号", 9, lambda row: row.line.payment.position, COUNT),
    Column("申报编号", 16, lambda row: row.line.claim.number),
    Column("企业名称", 24, lambda row: row.line.claim.enterprise.name),
    Column("统一社会信用代码", 21, lambda row: row.line.claim.enterprise.credit_code),
    Column("市（地）", 12, lambda row: City(row.line.claim.city).label, CENTRED),
    Column("事项", 20, lambda row: f"{row.line.claim.item} {row.line.claim.rule.title}"),
    Column("年度", 7, lambda row: str(row.line.claim.year), CENTRED),
    Column("户名", 24, lambda row: row.line.payee_name),
    Column("开户行", 22, lambda row: row.line.payee_bank),
    Column("账号", 24, lambda row: row.line.payee_account),
    Column(_AMOUNT, 18, lambda row: row.line.amount_cny, MONEY),
)
ORDER_COLUMNS = (
    Column("序号", 7, lambda row: row.payment.position, COUNT),
    Column("收款人全称", 34, lambda row: row.payment.payee_name),
    Column("开户银行", 30, lambda row: row.payment.payee_bank),
    Column("银行账号", 26, lambda row: row.payment.payee_account),
    Column("用途", 40, lambda row: row.purpose),
    Column(_AMOUNT, 20, lambda row: row.payment.amount_cny, MONEY),
)
JOINED_COLUMNS = (
    Column("支付序号", 9, lambda row: row.line.payment.position, COUNT),
    Column("收款人全称", 30, lambda row: row.line.payee_name),
    Column("银行账号", 26, lambda row: row.line.payee_account),
    Column("申报编号", 18, lambda row: row.line.claim.number),
    Column("企业名称", 36, lambda row: row.line.claim.enterprise.name),
    Column("事项", 24, lambda row: f"{row.line.claim.item} {row.line.claim.rule.title}"),
    Column(_AMOUNT, 20, lambda row: row.line.amount_cny, MONEY),
)


@dataclass
class _Line:
    """A line with its place in the detail."""

    position: int
    line: object


@dataclass
class _Transfer:
    """A payment with the lines that it pays."""

    payment: object
    lines: list = field(default_factory=list)

    @property
    def purpose(self):
        """What the money is for, as the bank prints it."""
        claim = self.lines[0].claim
        what = f"{claim.year} 年度外贸支持资金 {claim.item} {claim.rule.short_title}"
        if len(self.lines) == 1:
            return f"{what} {claim.number}"
        return f"{what}等 {len(self.lines)} 件，见{JOINED}"


@dataclass
class _City:
    """What goes to one city, by the number of the measure."""

    label: str
    count: int = 0
    amounts: dict = field(default_factory=lambda: defaultdict(lambda: _ZERO))


def payout_bytes(batch, lines, *, mark=""):
    """The file of a batch as bytes of an xlsx. Every line names its claim, enterprise, payee and payment.

    `mark` (预览) stands on every sheet of a file that is not sealed.
    """
    book = book_new(payer_name(batch.payer))
    numbered = [_Line(position, line) for position, line in enumerate(lines, start=1)]
    transfers = _transfers(lines)
    joined = {transfer.payment.position for transfer in transfers if len(transfer.lines) > 1}
    of_joined = sorted(
        (row for row in numbered if row.line.payment.position in joined),
        key=lambda row: (row.line.payment.position, row.position),
    )
    detail = _heading(batch, DETAIL, "元", mark)
    sheet_add(book, DETAIL, detail, DETAIL_COLUMNS, numbered, words=_AMOUNT)
    summary = _heading(batch, SUMMARY, "万元", mark)
    columns = summary_columns(lines)
    sheet_add(
        book,
        SUMMARY,
        summary,
        columns,
        city_rows(lines),
        total=[c.title for c in columns[1:]],
        words=_SUM,
    )
    order = _order_heading(batch, lines, mark)
    sheet_add(book, ORDER, order, ORDER_COLUMNS, transfers, words=_AMOUNT)
    if joined:
        heading = _heading(batch, JOINED, "元", mark)
        sheet_add(book, JOINED, heading, JOINED_COLUMNS, of_joined, words=_AMOUNT)
    return book_bytes(book)


def _transfers(lines):
    """The payments of the lines in order of their positions."""
    found = {}
    for line in lines:
        found.setdefault(line.payment.position, _Transfer(line.payment)).lines.append(line)
    return [found[position] for position in sorted(found)]


def summary_columns(lines):
    """市（地）, 笔数, one column for each measure that is paid, and their sum."""
    measures = sorted({measure_number(line.claim) for line in lines})
    return [
        Column("市（地）", 18, lambda row: row.label, CENTRED),
        Column("笔数", 9, lambda row: row.count, COUNT),
        *(
            Column(f"{measure_name(number)}（万元）", 18, lambda row, number=number: row.amounts[number], WAN)
            for number in measures
        ),
        Column(_SUM, 20, lambda row: sum(row.amounts.values(), _ZERO), WAN),
    ]


def city_rows(lines):
    """One row for each city in the order of cities; together they are the whole batch."""
    found = {}
    for line in lines:
        row = found.setdefault(line.claim.city, _City(City(line.claim.city).label))
        row.count += 1
        row.amounts[measure_number(line.claim)] += line.amount_cny
    return [found[city] for city in sorted(found)]


def controls_of(lines):
    """Control totals as they are kept with the sealed file: {"measures" and "cities": {key: [count, yuan as text]}}."""
    controls = {"measures": {}, "cities": {}}
    for line in lines:
        for kind, key in (("measures", str(measure_number(line.claim))), ("cities", line.claim.city)):
            count, amount = controls[kind].get(key, (0, _ZERO))
            controls[kind][key] = (count + 1, amount + line.amount_cny)
    return {
        kind: {key: [count, str(amount)] for key, (count, amount) in sorted(found.items())}
        for kind, found in controls.items()
    }


def _day(batch):
    return f"{timezone.localtime(batch.locked_at):%Y-%m-%d}" if batch.locked_at else ""


def _title(batch, name):
    """The batch's title and the name of the sheet, without saying 资金 twice where they meet."""
    title = batch.title.removesuffix("资金") if name.startswith("资金") else batch.title
    return title + name


def _heading(batch, name, unit, mark):
    document = f"　文号：{batch.document}" if batch.document else ""
    return Heading(
        _title(batch, name),
        lines=[
            (
                f"拨付单位：{payer_name(batch.payer)}{document}",
                f"批次号：{batch.number}　日期：{_day(batch)}　金额单位：{unit}",
            )
        ],
        signatures=[
            f"制表：{batch.maker.name}",
            f"复核：{batch.checker.name if batch.checker else ''}",
            "负责人：",
            f"签字日期：{DATE_TO_SIGN}",
        ],
        mark=mark,
    )


def _order_heading(batch, lines, mark):
    """As finance prints it: who applies, the year of the budget and the document above; both sides sign below."""
    years = "、".join(str(year) for year in sorted({line.claim.year for line in lines}))
    return Heading(
        ORDER,
        lines=[
            (f"申请单位：{payer_name(batch.payer)}", f"预算年度：{years}"),
            (f"文号：{batch.document or '　　　　　　'}", f"批次号：{batch.number}　申请日期：{_day(batch)}"),
            (f"资金名称：{batch.title}", "金额单位：元"),
        ],
        signatures=[
            (
                "申请单位（盖章）：",
                f"经办人：{batch.maker.name}",
                f"复核人：{batch.checker.name if batch.checker else ''}",
                "单位负责人：",
            ),
            ("支付机构审核（盖章）：", "审核人：", "负责人：", f"日期：{DATE_TO_SIGN}"),
        ],
        mark=mark,
    )
