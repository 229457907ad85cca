"""Writing 总额账, and deriving balances from it."""

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


def entry_add(**fields):
    """Writes one entry; see `entry`."""
    written = entry(**fields)
    written.save(force_insert=True)
    return written


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
