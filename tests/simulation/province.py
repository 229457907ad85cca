"""A sample province: firms with official figures and registers, the offices, and the money that they may spend.

Everything follows from a seed: the same seed makes the same province, whatever machine it is made on.
"""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from django.db.models import prefetch_related_objects

from accounts.roles import Role
from applications.models import (
    CityRate,
    DualCirculationEntry,
    Holiday,
    OverseasWarehouse,
    Platform,
    YearSettings,
)
from tests.factories import NOW, make_figures, make_firm, make_period, make_user, owner_of

YEAR = 2025
CITIES = ("2301", "2302", "2306", "2310")
#: Yuan of the year and the year before, by how large a firm is.
SIZES = {
    "small": (3_000_000, 2_500_000),
    "middle": (60_000_000, 40_000_000),
    "large": (420_000_000, 180_000_000),
}


def province_make(firms, rng, start=NOW):
    """Firms, offices and a period that is open from before `start` on.

    Returns `firms` with what each can claim, `people` by post, and `owners` by the key of their firm.
    """
    for year in (start.year, start.year + 1):
        Holiday.objects.create(day=date(year, 1, 1), kind="off")
    YearSettings.objects.create(year=YEAR, second_check_percent=10, published_at=NOW)
    for city in CITIES:
        for item, rate in (("3.3", "0.4"), ("5.4", "0.5"), ("5.5", "0.6")):
            CityRate.objects.create(
                city=city,
                year=YEAR,
                item=item,
                rate=Decimal(rate),
                published_at=NOW,
                source="示例文件",
            )
    made, people = [_firm(number, rng) for number in range(firms)], _people()
    owners = {each.firm.pk: owner_of(each.firm) for each in made}
    # Every step asks whose colleague somebody is.
    everybody = [*owners.values(), *(person for office in people.values() for person in office)]
    prefetch_related_objects(everybody, "memberships")
    return SimpleNamespace(
        period=make_period(YEAR, deadline=date(2099, 12, 31)), people=people, firms=made, owners=owners
    )


def _people():
    people = {
        "commerce": [make_user(f"commerce{n}", role=Role.COMMERCE) for n in range(1, 9)],
        "finance": [make_user(f"finance{n}", role=Role.FINANCE) for n in range(1, 3)],
    }
    for city in CITIES:
        people[f"commerce {city}"] = [
            make_user(f"city{n}-{city}", role=Role.CITY_COMMERCE, city=city) for n in range(1, 9)
        ]
        people[f"finance {city}"] = [
            make_user(f"cityfin{n}-{city}", role=Role.CITY_FINANCE, city=city) for n in range(1, 3)
        ]
    return people


def _firm(number, rng):
    """One firm: mostly small ones, each with figures of two years, a few on a register."""
    size = rng.choices(list(SIZES), weights=(6, 3, 2))[0]
    now, before = (Decimal(rng.randrange(amount // 2, amount * 3 // 2)) for amount in SIZES[size])
    firm = make_firm(f"示例{number + 1:04d}号贸易公司", city=rng.choice(CITIES))
    _figures(firm, YEAR - 1, before, rng)
    _figures(firm, YEAR, now, rng)
    made = SimpleNamespace(firm=firm, size=size, platform="", warehouse="", dual=False)
    if rng.random() < 0.08:
        made.platform = f"P{number:04d}"
        level = rng.choice(["national", "provincial"])
        Platform.objects.create(
            number=made.platform,
            name=f"示例平台{number}",
            level=level,
            operator_code=firm.credit_code,
            designated_on=date(2024, 5, 1),
        )
    if rng.random() < 0.06:
        made.warehouse = f"W{number:04d}"
        OverseasWarehouse.objects.create(
            number=made.warehouse,
            name=f"示例海外仓{number}",
            operator_code=firm.credit_code,
            designated_on=date(2024, 5, 1),
        )
    if rng.random() < 0.1:
        made.dual = True
        DualCirculationEntry.objects.create(credit_code=firm.credit_code, name=firm.name)
    return made


def _figures(firm, year, total, rng):
    exports = total * rng.randrange(30, 70) / 100
    make_figures(
        firm,
        year,
        import_cny=total - exports,
        export_cny=exports,
        export_usd=(exports / 7).quantize(Decimal("0.01")),
        cross_border_cny=total * rng.randrange(0, 40) / 100,
        resource_import_cny=(total - exports) * rng.randrange(0, 100) / 100,
        local_product_export_cny=exports * rng.randrange(0, 100) / 100,
    )
