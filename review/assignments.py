"""Who has a claim in hand, and until when an enterprise may correct it: no decisions, but steps that are recorded."""

from django.db import transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused
from applications.lifecycle import claim_lock
from applications.lifecycle.people import acts_for, holds, office_name, role_for
from applications.lifecycle.transition import check_token
from applications.models import State
from applications.record import event_add

#: States in which an office has something to decide.
REVIEW_STATES = frozenset(
    {State.CITY_REVIEW, State.COMMERCE_REVIEW, State.SECOND_CHECK, State.FINANCE_REVIEW}
)


def claim_take(*, claim_id, actor, token=None, at=None, source_ip=None):
    """Puts the claim into the actor's hands, out of a colleague's where one has it. Decides nothing."""
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        check_office(claim, actor)
        if claim.state not in REVIEW_STATES:
            raise Refused("这件申报现在不在审核中，不需要领办。")
        if claim.assignee_id == actor.pk:
            raise Refused("这件申报已经由您领办。")
        before = {"from_officer": claim.assignee.name} if claim.assignee else {}
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


def check_office(claim, user):
    """Raises NotAllowed unless the user's post has the claim in its present state, and is none of the enterprise's."""
    role, city = role_for(claim, State(claim.state))
    if not holds(user, role, city):
        raise NotAllowed(f"这件申报现在由{office_name(role, city)}办理，您的岗位不能执行这一步。")
    if acts_for(user, claim.enterprise_id):
        raise NotAllowed("您是这家企业的经办人，不能办理它的申报。")


def _record(claim, kind, fields, actor, at, source_ip, data):
    event = event_add(kind=kind, actor=actor, at=at, source_ip=source_ip, claim=claim, data=data)
    claim.last_event = event.pk
    claim.save(update_fields=[*fields, "last_event"])
    return claim
