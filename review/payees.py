"""Who a claim is paid to."""

from applications.models import BankAccount
from applications.payees import payees_named

NOBODY = ("", "", "")


def payees_of(claims):
    """{claim id: (holder, bank, number)}: as named on the claim (7.1's insurer) or corrected since, otherwise the firm's
    account in force; empty texts where there is none."""
    accounts = {
        account.enterprise_id: (account.holder, account.bank, account.number)
        for account in BankAccount.objects.filter(
            enterprise_id__in={claim.enterprise_id for claim in claims},
            standing=BankAccount.Standing.IN_FORCE,
        )
    }
    named = payees_named(claims)
    return {claim.pk: named.get(claim.pk) or accounts.get(claim.enterprise_id, NOBODY) for claim in claims}
