"""The bank accounts of an enterprise: one in force, at most one pending."""

import re
import unicodedata
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused
from applications.membership import owner_check
from applications.models import BankAccount, Enterprise
from applications.record import event_add

_NUMBER = re.compile(r"[0-9]{8,32}", re.ASCII)
NUMBER_FAULT = "账号只能是 8 到 32 位数字，中间的空格可以保留。请对照开户许可或银行回单填写。"


@dataclass(frozen=True)
class Account:
    """An account as a firm gives it: holder (户名), branch (开户行), number of 8 to 32 digits without spaces."""

    holder: str
    bank: str
    number: str


def account_number_normal(text):
    """The number as it is stored: full-width digits made half-width, spaces and hyphens taken out."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text or ""))


def account_number_is_well_formed(number):
    """Whether a normalised number has 8 to 32 digits and nothing else."""
    return _NUMBER.fullmatch(number) is not None


def account_register(*, enterprise, actor, account, at):
    """The first account of a firm that registers; it is in force at once, because an unverified firm is paid nothing.

    Runs inside the caller's transaction.
    """
    return BankAccount.objects.create(
        enterprise=enterprise,
        standing=BankAccount.Standing.IN_FORCE,
        created_at=at,
        created_by=actor,
        in_force_from=at,
        **_checked(account),
    )


def account_change(*, enterprise_id, actor, account, at=None, source_ip=None):
    """Gives another account: pending for a verified firm, in force at once for one that has not been checked yet.

    A pending account that has not come into force is replaced. Only the owner may. Returns the new account.
    """
    at = at or timezone.now()
    with transaction.atomic():
        enterprise = Enterprise.objects.select_for_update().get(pk=enterprise_id)
        owner_check(actor, enterprise)
        given = _checked(account)
        if enterprise.bank_accounts.filter(standing=BankAccount.Standing.IN_FORCE, **given).exists():
            raise Refused("这就是正在使用的账户，不需要变更。", field="number")
        replaced = [BankAccount.Standing.PENDING]
        standing, in_force_from = BankAccount.Standing.PENDING, None
        if not enterprise.is_verified:
            replaced.append(BankAccount.Standing.IN_FORCE)
            standing, in_force_from = BankAccount.Standing.IN_FORCE, at
        enterprise.bank_accounts.filter(standing__in=replaced).update(standing=BankAccount.Standing.FORMER)
        changed = BankAccount.objects.create(
            enterprise=enterprise,
            standing=standing,
            created_at=at,
            created_by=actor,
            in_force_from=in_force_from,
            **given,
        )
        event_add(
            kind="enterprise.account_changed",
            actor=actor,
            at=at,
            source_ip=source_ip,
            enterprise_id=enterprise.pk,
            data={"account": changed.pk, "standing": standing},
        )
    return changed


def accounts_due(*, at=None):
    """Puts pending accounts in force whose waiting time is over. Returns how many."""
    return 0


def _checked(account):
    number = account_number_normal(account.number)
    if not account_number_is_well_formed(number):
        raise Refused(NUMBER_FAULT, field="number")
    if not account.holder.strip() or not account.bank.strip():
        raise Refused("请填写户名和开户行。", field="holder")
    return {"holder": account.holder.strip(), "bank": account.bank.strip(), "number": number}
