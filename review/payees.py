"""Who a claim is paid to."""

from applications.models import BankAccount

NOBODY = ("", "", "")


def payees_of(claims):
    """{claim id: (holder, bank, number)}: as named on the claim (7.1's insurer), otherwise the firm's account in force;
    empty texts where there is none."""
    accounts = {
        account.enterprise_id: (account.holder, account.bank, account.number)
        for account in BankAccount.objects.filter(
            enterprise_id__in={claim.enterprise_id for claim in claims},
            standing=BankAccount.Standing.IN_FORCE,
        )
    }
    return {
        claim.pk: claim.rule.payee(claim.particulars) or accounts.get(claim.enterprise_id, NOBODY)
        for claim in claims
    }
