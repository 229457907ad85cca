"""Importing a bank's result sheet: all of it or nothing. Looked at first, then confirmed as it was looked at."""

import hashlib
import time
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.imports.files import files_forget
from applications.lifecycle.people import deputy_of_payer
from applications.record import event_add
from review.bank.columns import R
from review.bank.compare import compare
from review.bank.payments import batch_facts, references_lock
from review.bank.reports import Report, batch_locked, claims_locked, references_data, reports_write
from review.bank.sheet import sheet_read
from review.models import BankResult, Payment, PaymentLine

#: How files that wait for a confirmation begin, and for how many seconds they are kept.
PREFIX = "bank-"
KEPT = 24 * 3600


def pending_forget():
    """Deletes what was looked at and never confirmed."""
    files_forget(PREFIX, before=time.time() - KEPT)


class SheetRefused(Refused):
    """Lines of a sheet are wrong; `comparison` has all of them. Nothing has been changed."""

    def __init__(self, comparison):
        super().__init__(f"有 {len(comparison.faults)} 处不对，整张表都没有导入。请改正后重新上传。")
        self.comparison = comparison


@dataclass
class Preview:
    """What a sheet would do to a batch: the Comparison, and the sums beside those of the batch."""

    comparison: object
    sums: dict
    left: object
    notices: list
    sha256: str
    total_cny: Decimal
    count: int

    @property
    def mark(self):
        """What somebody who confirms has seen; another one means that something happened meanwhile."""
        sums = [f"{result}:{sum.count}:{sum.amount_cny}" for result, sum in self.sums.items()]
        return "|".join([self.sha256, *sums, f"{self.left.count}:{self.left.amount_cny}"])


def result_preview(*, batch, path, at=None):
    """The Preview of a sheet at a path, read without locks. Raises FileRefused where it cannot be read."""
    return _preview(batch, sheet_read(path), _digest(path), at or timezone.now())


def _preview(batch, sheet, sha256, at):
    facts = batch_facts(batch, sheet)
    found = compare(sheet, facts, timezone.localdate(at))
    return Preview(
        comparison=found,
        sums=found.sums(facts.payments),
        left=found.left(facts.payments),
        notices=sheet.notices,
        sha256=sha256,
        total_cny=sum((known.amount_cny for known in facts.payments.values()), Decimal("0.00")),
        count=len(facts.payments),
    )


def _digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def result_imported(batch, sha256):
    """The BankResult of a file that the batch has taken already; None for another one."""
    return (
        BankResult.objects.filter(batch=batch, file_sha256=sha256)
        .defer("file")
        .select_related("imported_by")
        .first()
    )


def result_import(*, batch_id, path, name, actor, mark=None, at=None, source_ip=None):
    """Stores every new result of a sheet, and the sheet itself. Returns the BankResult.

    Raises Stale for a file that was imported already and where the preview with this `mark` is not true any more,
    SheetRefused with everything that is wrong, Refused where there is nothing new, NotAllowed for anybody but the payer's
    finance, FileRefused for what cannot be read. Then nothing has changed.
    """
    at = at or timezone.now()
    sheet, sha256 = sheet_read(path), _digest(path)
    with transaction.atomic():
        named = {line.position for line in sheet.lines if line.result}
        payments = {
            payment.position: payment
            for payment in Payment.objects.filter(batch_id=batch_id, position__in=named)
        }
        locked = claims_locked([payment.pk for payment in payments.values()])
        batch = batch_locked(batch_id, actor)
        references_lock()
        _check_first(batch, sha256)
        preview = _preview(batch, sheet, sha256, at)
        _check_preview(preview, mark)
        reports = [_report(line, payments) for line in preview.comparison.new]
        lines = PaymentLine.objects.filter(payment_id__in=[report.payment_id for report in reports])
        reports_write(
            batch, reports, list(lines.order_by("pk")), locked, actor=actor, at=at, source_ip=source_ip
        )
        stored = _store(batch, preview, path, name, actor, at)
        event_add(
            kind="batch.results_imported",
            actor=actor,
            at=at,
            source_ip=source_ip,
            topic=f"batch:{batch.number}",
            data={
                "file": stored.name,
                "sha256": sha256,
                **deputy_of_payer(actor, batch.payer, at),
                **{str(result): [sum.count, str(sum.amount_cny)] for result, sum in preview.sums.items()},
                **references_data(
                    zip((line.position for line in preview.comparison.new), reports, strict=True)
                ),
            },
        )
    return stored


def _check_first(batch, sha256):
    before = result_imported(batch, sha256)
    if before:
        when = timezone.localtime(before.imported_at)
        raise Stale(
            f"这个文件已由{before.imported_by}在 {when:%Y-%m-%d %H:%M} 导入，内容完全相同，没有改变任何结果。"
        )


def _check_preview(preview, mark):
    if preview.comparison.faults:
        raise SheetRefused(preview.comparison)
    if not preview.comparison.new:
        raise Refused("文件里没有新的结果：每一行都已记录过，或还没有填结果。没有改变任何内容。")
    if mark is not None and mark != preview.mark:
        raise Stale("核对之后批次的结果有了变化，刚才的导入没有执行。请看现在的核对结果，再确认。")


def _report(line, payments):
    return Report(payments[line.position].pk, line.result, line.reason, line.reference, line.day)


def _store(batch, preview, path, name, actor, at):
    sums = preview.sums
    return BankResult.objects.create(
        batch=batch,
        name=name[:200],
        file=Path(path).read_bytes(),
        file_sha256=preview.sha256,
        paid_count=sums[R.PAID].count,
        paid_cny=sums[R.PAID].amount_cny,
        failed_count=sums[R.FAILED].count,
        failed_cny=sums[R.FAILED].amount_cny,
        returned_count=sums[R.RETURNED].count,
        returned_cny=sums[R.RETURNED].amount_cny,
        imported_by=actor,
        imported_at=at,
    )
