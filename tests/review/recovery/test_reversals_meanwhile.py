"""Reversing a receipt after others have used what it had freed: limit, budget, lock, and what is awarded once for ever."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.roles import Role
from applications.errors import Refused
from applications.models import (
    CityRate,
    Claim,
    Demand,
    Enterprise,
    EnterpriseYear,
    OverseasWarehouse,
    Receipt,
)
from applications.official_changes import official_save
from applications.settlement.mark import subjects_mark
from tests.factories import NOW, make_appropriation, make_claim, make_firm, make_user, settle_all
from tests.recovery_world import world_make
from tests.review.recovery.reversing import balanced, money, receive, reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    """A firm that was paid 600,000.00 yuan, from a budget that suffices."""
    return funded(paid=True)


def funded(*, paid=False):
    world = world_make(paid=paid)
    make_appropriation(actor=world.finance)
    return world


def test_what_another_claim_has_taken_of_the_limit_is_demanded_back_by_the_next_settlement(db):
    CityRate.objects.create(city="2301", year=2025, item="5.5", rate=Decimal("0.5"), published_at=NOW)
    world = funded()
    world.imports_become("1")
    first = world.paid(world.committed(world.payable(world.expo("甲展会", booth="400000"))))
    world.verify(first, "380000")
    receipt = receive(world, "14000.00", demand=Demand.objects.get(), at=timezone.now())
    settle_all()
    brand = make_claim(world.firm, "5.5", world.period, facts={"brand_cny": "268000"})
    city = of_city(world)
    city.paid(city.committed(city.payable(brand)))
    world.verify(first, None, "补充了发票。")
    limit = EnterpriseYear.objects.get().limit_cny
    assert kept() == limit == Decimal("300000.00")
    assert world.fresh().demanded_cny == 0
    reverse(world, receipt, at=timezone.now())
    balanced()
    assert kept() == limit
    owed = dict(Claim.objects.filter(demanded_cny__gt=0).values_list("item", "demanded_cny"))
    assert owed == {"5.5": Decimal("14000.00")}, "the latest lock gives way, as everywhere"
    assert {row.claim.item for row in Demand.objects.filter(closed_at=None)} == {"5.5"}


def of_city(world):
    """The same firm in the hands of its city's officers."""
    commerce = make_user("citycommerce", role=Role.CITY_COMMERCE, city="2301")
    finance = make_user("cityfinance", role=Role.CITY_FINANCE, city="2301")
    return replace(world, commerce=commerce, finance=finance)


def kept():
    return sum(claim.paid_cny - claim.demanded_cny for claim in Claim.objects.all())


@pytest.mark.parametrize(
    ("left", "over"), [("600000.00", ""), ("599999.99", "0.01"), ("580000.00", "20,000.00")]
)
def test_what_has_been_spent_again_of_the_budget_has_to_be_there(world, left, over):
    world.imports_become("150000000")
    receipt = receive(world, at=timezone.now())
    make_appropriation(1, amount=Decimal(left) - Decimal("1000000000.00"), actor=world.finance)
    if not over:
        assert reverse(world, receipt, at=timezone.now()).reversed_at
        return
    with pytest.raises(Refused, match=f"2025 年度第 1 条措施.*会超过预算指标 {over} 元"):
        reverse(world, receipt, at=timezone.now())
    assert money(world.growth) == ("550000.00", "550000.00", "100000.00")
    assert not Receipt.objects.exclude(reversed_at=None).exists()


def test_a_claim_that_has_been_unlocked_meanwhile_has_no_lock_to_come_back_to(db):
    """The bank gave back all that the firm had not, and the claim fell back to commerce."""
    world = funded()
    world.payable(world.growth)
    for amount in ("450000.00", "150000.00"):
        world.paid(world.committed(world.growth, Decimal(amount)))
    world.imports_become("150000000")
    receipt = receive(world, "150000.00", at=timezone.now())
    settle_all()
    data = {"amount": Decimal("450000.00"), "topic": "return:示例"}
    world.step(world.fresh(), "bank_return", world.finance, reason="账号已注销。", data=data)
    assert world.imports_become("1").locked_cny is None
    with pytest.raises(Refused, match="已解除锁定、退回审核，现在不能冲销"):
        reverse(world, receipt, at=timezone.now())
    assert world.fresh().paid_cny == 0


# --- What is awarded once for ever --------------------------------------------------------------------


@pytest.fixture
def warehouse(db):
    """A firm was paid for a warehouse that was struck from the list, and has paid everything back."""
    world = funded()
    fields = {
        "name": "示例海外仓",
        "operator_code": world.firm.credit_code,
        "designated_on": NOW.date().replace(year=2023),
    }
    world.warehouse = OverseasWarehouse.objects.create(number="W1", **fields)
    world.growth = make_claim(world.firm, "3.4", world.period, facts={"warehouse": "W1"})
    world.paid(world.committed(world.payable(world.growth)))
    world.warehouse.operator_code = make_firm("示例接手公司").credit_code
    official_save(world.warehouse, actor=world.commerce)
    settle_all()
    world.receipt = receive(world, str(world.fresh().demanded_cny), at=timezone.now())
    settle_all()
    subjects_mark()
    settle_all()
    return world


def successor(world):
    """The firm that runs the warehouse now."""
    return Enterprise.objects.get(credit_code=world.warehouse.operator_code)


def test_a_lock_that_comes_back_bars_whoever_has_the_subject_now(warehouse):
    other = make_claim(successor(warehouse), "3.4", warehouse.period, facts={"warehouse": "W1"})
    assert other.payable_cny > 0
    assert warehouse.fresh().locked_cny == 0
    reverse(warehouse, warehouse.receipt, at=timezone.now())
    assert EnterpriseYear.objects.exclude(moved_subjects=[]).exists()
    subjects_mark()
    balanced()
    other.refresh_from_db()
    assert [reason["code"] for reason in other.reasons] == ["already_awarded"]
    assert warehouse.fresh().demanded_cny == warehouse.growth.locked_cny > 0


def test_a_lock_does_not_come_back_where_the_subject_is_awarded_to_somebody_else(warehouse):
    other = make_claim(successor(warehouse), "3.4", warehouse.period, facts={"warehouse": "W1"})
    warehouse.approved(other)
    with pytest.raises(Refused, match="同一项一次性奖励已经批准给另一件申报"):
        reverse(warehouse, warehouse.receipt, at=timezone.now())
    assert warehouse.fresh().locked_cny == 0
    assert not Receipt.objects.exclude(reversed_at=None).exists()
