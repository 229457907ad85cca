"""What is found for firms that official data name: item by item, once for ever, and only on figures that are final."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from applications.lifecycle import transition as step
from applications.matching.compute import (
    matches_compute,
    matches_compute_all,
    matches_compute_safely,
    matches_compute_year,
)
from applications.models import (
    DerivedFigures,
    FiguresYear,
    Match,
    MatchYear,
    PastAward,
    TradeFigures,
    YearSettings,
)
from applications.official_changes import Change, official_changed
from tests.factories import NOW, credit_code, make_claim, make_firm, make_period, make_user, settle_all

from .builders import (
    ALICE,
    BOB,
    agricultural,
    dual,
    enterprise,
    figures,
    found,
    known,
    member,
    platform,
    save,
    waiting,
    warehouse,
)

pytestmark = pytest.mark.django_db

WAN = 10_000


@pytest.fixture
def officers():
    """Commerce and finance; nobody is drawn for a second check."""
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE), make_user("finance", role=Role.FINANCE)


def lock(claim, officers):
    """Commerce and finance approve."""
    commerce, finance = officers
    step(claim_id=claim.pk, action="approve", actor=commerce, at=NOW)
    step(claim_id=claim.pk, action="finance_approve", actor=finance, at=NOW)
    settle_all()


# --- Item by item ----------------------------------------------------------------------------------


def test_a_firm_that_has_not_signed_up_finds_what_its_figures_and_lists_open():
    figures(ALICE, 2024, import_cny="0", export_cny="0", export_usd="500000")
    figures(
        ALICE,
        import_cny="100000000",
        export_cny="60000000",
        export_usd="8000000",
        cross_border_cny="10000000",
        resource_import_cny="100000000",
        local_product_export_cny="49999999.99",
    )
    platform(ALICE)
    warehouse(ALICE)
    dual(ALICE)
    member(ALICE)
    assert found(ALICE) == {
        "1.1": Decimal("480000.00"),
        ("2.1", "P1"): Decimal("1000000.00"),
        "3.1": Decimal("100000.00"),
        ("3.4", "W1"): Decimal("1000000.00"),
        "4.1": None,
        "6.1": Decimal("200000.00"),
        "7.1": None,
        "7.2": None,
        "7.3": None,
    }


@pytest.mark.parametrize(
    ("name", "below", "at"),
    [("cross_border_cny", "9999999.99", "10000000"), ("local_product_export_cny", "49999999.99", "50000000")],
)
def test_a_figure_opens_its_item_at_the_threshold_and_not_below(name, below, at):
    row = figures(ALICE, **{name: below})
    assert found(ALICE) == {}
    setattr(row, name, Decimal(at))
    save(row)
    assert len(found(ALICE)) == 1
    setattr(row, name, None)
    save(row)
    assert found(ALICE) == {}


def test_growth_of_a_firm_introduced_in_the_year_needs_the_register_to_say_so():
    figures(ALICE, import_cny="100000000", export_cny="0")
    assert found(ALICE) == {}
    entry = enterprise(ALICE, introduced_year=2025)
    assert found(ALICE) == {"1.1": Decimal("300000.00")}
    entry.struck_reason = "登记有误"
    save(entry)
    assert found(ALICE) == {}


def test_each_match_says_what_it_rests_on_and_what_is_missing():
    figures(ALICE, resource_import_cny="149000000")
    platform(ALICE)
    found(ALICE)
    likely, certain = Match.objects.get(item="4.1"), Match.objects.get(item="2.1")
    assert likely.grounds == ["2025 年资源类产品进口额 149,000,000.00 元，达到 1 亿元。"]
    assert likely.missing[0] == "省内落地使用加工的进口额（须超过 74,500,000.00 元）"
    assert certain.grounds == [
        "名单登记：示例平台（省级），编号 P1，2023-05-20 认定。",
        "平台“P1”为省级，一次性奖励 1,000,000.00 元。",
    ]
    assert certain.missing == []


def test_a_platform_counts_with_its_highest_designation_from_the_year_of_that_on():
    known(2024, 2025)
    platform(ALICE, year=2022)
    platform(ALICE, level="national", year=2025)
    assert found(ALICE, 2024) == {("2.1", "P1"): Decimal("1000000.00")}
    assert found(ALICE, 2025) == {("2.1", "P1"): Decimal("2000000.00")}
    assert "国家级" in Match.objects.get(match_year__year=2025).grounds[0]


def test_a_designation_and_a_list_count_for_the_years_that_they_lie_in():
    known(2023, 2024, 2025)
    warehouse(ALICE, year=2024)
    agricultural(ALICE, since=date(2024, 6, 1), until=date(2024, 12, 31))
    assert found(ALICE, 2023) == {}
    assert set(found(ALICE, 2024)) == {("3.4", "W1"), "7.2"}
    assert set(found(ALICE, 2025)) == {("3.4", "W1")}


# --- Names and cities ------------------------------------------------------------------------------


def test_name_and_city_come_from_the_register_and_a_name_alone_from_elsewhere():
    figures(ALICE)
    figures(BOB)
    enterprise(BOB, city="2311", name="示例名录公司")
    found(ALICE)
    rows = {row.credit_code: (row.name, row.city) for row in MatchYear.objects.filter(year=2025)}
    assert rows == {ALICE: ("示例未注册公司", ""), BOB: ("示例名录公司", "2311")}


def test_a_firm_that_only_a_list_names_goes_by_the_name_on_the_list():
    known(2025)
    dual(ALICE, name="示例名单公司")
    platform(BOB)
    found(ALICE)
    assert MatchYear.objects.get(credit_code=ALICE).name == "示例名单公司"
    assert MatchYear.objects.get(credit_code=BOB).name == ""


# --- Once for ever ---------------------------------------------------------------------------------


def test_a_lock_takes_the_award_from_every_other_year_and_lifting_it_gives_it_back(officers):
    firm = make_firm()
    dual(firm.credit_code)
    claim = make_claim(firm, "6.1", make_period(2024, deadline=date(2027, 12, 31)))
    assert set(found(firm.credit_code, 2025)) == {"6.1"}
    lock(claim, officers)
    assert found(firm.credit_code, 2025) == {}
    assert set(found(firm.credit_code, 2024)) == {"6.1"}, "what is claimed itself is left to the reader"
    step(claim_id=claim.pk, action="recall", actor=officers[1], at=NOW)
    settle_all()
    assert set(found(firm.credit_code, 2025)) == {"6.1"}


def test_the_lock_of_a_former_operator_bars_the_one_that_has_not_signed_up(officers):
    former = make_firm()
    row = warehouse(former.credit_code)
    claim = make_claim(
        former, "3.4", make_period(2024, deadline=date(2027, 12, 31)), facts={"warehouse": "W1"}
    )
    lock(claim, officers)
    row.operator_code = ALICE
    save(row)
    assert found(ALICE, 2025) == {}
    assert found(ALICE, 2024) == {}


def test_an_award_paid_outside_the_system_bars_its_level_alone():
    known(2025)
    platform(ALICE)
    award = save(PastAward(item="2.1", subject="P1", level="provincial"))
    assert found(ALICE) == {}
    platform(ALICE, level="national")
    assert found(ALICE) == {("2.1", "P1"): Decimal("2000000.00")}
    award.struck_reason = "登记有误"
    save(award)
    assert found(ALICE) == {("2.1", "P1"): Decimal("2000000.00")}
    assert Match.objects.get().lifetime_key == "2.1|national|P1"


def test_the_award_of_one_firm_bars_no_other_firm():
    known(2025)
    dual(ALICE)
    dual(BOB)
    save(PastAward(item="6.1", credit_code=ALICE))
    assert found(ALICE) == {}
    assert set(found(BOB)) == {"6.1"}


# --- Figures that are not final --------------------------------------------------------------------


def test_provisional_figures_open_nothing_until_their_year_is_closed():
    derived = DerivedFigures(
        credit_code=ALICE, year=2025, months=3, month_bits=7, last_month=date(2025, 3, 1), import_cny=0,
        export_cny=0, export_usd=0, cross_border_cny=20_000_000, resource_import_cny=0, local_product_export_cny=0,
        agricultural_export_cny=0,
    )  # fmt: skip
    derived.save()
    dual(ALICE)
    assert set(found(ALICE)) == {"6.1"}
    FiguresYear.objects.create(year=2025, closed_at=NOW, closed_by=make_user("keeper", role=Role.DATA))
    MatchYear.objects.update(requested=5)
    assert set(found(ALICE)) == {"3.1", "6.1"}


# --- In chunks -------------------------------------------------------------------------------------


def many(numbers):
    """Firms that have not signed up, each with figures and lists; stored and marked as one import does."""
    rows = [
        TradeFigures(
            credit_code=credit_code(number),
            year=year,
            import_cny=1000 * WAN * number,
            export_cny=0,
            export_usd=600_000,
            cross_border_cny=1000 * WAN + number,
        )
        for number in numbers
        for year in (2024, 2025)
    ]
    TradeFigures.objects.bulk_create(rows)
    official_changed([Change(None, row) for row in rows], actor=None, at=NOW)
    for number in numbers:
        warehouse(credit_code(number), f"W{number}")
    return list(
        MatchYear.objects.filter(credit_code__in=map(credit_code, numbers)).values_list("pk", flat=True)
    )


def test_a_chunk_takes_as_many_queries_for_fifty_firms_as_for_one():
    counts = []
    for numbers in (range(1, 2), range(10, 60)):
        keys = many(numbers)
        with CaptureQueriesContext(connection) as queries:
            assert matches_compute(keys) == len(keys)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] < 40


def test_matching_again_changes_no_row():
    keys = many(range(1, 4))
    matches_compute(keys)
    before = list(Match.objects.order_by("pk").values())
    assert before
    assert matches_compute(keys) == 0
    MatchYear.objects.update(requested=9)
    assert matches_compute(keys) == len(keys)
    assert list(Match.objects.order_by("pk").values()) == before
    assert set(MatchYear.objects.values_list("settled", flat=True)) == {9}


def test_a_spoilt_firm_stops_no_other(caplog):
    keys = many(range(1, 4))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_tradefigures SET export_cny = 'NaN' WHERE credit_code = %s AND year = 2025",
            [credit_code(2)],
        )
    assert matches_compute_safely(keys) == len(keys) - 1
    assert "cannot be matched" in caplog.text
    matched = Match.objects.filter(match_year__year=2025).values_list("match_year__credit_code", flat=True)
    assert set(matched) == {credit_code(1), credit_code(3)}


def test_a_year_is_matched_by_the_command_too(capsys):
    many(range(1, 4))
    call_command("settle", "--year", "2025", "--inline")
    assert "已按官方数据比对 3 家企业" in capsys.readouterr().out
    assert {year for _, year in waiting()} == {2024}
    call_command("settle", "--year", "2025", "--inline", "--everything")
    assert "已按官方数据比对 3 家企业" in capsys.readouterr().out
    matches_compute_all()
    matches_compute_year(2025, everything=True)
    assert {year for _, year in waiting()} == {2025}, "without inline it is left to the sweep"


@pytest.mark.django_db(transaction=True)
def test_what_somebody_holds_is_left_to_the_next_pass():
    keys = many(range(1, 4))
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM applications_matchyear WHERE id = %s FOR UPDATE", [keys[0]])
    assert matches_compute(keys) == len(keys) - 1
    other.rollback()
    other.close()
    assert matches_compute_all() == 1
