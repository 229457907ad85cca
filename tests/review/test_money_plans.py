"""What the money pages and money steps ask the database, so that their cost does not grow with the province."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.ledger import BALANCES
from applications.lifecycle import claims_lock
from applications.models import Claim, EnterpriseYear, LedgerEntry
from applications.models.record import LOCKED_AND_PAID
from review.budget_figures import spans
from tests.factories import make_period
from tests.review.budget_world import locked_claims

pytestmark = pytest.mark.django_db


@pytest.fixture
def claims():
    """A few locked claims."""
    return locked_claims(make_period(), "1000.00", "2000.00", "3000.00")


def asked(work):
    """The queries that `work` asks."""
    with CaptureQueriesContext(connection) as queries:
        work()
    return [query["sql"] for query in queries.captured_queries]


def test_what_was_paid_over_time_is_added_up_from_the_index_alone(claims):
    (query,) = (sql for sql in asked(lambda: spans(2025, "province")) if LedgerEntry._meta.db_table in sql)
    (index,) = (i for i in LedgerEntry._meta.indexes if i.name == "ledger_locked_and_paid")
    held = {*index.fields, *index.include}
    # Whatever way the planner takes, it could take this one: every column that the question names is in the index.
    of_ledger = {f.column: f.name for f in LedgerEntry._meta.concrete_fields}
    named = {
        name for column, name in of_ledger.items() if f'"{LedgerEntry._meta.db_table}"."{column}"' in query
    }
    assert "amount_cny" in named
    assert named <= held


def test_the_index_of_what_is_locked_and_paid_holds_what_these_balances_are_made_of():
    assert set(LOCKED_AND_PAID) == {*BALANCES["locked_cny"], *BALANCES["paid_cny"]}


def test_locking_claims_asks_for_their_years_by_key_alone(claims):
    first, second, _ = claims
    locked = []
    queries = asked(lambda: locked.extend(claims_lock([second.pk, first.pk])))
    assert [claim for claim, _ in locked] == [first, second]
    assert [year.enterprise_id for _, year in locked] == [first.enterprise_id, second.enterprise_id]
    assert len(queries) == 3
    (years,) = (sql for sql in queries if f'FROM "{EnterpriseYear._meta.db_table}"' in sql)
    # Looked up by what they are, not by looking from each year for a claim of it.
    assert f'"enterprise_id" IN ({first.enterprise_id}, {second.enterprise_id})' in years
    assert Claim._meta.db_table + '"' not in years


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
