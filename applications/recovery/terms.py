"""By when a demand is to be paid back: instalments, more time, and dates that depend on holidays not yet known."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from applications.calendar import due_date
from applications.errors import Refused, Stale
from applications.lifecycle import claim_lock
from applications.lifecycle.people import deputy_of_post
from applications.models import Demand, Instalment, Letter, State
from applications.record import event_add
from measures.money import grouped

from .access import demand_lock, payer_office
from .follow import DUE_DAYS

#: A plan has at least two parts; more than this many nobody keeps in view.
FEWEST, MOST = 2, 24
REASON_LENGTH = 500
#: A day later than so many years from now is a slip of the pen, and a date that has been given cannot be made earlier.
MOST_YEARS = 3


def plan_mark(plan):
    """A number by which a plan in force is known again; 0 where there is none."""
    return max((row.pk for row in plan), default=0)


def plan_set(*, demand_id, parts, reason, actor, seen=None, at=None, source_ip=None):
    """Agrees instalments, as [(day, yuan)] that add up to exactly what is open; they replace an earlier plan as a whole.

    `seen` is the `plan_mark` that the page showed: a plan that a colleague has agreed since is not replaced unseen. Raises NotAllowed, Stale, or Refused with the field at fault ("parts" for the plan as a whole, "due_on:<n>" or
    "amount:<n>" for one part, counted from 0, or "reason").
    """
    at = at or timezone.now()
    reason = _reason_read(reason, "请写明约定分期的原因，企业会看到。")
    with transaction.atomic():
        demand, claim, _ = demand_lock(demand_id, actor)
        _parts_check(parts, claim.demanded_cny, timezone.localdate(at))
        standing = demand.instalments.filter(replaced_at=None)
        if seen is not None and seen != plan_mark(standing):
            raise Stale("同事刚刚约定了分期，刚才的操作没有执行。请看过现在的分期以后再决定。")
        replaced = standing.update(replaced_at=at)
        Instalment.objects.bulk_create(
            Instalment(demand=demand, due_on=day, amount_cny=amount, agreed_by=actor, agreed_at=at)
            for day, amount in sorted(parts)
        )
        data = {
            "parts": [[day.isoformat(), str(amount)] for day, amount in sorted(parts)],
            "replaced": replaced,
        }
        _event(demand, claim, "claim.instalments_set", reason, actor, at, source_ip, data)
    return demand


def _parts_check(parts, is_open, today):
    if not FEWEST <= len(parts) <= MOST:
        raise Refused(f"请填写 {FEWEST} 至 {MOST} 期。", field="parts")
    days = [day for day, _ in parts]
    for number, (day, amount) in enumerate(parts):
        if amount <= 0:
            raise Refused("每期金额要大于 0。", field=f"amount:{number}")
        if day < today:
            raise Refused("日期已经过去，请填写今天或者以后的日期。", field=f"due_on:{number}")
        _late_check(day, today, f"due_on:{number}")
        if day in days[:number]:
            raise Refused("这一天已经有一期，请合并或者改期。", field=f"due_on:{number}")
    total = sum((amount for _, amount in parts), Decimal("0.00"))
    if total != is_open:
        way = "少" if total < is_open else "多"
        raise Refused(
            f"各期合计 {grouped(total)} 元，比待退回的 {grouped(is_open)} 元{way} {grouped(abs(total - is_open))} 元，要正好相等。",
            field="parts",
        )


def _late_check(day, today, field):
    if day > today.replace(year=today.year + MOST_YEARS, day=min(today.day, 28)):
        raise Refused(f"期限最晚在 {MOST_YEARS} 年以内，请核对年份。", field=field)


def demand_extend(*, demand_id, due_on, reason, actor, at=None, source_ip=None):
    """Gives a demand without instalments a later date. Raises NotAllowed, Stale, or Refused with the field at fault."""
    at = at or timezone.now()
    reason = _reason_read(reason, "请写明延长期限的原因，企业会看到。")
    with transaction.atomic():
        demand, claim, _ = demand_lock(demand_id, actor)
        if demand.instalments.filter(replaced_at=None).exists():
            raise Refused("这件追回已约定分期，请重新约定各期的日期。", field="due_on")
        if due_on <= demand.due_on:
            raise Refused(f"新的期限要晚于现在的期限 {demand.due_on:%Y-%m-%d}。", field="due_on")
        if due_on < timezone.localdate(at):
            raise Refused("新的期限已经过去，请填写今天或者以后的日期。", field="due_on")
        _late_check(due_on, timezone.localdate(at), "due_on")
        old, demand.due_on, demand.due_certain = demand.due_on, due_on, True
        demand.save(update_fields=["due_on", "due_certain"])
        data = {"due_on": due_on.isoformat(), "due_before": old.isoformat(), "certain": True}
        _event(demand, claim, "claim.demand_extended", reason, actor, at, source_ip, data)
    return demand


def _reason_read(reason, asked):
    reason = reason.strip()
    if not reason:
        raise Refused(asked, field="reason")
    if len(reason) > REASON_LENGTH:
        raise Refused(f"最多 {REASON_LENGTH} 个字，现在有 {len(reason)} 个。", field="reason")
    return reason


def _event(demand, claim, kind, reason, actor, at, source_ip, data):
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        claim=claim,
        data={
            "demand": demand.number,
            "stage": State.PAID,
            **data,
            "reason": reason,
            **deputy_of_post(actor, *payer_office(claim), at),
        },
    )


def demand_dates_recompute():
    """Computes again the dates of open demands that were 预计, after holidays have been loaded. Returns how many changed.

    They count from the newest letter, or from when the reversal of a receipt opened the demand again; a date that was
    extended by hand is certain and stays as it is.
    """
    changed = 0
    waiting = Demand.objects.filter(closed_at=None, due_certain=False).order_by("pk")
    for pk, claim_id in waiting.values_list("pk", "claim_id"):
        with transaction.atomic():
            claim_lock(claim_id)
            demand = Demand.objects.get(pk=pk)
            if demand.closed_at is None and not demand.due_certain:
                changed += _date_recompute(demand)
    return changed


def _date_recompute(demand):
    letter = Letter.objects.filter(claim=demand.claim_id, kind=Letter.Kind.DEMAND).order_by("pk").last()
    start = letter.issued_at if letter else demand.raised_at
    asked_anew = demand.claim.events.filter(
        kind="claim.receipt_reversed", data__demand=demand.number, data__dated=True
    )
    if (last := asked_anew.order_by("pk").last()) is not None:
        start = max(start, last.at)
    due, certain = due_date(start=start, days=DUE_DAYS)
    if (due, certain) == (demand.due_on, demand.due_certain):
        return 0
    demand.due_on, demand.due_certain = due, certain
    demand.save(update_fields=["due_on", "due_certain"])
    return 1
