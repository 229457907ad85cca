"""Large extracts of money: 总额账明细, 申报明细 and 拨付明细, each one ordered table of columns over rows of the database.

A row is the tuple of an extract's `fields` as the database gives it, so that a hundred thousand of them cost no more than
their cells.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from django.utils import timezone

from accounts.cities import City
from applications.facts import fact_lines
from applications.models import LedgerKind, State
from measures import registry
from measures.declaration import Amount
from measures.money import grouped
from review.ledger.search import entries_found, lines_found, money_claims_found
from review.ledger.words import basis_words
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_name
from review.sheets.kit import (
    CENTRED,
    COUNT,
    DATE,
    MONEY,
    SIGNATURES,
    TEXT,
    Column,
    Heading,
    book_new,
    book_save,
    sheet_add,
)
from review.visibility import account_payers_seen, payers_seen

#: Chunk of rows that the server hands over at a time.
_CHUNK = 2000


@dataclass(frozen=True)
class Extract:
    """One extract: what it is called, of what it has rows, its columns with the fields that they show, in order, and how the
    rows are found (`found(user, asked)`) and sorted. `seen(user)` says whose money is in it for a person."""

    name: str
    title: str
    #: What it holds, and how the filters are meant where that is not plain.
    about: str
    unit: str
    columns: tuple
    fields: tuple
    found: Callable
    order: tuple
    seen: Callable = payers_seen

    def rows(self, user, asked, step=None):
        """The rows in order, through a cursor on the server; `step(number)` is told how many are behind us."""
        found = self.found(user, asked).order_by(*self.order).values_list(*self.fields)
        for number, row in enumerate(found.iterator(chunk_size=_CHUNK)):
            if step and number % _CHUNK == 0:
                step(number)
            yield row


def extract_write(extract, rows, target, *, lines=(), creator=""):
    """Writes rows of an extract to a path or binary file as xlsx; returns the sums by column. Memory does not grow with the
    rows."""
    book = book_new(creator)
    heading = Heading(extract.title, lines=lines, signatures=SIGNATURES)
    sums = sheet_add(book, extract.title, heading, extract.columns, rows)
    book_save(book, target)
    return sums


def _columns(*parts):
    """(columns, fields) of parts (title, width, field, kind, words): `words` turns what the field holds into what the sheet
    shows. A field of several names hands over their values together."""
    columns, fields = [], []
    for title, width, names, kind, words in parts:
        first = len(fields)
        names = (names,) if isinstance(names, str) else names
        fields += names
        columns.append(Column(title, width, _taker(first, len(names), words), kind))
    return {"columns": tuple(columns), "fields": tuple(fields)}


def _taker(first, size, words):
    if words is None:
        return lambda row: row[first]
    if size == 1:
        return lambda row: words(row[first])
    return lambda row: words(*row[first : first + size])


# --- Words -----------------------------------------------------------------------------------------


@cache
def _city(code):
    return City(code).label if code else ""


@cache
def _payer(payer):
    return payer_name(payer)


@cache
def _item(code):
    return f"{code} {registry.item(code).title}"


def _minute(at):
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _subject(subject):
    return subject.replace("|", "，")


def declared_words(item, facts):
    """The sums of money that an enterprise declared, each with its name: 展位费 100,000.00 元. Of rows, their sum."""
    sums = defaultdict(Decimal)
    for line in fact_lines(registry.item(item), facts):
        if isinstance(line.field, Amount) and line.value not in (None, ""):
            try:
                sums[line.label] += Decimal(str(line.value))
            except InvalidOperation:
                continue
    return "、".join(f"{label} {grouped(amount)} 元" for label, amount in sums.items())


_KINDS, _STATES = dict(LedgerKind.choices), {**dict(State.choices), State.RETURNED: "等待企业"}
_RESULTS, _STANDINGS = dict(PaymentLine.Result.choices), dict(PayoutBatch.Standing.choices)

# --- The extracts ----------------------------------------------------------------------------------

ENTRIES = Extract(
    name="entries",
    title="总额账明细",
    about="每一笔的时间、申报、种类、金额和依据，按记账先后",
    unit="笔",
    found=entries_found,
    order=("pk",),
    **_columns(
        ("编号", 8, "pk", CENTRED, str),
        ("时间", 20, "at", CENTRED, _minute),
        ("年度", 7, "year", CENTRED, str),
        ("支付方", 14, "claim__payer", TEXT, _payer),
        ("市（地）", 12, "claim__city", CENTRED, _city),
        ("企业名称", 30, "enterprise__name", TEXT, None),
        ("统一社会信用代码", 21, "enterprise__credit_code", TEXT, None),
        ("申报编号", 17, "claim__number", TEXT, None),
        ("事项", 24, "claim__item", TEXT, _item),
        ("申报对象", 18, "claim__subject", TEXT, _subject),
        ("状态", 13, "claim__state", CENTRED, _STATES.get),
        ("种类", 13, "kind", CENTRED, _KINDS.get),
        ("金额（元）", 18, "amount_cny", MONEY, None),
        ("依据", 24, ("topic", "kind"), TEXT, basis_words),
    ),
)
CLAIMS = Extract(
    name="claims",
    title="申报明细",
    about="每件申报的四步金额、锁定、列入批次、拨付和日期；按种类、时间、编号筛选时，是有这样一笔账的申报",
    unit="件",
    found=money_claims_found,
    order=("year", "item", "number"),
    **_columns(
        ("申报编号", 17, "number", TEXT, None),
        ("企业名称", 30, "enterprise__name", TEXT, None),
        ("统一社会信用代码", 21, "enterprise__credit_code", TEXT, None),
        ("市（地）", 12, "city", CENTRED, _city),
        ("支付方", 14, "payer", TEXT, _payer),
        ("事项", 24, "item", TEXT, _item),
        ("申报对象", 18, "subject", TEXT, _subject),
        ("年度", 7, "year", CENTRED, str),
        ("状态", 13, "state", CENTRED, _STATES.get),
        ("申报的金额", 30, ("item", "facts"), TEXT, declared_words),
        ("按规则计算（元）", 17, "computed_cny", MONEY, None),
        ("限额后（元）", 17, "capped_cny", MONEY, None),
        ("扣除其他支持后（元）", 17, "after_overlap_cny", MONEY, None),
        ("应付（元）", 17, "payable_cny", MONEY, None),
        ("锁定（元）", 17, "locked_cny", MONEY, None),
        ("已列入批次（元）", 17, "committed_cny", MONEY, None),
        ("已拨付（元）", 17, "paid_cny", MONEY, None),
        ("待追回（元）", 17, "demanded_cny", MONEY, None),
        ("首次提交", 12, "first_submitted_at", DATE, None),
        ("锁定日期", 12, "locked_at", DATE, None),
        ("进入状态", 12, "state_since", DATE, None),
    ),
)
PAYMENTS = Extract(
    name="payments",
    title="拨付明细",
    about="每一笔拨付的批次、账户和银行结果；按时间筛选时，是在这段时间锁定的批次",
    unit="笔",
    found=lines_found,
    order=("batch_id", "payment__position", "pk"),
    seen=account_payers_seen,
    **_columns(
        ("批次号", 16, "batch__number", TEXT, None),
        ("批次状态", 10, "batch__standing", CENTRED, _STANDINGS.get),
        ("锁定日期", 12, "batch__locked_at", DATE, None),
        ("支付方", 14, "batch__payer", TEXT, _payer),
        ("支付序号", 9, "payment__position", COUNT, None),
        ("申报编号", 17, "claim__number", TEXT, None),
        ("企业名称", 30, "claim__enterprise__name", TEXT, None),
        ("统一社会信用代码", 21, "claim__enterprise__credit_code", TEXT, None),
        ("市（地）", 12, "claim__city", CENTRED, _city),
        ("事项", 24, "claim__item", TEXT, _item),
        ("年度", 7, "claim__year", CENTRED, str),
        ("金额（元）", 18, "amount_cny", MONEY, None),
        ("户名", 30, "payee_name", TEXT, None),
        ("开户行", 24, "payee_bank", TEXT, None),
        ("账号", 24, "payee_account", TEXT, None),
        ("结果", 12, "result", CENTRED, _RESULTS.get),
        ("结果日期", 12, "result_at", DATE, None),
        ("银行流水号", 20, "bank_reference", TEXT, None),
        ("说明", 26, "result_note", TEXT, None),
    ),
)
EXTRACTS = {extract.name: extract for extract in (ENTRIES, CLAIMS, PAYMENTS)}
