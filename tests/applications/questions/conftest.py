"""Two officers of commerce, and a claim that they review."""

import pytest

from accounts.roles import Role
from applications.models import YearSettings
from tests.factories import NOW, exhibition, make_claim, make_user


@pytest.fixture
def commerce():
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def colleague_at_office(commerce):
    return make_user("commerce2", role=Role.COMMERCE, name="示例审核员乙")


@pytest.fixture
def claim(commerce, firm, period):
    return make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())
