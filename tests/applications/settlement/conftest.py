"""Officers for each stage, and an amount that follows customs figures."""

import pytest

from accounts.roles import Role
from applications.models import YearSettings
from tests.factories import NOW, make_claim, make_figures, make_firm, make_period, make_user


@pytest.fixture
def officers():
    """One person for each stage, two for commerce and finance; nobody is drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return {
        "city": make_user("city", role=Role.CITY_COMMERCE, city="2301"),
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "commerce2": make_user("commerce2", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
    }


@pytest.fixture
def growth():
    """A firm whose figures give 600,000 yuan under 1.1, and its claim."""
    firm = make_firm()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, import_cny="200000000", export_cny="0")
    return make_claim(firm, "1.1", make_period())
