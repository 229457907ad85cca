"""Accounts to be looked at after money did not arrive: the payer's finance confirms the one that is paid next.

A confirmation holds for just that account; another failure, or another account, needs another one.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claims_lock
from applications.lifecycle.people import acts_for, deputy_of_payer
from applications.models import BankAccount, Claim, PayeeAccount
from applications.payees import payee_account_decide
from applications.record import event_add
from review.bank.columns import R
from review.models import AccountConfirmation, Payment, PaymentLine
from review.notices import payer_check
from review.payees import NOBODY, payees_of

#: What came back, or never arrived.
_FAILED = (R.FAILED, R.RETURNED)
NOTE_MOST = AccountConfirmation._meta.get_field("note").max_length


@dataclass
class Waiting:
    """Claims whose payment did not arrive and that are paid into one account next; `line` is the newest failed one of each."""

    payment: Payment
    lines: list
    #: (holder, bank, number) of the failed payment, and of the next one.
    old: tuple
    new: tuple
    #: The corrected accounts of the payee that confirming puts in force; none where the account is in force already.
    given: list
    #: The firm's account that is registered and not in force yet; None without one.
    change: BankAccount | None = None
    #: Another account was confirmed before.
    was_confirmed: bool = False

    @property
    def is_same(self):
        """Whether the next payment would go where the failed one went: then a note says why that is right."""
        return self.old == self.new

    @property
    def amount_cny(self):
        """What failed, in yuan."""
        return sum(line.amount_cny for line in self.lines)

    @property
    def mark(self):
        """What somebody who confirms has seen."""
        claims = sorted(line.claim_id for line in self.lines)
        return salted_hmac("account-seen", repr((self.payment.pk, claims, self.new))).hexdigest()[:16]

    @property
    def parts(self):
        """(label, old, new, whether they differ) of the two accounts."""
        labels = ("户名", "开户行", "账号")
        return [
            (label, old, new, old != new) for label, old, new in zip(labels, self.old, self.new, strict=True)
        ]


def failures_open(claim_ids):
    """{claim id: PaymentLine}: the newest line of each claim that failed or came back, unless money has arrived since."""
    found = {}
    lines = PaymentLine.objects.filter(claim_id__in=claim_ids, result__in=(*_FAILED, R.PAID))
    for line in lines.select_related("payment__batch").order_by("result_at", "pk"):
        if line.result == R.PAID:
            found.pop(line.claim_id, None)
        else:
            found[line.claim_id] = line
    return found


def account_confirmed(claims, payees=None):
    """The ids of those claims that may be paid: nothing of theirs failed, or the account they are paid to was confirmed.

    `payees` as `payees_of` has given them to whoever pays just these.
    """
    failures = failures_open([claim.pk for claim in claims])
    confirmed = _confirmed(failures)
    if payees is None:
        payees = payees_of([claim for claim in claims if claim.pk in failures])
    return {
        claim.pk
        for claim in claims
        if claim.pk not in failures or confirmed.get(failures[claim.pk].pk) == payees[claim.pk]
    }


def _confirmed(failures):
    """{line id: the account that was confirmed for it}."""
    rows = AccountConfirmation.objects.filter(line__in=[line.pk for line in failures.values()])
    return {row.line_id: (row.payee_name, row.payee_bank, row.payee_account) for row in rows}


def accounts_waiting(payers):
    """Every Waiting of these payers (None: of all), the oldest first. The number of queries does not grow with them."""
    return waiting_of(_owed_after_failure(payers))


def _owed_after_failure(payers):
    """Claims with money that came back and is still owed."""
    failed = PaymentLine.objects.filter(result__in=_FAILED).values("claim")
    claims = Claim.objects.filter(
        pk__in=failed, locked_cny__gt=F("committed_cny") + F("paid_cny")
    ).select_related("enterprise")
    return claims if payers is None else claims.filter(payer__in=payers)


def waiting_of(claims):
    """The Waitings among these claims: those whose account is not confirmed, put together by payment and next account."""
    claims = {claim.pk: claim for claim in claims}
    failures = failures_open(claims)
    confirmed = _confirmed(failures)
    claims = {pk: claims[pk] for pk in failures}
    payees = payees_of(list(claims.values()))
    given = {
        account.claim_id: account
        for account in PayeeAccount.objects.filter(
            claim_id__in=claims, standing=PayeeAccount.Standing.PENDING
        ).select_related("file", "given_by", "claim")
    }
    changes = {
        change.enterprise_id: change
        for change in BankAccount.objects.filter(
            enterprise_id__in={claim.enterprise_id for claim in claims.values()},
            standing=BankAccount.Standing.PENDING,
        )
    }
    groups = {}
    for pk, line in failures.items():
        account = given.get(pk)
        new = (account.holder, account.bank, account.number) if account else payees[pk]
        if confirmed.get(line.pk) == new and account is None:
            continue
        line.claim = claims[pk]
        key = line.payment_id, new
        if key not in groups:
            old = (line.payee_name, line.payee_bank, line.payee_account)
            groups[key] = Waiting(payment=line.payment, lines=[], old=old, new=new, given=[])
        group = groups[key]
        group.lines.append(line)
        group.given += [account] if account else []
        if not claims[pk].rule.payee(claims[pk].particulars):
            group.change = changes.get(claims[pk].enterprise_id)
        group.was_confirmed = group.was_confirmed or line.pk in confirmed
    return list(groups.values())


def account_confirm(*, payment_id, mark, actor, note="", at=None, source_ip=None):
    """Confirms the account that the claims of a failed payment are paid to next, as the page with this `mark` showed it.

    Puts a corrected account of a payee in force. Raises Refused where a note is missing (the account is the one that
    failed) or too long, Stale where something has changed since, NotAllowed for anybody but the payer's finance,
    and for whoever acts for one of the firms.
    """
    at, note = at or timezone.now(), _note_checked(note)
    with transaction.atomic():
        waiting = _waiting_lock(payment_id, mark, actor)
        if waiting.new == NOBODY:
            raise Refused("企业还没有生效的收款账户，暂时不能确认。企业登记后再来确认。")
        if waiting.is_same and not note:
            raise Refused(
                "账户没有变。请写明核对的情况，例如：经与银行核实，账户无误，是银行录入错误。", field="note"
            )
        for account in waiting.given:
            payee_account_decide(account, actor=actor, at=at, accept=True, note=note)
        name, bank, number = waiting.new
        for line in waiting.lines:
            AccountConfirmation.objects.update_or_create(
                line=line,
                defaults={
                    "claim": line.claim,
                    "payee_name": name,
                    "payee_bank": bank,
                    "payee_account": number,
                    "note": note,
                    "confirmed_by": actor,
                    "confirmed_at": at,
                },
            )
            event_add(
                kind="claim.account_confirmed",
                actor=actor,
                at=at,
                source_ip=source_ip,
                claim=line.claim,
                data={
                    "stage": line.claim.state,
                    "batch": line.payment.batch.number,
                    "payment": line.payment.position,
                    "account": number[-4:],
                    "same": waiting.is_same,
                    **deputy_of_payer(actor, line.payment.batch.payer, at),
                    **({"reason": note} if note else {}),
                },
            )
    return waiting


def account_refuse(*, payment_id, mark, actor, note, at=None, source_ip=None):
    """Does not take the corrected account of a payee: its enterprise reads why, and gives another one."""
    at, note = at or timezone.now(), _note_checked(note)
    if not note:
        raise Refused("请写明为什么不采用，企业会看到。", field="note")
    with transaction.atomic():
        waiting = _waiting_lock(payment_id, mark, actor)
        if not waiting.given:
            raise Refused("企业没有提交更正的账户，没有可以退回的内容。")
        for account in waiting.given:
            payee_account_decide(account, actor=actor, at=at, accept=False, note=note, source_ip=source_ip)
    return waiting


def _note_checked(note):
    """The note without blanks around it, whole: what is too long is refused rather than cut."""
    note = note.strip()
    if len(note) > NOTE_MOST:
        raise Refused(f"说明不超过 {NOTE_MOST} 个字，现在有 {len(note)} 个字。", field="note")
    return note


def _waiting_lock(payment_id, mark, actor):
    """The Waiting with its claims locked, as it is now."""
    payment = Payment.objects.select_related("batch").get(pk=payment_id)
    payer_check(actor, payment.batch.payer)
    claims = claims_lock(list(payment.lines.values_list("claim_id", flat=True)))
    if any(acts_for(actor, claim.enterprise_id) for claim, _ in claims):
        raise NotAllowed("您是这家企业的经办人，它的收款账户要由另一位同事核对。")
    owed = [claim for claim, _ in claims if claim.owed_cny]
    for waiting in waiting_of(owed):
        if waiting.payment.pk == payment_id and waiting.mark == mark:
            return waiting
    raise Stale("这个账户刚刚有了变化，或已由同事处理，刚才的操作没有执行。请看现在的内容。")
