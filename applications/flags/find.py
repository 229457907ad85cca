"""Finding what is to be noticed about the claims of one enterprise-year: pure, from what has been loaded."""

from decimal import Decimal

from measures.case import NO_FIGURES
from measures.contradictions import MARKET_WITHOUT_EXPORTS, Known
from measures.countries import country_code
from measures.evaluation import context_of
from measures.official import FIGURE

from .data import json_value
from .find_dates import dates_off
from .find_firm import about_filing, about_firm
from .kinds import FIGURES_DIFFER, JUMP, JUST_REACHED
from .reuse import reused

#: A figure has jumped where it is more than so many times that of the year before, and has grown by at least this much in
#: its unit: small firms double and treble in an ordinary year, and their awards are small.
JUMP_TIMES = 3
JUMP_LEAST = {"元": Decimal("10000000.00"), "美元": Decimal("1500000.00")}


def flags_found(source, case):
    """{(claim id, kind, key): data} for every claim that counts; `case` is what was evaluated.

    Facts are those that are computed with: a verified value that agrees with official data contradicts nothing.
    """
    year, noticed = case.year, source.noticed
    known = Known(
        year=year,
        this_year=case.trade.get(year, NO_FIGURES),
        last_year=case.trade.get(year - 1, NO_FIGURES),
        export_markets=_export_markets(source.trade.get(year)),
    )
    context = context_of(case, source.reference)
    facts = {each.id: each.facts for each in case.claims}
    differing = {one: _differences(figures) for one, figures in source.trade.items()}
    of_firm = list(about_firm(source, year))
    found = {}
    for claim in source.claims:
        rule, of_claim = claim.rule, facts[str(claim.pk)]
        kinds = [
            *of_firm,
            *reused(claim, noticed.same.get(claim.pk, ())),
            *_contradicted(rule, of_claim, known, source),
            *_figures_differing(rule, year, differing),
            *_jumped(rule, context),
            *_just_reached(rule, of_claim, context),
            *dates_off(claim, of_claim, noticed.periods[claim.period_id]),
            *about_filing(claim, source),
        ]
        found |= {(claim.pk, kind, key): data for kind, key, data in kinds}
    return found


def _export_markets(figures):
    """Markets with exports in the year's detail; None without detail, or where a text in it is no country."""
    if figures is None or figures.detail is None:
        return None
    markets = frozenset(map(country_code, figures.detail.export_countries))
    return None if "" in markets else markets


def _contradicted(rule, facts, known, source):
    for check in rule.contradictions:
        for each in check.find(facts, known):
            data = {name: json_value(value) for name, value in each.params.items()}
            if each.kind == MARKET_WITHOUT_EXPORTS:
                data["months"] = source.trade[known.year].detail.months_present
            yield each.kind, each.key, data


def _differences(figures):
    """{figure: (loaded, added up)} where the two say different things about a firm and year.

    Before the year is closed detail may still arrive: only what already exceeds the loaded figure contradicts it.
    """
    loaded, detail = figures.loaded, figures.detail
    if loaded is None or detail is None:
        return {}
    pairs = {name: (getattr(loaded, name), getattr(detail, name)) for name in loaded.FIGURES}
    return {
        name: (one, other)
        for name, (one, other) in pairs.items()
        if one is not None and (one != other if figures.closed else one < other)
    }


def _figures_differing(rule, year, differing):
    for each in rule.official:
        pair = differing.get(year - each.years_back, {}).get(each.name) if each.kind == FIGURE else None
        if pair:
            of_year = year - each.years_back
            loaded, added_up = map(json_value, pair)
            data = {"figure": each.name, "year": of_year, "loaded": loaded, "added_up": added_up}
            yield FIGURES_DIFFER, f"{each.name}:{of_year}", data


def has_jumped(now, before, unit):
    """Whether a figure has grown so much in a year that somebody should look; amounts in `unit`, 元 or 美元."""
    return now > before * JUMP_TIMES and now - before >= JUMP_LEAST[unit]


def _jumped(rule, context):
    """Figures of the year against those of the year before; of a firm that has just been introduced it is expected."""
    if context.enterprise.introduced_year == context.year:
        return
    for each in rule.official:
        if each.kind != FIGURE or each.years_back:
            continue
        now, before = getattr(context.this_year, each.name), getattr(context.last_year, each.name)
        if now is None or before is None:
            continue
        if has_jumped(now, before, each.unit):
            data = {"figure": each.name, "year": context.year, "now": now, "before": before}
            yield JUMP, each.name, {name: json_value(value) for name, value in data.items()}


def _just_reached(rule, facts, context):
    for each in rule.thresholds(facts, context):
        if each.is_just_reached:
            data = {"what": each.name, "value": each.value, "least": each.least, "year": each.year}
            data |= {"exclusive": True} if each.exclusive else {}
            yield JUST_REACHED, each.name, {name: json_value(value) for name, value in data.items()}
