"""Official data about firms that have not signed up, brought in as people and imports bring them, and what is found."""

from datetime import date
from decimal import Decimal

from applications.matching.compute import matches_compute_all
from applications.models import (
    AgriculturalExporter,
    DualCirculationEntry,
    Match,
    MatchYear,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
)
from applications.official_changes import official_save
from tests.factories import NOW, credit_code

#: Firms that have not signed up.
ALICE, BOB, CAROL = (credit_code(number) for number in (901, 902, 903))


def save(row):
    """Stores one row of official data through the one door that there is."""
    official_save(row, actor=None, at=NOW)
    return row


def figures(code, year=2025, **values):
    return save(
        TradeFigures(
            credit_code=code,
            year=year,
            name="示例未注册公司",
            **{key: Decimal(v) for key, v in values.items()},
        )
    )


def platform(code, number="P1", *, level="provincial", year=2023, **fields):
    return save(
        Platform(
            number=number,
            name="示例平台",
            level=level,
            operator_code=code,
            designated_on=date(year, 5, 20),
            **fields,
        )
    )


def warehouse(code, number="W1", year=2023, **fields):
    return save(
        OverseasWarehouse(
            number=number, name="示例海外仓", operator_code=code, designated_on=date(year, 9, 1), **fields
        )
    )


def dual(code, **fields):
    return save(DualCirculationEntry(credit_code=code, **fields))


def agricultural(code, **fields):
    return save(AgriculturalExporter(credit_code=code, **fields))


def member(code, number="P1", **fields):
    return save(PlatformMember(credit_code=code, platform_number=number, **fields))


def enterprise(code, city="2301", name="示例名录公司", **fields):
    return save(RegisteredEnterprise(credit_code=code, name=name, city=city, **fields))


def waiting():
    """The firm-years that wait to be matched, in order."""
    rows = MatchYear.objects.order_by("credit_code", "year")
    return [(row.credit_code, row.year) for row in rows if row.requested > row.settled]


def found(code, year=2025):
    """{item or (item, subject): amount or None} of a firm and year, once everything has been matched."""
    matches_compute_all()
    rows = Match.objects.filter(match_year__credit_code=code, match_year__year=year)
    for row in rows:
        assert row.certain == (row.amount_cny is not None)
    return {(row.item, row.subject) if row.subject else row.item: row.amount_cny for row in rows}


def known(*years):
    """Makes years known without naming a firm that anything is looked for."""
    for year in years:
        figures(CAROL, year)
    matches_compute_all()
