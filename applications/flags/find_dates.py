"""Dates of a claim that do not fit: costs outside the period's window, loans and policies outside the year."""

from collections import defaultdict
from datetime import date, timedelta

from applications.declared import places_of
from measures.declaration import BEFORE, EXPENSE, FROM, UNTIL

from .kinds import OUTSIDE_WINDOW, OUTSIDE_YEAR

#: Dates that a flag lists; it says how many there are.
MOST_LISTED = 5
_DAY = timedelta(days=1)


def dates_off(claim, facts, period):
    """Yields (kind, key, data) for the dates of a claim; `facts` are those computed with, `period` its FilingPeriod."""
    yield from declared_dates_off(claim.rule, claim.year, facts, claim.particulars, period)


def declared_dates_off(rule, year, facts, particulars, period):
    """The same for what a draft declares, so that whoever files it can look again before it is sent."""
    costs, spans = [], defaultdict(dict)
    for place in places_of(rule, "date_role"):
        role = place.field.date_role
        for index, value in place.values(facts, particulars):
            day = _day(value)
            if day is None:
                continue
            if role != EXPENSE:
                spans[place.rows, index][role] = day
            elif not period.window_from <= day <= period.window_to:
                costs.append([place.label(index), day.isoformat()])
    if costs:
        window = [period.window_from.isoformat(), period.window_to.isoformat()]
        yield OUTSIDE_WINDOW, "", {"window": window, "costs": costs[:MOST_LISTED], "count": len(costs)}
    yield from _spans_off(year, spans)


def _spans_off(year, spans):
    off = []
    for (rows, index), span in spans.items():
        first, last = span.get(FROM), span.get(UNTIL)
        if BEFORE in span:
            last = span[BEFORE] - _DAY
        if (first and first.year > year) or (last and last.year < year):
            what = f"{rows.row_label} {index + 1}" if rows else ""
            off.append([what, *(day.isoformat() if day else "" for day in (first, span.get(BEFORE) or last))])
    if off:
        yield OUTSIDE_YEAR, "", {"year": year, "spans": off[:MOST_LISTED], "count": len(off)}


def _day(value):
    """Facts hold days, particulars their texts as the form has checked them; what is none says nothing."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None
