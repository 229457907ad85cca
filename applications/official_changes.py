"""Changes of official data: every one leaves an event and marks the enterprise-years that it can touch.

People at the console, imports and the seeding command all come through here, so that no figure can change without its
history and without the amounts that rest on it being computed again.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import SimpleNamespace

from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from applications.matching.mark import matches_mark
from applications.models import (
    AgriculturalExporter,
    CityRate,
    Claim,
    DiscreditedEnterprise,
    DualCirculationEntry,
    EnterpriseYear,
    Event,
    FilingPeriod,
    Holiday,
    LprRate,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    RegisteredEnterprise,
    TradeFigures,
    YearSettings,
)
from applications.settlement.mark import years_mark_keys

CHANGED = "official.changed"


@dataclass(frozen=True)
class Change:
    """One row of official data before and after; `before` is None for a new row."""

    before: models.Model | None
    after: models.Model

    @property
    def values(self):
        """What changed, as {field: [old, new]} of JSON values, None where there is nothing."""
        old, new = row_values(self.before) if self.before else {}, row_values(self.after)
        return {
            name: [old.get(name), new.get(name)] for name in {**old, **new} if old.get(name) != new.get(name)
        }


@dataclass
class Touched:
    """The enterprise-years whose amounts rest on some rows of official data."""

    every_year: bool = False
    years: set = field(default_factory=set)
    #: credit codes whose years are all touched
    firms: set = field(default_factory=set)
    #: numbers of platforms whose members are touched
    platforms: set = field(default_factory=set)
    #: year → credit codes
    firms_of_year: dict = field(default_factory=lambda: defaultdict(set))
    #: item and subject of awards that are paid once for ever
    subjects: set = field(default_factory=set)
    #: city and year
    cities: set = field(default_factory=set)

    def add(self, row):
        """Adds what one row touches; the row as it is, or as it was before it changed."""
        _TOUCHES[type(row)].add(self, row)

    def add_all(self, model, rows):
        """Adds what many rows of a model touch, each given by the values of the fields that `touching` names."""
        touch = _TOUCHES[model]
        for row in rows:
            touch.add(self, SimpleNamespace(**dict(zip(touch.fields, row, strict=True))))

    def enterprise_years(self):
        """The rows to mark."""
        if self.every_year:
            return EnterpriseYear.objects.all()
        members = PlatformMember.objects.filter(platform_number__in=self.platforms, struck_reason="")
        where = Q(year__in=self.years)
        if self.firms:
            where |= Q(enterprise__credit_code__in=_codes(self.firms))
        if self.platforms:
            where |= Q(enterprise__credit_code__in=members.values("credit_code"))
        for year, codes in self.firms_of_year.items():
            where |= Q(year=year, enterprise__credit_code__in=_codes(codes))
        own_claims = Claim.objects.filter(enterprise=OuterRef("enterprise"), year=OuterRef("year"))
        for item, subject in self.subjects:
            where |= Q(Exists(own_claims.filter(item=item, subject=subject)))
        for city, year in self.cities:
            where |= Q(year=year) & (Q(enterprise__city=city) | Exists(own_claims.filter(city=city)))
        return EnterpriseYear.objects.filter(where)


def _codes(codes):
    """Credit codes as a subquery; they go as one text, since a load may touch half a million firms."""
    return RawSQL("SELECT unnest(string_to_array(%s, chr(10)))", ["\n".join(codes)])


def row_values(row):
    """A row's fields as JSON values; empty texts and nulls are left out, amounts are texts."""
    values = {
        each.name: getattr(row, each.attname) for each in row._meta.concrete_fields if not each.primary_key
    }
    return {name: _json(value) for name, value in values.items() if value not in (None, "")}


def _json(value):
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def topic_of(row):
    """What the events of a row are filed under; figures by credit code and year, all else by its key."""
    if isinstance(row, TradeFigures):
        return f"figures:{row.credit_code}:{row.year}"
    return f"{row._meta.model_name}:{row.pk}"


def touching(model):
    """The names of the fields by which a row of a model says what it touches."""
    return _TOUCHES[model].fields


def official_save(row, *, actor, at=None, source_ip=None):
    """Stores one new or changed row. Returns how many enterprise-years are computed again because of it."""
    with transaction.atomic():
        _wait_for_loads(type(row))
        before = type(row).objects.select_for_update().filter(pk=row.pk).first() if row.pk else None
        row.save()
        return official_changed([Change(before, row)], actor=actor, at=at, source_ip=source_ip)


def _wait_for_loads(model):
    """Whoever loads rows of a kind writes nothing to its table while somebody else does.

    Asking here, before any row is locked, keeps the two from waiting for each other in a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute(f'LOCK TABLE "{model._meta.db_table}" IN ROW EXCLUSIVE MODE')


@transaction.atomic
def official_changed(changes, *, actor, at=None, source_ip=None):
    """Writes the events of rows that have been stored, and marks the years that they touch. Returns how many years.

    Must run in the transaction that stored the rows: neither is ever there without the other. A row that is as it was
    leaves no trace.
    """
    at, touched, events = at or timezone.now(), Touched(), []
    for change in changes:
        values = change.values
        if not values:
            continue
        events.append(
            Event(
                kind=CHANGED,
                at=at,
                actor=actor,
                source_ip=source_ip,
                topic=topic_of(change.after),
                data={"model": change.after._meta.model_name, "new": not change.before, "changes": values},
            )
        )
        for row in filter(None, (change.before, change.after)):
            touched.add(row)
    Event.objects.bulk_create(events, batch_size=1000)
    return touched_mark(touched) if events else 0


def touched_mark(touched):
    """Marks every enterprise-year and match that rests on what a Touched names. Returns how many enterprise-years.

    Runs in the transaction of the change, after the rows have been stored.
    """
    return len(touched_mark_keys(touched))


def touched_mark_keys(touched):
    """`touched_mark` for whoever wants to know the years: returns the keys of the EnterpriseYear rows."""
    marked = years_mark_keys(touched.enterprise_years())
    matches_mark(touched=touched)
    return marked


def _touch_figures(touched, row):
    """Figures of a year are also the year before of the next (1.1 growth, 7.3 exports)."""
    for year in (row.year, row.year + 1):
        touched.firms_of_year[year].add(row.credit_code)


def _touch_firm(touched, row):
    touched.firms.add(row.credit_code)


def _touch_operator(touched, row):
    touched.firms.add(row.operator_code)


def _touch_platform(touched, row):
    touched.firms.add(row.operator_code)
    touched.platforms.add(row.number)


def _touch_past_award(touched, row):
    """An award of a platform or warehouse bars whoever claims for it; without a subject it is the firm's own."""
    if row.subject:
        touched.subjects.add((row.item, row.subject))
    else:
        touched.firms.add(row.credit_code)


def _touch_everything(touched, row):
    touched.every_year = True


def _touch_holiday(touched, row):
    touched.years.add(row.day.year)


def _touch_year(touched, row):
    touched.years.add(row.year)


def _touch_city(touched, row):
    touched.cities.add((row.city, row.year))


def _touch_nothing(touched, row):
    """No amount is computed from it, and nothing is noticed by it."""


@dataclass(frozen=True)
class _Touch:
    """What rows of a model touch: `add(touched, row)` looks at `fields` alone."""

    fields: tuple[str, ...]
    add: Callable


_FIRM = _Touch(("credit_code",), _touch_firm)

_TOUCHES = {
    TradeFigures: _Touch(("credit_code", "year"), _touch_figures),
    RegisteredEnterprise: _FIRM,
    Platform: _Touch(("operator_code", "number"), _touch_platform),
    PlatformMember: _FIRM,
    OverseasWarehouse: _Touch(("operator_code",), _touch_operator),
    DualCirculationEntry: _FIRM,
    AgriculturalExporter: _FIRM,
    DiscreditedEnterprise: _FIRM,
    PastAward: _Touch(("item", "subject", "credit_code"), _touch_past_award),
    LprRate: _Touch(("published_on",), _touch_everything),
    Holiday: _Touch(("day",), _touch_holiday),
    YearSettings: _Touch(("year",), _touch_year),
    FilingPeriod: _Touch((), _touch_nothing),
    CityRate: _Touch(("city", "year"), _touch_city),
}
