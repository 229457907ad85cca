"""Who has a claim in hand, and until when an enterprise may correct it: no decisions, but steps that are recorded."""

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused
from applications.lifecycle import claim_lock
from applications.lifecycle.people import check_office, deputy_note
from applications.lifecycle.transition import check_token
from applications.models import State
from applications.record import event_add

#: States in which an office has something to decide.
REVIEW_STATES = frozenset(
    {State.CITY_REVIEW, State.COMMERCE_REVIEW, State.SECOND_CHECK, State.FINANCE_REVIEW}
)


def claim_take(*, claim_id, actor, token=None, at=None, source_ip=None, free_only=False):
    """Puts the claim into the actor's hands, out of a colleague's where one has it (refused with `free_only`). Decides
    nothing."""
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        check_office(claim, actor)
        if claim.state not in REVIEW_STATES:
            raise Refused("这件申报现在不在审核中，不需要领办。")
        if claim.assignee_id == actor.pk:
            raise Refused("这件申报已经由您领办。")
        if free_only and claim.assignee:
            raise Refused(f"{claim.assignee.name}已经领办。要接手请打开这件申报，点“接手办理”。")
        before = {"from_officer": claim.assignee.name} if claim.assignee else {}
        before |= deputy_note(claim, actor, at or timezone.now())
        claim.assignee = actor
        return _record(claim, "claim.taken", ["assignee"], actor, at, source_ip, before)


def claim_hand_back(*, claim_id, actor, token=None, at=None, source_ip=None):
    """Takes the claim out of the actor's hands; the whole office has it again."""
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        if claim.assignee_id != actor.pk:
            raise Refused("这件申报现在不在您手上，不需要交回。")
        claim.assignee = None
        return _record(claim, "claim.handed_back", ["assignee"], actor, at, source_ip, {})


def due_extend(*, claim_id, until, reason, actor, token=None, at=None, source_ip=None):
    """Gives the enterprise until the end of a later day (a date) to correct a returned claim."""
    at = at or timezone.now()
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        check_office(claim, actor)
        if claim.state != State.RETURNED:
            raise Refused("这件申报现在不在等待企业补正，没有期限可以延长。")
        if not reason.strip():
            raise Refused("请写明延长的原因。", field="reason")
        if until <= max(claim.return_due_on, timezone.localdate(at)):
            raise Refused(
                f"新的期限要晚于今天，也要晚于现在的期限 {claim.return_due_on:%Y-%m-%d}。", field="until"
            )
        data = {
            "old": claim.return_due_on.isoformat(),
            "new": until.isoformat(),
            "reason": reason.strip(),
            **deputy_note(claim, actor, at),
        }
        claim.return_due_on, claim.return_due_certain = until, True
        return _record(
            claim,
            "claim.due_extended",
            ["return_due_on", "return_due_certain"],
            actor,
            at,
            source_ip,
            data,
        )


def _record(claim, kind, fields, actor, at, source_ip, data):
    event_add(kind=kind, actor=actor, at=at, source_ip=source_ip, claim=claim, data=data)
    claim.save(update_fields=fields)
    return claim
