"""What contradicts itself in a row, and what contradicts what is stored."""

from datetime import date
from decimal import Decimal

import pytest

from applications.imports.checks import rows_check
from applications.imports.kinds import KINDS
from applications.models import Platform, TradeFigures
from tests.applications.imports.sheets import CODE, faults_of, reading_of
from tests.factories import credit_code

FIRST, SECOND = credit_code(1), credit_code(2)


def figures_faults(headings, *rows):
    """The faults of figures of one firm and 2022, after those that the database shows."""
    reading = reading_of("figures", [CODE, "年度", *headings], *([FIRST, 2022, *row] for row in rows))
    return checked(reading)


def checked(reading):
    rows = list(reading.rows())
    rows_check(reading.kind, reading.columns, rows)
    return [(fault.row, fault.column, fault.value, fault.code) for row in rows for fault in row.faults]


@pytest.mark.parametrize(
    ("headings", "below", "at", "above"),
    [
        (["进口额", "资源类产品进口额"], (100, 99.99), (100, 100), (100, 100.01)),
        (["出口额", "地产品出口额"], (100, 99.99), (100, 100), (100, 100.01)),
        (["进口额", "出口额", "跨境电商进出口额"], (60, 40, 99.99), (60, 40, 100), (60, 40, 100.01)),
    ],
)
@pytest.mark.django_db
def test_a_part_is_not_above_its_whole(headings, below, at, above):
    assert figures_faults(headings, below, at, above) == [(4, headings[-1], str(above[-1]), "inconsistent")]


@pytest.mark.parametrize(
    "row", [(None, 100, 5, 5), (100, None, 5, 5), ("-", "-", 5, 5), (100, 100, None, None), (0, 0, 0, 0)]
)
@pytest.mark.django_db
def test_a_missing_figure_contradicts_nothing(row):
    headings = ["进口额", "出口额", "跨境电商进出口额", "资源类产品进口额"]
    assert figures_faults(headings, row) == []


@pytest.mark.django_db
def test_figures_are_compared_in_yuan():
    headings = ["进口额（万元）", "资源类产品进口额（元）"]
    assert figures_faults(headings, (1, 10_000), (1, 10_000.01)) == [
        (3, "资源类产品进口额", "10000.01", "inconsistent")
    ]


@pytest.mark.django_db
def test_a_whole_that_cannot_be_read_contradicts_nothing():
    assert [code for *_, code in figures_faults(["进口额", "资源类产品进口额"], ("x", 5))] == ["not_a_number"]


@pytest.mark.django_db
def test_an_absent_whole_is_the_stored_one():
    TradeFigures.objects.create(credit_code=FIRST, year=2022, import_cny=100, export_cny=50)
    faults = figures_faults(
        ["资源类产品进口额", "地产品出口额", "跨境电商进出口额"], (100, 50, 150), (100.01, 50.01, 150.01)
    )
    assert sorted(faults) == [
        (3, "地产品出口额", "50.01", "inconsistent"),
        (3, "资源类产品进口额", "100.01", "inconsistent"),
        (3, "跨境电商进出口额", "150.01", "inconsistent"),
    ]


@pytest.mark.django_db
def test_an_absent_part_is_the_stored_one_and_the_fault_stands_there():
    TradeFigures.objects.create(credit_code=FIRST, year=2022, resource_import_cny=80)
    reading = reading_of("figures", [CODE, "年度", "进口额"], [FIRST, 2022, 80], [FIRST, 2022, 79.99])
    assert checked(reading) == [(3, "资源类产品进口额", "", "inconsistent")]


@pytest.mark.django_db
def test_a_column_that_is_there_and_empty_is_missing_and_not_what_is_stored():
    TradeFigures.objects.create(credit_code=FIRST, year=2022, import_cny=100)
    assert figures_faults(["进口额", "资源类产品进口额"], (None, 500)) == []


@pytest.mark.django_db
def test_one_whole_may_be_stored_and_the_other_in_the_file():
    TradeFigures.objects.create(credit_code=FIRST, year=2022, export_cny=40)
    headings = ["进口额", "跨境电商进出口额"]
    assert figures_faults(headings, (60, 100), (60, 100.01)) == [
        (3, "跨境电商进出口额", "100.01", "inconsistent")
    ]


@pytest.mark.django_db
def test_what_is_stored_of_another_firm_or_year_does_not_matter():
    TradeFigures.objects.create(credit_code=FIRST, year=2021, import_cny=1)
    TradeFigures.objects.create(credit_code=SECOND, year=2022, import_cny=1)
    assert figures_faults(["资源类产品进口额"], (100,)) == []


@pytest.mark.django_db
def test_a_fault_is_named_once():
    TradeFigures.objects.create(credit_code=FIRST, year=2022, export_cny=1)
    assert len(figures_faults(["进口额", "资源类产品进口额"], (1, 2))) == 1


@pytest.mark.django_db
def test_a_chunk_costs_one_query_or_none(django_assert_num_queries):
    whole = [column.heading for column in KINDS["figures"].columns if column.unit]
    rows = [[credit_code(number), 2022, *([None] * len(whole))] for number in range(50)]
    for headings, queries in ((whole, 0), (whole[:1], 1)):
        reading = reading_of("figures", [CODE, "年度", *headings], *rows)
        parsed = list(reading.rows())
        with django_assert_num_queries(queries):
            rows_check(reading.kind, reading.columns, parsed)


# --- Platforms -----------------------------------------------------------------------------------


def platform(number, **more):
    Platform.objects.create(
        number=number,
        name="示例平台",
        level="provincial",
        operator_code=FIRST,
        designated_on=date(2022, 1, 1),
        **more,
    )


@pytest.mark.django_db
def test_a_member_names_a_platform_that_is_registered_and_not_struck_out(django_assert_num_queries):
    platform("PT001")
    platform("PT002", struck_reason="登记错误")
    rows = [[number, FIRST] for number in ("PT001", "PT002", "PT003", "pt001", None)]
    reading = reading_of("platform-members", ["平台编号", CODE], *rows)
    parsed = list(reading.rows())
    with django_assert_num_queries(1):
        rows_check(reading.kind, reading.columns, parsed)
    assert [(fault.row, fault.value, fault.code) for row in parsed for fault in row.faults] == [
        (3, "PT002", "bad_choice"),
        (4, "PT003", "bad_choice"),
        (5, "pt001", "bad_choice"),
        (6, "", "missing"),
    ]


# --- Periods and rates ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["agricultural", "discredited"])
def test_an_entry_does_not_end_before_it_begins(kind):
    rows = [
        (None, None),
        ("2022-03-01", None),
        (None, "2022-03-01"),
        ("2022-03-01", "2022-03-01"),
        ("2022-03-01", "2022-02-28"),
        ("明天", "2022-01-01"),
    ]
    reading = reading_of(kind, [CODE, "起", "止"], *([FIRST, *row] for row in rows))
    assert faults_of(reading) == [(6, "止", "inconsistent"), (7, "起", "bad_date")]


@pytest.mark.parametrize(
    ("item", "rate", "codes"),
    [
        ("3.3", "50%", []),
        ("3.3", "50.0001%", ["too_large"]),
        ("5.4", 0.5, []),
        ("5.4", 51, ["too_large"]),
        ("5.5", "0.7", []),
        ("5.5", "0.700001", ["too_large"]),
        ("5.5", "0", []),
        ("3.1", "70%", ["bad_choice"]),
        ("3.1", "170%", ["bad_choice", "too_large"]),
        ("3.3", "x", ["not_a_number"]),
    ],
)
def test_a_city_sets_no_rate_above_the_items_limit(item, rate, codes):
    reading = reading_of("city-rates", ["市（地）", "年度", "事项", "比例"], ["哈尔滨", 2022, item, rate])
    assert [code for *_, code in faults_of(reading)] == codes


def test_a_share_is_stored_as_a_fraction():
    reading = reading_of("city-rates", ["市（地）", "年度", "事项", "比例"], ["哈尔滨", 2022, 3.3, 50])
    assert next(reading.rows()).values == ("2301", 2022, "3.3", Decimal("0.5"))
