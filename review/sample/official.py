"""Official data of the sample: settings and periods with two pairs of eyes, figures and registers as an import has them."""

from datetime import date, time
from decimal import Decimal

from accounts.cities import City
from applications.models import (
    AgriculturalExporter,
    CityRate,
    DualCirculationEntry,
    FilingPeriod,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
    YearSettings,
)
from applications.official_changes import Change, official_changed, official_save
from review.publishing import version_add, version_publish

from .firms import FIRMS, STRANGERS, code_of, credit_code

SOURCE = "示例数据"
WAN = 10_000

#: When things happen, in working days before today.
REGISTERS, FORMER_SETTINGS, FORMER_OPENS, FORMER_DEADLINE = 312, 311, 300, 240
FIGURES, SETTINGS, OPENS = 80, 78, 42
EVERYBODY_DRAWN, DRAW_AS_USUAL = 6, 5
CORRECTION = 18

#: Customs figures by owner, for the year before last, last year and the year that is filed for, each in 10,000:
#: imports, exports and exports in USD, cross-border e-commerce, resource imports, exports of local products.
TRADE = {
    "firm1": (
        (900, 17200, 2450, 0, 0, 15100),
        (1100, 18600, 2620, 0, 0, 16400),
        (1300, 21800, 3050, 0, 0, 19200),
    ),
    "firm2": (
        (21300, 4100, 580, 0, 12600, 0),
        (24800, 5200, 730, 0, 14900, 0),
        (46900, 6800, 950, 1860, 31500, 0),
    ),
    "firm3": (
        (26400, 900, 125, 0, 25200, 300),
        (28700, 1000, 140, 0, 27300, 300),
        (31200, 1200, 170, 0, 29800, 400),
    ),
    "firm4": ((300, 2100, 295, 1900, 0, 0), (400, 2900, 405, 2700, 0, 0), (600, 3900, 545, 3780, 0, 0)),
    "firm5": (
        (5200, 26100, 3650, 800, 0, 0),
        (6100, 29900, 4180, 1100, 0, 0),
        (6800, 34600, 4840, 1500, 0, 0),
    ),
    "firm6": (
        (8000, 9500, 1330, 0, 0, 2000),
        (8600, 9900, 1385, 0, 0, 2100),
        (9100, 10800, 1510, 0, 0, 2300),
    ),
    "firm7": ((0, 6100, 855, 0, 0, 5900), (0, 7000, 980, 0, 0, 6800), (0, 7900, 1105, 0, 0, 7700)),
    "firm8": ((7400, 12900, 1810, 0, 0, 0), (9200, 26700, 3740, 0, 0, 0), (9800, 28100, 3930, 0, 0, 0)),
    "firm9": ((None,) * 6, (None,) * 6, (186400, 1500, 210, 0, 171000, 0)),
    "firm10": ((200, 3100, 435, 0, 0, 3000), (200, 3300, 460, 0, 0, 3200), (300, 3700, 515, 1320, 0, 3600)),
}
#: The corrected imports of firm8 last year: its growth falls from 15 units of 10 million to 12.
CORRECTED_IMPORT = Decimal(5700 * WAN)

CITY_RATES = {
    City.HARBIN: (("city-harbin", "city2-harbin"), {"3.3": "0.50", "5.4": "0.40", "5.5": "0.60"}),
    City.HEIHE: (("city-heihe", "city2-heihe"), {"3.3": "0.40", "5.4": "0.30", "5.5": "0.50"}),
}


def official_plan(diary, people, periods):
    """Plans everything official. `periods` receives the filing periods by year."""
    year = sample_year(diary)
    diary.plan(REGISTERS, lambda at: _rows_add(_registers(year), people, at))
    diary.plan(REGISTERS, lambda at: _rows_add(_figures(year, (year - 2, year - 1)), people, at))
    diary.plan(FIGURES, lambda at: _rows_add(_figures(year, (year,)), people, at))
    diary.plan(FORMER_SETTINGS, lambda at: _settings_publish(year - 1, "0", people, at))
    diary.plan(FORMER_SETTINGS, lambda at: _rates_publish(year - 1, people, at))
    for one in (year, year + 1):
        diary.plan(SETTINGS, lambda at, one=one: _settings_publish(one, "0", people, at))
        diary.plan(SETTINGS, lambda at, one=one: _rates_publish(one, people, at))
    # Everything that commerce approves on this day is drawn for a second check.
    diary.plan(EVERYBODY_DRAWN, lambda at: _settings_publish(year, "100", people, at), clock=time(8, 40))
    diary.plan(DRAW_AS_USUAL, lambda at: _settings_publish(year, "5", people, at), clock=time(8, 40))
    former = (diary.day(FORMER_OPENS), diary.day(FORMER_DEADLINE), False)
    current = (diary.day(OPENS), diary.today.fromordinal(diary.today.toordinal() + 30), True)
    for one, ago, dates in ((year - 1, FORMER_OPENS + 2, former), (year, OPENS + 2, current)):
        diary.plan(ago, lambda at, one=one, dates=dates: _period_publish(one, dates, people, periods, at))
    diary.plan(CORRECTION, lambda at: _figures_correct(year - 1, people, at))


def sample_year(diary):
    """The year that firms file for now: the last one that had ended when filing began."""
    return diary.day(OPENS).year - 1


# --- Settings: one keeper drafts, another publishes ------------------------------------------------


def _publish(row, drafter, publisher, at):
    version_add(row, actor=drafter, at=at)
    version_publish(row, actor=publisher, at=at)
    return row


def _settings_publish(year, percent, people, at):
    row = YearSettings(year=year, key_markets=["RU"], second_check_percent=Decimal(percent))
    _publish(row, people["commerce1"], people["commerce2"], at)


def _rates_publish(year, people, at):
    for city, (keepers, rates) in CITY_RATES.items():
        drafter, publisher = (people[name] for name in keepers)
        for item, rate in rates.items():
            row = CityRate(city=city, year=year, item=item, rate=Decimal(rate), source=SOURCE)
            _publish(row, drafter, publisher, at)


def _period_publish(year, dates, people, periods, at):
    opens_on, deadline, city_first_check = dates
    row = FilingPeriod(
        year=year,
        title=f"{year} 年度外贸政策资金申报",
        opens_on=opens_on,
        deadline=deadline,
        window_from=date(year, 1, 1),
        window_to=date(year, 12, 31),
        city_first_check=city_first_check,
    )
    _publish(row, people["commerce1"], people["commerce2"], at)
    row.refresh_from_db()
    periods[year] = row


# --- Figures and registers -------------------------------------------------------------------------


def _rows_add(rows, people, at):
    """Stores new rows of several tables as one import."""
    stored = []
    for model in dict.fromkeys(type(row) for row in rows):
        stored += model.objects.bulk_create([row for row in rows if type(row) is model])
    official_changed([Change(None, row) for row in stored], actor=people["commerce1"], at=at)


def _figures(year, years):
    names = {firm.owner: firm.name for firm in FIRMS}
    return [
        TradeFigures(
            credit_code=code_of(owner),
            name=names[owner],
            year=one,
            source=SOURCE,
            **dict(zip(TradeFigures.FIGURES, map(_yuan, by_year[one - year + 2]), strict=True)),
        )
        for owner, by_year in TRADE.items()
        for one in years
        if by_year[one - year + 2][0] is not None
    ] + [
        TradeFigures(
            credit_code=credit_code(100 + number),
            name=name,
            year=one,
            source=SOURCE,
            **dict(zip(TradeFigures.FIGURES, map(_yuan, (800, 5600, 785, 1800, 0, 5200)), strict=True)),
        )
        for number, (name, *_) in enumerate(STRANGERS, 1)
        for one in years
    ]


def _yuan(ten_thousands):
    return Decimal(ten_thousands * WAN)


def _figures_correct(year, people, at):
    row = TradeFigures.objects.get(credit_code=code_of("firm8"), year=year)
    row.import_cny = CORRECTED_IMPORT
    official_save(row, actor=people["commerce2"], at=at)


def _registers(year):
    """The registers: enterprises, platforms with members, warehouses, lists, and awards paid in earlier times."""
    enterprises = [
        RegisteredEnterprise(
            credit_code=code_of(firm.owner),
            name=firm.name,
            city=firm.city,
            ftz=firm.ftz,
            introduced_year=year if firm.introduced else None,
            established_on=date(year, 2, 20) if firm.introduced else firm.established,
            address=f"{City(firm.city).label}示例路 {number} 号",
            source=SOURCE,
        )
        for number, firm in enumerate(FIRMS, 1)
    ] + [
        RegisteredEnterprise(
            credit_code=credit_code(100 + number), name=name, city=city, phone=phone, source=SOURCE
        )
        for number, (name, city, phone) in enumerate(STRANGERS, 1)
    ]
    return [
        *enterprises,
        *_platforms(year),
        *_lists(year),
        *(
            OverseasWarehouse(
                number=number,
                name=name,
                country=country,
                operator_code=operator,
                designated_on=date(designated, 9, 1),
                source=SOURCE,
            )
            for number, name, country, operator, designated in (
                ("HWC-001", "示例莫斯科海外仓", "俄罗斯", code_of("firm7"), year),
                ("HWC-002", "示例釜山海外仓", "韩国", code_of("firm4"), year - 4),
                ("HWC-003", "示例阿拉木图海外仓", "哈萨克斯坦", credit_code(103), year),
            )
        ),
        PastAward(
            item="3.4",
            subject="HWC-002",
            credit_code=code_of("firm4"),
            awarded_on=date(year - 3, 12, 1),
            amount_cny=Decimal(100 * WAN),
            source=SOURCE,
        ),
    ]


def _platforms(year):
    designations = (
        ("PT-001", "示例镜泊外贸转型升级基地", "firm6", "provincial", year - 2),
        ("PT-001", "示例镜泊外贸转型升级基地", "firm6", "national", year),
        ("PT-002", "示例黑河进口贸易创新示范区", "firm2", "provincial", year),
    )
    members = (("PT-001", "firm6"), ("PT-001", "firm4"), ("PT-002", "firm2"), ("PT-001", "firm1"))
    names = {firm.owner: firm.name for firm in FIRMS}
    return [
        Platform(
            number=number,
            name=name,
            level=level,
            operator_code=code_of(owner),
            designated_on=date(designated, 5, 20),
            source=SOURCE,
        )
        for number, name, owner, level, designated in designations
    ] + [
        PlatformMember(
            platform_number=number,
            credit_code=code_of(owner),
            name=names[owner],
            since=date(year - 2, 6, 1),
            source=SOURCE,
        )
        for number, owner in members
    ]


def _lists(year):
    names = {firm.owner: firm.name for firm in FIRMS}
    return [
        *(
            DualCirculationEntry(
                credit_code=code_of(owner), name=names[owner], batch="示例第一批", source=SOURCE
            )
            for owner in ("firm1", "firm7", "firm10")
        ),
        AgriculturalExporter(
            credit_code=code_of("firm7"), name=names["firm7"], since=date(year - 3, 1, 1), source=SOURCE
        ),
    ]
