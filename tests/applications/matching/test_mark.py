"""Which firm-years a change of official data marks to be matched again: those that it reaches and no others."""

from contextlib import contextmanager
from datetime import date
from time import monotonic

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from applications.lifecycle import transition as step
from applications.matching.compute import matches_compute_all
from applications.matching.mark import matches_mark
from applications.models import (
    FilingPeriod,
    Holiday,
    LprRate,
    Match,
    MatchYear,
    PastAward,
    RegisteredEnterprise,
    TradeFigures,
    YearSettings,
)
from applications.official_changes import Touched
from applications.settlement.gate import GATE
from applications.tasks import settlement_sweep
from review.publishing import version_add, version_publish
from tests.factories import NOW, credit_code, make_claim, make_firm, make_period, make_user, settle_all

from .builders import (
    ALICE,
    BOB,
    CAROL,
    agricultural,
    dual,
    enterprise,
    figures,
    known,
    member,
    platform,
    save,
    waiting,
    warehouse,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def settled():
    """Figures of three firms in two years, all matched; 2024 and 2025 are known."""
    for code in (ALICE, BOB, CAROL):
        for year in (2024, 2025):
            figures(code, year, cross_border_cny="20000000")
    matches_compute_all()
    assert waiting() == []


# --- What becomes known ------------------------------------------------------------------------------


def test_figures_make_known_their_own_year_and_not_the_next():
    figures(ALICE, 2024)
    assert waiting() == [(ALICE, 2024)]


def test_figures_reach_the_year_after_once_that_is_known():
    figures(ALICE, 2024)
    figures(BOB, 2025)
    assert waiting() == [(ALICE, 2024), (ALICE, 2025), (BOB, 2025)]


def test_a_list_that_names_no_year_counts_for_every_year_that_is_known():
    known(2023, 2025)
    dual(ALICE)
    platform(BOB)
    assert waiting() == [(ALICE, 2023), (ALICE, 2025), (BOB, 2023), (BOB, 2025)]


def test_a_year_that_becomes_known_by_figures_is_known_for_every_list():
    dual(ALICE)
    assert waiting() == []
    figures(BOB, 2025)
    assert waiting() == [(ALICE, 2025), (BOB, 2025)]


@pytest.mark.parametrize("kind", ["settings", "period"])
def test_a_year_becomes_known_by_settings_and_by_filing_periods(kind):
    drafter, publisher = (make_user(name, role=Role.DATA) for name in ("data1", "data2"))
    figures(BOB, 2025)
    warehouse(ALICE)
    matches_compute_all()
    row = {
        "settings": YearSettings(year=2026),
        "period": FilingPeriod(
            year=2026,
            title="2026 年度申报",
            opens_on=date(2027, 1, 1),
            deadline=date(2027, 3, 1),
            window_from=date(2026, 1, 1),
            window_to=date(2026, 12, 31),
        ),
    }[kind]
    row = version_add(row, actor=drafter, at=NOW)
    assert waiting() == [], "a draft makes nothing known"
    version_publish(row, actor=publisher, at=NOW)
    assert waiting() == [(ALICE, 2026), (BOB, 2026)], "exports of the year before count in the next"


def test_the_register_of_enterprises_alone_names_no_year_of_a_firm():
    known(2025)
    enterprise(ALICE)
    assert waiting() == []
    figures(ALICE, 2025)
    assert waiting() == [(ALICE, 2025)]


def test_a_struck_list_entry_adds_no_year():
    dual(ALICE, struck_reason="登记有误")
    known(2025)
    assert not MatchYear.objects.filter(credit_code=ALICE).exists()


# --- What is marked ----------------------------------------------------------------------------------


@pytest.mark.parametrize("register", [enterprise, platform, warehouse, dual, agricultural, member])
def test_a_register_marks_every_year_of_the_firm_that_it_names(settled, register):
    register(ALICE)
    assert waiting() == [(ALICE, 2024), (ALICE, 2025)]


def test_figures_mark_their_year_and_the_next(settled):
    row = TradeFigures.objects.get(credit_code=ALICE, year=2024)
    row.export_usd = 1
    save(row)
    assert waiting() == [(ALICE, 2024), (ALICE, 2025)]
    matches_compute_all()
    row = TradeFigures.objects.get(credit_code=ALICE, year=2025)
    row.export_usd = 1
    save(row)
    assert waiting() == [(ALICE, 2025)]


def test_a_row_that_is_as_it_was_marks_nothing(settled):
    save(TradeFigures.objects.get(credit_code=ALICE, year=2024))
    assert waiting() == []


def test_an_operator_that_changes_marks_both(settled):
    row = warehouse(ALICE)
    matches_compute_all()
    row.operator_code = BOB
    save(row)
    assert waiting() == [(ALICE, 2024), (ALICE, 2025), (BOB, 2024), (BOB, 2025)]


def test_a_platform_marks_its_members_too(settled):
    member(CAROL, "P1")
    member(BOB, "P2")
    matches_compute_all()
    platform(ALICE, "P1")
    assert waiting() == [(ALICE, 2024), (ALICE, 2025), (CAROL, 2024), (CAROL, 2025)]


def test_an_award_outside_the_system_marks_the_operator_of_what_it_is_about(settled):
    platform(ALICE, "X1")
    warehouse(BOB, "X1")
    matches_compute_all()
    save(PastAward(item="3.4", subject="X1"))
    assert waiting() == [(BOB, 2024), (BOB, 2025)]
    matches_compute_all()
    save(PastAward(item="6.1", credit_code=CAROL))
    assert waiting() == [(CAROL, 2024), (CAROL, 2025)]


def test_settings_and_holidays_mark_their_year_and_a_rate_of_interest_marks_all(settled):
    drafter, publisher = (make_user(name, role=Role.DATA) for name in ("data1", "data2"))
    version_publish(version_add(YearSettings(year=2025), actor=drafter, at=NOW), actor=publisher, at=NOW)
    assert waiting() == [(code, 2025) for code in (ALICE, BOB, CAROL)]
    matches_compute_all()
    save(Holiday(day=date(2024, 10, 1), kind="off"))
    assert waiting() == [(code, 2024) for code in (ALICE, BOB, CAROL)]
    matches_compute_all()
    save(LprRate(published_on=date(2025, 1, 20), one_year_percent="3.10"))
    assert len(waiting()) == 6


# --- Locks that are set and lifted -------------------------------------------------------------------


@pytest.fixture
def officers():
    """Commerce and finance; nobody is drawn for a second check."""
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE), make_user("finance", role=Role.FINANCE)


def approve(claim, officers):
    commerce, finance = officers
    step(claim_id=claim.pk, action="approve", actor=commerce, at=NOW)
    step(claim_id=claim.pk, action="finance_approve", actor=finance, at=NOW)
    settle_all(claim)


def test_setting_and_lifting_the_lock_of_a_warehouse_marks_its_operator_and_nobody_else(settled, officers):
    firm = make_firm()
    warehouse(firm.credit_code, "W1")
    warehouse(BOB, "W2")
    claim = make_claim(firm, "3.4", make_period(2025), facts={"warehouse": "W1"})
    matches_compute_all()
    approve(claim, officers)
    assert waiting() == [(firm.credit_code, 2024), (firm.credit_code, 2025)]
    matches_compute_all()
    step(claim_id=claim.pk, action="recall", actor=officers[1], at=NOW)
    settle_all(claim)
    assert waiting() == [(firm.credit_code, 2024), (firm.credit_code, 2025)]


def test_a_lock_about_the_firm_itself_marks_the_firm(settled, officers):
    firm = make_firm()
    dual(firm.credit_code)
    dual(ALICE)
    claim = make_claim(firm, "6.1", make_period(2025))
    matches_compute_all()
    approve(claim, officers)
    assert waiting() == [(firm.credit_code, 2024), (firm.credit_code, 2025)]


def test_a_lock_of_what_is_paid_every_year_marks_nothing(settled, officers):
    firm = make_firm()
    figures(firm.credit_code, 2025, cross_border_cny="20000000")
    claim = make_claim(firm, "3.1", make_period(2025))
    matches_compute_all()
    approve(claim, officers)
    assert waiting() == []


def test_the_sweep_matches_what_waits(settled):
    dual(ALICE)
    settlement_sweep()
    assert waiting() == []


# --- While official data are being changed -----------------------------------------------------------


@pytest.fixture
def somebody_changes_data():
    """Another connection that stands in the gate, as whoever changes official data does, until the block ends."""
    other = connection.copy()

    @contextmanager
    def stand():
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [GATE])
        yield
        other.rollback()

    yield stand
    other.close()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_matched_while_data_are_being_changed(settled, somebody_changes_data):
    """What waits is passed over when it is marked again, so nobody may be matching it on what was there before."""
    dual(ALICE)
    with somebody_changes_data():
        assert matches_compute_all() == 0
    assert len(waiting()) == 2
    assert matches_compute_all() == 2


@pytest.mark.django_db(transaction=True)
def test_a_lock_set_while_data_are_being_changed_is_marked_for_by_the_sweep(officers, somebody_changes_data):
    firm = make_firm()
    known(2024, 2025)
    dual(firm.credit_code)
    claim = make_claim(firm, "6.1", make_period(2025))
    matches_compute_all()
    with somebody_changes_data():
        approve(claim, officers)
        assert waiting() == [], "whoever approves waits for nobody"
    settlement_sweep()
    assert waiting() == []
    assert not Match.objects.filter(match_year__year=2024).exists()


# --- Much at once ------------------------------------------------------------------------------------


def touch(count):
    """A Touched as an import of registers and figures makes it."""
    codes = {credit_code(number) for number in range(count)}
    return Touched(firms=codes, firms_of_year={2025: codes, 2026: codes})


def test_as_many_statements_for_a_thousand_firms_as_for_one(settled):
    counts = []
    for count in (1, 1000):
        with CaptureQueriesContext(connection) as queries:
            matches_mark(touched=touch(count))
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_a_province_is_marked_in_a_moment():
    rows = [TradeFigures(credit_code=credit_code(number), year=2025) for number in range(20_000)]
    TradeFigures.objects.bulk_create(rows, batch_size=5000)
    RegisteredEnterprise.objects.bulk_create(
        [RegisteredEnterprise(credit_code=row.credit_code, name="示例公司", city="2301") for row in rows],
        batch_size=5000,
    )
    started = monotonic()
    matches_mark(touched=touch(20_000))
    assert MatchYear.objects.count() == 20_000
    MatchYear.objects.update(settled=F("requested"))
    matches_mark(touched=touch(20_000))
    assert set(MatchYear.objects.values_list("requested", flat=True)) == {2}
    assert monotonic() - started < 10
