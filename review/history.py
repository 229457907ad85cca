"""The history of a claim in sentences: who, when, from where, why, and what changed."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from applications.models import State
from applications.record import event_title
from applications.wording import value_text
from measures.money import grouped
from review.verification import lines_to_verify

_AMOUNTS = {
    "computed_cny": "按规则计算",
    "capped_cny": "限额后",
    "after_overlap_cny": "扣除其他支持后",
    "payable_cny": "应付",
}


@dataclass(frozen=True)
class Changed:
    """One value that an event changed, as texts."""

    label: str
    old: str
    new: str


@dataclass
class Entry:
    """One event as the page shows it."""

    at: datetime
    title: str
    who: str
    source_ip: str
    states: str = ""
    reason: str = ""
    notes: list = field(default_factory=list)
    changes: list = field(default_factory=list)


def history(claim):
    """Everything that was recorded about the claim, newest first: one query for the events and one for people."""
    fields = {line.path: line.field for line in lines_to_verify(claim)}
    events = claim.events.select_related("actor").order_by("-pk")
    return [_entry(event, fields) for event in events]


def _entry(event, fields):
    data = event.data
    entry = Entry(
        at=event.at,
        title=event_title(event),
        who=event.actor.name if event.actor else "系统",
        source_ip=event.source_ip or "",
        reason=data.get("reason", ""),
    )
    if data.get("from") and data.get("to"):
        entry.states = f"{State(data['from']).label} → {State(data['to']).label}"
    if data.get("due_on"):
        entry.notes.append(f"补正期限 {data['due_on']}{'' if data.get('certain', True) else '（预计）'}")
    if data.get("from_officer"):
        entry.notes.append(f"原由{data['from_officer']}领办")
    if data.get("locked_cny"):
        entry.notes.append(f"锁定金额 {_money(data['locked_cny'])} 元")
    elif event.actor and data.get("payable_cny"):
        entry.notes.append(f"当时应付 {_money(data['payable_cny'])} 元")
    entry.changes = _changes(event.kind, data, fields)
    return entry


def _changes(kind, data, fields):
    old, new = data.get("old"), data.get("new")
    if isinstance(new, dict):
        return _amounts_changed(old, new)
    if "old" not in data:
        return []
    if kind == "claim.verified":
        declared = fields.get(data["path"])
        texts = [value_text(declared, value) if declared else str(value) for value in (old, new)]
        return [Changed(data["label"], *texts)]
    if kind == "claim.due_extended":
        return [Changed("补正期限", old, new)]
    return [Changed("金额（元）", _money(old), _money(new))]


def _amounts_changed(old, new):
    """What is payable, and of the steps before it those that changed in another way."""
    payable = (old.get("payable_cny"), new["payable_cny"])
    return [
        Changed(label, _money(old.get(name)), _money(new[name]))
        for name, label in _AMOUNTS.items()
        if old.get(name) != new[name] and (name == "payable_cny" or (old.get(name), new[name]) != payable)
    ]


def _money(text):
    return "—" if text is None else grouped(Decimal(text))
