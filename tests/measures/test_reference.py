"""LPR, working days, and what is packaged of them."""

from datetime import date
from decimal import Decimal

import pytest

from applications.reference import packaged_reference
from measures.reference import CalendarUnknown, LprTable, ReferenceData, WorkingCalendar

CALENDAR = packaged_reference().calendar


def test_the_packaged_rates_run_from_the_first_publication_to_the_last():
    table = packaged_reference().lpr
    assert table.first_day == date(2019, 8, 20)
    assert len(table.publications()) == 85
    assert table.on(date(2019, 8, 19)) is None
    assert table.on(date(2019, 8, 20)) == Decimal("4.25")
    assert table.on(date(2026, 8, 19)) == table.on(date(2040, 1, 1)) == Decimal("3.00")


def test_publications_may_come_in_any_order():
    table = LprTable([(date(2022, 2, 1), Decimal(2)), (date(2022, 1, 1), Decimal(1))])
    assert table.on(date(2022, 1, 31)) == 1


def test_an_empty_table_knows_no_rate():
    assert LprTable([]).on(date(2022, 1, 1)) is None
    assert LprTable([]).first_day is None


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2022, 10, 1), False),
        (date(2022, 10, 7), False),
        (date(2022, 10, 8), True),
        (date(2022, 10, 10), True),
        (date(2022, 10, 15), False),
    ],
)
def test_days_off_and_worked_weekends_follow_the_notice(day, worked):
    assert CALENDAR.is_workday(day) is worked


@pytest.mark.parametrize(
    ("accepted", "refunded", "days"),
    [
        ("2022-11-01", "2022-11-01", 0),
        ("2022-11-01", "2022-11-02", 1),
        ("2022-11-04", "2022-11-07", 1),
        ("2022-09-28", "2022-10-10", 5),
        ("2021-12-30", "2022-01-05", 3),
        ("2021-01-01", "2022-12-31", 499),
        ("2003-12-31", "2004-01-05", 2),
        ("2027-03-01", "2027-03-01", 0),
    ],
)
def test_working_days_count_from_the_day_after(accepted, refunded, days):
    first, last = date.fromisoformat(accepted), date.fromisoformat(refunded)
    assert CALENDAR.working_days_between(first, last) == days
    counted = range(first.toordinal() + 1, last.toordinal() + 1)
    assert sum(CALENDAR.is_workday(date.fromordinal(day)) for day in counted) == days


@pytest.mark.parametrize(
    ("accepted", "refunded", "year"),
    [
        ("2026-12-31", "2027-01-01", 2027),
        ("2003-12-30", "2003-12-31", 2003),
        ("2027-05-01", "2027-05-02", 2027),
    ],
)
def test_days_of_a_year_without_a_notice_are_not_counted(accepted, refunded, year):
    with pytest.raises(CalendarUnknown) as unknown:
        CALENDAR.working_days_between(date.fromisoformat(accepted), date.fromisoformat(refunded))
    assert unknown.value.year == year


def test_a_day_of_an_unknown_year_is_neither_worked_nor_off():
    with pytest.raises(CalendarUnknown):
        CALENDAR.is_workday(date(2027, 1, 4))


def test_due_dates_count_working_days_and_say_whether_they_are_certain():
    assert CALENDAR.add_working_days(date(2022, 9, 30), 1) == (date(2022, 10, 8), True)
    assert CALENDAR.add_working_days(date(2022, 9, 28), 5) == (date(2022, 10, 10), True)
    assert CALENDAR.add_working_days(date(2026, 12, 31), 1) == (date(2027, 1, 1), False)
    assert CALENDAR.add_working_days(date(2026, 12, 31), 2) == (date(2027, 1, 4), False)
    assert CALENDAR.add_working_days(date(2022, 11, 1), 0) == (date(2022, 11, 1), True)


def test_a_calendar_of_ones_own():
    calendar = WorkingCalendar([date(2030, 1, 1)], [date(2030, 1, 5)], [2030])
    assert calendar.working_days_between(date(2029, 12, 31), date(2030, 1, 6)) == 4


def test_a_day_count_is_positive():
    with pytest.raises(ValueError, match="day count"):
        ReferenceData(LprTable([]), CALENDAR, day_counts={2022: 0})
