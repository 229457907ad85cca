"""A whole year settled at once: the same rows as one by one, in bounded memory, and nobody stops anybody."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError

from applications import tasks
from applications.ledger import entry
from applications.models import (
    Claim,
    Enterprise,
    EnterpriseYear,
    Event,
    LedgerEntry,
    TradeFigures,
)
from applications.settlement import year as year_module
from applications.settlement.mark import years_mark
from applications.settlement.run import years_settle, years_settle_safely
from applications.settlement.year import year_settle_all
from tests.factories import NOW, credit_code, make_period, make_user

pytestmark = pytest.mark.django_db

LOAN = {
    "principal_cny": "5000000",
    "issued_on": "2025-02-10",
    "repaid_on": None,
    "interest_paid_cny": "130000",
}
PREMIUMS = [
    {"premium_cny": "64000", "market": "JP", "new_mode": False},
    {"premium_cny": "12000.55", "market": "US", "new_mode": True},
]


def kinds_of_claims(number):
    """Item, facts and fields of the claims of one firm, different from firm to firm."""
    booth = {"booth_cny": str(1000 * number)}
    yield "5.1", {**booth, "freight_cny": "58600"}, {}
    if number % 2:
        yield "1.1", {}, {}
    if number % 3 == 0:
        yield "7.2", {"premiums": PREMIUMS}, {"other_support_cny": Decimal("100.50")}
    if number % 5 == 0:
        yield "5.3", {"participation_cny": "20000"}, locked(number, "30000.00", paid="20000.00")
    if number % 7 == 0:
        yield "5.2", booth, locked(number, "999999.00")
    if number % 11 == 0:
        yield "4.2", {"bank_fees_cny": "8000", "loans": [LOAN]}, {"state": "finance_review"}
    if number % 13 == 0:
        yield "3.1", {}, {"state": "rejected"}


def locked(number, amount, paid="0.00"):
    """The columns of a claim that finance has approved and of which something may be paid."""
    return {
        "state": "payable",
        "locked_cny": Decimal(amount),
        "locked_at": NOW + timedelta(minutes=number),
        "paid_cny": Decimal(paid),
    }


def different_firms(most):
    """The first two numbers up to `most` of each set of items that `kinds_of_claims` gives to a firm."""
    alike = {}
    for number in range(1, most + 1):
        alike.setdefault(tuple(item for item, _, _ in kinds_of_claims(number)), []).append(number)
    return sorted(number for numbers in alike.values() for number in numbers[:2])


def firms_make(numbers):
    """Firms of these numbers, or of the numbers from 1 to a count, with figures and claims, written in bulk, whose years
    wait; returns the keys of the years."""
    numbers = range(1, numbers + 1) if isinstance(numbers, int) else numbers
    period, owner = make_period(), make_user("owner")
    have = Enterprise.objects.count()
    firms = Enterprise.objects.bulk_create(
        Enterprise(credit_code=credit_code(have + n), name=f"示例企业{n}", city="2301", created_at=NOW)
        for n in numbers
    )
    TradeFigures.objects.bulk_create(
        TradeFigures(
            credit_code=firm.credit_code,
            year=year,
            import_cny=Decimal(10_000_000) * n * (year - 2023),
            export_cny=0,
            local_product_export_cny=60_000_000,
        )
        for n, firm in zip(numbers, firms, strict=True)
        for year in (2024, 2025)
    )
    years = EnterpriseYear.objects.bulk_create(
        EnterpriseYear(enterprise=firm, year=2025, requested=1, marked_at=NOW) for firm in firms
    )
    claims = Claim.objects.bulk_create(
        Claim(
            **{
                "number": f"2025-{item}-{n:05d}",
                "enterprise": firm,
                "item": item,
                "year": 2025,
                "period": period,
                "created_by": owner,
                "created_at": NOW,
                "state": "commerce_review",
                "state_since": NOW,
                "waiting_on": NOW.date(),
                "facts": facts,
                "other_support_cny": Decimal(0),
                "first_submitted_at": NOW,
                "submitted_at": NOW,
                "city": "2301",
                "payer": "province",
                **fields,
            }
        )
        for n, firm in zip(numbers, firms, strict=True)
        for item, facts, fields in kinds_of_claims(n)
    )
    LedgerEntry.objects.bulk_create(
        entry(claim=claim, kind=kind, amount=amount, at=NOW)
        for claim in claims
        for kind, amount in (("lock", claim.locked_cny), ("payment", claim.paid_cny))
        if amount
    )
    return [year.pk for year in years]


def everything():
    """All that settling writes, in an order of its own, without keys that the database gives out and without times."""
    skipped = {"id", "last_event", "state_since", "waiting_on", "settled_at"}
    times = {"waited", "due_on", "certain"}
    columns = [each.attname for each in Claim._meta.concrete_fields if each.attname not in skipped]
    return {
        "claims": list(Claim.objects.order_by("number").values(*columns)),
        "entries": list(
            LedgerEntry.objects.order_by("claim__number", "pk").values_list(
                "claim__number", "kind", "amount_cny", "year", "topic"
            )
        ),
        "events": [
            (number, kind, {name: value for name, value in data.items() if name not in times})
            for number, kind, data in Event.objects.order_by("claim__number", "pk").values_list(
                "claim__number", "kind", "data"
            )
        ],
        "years": list(
            EnterpriseYear.objects.order_by("pk").values_list(
                "requested", "settled", "limit_cny", "total_cny", "overpaid_cny", "limit_claim"
            )
        ),
        "last events": [
            claim.last_event == max(Event.objects.filter(claim=claim).values_list("pk", flat=True), default=0)
            for claim in Claim.objects.order_by("number")
        ],
    }


@contextmanager
def undone():
    """What happens inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_bulk_path_writes_the_same_rows_as_settling_one_by_one():
    keys = firms_make(different_firms(220))
    with undone():
        for key in keys:
            assert years_settle([key], at=NOW) == 1
        one_by_one = everything()
    assert everything() != one_by_one
    with undone():
        assert year_settle_all(2025, inline=True, chunk=20) == len(keys)
        assert everything() == one_by_one
    assert all(one_by_one["last events"])
    assert {kind for _, kind, _ in one_by_one["events"]} >= {
        "claim.settled",
        "claim.unlocked",
        "claim.lock_reduced",
        "claim.amount_changed",
        "claim.completed",
        "claim.demanded",
    }


@pytest.mark.parametrize("changed", [True, False])
def test_a_chunk_takes_as_many_queries_for_fifty_years_as_for_five(changed, monkeypatch):
    monkeypatch.setattr(f"{__name__}.kinds_of_claims", plain_claims)
    keys = firms_make(60)
    counts = []
    for chunk in (keys[:5], keys[5:55]):
        if not changed:
            years_settle(chunk, at=NOW)
            years_mark(EnterpriseYear.objects.filter(pk__in=chunk), send=False)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert years_settle(chunk, at=NOW) == len(chunk)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] < 40


def plain_claims(number):
    """The same claims for every firm, none of which changes its state."""
    yield "5.1", {"booth_cny": str(1000 * number)}, {}
    yield "7.2", {"premiums": PREMIUMS}, {}
    yield "3.4", {"warehouse": f"W{number}"}, {}


@pytest.mark.parametrize(
    "facts", ["[]", "null", '{"booth_cny": "many"}', '{"booth_cny": null}', '{"freight": "1"}', '"text"']
)
def test_one_enterprise_year_with_spoilt_facts_stops_no_other(facts, caplog):
    keys = firms_make(9)
    spoilt = Claim.objects.filter(enterprise__years=keys[3], item="5.1")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_claim SET facts = %s::jsonb WHERE id = %s", [facts, spoilt.get().pk]
        )
    assert year_settle_all(2025, inline=True) == 8
    waiting = EnterpriseYear.objects.filter(requested__gt=F("settled"))
    assert [row.pk for row in waiting] == [keys[3]]
    assert not Event.objects.filter(enterprise__years=keys[3]).exists()
    assert spoilt.get().computed_cny is None
    assert f"enterprise-year {keys[3]} cannot be settled" in caplog.text


def test_only_what_waits_is_settled_unless_everything_is_asked_for():
    keys = firms_make(6)
    EnterpriseYear.objects.filter(pk__in=keys[:2]).update(settled=1)
    EnterpriseYear.objects.filter(pk=keys[5]).update(year=2024)
    assert year_settle_all(2025, inline=True) == 3
    assert year_settle_all(2025, inline=True) == 0
    assert year_settle_all(2025, inline=True, everything=True) == 5
    assert not EnterpriseYear.objects.filter(year=2025, requested__gt=F("settled")).exists()
    assert EnterpriseYear.objects.get(year=2024).is_computing


def test_no_more_than_a_chunk_is_held_and_each_year_is_in_one_chunk(monkeypatch):
    keys, seen = firms_make(23), []
    monkeypatch.setattr(year_module, "years_settle_safely", lambda found: seen.append(found) or len(found))
    assert year_settle_all(2025, inline=True, chunk=5) == 23
    assert [len(found) for found in seen] == [5, 5, 5, 5, 3]
    assert [key for found in seen for key in found] == keys


class Broker:
    """In place of the Celery application: what is sent goes to a function of ours."""

    def __init__(self, send_task):
        self.send_task = send_task


def test_without_inline_the_chunks_go_to_the_workers(monkeypatch, capsys):
    keys, sent = firms_make(7), []
    monkeypatch.setattr(year_module, "current_app", Broker(lambda name, args: sent.append((name, *args))))
    monkeypatch.setattr(
        year_module.year_settle_all, "__kwdefaults__", {"everything": False, "inline": False, "chunk": 3}
    )
    call_command("settle", "--year", "2025", "--everything")
    assert sent == [(tasks.settle_chunk.name, chunk) for chunk in (keys[:3], keys[3:6], keys[6:])]
    assert "7 家企业" in capsys.readouterr().out
    assert set(EnterpriseYear.objects.values_list("requested", flat=True)) == {2}
    for _, chunk in sent:
        tasks.settle_chunk(chunk)
    assert not EnterpriseYear.objects.filter(requested__gt=F("settled")).exists()


def test_without_a_broker_the_command_says_what_becomes_of_the_years(monkeypatch):
    def unreachable(name, args):
        raise OperationalError

    firms_make(1)
    monkeypatch.setattr(year_module, "current_app", Broker(unreachable))
    with pytest.raises(CommandError, match="--inline"):
        call_command("settle", "--year", "2025")


def test_the_command_settles_inline(capsys):
    firms_make(3)
    call_command("settle", "--year", "2025", "--inline")
    assert "已计算 3 家企业" in capsys.readouterr().out


@pytest.fixture
def somebody_else():
    """Another connection that holds rows until the block ends."""
    other = connection.copy()

    @contextmanager
    def hold(key):
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM applications_enterpriseyear WHERE id = %s FOR UPDATE", [key])
        yield
        other.rollback()

    yield hold
    other.close()


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_left_to_the_next_pass(somebody_else):
    keys = firms_make(5)
    with somebody_else(keys[2]):
        assert years_settle_safely(keys) == 4
        assert EnterpriseYear.objects.get(requested__gt=F("settled")).pk == keys[2]
    assert years_settle_safely(keys) == 1
