"""Two people at once on one demand: one of them is told, and no fen moves twice."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.utils import timezone

from applications.errors import Refused
from applications.ledger import balances
from applications.models import Claim, Demand, LedgerEntry, Receipt, State
from applications.recovery.receipts import receipt_add
from review.models import PaymentLine
from review.offsets import offset_add
from review.payouts import batch_make
from review.reversals import receipt_reverse
from tests.factories import exhibition, make_appropriation, make_claim, make_period, settle_all
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
        receipt_add, demand_id=demand.pk, amount=Decimal("150000.00"), received_on=timezone.localdate(demand.raised_at),
        actor=owing.finance, at=demand.raised_at + timedelta(minutes=1),
    )  # fmt: skip
    together(*(partial(quietly, done, partial(record, reference=f"凭证{number}")) for number in range(4)))
    assert sorted(bool(words) for words in done) == [False, True, True, True]
    assert Receipt.objects.count() == 1
    assert owing.fresh().paid_cny == Decimal("450000.00")
    in_balance()


def test_a_receipt_that_two_reverse_at_once_is_reversed_once(owing):
    make_appropriation(1, actor=owing.finance)
    demand, done = owing.demand(), []
    receipt = receipt_add(
        demand_id=demand.pk, amount=Decimal("150000.00"), received_on=timezone.localdate(), reference="凭证",
        actor=owing.finance,
    )  # fmt: skip
    call = partial(receipt_reverse, receipt_id=receipt.pk, reason="金额录错。")
    people = (owing.finance, owing.finance2) * 2
    together(*(partial(quietly, done, partial(call, actor=actor)) for actor in people))
    assert sorted(bool(words) for words in done) == [False, True, True, True]
    assert all("不能再冲销一次" in words for words in done if words)
    assert LedgerEntry.objects.filter(kind="receipt").count() == 2
    assert owing.fresh().paid_cny == Decimal("600000.00")
    in_balance()


def test_one_voucher_entered_at_once_for_two_years_of_a_firm_counts_once(owing):
    """The two hold the locks of different years: the database keeps the voucher to one of them."""
    make_appropriation(1, actor=owing.finance)
    make_appropriation(5, 2024, actor=owing.finance)
    claim = make_claim(
        owing.firm, "5.1", make_period(2024, deadline=date(2027, 12, 31)), facts={"booth_cny": "100000"},
        particulars=exhibition("上年展会"),
    )  # fmt: skip
    Claim.objects.filter(pk=claim.pk).update(
        state=State.PAID, locked_cny=9000, paid_cny=9000, demanded_cny=9000, locked_at=timezone.now()
    )
    other = Demand.objects.create(
        number="ZH-X", claim=claim, raised_at=timezone.now(), due_on=timezone.localdate()
    )
    record = partial(
        receipt_add, amount=Decimal("9000.00"), received_on=timezone.localdate(), actor=owing.finance
    )
    for turn in range(4):
        done = []
        calls = [
            partial(record, demand_id=demand.pk, reference=f"{typed}{turn}")
            for demand, typed in ((owing.demand(), "凭证"), (other, "凭 证"))
        ]
        together(*(partial(quietly, done, call) for call in calls))
        assert sorted(bool(words) for words in done) == [False, True]
        assert all("已经登记过" in words for words in done if words)
        row = Receipt.objects.get(voucher=f"凭证{turn}", reversed_at=None)
        receipt_reverse(receipt_id=row.pk, reason="下一轮。", actor=owing.finance)
    assert Receipt.objects.count() == 4


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
