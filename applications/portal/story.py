"""Where a claim stands and what has happened to it, in the words of the enterprise: offices, never officers."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from applications.flags.kinds import FLAG_EVENTS
from applications.lifecycle.people import office_name, role_for
from applications.models import BankAccount, State
from applications.record import EVENT_TITLES, event_title
from applications.stage_days import expected_end, expected_ends
from measures.money import grouped

S = State
#: By when the office that has a claim is expected to be done: (date, certain) or None; for one claim, and for many.
expected, expected_of_all = expected_end, expected_ends
#: What offices do among themselves.
INTERNAL_EVENTS = frozenset({"claim.taken", "claim.handed_back", "claim.noted"}) | FLAG_EVENTS
#: What the enterprise itself did.
OWN_EVENTS = frozenset(
    {"claim.created", "claim.submitted", "claim.resubmitted", "claim.withdrawn", "claim.reconsidered"}
)
#: Each stage: its name, the states in which a claim is there, and the event that ends it.
_STAGES = (
    ("提交", (S.DRAFT,), "claim.submitted"),
    ("市级初审", (S.CITY_REVIEW,), "claim.city_passed"),
    ("商务审核", (S.COMMERCE_REVIEW,), "claim.commerce_approved"),
    ("复核", (S.SECOND_CHECK,), "claim.second_checked"),
    ("财政审核", (S.FINANCE_REVIEW,), "claim.finance_approved"),
    ("公示", (S.APPROVED, S.IN_NOTICE), "claim.notice_closed"),
    ("拨付", (S.PAYABLE, S.COMMITTED), "claim.paid"),
)
_ICONS = {S.DRAFT: "pen", S.RETURNED: "back", S.REJECTED: "ban", S.IN_NOTICE: "mega", S.PAYABLE: "yuan"}


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: a sentence, and whether it asks the enterprise to do something."""

    text: str
    kind: str = ""


def office_in(claim, state):
    """The office that has a claim in a state, as the public calls it."""
    return office_name(*role_for(claim, state))


def stages(claim, events):
    """The stages as `ui/stages.html` takes them; nothing for a claim that was withdrawn."""
    if claim.state == S.WITHDRAWN:
        return []
    ended = {event.kind: event.at for event in events}
    shown = [stage for stage in _STAGES if _is_on_the_way(claim, stage, ended)]
    state = _reviewing_state(claim, events)
    now = next((number for number, stage in enumerate(shown) if state in stage[1]), len(shown))
    rows = []
    for number, (title, _, end) in enumerate(shown):
        status = "done" if number < now else "now" if number == now else "todo"
        note = ended.get(end) if status == "done" else ""
        rows.append(
            {
                "title": title,
                "note": _short_day(note) if note else _now_note(claim) if status == "now" else "",
                "status": status,
                "icon": _ICONS.get(S(claim.state), "eye") if status == "now" else "",
            }
        )
    if _rests_at_nothing(claim):
        rows.append({"title": "无需拨付", "note": "0.00 元", "status": "done", "icon": ""})
    return rows


def _rests_at_nothing(claim):
    """Approved with nothing to pay: neither noticed nor paid unless finance supplements it."""
    return claim.state == S.APPROVED and not claim.owed_cny


def _is_on_the_way(claim, stage, ended):
    """City-run items and periods without it have no first check; few claims are drawn for a second one.

    What is approved at nothing is neither noticed nor paid.
    """
    _, states, end = stage
    if S.APPROVED in states or S.PAYABLE in states:
        return not _rests_at_nothing(claim)
    if S.CITY_REVIEW in states:
        return claim.period.city_first_check and not claim.is_city_run
    if S.SECOND_CHECK in states:
        return claim.state == S.SECOND_CHECK or end in ended
    return True


def _reviewing_state(claim, events):
    """A returned claim stands where it was returned from, a rejected one where it was rejected."""
    if claim.state == S.RETURNED:
        return S(claim.returned_from)
    if claim.state == S.REJECTED:
        rejection = next((event for event in reversed(events) if event.kind == "claim.rejected"), None)
        source = S(rejection.data["from"]) if rejection else S.COMMERCE_REVIEW
        return S(claim.returned_from) if source == S.RETURNED else source
    return S(claim.state)


def _now_note(claim):
    return {S.RETURNED: "待您补正", S.REJECTED: "不予支持", S.APPROVED: "待公示"}.get(S(claim.state), "")


def _short_day(moment):
    day = timezone.localtime(moment)
    return f"{day.month} 月 {day.day} 日"


def turn(claim, notice=None):
    """Whose turn it is and what comes next, as a Turn. `notice` is the public notice that the claim stands in."""
    sentence = _TURNS.get(S(claim.state), _turn_of_review)
    return sentence(claim, notice)


def _turn_of_review(claim, _notice):
    return Turn(f"现在由{office_in(claim, S(claim.state))}审核，您不需要做什么。")


def _turn_of_draft(claim, _notice):
    last = claim.period.closing_day(claim.enterprise_id)
    return Turn(f"这件申报还没有提交。请在 {last.year} 年 {last.month} 月 {last.day} 日前检查并提交。", "act")


def _turn_of_returned(claim, _notice):
    due = claim.return_due_on
    expected = "" if claim.return_due_certain else "（预计）"
    return Turn(
        f"{office_in(claim, S.RETURNED)}退回了这件申报，请在 {due.month} 月 {due.day} 日{expected}前补正并重新提交。",
        "act",
    )


def _turn_of_approved(claim, _notice):
    if not claim.owed_cny:
        return Turn("批准金额为 0.00 元，无需拨付。您不需要做什么。")
    return Turn(
        f"已批准 {grouped(claim.locked_cny)} 元，接下来由{office_in(claim, S.APPROVED)}公示，您不需要做什么。"
    )


def _turn_of_notice(claim, notice):
    last = f"，至 {notice.last_day.month} 月 {notice.last_day.day} 日结束" if notice else ""
    return Turn(
        f"现在由{office_in(claim, S.IN_NOTICE)}公示{last}，您不需要做什么。公示结束且没有未处理的异议后，等待拨付。"
    )


def _turn_of_payable(claim, _notice):
    if claim.payout_failed:
        office = office_in(claim, S.PAYABLE)
        return Turn(f"等待{office}再次拨付。请先核对收款账户，需要变更的，登记新账户。", "act")
    return Turn(
        f"公示已经结束，等待{office_in(claim, S.PAYABLE)}拨付，您不需要做什么。{_account_note(claim)}"
    )


def _turn_of_committed(claim, _notice):
    return Turn(
        f"{office_in(claim, S.COMMITTED)}已将这笔款项列入拨付批次，您不需要做什么。{_account_note(claim)}"
    )


def _account_note(claim):
    account = BankAccount.objects.filter(
        enterprise_id=claim.enterprise_id, standing=BankAccount.Standing.IN_FORCE
    ).first()
    return f"款项将转入尾号 {account.number[-4:]} 的账户。" if account else "请先登记收款账户。"


def _turn_of_paid(claim, _notice):
    if claim.demanded_cny:
        return Turn(f"已拨付 {grouped(claim.paid_cny)} 元，其中一部分需要退回。", "act")
    return Turn(f"已拨付 {grouped(claim.paid_cny)} 元，办理完毕。")


def payout_failure(events):
    """Why money did not arrive the last time, in the words of finance; "" where nobody wrote them down."""
    for event in reversed(events):
        failed = event.kind == "claim.released" and event.data["result"] == "failed"
        if failed or event.kind == "claim.payment_returned":
            return event.data.get("reason", "")
    return ""


def _turn_of_rejected(claim, _notice):
    office = office_in(claim, S.REJECTED)
    if claim.reconsidered:
        return Turn(f"经复议，{office}决定不予支持，办理完毕。")
    return Turn(f"{office}决定不予支持。您不同意的，可以申请一次复议，由另一位审核人员办理。", "act")


def _turn_of_withdrawn(_claim, _notice):
    return Turn("您已撤回这件申报，它不再计入年度合计。需要时可以重新申报。")


_TURNS = {
    S.DRAFT: _turn_of_draft,
    S.RETURNED: _turn_of_returned,
    S.APPROVED: _turn_of_approved,
    S.IN_NOTICE: _turn_of_notice,
    S.PAYABLE: _turn_of_payable,
    S.COMMITTED: _turn_of_committed,
    S.PAID: _turn_of_paid,
    S.REJECTED: _turn_of_rejected,
    S.WITHDRAWN: _turn_of_withdrawn,
}


def timeline(claim, events):
    """What happened, newest first, as `ui/timeline.html` takes it."""
    shown = [event for event in events if event.kind in EVENT_TITLES and event.kind not in INTERNAL_EVENTS]
    return [
        {
            "when": event.at,
            "title": event_title(event),
            "text": _event_text(claim, event),
            "kind": "act" if event.kind in OWN_EVENTS or event.data.get("to") == S.RETURNED else "",
        }
        for event in reversed(shown)
    ]


def _event_text(claim, event):
    """Who did it and why; for a settlement, what it came to."""
    if "new" in event.data and event.actor_id is None:
        return _settled_text(event.data["new"])
    reason = event.data.get("reason", "")
    who = _who(claim, event)
    if "amount" in event.data:
        who = f"{who}，{grouped(Decimal(event.data['amount']))} 元"
    return f"{who}：{reason}" if who and reason else who or reason


def _settled_text(new):
    if not isinstance(new, dict):
        return f"{grouped(Decimal(new))} 元。"
    return f"应付 {grouped(Decimal(new['payable_cny']))} 元。" if new.get("payable_cny") else ""


def _who(claim, event):
    if event.actor_id is None:
        return ""
    if event.kind in OWN_EVENTS:
        return event.actor.name
    source = event.data.get("from")
    return office_in(claim, S(source)) if source in S.values and source != S.DRAFT else "审核部门"
