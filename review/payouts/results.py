"""What the bank did with one line."""

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.lifecycle import claims_lock, perform
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_check

from .making import line_end
from .titles import batch_event

R = PaymentLine.Result
S = PayoutBatch.Standing


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
        line_end(line, result, at, note=note.strip(), reference=reference.strip())
        if not batch.lines.filter(live=True).exists():
            batch.standing, batch.settled_at = S.SETTLED, at
            batch.save(update_fields=["standing", "settled_at"])
            batch_event(batch, "batch.settled", actor, at, source_ip)
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
