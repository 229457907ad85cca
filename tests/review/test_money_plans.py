"""What the money pages ask the database at the size of a province: shown by the plans, which no machine's speed changes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.ledger import BALANCES
from applications.lifecycle import claims_lock
from applications.models import Claim, EnterpriseYear
from applications.models.record import LOCKED_AND_PAID
from review.budget_figures import spans
from tests.factories import make_period
from tests.review.budget_world import locked_claims

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims():
    """A few locked claims; tables so small are read whole unless the database is told not to."""
    found = locked_claims(make_period(), "1000.00", "2000.00", "3000.00")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    return found


def plans(asked):
    """The plan of each query that `asked` asks."""
    with CaptureQueriesContext(connection) as queries:
        asked()
    found = []
    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            if "SELECT" in query["sql"]:
                cursor.execute(f"EXPLAIN {query['sql']}")
                found.append("\n".join(line for (line,) in cursor.fetchall()))
    return found


def about(found, table):
    """The lines of plans that read a table."""
    return [line for plan in found for line in plan.splitlines() if f" on {table}" in line and "Scan" in line]


def test_what_was_paid_over_time_is_added_up_without_reading_a_row_of_the_ledger(claims):
    read = about(plans(lambda: spans(2025, "province")), "applications_ledgerentry")
    assert len(read) == 1
    assert "Index Only Scan using ledger_locked_and_paid" in read[0]


def test_the_index_of_what_is_locked_and_paid_holds_what_these_balances_are_made_of():
    assert set(LOCKED_AND_PAID) == {*BALANCES["locked_cny"], *BALANCES["paid_cny"]}


def test_locking_claims_asks_for_their_years_by_key_alone(claims):
    first, second, _ = claims
    with CaptureQueriesContext(connection) as queries:
        locked = claims_lock([second.pk, first.pk])
    assert [claim for claim, _ in locked] == [first, second]
    assert [year.enterprise_id for _, year in locked] == [first.enterprise_id, second.enterprise_id]
    assert len(queries) == 3
    years = [plan for plan in plans(lambda: claims_lock([first.pk, second.pk])) if "enterpriseyear" in plan]
    assert len(years) == 1
    assert "Index Cond: ((enterprise_id = ANY" in years[0]
    # Looked up by what they are, not by looking from each year for a claim of it.
    assert "applications_claim" not in years[0]


def test_locking_claims_of_several_years_locks_each_with_its_year(claims):
    first, _, last = claims
    Claim.objects.filter(pk=first.pk).update(year=2024)
    EnterpriseYear.objects.create(enterprise=first.enterprise, year=2024)
    locked = claims_lock([last.pk, first.pk])
    assert [(claim.pk, year.enterprise_id, year.year) for claim, year in locked] == [
        (first.pk, first.enterprise_id, 2024),
        (last.pk, last.enterprise_id, 2025),
    ]
    assert claims_lock([]) == []
