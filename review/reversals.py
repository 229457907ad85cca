"""Reversing a receipt that was recorded wrongly: a counter-entry by the payer's finance; the voucher can be entered anew."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.lifecycle import claim_lock
from applications.lifecycle.people import deputy_of_post
from applications.models import Receipt, State
from applications.record import event_add
from applications.recovery.access import payer_finance_check, payer_office
from applications.recovery.receipts import went_back
from applications.recovery.reopening import Reopening, reopening_data, reopening_of, reopening_write
from measures.money import grouped
from review.budget import budget_left, budget_lock, key_of

REASON_LENGTH = 500


@dataclass(frozen=True)
class Preview:
    """What a reversal would do, yuan: what is open and what is paid afterwards, and which demand asks for it by when."""

    open: Decimal
    paid: Decimal
    reopening: Reopening


def reversal_preview(receipt, claim, *, at=None):
    """The Preview of reversing a receipt that counts, as things stand now."""
    amount = receipt.amount_cny
    reopening = reopening_of(receipt, claim, at=at or timezone.now())
    return Preview(claim.demanded_cny + amount, claim.paid_cny + amount, reopening)


def receipt_reverse(*, receipt_id, reason, actor, seen=None, at=None, source_ip=None):
    """Reverses a receipt of money: what it took off is paid, locked and demanded again, and its demand is open. Returns it.

    `seen` is what was open on the page that was decided on, yuan. Raises Receipt.DoesNotExist, NotAllowed, Stale where that
    or the receipt has changed since, or Refused with the field at fault; then nothing has changed.
    """
    at = at or timezone.now()
    reason = _reason_read(reason)
    claim_id = Receipt.objects.values_list("demand__claim", flat=True).get(pk=receipt_id)
    with transaction.atomic():
        claim, year = claim_lock(claim_id)
        payer_finance_check(claim, actor)
        receipt = Receipt.objects.select_related("demand", "reversed_by").get(pk=receipt_id)
        if refusal := obstacle(receipt, claim):
            raise (Stale if receipt.reversed_at else Refused)(refusal)
        _seen_check(claim, seen)
        reopening = reopening_of(receipt, claim, at=at)
        went_back(receipt.demand, claim, year, receipt.amount_cny, at=at)
        reopening_write(reopening, actor=actor, at=at)
        receipt.reversed_by, receipt.reversed_at, receipt.reversal_reason = actor, at, reason
        receipt.save(update_fields=["reversed_by", "reversed_at", "reversal_reason"])
        _budget_check(claim)
        event_add(
            kind="claim.receipt_reversed",
            actor=actor,
            at=at,
            source_ip=source_ip,
            claim=claim,
            data={
                **reopening_data(reopening),
                "receipt_demand": receipt.demand.number,
                "stage": State.PAID,
                "amount": str(receipt.amount_cny),
                "received_on": receipt.received_on.isoformat(),
                "reference": receipt.reference,
                "reason": reason,
                **deputy_of_post(actor, *payer_office(claim), at),
            },
        )
    return receipt


def obstacle(receipt, claim):
    """Why a receipt cannot be reversed as things stand, in a sentence; "" where it can."""
    if receipt.against_id:
        return "抵扣是财政部门的决定，不能冲销。"
    if receipt.reversed_at:
        when = timezone.localtime(receipt.reversed_at)
        return f"这笔到账已由{receipt.reversed_by.name}于 {when:%Y-%m-%d %H:%M} 冲销，不能再冲销一次。"
    if claim.locked_cny is None:
        return "这件申报已解除锁定、退回审核，现在不能冲销。等财政重新批准以后再冲销。"
    if claim.demanded_cny > claim.paid_cny:
        return "银行退回的款项正在重新计算，通常几秒钟完成。请稍后刷新本页再冲销。"
    return ""


def _reason_read(reason):
    reason = reason.strip()
    if not reason:
        raise Refused("请写明冲销的原因，企业会看到。", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused(f"最多 {REASON_LENGTH} 个字，现在有 {len(reason)} 个。", field="reason")
    return reason


def _seen_check(claim, seen):
    if seen is not None and seen != claim.demanded_cny:
        raise Stale(
            f"这件申报的待退回金额已由 {grouped(seen)} 元变为 {grouped(claim.demanded_cny)} 元，刚才的冲销没有执行。"
            "请看过现在的金额以后再决定。"
        )


def _budget_check(claim):
    """What came back could be spent again; where it has been, the budget has to grow before the receipt can go."""
    key = key_of(claim)
    budget_lock({key})
    left = budget_left({key})[key]
    if left < 0:
        raise Refused(
            f"退回的款项已经用于别的拨付：冲销以后，{claim.year} 年度第 {key.measure} 条措施已列入批次和已拨付的金额"
            f"会超过预算指标 {grouped(-left)} 元。请先追加预算指标，或者撤回还没有拨付的批次，再冲销。"
        )
