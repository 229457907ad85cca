"""Recording what the bank did with payments. All lines of a payment share its result, and the money follows it."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.lifecycle import claims_lock
from applications.lifecycle.people import deputy_of_payer
from applications.lifecycle.together import perform_together
from applications.models import State
from applications.record import event_add
from applications.settlement.write import copy_update
from review.bank.columns import NOTE_MOST, REFERENCE_MOST, WORDS, R, reference_normal
from review.bank.compare import result_conflict
from review.bank.payments import known_of, references_lock, references_used
from review.models import Payment, PaymentLine, PayoutBatch
from review.notices import payer_check

S = PayoutBatch.Standing
#: What a result changes of a line, with the types of PostgreSQL.
_COLUMNS = {
    "live": "boolean",
    "result": "varchar(10)",
    "result_at": "timestamptz",
    "result_note": "varchar(300)",
    "bank_reference": "varchar(60)",
}
#: What the bank reports on: batches whose money is on its way, or was.
REPORTABLE = (S.LOCKED, S.SETTLED)


@dataclass(frozen=True)
class Report:
    """One result as it is recorded: `day` is the bank's."""

    payment_id: int
    result: str
    note: str
    reference: str
    day: date


def payment_report(*, payment_id, result, actor, note="", reference="", on=None, at=None, source_ip=None):
    """Records by hand what the bank did with one payment: "paid", "failed" or, for one that was paid, "returned".

    `on` is the bank's day, today unless given. Raises Refused with the field that is wrong, Stale where the payment has a
    result already or its batch is withdrawn, NotAllowed for anybody but the payer's finance. Returns the Payment.
    """
    at = at or timezone.now()
    note, reference, on = note.strip(), reference_normal(reference), on or timezone.localdate(at)
    with transaction.atomic():
        locked = claims_locked([payment_id])
        payment = Payment.objects.get(pk=payment_id)
        batch = batch_locked(payment.batch_id, actor)
        lines = list(payment.lines.order_by("pk"))
        known = known_of(payment, lines[0])
        _check(known, batch, result, note, reference, on, at)
        report = Report(payment.pk, result, note, reference, on)
        reports_write(batch, [report], lines, locked, actor=actor, at=at, source_ip=source_ip)
        event_add(
            kind="batch.result_recorded",
            actor=actor,
            at=at,
            source_ip=source_ip,
            topic=f"batch:{batch.number}",
            data={
                "payment": payment.position,
                "result": str(result),
                "amount": str(payment.amount_cny),
                "reference": reference,
                "on": on.isoformat(),
                "reason": note,
                **references_data([(payment.position, report)]),
                **deputy_of_payer(actor, batch.payer, at),
            },
        )
    return payment


def references_data(reports):
    """What an event of a batch keeps of the references by which money came back; `reports` are pairs (position, Report)."""
    back = {
        str(position): report.reference
        for position, report in reports
        if report.result == R.RETURNED and report.reference
    }
    return {"return_references": back} if back else {}


def claims_locked(payment_ids):
    """Locks the enterprise-years and claims that payments pay: {claim id: (claim, year)}."""
    ids = PaymentLine.objects.filter(payment_id__in=payment_ids).values_list("claim_id", flat=True)
    return {claim.pk: (claim, year) for claim, year in claims_lock(list(ids))}


def batch_locked(batch_id, actor):
    """The batch, locked, without its file. Raises Stale where the bank has nothing to report on, NotAllowed for others."""
    batch = PayoutBatch.objects.select_for_update().defer("file").get(pk=batch_id)
    payer_check(actor, batch.payer)
    if batch.standing not in REPORTABLE:
        raise Stale(f"这个批次现在是“{batch.get_standing_display()}”，不能记录银行结果，刚才的操作没有执行。")
    return batch


def _check(known, batch, result, note, reference, on, at):
    """Everything that a single result can be refused for."""
    if known.result == result or (known.result not in (R.WAITING, R.PAID)):
        label = R(known.result).label
        raise Stale(f"这一笔已记录为“{label}”，刚才的操作没有执行。")
    if conflict := result_conflict(known, result):
        raise Stale(f"第 {known.position} 笔{conflict}刚才的操作没有执行。")
    if result != R.PAID and not note:
        raise Refused(f"请写明{WORDS[result]}的原因，例如户名与账号不符。", field="note")
    if len(note) > NOTE_MOST:
        raise Refused(f"原因不超过 {NOTE_MOST} 个字。", field="note")
    if len(reference) > REFERENCE_MOST:
        raise Refused(f"流水号不超过 {REFERENCE_MOST} 个字。", field="reference")
    earliest = known.day if known.result == R.PAID else timezone.localdate(batch.locked_at)
    latest = timezone.localdate(at)
    if not earliest <= on <= latest:
        between = f"在 {earliest} 到 {latest} 之间" if earliest != latest else f"为 {latest}"
        raise Refused(f"日期应{between}。", field="on")
    references_lock()
    used = references_used([reference] if reference else []).get(reference, set())
    used -= {(batch.number, known.position)}
    if used:
        number, position = min(used)
        raise Refused(
            f"流水号 {reference} 已用于批次 {number} 支付序号 {position}。请核对。", field="reference"
        )


def reports_write(batch, reports, lines, locked, *, actor, at, source_ip):
    """Writes results that have been checked: money of the claims, lines, and the batch where nothing is left open.

    `lines` are all lines of the payments reported on; `locked` as `claims_locked` gives it. The number of statements does
    not grow with them.
    """
    by_payment = {report.payment_id: report for report in reports}
    _money_move(batch, lines, by_payment, locked, actor, at, source_ip)
    for line in lines:
        _line_write(line, by_payment[line.payment_id], batch, at)
    rows = [(line.pk, *(getattr(line, name) for name in _COLUMNS)) for line in lines]
    copy_update(PaymentLine._meta.db_table, _COLUMNS, rows)
    if batch.standing == S.LOCKED and not batch.lines.filter(live=True).exists():
        batch.standing, batch.settled_at = S.SETTLED, at
        batch.save(update_fields=["standing", "settled_at"])
        event_add(
            kind="batch.settled",
            actor=actor,
            at=at,
            source_ip=source_ip,
            topic=f"batch:{batch.number}",
            data=deputy_of_payer(actor, batch.payer, at),
        )


def _line_write(line, report, batch, at):
    """A line that was paid keeps the reference of the payment when the money comes back; the event has the other one."""
    line.live, line.result = False, report.result
    line.result_at = _moment(report.day, batch, at)
    line.result_note = report.note
    if report.result != R.RETURNED:
        line.bank_reference = report.reference


def _moment(day, batch, at):
    """When the bank acted: a sheet knows the day alone. Never before the batch was locked, nor after it was recorded."""
    if day == timezone.localdate(at):
        return at
    start = timezone.make_aware(datetime.combine(day, time.min))
    return max(start, batch.locked_at)


def _money_move(batch, lines, by_payment, locked, actor, at, source_ip):
    """Takes the step that each result means for its claim; a batch has one line of a claim."""
    of_claim, steps = {line.claim_id: line for line in lines}, {}
    for line in lines:
        pair = locked[line.claim_id]
        steps.setdefault(_step(pair[0], line, by_payment[line.payment_id]), []).append(pair)

    def needs(claim):
        line = of_claim[claim.pk]
        report = by_payment[line.payment_id]
        return {
            "amount": line.amount_cny,
            "batch": batch.number,
            "topic": f"batch:{batch.number}",
            "result": str(report.result),
            "reference": report.reference,
            "account": line.payee_account[-4:],
        }

    def why(claim):
        return by_payment[of_claim[claim.pk].payment_id].note

    for action, pairs in steps.items():
        perform_together(pairs, action, actor=actor, reason=why, data=needs, at=at, source_ip=source_ip)


def _step(claim, line, report):
    """A lock that is paid in full is paid; otherwise the claim is payable again, and its enterprise reads why."""
    if report.result == R.RETURNED:
        return "bank_return" if claim.state == State.PAID else "part_return"
    full = report.result == R.PAID and claim.paid_cny + line.amount_cny == claim.locked_cny
    return "pay" if full else "release"
