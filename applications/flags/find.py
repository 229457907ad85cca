"""Finding what is to be noticed about the claims of one enterprise-year: pure, from what has been loaded."""

from decimal import Decimal

from django.utils import timezone

from measures.case import NO_FIGURES
from measures.contradictions import MARKET_WITHOUT_EXPORTS, Known
from measures.countries import country_code
from measures.official import FIGURE

from .kinds import DISCREDITED, FIGURES_DIFFER, LATE


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
    facts = {each.id: each.facts for each in case.claims}
    differing = {one: _differences(figures) for one, figures in source.trade.items()}
    found = {}
    for claim in source.claims:
        kinds = [
            *_contradicted(claim.rule, facts[str(claim.pk)], known, source),
            *_figures_differing(claim.rule, year, differing),
            *_about_the_firm(claim, noticed, year),
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
            data = {name: _json(value) for name, value in each.params.items()}
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
            loaded, added_up = map(_json, pair)
            data = {"figure": each.name, "year": of_year, "loaded": loaded, "added_up": added_up}
            yield FIGURES_DIFFER, f"{each.name}:{of_year}", data


def _about_the_firm(claim, noticed, year):
    if noticed.discredited:
        yield DISCREDITED, "", {"year": year, "spans": noticed.discredited}
    if claim.late:
        submitted = timezone.localdate(claim.first_submitted_at).isoformat()
        deadline = noticed.deadlines[claim.period_id].isoformat()
        yield LATE, "", {"deadline": deadline, "submitted": submitted}


def _json(value):
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return list(value) if isinstance(value, tuple) else value
