"""Withdrawing a batch: its claims are payable again, with entries where money had been committed."""

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.lifecycle import claims_lock
from applications.lifecycle.together import perform_together
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_check

from .titles import REASON_MOST, batch_event, batch_topic, text_checked

R = PaymentLine.Result
S = PayoutBatch.Standing


def batch_withdraw(*, batch_id, actor, reason, seen=None, at=None, source_ip=None):
    """Withdraws a draft, or a locked batch on which the bank has not reported: its claims are payable again.

    `seen` is the standing that the page showed: who withdraws a draft does not withdraw what was locked meanwhile.
    """
    at, reason = at or timezone.now(), text_checked(reason, REASON_MOST, "reason")
    if not reason:
        raise Refused("请写明撤销的原因。", field="reason")
    with transaction.atomic():
        claim_ids = PaymentLine.objects.filter(batch_id=batch_id, live=True).values_list(
            "claim_id", flat=True
        )
        locked = {claim.pk: (claim, year) for claim, year in claims_lock(list(claim_ids))}
        batch = PayoutBatch.objects.select_for_update().defer("file").get(pk=batch_id)
        payer_check(actor, batch.payer)
        _open_check(batch, seen)
        lines = list(batch.lines.filter(live=True).order_by("pk"))
        if not {line.claim_id for line in lines} <= set(locked):
            raise Stale("批次的内容刚刚有变化，刚才的操作没有执行。请刷新后再试。")
        if batch.standing == S.LOCKED:
            _release(batch, lines, locked, actor, at, source_ip, reason)
        batch.lines.filter(live=True).update(
            live=False, result=R.DROPPED, result_at=at, result_note="批次已撤销。"
        )
        batch.standing = S.WITHDRAWN
        batch.save(update_fields=["standing"])
        batch_event(batch, "batch.withdrawn", actor, at, source_ip, reason=reason)
    return batch


def _open_check(batch, seen):
    now = batch.get_standing_display()
    if batch.standing not in (S.DRAFT, S.LOCKED):
        raise Stale(f"这个批次现在是“{now}”，刚才的操作没有执行。")
    if batch.lines.exclude(result__in=[R.WAITING, R.DROPPED]).exists():
        raise Stale("这个批次已有银行结果，不能撤销。")
    if seen is not None and seen != batch.standing:
        raise Stale(
            f"您打开这一页以后，这个批次已经变为“{now}”，没有撤销。确实要撤销的，请核对现在的内容后再办理。"
        )


def _release(batch, lines, locked, actor, at, source_ip, reason):
    of_claim = {line.claim_id: line for line in lines}

    def needs(claim):
        line = of_claim[claim.pk]
        return {
            "amount": line.amount_cny,
            "batch": batch.number,
            "topic": batch_topic(batch),
            "result": "withdrawn",
            "account": line.payee_account[-4:],
        }

    pairs = [locked[line.claim_id] for line in lines]
    perform_together(pairs, "release", actor=actor, data=needs, reason=reason, at=at, source_ip=source_ip)
