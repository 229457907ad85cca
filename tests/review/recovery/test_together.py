"""Two people at once on one demand: one of them is told, and no fen moves twice."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest

from applications.errors import Refused
from applications.ledger import balances
from applications.models import Claim, Receipt, State
from applications.recovery.receipts import receipt_add
from review.models import PaymentLine
from review.offsets import offset_add
from review.payouts import batch_make
from tests.factories import make_appropriation, settle_all
from tests.recovery_world import world_make
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owing():
    """150,000.00 yuan are demanded, and 70,000.00 of an exhibition can be paid."""
    world = world_make()
    make_appropriation(5, amount=Decimal("1000000.00"), actor=world.finance)
    world.imports_become("150000000")
    world.later = world.payable(world.expo())
    return world


def quietly(done, call):
    """Calls, and keeps what was refused."""
    try:
        call()
        done.append("")
    except Refused as refusal:
        done.append(refusal.message)


def in_balance():
    settle_all()
    for claim in Claim.objects.all():
        found = balances(claim.pk)
        assert {name: getattr(claim, name) or 0 for name in found} == found


def test_two_receipts_of_all_that_is_open_at_once_are_one(owing):
    demand, done = owing.demand(), []
    record = partial(
        receipt_add, demand_id=demand.pk, amount=Decimal("150000.00"), received_on=demand.raised_at.date(),
        actor=owing.finance, at=demand.raised_at + timedelta(minutes=1),
    )  # fmt: skip
    together(*(partial(quietly, done, partial(record, reference=f"凭证{number}")) for number in range(4)))
    assert sorted(bool(words) for words in done) == [False, True, True, True]
    assert Receipt.objects.count() == 1
    assert owing.fresh().paid_cny == Decimal("450000.00")
    in_balance()


def test_what_is_kept_back_and_put_into_a_batch_at_once_goes_one_way(owing):
    demand, done = owing.demand(), []
    keep = partial(
        offset_add, demand_id=demand.pk, claim_id=owing.later.pk, amount=Decimal("70000.00"), reason="同意。",
        actor=owing.finance,
    )  # fmt: skip
    batch = partial(
        batch_make, payer="province", claim_ids=[owing.later.pk], title="示例", actor=owing.finance2
    )
    together(*(partial(quietly, done, call) for call in (keep, batch, keep, batch)))
    assert sorted(bool(words) for words in done) == [False, True, True, True]
    owing.later.refresh_from_db()
    in_batch = PaymentLine.objects.filter(claim=owing.later, live=True).exists()
    assert (owing.later.state == State.PAID) is not in_batch
    assert Receipt.objects.count() == (0 if in_batch else 1)
    in_balance()
