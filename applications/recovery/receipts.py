"""What comes in on a demand: one entry lowers paid money, lock and demand at once, and one raises them where it is reversed."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.bank_accounts import name_plain
from applications.errors import Refused
from applications.ledger import entry_add
from applications.lifecycle.people import deputy_of_post
from applications.models import LedgerKind, Receipt, State
from applications.record import event_add
from applications.settlement.mark import subject_note, year_mark
from measures.money import grouped

from .access import demand_lock, payer_office

REFERENCE_LENGTH, NOTE_LENGTH = 60, 500
_ONCE = (
    "已经登记过，同一笔到账不能登记两次。请核对凭证；一笔到账退回几件的，请在凭证号后面加 -1、-2 分开登记。"
)


def receipt_add(*, demand_id, amount, received_on, reference, note="", actor, at=None, source_ip=None):
    """Records money that the enterprise has paid back, with the reference of the bank's voucher. Returns the Receipt.

    Raises NotAllowed, Stale, or Refused with the field at fault: never more than is open, nothing from the future, no
    voucher of the firm twice. What was recorded wrongly is reversed (`review.reversals`) and recorded anew.
    """
    at = at or timezone.now()
    reference, note = reference.strip(), note.strip()
    with transaction.atomic():
        demand, claim, year = demand_lock(demand_id, actor)
        if claim.demanded_cny > claim.paid_cny:
            # The bank has just given back what was to be paid back: the settlement that lowers the demand comes first.
            raise Refused(
                "银行退回的款项正在重新计算，通常几秒钟完成。请稍后刷新本页，再看还有没有要退回的。"
            )
        amount_check(amount, claim.demanded_cny)
        _words_check(demand, received_on, reference, note, at)
        _once_check(claim, reference)
        try:
            with transaction.atomic():
                receipt = Receipt.objects.create(
                    demand=demand,
                    enterprise_id=claim.enterprise_id,
                    amount_cny=amount,
                    received_on=received_on,
                    reference=reference,
                    voucher=voucher_plain(reference),
                    note=note,
                    recorded_by=actor,
                    recorded_at=at,
                )
        except IntegrityError as error:
            # Somebody has entered it at the same moment, for another year of the firm.
            _once_check(claim, reference)
            raise Refused(f"这个凭证号{_ONCE}", field="reference") from error
        data = {
            "demand": demand.number,
            "stage": State.PAID,
            "amount": str(amount),
            "received_on": received_on.isoformat(),
            "reference": reference,
            **({"text": note} if note else {}),
            **deputy_of_post(actor, *payer_office(claim), at),
        }
        came_in(demand, claim, year, amount, kind=LedgerKind.RECEIPT, at=at)
        event_add(
            kind="claim.receipt_added",
            actor=actor,
            at=at,
            source_ip=source_ip,
            claim=claim,
            data={**data, "open": str(claim.demanded_cny)},
        )
    return receipt


def came_in(demand, claim, year, amount, *, kind, at):
    """Takes an amount off what is paid, locked and demanded of a locked claim, and closes the demand where nothing is left.

    The claim keeps its state. What of the limit its lock gives back is for the next settlement to share out.
    """
    entry_add(claim=claim, kind=kind, amount=-amount, at=at, topic=f"demand:{demand.number}")
    claim.paid_cny -= amount
    claim.locked_cny -= amount
    claim.demanded_cny -= amount
    claim.save(update_fields=["paid_cny", "locked_cny", "demanded_cny"])
    if not claim.demanded_cny:
        demand.closed_at = at
        demand.save(update_fields=["closed_at"])
    if not claim.locked_cny:
        subject_note(year, claim)
    year_mark(year, at=at)


def went_back(demand, claim, year, amount, *, at):
    """The mirror of `came_in`: a counter-entry puts back what a receipt on the demand took off a locked claim.

    Raises Refused where the lock has none to come back to. The demand itself is left to `reopening`.
    """
    lock_comes_back = not claim.locked_cny
    entry_add(claim=claim, kind=LedgerKind.RECEIPT, amount=amount, at=at, topic=f"demand:{demand.number}")
    claim.paid_cny += amount
    claim.locked_cny += amount
    claim.demanded_cny += amount
    try:
        with transaction.atomic():
            claim.save(update_fields=["paid_cny", "locked_cny", "demanded_cny"])
    except IntegrityError as error:
        if getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") != "claim_once_for_ever":
            raise
        raise Refused(
            "这件申报退清以后，同一项一次性奖励已经批准给另一件申报，冲销会使两件同时有效。"
            "请先与商务部门核对那一件申报，它的锁定解除以后再冲销。"
        ) from error
    if lock_comes_back:
        subject_note(year, claim)
    year_mark(year, at=at)


def amount_check(amount, most, *, field="amount"):
    """Raises Refused unless the amount is above 0 and no more than `most`, yuan."""
    if amount <= 0:
        raise Refused("金额要大于 0。", field=field)
    if amount > most:
        raise Refused(
            f"金额不能超过现在待退回的 {grouped(most)} 元。多退的部分请退还企业，不在这里登记。", field=field
        )


def voucher_plain(reference):
    """A voucher's number as it is compared, however it was typed; "" where nothing of it can be seen."""
    return name_plain(reference).casefold()


def _once_check(claim, reference):
    """What comes in from a firm has one voucher, however its number is typed, unless it has been reversed."""
    before = Receipt.objects.filter(
        enterprise=claim.enterprise_id, voucher=voucher_plain(reference), against=None, reversed_at=None
    )
    row = before.select_related("demand__claim").first()
    if row is not None:
        known = row.demand.claim.payer == claim.payer
        where = f"（{row.demand.number}，{grouped(row.amount_cny)} 元）" if known else " "
        raise Refused(f"凭证号 {row.reference}{where}{_ONCE}", field="reference")


def _words_check(demand, received_on, reference, note, at):
    if received_on > timezone.localdate(at):
        raise Refused("到账日期还没有到，请核对。", field="received_on")
    if received_on < timezone.localdate(demand.raised_at):
        raise Refused("到账日期早于提出追回的日期，请核对。", field="received_on")
    if not voucher_plain(reference):
        raise Refused("请填写银行凭证号。", field="reference")
    if len(reference) > REFERENCE_LENGTH:
        raise Refused(f"凭证号最多 {REFERENCE_LENGTH} 个字。", field="reference")
    if len(note) > NOTE_LENGTH:
        raise Refused(f"说明最多 {NOTE_LENGTH} 个字。", field="note")
