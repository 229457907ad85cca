"""What the last check of the ledger found, as far as a person may read it."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from applications.models import OPEN_JOB_STATES
from review.models import LedgerCheck
from review.visibility import claims_with_money, ledger_check_jobs, payers_seen

#: The ledger is checked every night; a check that is older than this has been missed.
FRESH = timedelta(hours=26)


@dataclass(frozen=True)
class CheckShown:
    """A check as a page shows it: `problems` are those that the person may read, `count` how many of them there are,
    `whole` whether that is all that was found."""

    at: object
    claims: int
    entries: int
    count: int
    problems: list
    whole: bool

    @property
    def is_old(self):
        """Whether a night has passed without another."""
        return timezone.now() - self.at > FRESH


def check_shown(user, stored=None):
    """A stored check, the last one unless another is given, as a CheckShown; None where there is none.

    Who sees one city's money alone reads what was found about its claims.
    """
    stored = stored or LedgerCheck.objects.order_by("-pk").first()
    if stored is None:
        return None
    whole = payers_seen(user) is None
    problems, count = stored.problems, stored.count
    if not whole and problems:
        named = {each["claim"] for each in problems} - {""}
        own = set(
            claims_with_money(user).filter(number__in=named).order_by().values_list("number", flat=True)
        )
        problems = [each for each in problems if each["claim"] in own]
        count = len(problems)
    return CheckShown(stored.at, stored.claims, stored.entries, count, problems, whole)


def check_under_way(user):
    """The job of a check that is waiting or running, for who may start one; None where there is none."""
    return ledger_check_jobs(user).filter(state__in=OPEN_JOB_STATES).order_by("pk").first()
