"""Corrections down and up, payments, returns, receipts, offsets and supplements in any order: the promises hold after each step."""

from decimal import Decimal

import pytest

from accounts.roles import Role
from applications.models import CityRate
from tests.factories import NOW, exhibition, make_appropriation, make_claim, make_user
from tests.review.recovery.machine import RecoveryMachine
from tests.support.machine import play

pytestmark = pytest.mark.django_db


@pytest.fixture
def played(world):
    """`world` with two exhibitions on their way, of which another policy supported one, and a brand that the city pays."""
    for name in ("commerce", "commerce2"):
        setattr(world, f"city{name}", make_user(f"city{name}", role=Role.CITY_COMMERCE, city="2301"))
    for name in ("finance", "finance2"):
        setattr(world, f"city{name}", make_user(f"city{name}", role=Role.CITY_FINANCE, city="2301"))
    CityRate.objects.create(city="2301", year=2025, item="5.5", rate=Decimal("0.5"), published_at=NOW)
    make_appropriation(actor=world.finance)
    make_appropriation(5, payer="2301", actor=world.cityfinance)
    world.payable(world.expo("甲展会", booth="300000"))
    supported = {"booth_cny": "150000"}
    world.payable(
        make_claim(
            world.firm, "5.1", world.period, facts=supported, particulars=exhibition("乙展会"), other="50000"
        )
    )
    make_claim(world.firm, "5.5", world.period, facts={"brand_cny": "80000"})
    return world


def test_whatever_is_corrected_paid_and_given_back_the_promises_hold(played):
    play(RecoveryMachine, played, games=4, steps=20)


@pytest.mark.slow
def test_whatever_is_corrected_for_long_the_promises_hold(played):
    play(RecoveryMachine, played, games=60, steps=60, shrinking=True)
