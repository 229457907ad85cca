"""Writing 总额账, and deriving balances from it."""

from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

from django.db.models import Sum

from applications.models import LedgerEntry, LedgerKind

K = LedgerKind

#: Each balance of a claim and the kinds whose signed amounts add up to it. What comes in on a demand, from the enterprise
#: or kept back from a later payment, lowers lock, paid money and demand at once, by one entry.
BALANCES = {
    "payable_cny": (K.AWARD, K.CAP, K.OVERLAP, K.LIMIT, K.RELEASE),
    "locked_cny": (K.LOCK, K.UNLOCK, K.SUPPLEMENT, K.RECEIPT, K.OFFSET),
    "committed_cny": (K.COMMITMENT, K.COMMITMENT_RELEASED),
    "paid_cny": (K.PAYMENT, K.PAYMENT_RETURNED, K.RECEIPT, K.OFFSET),
    "demanded_cny": (K.DEMAND, K.RECEIPT, K.OFFSET),
}


def entry(*, claim, kind, amount, at, topic=""):
    """One entry, not saved yet; `amount` is signed yuan."""
    return LedgerEntry(
        enterprise_id=claim.enterprise_id,
        year=claim.year,
        claim_id=claim.pk,
        kind=kind,
        amount_cny=amount,
        at=at,
        topic=topic,
    )


#: The entries that wait for the end of `entries_together`.
_WAITING = ContextVar("entries", default=None)


def entry_add(**fields):
    """Writes one entry, or leaves it to `entries_together`; see `entry`."""
    written, waiting = entry(**fields), _WAITING.get()
    if waiting is None:
        written.save(force_insert=True)
    else:
        waiting.append(written)
    return written


@contextmanager
def entries_together():
    """Within it entries are kept back, and written at its end with a number of statements that does not grow with them."""
    token = _WAITING.set([])
    try:
        yield
        LedgerEntry.objects.bulk_create(_WAITING.get(), batch_size=1000)
    finally:
        _WAITING.reset(token)


def balances(claim_id):
    """All balances of a claim, derived from its entries alone, as {name: Decimal yuan}."""
    sums = dict(
        LedgerEntry.objects.filter(claim_id=claim_id)
        .values_list("kind")
        .annotate(sum=Sum("amount_cny"))
        .order_by()
    )
    return {
        name: sum((sums.get(kind, Decimal(0)) for kind in kinds), Decimal("0.00"))
        for name, kinds in BALANCES.items()
    }
