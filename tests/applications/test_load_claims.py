"""What a load did to claims: noted as it is stored, filled in when the years have been settled."""

from decimal import Decimal

import pytest

from applications.imports.loading import load_store
from applications.load_claims import load_claims, load_claims_totals
from applications.models import Claim, EnterpriseYear, LoadClaim
from tests.factories import NOW, make_claim, make_figures, make_firm, make_period, settle_all
from tests.support.tables import csv_file, headings

pytestmark = pytest.mark.django_db

#: 1.1 pays 30,000 for each 10 million of growth, from 100 million on; of the year before there is nothing.
BEFORE, MORE = "200000000", "290000000"


@pytest.fixture
def period():
    return make_period()


@pytest.fixture
def load(tmp_path):
    """Loads exports of 2025 for firms: {firm: yuan}; gives the record of the load."""

    def run(figures):
        rows = [[firm.credit_code, 2025, sum_] for firm, sum_ in figures.items()]
        path = csv_file(tmp_path, [headings("figures", "credit_code", "year", "export_cny"), *rows])
        return load_store("figures", path, at=NOW).load

    return run


def trader(period, name, exports=BEFORE):
    """A firm with a settled claim of 1.1 for 2025."""
    firm = make_firm(name)
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, 2025, import_cny="0", export_cny=exports)
    return firm, make_claim(firm, "1.1", period)


def lock(claim, paid="0"):
    """Sets a claim to what finance has approved, and some of it to paid."""
    Claim.objects.filter(pk=claim.pk).update(
        state="payable", locked_cny=claim.payable_cny, locked_at=NOW, paid_cny=Decimal(paid)
    )
    return claim.payable_cny


def noted(load):
    rows = LoadClaim.objects.filter(load=load).order_by("claim_id")
    return [(each.claim_id, each.before_cny, each.after_cny) for each in rows]


def test_a_load_notes_the_claims_of_the_years_that_it_marks_and_no_others(period, load):
    (first, claim), (second, other) = trader(period, "示例甲公司"), trader(period, "示例乙公司")
    record = load({first: MORE, second: BEFORE})
    assert claim.payable_cny > 0
    assert noted(record) == [(claim.pk, claim.payable_cny, None)]
    row = LoadClaim.objects.get()
    year = EnterpriseYear.objects.get(enterprise=first, year=2025)
    assert (row.state_before, row.locked_before_cny, row.paid_before_cny) == ("commerce_review", None, 0)
    assert (row.requested, row.settled_at) == (year.requested, None)
    assert other.payable_cny == claim.payable_cny


def test_the_settlement_that_follows_fills_in_the_amounts_after(period, load):
    firm, claim = trader(period, "示例甲公司")
    record = load({firm: MORE})
    settle_all(claim)
    assert noted(record) == [(claim.pk, load_claims(record).get().before_cny, claim.payable_cny)]
    row = LoadClaim.objects.get()
    assert row.before_cny < row.after_cny
    assert row.settled_at == claim.settled_at
    assert load_claims(record).get().change == row.after_cny - row.before_cny


def test_later_settlements_leave_what_was_noted(period, load):
    firm, claim = trader(period, "示例甲公司")
    first = load({firm: MORE})
    settle_all(claim)
    was = noted(first)
    second = load({firm: BEFORE})
    settle_all(claim)
    assert noted(first) == was
    (_, before, after) = noted(second)[0]
    assert (before, after) == (was[0][2], was[0][1])


def test_a_settlement_that_began_before_the_load_says_nothing_about_it(period, load):
    firm, claim = trader(period, "示例甲公司")
    record = load({firm: MORE})
    EnterpriseYear.objects.filter(enterprise=firm, year=2025).update(requested=1, settled=0)
    settle_all(claim)
    assert noted(record)[0][2] is None


def test_claims_that_do_not_count_are_not_noted(period, load):
    firm, claim = trader(period, "示例甲公司")
    Claim.objects.filter(pk=claim.pk).update(state="rejected")
    assert noted(load({firm: MORE})) == []


def test_an_amount_that_stays_is_not_listed(period, load):
    firm, claim = trader(period, "示例甲公司")
    record = load({firm: "200000000.01"})
    settle_all(claim)
    assert len(noted(record)) == 1
    assert list(load_claims(record)) == []


def test_what_finance_had_approved_comes_first_and_then_the_largest_change(period, load):
    small, large, decided = (
        trader(period, name, exports)
        for name, exports in (("示例甲公司", "190000000"), ("示例乙公司", BEFORE), ("示例丙公司", BEFORE))
    )
    lock(decided[1])
    record = load({small[0]: "200000000", large[0]: "1000000", decided[0]: "190000000"})
    settle_all()
    assert [(row.claim_id, row.decided, row.change) for row in load_claims(record)] == [
        (decided[1].pk, True, -30_000),
        (large[1].pk, False, -600_000),
        (small[1].pk, False, 30_000),
    ]
    assert load_claims_totals(record) == {
        "noted": 3,
        "waiting": 0,
        "moved": 3,
        "decided": 1,
        "before": 1_770_000,
        "after": 1_170_000,
        "gained": 30_000,
        "lost": -630_000,
    }


def test_money_that_was_paid_and_is_demanded_back_is_taken_off(period, load):
    firm, claim = trader(period, "示例甲公司")
    paid = lock(claim, claim.payable_cny)
    record = load({firm: "150000000"})
    settle_all(claim)
    assert (claim.payable_cny, claim.demanded_cny) == (600_000, 150_000)
    row = load_claims(record).get()
    assert (row.before_cny, row.after_cny, row.paid_before_cny) == (600_000, 450_000, paid)


def test_nothing_listed_has_totals_of_zero(period, load):
    firm, _ = trader(period, "示例甲公司")
    assert load_claims_totals(load({firm: BEFORE})) == {
        "noted": 0,
        "waiting": 0,
        "moved": 0,
        "decided": 0,
        "before": 0,
        "after": 0,
        "gained": 0,
        "lost": 0,
    }
