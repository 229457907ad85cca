"""Where a claim stands and what has happened to it, in the words of the enterprise: offices, never officers."""

from decimal import Decimal

from django.utils import timezone

from applications.flags.kinds import FLAG_EVENTS
from applications.models import State
from applications.portal.turns import day_text, expectation, office_in, turn
from applications.questions import question_open_of
from applications.record import EVENT_TITLES, QUIET_EVENTS, event_title
from applications.stage_days import clock_of, expected_end, expected_ends
from measures.money import grouped

__all__ = [
    "clock_of",
    "day_text",
    "expectation",
    "expected",
    "expected_of_all",
    "stages",
    "timeline",
    "turn",
]

S = State
#: By when the office that has a claim is expected to be done: (date, certain) or None; for one claim, and for many.
expected, expected_of_all = expected_end, expected_ends
#: What offices do among themselves.
INTERNAL_EVENTS = (
    frozenset({"claim.taken", "claim.handed_back", "claim.supplement_consented", "claim.supplement_refused"})
    | QUIET_EVENTS
    | FLAG_EVENTS
)
#: What the enterprise itself did.
OWN_EVENTS = frozenset(
    {
        "claim.created",
        "claim.submitted",
        "claim.resubmitted",
        "claim.withdrawn",
        "claim.reconsidered",
        "claim.question_answered",
        "claim.payee_account_given",
    }
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


def stages(claim, events, clock):
    """The stages as `ui/stages.html` takes them, with the dates of a `Clock`; nothing for a claim that was withdrawn."""
    if claim.state == S.WITHDRAWN:
        return []
    ended = {event.kind: event.at for event in events}
    shown = [stage for stage in _STAGES if _is_on_the_way(claim, stage, ended)]
    state = _reviewing_state(claim, events)
    now = next((number for number, stage in enumerate(shown) if state in stage[1]), len(shown))
    rows = []
    for number, (title, states, end) in enumerate(shown):
        status = "done" if number < now else "now" if number == now else "todo"
        note = {"done": _done_note(ended.get(end)), "now": _now_note(claim, clock)}.get(status)
        rows.append(
            {
                "title": title,
                "note": _ahead_note(claim, states, clock) if note is None else note,
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


def _done_note(moment):
    return day_text(timezone.localdate(moment)) if moment else ""


def _now_note(claim, clock):
    """What the office that has the claim is expected to take; without one, what the claim waits for."""
    if claim.state == S.RETURNED:
        return f"待您补正，{day_text(claim.return_due_on)}前"
    if claim.clock_stopped_on is not None:
        return "待您答复"
    if clock.end is None:
        return {S.REJECTED: "不予支持"}.get(S(claim.state), "")
    if clock.late:
        return f"比预计晚 {clock.late} 个工作日"
    if claim.state == S.IN_NOTICE:
        return f"{'至' if clock.end[1] else '预计至'} {day_text(clock.end[0])}"
    goal = "公示" if claim.state == S.APPROVED else ""
    return f"预计 {day_text(clock.end[0])}前{goal}"


def _ahead_note(claim, states, clock):
    """Expected dates where an office has the claim; how long it takes where the enterprise has it."""
    ends = [clock.ahead[state] for state in states if state in clock.ahead]
    if ends:
        return f"预计 {day_text(ends[-1][0])}前"
    if claim.state in (S.DRAFT, S.RETURNED):
        return f"约 {sum(clock.days[state] for state in states)} 个工作日"
    return ""


def timeline(claim, events, clock):
    """What is expected next and what happened, newest first, as `ui/timeline.html` takes it."""
    shown = [event for event in events if event.kind in EVENT_TITLES and event.kind not in INTERNAL_EVENTS]
    return _expected_next(claim, clock) + [
        {
            "when": event.at,
            "title": _title(event),
            "text": _event_text(claim, event),
            "kind": "act" if event.kind in OWN_EVENTS or event.data.get("to") == S.RETURNED else "",
        }
        for event in reversed(shown)
    ]


def _title(event):
    """The first settlement computes nothing anew."""
    if event.kind == "claim.settled" and event.data.get("old", {}).get("payable_cny") is None:
        return "金额已算出"
    return event_title(event)


#: Changes of a correction that the time line names.
_NAMED = 5
#: What the office that has a claim does with it.
_NEXT = {
    S.CITY_REVIEW: "初审",
    S.COMMERCE_REVIEW: "审核",
    S.SECOND_CHECK: "复核",
    S.FINANCE_REVIEW: "审核",
    S.APPROVED: "列入公示",
    S.IN_NOTICE: "公示结束",
    S.PAYABLE: "列入拨付批次",
    S.COMMITTED: "拨付款项",
}


def _expected_next(claim, clock):
    """The step that is waited for, hollow and on top."""
    question = question_open_of(claim)
    if question:
        when = f"{'' if question.due_certain else '预计 '}{day_text(question.due_on)}前"
        return [{"when": when, "title": "您答复审核询问", "text": "", "kind": "next"}]
    if claim.state == S.RETURNED:
        when = f"{'' if claim.return_due_certain else '预计 '}{day_text(claim.return_due_on)}前"
        return [{"when": when, "title": "您补正并重新提交", "text": "", "kind": "next"}]
    if clock.end is None:
        return []
    late = f"比预计晚了 {clock.late} 个工作日，正在办理。" if clock.late else ""
    title = f"{office_in(claim, S(claim.state))}{_NEXT[S(claim.state)]}"
    if claim.state == S.IN_NOTICE:
        title = _NEXT[S.IN_NOTICE]
    return [{"when": f"预计 {day_text(clock.end[0])}前", "title": title, "text": late, "kind": "next"}]


def _event_text(claim, event):
    """Who did it and why; for a settlement, what it came to."""
    if "new" in event.data and event.actor_id is None:
        return _settled_text(event.data["new"]) + event.data.get("why", "")
    reason = event.data.get("reason") or event.data.get("text", "")
    who = _who(claim, event)
    if "amount" in event.data:
        who = f"{who}，{grouped(Decimal(event.data['amount']))} 元"
    if event.data.get("corrections"):
        who = f"{who}，{_corrected(event.data['corrections'])}"
    return f"{who}：{reason}" if who and reason else who or reason


def _corrected(changes):
    """Where a correction changed something, the first places by name."""
    labels = "、".join(change["label"] for change in changes[:_NAMED])
    return f"改动 {len(changes)} 处：{labels}{'等' if len(changes) > _NAMED else ''}"


def _settled_text(new):
    if not isinstance(new, dict):
        return f"{grouped(Decimal(new))} 元。"
    return f"应付 {grouped(Decimal(new['payable_cny']))} 元。" if new.get("payable_cny") else ""


def _who(claim, event):
    if event.actor_id is None:
        return ""
    if event.kind in OWN_EVENTS:
        return event.actor.name
    source = event.data.get("from") or event.data.get("stage")
    return office_in(claim, S(source)) if source in S.values and source != S.DRAFT else "审核部门"
