"""Single results, recorded by hand, and money that comes back while the rest of a lock is still on its way."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db.models import F

from applications.errors import NotAllowed, Refused, Stale
from applications.models import Claim, EnterpriseYear, Event, LedgerEntry, State
from review.bank.accounts import account_confirm, accounts_waiting
from review.bank.columns import R
from review.bank.importing import SheetRefused
from review.models import PaymentLine
from review.payouts import batch_withdraw
from tests.review.bank.conftest import LATER
from tests.review.bank.sheets import row_of
from tests.review.batch_world import locked, payable_claims

pytestmark = pytest.mark.django_db


def payment_of(batch, position=1):
    return batch.payments.get(position=position)


def test_a_result_needs_what_it_rests_on(world, batch):
    payment = payment_of(batch)
    for result in ("failed", "returned"):
        if result == "returned":
            world.report(payment_id=payment.pk, result="paid", reference="S1")
        with pytest.raises(Refused, match="原因") as refused:
            world.report(payment_id=payment.pk, result=result)
        assert refused.value.field == "note"


@pytest.mark.parametrize(
    ("on", "fits"),
    [
        (date(2026, 3, 1), False),
        (date(2026, 3, 2), True),
        (date(2026, 3, 11), True),
        (date(2026, 3, 12), False),
    ],
)
def test_a_result_is_neither_older_than_the_batch_nor_of_tomorrow(world, batch, on, fits):
    if fits:
        world.report(payment_id=payment_of(batch).pk, result="paid", on=on)
        line = PaymentLine.objects.get(payment=payment_of(batch))
        assert batch.locked_at <= line.result_at <= LATER
    else:
        with pytest.raises(Refused, match="日期应在 2026-03-02 到 2026-03-11 之间"):
            world.report(payment_id=payment_of(batch).pk, result="paid", on=on)


def test_where_one_day_alone_fits_a_result_it_is_named_once(world, batch):
    with pytest.raises(Refused) as refused:
        world.report(
            payment_id=payment_of(batch).pk, result="paid", on=date(2026, 3, 1), at=LATER - timedelta(days=9)
        )
    assert str(refused.value) == "日期应为 2026-03-02。"


@pytest.mark.parametrize("typed", ["SLYH 0001", "ＳＬＹＨ０００１", " SLYH\u30000001"])
def test_a_reference_is_one_however_it_is_typed(world, batch, imports, typed):
    world.report(payment_id=payment_of(batch).pk, result="paid", reference=typed)
    assert PaymentLine.objects.get(payment__position=1, payment__batch=batch).bank_reference == "SLYH0001"
    with pytest.raises(Refused, match="已用于批次"):
        world.report(payment_id=payment_of(batch, 2).pk, result="paid", reference="SLYH0001")
    second = batch.payments.select_related("batch").get(position=2)
    with pytest.raises(SheetRefused) as refused:
        imports(batch, [row_of(second, reference=typed)])
    assert ["已用于批次" in fault.message for fault in refused.value.comparison.faults] == [True]


def test_a_reference_is_used_for_one_payment_alone(world, batch):
    world.report(payment_id=payment_of(batch).pk, result="paid", reference="S1")
    with pytest.raises(Refused, match="已用于批次") as refused:
        world.report(payment_id=payment_of(batch, 2).pk, result="paid", reference="S1")
    assert refused.value.field == "reference"


def test_a_result_stands_once_it_is_recorded(world, batch):
    payment = payment_of(batch)
    world.report(payment_id=payment.pk, result="failed", note="账号不符")
    for result in ("paid", "failed", "returned"):
        with pytest.raises(Stale, match="已记录为“拨付未成功”"):
            world.report(payment_id=payment.pk, result=result, note="再记")
    with pytest.raises(Stale, match="没有成功的记录"):
        world.report(payment_id=payment_of(batch, 2).pk, result="returned", note="销户")
    with pytest.raises(NotAllowed, match="省财政厅"):
        world.report(payment_id=payment_of(batch, 2).pk, result="paid", actor=world.cityfin)


def test_what_was_recorded_stands_in_the_record_of_the_batch(world, batch):
    world.report(payment_id=payment_of(batch).pk, result="paid", reference="S1", on=date(2026, 3, 4))
    event = Event.objects.get(kind="batch.result_recorded")
    assert event.topic == f"batch:{batch.number}"
    assert event.data == {
        "payment": 1,
        "result": "paid",
        "amount": "70000.00",
        "reference": "S1",
        "on": "2026-03-04",
        "reason": "",
    }


def test_a_batch_with_a_result_cannot_be_withdrawn(world, batch):
    payment = payment_of(batch)
    world.report(payment_id=payment.pk, result="paid")
    world.report(payment_id=payment.pk, result="returned", note="销户")
    with pytest.raises(Stale, match="已有银行结果"):
        batch_withdraw(batch_id=batch.pk, actor=world.maker, reason="示例", at=LATER)


@pytest.fixture
def half_paid(world):
    """A claim of 70,000.00 of which 30,000.00 has arrived, and the batch that paid it."""
    [claim] = payable_claims(world, 1)
    batch = locked(world, [claim])
    payment = payment_of(batch)
    # As after a decision about too little money: the batch was to pay a part.
    PaymentLine.objects.filter(batch=batch).update(amount_cny="30000.00")
    type(payment).objects.filter(pk=payment.pk).update(amount_cny="30000.00")
    Claim.objects.filter(pk=claim.pk).update(committed_cny="30000.00")
    world.report(payment_id=payment.pk, result="paid")
    claim.refresh_from_db()
    assert (claim.state, claim.paid_cny, claim.owed_cny) == (
        State.PAYABLE,
        Decimal("30000.00"),
        Decimal("40000.00"),
    )
    return claim, batch


@pytest.mark.parametrize("state", [State.PAYABLE, State.COMMITTED, State.APPROVED, State.IN_NOTICE])
def test_a_part_comes_back_wherever_the_rest_is_and_the_claim_stays_there(world, half_paid, state):
    claim, batch = half_paid
    Claim.objects.filter(pk=claim.pk).update(state=state)
    world.report(payment_id=payment_of(batch).pk, result="returned", note="销户")
    claim.refresh_from_db()
    assert (claim.state, claim.paid_cny, claim.owed_cny) == (state, 0, Decimal("70000.00"))
    assert claim.payout_failed
    last = LedgerEntry.objects.filter(claim=claim).order_by("pk").last()
    assert (last.kind, last.amount_cny, last.topic) == (
        "payment_returned",
        Decimal("-30000.00"),
        f"batch:{batch.number}",
    )


def test_money_that_came_back_is_paid_again_once_the_account_is_confirmed(world, half_paid):
    claim, batch = half_paid
    world.report(payment_id=payment_of(batch).pk, result="returned", note="销户")
    settled_now(claim)
    with pytest.raises(Refused, match="账户还没有核对"):
        locked(world, [claim])
    [draft] = type(batch).objects.filter(standing="draft")
    [waiting] = accounts_waiting(["province"])
    account_confirm(
        payment_id=waiting.payment.pk, mark=waiting.mark, note="无误", actor=world.maker, at=LATER
    )
    batch_withdraw(batch_id=draft.pk, actor=world.maker, reason="重做", at=LATER)
    later = LATER + timedelta(days=1)
    again = settled_and_locked(world, claim)
    world.report(payment_id=payment_of(again).pk, result="paid", at=later)
    claim.refresh_from_db()
    assert (claim.state, claim.paid_cny) == (State.PAID, Decimal("70000.00"))
    assert PaymentLine.objects.filter(claim=claim, result=R.PAID).count() == 1


def settled_and_locked(world, claim):
    """A later batch; what the first one marked for settlement counts as settled."""
    settled_now(claim)
    return locked(world, [claim])


def settled_now(claim):
    """Nothing of the claim's year waits to be settled."""
    EnterpriseYear.objects.filter(enterprise=claim.enterprise_id).update(settled=F("requested"))
