"""From what is stored to a Case of the policy core."""

from decimal import Decimal

from applications.facts import OTHER_SUPPORT, with_verified
from applications.models import TradeFigures
from measures import registry
from measures.case import Case, ClaimInput, Enterprise, PastAward, Platform, Settings, TradeYear
from measures.contract import parse_facts

NATIONAL_FIRST = {"national": 0, "provincial": 1}


def case_build(source, claims=None):
    """The case of one YearInput. `claims` replaces the stored claims by ClaimInput of a what-if."""
    year = source.row.year
    inputs = tuple(claim_input(claim) for claim in source.claims) if claims is None else tuple(claims)
    return Case(
        year=year,
        claims=inputs,
        enterprise=enterprise_build(source),
        trade={y: _trade_year(row) for y, row in source.trade.items()},
        settings=Settings(
            bank_cost_rate=source.settings.bank_cost_rate,
            key_markets=frozenset(source.settings.key_markets),
            city_rates={code: row.rate for code, row in city_rates_of(source).items()},
        ),
        past_awards=tuple(PastAward(*award) for award in dict.fromkeys(source.past_awards)),
    )


def claim_input(claim):
    """One stored claim, computed with verified values where there are any; `locked` as it stands."""
    verified = claim.verified
    other = verified.get(OTHER_SUPPORT, claim.other_support_cny)
    return ClaimInput(
        id=str(claim.pk),
        item=claim.item,
        facts=parse_facts(claim.rule, with_verified(claim.facts, verified)),
        other_support=Decimal(other or 0),
        locked=claim.locked_cny,
    )


def enterprise_build(source):
    """What the registers say; a platform counts with the highest level in force."""
    levels = {}
    for row in sorted(source.platforms, key=lambda row: NATIONAL_FIRST[row.level]):
        levels.setdefault(row.number, row.level)
    registered = source.registered
    return Enterprise(
        introduced_year=registered.introduced_year if registered else None,
        ftz=bool(registered and registered.ftz),
        platform_member=source.platform_member,
        agricultural_exporter=source.agricultural,
        trade_platforms=tuple(Platform(number, level) for number, level in levels.items()),
        overseas_warehouses=tuple(row.number for row in source.warehouses),
        dual_circulation=source.dual_circulation,
    )


def _trade_year(row):
    return TradeYear(**{name: getattr(row, name) for name in TradeFigures.FIGURES})


def city_rates_of(source):
    """{item: CityRate} for city-run items: that of the city that the claim was first submitted in, or the firm's own."""
    home = source.row.enterprise.city
    city_of = {claim.item: claim.city or home for claim in source.claims}
    rates = {}
    for code, item in registry.ITEMS.items():
        key = (city_of.get(code, home), source.row.year, code)
        if item.payer == "city" and key in source.city_rates:
            rates[code] = source.city_rates[key]
    return rates


def versions_of(source, rate):
    """The versions of settings that a year is computed under, as a claim keeps them; `rate` is its item's CityRate or None."""
    under = {"settings": source.settings.version}
    if rate is not None:
        under["city_rate"] = rate.version
    return under
