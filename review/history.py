"""The history of a claim in sentences: who, when, from where, why, and what changed."""

import re
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from accounts.templatetags.ui import NOTHING, day
from accounts.ui import STATES
from applications.flags import kinds
from applications.flags.kinds import flag_sentence, flag_title
from applications.lifecycle import TRANSITIONS
from applications.places import notes_at_places
from applications.record import actor_words, event_title
from applications.wording import value_text
from measures import declaration
from measures.money import grouped
from review.document_checks import CHECKED
from review.models import DocumentCheck
from review.verification import lines_to_verify

_AMOUNTS = {
    "computed_cny": "按规则计算",
    "capped_cny": "限额后",
    "after_overlap_cny": "扣除其他支持后",
    "payable_cny": "应付",
}
#: Events with one sum before and after, by what the sum is.
_SUMS = {"claim.lock_reduced": "锁定金额", "claim.demanded": "应追回"}
_UNLOCKING = frozenset(
    TRANSITIONS[action].event for action in ("unlock", "re_examine", "uphold_objection", "recall")
)
#: Steps that bring a claim to somebody out of the usual course: whoever opens it should read why.
_OUT_OF_COURSE = frozenset(
    TRANSITIONS[action].event
    for action in (
        "return",
        "reject",
        "reconsider",
        "send_back",
        "re_examine",
        "uphold_objection",
        "fall_back",
    )
) | {TRANSITIONS["unlock"].event}
_LIMIT_CHANGED = "claim.limit_changed"
_FLAGS = {
    kinds.RAISED: "提示",
    kinds.REFRESHED: "提示的数据改变",
    kinds.LIFTED: "提示消除",
    kinds.DISMISSED: "关闭提示",
}
_RESUBMITTED = TRANSITIONS["resubmit"].event
_RETURNED = TRANSITIONS["return"].event
_RECONSIDERED = TRANSITIONS["reconsider"].event
_REJECTED = TRANSITIONS["reject"].event
_ASKED, _ANSWERED = "claim.asked", "claim.question_answered"
_DUE_WORDS = {
    _ASKED: "答复期限",
    "claim.demanded": "退回期限",
    "claim.demand_extended": "退回期限",
    "claim.receipt_reversed": "退回期限",
}


@dataclass(frozen=True)
class Changed:
    """One value that an event changed, as texts; of a correction, with the reviewer's words and the difference in yuan."""

    label: str
    old: str
    new: str
    note: str = ""
    difference: Decimal | None = None


@dataclass
class Entry:
    """One event as the page shows it."""

    kind: str
    at: datetime
    title: str
    who: str
    source_ip: str
    states: str = ""
    reason: str = ""
    notes: list = field(default_factory=list)
    #: What a return says about single facts and documents, and what of it a correction left as it was.
    places: list = field(default_factory=list)
    changes: list = field(default_factory=list)


def history(claim):
    """Everything that was recorded about the claim, newest first: one query for the events and one for people."""
    fields = {_without_rows(line.path): line.field for line in lines_to_verify(claim)}
    events = claim.events.select_related("actor").order_by("-pk")
    return [_entry(event, claim, fields) for event in events]


def news(entries):
    """The entries that whoever opens the claim should read first, of a history (newest first).

    Why the claim lies where it is, where that is not the usual course; what the enterprise has just corrected, below it what
    it was asked to; why it asks for a reconsideration, below it why it was rejected; and how the limit has changed the amount
    since.
    """
    found = []
    limits = []
    for position, entry in enumerate(entries):
        if entry.kind == _LIMIT_CHANGED:
            limits.append(entry)
        if not entry.states:
            continue
        if entry.kind in _OUT_OF_COURSE:
            found.append(entry)
            if entry.kind == _RECONSIDERED:
                found.append(next(each for each in entries[position:] if each.kind == _REJECTED))
        elif entry.kind == _RESUBMITTED:
            if entry.changes or entry.reason or entry.places:
                found.append(entry)
            found.append(next(each for each in entries[position:] if each.kind == _RETURNED))
        break
    return ([_together(limits)] if limits else []) + found


def _together(limits):
    """Several changes of the limit as one: from the amount before the first to the one after the last."""
    newest, oldest = limits[0], limits[-1]
    change = replace(newest.changes[-1], old=oldest.changes[-1].old)
    return replace(newest, changes=[change])


def _entry(event, claim, fields):
    data = event.data
    entry = Entry(
        kind=event.kind,
        at=event.at,
        title=event_title(event),
        who=actor_words(event),
        source_ip=event.source_ip or "",
        reason=data.get("reason") or data.get("text", ""),
    )
    if data.get("from") and data.get("to"):
        entry.states = f"{_state_word(data['from'])} → {_state_word(data['to'])}"
    entry.notes = _flag_notes(event, claim) or _notes(event)
    entry.places = notes_at_places(claim, data.get("fields") or {})
    entry.places += [f"没有改动：{label}" for label in data.get("untouched", ())]
    entry.changes = _changes(event.kind, data, fields)
    return entry


def _state_word(state):
    """A state as the administration calls it."""
    return STATES[state].console_word or STATES[state].word


def _flag_notes(event, claim):
    """What was noticed, or no longer is, in the words of the flag."""
    word = _FLAGS.get(event.kind)
    if word is None:
        return []
    kind = event.data["flag"]
    return [f"{word}“{flag_title(kind)}”：{flag_sentence(kind, event.data['basis'], claim.rule)}"]


def _notes(event):
    data, notes = event.data, []
    if data.get("due_on"):
        certain = "" if data.get("certain", True) else "（预计）"
        word = _DUE_WORDS.get(event.kind, "补正期限")
        notes.append(f"{word} {_day(data['due_on'])}{certain}")
    if data.get("late") and event.kind == _ANSWERED:
        notes.append("在答复期限之后")
    if event.kind == _ANSWERED and data["files"]:
        notes.append(f"附文件：{'、'.join(data['files'])}")
    if data.get("question_dropped"):
        notes.append("企业还没有答复的询问随之撤销")
    if event.kind == CHECKED:
        notes.append(f"{data['label']}：{DocumentCheck.Verdict(data['verdict']).label}")
    if data.get("from_officer"):
        notes.append(f"原由{data['from_officer']}领办")
    if data.get("notice"):
        notes.append(f"公示编号 {data['notice']}")
    if data.get("objection"):
        notes.append(f"异议编号 {data['objection']}")
    if data.get("objections_lapsed"):
        notes.append(f"还没有结果的异议随之结案：{'、'.join(data['objections_lapsed'])}")
    return [*notes, *_money_notes(event)]


def _money_notes(event):
    data, notes = event.data, []
    if data.get("why"):
        notes.append(data["why"])
    if data.get("demand"):
        notes.append(f"追回编号 {data['demand']}")
    for name, words in (("against", "抵扣自申报"), ("demanded", "用于追回申报"), ("reference", "凭证号")):
        if data.get(name):
            notes.append(f"{words} {data[name]}")
    if data.get("batch"):
        notes.append(f"批次 {data['batch']}")
    if data.get("amount"):
        notes.append(f"金额 {_money(data['amount'])}")
    if data.get("locked_cny"):
        word = "解除锁定" if event.kind in _UNLOCKING else "锁定金额"
        notes.append(f"{word} {_money(data['locked_cny'])}")
    elif event.actor and data.get("payable_cny"):
        notes.append(f"当时应付 {_money(data['payable_cny'])}")
    return notes


def _changes(kind, data, fields):
    old, new = data.get("old"), data.get("new")
    if kind == _RESUBMITTED:
        return [_corrected(**each) for each in data.get("corrections", ())]
    if isinstance(new, dict):
        return _amounts_changed(old or {}, new)
    if "old" not in data:
        return []
    if kind == "claim.verified":
        declared = fields.get(_without_rows(data["path"]))
        return [Changed(data["label"], *(_value(declared, value) for value in (old, new)))]
    if kind == "claim.due_extended":
        return [Changed("补正期限", _day(old), _day(new))]
    return [Changed(_SUMS.get(kind, "金额"), _money(old), _money(new))]


def _corrected(*, difference=None, **texts):
    return Changed(**texts, difference=None if difference is None else Decimal(difference))


def _without_rows(path):
    """A fact's place without the number of its row, so that a row that is gone still has its words."""
    return re.sub(r"\[\d+\]", "", path)


def _value(declared, value):
    if isinstance(declared, declaration.Amount) and value is not None:
        return _money(value)
    return value_text(declared, value)


def _amounts_changed(old, new):
    """What is payable, and of the steps before it those that changed in another way than the step before and the last."""
    payable = (old.get("payable_cny"), new["payable_cny"])
    found, previous = [], None
    for name, label in _AMOUNTS.items():
        pair = (old.get(name), new[name])
        is_told = name == "payable_cny" or pair not in (previous, payable)
        if pair[0] != pair[1] and is_told:
            found.append(Changed(label, *map(_money, pair)))
        previous = pair
    return found


def _money(text):
    return NOTHING if text is None else f"{grouped(Decimal(text))} 元"


def _day(text):
    return day(date.fromisoformat(text))
