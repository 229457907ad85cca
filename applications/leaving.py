"""People leave a firm, and its owner changes. What they have filed, drafts too, stays with the firm."""

from django.db import transaction
from django.utils import timezone

from accounts.mail import mail_queue
from accounts.roles import Role
from applications.account_waits import wait_after_leaving
from applications.errors import NotAllowed, Refused
from applications.membership import clerk_add, enterprise_lock, owner_check, people_event, requests_lock
from applications.models import Invitation, JoinRequest, Membership

CLERK, OWNER = Membership.Role.CLERK, Membership.Role.OWNER
REASON_MOST = 300


def membership_end(*, membership_id, actor, at=None, source_ip=None):
    """The owner ends a clerk's membership; the clerk has no access from this moment on."""
    at = at or timezone.now()
    with transaction.atomic():
        membership = _membership_lock(membership_id)
        owner_check(actor, membership.enterprise)
        if membership.ended_at is not None:
            raise Refused(f"{membership.user}已经不是本企业的经办人。")
        if membership.role == OWNER:
            raise Refused("负责人不能移除自己。请先把负责人移交给一位同事。")
        _end(membership, at, source_ip)
        _event("enterprise.member_removed", membership, actor, at, source_ip)
        _tell(membership, "企业负责人把您移出了", at)
    return membership


def membership_leave(*, user, at=None, source_ip=None):
    """A clerk stops acting for the firm. The owner hands over first: no firm is without one."""
    at = at or timezone.now()
    with transaction.atomic():
        own = user.memberships.filter(ended_at=None).first()
        if own is None:
            raise Refused("您现在没有为企业办理，不需要退出。")
        membership = _membership_lock(own.pk)
        if membership.ended_at is not None:
            raise Refused("您已经不是这家企业的经办人，不需要再退出。")
        if membership.role == OWNER:
            raise Refused("您是企业负责人。请先把负责人移交给一位同事，再退出。")
        _end(membership, at, source_ip)
        _event("enterprise.member_left", membership, user, at, source_ip)
    return membership


def owner_hand_over(*, membership_id, actor, at=None, source_ip=None):
    """The owner makes another member the owner and is a clerk from now on. Returns the new owner's membership."""
    at = at or timezone.now()
    with transaction.atomic():
        membership = _membership_lock(membership_id)
        owner_check(actor, membership.enterprise)
        if membership.ended_at is not None:
            raise Refused(f"{membership.user}已经不是本企业的经办人，不能成为负责人。")
        if membership.role == OWNER:
            raise Refused("您已经是企业负责人。")
        if not membership.user.is_active:
            raise Refused(f"{membership.user}的账号已停用，不能成为负责人。")
        before = _owner_change(membership)
        _handed_over(membership, before, actor, at, source_ip)
    return membership


def firm_candidates(enterprise):
    """People to whom the administrator may hand a firm over: its clerks, then those who have asked to join and act for no firm.

    [(User, since when as a clerk or None, when asked or None)].
    """
    clerks = enterprise.memberships.filter(ended_at=None, role=CLERK, user__is_active=True)
    asked = enterprise.join_requests.filter(answer=JoinRequest.Answer.OPEN, user__is_active=True)
    busy = Membership.objects.filter(ended_at=None).values("user")
    return [
        *((each.user, each.since, None) for each in clerks.select_related("user").order_by("since", "pk")),
        *(
            (each.user, None, each.created_at)
            for each in asked.exclude(user__in=busy).select_related("user").order_by("created_at", "pk")
        ),
    ]


def firm_hand_over(*, enterprise_id, actor, person_id, reason, owner_stays=False, at=None, source_ip=None):
    """The administrator makes a clerk, or somebody who has asked to join, the owner, because staff have left.

    The owner before leaves the firm, or becomes a clerk with `owner_stays`. Nobody hands a firm over to themselves, nor one
    that they act for. Returns the new owner's membership.
    """
    at, reason = at or timezone.now(), reason.strip()
    if not actor.has_post(Role.ADMINISTRATOR):
        raise NotAllowed("企业由系统管理员移交。")
    if not reason:
        raise Refused("请写明移交的原因和核实的依据。", field="reason")
    with transaction.atomic():
        enterprise = enterprise_lock(enterprise_id)
        if person_id == actor.pk or enterprise.memberships.filter(user=actor, ended_at=None).exists():
            raise NotAllowed("您与这家企业有关，要由另一位系统管理员移交。")
        person = next((user for user, _, _ in firm_candidates(enterprise) if user.pk == person_id), None)
        if person is None:
            raise Refused("请选择这家企业的经办人，或已申请加入的人。", field="person")
        membership = _member_made(enterprise, person, actor, at)
        before = _owner_change(membership)
        if not owner_stays:
            for former in before:
                _end(former, at, source_ip)
                _tell(former, "平台管理员已将企业移交给新的负责人，您不再办理", at)
        _handed_over(
            membership,
            before,
            actor,
            at,
            source_ip,
            by_administrator=True,
            reason=reason,
            left=not owner_stays,
        )
    return membership


def _membership_lock(membership_id):
    """The membership with its person and firm, as it is once the firm is locked."""
    enterprise_lock(Membership.objects.values_list("enterprise_id", flat=True).get(pk=membership_id))
    return Membership.objects.select_related("enterprise", "user").get(pk=membership_id)


def _member_made(enterprise, person, actor, at):
    """The person's membership; whoever had only asked to join is let in."""
    requests_lock(person)
    asked = enterprise.join_requests.filter(user=person, answer=JoinRequest.Answer.OPEN)
    asked.update(answer=JoinRequest.Answer.ACCEPTED, answered_at=at, answered_by=actor)
    own = enterprise.memberships.filter(user=person, ended_at=None).first()
    if own is None:
        own = clerk_add(enterprise=enterprise, user=person, at=at)
        person.join_requests.filter(answer=JoinRequest.Answer.OPEN).delete()
    return own


def _owner_change(membership):
    """Makes a member the owner and whoever was one a clerk. Returns the memberships of the latter."""
    before = list(
        membership.enterprise.memberships.filter(role=OWNER, ended_at=None).select_related(
            "enterprise", "user"
        )
    )
    for former in before:
        former.role = CLERK
        former.save(update_fields=["role"])
    membership.role = OWNER
    membership.save(update_fields=["role"])
    return before


def _end(membership, at, source_ip):
    """Ends a membership: invitations of the person lapse, and a change of account may have lost its last confirmer."""
    membership.ended_at = at
    membership.save(update_fields=["ended_at"])
    theirs = Invitation.objects.filter(
        enterprise=membership.enterprise, invited_by=membership.user, accepted_at=None, withdrawn_at=None
    )
    for invitation in theirs.filter(expires_at__gt=at):
        people_event(
            "enterprise.invitation_withdrawn",
            None,
            membership.enterprise_id,
            membership.user,
            at,
            source_ip,
            invited=invitation.name,
            email=invitation.email,
            because_left=True,
        )
    theirs.update(withdrawn_at=at)
    wait_after_leaving(membership.enterprise)


def _event(kind, membership, actor, at, source_ip):
    people_event(kind, actor, membership.enterprise_id, membership.user, at, source_ip)


def _handed_over(membership, before, actor, at, source_ip, **data):
    people_event(
        "enterprise.handed_over",
        actor,
        membership.enterprise_id,
        membership.user,
        at,
        source_ip,
        before="、".join(former.user.name for former in before),
        **data,
    )


def _tell(membership, what, at):
    """Whoever is out reads it in a mail of their own: messages of the firm no longer reach them."""
    if membership.user.email:
        context = {"person": membership.user, "firm": membership.enterprise, "what": what, "at": at}
        mail_queue(to=membership.user.email, template="member_out", context=context, at=at)
