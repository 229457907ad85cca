"""Why a settlement demands money back, or more or less of it: looked for among what has been recorded since the last one."""

from django.db.models import Q

from applications.lifecycle import TRANSITIONS
from applications.models import Event
from applications.official_changes import CHANGED

_VERIFIED = "claim.verified"
_UPHELD = TRANSITIONS["uphold_objection"].event
_PAID = (TRANSITIONS["pay"].event, TRANSITIONS["release"].event)
#: What is said where nothing of the enterprise's own was recorded: registers and settings concern many at once.
OTHER = "名录、年度设置等官方数据有更正，应得金额重新计算。"
FIGURES = "海关统计数据有更正，应得金额重新计算。"
WAITED = "早先的更正已使应得金额减少，当时款项已列入批次；现在银行已经拨付，多拨的部分需要退回。"


def causes_of(plans):
    """Why the demands of these year plans changed, as {(enterprise id, year): sentence}; one query for all of them.

    A plan's row still says when the year was settled the last time.
    """
    rows = [plan.source.row for plan in plans]
    where = Q(pk__in=[])
    for row in rows:
        since = Q(at__gte=row.settled_at) if row.settled_at else Q()
        own = Q(enterprise=row.enterprise_id, claim__year=row.year, kind__in=(_VERIFIED, _UPHELD, *_PAID))
        figures = Q(topic=_figures(row), kind=CHANGED)
        where |= since & (own | figures)
    events = Event.objects.filter(where).select_related("claim").order_by("pk") if rows else ()
    found = {}
    for event in events:
        found.setdefault(event.topic or (event.enterprise_id, event.claim.year), []).append(event)
    return {
        (row.enterprise_id, row.year): _sentence(
            [*found.get(_figures(row), ()), *found.get((row.enterprise_id, row.year), ())]
        )
        for row in rows
    }


def _figures(row):
    return f"figures:{row.enterprise.credit_code}:{row.year}"


def _sentence(events):
    """What people decided speaks before what data say; what the bank has paid only where nothing else has changed."""
    for kind, words in _WORDS.items():
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
