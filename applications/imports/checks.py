"""What cannot be true of a row: of itself, and beside what is stored."""

from applications.imports.problems import Fault
from applications.imports.words import RATE_LIMITS
from applications.models import Platform, PlatformMember, TradeFigures
from applications.official_checks import figures_problems

#: The figures of a year among its columns.
_FIGURES = TradeFigures.FIGURES
_FIRM_YEAR = ("credit_code", "year")


def row_check(kind, columns):
    """A function of a row's values that yields (field, code, message) for what contradicts itself in the row.

    None where a row of this kind, with these columns, cannot contradict itself.
    """
    places = {column.field: place for place, column in enumerate(columns)}
    if kind.model is TradeFigures:
        given = [(field, places[field]) for field in _FIGURES if field in places]
        return lambda values: _figures(given, values)
    if {"since", "until"} <= places.keys():
        since, until = places["since"], places["until"]
        return lambda values: _period(values[since], values[until])
    if {"item", "rate"} <= places.keys():
        item, rate = places["item"], places["rate"]
        return lambda values: _rate(values[item], values[rate])
    return None


def _figures(given, values):
    figures = {field: values[place] for field, place in given}
    for field, sentence in figures_problems(figures).items():
        yield field, "inconsistent", f"与其他数矛盾：{sentence}"


def _period(since, until):
    if since and until and until < since:
        yield "until", "inconsistent", f"早于“起”（{since:%Y-%m-%d}）。请核对两个日期。"


def _rate(item, rate):
    limit = RATE_LIMITS.get(item)
    if rate is not None and limit is not None and rate > limit:
        yield "rate", "too_large", f"超过 {item} 的上限 {limit:.0%}。请核对。"


def rows_check(kind, columns, rows):
    """Adds to each ParsedRow of a chunk the faults that only stored data show; one query for a chunk, or none.

    Members name platforms that are registered and not struck out; figures whose column the file does not have are the
    stored ones.
    """
    places = {column.field: place for place, column in enumerate(columns)}
    if kind.model is PlatformMember:
        _check_platforms(kind, places["platform_number"], rows)
    elif kind.model is TradeFigures and not places.keys() >= set(_FIGURES):
        _check_stored_figures(kind, places, rows)


def _check_platforms(kind, place, rows):
    named = {row.values[place] for row in rows if row.values[place]}
    known = set(
        Platform.objects.filter(number__in=named, struck_reason="")
        .order_by()
        .values_list("number", flat=True)
    )
    for row in rows:
        number = row.values[place]
        if number and number not in known:
            _add(
                kind,
                row,
                "platform_number",
                place,
                "bad_choice",
                f"没有登记这个平台：{number}。请先导入平台名单。",
            )


def _check_stored_figures(kind, places, rows):
    key = [places[field] for field in _FIRM_YEAR]
    wanted = {tuple(row.values[place] for place in key) for row in rows}
    stored = _stored_figures({code for code, _ in wanted if code}, {year for _, year in wanted if year})
    for row in rows:
        before = stored.get(tuple(row.values[place] for place in key))
        if not before:
            continue
        figures = {
            field: row.values[places[field]] if field in places else before[field] for field in _FIGURES
        }
        found = {fault.column for fault in row.faults if fault.code == "inconsistent"}
        for field, sentence in figures_problems(figures).items():
            if kind.column(field).heading not in found:
                place = places.get(field)
                own = (
                    "与系统中已有的数" if place is not None else f"在系统中是 {figures[field]}，与文件中的数"
                )
                _add(kind, row, field, place, "inconsistent", f"{own}矛盾：{sentence}")


def _stored_figures(codes, years):
    found = TradeFigures.objects.filter(credit_code__in=codes, year__in=years).order_by()
    return {tuple(row[key] for key in _FIRM_YEAR): row for row in found.values(*_FIRM_YEAR, *_FIGURES)}


def _add(kind, row, field, place, code, message):
    heading = kind.column(field).heading
    value = row.cells[place] if place is not None else ""
    row.faults.append(Fault(row.number, heading, value, code, f"第{row.number}行“{heading}”{message}"))
