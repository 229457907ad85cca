"""Reconciliation: what a batch was to pay, what the bank did with it, and what the ledger says, per batch and per year."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import ExtractYear
from django.utils import timezone

from applications.models import LedgerEntry, LedgerKind
from applications.official import working_calendar
from measures.money import grouped
from review.bank.columns import R
from review.bank.compare import Sum as Sums
from review.bank.payments import payments_known
from review.bank.reports import REPORTABLE
from review.models import Payment, PaymentLine, PayoutBatch

#: A payment without a result stands out after so many working days.
PATIENCE = 5
RESULTS = (R.PAID, R.FAILED, R.RETURNED, R.WAITING)
_ZERO = Decimal("0.00")
_KINDS = (
    LedgerKind.COMMITMENT,
    LedgerKind.COMMITMENT_RELEASED,
    LedgerKind.PAYMENT,
    LedgerKind.PAYMENT_RETURNED,
)


@dataclass
class Row:
    """A batch beside the bank and the ledger. `sums` {result: Sum}; `entries` {kind: yuan}; `payments_cny` by transfer."""

    batch: PayoutBatch
    sums: dict
    entries: dict
    #: Working days since the batch was locked.
    days: int = 0
    payments_cny: Decimal = _ZERO

    @property
    def paid(self):
        """What has arrived."""
        return self.sums[R.PAID].amount_cny

    @property
    def failed(self):
        """What the bank did not pay."""
        return self.sums[R.FAILED].amount_cny

    @property
    def returned(self):
        """What was paid and came back."""
        return self.sums[R.RETURNED].amount_cny

    @property
    def waiting(self):
        """What the bank has not reported on."""
        return self.sums[R.WAITING].amount_cny

    @property
    def difference(self):
        """What of the batch has not arrived: failed, came back, or without a result."""
        return self.batch.total_cny - self.paid

    @property
    def is_late(self):
        """Whether the bank has left something without a result for too long."""
        return bool(self.sums[R.WAITING].count) and self.days > PATIENCE

    @property
    def checks(self):
        """[(what has to agree, one side, other side)] in yuan."""
        entry = self.entries
        out = entry[LedgerKind.PAYMENT]
        return [
            ("批次合计 = 各笔支付合计", self.batch.total_cny, self.payments_cny),
            (
                "批次合计 = 已拨付 + 未成功 + 退汇 + 没有结果",
                self.batch.total_cny,
                self.paid + self.failed + self.returned + self.waiting,
            ),
            ("批次合计 = 总额账列入金额", self.batch.total_cny, entry[LedgerKind.COMMITMENT]),
            ("已拨付和退汇 = 总额账拨付金额", self.paid + self.returned, out),
            ("退汇 = 总额账退汇金额", self.returned, -entry[LedgerKind.PAYMENT_RETURNED]),
            (
                "没有结果 = 总额账仍列入金额",
                self.waiting,
                entry[LedgerKind.COMMITMENT] + entry[LedgerKind.COMMITMENT_RELEASED],
            ),
        ]

    @property
    def faults(self):
        """A sentence for each pair that does not agree."""
        return [
            f"{label}：{grouped(one)} 元与 {grouped(other)} 元，相差 {grouped(abs(one - other))} 元。"
            for label, one, other in self.checks
            if one != other
        ]


@dataclass
class Year:
    """All batches of a payer that were locked in a year, and their sums."""

    payer: str
    year: int
    rows: list = field(default_factory=list)

    def total(self, name):
        """The sum of one of the amounts of the rows."""
        return sum((getattr(row, name) for row in self.rows), _ZERO)

    @property
    def total_cny(self):
        """What the batches were to pay."""
        return sum((row.batch.total_cny for row in self.rows), _ZERO)


def reconciliation_batches(batches, *, today=None):
    """[Row] of these batches, in their order. Four queries, however many there are."""
    batches = list(batches)
    calendar, today = working_calendar(), today or timezone.localdate()
    sums, transfers, entries = _sums(batches), _transfers(batches), _entries(batches)
    return [
        Row(
            batch=batch,
            sums={result: sums.get((batch.pk, result), Sums()) for result in RESULTS},
            entries={kind: entries.get((f"batch:{batch.number}", kind), _ZERO) for kind in _KINDS},
            days=calendar.count_working_days(timezone.localdate(batch.locked_at), today),
            payments_cny=transfers.get(batch.pk, _ZERO),
        )
        for batch in batches
    ]


def reconciliation_year(batches, payer, year, *, today=None):
    """The Year of a payer among the batches that a person may see."""
    found = batches.filter(standing__in=REPORTABLE, payer=payer, locked_at__year=year)
    ordered = found.defer("file").order_by("locked_at", "pk")
    return Year(payer, year, reconciliation_batches(ordered, today=today))


def reconciliation_years(batches):
    """[(payer, year)] in which batches were locked, the newest year first."""
    found = batches.filter(standing__in=REPORTABLE).order_by()
    pairs = found.annotate(of=ExtractYear("locked_at")).values_list("payer", "of").distinct()
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0] != "province", pair[0]))


def payments_of(batch, result=None):
    """The payments of a batch in the order of positions, or those with one result alone."""
    payments = Payment.objects.filter(batch=batch).order_by("position")
    if result is not None:
        lines = PaymentLine.objects.filter(payment=OuterRef("pk"), result=result)
        payments = payments.filter(Exists(lines))
    return payments


def payments_told(batch, payments=None):
    """Every payment of a batch, or these of it, as Known with its branch, in the order of positions. Three queries at most."""
    some = None if payments is None else [payment.position for payment in payments]
    banks = dict(
        Payment.objects.filter(batch=batch).values_list("position", "payee_bank")
        if payments is None
        else [(payment.position, payment.payee_bank) for payment in payments]
    )
    return [(known, banks[known.position]) for known in payments_known(batch, some).values()]


def _sums(batches):
    lines = PaymentLine.objects.filter(batch__in=batches, result__in=RESULTS).order_by()
    rows = lines.values_list("batch", "result").annotate(Count("payment", distinct=True), Sum("amount_cny"))
    return {(batch, R(result)): Sums(count, amount) for batch, result, count, amount in rows}


def _transfers(batches):
    payments = Payment.objects.filter(batch__in=batches).order_by()
    return dict(payments.values_list("batch").annotate(Sum("amount_cny")))


def _entries(batches):
    topics = [f"batch:{batch.number}" for batch in batches]
    rows = LedgerEntry.objects.filter(topic__in=topics, kind__in=_KINDS).order_by()
    return {
        (topic, kind): amount
        for topic, kind, amount in rows.values_list("topic", "kind").annotate(Sum("amount_cny"))
    }
