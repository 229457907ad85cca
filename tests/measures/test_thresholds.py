"""Quantities just above what opens an item."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.thresholds import Threshold

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2)


@given(value=AMOUNTS, least=AMOUNTS, exclusive=st.booleans())
def test_just_reached_is_from_the_least_to_two_per_cent_above_it(value, least, exclusive):
    threshold = Threshold("growth", value, least, 2025, exclusive)
    reached = value > least or (value == least and not exclusive)
    assert threshold.is_reached == reached
    assert threshold.is_just_reached == (reached and least > 0 and 100 * value <= 102 * least)


@pytest.mark.parametrize(("firms", "just"), [(14, False), (15, True), (16, False)])
def test_counts_are_compared_like_amounts(firms, just):
    assert Threshold("served_smes", firms, 15, 2025).is_just_reached == just


def test_nothing_is_just_above_nothing():
    assert not Threshold("landed_cny", Decimal("0.01"), Decimal(0), 2025, exclusive=True).is_just_reached
