"""What comes in on a demand lowers lock, payment and demand at once; nothing comes in twice, or beyond what is open."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from applications.errors import NotAllowed, Refused, Stale
from applications.ledger import balances
from applications.lifecycle import transition
from applications.models import Demand, EnterpriseYear, Event, LedgerEntry, Message, Receipt, State
from applications.recovery.receipts import receipt_add
from tests.factories import exhibition, make_claim, make_firm, make_user, settle_all
from tests.recovery_world import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(world):
    """150,000.00 yuan are demanded."""
    world.imports_become("150000000")
    Demand.objects.update(raised_at=LATER - timedelta(hours=1))
    return world


def receive(world, amount="50000.00", reference="凭证0001", actor=None, days=0, **more):
    return receipt_add(
        demand_id=world.demand().pk,
        amount=Decimal(amount),
        received_on=(LATER + timedelta(days=days)).date(),
        reference=reference,
        actor=actor or world.finance,
        at=LATER,
        **more,
    )


def test_a_receipt_lowers_lock_payment_and_demand_by_one_entry_and_the_claim_keeps_its_state(owing):
    receive(owing)
    claim = owing.fresh()
    assert (claim.locked_cny, claim.paid_cny, claim.demanded_cny, claim.state) == (
        Decimal("550000.00"),
        Decimal("550000.00"),
        Decimal("100000.00"),
        State.PAID,
    )
    assert [e.amount_cny for e in LedgerEntry.objects.filter(kind="receipt")] == [Decimal("-50000.00")]
    assert EnterpriseYear.objects.get().is_computing
    settle_all(claim)
    found = balances(claim.pk)
    assert all(found[name] == getattr(claim, name) for name in found)
    assert claim.demanded_cny == Decimal("100000.00"), "the settlement asks for nothing twice"


def test_the_last_fen_closes_the_demand_and_the_firm_is_told(owing):
    receive(owing, "149999.99")
    assert owing.demand().closed_at is None
    receive(owing, "0.01", reference="凭证0002")
    assert Demand.objects.get().closed_at == LATER
    assert Message.objects.order_by("pk").last().title.endswith("应退回的款项已经结清")
    assert settle_all(owing.growth).demanded_cny == 0
    assert Demand.objects.filter(closed_at=None).count() == 0
    assert owing.growth.state == State.PAID


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"amount": "150000.01"}, "amount", "不能超过现在待退回的 150,000.00 元"),
        ({"amount": "0.00"}, "amount", "大于 0"),
        ({"days": 1}, "received_on", "还没有到"),
        ({"days": -2}, "received_on", "早于提出追回的日期"),
        ({"reference": "  "}, "reference", "凭证号"),
        ({"reference": "\u200b"}, "reference", "凭证号"),
        ({"reference": "号" * 61}, "reference", "最多 60"),
        ({"note": "字" * 501}, "note", "最多 500"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_changes_nothing(owing, given, field, words):
    with pytest.raises(Refused, match=words) as refusal:
        receive(owing, **given)
    assert refusal.value.field == field
    assert not Receipt.objects.exists()
    assert owing.fresh().demanded_cny == Decimal("150000.00")


@pytest.mark.parametrize("typed", ["凭证0001", "凭证 ０００１", "\u200b凭证0001 "])
def test_one_voucher_is_recorded_once_however_it_is_typed(owing, typed):
    number = receive(owing).demand.number
    with pytest.raises(Refused, match=f"凭证号 凭证0001（{number}，50,000.00 元）已经登记过") as refusal:
        receive(owing, "10.00", reference=typed)
    assert refusal.value.field == "reference"
    assert Receipt.objects.count() == 1


def test_another_firm_may_have_a_voucher_of_the_same_number(owing):
    claim = make_claim(
        make_firm("示例丙公司"), "5.1", owing.period, facts={"booth_cny": "1000"}, particulars=exhibition()
    )
    demand = Demand.objects.create(number="ZH-X", claim=claim, raised_at=LATER, due_on=LATER.date())
    Receipt.objects.create(
        demand=demand, enterprise=claim.enterprise, amount_cny=1, received_on=LATER.date(), reference="凭证0001",
        voucher="凭证0001", recorded_by=owing.finance, recorded_at=LATER,
    )  # fmt: skip
    receive(owing)
    assert Receipt.objects.filter(voucher="凭证0001").count() == 2


@pytest.mark.parametrize("sql", ["UPDATE {} SET amount_cny = 1", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_or_delete_a_receipt(owing, sql):
    receive(owing)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="can only be added"), transaction.atomic():
            cursor.execute(sql.format("applications_receipt"))


def test_what_the_bank_has_just_given_back_is_settled_before_anything_comes_in(owing):
    transition(
        claim_id=owing.growth.pk,
        action="bank_return",
        actor=owing.finance,
        reason="账号不符。",
        data={"amount": Decimal("600000.00"), "topic": "batch:BF2026-0001", "batch": "BF2026-0001"},
        at=LATER,
    )
    assert owing.fresh().demanded_cny == Decimal("150000.00")
    with pytest.raises(Refused, match="正在重新计算"):
        receive(owing)
    assert not Receipt.objects.exists()
    settle_all(owing.growth)
    assert owing.fresh().demanded_cny == 0
    assert Demand.objects.get().closed_at is not None


def test_nothing_comes_in_on_a_closed_demand(owing):
    demand = owing.demand()
    receive(owing, "150000.00")
    with pytest.raises(Stale):
        receipt_add(
            demand_id=demand.pk, amount=Decimal("1.00"), received_on=LATER.date(), reference="又一张",
            actor=owing.finance, at=LATER,
        )  # fmt: skip


def test_only_finance_of_the_payer_records_and_nobody_who_acts_for_the_firm(owing):
    for person in (owing.commerce, make_user("heihefin", role="city_finance", city="2311")):
        with pytest.raises(NotAllowed, match="省财政厅"):
            receive(owing, actor=person)
    owing.firm.memberships.create(user=owing.finance2, role="clerk", since=LATER)
    with pytest.raises(NotAllowed, match="经办人"):
        receive(owing, actor=owing.finance2)


def test_a_correction_upwards_after_a_receipt_is_no_demand_but_a_supplement(owing):
    receive(owing, "150000.00")
    settle_all(owing.growth)
    claim = owing.imports_become("200000000")
    assert (claim.locked_cny, claim.after_overlap_cny, claim.demanded_cny) == (
        Decimal("450000.00"),
        Decimal("600000.00"),
        Decimal("0.00"),
    )
    assert Event.objects.filter(kind="claim.receipt_added").count() == 1
