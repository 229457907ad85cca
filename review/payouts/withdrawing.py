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


def batch_withdraw(*, batch_id, actor, reason, at=None, source_ip=None):
    """Withdraws a draft, or a locked batch on which the bank has not reported: its claims are payable again."""
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
        reported = batch.lines.exclude(result__in=[R.WAITING, R.DROPPED])
        if batch.standing not in (S.DRAFT, S.LOCKED) or reported.exists():
            raise Stale("这个批次已有银行结果或已经办结，不能撤销。")
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
