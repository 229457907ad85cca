"""What money an officer may see: every view, export and sheet of the administration's side asks here and nowhere else.

Provincial commerce, provincial finance and auditors read what every payer pays; a city's finance what its city pays.
"""

from accounts.roles import Role
from applications.models import Claim, Demand, Job, LedgerEntry
from review.models import LedgerCheck, PaymentLine, PayoutBatch
from review.notices import payers_of

#: Posts that read money at all, and those that read every payer's.
MONEY_READERS = (Role.FINANCE, Role.CITY_FINANCE, Role.COMMERCE, Role.AUDITOR)
EVERY_PAYER = (Role.FINANCE, Role.COMMERCE, Role.AUDITOR)
#: Posts that see accounts and what the bank reported.
ACCOUNT_READERS = (Role.FINANCE, Role.CITY_FINANCE, Role.AUDITOR)


def payers_seen(user):
    """The payers whose money a person may see, as a frozenset of "province" and codes of cities; None for all of them."""
    if user.has_post(*EVERY_PAYER):
        return None
    return frozenset(post.city for post in user.posts_in_force() if post.role == Role.CITY_FINANCE)


def sees_money_of(user, payer):
    """Whether a person may see what a payer pays."""
    payers = payers_seen(user)
    return payers is None or payer in payers


def _of_payers(rows, user, field):
    payers = payers_seen(user)
    return rows if payers is None else rows.filter(**{f"{field}__in": sorted(payers)})


def claims_with_money(user):
    """Claims that a person may see the money of: whatever was ever submitted."""
    return _of_payers(Claim.objects.exclude(first_submitted_at=None), user, "payer")


def entries_visible(user):
    """Entries of 总额账 that a person may read."""
    return _of_payers(LedgerEntry.objects.all(), user, "claim__payer")


def demands_visible(user):
    """Demands that a person may read."""
    return _of_payers(Demand.objects.all(), user, "claim__payer")


def claims_to_supplement(user):
    """Claims whose supplements a person may read: what city commerce consents to, besides all with money to be seen."""
    cities = [post.city for post in user.posts_in_force() if post.role == Role.CITY_COMMERCE]
    return claims_with_money(user) | Claim.objects.exclude(first_submitted_at=None).filter(payer__in=cities)


def account_payers_seen(user):
    """The payers whose payments a person may see with their accounts, as `payers_seen` gives them; empty for who sees none.

    Provincial finance reads what the cities pay as well; provincial commerce has no business with accounts.
    """
    if user.has_post(Role.FINANCE, Role.AUDITOR):
        return None
    return frozenset(post.city for post in user.posts_in_force() if post.role == Role.CITY_FINANCE)


def lines_visible(user):
    """Lines of payout batches that a person may read, with their accounts."""
    payers = account_payers_seen(user)
    lines = PaymentLine.objects.all()
    return lines if payers is None else lines.filter(batch__payer__in=sorted(payers))


def batches_visible(user):
    """Payout batches with their files and what is done with them: finance sees its own payer's, auditors all."""
    if user.has_post(Role.AUDITOR):
        return PayoutBatch.objects.all()
    return PayoutBatch.objects.filter(payer__in=payers_of(user))


def checks_visible(user):
    """What the checks of the ledger found, for those who see every payer's money."""
    return LedgerCheck.objects.all() if user.has_post(*EVERY_PAYER) else LedgerCheck.objects.none()


def money_files_of(user):
    """Large exports of money that a person has asked for: nobody else's, and none once the post is gone.

    Whether a file may still be handed out depends on what is in it; see `review.ledger.exports.export_may_take`.
    """
    own = Job.objects.filter(work="money.export", created_by=user)
    return own if user.has_post(*MONEY_READERS) else own.none()


def ledger_check_jobs(user):
    """Checks of the ledger that somebody has started, for those who may start one."""
    jobs = Job.objects.filter(work="ledger.check")
    return jobs if user.has_post(Role.FINANCE, Role.AUDITOR) else jobs.none()
