"""Claims with locks, appropriations and the officers who enter them."""

from datetime import timedelta
from decimal import Decimal

from applications.models import Claim
from review.budget import Key
from tests.factories import NOW, exhibition, make_claim, make_firm

FIVE = Key(5, 2025, "province")


def money(text):
    """Yuan."""
    return Decimal(text)


def locked_claim(booth, *, locked, committed="0", paid="0", period, **fields):
    """A claim of 5.1 with a lock, put into the state that it would have come to."""
    firm = make_firm(f"示例企业{Claim.objects.count()}")
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": booth}, particulars=exhibition())
    Claim.objects.filter(pk=claim.pk).update(
        state="payable",
        locked_cny=money(locked),
        locked_at=fields.pop("at", NOW),
        committed_cny=money(committed),
        paid_cny=money(paid),
        **fields,
    )
    claim.refresh_from_db()
    return claim


def locked_claims(period, *amounts):
    """Claims locked for these amounts, a minute after each other."""
    return [
        locked_claim("500000", locked=amount, period=period, at=NOW + timedelta(minutes=number))
        for number, amount in enumerate(amounts)
    ]
