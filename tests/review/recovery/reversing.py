"""Receipts and their reversals, with what the tests of both ask."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from applications.ledger import balances
from applications.models import Claim
from applications.recovery.receipts import receipt_add
from review.reversals import receipt_reverse
from tests.factories import settle_all
from tests.recovery_world import LATER

#: When the mistake is found.
FOUND = LATER + timedelta(days=2)


def receive(world, amount="50000.00", reference="凭证0001", *, demand=None, at=LATER, **more):
    return receipt_add(
        demand_id=(demand or world.demand()).pk, amount=Decimal(amount), received_on=timezone.localdate(at), reference=reference,
        actor=more.pop("actor", world.finance), at=at, **more,
    )  # fmt: skip


def reverse(world, receipt, *, reason="金额录错，应为 5,000.00 元", actor=None, at=FOUND, **more):
    return receipt_reverse(receipt_id=receipt.pk, reason=reason, actor=actor or world.finance2, at=at, **more)


def money(claim):
    claim.refresh_from_db()
    return tuple(map(str, (claim.locked_cny, claim.paid_cny, claim.demanded_cny)))


def balanced():
    settle_all()
    for claim in Claim.objects.all():
        found = balances(claim.pk)
        assert {name: getattr(claim, name) or 0 for name in found} == found
