"""What official data say about a verified enterprise, as the calculator fills it in: its own people alone see it."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.estimate import official_data
from applications.models import Claim, Platform
from applications.settlement.case_builder import city_rates_of, enterprise_build
from applications.settlement.load import past_awards_load
from measures import registry
from measures.official import FIGURE_LABELS
from measures.prospect import prepared_facts


@dataclass(frozen=True)
class Entry:
    """An entry of a register that names the enterprise; `level` is "" where the register has none."""

    id: str
    label: str
    level: str = ""


@dataclass(frozen=True)
class Known:
    """Official data about one enterprise and year.

    `figures` {(name, years back): (yuan or dollars, where it comes from)}; `marks` and lists by name; `rates` of its city
    by item; `entries` by register; `awarded` as (item, subject, level) for what was paid before and is paid once for ever.
    """

    year: int
    figures: dict[tuple[str, int], tuple[Decimal, str]] = field(default_factory=dict)
    marks: dict[str, bool] = field(default_factory=dict)
    rates: dict[str, Decimal] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    awarded: frozenset[tuple[str, str, str]] = frozenset()


def known_of(enterprise, year):
    """The Known of an enterprise for a year; None before it has been verified, and for nobody. A constant number of queries."""
    if enterprise is None or not enterprise.is_verified:
        return None
    source = official_data(enterprise, year)
    said = enterprise_build(source)
    return Known(
        year=year,
        figures=_figures(source, year),
        marks={
            "introduced_year": said.introduced_year == year,
            "platform_member": said.platform_member,
            "agricultural_exporter": said.agricultural_exporter,
            "dual_circulation": said.dual_circulation,
        },
        rates={code: row.rate for code, row in city_rates_of(source).items()},
        entries=_entries(source, said),
        awarded=_awarded(source, said),
    )


def _figures(source, year):
    found = {}
    for back in (0, 1):
        figures = source.trade.get(year - back)
        for name in FIGURE_LABELS:
            value = getattr(figures, name, None)
            if value is not None:
                found[name, back] = (value, figures.source_of(name))
    return found


def _entries(source, said):
    names = {row.number: row.name for row in (*source.platforms, *source.warehouses)}
    levels = dict(Platform.Level.choices)
    return {
        "trade_platforms": [
            Entry(each.id, f"{names[each.id]}（{levels[each.level]}）", each.level)
            for each in said.trade_platforms
        ],
        "overseas_warehouses": [Entry(number, names[number]) for number in said.warehouses],
    }


def _awarded(source, said):
    """What was paid before for the enterprise's own subjects; asked as a settlement asks, with claims that nobody files."""
    source.claims = [
        Claim(item=item.code, subject=item.subject(facts, {}))
        for item in registry.ITEMS.values()
        if item.once_for_ever
        for facts in prepared_facts(item, said)
    ]
    past_awards_load({(source.row.enterprise_id, source.row.year): source})
    source.claims = []
    return frozenset(source.past_awards)
