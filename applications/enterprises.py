"""Enterprises: registering, saying what has changed, and the check by city or province."""

import hashlib
from dataclasses import dataclass, fields

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from applications.bank_accounts import account_register
from applications.credit_code import credit_code_fault, credit_code_normal
from applications.errors import NotAllowed, Refused, Stale
from applications.flags.moves import firm_followed
from applications.lifecycle.people import acts_for
from applications.membership import ALREADY_MEMBER, check_free, enterprise_lock, owner_check
from applications.models import BankAccount, Enterprise, EvidenceFile, JoinRequest, Membership
from applications.record import event_add


@dataclass(frozen=True)
class Profile:
    """What a firm says about itself. Name and city count once licence and letter have been checked."""

    name: str
    city: str
    contact_name: str
    contact_phone: str
    contact_email: str = ""
    address: str = ""
    licence: EvidenceFile | None = None
    authorisation: EvidenceFile | None = None


def enterprise_known(credit_code):
    """The enterprise that has signed up with a credit code, however it is typed; None where there is none."""
    return Enterprise.objects.filter(credit_code=credit_code_normal(credit_code)).first()


def enterprise_register(
    *, user, credit_code, profile, account, check_digit_confirmed=False, at=None, source_ip=None
):
    """Registers a firm, unverified, with the user as its owner and `account` (bank_accounts.Account) in force.

    Raises Refused where the code is malformed or known already (then the way in is `join_request_make`), or where the
    user acts for a firm.
    """
    at = at or timezone.now()
    code = credit_code_normal(credit_code)
    fault = credit_code_fault(code)
    if fault:
        raise Refused(fault, field="credit_code")
    try:
        with transaction.atomic():
            check_free(user)
            enterprise = Enterprise.objects.create(
                credit_code=code,
                check_digit_confirmed=check_digit_confirmed,
                created_at=at,
                **vars(profile),
            )
            Membership.objects.create(user=user, enterprise=enterprise, role=Membership.Role.OWNER, since=at)
            _files_adopt(enterprise)
            account_register(enterprise=enterprise, actor=user, account=account, at=at)
            user.join_requests.filter(answer=JoinRequest.Answer.OPEN).delete()
            event_add(
                kind="enterprise.registered",
                actor=user,
                at=at,
                source_ip=source_ip,
                enterprise_id=enterprise.pk,
                data={"credit_code": code, "check_digit_confirmed": check_digit_confirmed},
            )
    except IntegrityError as error:
        if enterprise_known(code):
            raise Refused("这家企业已经注册，请向它的负责人申请加入。", field="credit_code") from error
        raise Refused(ALREADY_MEMBER) from error
    return enterprise


def _files_adopt(enterprise):
    """Papers are uploaded before their firm exists; from now on they are the firm's."""
    papers = [enterprise.licence_id, enterprise.authorisation_id]
    EvidenceFile.objects.filter(pk__in=papers, enterprise=None).update(enterprise=enterprise)


def enterprise_update(*, enterprise_id, actor, profile, at=None, source_ip=None):
    """Changes what the firm says about itself; name, city and papers only until they have been checked.

    A firm that was refused is put before the checkers again. Only the owner may. Returns the enterprise.
    """
    at = at or timezone.now()
    with transaction.atomic():
        enterprise = enterprise_lock(enterprise_id)
        owner_check(actor, enterprise)
        given = vars(profile)
        if enterprise.is_verified:
            given = {name: given[name] for name in CHANGEABLE_ALWAYS}
        changed = {
            name: [str(getattr(enterprise, name) or ""), str(value or "")]
            for name, value in given.items()
            if getattr(enterprise, name) != value
        }
        for name, value in given.items():
            setattr(enterprise, name, value)
        if enterprise.verification == Enterprise.Verification.REFUSED:
            enterprise.verification = Enterprise.Verification.PENDING
            changed["verification"] = [Enterprise.Verification.REFUSED, Enterprise.Verification.PENDING]
        with firm_followed(enterprise_id):
            enterprise.save()
        _files_adopt(enterprise)
        if changed:
            event_add(
                kind="enterprise.updated",
                actor=actor,
                at=at,
                source_ip=source_ip,
                enterprise_id=enterprise.pk,
                data=changed,
            )
    return enterprise


#: What a firm may change after its check as well.
CHANGEABLE_ALWAYS = ("address", "contact_name", "contact_phone", "contact_email")


# --- The check by city or province -----------------------------------------------------------------


def profile_token(enterprise):
    """Sixteen hex digits over what a check rests on: profile, papers, and accounts that are or will be in force."""
    standings = (BankAccount.Standing.IN_FORCE, BankAccount.Standing.PENDING)
    accounts = enterprise.bank_accounts.filter(standing__in=standings).order_by("pk")
    profile = (enterprise.serializable_value(each.name) for each in fields(Profile))
    parts = (enterprise.credit_code, *profile, *accounts.values_list("pk", flat=True))
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]


def enterprise_verify(*, enterprise_id, officer, token=None, at=None, source_ip=None):
    """Says that licence and letter of authorisation agree with the firm: it may submit from now on.

    `token` is the `profile_token` of the page (None for callers that have just read the firm). Raises Stale where the
    firm has changed what the page showed.
    """
    verdict = Enterprise.Verification.VERIFIED
    return _check_decide(enterprise_id, officer, verdict, "enterprise.verified", "", token, at, source_ip)


def enterprise_refuse(*, enterprise_id, officer, note, token=None, at=None, source_ip=None):
    """Says what is wrong with the papers; the firm corrects it and is looked at again. `token` as for verifying."""
    note = note.strip()
    if not note:
        raise Refused("请写明哪里不对、怎样改，企业会看到。", field="note")
    verdict = Enterprise.Verification.REFUSED
    return _check_decide(enterprise_id, officer, verdict, "enterprise.refused", note, token, at, source_ip)


def _check_decide(enterprise_id, officer, verdict, kind, note, token, at, source_ip):
    at = at or timezone.now()
    with transaction.atomic():
        enterprise = enterprise_lock(enterprise_id)
        if acts_for(officer, enterprise.pk):
            raise NotAllowed("您是这家企业的经办人，不能核验它。")
        if not officer.has_post(Role.COMMERCE) and not officer.has_post(
            Role.CITY_COMMERCE, city=enterprise.city
        ):
            raise NotAllowed(f"这家企业由省商务厅或{enterprise.get_city_display()}商务局核验。")
        if enterprise.verification != Enterprise.Verification.PENDING:
            raise Refused(f"这家企业现在是“{enterprise.get_verification_display()}”，不需要再核验。")
        if token is not None and token != profile_token(enterprise):
            raise Stale("企业刚刚修改了资料，刚才的操作没有执行。请核对这一页的新内容后再办理。")
        enterprise.verification, enterprise.verification_note = verdict, note
        enterprise.verified_at, enterprise.verified_by = at, officer
        with firm_followed(enterprise_id):
            enterprise.save()
        event_add(
            kind=kind,
            actor=officer,
            at=at,
            source_ip=source_ip,
            enterprise_id=enterprise.pk,
            data={"note": note} if note else {},
        )
    return enterprise
