"""The people of an enterprise: who acts for it, and asking to join it. The owner decides."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from applications.errors import NotAllowed, Refused
from applications.models import Enterprise, JoinRequest, Membership
from applications.record import event_add

ALREADY_MEMBER = "您已经是一家企业的经办人，不能再加入另一家。"


def check_free(user):
    """Raises Refused where the user acts for a firm already."""
    if user.memberships.filter(ended_at=None).exists():
        raise Refused(ALREADY_MEMBER)


def enterprise_lock(enterprise_id):
    """The enterprise, locked: whatever changes its people or its accounts does so one after the other.

    Rows that only refer to it, events and claims among them, are written meanwhile.
    """
    return Enterprise.objects.select_for_update(no_key=True).get(pk=enterprise_id)


def is_owner(user, enterprise):
    """Whether the user is the firm's owner today."""
    return enterprise.memberships.filter(user=user, role=Membership.Role.OWNER, ended_at=None).exists()


def owner_check(user, enterprise):
    """Raises NotAllowed unless the user is the firm's owner today."""
    if not is_owner(user, enterprise):
        raise NotAllowed("只有企业负责人可以这样做。")


def member_check(user, enterprise):
    """Raises NotAllowed unless the user acts for the firm today."""
    if not enterprise.memberships.filter(user=user, ended_at=None).exists():
        raise NotAllowed("只有本企业的人员可以这样做。")


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
            people_event("enterprise.join_asked", user, enterprise.pk, user, at, source_ip)
    return request


def join_request_withdraw(*, request_id, user, at=None, source_ip=None):
    """Takes an open request back, made for the wrong firm for instance."""
    with transaction.atomic():
        open_ones = user.join_requests.select_for_update().filter(answer=JoinRequest.Answer.OPEN)
        request = open_ones.filter(pk=request_id).first()
        if request is None:
            raise Refused("这份申请已经有了答复。")
        request.delete()
        people_event("enterprise.join_withdrawn", user, request.enterprise_id, user, at, source_ip)


def join_request_answer(*, request_id, actor, accept, at=None, source_ip=None):
    """The owner's answer; accepted, the person is a clerk of the firm at once."""
    at = at or timezone.now()
    with transaction.atomic():
        request = _request_lock(request_id)
        owner_check(actor, request.enterprise)
        if request.answer != JoinRequest.Answer.OPEN:
            raise Refused(f"这份申请已经答复：{request.get_answer_display()}。")
        if accept:
            clerk_add(enterprise=request.enterprise, user=request.user, at=at)
        request.answer = JoinRequest.Answer.ACCEPTED if accept else JoinRequest.Answer.DECLINED
        request.answered_at, request.answered_by = at, actor
        request.save()
        kind = "enterprise.join_accepted" if accept else "enterprise.join_declined"
        people_event(kind, actor, request.enterprise_id, request.user, at, source_ip)
    return request


def _request_lock(request_id):
    """The request with its firm, both locked. Raises Refused where its maker has taken it back meanwhile."""
    asked = JoinRequest.objects.filter(pk=request_id)
    for enterprise_id in asked.values_list("enterprise_id", flat=True):
        enterprise_lock(enterprise_id)
    found = asked.select_for_update(of=("self",)).select_related("enterprise", "user").first()
    if found is None:
        raise Refused("对方已经撤回了这份申请。")
    return found


def requests_lock(user):
    """Locks the person's open requests to join. Whoever both lets a person in and drops these requests locks them first, as the
    owner of another firm does who is just answering one of them: otherwise the two would wait for each other.
    """
    list(user.join_requests.select_for_update().filter(answer=JoinRequest.Answer.OPEN).order_by("pk"))


def clerk_add(*, enterprise, user, at):
    """Lets a person act for the firm from now on. A person acts for one firm at a time; the database has the last word."""
    try:
        with transaction.atomic():
            return Membership.objects.create(
                user=user, enterprise=enterprise, role=Membership.Role.CLERK, since=at
            )
    except IntegrityError as error:
        raise Refused(f"{user}已经是一家企业的经办人，不能再加入。") from error


def people_event(kind, actor, enterprise_id, person, at, source_ip, **data):
    """Writes an event about a person and a firm."""
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=enterprise_id,
        data={"person": person.pk, "name": person.name, **data},
    )
