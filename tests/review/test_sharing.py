"""Sharing too little money: the parts add up, nobody gets more than is owed, and the order is kept."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.sharing import Owed, share_in_order, share_proportionally
from tests.factories import NOW

amounts = st.decimals(min_value="0.01", max_value="30000000", places=2)


@st.composite
def locks(draw):
    """Locks that wait, in the order of filing; several may have been locked or filed at the same moment."""
    minutes = st.integers(0, 5)
    filed = sorted(draw(st.lists(minutes, min_size=1, max_size=12)))
    return [
        Owed(
            claim_id=number,
            owed=draw(amounts),
            locked_at=NOW + timedelta(minutes=draw(minutes)),
            filed_at=NOW - timedelta(minutes=10 - at),
        )
        for number, at in enumerate(filed)
    ]


def some_of(rows):
    """Amounts from nothing to all that is owed, and beyond."""
    return st.integers(0, int(sum(row.owed for row in rows).scaleb(2)) + 5).map(
        lambda fen: Decimal(fen).scaleb(-2)
    )


def owed(*amounts, same=False):
    """Locks of these amounts, filed and locked in this order."""
    return [
        Owed(number, Decimal(amount), NOW, NOW if same else NOW + timedelta(minutes=number))
        for number, amount in enumerate(amounts)
    ]


@pytest.mark.parametrize("share", [share_in_order, share_proportionally])
@given(data=st.data())
def test_parts_add_up_to_what_there_is_and_none_exceeds_what_is_owed(share, data):
    rows = data.draw(locks())
    available = data.draw(some_of(rows))
    shares = share(rows, available)
    assert shares.keys() == {row.claim_id for row in rows}
    assert sum(shares.values()) == min(available, sum(row.owed for row in rows))
    for row in rows:
        assert 0 <= shares[row.claim_id] <= row.owed
        assert shares[row.claim_id].as_tuple().exponent >= -2


@given(data=st.data())
def test_in_order_nobody_is_paid_before_those_locked_earlier_are_paid_in_full(data):
    rows = data.draw(locks())
    shares = share_in_order(rows, data.draw(some_of(rows)))
    ordered = sorted(rows, key=lambda row: (row.locked_at, row.filed_at, row.claim_id))
    partly = [row for row in ordered if 0 < shares[row.claim_id] < row.owed]
    assert len(partly) <= 1
    full = [shares[row.claim_id] == row.owed for row in ordered]
    nothing = [shares[row.claim_id] == 0 for row in ordered]
    assert full == sorted(full, reverse=True)
    assert nothing == sorted(nothing)


@given(data=st.data())
def test_in_order_more_money_never_gives_anybody_less(data):
    rows = data.draw(locks())
    less, more = sorted((data.draw(some_of(rows)), data.draw(some_of(rows))))
    before, after = share_in_order(rows, less), share_in_order(rows, more)
    assert all(before[pk] <= after[pk] for pk in before)


@given(data=st.data())
def test_proportionally_everybody_is_within_a_fen_of_the_exact_part(data):
    rows = data.draw(locks())
    total = sum(row.owed for row in rows)
    available = min(data.draw(some_of(rows)), total)
    shares = share_proportionally(rows, available)
    for row in rows:
        assert abs(shares[row.claim_id] * total - row.owed * available) < Decimal("0.01") * total


@given(data=st.data())
def test_proportionally_equal_locks_differ_by_a_fen_at_most_and_whoever_filed_first_has_it(data):
    amount, many = data.draw(amounts), data.draw(st.integers(2, 9))
    rows = owed(*[amount] * many, same=data.draw(st.booleans()))
    shares = list(share_proportionally(rows, data.draw(some_of(rows))).values())
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= Decimal("0.01")


@pytest.mark.parametrize("share", [share_in_order, share_proportionally])
@given(data=st.data())
def test_the_result_does_not_depend_on_how_the_rows_come(share, data):
    rows = data.draw(locks())
    available = data.draw(some_of(rows))
    assert share(data.draw(st.permutations(rows)), available) == share(rows, available)


def test_the_fen_that_are_left_go_to_the_largest_remainders():
    # Of 400, 200 and 100 a seventh of 100 yuan each time: 5714.28…, 2857.14… and 1428.57… fen; one fen is left.
    assert list(share_proportionally(owed("400", "200", "100"), Decimal("100")).values()) == [
        Decimal("57.14"),
        Decimal("28.57"),
        Decimal("14.29"),
    ]


def test_of_equal_remainders_whoever_filed_first_has_the_fen():
    assert list(share_proportionally(owed("1", "1", "1"), Decimal("1")).values()) == [
        Decimal("0.34"),
        Decimal("0.33"),
        Decimal("0.33"),
    ]


def test_locked_at_the_same_moment_counts_the_order_of_filing():
    rows = owed("70", "70", "70")
    assert list(share_in_order(rows[::-1], Decimal("100")).values()) == [70, 30, 0]
    assert share_in_order(rows[::-1], Decimal("100")) == {0: 70, 1: 30, 2: 0}


@pytest.mark.parametrize("share", [share_in_order, share_proportionally])
def test_without_money_or_without_claims_there_is_nothing_to_share(share):
    assert share([], Decimal("5")) == {}
    assert share(owed("1", "2"), Decimal("0")) == {0: 0, 1: 0}
