"""Offices, a claim, and a person whose mail address is known."""

import pytest

from accounts.roles import Role
from applications.models import YearSettings
from tests.factories import NOW, exhibition, make_claim, make_user


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def finance():
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("finance", role=Role.FINANCE, name="示例财政员甲")


@pytest.fixture
def claim(firm, period):
    return make_claim(firm, "5.1", period, facts={"booth_cny": "520000"}, particulars=exhibition())


@pytest.fixture
def with_address(owner):
    owner.email = "owner@firm.example"
    owner.save()
    return owner
