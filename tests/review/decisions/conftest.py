"""A filing period, and a claim that waits for commerce."""

import pytest

from tests.factories import make_firm, make_period

from .steps import booth


@pytest.fixture
def period():
    return make_period()


@pytest.fixture
def claim(officers, period):
    return booth(make_firm(), period)
