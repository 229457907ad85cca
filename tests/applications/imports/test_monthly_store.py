"""Customs detail by month: rows add up, a load replaces its firm-months, and the years whose figures change are marked."""

from datetime import date
from decimal import Decimal

import pytest

from applications.imports import monthly
from applications.imports.loading import load_check, load_store
from applications.models import DerivedFigures, EnterpriseYear, Event, FiguresYear, MonthlyTrade
from tests.factories import NOW, credit_code, make_firm
from tests.support.tables import csv_file, headings

pytestmark = pytest.mark.django_db

A, B, C = (credit_code(number) for number in (1, 2, 3))
FIELDS = "credit_code month direction supervision_code hs_code amount_cny amount_usd"


def row(code, month, cny="100.00", usd="15.00", *, way="进口", mode="0110", hs="27011210"):
    return code, month, way, mode, hs, cny, usd


@pytest.fixture
def path(tmp_path):
    """Writes a file of rows under the headings of some fields."""

    def write(*rows, fields=FIELDS):
        return csv_file(tmp_path, [headings("monthly", *fields.split()), *rows], "明细.csv")

    return write


@pytest.fixture
def store(path):
    def run(*rows, fields=FIELDS, **options):
        return load_store("monthly", path(*rows, fields=fields), at=NOW, **options)

    return run


def counts(outcome):
    return outcome.new, outcome.changed, outcome.unchanged, outcome.removed, outcome.refused_rows


def stored():
    rows = MonthlyTrade.objects.order_by("credit_code", "month", "hs_code", "origin")
    return [
        (each.credit_code, f"{each.month:%Y-%m}", each.hs_code, each.amount_cny, each.amount_usd)
        for each in rows
    ]


# --- Adding up -----------------------------------------------------------------------------------


def test_rows_of_one_firm_month_and_the_same_codes_add_up(store):
    outcome = store(
        row(A, "2022-03", "0.10", "0.01"),
        row(A, "2022年3月", "0.20", "0.02"),
        row(A, "202203", "5", "1", hs="0101"),
    )
    assert counts(outcome) == (3, 0, 0, 0, 0)
    assert stored() == [
        (A, "2022-03", "0101", 5, 1),
        (A, "2022-03", "27011210", Decimal("0.30"), Decimal("0.03")),
    ]


def test_rows_that_add_up_to_what_is_stored_are_unchanged_however_they_are_split(store):
    store(row(A, "2022-03", "100", "10"))
    assert counts(store(row(A, "2022-03", "60", "5"), row(A, "2022-03", "40", "5"))) == (0, 0, 2, 0, 0)
    assert counts(store(row(A, "2022-03", "60", "5"), row(A, "2022-03", "60", "5"))) == (0, 2, 0, 0, 0)
    assert stored() == [(A, "2022-03", "27011210", 120, 10)]


@pytest.mark.parametrize(
    "other",
    [
        row(A, "2022-04"),
        row(B, "2022-03"),
        row(A, "2022-03", way="出口"),
        row(A, "2022-03", mode="1210"),
        row(A, "2022-03", hs="2701"),
    ],
)
def test_whatever_differs_in_the_key_stays_apart(store, other):
    assert store(row(A, "2022-03"), other).new == MonthlyTrade.objects.count() == 2


def test_origin_and_partner_are_part_of_the_key_and_empty_where_the_file_has_none(store):
    fields = f"{FIELDS} origin country"
    outcome = store(
        (*row(A, "2022-03"), "哈尔滨", "俄罗斯"), (*row(A, "2022-03"), "黑河", "俄罗斯"), fields=fields
    )
    assert counts(outcome) == (2, 0, 0, 0, 0)
    assert set(MonthlyTrade.objects.values_list("origin", "country")) == {("哈尔滨", "RU"), ("黑河", "RU")}
    assert counts(store(row(A, "2022-03"))) == (1, 0, 0, 2, 0)
    assert MonthlyTrade.objects.get().origin == ""


def test_a_sum_that_is_too_large_to_be_true_refuses_all_its_rows(store):
    rows = (
        row(A, "2022-03", "9,999,999,999,999.99", "1"),
        row(A, "2022-03", "0.01", "9999999999999"),
        row(A, "2022-03", "5", "5", hs="0101"),
        row(B, "2022-03", "9999999999999.99", "1"),
    )
    outcome = store(*rows)
    assert [(each.row, each.column, each.code, each.value) for each in outcome.refused] == [
        (2, "金额（元）", "too_large", "9,999,999,999,999.99"),
        (2, "金额（美元）", "too_large", "1"),
        (3, "金额（元）", "too_large", "0.01"),
        (3, "金额（美元）", "too_large", "9999999999999"),
    ]
    assert (counts(outcome), outcome.stored) == ((2, 0, 0, 0, 2), False)


# --- Replacing -----------------------------------------------------------------------------------


def test_a_load_replaces_the_firm_months_that_it_contains_and_no_others(store):
    store(
        row(A, "2022-03", "1"),
        row(A, "2022-03", "2", hs="0101"),
        row(A, "2022-04", "3"),
        row(B, "2022-03", "4"),
    )
    outcome = store(row(A, "2022-03", "1"), row(A, "2022-03", "9", hs="0202"), row(C, "2022-03", "5"))
    assert counts(outcome) == (2, 0, 1, 1, 0)
    assert [each[:4] for each in stored()] == [
        (A, "2022-03", "0202", 9),
        (A, "2022-03", "27011210", 1),
        (A, "2022-04", "27011210", 3),
        (B, "2022-03", "27011210", 4),
        (C, "2022-03", "27011210", 5),
    ]


def test_checking_tells_what_would_be_removed_and_removes_nothing(store, path):
    store(row(A, "2022-03", "1"), row(A, "2022-03", "2", hs="0101"))
    outcome = load_check("monthly", path(row(A, "2022-03", "1")))
    assert counts(outcome) == (0, 0, 1, 1, 0)
    assert outcome.as_data()["removed"] == 1
    assert MonthlyTrade.objects.count() == 2


def test_the_same_file_again_changes_nothing(store):
    rows = (row(A, "2022-03", "1"), row(A, "2022-03", "2"), row(B, "2022-12", "3", way="出口"))
    store(*rows)
    before, events = list(MonthlyTrade.objects.values()), Event.objects.count()
    outcome = store(*rows)
    assert counts(outcome) == (0, 0, 3, 0, 0)
    assert (list(MonthlyTrade.objects.values()), Event.objects.count()) == (before, events)


def test_a_changed_name_is_a_change_and_a_name_that_the_file_lacks_stays(store):
    store((*row(A, "2022-03"), "示例甲公司"), fields=f"{FIELDS} name")
    assert counts(store((*row(A, "2022-03"), "示例甲集团"), fields=f"{FIELDS} name")) == (0, 1, 0, 0, 0)
    assert counts(store(row(A, "2022-03"))) == (0, 0, 1, 0, 0)
    assert MonthlyTrade.objects.get().name == "示例甲集团"


def test_good_rows_alone_leave_a_firm_month_incomplete_and_say_so(store, monkeypatch):
    monkeypatch.setattr(monthly, "NAMED", 1)
    store(row(A, "2022-03", "1"), row(A, "2022-03", "2", hs="0101"), row(C, "2022-03", "7"))
    rows = (
        row(A, "2022-03", "1"),
        row(A, "2022-03", "x", hs="0101"),
        row(B, "2022-05", "1"),
        row(B, "2022-05", "-1", hs="0101"),
        row(C, "2022-03", "x"),
        row("短码", "2022-03", "1"),
    )
    outcome = store(*rows, good_rows=True)
    assert counts(outcome) == (1, 0, 1, 1, 4)
    assert [(each.code, each.message) for each in outcome.warnings] == [
        ("incomplete_month", f"{A} 2022年3月有未通过的行。只导入通过的行，这个月的数据会不完整。"),
        ("incomplete_month", "还有 1 个企业月份有未通过的行，数据会不完整。"),
    ]
    # Of a firm-month without any good row nothing is known to be otherwise: it stays as it was.
    assert [each[0] for each in stored()] == [A, B, C]


# --- What follows --------------------------------------------------------------------------------


@pytest.fixture
def firm():
    """A registered firm, A, with three years."""
    firm = make_firm()
    assert firm.credit_code == A
    EnterpriseYear.objects.bulk_create(
        EnterpriseYear(enterprise=firm, year=year) for year in (2021, 2022, 2023)
    )
    return firm


def marked():
    rows = EnterpriseYear.objects.filter(requested__gt=0).order_by("year")
    found = list(rows.values_list("year", "requested"))
    EnterpriseYear.objects.update(requested=0, settled=0)
    return found


def test_the_yearly_figures_follow_and_mark_their_year_and_the_next(store, firm):
    outcome = store(row(A, "2022-03", "1000"), row(A, "2022-04", "500", way="出口"), row(B, "2022-03", "7"))
    figures = DerivedFigures.objects.get(credit_code=A, year=2022)
    assert (figures.import_cny, figures.export_cny, figures.months) == (1000, 500, 2)
    assert marked() == [(2022, 1), (2023, 1)]
    assert outcome.years_marked == 2


def test_detail_that_leaves_the_figures_as_they_were_marks_nothing(store, firm):
    FiguresYear.objects.create(year=2022, closed_at=NOW)
    store(row(A, "2022-03", "600", "60"), row(A, "2022-03", "400", "40", hs="27011290"))
    marked()
    outcome = store(row(A, "2022-03", "700", "70"), row(A, "2022-03", "300", "30", hs="27011290"))
    assert counts(outcome) == (0, 2, 0, 0, 0)
    assert (marked(), outcome.years_marked) == ([], 0)


def test_what_is_removed_is_taken_off_the_yearly_figures(store, firm):
    store(row(A, "2022-03", "600"), row(A, "2022-03", "400", hs="0101"))
    marked()
    store(row(A, "2022-03", "600"))
    assert DerivedFigures.objects.get(credit_code=A, year=2022).import_cny == 600
    assert marked() == [(2022, 1), (2023, 1)]


def test_new_rows_leave_no_event_and_changed_and_removed_ones_do(store):
    store(row(A, "2022-03", "1"), row(A, "2022-03", "2", hs="0101"))
    assert not Event.objects.filter(kind="official.changed").exists()
    outcome = store(row(A, "2022-03", "3.50"), file_name="新明细.csv")
    changed, removed = Event.objects.filter(kind="official.changed").order_by("pk")
    assert changed.topic == removed.topic == f"figures:{A}:2022"
    assert changed.data["changes"] == {
        "amount_cny": ["1", "3.5"],
        "source": ["明细.csv（2026-03-02 导入）", "新明细.csv（2026-03-02 导入）"],
    }
    assert changed.data["row"] == {
        "month": "2022-03-01",
        "direction": "import",
        "supervision_code": "0110",
        "hs_code": "27011210",
        "origin": "",
        "country": "",
    }
    assert removed.data["removed"]
    assert removed.data["changes"]["amount_cny"] == ["2", None]
    assert removed.data["changes"]["month"] == ["2022-03-01", None]
    assert {each.data["load"] for each in (changed, removed)} == {outcome.load.pk}


def test_the_preview_says_of_each_row_what_becomes_of_its_sum(store, path):
    store(row(A, "2022-03", "100"), row(B, "2022-03", "100"))
    outcome = load_check(
        "monthly",
        path(
            row(A, "2022-03", "60"), row(A, "2022-03", "40"), row(B, "2022-03", "5"), row(C, "2022-03", "x")
        ),
    )
    assert [each["status"] for each in outcome.preview] == ["changed", "changed", "changed", "refused"]
    assert MonthlyTrade.objects.filter(month=date(2022, 3, 1)).count() == 2
