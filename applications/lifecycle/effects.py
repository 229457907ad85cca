"""What a transition does besides changing the state; the table at the end ties effects to actions.

They change the locked claim in memory, write ledger entries, and return what the event should record; the key "to"
overrides the state of the table where the way back is not fixed (recall).
"""

from decimal import Decimal

from django.utils import timezone
from django.utils.crypto import salted_hmac

from applications.calendar import due_date
from applications.errors import NotAllowed, Refused
from applications.flags.kinds import LIFTED, RAISED, REFRESHED
from applications.ledger import entry_add
from applications.models import Event, LedgerKind, State
from applications.official import year_settings
from applications.record import QUIET_EVENTS
from applications.signals import claim_moved
from measures.money import grouped
from measures.registry import CLAUSES

from .leaving import notice_leave, why_unlocked
from .people import holds, role_for
from .table import RECALLABLE_EVENTS, TRANSITIONS

_STEPS = ("computed_cny", "capped_cny", "after_overlap_cny")
#: Events that settlements write, and notes of offices: a recall looks past them.
_NO_STEPS = ("claim.settled", "claim.limit_changed", RAISED, REFRESHED, LIFTED, *sorted(QUIET_EVENTS))


def amounts(claim):
    """The four amounts as the record keeps them: strings of yuan, or None."""
    fields = (*_STEPS, "payable_cny")
    return {name: None if getattr(claim, name) is None else str(getattr(claim, name)) for name in fields}


def submit(claim, *, at, **_):
    """The first submission fixes the order of filing, the city, and who pays."""
    claim.first_submitted_at = claim.submitted_at = at
    claim.city = claim.enterprise.city
    claim.payer = claim.city if claim.is_city_run else claim.PROVINCE
    return {"late": claim.late} if claim.late else {}


def resubmit(claim, *, data, at, **_):
    """A correction keeps the place in the order of filing; the record says what was corrected and what was not."""
    claim.submitted_at = at
    claim.return_due_on = None
    return {name: data[name] for name in ("corrections", "untouched") if data.get(name)}


def reconsider(claim, **_):
    """Once, and by another officer (four eyes sees to that)."""
    if claim.reconsidered:
        raise Refused("每件申报只能申请一次复议，这件已经复议过。")
    claim.reconsidered = True
    claim.assignee = None


def send_to_firm(claim, *, data, at, **_):
    """A return says what to correct and by when; the clock counts working days."""
    claim.returned_from = claim.state
    days = data.get("days") or year_settings(claim.year).return_days
    due, certain = due_date(start=at, days=days)
    claim.return_due_on, claim.return_due_certain = due, certain
    claim.return_note = {"fields": data.get("fields", {})}
    return {"due_on": due.isoformat(), "certain": certain, "days": days, "fields": data.get("fields", {})}


def reject(claim, *, data, at, **_):
    """A rejection names in its grounds the clause of the policy that it rests on.

    A returned claim can be rejected only when the date set for the correction has passed.
    """
    check_rejectable(claim, at)
    if not any(ground.get("clause") in CLAUSES for ground in data.get("grounds", ())):
        raise Refused("请选择依据的条款，决定书会引用它。", field="clause")
    return amounts(claim)


def check_rejectable(claim, at):
    """Raises Refused while the enterprise still has time to correct; the last day is the enterprise's."""
    if claim.state == State.RETURNED and claim.return_due_on >= timezone.localdate(at):
        raise Refused("企业的补正期限还没有到，现在不能不予支持。")


def approve(claim, **_):
    """Records what was shown to commerce, and draws the second check: once drawn, always drawn.

    A claim of which a hard flag was dismissed is always drawn.
    """
    if claim.drawn is None:
        claim.drawn = _is_drawn(claim)
    claim.drawn = claim.drawn or claim.flags.filter(hard=True, dismissed_at__isnull=False).exists()
    claim.approved_steps = amounts(claim)
    return amounts(claim)


def _is_drawn(claim):
    """A share of claims set for the year, chosen so that nobody can foresee or repeat the draw."""
    percent = year_settings(claim.year).second_check_percent
    number = int(salted_hmac("second-check", claim.number, algorithm="sha256").hexdigest()[:8], 16)
    return Decimal(number % 10000) < percent * 100


def confirm(claim, **_):
    """The second checker confirms the amounts as they are now."""
    return amounts(claim)


def forget_approval(claim, **_):
    """Back in commerce review the earlier approval counts no longer; the record keeps it in case of a recall."""
    approved, claim.approved_steps = claim.approved_steps, None
    return {"approved": approved}


def fall_back(claim, **_):
    """Steps 1 to 3 are not what commerce approved: the record keeps the old and the new amounts."""
    old = claim.approved_steps
    claim.approved_steps = None
    return {"old": old, "new": amounts(claim)}


def lock(claim, *, at, **_):
    """Finance approval locks the amount. The database allows one lock above 0 per once-for-ever subject."""
    claim.locked_cny = claim.payable_cny
    claim.locked_at = at
    entry_add(claim=claim, kind=LedgerKind.LOCK, amount=claim.locked_cny, at=at)
    return {"locked_cny": str(claim.locked_cny)}


def publish(claim, *, data, **_):
    """Only money that is owed is published: a claim locked at 0 rests in approved."""
    if not claim.owed_cny:
        raise Refused("应付金额为 0.00 元，不需要公示和拨付。")
    claim.notice_withdrawn = False
    return {name: data[name] for name in ("notice", "until", "certain") if name in data}


def commit(claim, *, data, at, **_):
    """A locked batch commits part or all of what the lock still owes; `account` is the tail of the number it goes to."""
    amount = data["amount"]
    if amount > claim.owed_cny:
        raise Refused(f"{claim.number} 的拨付金额超过还应拨付的 {claim.owed_cny} 元。")
    claim.committed_cny += amount
    claim.payout_failed = False
    entry_add(claim=claim, kind=LedgerKind.COMMITMENT, amount=amount, at=at, topic=data["topic"])
    return {"amount": str(amount), "batch": data["batch"], "account": data.get("account", "")}


def pay(claim, *, data, at, **_):
    """The bank has paid a committed amount, into the account of which `account` gives the last four digits."""
    amount = data["amount"]
    claim.committed_cny -= amount
    claim.paid_cny += amount
    for kind, signed in ((LedgerKind.COMMITMENT_RELEASED, -amount), (LedgerKind.PAYMENT, amount)):
        entry_add(claim=claim, kind=kind, amount=signed, at=at, topic=data["topic"])
    return {"amount": str(amount), "batch": data["batch"], "result": "paid", **_account(data)}


def _account(data):
    return {"account": data["account"]} if data.get("account") else {}


def release(claim, *, data, at, **more):
    """A committed amount is not committed any more: paid with a rest still owed, failed, or its batch withdrawn."""
    if data["result"] == "paid":
        return pay(claim, data=data, at=at, **more)
    amount = data["amount"]
    claim.committed_cny -= amount
    claim.payout_failed = data["result"] == "failed"
    entry_add(claim=claim, kind=LedgerKind.COMMITMENT_RELEASED, amount=-amount, at=at, topic=data["topic"])
    return {"amount": str(amount), "batch": data["batch"], "result": data["result"], **_account(data)}


def bank_return(claim, *, data, at, **_):
    """The bank has returned paid money: it is owed again."""
    amount = data["amount"]
    if not 0 < amount <= claim.paid_cny:
        raise Refused(
            f"{claim.number} 现在只有 {grouped(claim.paid_cny)} 元可以退汇，不能记录 {grouped(amount)} 元："
            "其余的已由企业退回或抵扣，见“追回和补发”。请向银行核实退回的金额，再与企业核对：同一笔钱收到两次的，"
            "多收的部分退还企业。"
        )
    claim.paid_cny -= amount
    claim.payout_failed = True
    entry_add(claim=claim, kind=LedgerKind.PAYMENT_RETURNED, amount=-amount, at=at, topic=data["topic"])
    reference = {"reference": data["reference"]} if data.get("reference") else {}
    return {"amount": str(amount), **_account(data), **reference}


def unlock(claim, *, at, actor=None, data=None, **_):
    """Takes the lock away; possible only while nothing of it is committed or paid."""
    check_unlockable(claim)
    if claim.demanded_cny and actor is not None:
        # The bank has just given back what was to be paid back: the settlement that lifts the demand comes first.
        raise Refused("银行退回的款项正在重新计算，通常几秒钟完成。请稍后再办理。")
    old = claim.locked_cny
    entry_add(claim=claim, kind=LedgerKind.UNLOCK, amount=-old, at=at)
    claim.locked_cny = claim.locked_at = claim.approved_steps = claim.assignee = None
    left = notice_leave(claim, at=at, actor=actor, why=why_unlocked(actor, data or {}))
    return {"locked_cny": str(old), **amounts(claim), **left}


def check_unlockable(claim):
    """Raises Refused where money of the lock is committed or has left already."""
    if claim.committed_cny or claim.paid_cny:
        raise Refused("已有款项列入批次或已经拨付，不能解除锁定。")


def uphold(claim, *, at, actor, data, **more):
    """Somebody who objected was right: the claim leaves the notice unlocked, and commerce decides anew."""
    return {"objection": data["objection"], **unlock(claim, at=at, actor=actor, data=data, **more)}


def take_back(claim, *, data, at, actor, **_):
    """Somebody who objected to a supplement was right: the lock falls by what the notice was to add; what was paid before
    stays paid, and commerce may consent anew to what the claim is still entitled to.
    """
    if not (claim.paid_cny or claim.committed_cny):
        raise Refused("这件申报还没有拨付过，异议成立的，整件撤出公示，退回商务审核。")
    amount = min(data["amount"], claim.owed_cny)
    claim.locked_cny -= amount
    entry_add(claim=claim, kind=LedgerKind.UNLOCK, amount=-amount, at=at)
    why = f"对这件申报的另一个异议（{data['objection']}）成立，公示的补发已撤回，这个异议一并结案。"
    left = notice_leave(claim, at=at, actor=actor, why=why)
    return {
        "objection": data["objection"],
        "supplement": data["supplement"],
        "amount": str(amount),
        "locked_cny": str(claim.locked_cny),
        **left,
    }


def close_notice(claim, **_):
    """The period is over; what somebody has objected to stays until that has been decided."""
    if claim.objected:
        raise Refused(f"{claim.number} 有异议正在处理，处理完以前不能转为待拨付。")


def complete(claim, *, data, at, **_):
    """The lock has fallen to what is already paid, or its rest was kept back for a demand: nothing is left to be paid.

    What was kept back had been noticed rightly, so that the line of its notice stays as it is.
    """
    if data.get("offset"):
        return {"paid_cny": str(claim.paid_cny), "demand": data["offset"]}
    left = notice_leave(claim, at=at, why="款项已足额拨付，不再公示。")
    return {"paid_cny": str(claim.paid_cny), **left}


def supplement(claim, *, data, at, **_):
    """Raises the lock by what finance decided to add, and notices and pays only that.

    Possible for a lock that is paid in full, or at 0: where something is still owed, both would be noticed again.
    """
    if claim.owed_cny:
        raise Refused(f"这件申报还有 {claim.owed_cny} 元没有拨付，全部拨付以后才能补发。")
    amount = data["amount"]
    claim.locked_cny += amount
    entry_add(claim=claim, kind=LedgerKind.SUPPLEMENT, amount=amount, at=at)
    return {"amount": str(amount)}


def recall(claim, *, actor, at, **_):
    """Whoever decided takes the decision back while nothing but settlements and notes has happened since."""
    last = recallable_event(claim)
    if last is None:
        raise Refused("之后已有新的办理记录，这个决定不能收回。")
    if last.actor_id != actor.pk:
        raise NotAllowed("只有作出决定的人可以收回它。")
    if not may_recall(claim, last, actor):
        raise NotAllowed("您已经不在作出这个决定的岗位上，不能收回它。")
    recalled = {"recalled": last.kind, "to": last.data["from"]}
    if last.kind == TRANSITIONS["finance_approve"].event:
        return {**_unlock_for_recall(claim, at), **recalled}
    if last.kind == TRANSITIONS["approve"].event:
        claim.approved_steps = None
    if last.kind == TRANSITIONS["send_back"].event:
        # Where amounts have changed meanwhile, the settlement that a recall asks for takes the claim back to commerce.
        claim.approved_steps = last.data["approved"]
    if last.kind == TRANSITIONS["return"].event:
        claim.return_due_on = None
    return recalled


def recallable_event(claim):
    """The decision that a recall would take back, or None where something else has happened since."""
    last = Event.objects.filter(claim=claim).exclude(kind__in=_NO_STEPS).order_by("pk").last()
    return last if last is not None and last.kind in RECALLABLE_EVENTS else None


def may_recall(claim, decision, user):
    """Whether the decision (an Event) is the user's own, and the user still holds the post that it was taken by."""
    return decision.actor_id == user.pk and holds(user, *role_for(claim, State(decision.data["from"])))


def _unlock_for_recall(claim, at):
    """A finance recall unlocks; commerce's approval still stands, so finance reviews again."""
    approved = claim.approved_steps
    details = unlock(claim, at=at)
    claim.approved_steps = approved
    return details


def stop_counting(claim, *, at):
    """A claim that stops counting gives back what it was to be paid; its explanation stays readable."""
    if claim.payable_cny:
        entry_add(claim=claim, kind=LedgerKind.RELEASE, amount=-claim.payable_cny, at=at)
    claim.computed_cny = claim.capped_cny = claim.after_overlap_cny = claim.payable_cny = None
    claim.ceiling_cny = None


def announce(claim, source, actor, at):
    """Tells whoever listens, inside the transaction (payouts drop a claim that leaves payable from a draft batch)."""
    claim_moved.send(sender=type(claim), claim=claim, source=source, actor=actor, at=at)


#: The effect of each action; actions that are not named only change the state.
EFFECTS = {
    "submit": submit,
    "resubmit": resubmit,
    "reconsider": reconsider,
    "return": send_to_firm,
    "reject": reject,
    "approve": approve,
    "confirm": confirm,
    "send_back": forget_approval,
    "fall_back": fall_back,
    "finance_approve": lock,
    "publish": publish,
    "commit": commit,
    "pay": pay,
    "release": release,
    "bank_return": bank_return,
    "part_return": bank_return,
    "unlock": unlock,
    "complete": complete,
    "re_examine": unlock,
    "uphold_objection": uphold,
    "take_back": take_back,
    "close_notice": close_notice,
    "supplement": supplement,
    "recall": recall,
}
