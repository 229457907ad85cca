"""The customs figures of a year: what was loaded as such, what is added up from monthly detail, and which of them counts.

A yearly figure that was loaded beats one added up from monthly rows, figure by figure. Added-up figures serve awards
only once the year has been closed; until then they are provisional and are shown, never paid on.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import DataError, connection, transaction
from django.db.models import Q, Sum

from applications.calendar import months_text
from applications.errors import Refused
from applications.models import DerivedFigures, FiguresYear, MonthlyTrade, TradeFigures
from applications.monthly_sums import COLUMNS, of_firms, sums_params, sums_sql
from applications.official import year_settings
from applications.official_changes import Touched
from measures.official import FIGURE_LABELS

#: Figures are below this many yuan (or dollars), as the evaluation contract says.
TOO_LARGE = Decimal(10) ** 13
#: First key of the advisory lock on adding up: whoever comes second sees the rows of whoever came first.
LOCK = 20220008
#: Firms that one statement adds up.
CHUNK = 20_000

LOADED, ADDED_UP = "海关统计", "海关月度明细汇总"


# --- Adding up -----------------------------------------------------------------------------------


@transaction.atomic
def figures_derive(firm_years):
    """Adds up the monthly detail of firm-years {(credit_code, year)} anew, by the published code lists of each year.

    A firm-year without any row loses its figures. Returns the firm-years whose derived figures changed. Runs in the
    caller's transaction, after the monthly rows have been stored. Raises Refused where a sum is too large to be true.
    """
    derivation_wait()
    codes_of = defaultdict(list)
    for code, year in sorted(firm_years):
        codes_of[year].append(code)
    changed = set()
    for year, codes in codes_of.items():
        given = year_settings(year)
        for chunk in _chunks(codes):
            changed |= _store(year, given, chunk)
    return changed


@transaction.atomic
def figures_derive_year(year):
    """`figures_derive` for every firm of a year; after a code list of the year has changed."""
    derivation_wait()
    return _store(year, year_settings(year), None)


def figures_with(codes, year, settings):
    """What the detail of a year comes to by the lists of `settings`, which need not be stored: {code: DerivedFigures}.

    The rows are not saved. Firms without detail are left out.
    """
    found = {}
    for chunk in _chunks(sorted(codes)):
        with connection.cursor() as cursor:
            cursor.execute(sums_sql(chunk), sums_params(year, settings, chunk))
            for code, *values in cursor.fetchall():
                row = DerivedFigures(credit_code=code, year=year, **dict(zip(COLUMNS, values, strict=True)))
                row.export_countries = json.loads(row.export_countries)
                found[code] = row
    return found


def _chunks(codes):
    return [codes[start : start + CHUNK] for start in range(0, len(codes), CHUNK)]


def derivation_wait():
    """Waits until nobody adds up figures; until the transaction ends nobody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _store(year, settings, codes):
    table = DerivedFigures._meta.db_table
    values = ", ".join(COLUMNS)
    own = ", ".join(f"{table}.{name}" for name in COLUMNS)
    fresh = ", ".join(f"EXCLUDED.{name}" for name in COLUMNS)
    params = sums_params(year, settings, codes)
    put = f"""
        INSERT INTO {table} (credit_code, year, {values})
        SELECT credit_code, %(year)s, {values} FROM ({sums_sql(codes)}) AS totals
        ON CONFLICT (credit_code, year) DO UPDATE SET ({values}) = ROW ({fresh})
        WHERE ({own}) IS DISTINCT FROM ({fresh})
        RETURNING credit_code"""
    drop = f"""
        DELETE FROM {table} WHERE year = %(year)s {of_firms(codes)} AND NOT EXISTS (
            SELECT FROM {MonthlyTrade._meta.db_table} AS rows
            WHERE rows.credit_code = {table}.credit_code AND rows.month >= %(first)s AND rows.month <= %(last)s)
        RETURNING credit_code"""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(put, params)
            changed = {(code, year) for (code,) in cursor.fetchall()}
            cursor.execute(drop, params)
            return changed | {(code, year) for (code,) in cursor.fetchall()}
    except DataError as error:
        raise Refused(_too_large(year, codes)) from error


def _too_large(year, codes):
    rows = MonthlyTrade.objects.filter(month__year=year)
    if codes is not None:
        rows = rows.filter(credit_code__in=codes)
    sums = rows.values("credit_code", "direction").annotate(cny=Sum("amount_cny"), usd=Sum("amount_usd"))
    largest = sums.filter(Q(cny__gte=TOO_LARGE) | Q(usd__gte=TOO_LARGE)).order_by("-cny").first()
    whose = f"（{largest['credit_code']}）" if largest else ""
    return f"{year} 年有企业{whose}的月度金额合计达到 10 万亿，不可能正确。请核对金额和单位。"


# --- What counts ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """The figures of one firm and year that count for awards, yuan (`export_usd` in dollars); None is missing.

    `loaded` and `detail` are the stored rows behind them, None where there is none; `closed` says whether the year is.
    """

    year: int
    import_cny: Decimal | None = None
    export_cny: Decimal | None = None
    export_usd: Decimal | None = None
    cross_border_cny: Decimal | None = None
    resource_import_cny: Decimal | None = None
    local_product_export_cny: Decimal | None = None
    loaded: TradeFigures | None = None
    detail: DerivedFigures | None = None
    closed: bool = False

    @property
    def months_text(self):
        """The months with detail, in words; "" without any."""
        return months_text(self.detail.months_present) if self.detail else ""

    @property
    def provisional(self):
        """What monthly detail comes to so far, as Provisional; None where nothing of it is provisional."""
        if self.detail is None or self.closed:
            return None
        loaded = {name for name in TradeFigures.FIGURES if getattr(self.loaded, name, None) is not None}
        values = {name: getattr(self.detail, name) for name in TradeFigures.FIGURES if name not in loaded}
        return Provisional(self.year, values, self.detail.months_present) if values else None

    def with_provisional(self):
        """The figures with provisional ones where none counts yet: for the distance to the next step, never for an award."""
        provisional = self.provisional
        return replace(self, **provisional.values) if provisional else self

    def source_of(self, name):
        """Where a figure that counts comes from, as pages say it; LOADED for one that is missing."""
        if getattr(self, name) is not None and getattr(self.loaded, name, None) is None:
            return ADDED_UP
        return LOADED


def figures_of(codes, years, *, drafts: Mapping | None = None):
    """What counts for awards: {(credit_code, year): Figures} for firm-years with anything stored; three queries.

    Figure by figure, the loaded one, else the one added up from monthly detail where the year is closed. `drafts`
    {year: YearSettings} adds up these years by other code lists than the stored ones, one more query for each.
    """
    of_these = {"credit_code__in": codes, "year__in": years}
    closed = set(years_closed(years))
    loaded = {(row.credit_code, row.year): row for row in TradeFigures.objects.filter(**of_these)}
    detail = {(row.credit_code, row.year): row for row in DerivedFigures.objects.filter(**of_these)}
    for year, settings in (drafts or {}).items():
        fresh = figures_with(codes, year, settings)
        detail.update({(code, year): row for code, row in fresh.items()})
    return {
        key: _counting(key[1], loaded.get(key), detail.get(key), key[1] in closed)
        for key in {**loaded, **detail}
    }


def _counting(year, loaded, detail, closed):
    values = {}
    for name in TradeFigures.FIGURES:
        value = getattr(loaded, name, None)
        values[name] = getattr(detail, name, None) if value is None and closed else value
    return Figures(year=year, loaded=loaded, detail=detail, closed=closed, **values)


def years_closed(years):
    """Those of the years whose figures are final."""
    return FiguresYear.objects.filter(year__in=years, closed_at__isnull=False).values_list("year", flat=True)


@dataclass(frozen=True)
class Provisional:
    """What monthly detail comes to so far, {figure: yuan or dollars}; figures that were loaded are left out."""

    year: int
    values: dict
    months: list

    @property
    def months_text(self):
        """The months with detail, in words."""
        return months_text(self.months)

    @property
    def lines(self):
        """The figures as pages show them: (label, value, unit)."""
        return [
            (FIGURE_LABELS[name][0], value, FIGURE_LABELS[name][1]) for name, value in self.values.items()
        ]


def figures_provisional(code, year):
    """The Provisional figures of a firm for a year that is not closed, or None; to be shown, never paid on."""
    figures = figures_of([code], [year]).get((code, year))
    return figures.provisional if figures else None


def years_with_figures(code):
    """The years of which anything is known about a firm's trade."""
    loaded = TradeFigures.objects.filter(credit_code=code).values_list("year")
    detail = DerivedFigures.objects.filter(credit_code=code).values_list("year")
    return {year for (year,) in loaded.union(detail)}


def years_provisional(code):
    """The years of which a firm has detail and that are not closed."""
    years = list(DerivedFigures.objects.filter(credit_code=code).values_list("year", flat=True))
    return set(years) - set(years_closed(years))


# --- What has to be computed again ---------------------------------------------------------------


def figures_touched(firm_years):
    """What the figures of firm-years {(credit_code, year)} reach, as a Touched: the year and the one after it.

    The year after rests on them for growth (1.1) and exports of the year before (7.3). Where a year is not closed its
    detail moves no award, but what the system notices about claims.
    """
    touched = Touched()
    for code, year in firm_years:
        touched.firms_of_year[year].add(code)
        touched.firms_of_year[year + 1].add(code)
    return touched
