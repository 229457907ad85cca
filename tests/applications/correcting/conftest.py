"""Claims that were returned, or can be."""

import pytest

from accounts.roles import Role
from tests.factories import make_claim, make_figures, make_user

from .steps import BANK, BANK_PARTICULARS, EXHIBITION, back


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE)


@pytest.fixture
def exhibited(firm, period, commerce):
    """A claim of 5.1 that was returned about the booth and the photos."""
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "100000.00"}, particulars=EXHIBITION)
    return back(claim, commerce, {"booth_cny": "押金不属于展位费。", "ev-photos": "看不清展位号。"})


@pytest.fixture
def lent(firm, period):
    """A submitted claim of 4.2 with two loans."""
    make_figures(firm, local_product_export_cny="90000000.00")
    return make_claim(firm, "4.2", period, facts=BANK, particulars=BANK_PARTICULARS)
