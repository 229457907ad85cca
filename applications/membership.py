"""The people of an enterprise: asking to join, letting in and out. The owner decides."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused
from applications.models import JoinRequest, Membership
from applications.record import event_add

ALREADY_MEMBER = "您已经是一家企业的经办人，不能再加入另一家。"


def check_free(user):
    """Raises Refused where the user acts for a firm already."""
    if user.memberships.filter(ended_at=None).exists():
        raise Refused(ALREADY_MEMBER)


def owner_check(user, enterprise):
    """Raises NotAllowed unless the user is the firm's owner today."""
    owns = enterprise.memberships.filter(user=user, role=Membership.Role.OWNER, ended_at=None)
    if not owns.exists():
        raise NotAllowed("只有企业负责人可以这样做。")


def join_request_make(*, enterprise, user, at=None, source_ip=None):
    """Asks the owner of a firm that has signed up to let the user in; a second request is the first one."""
    at = at or timezone.now()
    with transaction.atomic():
        check_free(user)
        request, made = JoinRequest.objects.get_or_create(
            user=user,
            enterprise=enterprise,
            answer=JoinRequest.Answer.OPEN,
            defaults={"created_at": at},
        )
        if made:
            _people_event("enterprise.join_asked", user, enterprise.pk, user, at, source_ip)
    return request


def join_request_withdraw(*, request_id, user, at=None, source_ip=None):
    """Takes an open request back, made for the wrong firm for instance."""
    with transaction.atomic():
        request = user.join_requests.filter(pk=request_id, answer=JoinRequest.Answer.OPEN).first()
        if request is None:
            raise Refused("这份申请已经有了答复。")
        request.delete()
        _people_event("enterprise.join_withdrawn", user, request.enterprise_id, user, at, source_ip)


def join_request_answer(*, request_id, actor, accept, at=None, source_ip=None):
    """The owner's answer; accepted, the person is a clerk of the firm at once."""
    at = at or timezone.now()
    with transaction.atomic():
        request = (
            JoinRequest.objects.select_for_update(of=("self",))
            .select_related("enterprise", "user")
            .get(pk=request_id)
        )
        owner_check(actor, request.enterprise)
        if request.answer != JoinRequest.Answer.OPEN:
            raise Refused(f"这份申请已经答复：{request.get_answer_display()}。")
        if accept:
            _clerk_add(request, at)
        request.answer = JoinRequest.Answer.ACCEPTED if accept else JoinRequest.Answer.DECLINED
        request.answered_at, request.answered_by = at, actor
        request.save()
        kind = "enterprise.join_accepted" if accept else "enterprise.join_declined"
        _people_event(kind, actor, request.enterprise_id, request.user, at, source_ip)
    return request


def _clerk_add(request, at):
    """A person acts for one firm at a time; the database has the last word."""
    try:
        with transaction.atomic():
            Membership.objects.create(
                user=request.user, enterprise=request.enterprise, role=Membership.Role.CLERK, since=at
            )
    except IntegrityError as error:
        raise Refused(f"{request.user}已经是一家企业的经办人，不能再加入。") from error


def membership_end(*, membership_id, actor, at=None, source_ip=None):
    """The owner ends a clerk's membership; what the clerk has filed stays with the firm."""
    at = at or timezone.now()
    with transaction.atomic():
        membership = (
            Membership.objects.select_for_update(of=("self",))
            .select_related("enterprise", "user")
            .get(pk=membership_id)
        )
        owner_check(actor, membership.enterprise)
        if membership.ended_at is not None:
            raise Refused(f"{membership.user}已经不是本企业的经办人。")
        if membership.role == Membership.Role.OWNER:
            raise Refused("负责人不能移除自己。需要更换负责人的，请联系平台管理员。")
        membership.ended_at = at
        membership.save(update_fields=["ended_at"])
        _people_event(
            "enterprise.member_removed", actor, membership.enterprise_id, membership.user, at, source_ip
        )
    return membership


def _people_event(kind, actor, enterprise_id, person, at, source_ip):
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=enterprise_id,
        data={"person": person.pk, "name": person.name},
    )
