"""Payout batches: made by one finance officer, locked by another, reported on by the bank."""

import hashlib
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claims_lock, perform
from applications.models import Claim, State
from applications.numbers import number_next
from applications.record import event_add
from review.batch_checks import batch_problems
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_check
from review.payees import payees_of
from review.sheets.payout import payout_workbook

#: What the events of a batch are called.
TITLES = {
    "batch.made": "编制批次",
    "batch.line_dropped": "移出一笔",
    "batch.locked": "复核并锁定",
    "batch.withdrawn": "撤销批次",
    "batch.settled": "全部办结",
    "batch.downloaded": "下载拨付表",
}

R = PaymentLine.Result
S = PayoutBatch.Standing


def claims_to_pay(payer):
    """Payable claims of a payer that stand in no live batch."""
    payable = Claim.objects.filter(state=State.PAYABLE, payer=payer).exclude(payment_lines__live=True)
    return payable.select_related("enterprise").order_by("year", "item", "first_submitted_at", "pk")


def batch_make(*, payer, claim_ids, title, actor, at=None, source_ip=None):
    """A draft batch with what each payable claim is still owed. Raises Refused where a claim is already in a batch."""
    at = at or timezone.now()
    payer_check(actor, payer)
    with transaction.atomic():
        locked = claims_lock(claim_ids)
        if not locked:
            raise Refused("请至少选择一件待拨付的申报。")
        batch = PayoutBatch.objects.create(
            number=number_next(
                f"BF{timezone.localtime(at):%Y}{'' if payer == Claim.PROVINCE else '-' + payer}", width=4
            ),
            title=title.strip() or "外贸支持资金拨付",
            payer=payer,
            maker=actor,
            made_at=at,
        )
        for claim, _ in locked:
            _line_add(batch, claim)
        _totals(batch)
        _event(batch, "batch.made", actor, at, source_ip)
    return batch


def _line_add(batch, claim):
    if claim.state != State.PAYABLE or claim.payer != batch.payer:
        raise Refused(f"{claim.number} 现在不是本支付方的待拨付申报，没有列入。请刷新后重选。")
    try:
        with transaction.atomic():
            return PaymentLine.objects.create(batch=batch, claim=claim, amount_cny=claim.owed_cny)
    except IntegrityError as error:
        other = PaymentLine.objects.filter(claim=claim, live=True).select_related("batch").first()
        where = f"批次 {other.batch.number}" if other else "另一个批次"
        raise Refused(f"{claim.number} 已在{where}中，不能重复列入。") from error


def line_drop(*, line_id, actor, at=None, source_ip=None):
    """Takes a line out of a draft batch; the claim stays payable."""
    with transaction.atomic():
        batch = PayoutBatch.objects.select_for_update().get(lines=line_id)
        payer_check(actor, batch.payer)
        if batch.standing != S.DRAFT:
            raise Stale("这个批次已不在编制中，不能移出。请刷新后查看。")
        line = batch.lines.select_related("claim").get(pk=line_id)
        if line.live:
            _line_end(line, R.DROPPED, at or timezone.now())
            _totals(batch)
            _event(batch, "batch.line_dropped", actor, at, source_ip, claim=line.claim.number)
    return batch


def _line_end(line, result, at, note="", reference=""):
    line.live, line.result, line.result_at = False, result, at
    line.result_note, line.bank_reference = note, reference
    line.save(update_fields=["live", "result", "result_at", "result_note", "bank_reference"])


def claim_left_payable(sender, *, claim, source, actor, at, **_):
    """A claim that leaves payable otherwise than into its batch drops out of its draft batch, and the maker sees it."""
    if source != State.PAYABLE or claim.state == State.COMMITTED:
        return
    live = PaymentLine.objects.filter(claim=claim, live=True)
    for batch in PayoutBatch.objects.select_for_update().filter(standing=S.DRAFT, lines__in=live):
        # Somebody may have taken it out while we waited for the batch.
        for line in batch.lines.filter(claim=claim, live=True):
            _line_end(line, R.DROPPED, at, note="申报不再待拨付，自动移出。")
            _totals(batch)
            _event(batch, "batch.line_dropped", actor, at, None, claim=claim.number, automatic=True)


def batch_lock(*, batch_id, actor, at=None, source_ip=None):
    """Locks a batch: commits its money, seals its spreadsheet. Only by someone other than its maker.

    Raises Refused with everything that the checks find wrong; two who lock at once: one wins, the other is told.
    """
    at = at or timezone.now()
    with transaction.atomic():
        claim_ids = list(
            PaymentLine.objects.filter(batch_id=batch_id, live=True).values_list("claim_id", flat=True)
        )
        locked = {claim.pk: (claim, year) for claim, year in claims_lock(claim_ids)}
        batch = PayoutBatch.objects.select_for_update(of=("self",)).select_related("maker").get(pk=batch_id)
        payer_check(actor, batch.payer)
        if batch.standing != S.DRAFT:
            raise Stale(f"这个批次现在是“{batch.get_standing_display()}”，刚才的操作没有执行。")
        if batch.maker_id == actor.pk:
            raise NotAllowed("批次要由编制人以外的另一位财政人员锁定。")
        lines = list(batch.lines.filter(live=True).select_related("claim").order_by("pk"))
        if {line.claim_id for line in lines} != set(locked):
            raise Stale("批次的内容刚刚有变化，刚才的操作没有执行。请刷新后重新核对。")
        problems = batch_problems(batch, lines, locked)
        if problems:
            raise Refused("批次还不能锁定：" + "".join(problems))
        payees = payees_of([claim for claim, _ in locked.values()])
        for line in lines:
            _commit(batch, line, *locked[line.claim_id], payees[line.claim_id], actor, at, source_ip)
        batch.checker, batch.locked_at, batch.standing = actor, at, S.LOCKED
        _totals(batch, save=False)
        batch.file = payout_workbook(batch, lines)
        batch.file_sha256 = hashlib.sha256(batch.file).hexdigest()
        batch.save()
        _event(
            batch, "batch.locked", actor, at, source_ip, sha256=batch.file_sha256, total=str(batch.total_cny)
        )
    return batch


def _commit(batch, line, claim, year, payee, actor, at, source_ip):
    """The account in force at this moment is the one that is paid."""
    line.payee_name, line.payee_bank, line.payee_account = payee
    line.save(update_fields=["payee_name", "payee_bank", "payee_account"])
    data = {
        "amount": line.amount_cny,
        "batch": batch.number,
        "topic": f"batch:{batch.number}",
        "account": line.payee_account[-4:],
    }
    perform(claim, year, "commit", actor=actor, data=data, at=at, source_ip=source_ip)
    line.claim = claim


def batch_withdraw(*, batch_id, actor, reason, at=None, source_ip=None):
    """Withdraws a draft, or a locked batch on which the bank has not reported: its claims are payable again."""
    at = at or timezone.now()
    if not reason.strip():
        raise Refused("请写明撤销的原因。", field="reason")
    with transaction.atomic():
        claim_ids = list(
            PaymentLine.objects.filter(batch_id=batch_id, live=True).values_list("claim_id", flat=True)
        )
        locked = {claim.pk: (claim, year) for claim, year in claims_lock(claim_ids)}
        batch = PayoutBatch.objects.select_for_update().get(pk=batch_id)
        payer_check(actor, batch.payer)
        if (
            batch.standing not in (S.DRAFT, S.LOCKED)
            or batch.lines.filter(result__in=[R.PAID, R.FAILED]).exists()
        ):
            raise Stale("这个批次已有银行结果或已经办结，不能撤销。")
        for line in batch.lines.filter(live=True):
            if batch.standing == S.LOCKED:
                _report(batch, line, *locked[line.claim_id], "withdrawn", actor, at, source_ip, reason)
            _line_end(line, R.DROPPED, at, note="批次已撤销。")
        batch.standing = S.WITHDRAWN
        batch.save(update_fields=["standing"])
        _event(batch, "batch.withdrawn", actor, at, source_ip, reason=reason.strip())
    return batch


def line_report(*, line_id, result, actor, note="", reference="", at=None, source_ip=None):
    """Records what the bank did with one payment: "paid" or "failed" (with the reason). Once only."""
    at = at or timezone.now()
    if result == R.FAILED and not note.strip():
        raise Refused("请写明拨付未成功的原因，例如户名与账号不符。", field="note")
    with transaction.atomic():
        claim_id = PaymentLine.objects.values_list("claim_id", flat=True).get(pk=line_id)
        [(claim, year)] = claims_lock([claim_id])
        batch = PayoutBatch.objects.select_for_update().get(lines=line_id)
        line = batch.lines.select_for_update().get(pk=line_id)
        payer_check(actor, batch.payer)
        if batch.standing != S.LOCKED or not line.live:
            raise Stale(f"这一笔已记录为“{line.get_result_display()}”，刚才的操作没有执行。")
        _report(batch, line, claim, year, result, actor, at, source_ip, note)
        _line_end(line, result, at, note=note.strip(), reference=reference.strip())
        if not batch.lines.filter(live=True).exists():
            batch.standing, batch.settled_at = S.SETTLED, at
            batch.save(update_fields=["standing", "settled_at"])
            _event(batch, "batch.settled", actor, at, source_ip)
    return line


def _report(batch, line, claim, year, result, actor, at, source_ip, reason):
    """A lock that is paid in full is paid; otherwise the claim is payable again, and its enterprise reads why."""
    full = result == R.PAID and claim.paid_cny + line.amount_cny == claim.locked_cny
    data = {
        "amount": line.amount_cny,
        "batch": batch.number,
        "topic": f"batch:{batch.number}",
        "result": str(result),
        "account": line.payee_account[-4:],
    }
    action = "pay" if full else "release"
    perform(claim, year, action, actor=actor, reason=reason, data=data, at=at, source_ip=source_ip)


def _totals(batch, *, save=True):
    """Control totals over the lines that count."""
    amounts = list(batch.lines.exclude(result=R.DROPPED).values_list("amount_cny", flat=True))
    batch.total_cny, batch.line_count = sum(amounts, Decimal("0.00")), len(amounts)
    if save:
        batch.save(update_fields=["total_cny", "line_count"])


def _event(batch, kind, actor, at, source_ip, **data):
    event_add(kind=kind, actor=actor, at=at, source_ip=source_ip, topic=f"batch:{batch.number}", data=data)
