"""Marking what is to be matched again, in the transaction of the change; few statements, however much it touches.

There is a row for a firm and year where figures of that year or the one before it, or a list, name the firm. A year is
known once any firm has figures of it, or a filing period or settings have been published for it; lists, which name no
year, count for every year that is known.
"""

from django.db import connection, transaction
from django.db.models import F

from applications.models import (
    AgriculturalExporter,
    DerivedFigures,
    DualCirculationEntry,
    FilingPeriod,
    MatchYear,
    OverseasWarehouse,
    Platform,
    PlatformMember,
    TradeFigures,
    YearSettings,
)
from applications.settlement.gate import gate
from measures import registry
from measures.case import FIRST_YEAR, LAST_YEAR
from measures.declaration import register_fact

#: The tables behind the registers that items choose an entry of.
REGISTERS = {"trade_platforms": Platform, "overseas_warehouses": OverseasWarehouse}

_TABLE = MatchYear._meta.db_table
_FIGURES = tuple(model._meta.db_table for model in (TradeFigures, DerivedFigures))
#: Lists that say something about the firms on them: (table, column of the credit code).
_LISTS = (
    *((model._meta.db_table, "operator_code") for model in REGISTERS.values()),
    *((model._meta.db_table, "credit_code") for model in (PlatformMember, AgriculturalExporter, DualCirculationEntry)),
)  # fmt: skip
#: What waits already is left alone; nobody is matching it now, see `matches_compute`.
_MARK = f"UPDATE {_TABLE} SET requested = requested + 1 WHERE requested = settled AND "
_PRESENT = f"""
    SELECT each.year FROM generate_series({FIRST_YEAR}, {LAST_YEAR}) AS each(year)
    WHERE EXISTS (SELECT FROM {_TABLE} AS one WHERE one.year = each.year)"""
_ANNOUNCED = " UNION ".join(
    f"SELECT year FROM {model._meta.db_table} WHERE published_at IS NOT NULL"
    for model in (FilingPeriod, YearSettings)
)


@transaction.atomic
def matches_mark(*, touched):
    """Marks the firm-years that an `official_changes.Touched` reaches, and adds those that have become known.

    Runs in the transaction of the change, after the rows have been stored.
    """
    gate()
    firms = touched.firms | _members(touched.platforms) | _operators(touched.subjects)
    with connection.cursor() as cursor:
        _mark(cursor, touched, firms)
        _add(cursor, firms.union(*touched.firms_of_year.values()))


def matches_mark_subjects(subjects, credit_code):
    """Marks the firms that a once-for-ever award can concern whose lock has been set or lifted; the caller holds the gate.

    `subjects` are pairs of item and subject; an award without a subject is that of the firm itself.
    """
    firms = _operators(subjects) | {credit_code for _, subject in subjects if not subject}
    rows = MatchYear.objects.filter(credit_code__in=firms, requested=F("settled"))
    rows.update(requested=F("requested") + 1)


def _members(platforms):
    members = PlatformMember.objects.filter(platform_number__in=platforms, struck_reason="")
    return set(members.values_list("credit_code", flat=True)) if platforms else set()


def _operators(subjects):
    """The firms that operate what the subjects of items name in registers."""
    found = set()
    for item, subject in subjects:
        fact = register_fact(registry.item(item).facts)
        if fact and subject:
            rows = REGISTERS[fact.source].objects.filter(number=subject, struck_reason="")
            found.update(rows.values_list("operator_code", flat=True))
    return found


# --- Rows that are there -------------------------------------------------------------------------


def _mark(cursor, touched, firms):
    if touched.every_year:
        cursor.execute(_MARK + "TRUE")
        return
    where, params = ["year = ANY(%s)"], [sorted(touched.years)]
    if firms:
        where.append(f"credit_code = {_ANY_OF}")
        params.append(_joined(firms))
    for year, codes in touched.firms_of_year.items():
        where.append(f"(year = %s AND credit_code = {_ANY_OF})")
        params += [year, _joined(codes)]
    for city, year in touched.cities:
        where.append("(year = %s AND city = %s)")
        params += [year, city]
    cursor.execute(f"{_MARK} ({' OR '.join(where)})", params)


#: Codes go as one text: half a million of them are read in no time, and as an array they can be hashed.
_ANY_OF = "ANY(string_to_array(%s, E'\\n'))"


def _joined(codes):
    return "\n".join(codes)


# --- Rows that are missing -----------------------------------------------------------------------


def _add(cursor, codes):
    """Adds the missing rows of firms, and those of all firms for a year that has just become known."""
    joined = _joined(codes)
    present, known = years_present(cursor), _years(cursor, _ANNOUNCED)
    if codes:
        figured = " UNION ".join(
            f"SELECT year FROM {table} WHERE credit_code = {_ANY_OF}" for table in _FIGURES
        )
        known |= _years(cursor, figured, [joined] * len(_FIGURES))
    fresh = known - present
    if fresh:
        _insert(cursor, sorted(fresh), None)
    if codes and present:
        _insert(cursor, sorted(present), joined)


def years_present(cursor):
    """The years of which there is any row: those that are known already. A probe of the index for each."""
    return _years(cursor, _PRESENT)


def _years(cursor, statement, params=()):
    cursor.execute(statement, params)
    return {year for (year,) in cursor.fetchall()}


def _insert(cursor, years, joined):
    """Adds what is missing for some years: of the firms whose codes are given as one text, of all where it is None."""
    named = [
        f"SELECT credit_code AS code, year + {later} AS year FROM {table} WHERE {_of('credit_code', joined)}"
        for table in _FIGURES
        for later in (0, 1)
    ] + [
        f"SELECT {column}, each.year FROM {table}, unnest(%(years)s::int[]) AS each(year)"
        f" WHERE struck_reason = '' AND {_of(column, joined)}"
        for table, column in _LISTS
    ]
    cursor.execute(
        f"""
        INSERT INTO {_TABLE} (credit_code, year, name, city, requested, settled)
        SELECT DISTINCT code, year, '', '', 1, 0 FROM ({" UNION ALL ".join(named)}) AS named
        WHERE year = ANY(%(years)s) AND NOT EXISTS (
            SELECT FROM {_TABLE} AS one WHERE one.credit_code = named.code AND one.year = named.year)""",
        {"years": years, "codes": joined},
    )


def _of(column, joined):
    return "TRUE" if joined is None else f"{column} = ANY(string_to_array(%(codes)s, E'\\n'))"
