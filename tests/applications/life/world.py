"""Two firms, the offices, and what is official about 2024 and 2025."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from accounts.roles import Role
from applications.models import CityRate, Holiday, Platform, YearSettings
from tests.factories import (
    NOW,
    make_appropriation,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
)

#: The two people of each office, by who has a claim: the first acts where four eyes allow it, else the second.
PROVINCE = {"commerce": ("commerce1", "commerce2"), "finance": ("finance1", "finance2")}
CITY = {"commerce": ("city1", "city2"), "finance": ("cityfin1", "cityfin2")}


def world_make():
    """The world that each game begins with: firms, people and periods by name."""
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    CityRate.objects.create(city="2301", year=2025, item="5.5", rate=Decimal("0.5"), published_at=NOW)
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=50, published_at=NOW)
    a, b = make_firm("示例甲公司"), make_firm("示例乙公司", city="2311")
    people = {
        "owner_a": owner_of(a),
        "owner_b": owner_of(b),
        **{name: make_user(name, role=Role.COMMERCE) for name in PROVINCE["commerce"]},
        **{name: make_user(name, role=Role.FINANCE) for name in PROVINCE["finance"]},
        **{name: make_user(name, role=Role.CITY_COMMERCE, city="2301") for name in CITY["commerce"]},
        **{name: make_user(name, role=Role.CITY_FINANCE, city="2301") for name in CITY["finance"]},
        "heihe": make_user("heihe", role=Role.CITY_COMMERCE, city="2311"),
        None: None,
    }
    for year in (2024, 2025):
        for payer in ("province", "2301", "2311"):
            make_appropriation(year=year, payer=payer, actor=people[PROVINCE["finance"][0]])
    make_figures(a, 2024, import_cny="0", export_cny="0", export_usd="0")
    make_figures(a, 2025, import_cny="300000000", export_cny="0", export_usd="9000000")
    platform = Platform.objects.create(
        number="P1",
        name="示例平台",
        level="provincial",
        operator_code=a.credit_code,
        designated_on=date(2023, 5, 1),
    )
    periods = {
        2024: make_period(2024, deadline=date(2027, 12, 31)),
        2025: make_period(2025, city_first_check=True, deadline=date(2027, 12, 31)),
    }
    return SimpleNamespace(firms={"a": a, "b": b}, people=people, periods=periods, platform=platform)
