"""Keeping back what is demanded from a later payment: decided by the payer's finance, done at once, without the bank."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.ledger import entry_add
from applications.lifecycle import claims_lock, perform
from applications.lifecycle.people import deputy_of_post
from applications.models import Claim, Demand, LedgerKind, Receipt, State
from applications.record import event_add
from applications.recovery.access import open_check, payer_finance_check, payer_office
from applications.recovery.receipts import came_in
from applications.settlement.mark import year_mark
from measures.money import grouped
from review.budget import budget_left, budget_lock, key_of
from review.models import PaymentLine
from review.shortage import payable_now

REASON_LENGTH = 500
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Choice:
    """A payable claim that a demand can be offset against, and by how much at most, yuan."""

    claim: Claim
    most: Decimal


def offset_choices(demand):
    """The later claims of the same enterprise and payer that the demand can be offset against, as Choices, the oldest first."""
    claims = list(
        Claim.objects.filter(
            enterprise=demand.claim.enterprise_id, payer=demand.claim.payer, state=State.PAYABLE
        )
        .exclude(pk=demand.claim_id)
        .exclude(payment_lines__live=True)
        .order_by("locked_at", "pk")
    )
    if not claims:
        return []
    now, left = payable_now(claims), budget_left({key_of(claim) for claim in claims})
    choices = [Choice(claim, _most(demand.claim, claim, now[claim.pk], left)) for claim in claims]
    return [choice for choice in choices if choice.most > 0]


def _most(demanded, later, now, left):
    """What shortage and budget leave to the later claim; what comes back to the same budget can be spent again."""
    room = left[key_of(later)]
    if key_of(later) == key_of(demanded):
        room += demanded.demanded_cny
    return max(ZERO, min(demanded.demanded_cny, later.owed_cny, now, room))


def offset_add(*, demand_id, claim_id, amount, reason, actor, seen=None, at=None, source_ip=None):
    """Keeps `amount` of a payable claim back for a demand: receipt on the one, payment on the other. Returns the Receipt.

    A claim whose whole rest is kept back is paid. `seen` is what was open on the page that was decided on, yuan; Stale where it
    is another sum by now. Raises NotAllowed, Stale, or Refused with the field at fault.
    """
    at = at or timezone.now()
    reason = reason.strip()
    if not reason:
        raise Refused("请写明决定抵扣的理由，企业会看到。", field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused(f"最多 {REASON_LENGTH} 个字，现在有 {len(reason)} 个。", field="reason")
    demanded_id = Demand.objects.values_list("claim_id", flat=True).get(pk=demand_id)
    with transaction.atomic():
        locked = {claim.pk: (claim, year) for claim, year in claims_lock([demanded_id, claim_id])}
        claim, year = locked[demanded_id]
        payer_finance_check(claim, actor)
        demand = Demand.objects.get(pk=demand_id)
        open_check(demand, claim)
        _seen_check(claim, seen)
        later, later_year = _later(claim, locked.get(claim_id))
        if year.is_computing or later_year.is_computing:
            raise Refused("金额正在重新计算，通常几秒钟完成。请稍后刷新本页再办理。")
        _amount_check(claim, later, amount)
        receipt = Receipt.objects.create(
            demand=demand,
            enterprise_id=claim.enterprise_id,
            amount_cny=amount,
            received_on=timezone.localdate(at),
            against=later,
            note=reason,
            recorded_by=actor,
            recorded_at=at,
        )
        by = {"actor": actor, "at": at, "source_ip": source_ip}
        deputy = deputy_of_post(actor, *payer_office(claim), at)
        _kept_back(demand, claim, year, later, amount, reason, deputy, by)
        _paid(demand, claim, later, later_year, amount, reason, deputy, by)
    return receipt


def _seen_check(claim, seen):
    """An offset has no voucher by which a second one of the same would be known, and cannot be taken back."""
    if seen is not None and seen != claim.demanded_cny:
        raise Stale(
            f"这件追回的待退回金额已由 {grouped(seen)} 元变为 {grouped(claim.demanded_cny)} 元，刚才的抵扣没有执行。"
            "请看过到账和抵扣的记录以后再决定。"
        )


def _later(claim, found):
    """The payable claim and its year, as they are under the lock."""
    if found is None or found[0].pk == claim.pk:
        raise Refused("请选择一件待拨付的申报。", field="claim")
    later, year = found
    if later.enterprise_id != claim.enterprise_id or later.payer != claim.payer:
        raise Refused("只能从同一企业、同一支付方的申报中抵扣。", field="claim")
    if later.state != State.PAYABLE or PaymentLine.objects.filter(claim=later, live=True).exists():
        raise Stale(f"{later.number} 现在不是待拨付，或者已列入批次，刚才的操作没有执行。请刷新后查看。")
    return later, year


def _amount_check(claim, later, amount):
    budget_lock({key_of(claim), key_of(later)})
    most = _most(claim, later, payable_now([later])[later.pk], budget_left({key_of(later)}))
    if amount <= 0:
        raise Refused("金额要大于 0。", field="amount")
    if amount > most:
        raise Refused(
            f"最多可以抵扣 {grouped(most)} 元：不超过待退回的金额、{later.number} 还应拨付的金额，以及预算现在允许拨付的金额。",
            field="amount",
        )


def _kept_back(demand, claim, year, later, amount, reason, deputy, by):
    came_in(demand, claim, year, amount, kind=LedgerKind.OFFSET, at=by["at"])
    data = {
        "demand": demand.number,
        "stage": State.PAID,
        "amount": str(amount),
        "against": later.number,
        "open": str(claim.demanded_cny),
        "reason": reason,
        **deputy,
    }
    event_add(kind="claim.offset", claim=claim, data=data, **by)


def _paid(demand, claim, later, year, amount, reason, deputy, by):
    """The later claim is paid by what was kept back; with nothing left to pay it is paid in full."""
    later.paid_cny += amount
    entry_add(
        claim=later,
        kind=LedgerKind.PAYMENT,
        amount=amount,
        at=by["at"],
        topic=f"offset:{demand.number}",
    )
    data = {
        "demand": demand.number,
        "stage": State.PAID,
        "amount": str(amount),
        "demanded": claim.number,
        "rest": str(later.owed_cny),
        "reason": reason,
        **deputy,
    }
    event_add(kind="claim.offset_paid", claim=later, data=data, **by)
    later.save(update_fields=["paid_cny"])
    if not later.owed_cny:
        perform(later, year, "complete", data={"offset": demand.number}, at=by["at"])
    year_mark(year, at=by["at"])
