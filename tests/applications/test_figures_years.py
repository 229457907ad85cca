"""Closing a year's customs figures: who may, when, which awards move with it, and what the keeper looks at."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.figures_years import (
    CLOSED,
    REOPENED,
    Differences,
    enterprise_years_moved,
    year_close,
    year_reopen,
    years_standing,
)
from applications.models import EnterpriseYear, Event, FiguresYear
from applications.trade_figures import figures_derive
from tests.factories import (
    NOW,
    SHANGHAI,
    make_claim,
    make_figures,
    make_firm,
    make_month,
    make_period,
    make_user,
    settle_all,
)

pytestmark = pytest.mark.django_db

MILLIONS_12 = "12345678.90"


@pytest.fixture
def keeper():
    return make_user("keeper", role=Role.DATA, name="示例数据员")


@pytest.fixture
def firm():
    return make_firm()


def with_detail(firm, cny=MILLIONS_12, month="2025-06", **fields):
    """Cross-border exports of a firm in monthly detail, added up."""
    make_month(firm.credit_code, month, cny=cny, supervision_code="9610", **fields)
    figures_derive({(firm.credit_code, int(month[:4]))})


def waiting():
    """The enterprise-years that wait to be settled, as (name, year)."""
    return {(each.enterprise.name, each.year) for each in EnterpriseYear.objects.all() if each.is_computing}


def test_provisional_figures_pay_nothing_closed_ones_pay_and_reopened_ones_no_longer(keeper, firm):
    with_detail(firm)
    claim = make_claim(firm, "3.1", make_period())
    assert (claim.payable_cny, claim.reasons[0]["code"]) == (0, "figures_missing")
    year_close(year=2025, actor=keeper, at=NOW)
    assert settle_all(claim).payable_cny == Decimal("120000.00")
    year_reopen(year=2025, actor=keeper, reason="海关更正了六月数据。", at=NOW)
    assert settle_all(claim).payable_cny == 0


def test_a_loaded_figure_pays_whether_the_year_is_closed_or_not(keeper, firm):
    make_figures(firm, 2025, cross_border_cny="20000000")
    with_detail(firm)
    claim = make_claim(firm, "3.1", make_period())
    assert claim.payable_cny == Decimal("200000.00")
    year_close(year=2025, actor=keeper, at=NOW)
    assert settle_all(claim).payable_cny == Decimal("200000.00")


def test_closing_marks_the_years_whose_figures_change_and_no_others(keeper, firm):
    whole, stranger = make_firm("示例有年度数公司"), make_firm("示例无明细公司")
    partly = make_firm("示例部分年度数公司")
    figures = dict.fromkeys(
        ("import_cny", "export_usd", "cross_border_cny", "resource_import_cny", "local_product_export_cny"),
        "0",
    )
    make_figures(whole, 2025, export_cny="5", **figures)
    make_figures(partly, 2025, **figures)
    for one in (firm, whole, partly):
        with_detail(one)
    for one in (firm, whole, partly, stranger):
        for year in (2024, 2025, 2026, 2027):
            EnterpriseYear.objects.create(enterprise=one, year=year)
    expected = {(one.name, year) for one in (firm, partly) for year in (2025, 2026)}
    assert year_close(year=2025, actor=keeper, at=NOW) == 4
    assert waiting() == expected
    settle_all()
    assert year_reopen(year=2025, actor=keeper, reason="更正。", at=NOW) == 4
    assert waiting() == expected


def test_the_growth_of_the_next_year_rests_on_a_closed_year(keeper, firm):
    with_detail(firm, cny="1000000.00", month="2024-03")
    make_figures(firm, 2025, import_cny="0", export_cny="111000000")
    claim = make_claim(firm, "1.1", make_period())
    assert claim.reasons[0]["code"] == "figures_missing"
    year_close(year=2024, actor=keeper, at=NOW)
    assert settle_all(claim).payable_cny == Decimal("330000.00")


def test_detail_that_arrives_after_closing_counts_at_once(keeper, firm):
    with_detail(firm)
    claim = make_claim(firm, "3.1", make_period())
    year_close(year=2025, actor=keeper, at=NOW)
    with_detail(firm, cny="1000000.00", month="2025-07")
    EnterpriseYear.objects.update(requested=9)
    assert settle_all(claim).payable_cny == Decimal("130000.00")


def test_only_the_keeper_of_figures_closes_and_reopens(firm):
    with_detail(firm)
    for role in (Role.COMMERCE, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR):
        other = make_user(role, role=role)
        with pytest.raises(NotAllowed):
            year_close(year=2025, actor=other, at=NOW)
        with pytest.raises(NotAllowed):
            year_reopen(year=2025, actor=other, reason="试试。", at=NOW)
    assert not FiguresYear.objects.exists()


@pytest.mark.parametrize(("day", "possible"), [((2025, 12, 31), False), ((2026, 1, 1), True)])
def test_a_year_is_closed_only_after_its_last_day(keeper, firm, day, possible):
    with_detail(firm)
    at = datetime(*day, 23, 30, tzinfo=SHANGHAI)
    if possible:
        year_close(year=2025, actor=keeper, at=at)
    else:
        with pytest.raises(Refused, match="还没有结束"):
            year_close(year=2025, actor=keeper, at=at)
    assert FiguresYear.objects.filter(closed_at__isnull=False).exists() == possible


def test_what_makes_no_sense_is_refused_with_a_sentence(keeper, firm):
    with pytest.raises(Refused, match="没有月度明细"):
        year_close(year=2025, actor=keeper, at=NOW)
    with pytest.raises(Refused, match="2000 到 2100"):
        year_close(year=1999, actor=keeper, at=NOW)
    with pytest.raises(Refused, match="没有关闭"):
        year_reopen(year=2025, actor=keeper, reason="更正。", at=NOW)
    with_detail(firm)
    year_close(year=2025, actor=keeper, at=NOW)
    with pytest.raises(Refused, match="已经关闭"):
        year_close(year=2025, actor=keeper, at=NOW)
    with pytest.raises(Refused, match="写明"):
        year_reopen(year=2025, actor=keeper, reason="  ", at=NOW)
    assert FiguresYear.objects.get().closed_by == keeper


def test_closing_and_reopening_are_recorded_with_who_why_and_how_many_firms(keeper, firm):
    with_detail(firm)
    year_close(year=2025, actor=keeper, at=NOW, source_ip="10.0.0.1")
    year_reopen(year=2025, actor=keeper, reason=" 海关更正。 ", at=NOW)
    events = Event.objects.filter(topic="figures-year:2025").order_by("pk")
    assert [(event.kind, event.actor, event.data) for event in events] == [
        (CLOSED, keeper, {"firms": 1}),
        (REOPENED, keeper, {"firms": 1, "reason": "海关更正。"}),
    ]
    assert events[0].source_ip == "10.0.0.1"


def test_each_year_stands_with_its_firms_its_months_and_the_missing_ones(keeper, firm):
    other = make_firm("示例乙公司")
    for month in ("2025-01", "2025-03"):
        with_detail(firm, month=month)
    with_detail(other, month="2025-12")
    make_figures(firm, 2024, export_cny="1")
    newest, older = years_standing()
    assert (newest.year, newest.loaded_firms, newest.detail_firms) == (2025, 0, 2)
    assert newest.months == (1, 3, 12)
    assert newest.missing == (2, 4, 5, 6, 7, 8, 9, 10, 11)
    assert not newest.closed
    assert (older.year, older.loaded_firms, older.detail_firms, older.missing) == (2024, 1, 0, ())
    year_close(year=2025, actor=keeper, at=NOW)
    assert years_standing()[0].closed


def test_differences_are_listed_the_largest_first_and_read_page_by_page(firm):
    other = make_firm("示例乙公司")
    with_detail(firm, cny="500.00", usd="70")
    with_detail(other, cny="90.00", usd="10")
    make_figures(firm, 2025, export_cny="400", cross_border_cny="500", import_cny="0")
    make_figures(other, 2025, export_cny="1000")
    found = Differences(2025)
    assert len(found) == 2
    assert [(each.name, each.figure, each.loaded, each.more) for each in found[0:10]] == [
        ("示例乙公司", "export_cny", Decimal(1000), Decimal(-910)),
        ("示例甲公司", "export_cny", Decimal(400), Decimal(100)),
    ]
    assert [each.name for each in found[1:2]] == ["示例甲公司"]
    assert len(Differences(2024)) == 0


def test_the_overview_costs_the_same_for_one_year_and_for_many(firm):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            years_standing()
        return len(captured)

    with_detail(firm)
    one = queries()
    for year in range(2015, 2025):
        with_detail(firm, month=f"{year}-01")
        make_figures(firm, year)
    assert queries() == one


def test_what_a_closing_would_move_is_known_before_it(keeper, firm):
    with_detail(firm)
    make_claim(firm, "3.1", make_period())
    assert enterprise_years_moved(2025).count() == 1
    assert enterprise_years_moved(2024).count() == 0
