"""Days, months and years in every form."""

from datetime import date, datetime, time

import pytest

from applications.imports.cells import Percent
from applications.imports.dates import day, founding_day, month, year
from applications.imports.problems import CellRefused


def refusal(parse, value):
    with pytest.raises(CellRefused) as caught:
        parse(value)
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    "written",
    [
        *("2022-03-01", "2022-3-1", "2022/3/1", "2022/03/01", "2022.3.1", "2022.03.01", "2022年3月1日", "2022年03月01日"),
        *("20220301", 20220301, 20220301.0, " 2022-03-01 ", "２０２２－０３－０１", "２０２２年３月１日", "2022 年 3 月 1 日", "2022年3月1号"),
        *("2022-03-01 00:00:00", "2022-03-01T09:30", "2022/3/1 9:30", "2022年3月1日 23:59:59", "20220301 00:00", "2022-03-01 00:00:00.000"),
        *(date(2022, 3, 1), datetime.fromisoformat("2022-03-01 23:59:59")),
    ],
)  # fmt: skip
def test_a_day_in_every_form(written):
    assert day(written) == date(2022, 3, 1)
    assert type(day(written)) is date


@pytest.mark.parametrize(
    "written",
    [
        *("2022-02-29", "2022-13-01", "2022-00-01", "2022-01-00", "2022-04-31", "2022年2月30日", "20220230", 20220230, "2025-06-31"),
        *(44621, 44621.0, 44621.5, "44621", 2022, "2022", "2022-03", "202203", 202203, "2022年3月", "3月1日"),
        *("22-3-1", "1/3/2022", "2022-3/1", "2022.3-1", "2022年3-1", "2022-03-01x", "2022-03-011", "明天", "待定"),
        *("2022-03-01 25:61", "2022-03-01 9", time(9, 30), True, False, Percent(0.5), -20220301, 20220301.5, float("nan"), float("inf")),
        *("1999-12-31", "2101-01-01", "9999-12-31", date(1999, 12, 31), date(2101, 1, 1), 19991231, "1905-07-14"),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(written):
    assert refusal(day, written) == "bad_date"


def test_the_first_and_the_last_day_are_days():
    assert day("2000-01-01") == date(2000, 1, 1)
    assert day("2100-12-31") == date(2100, 12, 31)
    assert day("2024-02-29") == date(2024, 2, 29)


def test_firms_may_be_older_than_the_data():
    assert founding_day("1998年7月1日") == date(1998, 7, 1)
    assert founding_day(date(1900, 1, 1)) == date(1900, 1, 1)
    assert refusal(founding_day, "1899-12-31") == "bad_date"
    assert refusal(founding_day, "2101-01-01") == "bad_date"


@pytest.mark.parametrize(
    "written",
    [
        *("2022-03", "2022-3", "2022/03", "2022/3", "2022.03", "202203", 202203, 202203.0, "2022年3月", "2022年03月", "2022年3月份"),
        *("２０２２年３月", " 2022-03 ", "2022 年 3 月", date(2022, 3, 1), date(2022, 3, 15), datetime.fromisoformat("2022-03-31 12:00")),
        *("2022-03-01", "20220315", "2022/3/1 0:00"),
    ],
)  # fmt: skip
def test_a_month_in_every_form(written):
    assert month(written) == date(2022, 3, 1)
    assert type(month(written)) is date


@pytest.mark.parametrize(
    "written",
    [
        *("2022-13", "2022-00", "202213", "202200", 202213, "2022", 2022, "3月", "2022.1", 2022.1, 2022.03, 44621, "44621"),
        *("22-03", "2022年", "三月", "Mar-22", "2022-03-32", True, Percent(0.5), time(1), "1999-12", "2101-01", date(1999, 12, 1)),
    ],
)  # fmt: skip
def test_what_is_no_month_is_refused(written):
    assert refusal(month, written) == "bad_date"


@pytest.mark.parametrize(
    "written",
    [
        "2022",
        "2022年",
        "2022年度",
        "2022 ",
        " ２０２２年 ",
        "2022 年",
        "2022 年度",
        "2022.0",
        2022,
        2022.0,
        "\u30002022",
    ],
)
def test_a_year_in_every_form(written):
    assert year(written) == 2022


@pytest.mark.parametrize(
    "written",
    [
        *("今年", "22", "二〇二二年", "2022-01-01", "2022度", "年2022", "2022.5", 2022.5, 20222, "202", "2,022", "2022年年度"),
        *(1999, "1999", 2101, "2101年", 0, -2022, True, Percent(2022.0), date(2022, 1, 1), float("nan")),
    ],
)  # fmt: skip
def test_what_is_no_year_is_refused(written):
    assert refusal(year, written) == "bad_year"


def test_years_run_from_2000_to_2100():
    assert [year("2000"), year(2100)] == [2000, 2100]


@pytest.mark.parametrize("parse", [day, founding_day, month, year])
@pytest.mark.parametrize("nothing", ["-", "—", "——", "/", "无"])
def test_a_dash_is_nothing(parse, nothing):
    assert parse(nothing) is None
