"""How a year's rows of monthly customs detail add up, as SQL: one row for each firm, by the code lists of a year."""

import re
from datetime import date

from applications.models import DerivedFigures, MonthlyTrade

#: The lists of a year's settings by which rows are added up.
LISTS = ("cross_border_codes", "resource_codes", "local_origins", "agricultural_codes")
#: What a firm's row holds after its code, by the names of DerivedFigures.
COLUMNS = tuple(
    each.attname
    for each in DerivedFigures._meta.concrete_fields
    if each.name not in ("id", "credit_code", "year")
)

_COUNTRIES = "export_countries"
_IMPORT, _EXPORT = (f"direction = '{each.value}'" for each in MonthlyTrade.Direction)
_SUMS = {
    "import_cny": ("amount_cny", _IMPORT),
    "export_cny": ("amount_cny", _EXPORT),
    "export_usd": ("amount_usd", _EXPORT),
    "cross_border_cny": ("amount_cny", "supervision_code = ANY(%(cross_border_codes)s::text[])"),
    "resource_import_cny": ("amount_cny", f"{_IMPORT} AND hs_code ~ %(resource_codes)s"),
    "local_product_export_cny": ("amount_cny", f"{_EXPORT} AND origin ~ %(local_origins)s"),
    "agricultural_export_cny": ("amount_cny", f"{_EXPORT} AND hs_code ~ %(agricultural_codes)s"),
}
_MONTH_BITS = "bit_or(1 << (extract(month FROM month)::int - 1))"
_AGGREGATES = {
    # The newest name: each follows its day, so that nothing needs to be sorted.
    "name": """coalesce(substr(max((month::text || name) COLLATE "C") FILTER (WHERE name <> ''), 11), '')""",
    "month_bits": _MONTH_BITS,
    "months": f"bit_count({_MONTH_BITS}::bit(12))",
    "last_month": "max(month)",
    **{
        name: f"coalesce(sum({amount}) FILTER (WHERE {condition}), 0)"
        for name, (amount, condition) in _SUMS.items()
    },
}


def sums_sql(codes):
    """The statement that adds up the rows of a year: credit_code, then COLUMNS; of all firms where `codes` is None."""
    rows = f"""
        FROM {MonthlyTrade._meta.db_table}
        WHERE month >= %(first)s AND month <= %(last)s {of_firms(codes)}"""
    aggregates = ", ".join(f"{expression} AS {name}" for name, expression in _AGGREGATES.items())
    columns = ", ".join(
        f"coalesce({name}, '[]') AS {name}" if name == _COUNTRIES else name for name in COLUMNS
    )
    return f"""
        SELECT credit_code, {columns}
        FROM (SELECT credit_code, {aggregates} {rows} GROUP BY credit_code) AS sums
        LEFT JOIN (
            SELECT credit_code, jsonb_agg(country ORDER BY country) AS {_COUNTRIES}
            FROM (SELECT DISTINCT credit_code, country {rows} AND {_EXPORT}) AS went GROUP BY credit_code
        ) AS countries USING (credit_code)"""


def of_firms(codes):
    """The condition that keeps a statement with `sums_params` to some firms; nothing where `codes` is None."""
    return "" if codes is None else "AND credit_code = ANY(%(codes)s)"


def sums_params(year, settings, codes):
    """What the statement takes: the year, its code lists as the YearSettings `settings` has them, and the firms."""
    lists = {name: _beginnings(getattr(settings, name)) for name in LISTS}
    lists["cross_border_codes"] = list(settings.cross_border_codes)
    return {"year": year, "first": date(year, 1, 1), "last": date(year, 12, 31), "codes": codes, **lists}


def _beginnings(codes):
    """What a code of a list looks like: a pattern, much faster than to try one beginning after the other.

    None fits nothing. An empty beginning would fit everything; lists never hold one, but a draft under way might.
    """
    codes = [re.escape(code) for code in codes if code]
    return f"^({'|'.join(codes)})" if codes else None
