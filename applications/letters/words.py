"""Words that several papers share."""

from django.utils import timezone

from applications.models import BankAccount
from applications.wording import NOTHING
from measures import registry


def item_line(rule):
    """The item with its code: 5.1 线下境外展会补贴."""
    return f"{rule.code} {rule.title}"


def policy_line(rule):
    """Where the policy grants it, and in what words."""
    place, sentence = registry.CLAUSES[rule.code]
    return f"《{registry.POLICY_TITLE}》（{registry.POLICY_NUMBER}）{place.removeprefix('措施')}：{sentence}"


def account_text(claim, particulars):
    """The account that would be paid now, by the last four digits alone: the one in force, or the payee's of the claim."""
    payee = claim.rule.payee(particulars)
    if payee is None:
        account = BankAccount.objects.filter(
            enterprise_id=claim.enterprise_id, standing=BankAccount.Standing.IN_FORCE
        ).first()
        payee = (account.holder, account.bank, account.number) if account else None
    if payee is None:
        return NOTHING
    holder, bank, number = payee
    return f"{holder}，{bank}，尾号 {number[-4:]}"


def day_text(moment):
    """2026 年 3 月 2 日."""
    day = timezone.localtime(moment)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def moment_text(moment):
    """2026 年 3 月 2 日 10:00."""
    return f"{day_text(moment)} {timezone.localtime(moment):%H:%M}"
