"""Whether a paper is still what counts: never stored, always told from what has happened to the claim since."""

from dataclasses import dataclass
from decimal import Decimal

from applications.lifecycle import TRANSITIONS
from applications.models import Event, Letter, State
from measures.money import grouped

#: What ends each kind of paper, and how that is said.
_ENDINGS = {
    Letter.Kind.APPLICATION: {
        TRANSITIONS["resubmit"].event: "企业其后补正并重新提交，以新的申请表为准。",
        TRANSITIONS["withdraw"].event: "企业其后撤回了这件申报。",
    },
    Letter.Kind.DECISION: {
        TRANSITIONS["recall"].event: "作出决定的部门其后收回了这个决定。",
        TRANSITIONS["re_examine"].event: "这件申报其后退回重审，以新的通知书为准。",
        TRANSITIONS["unlock"].event: "按其后的重新计算，金额减少，这件申报退回审核，以新的通知书为准。",
        TRANSITIONS["uphold_objection"].event: "公示期间有异议成立，这件申报退回审核，以新的通知书为准。",
        TRANSITIONS["reconsider"].event: "企业其后申请复议，以复议后的通知书为准。",
    },
}
_DEMANDED, _REVERSED = "claim.demanded", "claim.receipt_reversed"
_WATCHED = {_DEMANDED, _REVERSED, *(kind for endings in _ENDINGS.values() for kind in endings)}


@dataclass(frozen=True)
class Standing:
    """Whether a paper counts. `text` says why it does not, or what has changed although it does; "" for nothing."""

    letter: Letter
    counts: bool
    text: str = ""


def letters_standing(letters):
    """A Standing for each letter (claim and event joined), in their order; one query."""
    letters = list(letters)
    claims = {letter.claim_id for letter in letters}
    events = Event.objects.filter(claim__in=claims, kind__in=_WATCHED).order_by("pk") if claims else []
    later = {}
    for event in events:
        later.setdefault(event.claim_id, []).append(event)
    return [_standing(letter, later.get(letter.claim_id, ())) for letter in letters]


def _standing(letter, events):
    if letter.kind == Letter.Kind.DEMAND:
        return _standing_of_demand(letter, events)
    endings = _ENDINGS[letter.kind]
    for event in events:
        if event.pk > letter.event_id and event.kind in endings:
            return Standing(letter, counts=False, text=endings[event.kind])
    return Standing(letter, counts=True, text=_change(letter))


def _standing_of_demand(letter, events):
    """A demand letter ends where a later settlement asks for more, or for nothing; what has come in or was let off is said.

    What a reversed receipt makes open again is asked for by the newest letter there is.
    """
    ended = ""
    for event in events:
        if event.pk <= letter.event_id:
            continue
        if event.kind == _REVERSED:
            ended = ""
        elif event.kind == _DEMANDED and not Decimal(event.data["new"]):
            ended = "按其后的重新计算，不再需要退回。"
        elif event.kind == _DEMANDED and Decimal(event.data["new"]) > Decimal(event.data["old"]):
            return Standing(letter, counts=False, text="按其后的重新计算，退回金额增加，以新的通知书为准。")
    if ended:
        return Standing(letter, counts=False, text=ended)
    now = letter.claim.demanded_cny
    if not now:
        return Standing(letter, counts=True, text="要求退回的款项已经全部退回。")
    if now == Decimal(letter.content["public"]["amount_cny"]):
        return Standing(letter, counts=True)
    return Standing(letter, counts=True, text=f"现在还需要退回 {grouped(now)} 元。")


def _change(letter):
    claim = letter.claim
    if letter.kind == Letter.Kind.APPLICATION:
        returned = claim.state == State.RETURNED
        return "这件申报已退回企业补正，重新提交后以新的申请表为准。" if returned else ""
    approved, now = letter.content["public"]["amount_cny"], claim.locked_cny
    if not approved or now is None or now == Decimal(approved):
        return ""
    return f"批准后金额有调整，现在是 {grouped(now)} 元。"
