"""Keeping back what is demanded from a later payment: receipt and payment at once, never beyond what either side allows."""

from decimal import Decimal

import pytest

from applications.errors import NotAllowed, Refused, Stale
from applications.ledger import balances
from applications.models import (
    Claim,
    Demand,
    EnterpriseYear,
    Event,
    LedgerEntry,
    Message,
    NoticeLine,
    Receipt,
    State,
)
from review.offsets import offset_add, offset_choices
from review.payouts import batch_make
from tests.factories import make_appropriation, make_firm, settle_all
from tests.recovery_world import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(world):
    """150,000.00 yuan are demanded, and 70,000.00 of an exhibition can be paid."""
    make_appropriation(5, amount=Decimal("1000000.00"), actor=world.finance)
    world.imports_become("150000000")
    world.later = world.payable(world.expo())
    return world


def offset(world, amount="70000.00", claim=None, actor=None, reason="企业书面同意。"):
    return offset_add(
        demand_id=world.demand().pk,
        claim_id=(claim or world.later).pk,
        amount=Decimal(amount),
        reason=reason,
        actor=actor or world.finance,
        at=LATER,
    )


def balanced(*claims):
    for claim in claims:
        claim.refresh_from_db()
        found = balances(claim.pk)
        assert {name: getattr(claim, name) for name in found} == found


def test_a_claim_kept_back_as_a_whole_is_paid_without_the_bank(owing):
    line = NoticeLine.objects.filter(claim=owing.later).first()
    receipt = offset(owing)
    balanced(owing.growth, owing.later)
    assert (owing.growth.paid_cny, owing.growth.locked_cny, owing.growth.demanded_cny) == (
        Decimal("530000.00"),
        Decimal("530000.00"),
        Decimal("80000.00"),
    )
    assert (owing.later.state, owing.later.paid_cny) == (State.PAID, Decimal("70000.00"))
    assert not owing.later.notice_withdrawn
    assert line is None or NoticeLine.objects.get(pk=line.pk).withdrawn_at is None
    number = receipt.demand.number
    assert LedgerEntry.objects.get(kind="payment", claim=owing.later).topic == f"offset:{number}"
    assert LedgerEntry.objects.get(kind="offset").amount_cny == Decimal("-70000.00")
    assert (receipt.against, receipt.reference) == (owing.later, "")
    settle_all()
    balanced(owing.growth, owing.later)
    assert owing.growth.demanded_cny == Decimal("80000.00")


def test_a_part_kept_back_leaves_the_rest_to_be_paid(owing):
    offset(owing, "30000.00")
    balanced(owing.growth, owing.later)
    assert (owing.later.state, owing.later.owed_cny) == (State.PAYABLE, Decimal("40000.00"))
    settle_all()
    owing.later = world_paid(owing)
    assert (owing.later.state, owing.later.paid_cny) == (State.PAID, Decimal("70000.00"))


def world_paid(owing):
    owing.committed(owing.later)
    return owing.paid(owing.later)


def test_both_claims_tell_the_firm(owing):
    offset(owing)
    titles = list(Message.objects.order_by("-pk").values_list("title", flat=True)[:2])
    assert [title.partition("：")[2] for title in titles] == [
        "应拨付的款项抵扣 70,000.00 元",
        "已抵扣应退回的 70,000.00 元",
    ]
    assert set(Event.objects.filter(kind__startswith="claim.offset").values_list("claim", flat=True)) == {
        owing.growth.pk,
        owing.later.pk,
    }


@pytest.mark.parametrize(
    ("amount", "words"), [("70000.01", "最多可以抵扣 70,000.00 元"), ("0.00", "大于 0"), ("-1.00", "大于 0")]
)
def test_never_more_than_what_the_later_claim_is_owed(owing, amount, words):
    with pytest.raises(Refused, match=words) as refusal:
        offset(owing, amount)
    assert refusal.value.field == "amount"
    assert not Receipt.objects.exists()


def test_never_more_than_what_is_demanded(owing):
    owing.imports_become("190000000")
    assert owing.growth.demanded_cny == Decimal("30000.00")
    with pytest.raises(Refused, match=r"最多可以抵扣 30,000\.00 元"):
        offset(owing, "30000.01")
    offset(owing, "30000.00")
    assert Demand.objects.get().closed_at == LATER


def test_nothing_that_the_budget_of_the_later_claim_does_not_cover(owing):
    make_appropriation(5, amount=Decimal("-930000.01"), actor=owing.finance)
    assert offset_choices(owing.demand()) == [], "the appropriation is short, and nobody has shared it out"
    with pytest.raises(Refused, match=r"最多可以抵扣 0\.00 元.*预算"):
        offset(owing)
    make_appropriation(5, amount=Decimal("0.01"), actor=owing.finance)
    offset(owing)


def test_a_claim_in_a_batch_is_left_alone(owing):
    batch_make(payer="province", claim_ids=[owing.later.pk], title="示例", actor=owing.finance, at=LATER)
    assert offset_choices(owing.demand()) == []
    with pytest.raises(Stale, match="批次"):
        offset(owing)


def test_only_a_payable_claim_of_the_same_firm_and_payer(owing):
    with pytest.raises(Refused):
        offset(owing, claim=owing.growth)
    approved = owing.approved(owing.expo("另一个展会"))
    with pytest.raises(Stale):
        offset(owing, "1.00", claim=approved)
    other = make_firm("示例乙公司")
    EnterpriseYear.objects.create(enterprise=other, year=2025)
    Claim.objects.filter(pk=owing.later.pk).update(enterprise=other)
    with pytest.raises(Refused, match="同一企业"):
        offset(owing, "1.00")


def test_only_finance_of_the_payer_decides_and_says_why(owing):
    with pytest.raises(NotAllowed):
        offset(owing, actor=owing.commerce)
    with pytest.raises(Refused) as refusal:
        offset(owing, reason="　")
    assert refusal.value.field == "reason"


def test_a_second_click_keeps_nothing_back_twice(owing):
    offset(owing)
    settle_all()
    with pytest.raises(Stale):
        offset(owing)
    assert Receipt.objects.count() == 1
