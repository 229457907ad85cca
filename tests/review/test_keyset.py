"""Pages of long lists: every row once and in order, whichever way one walks, whatever moves in between."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from applications.models import Claim
from review import keyset
from review.keyset import Counted, counted, page_of
from tests.factories import NOW, make_firm, make_period, owner_of

DAY = date(2026, 3, 2)
ORDERS = (
    keyset.WAITING,
    keyset.AMOUNT,
    keyset.SUBMITTED,
    keyset.NEWEST,
    keyset.CITY,
    keyset.FIRM,
    keyset.CHANGED,
)
ROWS = 3

rows = st.lists(
    st.tuples(
        st.sampled_from([DAY + timedelta(days=n) for n in range(3)]),
        st.sampled_from([None, Decimal("0.00"), Decimal("10.50"), Decimal("99.00")]),
        st.integers(0, 2),
        st.sampled_from(["2301", "2302"]),
        st.booleans(),
    ),
    max_size=14,
)


def claims_make(firms, period, values):
    """Claims with ties in everything, and without some values; they need not be such as a life of a claim makes."""
    owner = owner_of(firms[0])
    return Claim.objects.bulk_create(
        Claim(
            number=f"2025-5.1-{number:05d}",
            enterprise=firms[city == "2302"],
            item="5.1",
            year=2025,
            subject=str(number),
            period=period,
            created_by=owner,
            created_at=NOW,
            state="commerce_review" if commerce else "finance_review",
            state_since=datetime(2026, 3, 2, hour, tzinfo=UTC),
            waiting_on=waiting,
            payable_cny=payable,
            first_submitted_at=datetime(2026, 3, 2, hour, tzinfo=UTC),
            submitted_at=datetime(2026, 3, 2, hour, tzinfo=UTC),
            city=city,
            payer="province",
        )
        for number, (waiting, payable, hour, city, commerce) in enumerate(values)
    )


def listed(claims):
    return claims.select_related("enterprise")


def pieces():
    return [Claim.objects.filter(state=state) for state in ("commerce_review", "finance_review")]


def page(order, *, of=None, rows=ROWS, **address):
    data = QueryDict(mutable=True)
    data.update(address)
    return page_of(pieces() if of is None else of, order, data, listed=listed, rows=rows)


def expected(order):
    """The order said once more, in Python."""
    claims = list(
        Claim.objects.select_related("enterprise").order_by("-pk" if order is keyset.NEWEST else "pk")
    )
    for column in reversed(order.columns[:-1]):
        with_value = [claim for claim in claims if column.value(claim) is not None]
        without = [claim for claim in claims if column.value(claim) is None]
        with_value.sort(key=column.value, reverse=column.descending)
        claims = with_value + without
    return [claim.pk for claim in claims]


class EveryRowOnce(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.firms = [make_firm("Beta"), make_firm("Alpha", city="2302")]
        cls.period = make_period()

    @settings(max_examples=20)
    @given(rows)
    def test_walking_the_pages_forwards_and_back_gives_every_row_once_and_in_order(self, values):
        claims_make(self.firms, self.period, values)
        for order in ORDERS:
            self.walk(order, expected(order))

    def walk(self, order, wanted):
        forwards, pages = [], [page(order)]
        while pages[-1].next:
            pages.append(page(order, after=pages[-1].next))
            assert len(pages) <= len(wanted), "the pages go round in a circle"
        for number, each in enumerate(pages):
            forwards += [claim.pk for claim in each]
            assert bool(each.previous) == (number > 0)
            assert each.total == Counted(len(wanted))
            assert each.start == (ROWS * number + 1 if each.rows else 0)
        assert forwards == wanted
        here, back = pages[-1], [[claim.pk for claim in pages[-1]]]
        while here.previous:
            here = page(order, before=here.previous)
            back.insert(0, [claim.pk for claim in here])
            assert len(back) <= len(pages), "the pages go round in a circle"
        assert [pk for each in back for pk in each] == wanted
        assert len(back) == len(pages)


@pytest.fixture
def firms(db):
    return [make_firm("Beta"), make_firm("Alpha", city="2302")]


@pytest.fixture
def seven(firms):
    """Seven claims, one a day."""
    values = [(DAY + timedelta(days=n), Decimal("1.00"), 1, "2301", True) for n in range(7)]
    return claims_make(firms, make_period(), values)


def numbers(found):
    return [claim.number[-1] for claim in found]


def test_rows_that_leave_shift_no_page(seven):
    first = page(keyset.WAITING)
    assert numbers(first) == ["0", "1", "2"]
    Claim.objects.filter(pk__in=[seven[0].pk, seven[2].pk]).update(
        state="approved", locked_cny=1, locked_at=NOW
    )
    second = page(keyset.WAITING, after=first.next)
    assert numbers(second) == ["3", "4", "5"]
    # Less than a page is left before them: the first page, whole.
    assert numbers(page(keyset.WAITING, before=second.previous)) == ["1", "3", "4"]


def test_a_row_that_comes_in_before_is_not_missed_on_the_way_back(seven):
    second = page(keyset.WAITING, after=page(keyset.WAITING).next)
    Claim.objects.filter(pk=seven[6].pk).update(waiting_on=DAY)
    assert numbers(page(keyset.WAITING, before=second.previous)) == ["6", "1", "2"]


def test_beyond_the_last_row_is_the_first_page(seven):
    last = page(keyset.WAITING, rows=6)
    Claim.objects.filter(pk=seven[6].pk).update(waiting_on=DAY - timedelta(days=1))
    assert numbers(page(keyset.WAITING, rows=6, after=last.next)) == ["6", "0", "1", "2", "3", "4"]


@pytest.mark.parametrize("cursor", ["", "x", "a:b:c", "WyIyMDI2Il0:1x", "%00", "1" * 5000])
def test_a_cursor_that_is_not_ours_leads_to_the_first_page(seven, cursor):
    assert numbers(page(keyset.WAITING, after=cursor)) == ["0", "1", "2"]
    assert numbers(page(keyset.WAITING, before=cursor)) == ["0", "1", "2"]


def test_a_cursor_that_was_changed_or_is_of_another_order_leads_to_the_first_page(seven):
    cursor = page(keyset.WAITING).next
    for wrong in (
        cursor[:-1] + ("A" if cursor[-1] != "A" else "B"),
        "A" + cursor[1:],
        page(keyset.FIRM).next,
    ):
        assert numbers(page(keyset.WAITING, after=wrong)) == ["0", "1", "2"]
    assert numbers(page(keyset.WAITING, after=cursor)) == ["3", "4", "5"]


def test_a_page_costs_as_many_queries_with_one_row_as_with_a_hundred(firms, django_assert_num_queries):
    values = [(DAY, Decimal("1.00"), 1, "2301", bool(n % 2)) for n in range(300)]
    claims_make(firms, make_period(), values)
    with django_assert_num_queries(2):
        first = page(keyset.WAITING, rows=1)
    with django_assert_num_queries(2):
        assert len(page(keyset.WAITING, rows=100)) == 100
    with django_assert_num_queries(2):
        assert len(page(keyset.WAITING, rows=100, after=first.next)) == 100


def test_counting_stops_beyond_what_anybody_does(firms, monkeypatch):
    claims_make(firms, make_period(), [(DAY, None, 1, "2301", bool(n % 2)) for n in range(6)])
    monkeypatch.setattr(keyset, "COUNTED", 6)
    assert str(counted({"all": pieces()})["all"]) == "6"
    monkeypatch.setattr(keyset, "COUNTED", 5)
    found = counted({"all": pieces(), "none": [], "never": [Claim.objects.none()]})
    assert [str(each) for each in found.values()] == ["6+", "0", "0"]
    last = page(keyset.WAITING, rows=5).next
    assert page(keyset.WAITING, rows=5, after=last).start == 6
    monkeypatch.setattr(keyset, "COUNTED", 4)
    assert page(keyset.WAITING, rows=5, after=last).start == 0


def test_nothing_is_an_empty_page(db):
    empty = page(keyset.WAITING)
    assert (empty.rows, empty.next, empty.previous, str(empty.total), empty.start) == ([], "", "", "0", 0)
