"""Payees other than the enterprise (7.1's insurer): the account that a claim's money goes to, and giving a corrected one."""

from django.db import transaction
from django.utils import timezone

from applications.bank_accounts import account_checked
from applications.errors import Refused, Stale
from applications.files import file_store
from applications.lifecycle import claim_lock
from applications.membership import member_check
from applications.models import PayeeAccount
from applications.record import event_add

S = PayeeAccount.Standing


def payees_named(claims):
    """{claim id: (holder, bank, number)} of the claims that are paid to somebody else than their firm.

    As the claim declares, or as the newest corrected account that finance has confirmed. One query where there are any.
    """
    named = {claim.pk: payee for claim in claims if (payee := claim.rule.payee(claim.particulars))}
    if named:
        for account in PayeeAccount.objects.filter(claim_id__in=named, standing=S.IN_FORCE):
            named[account.claim_id] = (account.holder, account.bank, account.number)
    return named


def payee_named(claim):
    """(holder, bank, number) of a claim's payee; None where it is the firm itself."""
    return payees_named([claim]).get(claim.pk)


def payee_account_wanted(claim):
    """Whether the enterprise may give another account of the claim's payee: money for it has come back and is still owed."""
    return bool(claim.payout_failed and claim.owed_cny and claim.rule.payee(claim.particulars))


def payee_account_pending(claim):
    """The corrected account that finance has not looked at yet; None without one."""
    return claim.payee_accounts.filter(standing=S.PENDING).select_related("given_by", "file").first()


def payee_account_give(*, claim_id, actor, account, upload, at=None, source_ip=None):
    """Gives a corrected account of the claim's payee with a document; one that still waits is replaced by it.

    It counts once the payer's finance has confirmed it. Raises Refused with the field that is wrong, Stale where no payment
    is waiting for it, NotAllowed for anybody but the firm's people.
    """
    at = at or timezone.now()
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        member_check(actor, claim.enterprise)
        if not payee_account_wanted(claim):
            raise Stale("这件申报现在没有需要更正的收款账户，刚才的内容没有提交。")
        given = account_checked(account)
        if tuple(given.values()) == payee_named(claim):
            raise Refused(
                "这就是现在登记的账户。账户没有错的，不需要更正，财政部门核对后再次拨付。", field="number"
            )
        if upload is None:
            raise Refused("请选择证明材料，例如保险公司盖章的账户说明。", field="file")
        file = file_store(upload=upload, enterprise=claim.enterprise, user=actor, at=at)
        claim.payee_accounts.filter(standing=S.PENDING).update(standing=S.REPLACED, decided_at=at)
        made = PayeeAccount.objects.create(claim=claim, file=file, given_by=actor, given_at=at, **given)
        _event("given", made, actor, at, source_ip)
    return made


def payee_account_decide(account, *, actor, at, accept, note="", source_ip=None):
    """Puts a pending account of a locked claim in force in place of the one before, or refuses it with a note.

    Runs inside the caller's transaction.
    """
    if accept:
        account.claim.payee_accounts.filter(standing=S.IN_FORCE).update(standing=S.REPLACED)
    account.standing = S.IN_FORCE if accept else S.REFUSED
    account.decided_by, account.decided_at, account.note = actor, at, note
    account.save(update_fields=["standing", "decided_by", "decided_at", "note"])
    if not accept:
        _event("refused", account, actor, at, source_ip, reason=note, stage=account.claim.state)


def _event(kind, account, actor, at, source_ip, **data):
    """Of the number the last four digits alone."""
    event_add(
        kind=f"claim.payee_account_{kind}",
        actor=actor,
        at=at,
        source_ip=source_ip,
        claim=account.claim,
        data={"holder": account.holder, "bank": account.bank, "account": account.number[-4:], **data},
    )
