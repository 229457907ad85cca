"""Which events become messages: one table, and beside it the events that deliberately stay silent."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from applications.flags.kinds import FLAG_EVENTS
from applications.models import Claim, Message, State, SupportRequest

from . import claim_words as claims
from . import firm_words as firms
from . import money_words as money
from . import recovery_words as recovery
from . import support_words as support
from .topics import Topic


@dataclass(frozen=True)
class Kind:
    """A kind of message. `words` takes the event and the claim or request that it is about."""

    topic: Topic
    words: Callable
    #: Goes by mail to the owner alone, who alone can do something about it.
    owner: bool = False


T = Topic
#: By the message's own kind, which is the event's unless `_CHOICES` says otherwise.
KINDS = {
    "claim.submitted": Kind(T.PROGRESS, claims.submitted),
    "claim.resubmitted": Kind(T.PROGRESS, claims.resubmitted),
    "claim.withdrawn": Kind(T.PROGRESS, claims.withdrawn),
    "claim.reconsidered": Kind(T.PROGRESS, claims.reconsidered),
    "claim.city_passed": Kind(T.PROGRESS, claims.city_passed),
    "claim.commerce_approved": Kind(T.PROGRESS, claims.commerce_approved),
    "claim.sent_back": Kind(T.PROGRESS, claims.sent_back),
    "claim.returned": Kind(T.TODO, claims.returned),
    "claim.due_extended": Kind(T.TODO, claims.due_extended),
    "claim.asked": Kind(T.TODO, claims.asked),
    "claim.question_answered": Kind(T.PROGRESS, claims.question_answered),
    "claim.question_withdrawn": Kind(T.PROGRESS, claims.question_withdrawn),
    "claim.rejected": Kind(T.PROGRESS, claims.rejected),
    "claim.recalled": Kind(T.PROGRESS, claims.recalled),
    "claim.objected": Kind(T.PROGRESS, claims.objected),
    "claim.objection_dismissed": Kind(T.PROGRESS, claims.objection_dismissed),
    "claim.objection_upheld": Kind(T.PROGRESS, claims.objection_upheld),
    "claim.supplement_taken_back": Kind(T.MONEY, money.supplement_taken_back),
    "claim.re_examined": Kind(T.PROGRESS, claims.re_examined),
    "claim.published": Kind(T.PROGRESS, money.published),
    "claim.finance_approved": Kind(T.MONEY, money.finance_approved),
    "claim.notice_closed": Kind(T.MONEY, money.notice_closed),
    "claim.paid": Kind(T.MONEY, money.paid),
    "claim.paid_partly": Kind(T.MONEY, money.paid_partly),
    "claim.payment_failed": Kind(T.TODO, money.payment_failed),
    "claim.payment_returned": Kind(T.TODO, money.payment_returned),
    "claim.payee_account_refused": Kind(T.TODO, money.payee_account_refused),
    "claim.account_confirmed": Kind(T.MONEY, money.account_confirmed),
    "claim.supplemented": Kind(T.MONEY, money.supplemented),
    "claim.amount_changed": Kind(T.MONEY, money.amount_changed),
    "claim.limit_changed": Kind(T.MONEY, money.limit_changed),
    "claim.unlocked": Kind(T.MONEY, money.unlocked),
    "claim.lock_reduced": Kind(T.MONEY, money.lock_reduced),
    "claim.demanded": Kind(T.TODO, recovery.demanded),
    "claim.demand_ended": Kind(T.MONEY, recovery.demand_ended),
    "claim.receipt_added": Kind(T.MONEY, recovery.receipt_added),
    "claim.receipt_reversed": Kind(T.TODO, recovery.receipt_reversed),
    "claim.offset": Kind(T.MONEY, recovery.offset),
    "claim.offset_paid": Kind(T.MONEY, recovery.offset_paid),
    "claim.instalments_set": Kind(T.TODO, recovery.instalments_set),
    "claim.demand_extended": Kind(T.TODO, recovery.demand_extended),
    "enterprise.verified": Kind(T.FIRM, firms.verified),
    "enterprise.refused": Kind(T.FIRM, firms.refused),
    "enterprise.account_changed": Kind(T.FIRM, firms.account_changed),
    "enterprise.account_confirmed": Kind(T.FIRM, firms.account_confirmed),
    "enterprise.account_declined": Kind(T.FIRM, firms.account_declined),
    "enterprise.account_withdrawn": Kind(T.FIRM, firms.account_withdrawn),
    "enterprise.account_in_force": Kind(T.FIRM, firms.account_in_force),
    "enterprise.join_asked": Kind(T.FIRM, firms.join_asked, owner=True),
    "enterprise.join_accepted": Kind(T.FIRM, firms.joined),
    "enterprise.invitation_accepted": Kind(T.FIRM, firms.joined),
    "enterprise.member_removed": Kind(T.FIRM, firms.gone),
    "enterprise.member_left": Kind(T.FIRM, firms.gone),
    "enterprise.handed_over": Kind(T.FIRM, firms.handed_over),
    "deadline.extended": Kind(T.PERIOD, firms.deadline_extended),
    "support.filed": Kind(T.SUPPORT, support.filed),
    "support.answered": Kind(T.SUPPORT, support.answered),
    "support.asked": Kind(T.TODO, support.asked),
    "support.handed_over": Kind(T.SUPPORT, support.handed_over),
    "support.closed": Kind(T.SUPPORT, support.closed),
}

#: What an enterprise is not told by a message: what offices do among themselves, what it has just done itself and sees,
#: amounts that nobody has approved yet, and steps between two messages that change nothing for it.
SILENT = FLAG_EVENTS | {
    "claim.created",
    "claim.committed",
    "claim.completed",
    "claim.verified",
    "claim.taken",
    "claim.handed_back",
    "claim.handed_over",
    "claim.noted",
    "claim.document_checked",
    "claim.supplement_consented",
    "claim.supplement_refused",
    "claim.payee_account_given",
    "enterprise.registered",
    "enterprise.updated",
    "enterprise.join_withdrawn",
    "enterprise.join_declined",
    "enterprise.invited",
    "enterprise.invitation_withdrawn",
    "support.replied",
    "support.reopened",
    "matter.raised",
    "matter.noted",
    "matter.changed",
    "matter.closed",
    "matter.reopened",
}

#: Events of which some are told and some are not, or are told in different words.
_RELEASED = {"paid": "claim.paid_partly", "failed": "claim.payment_failed", "withdrawn": None}


def _of_released(event, _claim):
    return _RELEASED[event.data["result"]]


def _of_demanded(event, _claim):
    return event.kind if Decimal(event.data["new"]) else "claim.demand_ended"


def _of_recalled(event, _claim):
    """A decision that was not told is taken back without a word."""
    return event.kind if event.data["recalled"] in KINDS else None


def _of_objected(event, _claim):
    """Told once, however many object."""
    return None if event.data["others"] else event.kind


def _of_second_checked(event, _claim):
    """Told only where an answer that the enterprise owed is not needed any more."""
    return "claim.question_withdrawn" if "question_dropped" in event.data else None


def _of_settlement(event, claim):
    """Until commerce has approved, an amount is an estimate that the claim's page shows. Afterwards a change by the limit
    is told here; one of the steps before it takes the claim back to commerce, and that is told then."""
    old, new = event.data["old"], event.data["new"]
    approved = claim.state in (State.SECOND_CHECK, State.FINANCE_REVIEW) and claim.approved_steps
    if not approved or any(claim.approved_steps.get(name) != new[name] for name in _BEFORE_LIMIT):
        return None
    changed = old["payable_cny"] is not None and Decimal(old["payable_cny"]) != Decimal(new["payable_cny"])
    return "claim.limit_changed" if changed else None


_BEFORE_LIMIT = ("computed_cny", "capped_cny", "after_overlap_cny")
_CHOICES = {
    "claim.released": _of_released,
    "claim.demanded": _of_demanded,
    "claim.recalled": _of_recalled,
    "claim.objected": _of_objected,
    "claim.second_checked": _of_second_checked,
    "claim.settled": _of_settlement,
    "claim.limit_changed": _of_settlement,
}

#: What a step says of an answer that it did without.
QUESTION_DROPPED = "先前的询问已经撤销，不需要再答复。"
#: Kinds that are chosen, and are no events themselves.
_NO_EVENTS = {"claim.paid_partly", "claim.payment_failed", "claim.demand_ended"}
#: Every event that a message can come of.
TOLD_EVENTS = (frozenset(KINDS) - _NO_EVENTS) | frozenset(_CHOICES)


def message_of(event, claim=None):
    """The unsaved Message that comes of an event; None where none does. `claim` is the Claim as it is after the event."""
    if event.enterprise_id is None or event.kind not in TOLD_EVENTS:
        return None
    if event.claim_id and claim is None:
        claim = Claim.objects.select_related("period").get(pk=event.claim_id)
    kind = _CHOICES[event.kind](event, claim) if event.kind in _CHOICES else event.kind
    if kind is None:
        return None
    request = _request_of(event)
    words = KINDS[kind].words(event, claim or request)
    if words is None:
        return None
    dropped = "question_dropped" in event.data and kind != "claim.question_withdrawn"
    return Message(
        enterprise_id=event.enterprise_id,
        kind=kind,
        title=words.title[:200],
        text=words.text + (QUESTION_DROPPED if dropped else ""),
        act=words.act,
        due_on=words.due_on,
        claim=claim,
        support_request=request,
        created_at=event.at,
    )


def _request_of(event):
    if not event.kind.startswith("support."):
        return None
    return SupportRequest.objects.get(number=event.data["number"])
