"""What has happened to a demand, in words for the console."""

from decimal import Decimal

from django.db.models import Q

from measures.money import grouped

#: Events that tell of a demand, and what they are called on its page.
_TITLES = {
    "claim.demanded": "追回金额变化",
    "claim.receipt_added": "退回款项到账",
    "claim.receipt_reversed": "冲销到账登记",
    "claim.offset": "抵扣",
    "claim.instalments_set": "约定分期",
    "claim.demand_extended": "延长期限",
}


def story_of(demand):
    """The events of the claim that are about this demand, newest first, as `ui/timeline.html` takes them."""
    about = Q(data__demand=demand.number) | Q(data__receipt_demand=demand.number)
    events = demand.claim.events.filter(about, kind__in=_TITLES).select_related("actor")
    return [_told(event) for event in events.order_by("-pk")]


def _told(event):
    who = event.actor.name if event.actor else "系统"
    return {"when": event.at, "title": _TITLES[event.kind], "text": _WORDS[event.kind](who, event.data)}


def _yuan(text):
    return f"{grouped(Decimal(text))} 元"


def _demanded(_who, data):
    return f"待退回金额由 {_yuan(data['old'])}变为 {_yuan(data['new'])}。{data.get('why', '')}"


def _reversed(who, data):
    moved = data["receipt_demand"] != data["demand"]
    where = f"，金额并入追回 {data['demand']}" if moved else "，这件追回重新打开" if data["reopened"] else ""
    return (
        f"{who}冲销 {data['received_on']} 的到账 {_yuan(data['amount'])}，凭证号 {data['reference']}{where}。"
        f"现在待退回 {_yuan(data['open'])}。原因：{data['reason']}"
    )


_WORDS = {
    "claim.demanded": _demanded,
    "claim.receipt_added": lambda who, data: (
        f"{who}登记到账 {_yuan(data['amount'])}，凭证号 {data['reference']}。{data.get('text', '')}"
    ),
    "claim.receipt_reversed": _reversed,
    "claim.offset": lambda who, data: (
        f"{who}决定从 {data['against']} 抵扣 {_yuan(data['amount'])}：{data['reason']}"
    ),
    "claim.instalments_set": lambda who, data: f"{who}约定分 {len(data['parts'])} 期：{data['reason']}",
    "claim.demand_extended": lambda who, data: (
        f"{who}把期限由 {data['due_before']} 延长到 {data['due_on']}：{data['reason']}"
    ),
}
