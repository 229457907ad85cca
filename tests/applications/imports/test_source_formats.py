"""Number formats: which numbers are dates, times of day, percentages, and which are just numbers."""

import datetime

import pytest

from applications.imports.cells import Percent
from applications.imports.xlsx.formats import (
    DATE,
    ELAPSED,
    PERCENT,
    TIME,
    date_shown,
    format_kind,
    time_shown,
)

from .messy.books import book, package, parts, raw_book, sheet_xml
from .opening import column_in, rows_in


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", None),
        ("G/通用格式", None),
        ("", None),
        ("@", None),
        ("0.00", None),
        ("#,##0.00_);[Red]\\(#,##0.00\\)", None),
        ('#,##0.00"元"', None),
        ('0"年"', None),
        ('0"day"', None),
        ("0\\d", None),
        ("[Red]0.00;[Magenta]-0.00", None),
        ("[$USD] #,##0.00", None),
        ("[$¥-804]#,##0.00", None),
        ("0.00E+00", None),
        ("##0.0e-0", None),
        ("_ * #,##0.00_ ;_ * -#,##0.00_ ", None),
        ("[>=10000]0!.0,万;0", None),
        ("[DBNum2][$-804]General", None),
        ("# ?/?", None),
        ("0%", PERCENT),
        ("0.00%;[Red]-0.00%", PERCENT),
        ("[Blue]0.0%", PERCENT),
        ('0.00"%"', None),
        ("0.00\\%", None),
        ("yyyy-mm-dd", DATE),
        ("YYYY/M/D", DATE),
        ('yyyy"年"m"月"d"日"', DATE),
        ("yyyy年m月d日", DATE),
        ('yyyy"年"m"月";@', DATE),
        ("[$-804]yyyy年m月", DATE),
        ("[DBNum1][$-804]yyyy年m月d日;@", DATE),
        ("e年m月d日", DATE),
        ("m月", DATE),
        ("d", DATE),
        ("aaaa", DATE),
        ("[$-409]mmm-yy;@", DATE),
        ("yyyy-mm-dd hh:mm:ss", DATE),
        ("h:mm", TIME),
        ("h:mm AM/PM", TIME),
        ('上午/下午h"时"mm"分"', TIME),
        ("mm:ss.0", TIME),
        ("[h]:mm:ss", ELAPSED),
        ("[mm]:ss", ELAPSED),
        ("0;yyyy-mm-dd", None),
        ("yyyy-mm-dd;0.00%", DATE),
    ],
)
def test_a_format_is_known_by_its_symbols(code: str, kind: str | None) -> None:
    assert format_kind(code) == kind


@pytest.mark.parametrize("number", [14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58])
def test_the_dates_that_every_program_knows_by_number_are_dates(number: int) -> None:
    assert column_in(raw_book([(b'<c s="1"><v>44621</v></c>',)], formats=[number])) == [
        datetime.date(2022, 3, 1)
    ]


@pytest.mark.parametrize("number", [18, 19, 20, 21, *range(32, 36), 45, 46, 47, 55, 56])
def test_the_times_that_every_program_knows_by_number_are_times(number: int) -> None:
    assert column_in(raw_book([(b'<c s="1"><v>0.5</v></c>',)], formats=[number])) == [datetime.time(12)]


@pytest.mark.parametrize("number", [9, 10])
def test_the_percentages_that_every_program_knows_by_number_are_percentages(number: int) -> None:
    (found,) = column_in(raw_book([(b'<c s="1"><v>0.5</v></c>',)], formats=[number]))
    assert isinstance(found, Percent)


@pytest.mark.parametrize("number", [*range(9), 11, 12, 13, *range(37, 45), 48, 49, 59, 99])
def test_other_numbers_of_formats_are_plain(number: int) -> None:
    (found,) = column_in(raw_book([(b'<c s="1"><v>44621</v></c>',)], formats=[number]))
    assert (type(found), found) == (int, 44621)


def test_a_file_may_give_a_known_number_another_meaning() -> None:
    contents = parts(sheet_xml([(b'<c s="1"><v>44621</v></c>',)]), formats=[14])
    contents["xl/styles.xml"] = contents["xl/styles.xml"].replace(
        '<numFmts count="0">', '<numFmts count="1"><numFmt numFmtId="14" formatCode="0.00"/>'
    )
    assert column_in(package(contents)) == [44621]


def test_only_the_formats_of_cells_count() -> None:
    contents = parts(sheet_xml([(b'<c s="0"><v>44621</v></c>', b'<c s="9"><v>1</v></c>')]))
    contents["xl/styles.xml"] = contents["xl/styles.xml"].replace("<xf/>", '<xf numFmtId="14"/>')
    assert rows_in(package(contents)) == {1: [44621, 1]}


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (1, datetime.date(1900, 1, 1)),
        (59, datetime.date(1900, 2, 28)),
        (61, datetime.date(1900, 3, 1)),
        (44621, datetime.date(2022, 3, 1)),
        (44621.0, datetime.date(2022, 3, 1)),
        (44621.5, moment("2022-03-01T12:00:00")),
        (44621.75, moment("2022-03-01T18:00:00")),
        (44621.99999999999, datetime.date(2022, 3, 2)),
        (2_958_465, datetime.date(9999, 12, 31)),
    ],
)
def test_a_serial_number_is_a_day(number: float, value: datetime.date) -> None:
    found = date_shown(number)
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize("number", [0, 0.5, 60, 60.5, -1, 2_958_466, 2_958_465.9999999999, 1e15])
def test_a_number_that_is_no_days_stays_a_number(number: float) -> None:
    assert date_shown(number) == number


def test_workbooks_that_count_from_1904_are_read_so() -> None:
    cells = [
        (f'<c s="1"><v>{number}</v></c>'.encode(),) for number in (0, 60, 43159, 2_957_003, 2_957_004, -1)
    ]
    content = raw_book(cells, formats=[14], properties='<workbookPr date1904="1"/>')
    assert column_in(content) == [
        datetime.date(1904, 1, 1),
        datetime.date(1904, 3, 1),
        datetime.date(2022, 3, 1),
        datetime.date(9999, 12, 31),
        2_957_004,
        -1,
    ]


def test_a_time_of_day_is_shown_without_its_day() -> None:
    assert time_shown(0.25) == datetime.time(6)
    assert time_shown(44621.25) == datetime.time(6)
    assert time_shown(0.9999999999) == datetime.time(0)
    assert time_shown(-0.25) == -0.25


def test_elapsed_time_of_more_than_a_day_is_a_number() -> None:
    cells = [(b'<c s="1"><v>0.25</v></c>',), (b'<c s="1"><v>1.25</v></c>',)]
    assert column_in(raw_book(cells, formats=["[h]:mm"])) == [datetime.time(6), 1.25]


def test_dates_and_percentages_of_another_program_come_back() -> None:
    values = [
        datetime.date(2022, 3, 1),
        moment("2022-03-01T08:30:00"),
        datetime.time(8, 30),
        0.5,
        5,
        True,
        "文字",
    ]
    content = book([values], formats={"D1": "0.00%"})
    found = rows_in(content)[1]
    assert found == values
    assert [type(value) for value in found] == [*map(type, values[:3]), Percent, int, bool, str]
