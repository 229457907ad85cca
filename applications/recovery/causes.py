"""Why a settlement demands money back, or more or less of it: looked for among what has been recorded since the last one."""

from django.db.models import Q

from applications.lifecycle import TRANSITIONS
from applications.models import Event
from applications.official_changes import CHANGED

_VERIFIED = "claim.verified"
_UPHELD = TRANSITIONS["uphold_objection"].event
_SETTLED = ("claim.settled", "claim.limit_changed", "claim.demanded")
_PAID = (TRANSITIONS["pay"].event, TRANSITIONS["release"].event)
#: What is said where nothing of the enterprise's own was recorded: registers and settings concern many at once.
OTHER = "名录、年度设置等官方数据有更正，应得金额重新计算。"
FIGURES = "海关统计数据有更正，应得金额重新计算。"
WAITED = "早先的更正已使应得金额减少，当时款项已列入批次；现在银行已经拨付，多拨的部分需要退回。"


def causes_of(plans):
    """Why the demands of these year plans changed, as {(enterprise id, year): sentence}; one query for all of them.

    Runs before the settlement writes its own events: what came after those of the last one that changed something is why.
    """
    rows = {(plan.source.row.enterprise_id, plan.source.row.year): plan.source.row for plan in plans}
    topics = {_figures(row): key for key, row in rows.items()}
    own = Q(
        enterprise__in={enterprise for enterprise, _ in rows},
        claim__year__in={year for _, year in rows},
        kind__in=(_VERIFIED, _UPHELD, *_PAID, *_SETTLED),
    )
    events = Event.objects.filter(own | Q(topic__in=topics, kind=CHANGED)).select_related("claim")
    found = {key: [] for key in rows}
    for event in events.order_by("pk"):
        key = topics.get(event.topic) or (event.enterprise_id, event.claim.year)
        if event.kind in _SETTLED:
            found[key] = []
        elif key in found:
            found[key].append(event)
    changing = {
        (plan.source.row.enterprise_id, plan.source.row.year)
        for plan in plans
        if any(event.kind in _SETTLED[:2] for event in plan.events)
    }
    return {key: _sentence(since, key in changing) for key, since in found.items()}


def _figures(row):
    return f"figures:{row.enterprise.credit_code}:{row.year}"


def _sentence(events, changing):
    """What people decided speaks before what data say; what the bank has paid only where no amount changes right now."""
    for kind, words in _WORDS.items():
        if changing and kind in _PAID:
            continue
        last = next((event for event in reversed(events) if event.kind == kind), None)
        if last is not None:
            return words(last)
    return OTHER


def _verified(event):
    data = event.data
    return f"核查后更正了 {event.claim.number} 的“{data['label']}”：{_closed(data['reason'])}"


def _upheld(event):
    return f"{event.claim.number} 公示期间的异议成立：{_closed(event.data.get('reason', ''))}"


def _closed(text):
    return text if text[-1:] in "。！？；" else f"{text}。"


_WORDS = {
    _UPHELD: _upheld,
    _VERIFIED: _verified,
    CHANGED: lambda _event: FIGURES,
    **{kind: lambda _event: WAITED for kind in _PAID},
}
