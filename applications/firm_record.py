"""What was changed about a firm, by whom and when: its profile, its check, its people and its accounts."""

from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.cities import City
from applications.models import Enterprise, Event
from applications.record import event_title

#: The fields of the profile as pages call them.
FIELDS = {
    "name": "企业名称",
    "city": "市（地）",
    "address": "地址",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
    "contact_email": "联系邮箱",
    "licence": "营业执照",
    "authorisation": "授权书",
    "verification": "核验",
}
_CODES = {"city": dict(City.choices), "verification": dict(Enterprise.Verification.choices)}
_ACCOUNT = {"holder": "户名", "bank": "开户行", "tail": "账号"}
#: What officers do for or about a firm; the firm reads the office and not the officer.
_OFFICES = {"enterprise.verified": "核验部门", "enterprise.refused": "核验部门"}
#: Events whose account did not come into force.
_DROPPED = {"enterprise.account_declined", "enterprise.account_withdrawn"}
NOTHING = "没有填写"


@dataclass(frozen=True)
class Change:
    """One value before and after, as texts; `old` is "" where there was none to be replaced."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class FirmEntry:
    """One event as the firm reads it."""

    at: datetime
    title: str
    who: str
    changes: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    #: What stands between old and new: whether it happened, is to happen, or will not.
    verb: str = "改为"


def firm_events(enterprise):
    """The events of a firm's own record, newest first; those of its claims have pages of their own."""
    events = Event.objects.filter(enterprise=enterprise, claim=None, kind__startswith="enterprise.")
    return events.select_related("actor").order_by("-pk")


def firm_entry(event):
    """An event of `firm_events` as a FirmEntry; asks the database nothing."""
    if event.kind.startswith("enterprise.account_"):
        changes, notes = _account_changes(event.data), _account_notes(event)
    elif event.kind == "enterprise.updated":
        changes, notes = _profile_changes(event.data), []
    else:
        changes, notes = [], _people_notes(event)
    return FirmEntry(event.at, _title(event), _who(event), changes, notes, _verb(event))


def _verb(event):
    if event.kind in _DROPPED:
        return "没有改为"
    is_pending = event.kind == "enterprise.account_changed" and event.data["standing"] == "pending"
    return "拟改为" if is_pending else "改为"


def _title(event):
    if event.kind == "enterprise.account_changed" and event.data["standing"] == "in_force":
        return "更换收款账户"
    if event.kind == "enterprise.invited" and event.data.get("again"):
        return "重新发送邀请"
    return event_title(event)


def _who(event):
    if event.data.get("by_administrator"):
        return "平台管理员"
    return _OFFICES.get(event.kind) or (event.actor.name if event.actor else "系统")


def _profile_changes(data):
    return [
        Change(FIELDS[name], _value(name, old) or NOTHING, _value(name, new) or NOTHING)
        for name, (old, new) in data.items()
    ]


def _value(name, value):
    return _CODES.get(name, {}).get(value, value)


def _account_changes(data):
    """What differs; where that is only what is not recorded of the number, its last digits all the same."""
    before, after = data["before"] or {}, data["after"]
    differing = [name for name in _ACCOUNT if before.get(name) != after[name]] or ["tail"]
    return [
        Change(_ACCOUNT[name], _account_value(name, before.get(name)), _account_value(name, after[name]))
        for name in differing
    ]


def _account_value(name, value):
    return f"尾号 {value}" if name == "tail" and value else value or ""


def _account_notes(event):
    data, notes = event.data, []
    if data.get("words"):
        notes.append(f"户名说明：{data['words']}")
    if data.get("reason"):
        notes.append(f"理由：{data['reason']}")
    if event.kind == "enterprise.account_changed" and data["waits_until"]:
        last, expected = date.fromisoformat(data["waits_until"]), "" if data["certain"] else "（预计）"
        notes.append(f"当时没有其他同事可以确认，等待到 {last.month} 月 {last.day} 日{expected}。")
    return notes


def _people_notes(event):
    data, notes = event.data, []
    if data.get("email"):
        invited = f"{data['invited']}，" if data.get("invited") else ""
        notes.append(f"邀请：{invited}{data['email']}")
    elif data.get("name") and (event.actor is None or event.actor_id != data.get("person")):
        notes.append(f"人员：{data['name']}")
    if data.get("because_left"):
        notes.append("邀请人已离开企业，邀请自动撤回。")
    if data.get("before"):
        left = (
            "，已移出企业"
            if data.get("left")
            else "，改为经办人"
            if data.get("by_administrator")
            else "，现为经办人"
        )
        notes.append(f"原负责人：{data['before']}{left}")
    if data.get("reason"):
        notes.append(f"原因：{data['reason']}")
    if data.get("note"):
        notes.append(data["note"])
    return notes
