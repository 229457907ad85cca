"""Official data as the rules take them: reference data and the settings of a year, from the database."""

from django.db.models import F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Greatest

from applications.models import (
    CityRate,
    DeadlineExtension,
    FilingPeriod,
    Holiday,
    LprRate,
    YearSettings,
)
from measures.reference import LprTable, ReferenceData, WorkingCalendar


def working_calendar():
    """The working days as they are kept in the database."""
    days = list(Holiday.objects.values_list("day", "kind"))
    return WorkingCalendar(
        days_off=[day for day, kind in days if kind == Holiday.Kind.OFF],
        workdays=[day for day, kind in days if kind == Holiday.Kind.WORK],
        known_years={day.year for day, _ in days},
    )


def current_reference():
    """The reference data in force, as they are kept in the database; on equal data the packaged ones agree."""
    rows = YearSettings.objects.filter(published_at__isnull=False).order_by("version")
    kept = list(rows.values_list("year", "day_count", "rcep_members"))
    return ReferenceData(
        lpr=LprTable(LprRate.objects.values_list("published_on", "one_year_percent")),
        calendar=working_calendar(),
        # Of several versions of a year the newest stays.
        day_counts={year: days for year, days, _ in kept},
        rcep_by_year={year: frozenset(members) for year, _, members in kept},
    )


def year_settings(year):
    """The newest published settings of a year; the defaults, unsaved, where nobody has published any."""
    return years_settings([year])[year]


def years_settings(years):
    """`year_settings` for several years at once, in one query."""
    found = {year: YearSettings(year=year, version=0) for year in years}
    rows = YearSettings.objects.filter(year__in=list(found), published_at__isnull=False).order_by("version")
    found.update({row.year: row for row in rows})
    return found


def city_rates(years):
    """The versions of city rates in force as {(city, year, item): CityRate}."""
    rows = CityRate.objects.filter(year__in=years, published_at__isnull=False).order_by("version")
    return {(row.city, row.year, row.item): row for row in rows}


def filing_periods(on):
    """Published filing periods that are open on a day, the newest version of each, last deadline first."""
    return _periods_in_force().filter(opens_on__lte=on, deadline__gte=on).order_by("-deadline", "pk")


def filing_periods_for(enterprise, on):
    """The filing periods in which one enterprise may file on a day, its extensions included; each with `closes_on`."""
    periods = filing_periods_known(enterprise).filter(opens_on__lte=on, closes_on__gte=on)
    return periods.order_by("-closes_on", "pk")


def filing_periods_known(enterprise=None):
    """Every published filing period, past and to come, each with `closes_on`: the deadline, or an enterprise's extension."""
    if enterprise is None:
        return _periods_in_force().annotate(closes_on=F("deadline"))
    extensions = DeadlineExtension.objects.filter(period=OuterRef("pk"), enterprise=enterprise)
    longest = Subquery(extensions.order_by("-until").values("until")[:1])
    return _periods_in_force().annotate(closes_on=Greatest("deadline", longest))


def _periods_in_force():
    """The newest published version of every filing period."""
    newest = (
        FilingPeriod.objects.filter(published_at__isnull=False)
        .values("year", "title")
        .annotate(version=Max("version"))
    )
    current = Q(pk__in=[])
    for row in newest:
        current |= Q(**row)
    return FilingPeriod.objects.filter(current)
