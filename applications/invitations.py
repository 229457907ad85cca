"""Invitations by mail: the owner asks a colleague to act for the firm; the link in the mail lets that colleague in."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.mail import mail_queue, site_link
from applications.errors import Refused, Stale
from applications.membership import (
    check_free,
    clerk_add,
    enterprise_lock,
    owner_check,
    people_event,
    requests_lock,
)
from applications.models import Invitation, JoinRequest
from applications.record import event_add

#: How long a link lets somebody in.
VALID = timedelta(days=7)
#: Invitations of a firm within a day, sent again or not: of one that has been checked, and of one whose name nobody has looked
#: at yet; and to one address.
MOST_A_DAY, MOST_A_DAY_UNCHECKED, MOST_TO_ONE = 20, 5, 3
DAY = timedelta(days=1)
#: How long one that has expired stays in the owner's list.
SHOWN = timedelta(days=30)


def secret_hash(secret):
    """What is stored of a link's secret, 64 hex digits: whoever reads the table cannot make a link from it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invitations_open(enterprise, *, at=None):
    """Invitations that can still be accepted."""
    return _undecided(enterprise).filter(expires_at__gt=at or timezone.now())


def invitations_shown(enterprise, *, at):
    """What the owner sees: invitations that are open or have expired within a month, newest first, each with `is_expired`."""
    found = list(_undecided(enterprise).filter(expires_at__gt=at - SHOWN).select_related("invited_by"))
    for invitation in found:
        invitation.is_expired = invitation.expires_at <= at
    return found


def _undecided(enterprise):
    return enterprise.invitations.filter(accepted_at=None, withdrawn_at=None)


def invitation_make(*, enterprise_id, actor, name, email, at=None, source_ip=None):
    """The owner invites a colleague; the mail with the link goes out. Returns the Invitation.

    Whether the address belongs to somebody with an account is neither asked nor told. Raises Refused where an invitation to
    the address is open, or where too many went out.
    """
    at, email = at or timezone.now(), email.strip()
    with transaction.atomic():
        enterprise = enterprise_lock(enterprise_id)
        owner_check(actor, enterprise)
        if invitations_open(enterprise, at=at).filter(email__iexact=email).exists():
            raise Refused(
                "已经邀请过这个邮箱，邀请还有效。没有收到的，请在“企业信息”里重新发送。", field="email"
            )
        expired = _undecided(enterprise).filter(email__iexact=email)
        expired.update(withdrawn_at=at)
        return _send(enterprise, actor, name.strip(), email, at, source_ip)


def invitation_send_again(*, invitation_id, actor, at=None, source_ip=None):
    """Sends another mail with a new link, good for the full time; the link in the mail before ends. Returns the new Invitation.

    Works for one that has expired, too.
    """
    at = at or timezone.now()
    with transaction.atomic():
        invitation = _invitation_lock(invitation_id)
        owner_check(actor, invitation.enterprise)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise Stale(f"这份邀请{_end_words(invitation)}，没有重新发送。")
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        return _send(
            invitation.enterprise, actor, invitation.name, invitation.email, at, source_ip, again=True
        )


def invitation_withdraw(*, invitation_id, actor, at=None, source_ip=None):
    """The owner takes an invitation back; its link lets nobody in any more."""
    at = at or timezone.now()
    with transaction.atomic():
        invitation = _invitation_lock(invitation_id)
        owner_check(actor, invitation.enterprise)
        if invitation.accepted_at or invitation.withdrawn_at:
            raise Stale(f"这份邀请{_end_words(invitation)}，没有再撤回。")
        invitation.withdrawn_at = at
        invitation.save(update_fields=["withdrawn_at"])
        _event("withdrawn", invitation, actor, at, source_ip)
    return invitation


def invitation_found(stored_hash):
    """The invitation whose secret has this hash, with its firm and who invited; None where there is none."""
    found = Invitation.objects.filter(secret_hash=stored_hash)
    return found.select_related("enterprise", "invited_by", "accepted_by").first()


def invitation_fault(invitation, *, at=None):
    """Why an invitation lets nobody in, as a sentence with what to do; "" where it does."""
    if invitation.accepted_at:
        return "这份邀请已经使用过，每份邀请只能用一次。如果是您接受的，请直接登录。"
    if invitation.withdrawn_at:
        newer = Invitation.objects.filter(
            enterprise=invitation.enterprise_id, email__iexact=invitation.email, pk__gt=invitation.pk
        )
        if newer.exists():
            return "这份邀请后来重新发送过，这个链接不再有效。请打开最新一封邀请邮件里的链接。"
        return "这份邀请已经撤回。需要加入企业的，请联系邀请人重新邀请。"
    if invitation.expires_at <= (at or timezone.now()):
        return "这份邀请已经过期。请联系邀请人在“企业信息”里重新发送。"
    return ""


def invitation_accept(*, invitation_id, user, at=None, source_ip=None):
    """Whoever has the link becomes a clerk of the firm. Once only; raises Refused where it no longer lets anybody in.

    Requests of the person to join a firm are no longer needed and go. Returns the membership.
    """
    at = at or timezone.now()
    with transaction.atomic():
        invitation = _invitation_lock(invitation_id)
        fault = invitation_fault(invitation, at=at)
        if fault:
            raise Stale(fault)
        requests_lock(user)
        check_free(user)
        membership = clerk_add(enterprise=invitation.enterprise, user=user, at=at)
        invitation.accepted_by, invitation.accepted_at = user, at
        invitation.save(update_fields=["accepted_by", "accepted_at"])
        user.join_requests.filter(answer=JoinRequest.Answer.OPEN).delete()
        people_event(
            "enterprise.invitation_accepted",
            user,
            invitation.enterprise_id,
            user,
            at,
            source_ip,
            invited=invitation.name,
            email=invitation.email,
        )
    return membership


def _invitation_lock(invitation_id):
    """The invitation with its firm, as it is once the firm is locked."""
    enterprise_lock(Invitation.objects.values_list("enterprise_id", flat=True).get(pk=invitation_id))
    return Invitation.objects.select_related("enterprise").get(pk=invitation_id)


def _send(enterprise, actor, name, email, at, source_ip, **data):
    _check_often(enterprise, email, at)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        enterprise=enterprise,
        name=name,
        email=email,
        secret_hash=secret_hash(secret),
        invited_by=actor,
        created_at=at,
        expires_at=at + VALID,
    )
    context = {
        "firm": enterprise,
        "inviter": actor,
        "link": site_link("portal:invitation_open", secret),
        "until": invitation.expires_at,
        "home": site_link("portal:home"),
    }
    mail_queue(to=email, template="invitation", context=context, secret=True, at=at)
    _event("invited", invitation, actor, at, source_ip, **data)
    return invitation


def _check_often(enterprise, email, at):
    """Mail goes to whom the firm names; nobody is to be flooded in its name or by it."""
    of_day = enterprise.invitations.filter(created_at__gt=at - DAY)
    if of_day.filter(email__iexact=email).count() >= MOST_TO_ONE:
        raise Refused(
            f"一天内最多向同一个邮箱发 {MOST_TO_ONE} 封邀请。请先请对方查看垃圾邮件，明天再发。",
            field="email",
        )
    most = MOST_A_DAY if enterprise.is_verified else MOST_A_DAY_UNCHECKED
    if of_day.count() >= most:
        raise Refused(f"一天内最多发 {most} 份邀请，请明天再发。", field="email")


def _end_words(invitation):
    return "已经被接受" if invitation.accepted_at else "已经撤回"


def _event(what, invitation, actor, at, source_ip, **data):
    kind = "enterprise.invited" if what == "invited" else f"enterprise.invitation_{what}"
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=invitation.enterprise_id,
        data={"invited": invitation.name, "email": invitation.email, **data},
    )
