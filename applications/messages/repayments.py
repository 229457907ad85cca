"""Reminders of money that is to be paid back: before it is due, on the last day, and once it is late."""

from datetime import timedelta

from django.utils import timezone

from applications.models import Demand, Message, State
from applications.recovery.standing import demands_with_plans, standing_of

from .phrases import about, day_words, office_of, with_item, yuan
from .reminder_kinds import REPAY_DUE, REPAY_LATE

#: Working days before a part is due.
REPAY_DAYS = 3
#: What is late longer is between the office and the enterprise, and no news.
_LATE_FOR = timedelta(days=14)


def repayments_due(at, calendar):
    """Unsaved Messages about every open demand of which a part is due soon, today, or was due in the last days."""
    today = timezone.localdate(at)
    for demand in demands_with_plans(Demand.objects.filter(closed_at=None).order_by("pk")):
        standing = standing_of(demand, today=today, calendar=calendar)
        if timezone.localdate(demand.raised_at) == today or standing.next_part is None:
            continue
        if standing.is_late:
            if today - standing.due_on <= _LATE_FOR:
                yield _late(demand, standing, at)
        elif standing.days_left <= REPAY_DAYS:
            yield _soon(demand, standing, today, at)


def _soon(demand, standing, today, at):
    claim, due = demand.claim, standing.due_on
    is_last = due == today
    title = "今天是退回款项的最后一天" if is_last else f"{_time_left(due, standing.days_left)}要退回款项"
    text = (
        f"{about(claim)}需要退回的 {yuan(standing.next_part.open)}还没有到账，期限是 {day_words(due, not standing.uncertain)}。"
        f"请按追回通知书退回，附言写明追回编号 {demand.number}。已经退回的，等{office_of(claim, State.PAID)}登记，不用再退。"
    )
    return _message(demand, REPAY_DUE, "last" if is_last else "soon", due, title, text, at)


def _time_left(due, left):
    return f"还有 {left} 个工作日" if left else f"到 {day_words(due)}"


def _late(demand, standing, at):
    claim, due = demand.claim, standing.due_on
    text = (
        f"{about(claim)}需要退回的 {yuan(standing.late)}还没有到账，期限 {day_words(due)}已经过去。"
        f"请尽快退回，附言写明追回编号 {demand.number}；有困难的，请联系{office_of(claim, State.PAID)}。"
    )
    return _message(demand, REPAY_LATE, "late", due, "退回款项的期限已过", text, at)


def _message(demand, kind, when, due, title, text, at):
    claim = demand.claim
    return Message(
        enterprise_id=claim.enterprise_id,
        kind=kind,
        key=f"repay:{demand.pk}:{due:%Y%m%d}:{when}",
        title=with_item(claim, title),
        text=text,
        act=True,
        due_on=due,
        claim=claim,
        created_at=at,
    )
