"""What was filed, approved and paid for one year: in all, by measure, by city, by month, and by how large the firms are."""

from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import Decimal

from django.db.models import Case, CharField, Count, F, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from accounts.cities import City
from applications.ledger import BALANCES
from applications.models import COUNTED_STATES, LedgerEntry, LedgerKind, State, TradeFigures
from applications.models.states import LOCKED_STATES
from measures import registry
from review.measure_names import measure_title

ZERO = Decimal("0.00")
#: A firm is called small whose imports and exports of the year come to less than this, yuan. The policy knows no such
#: line; it is drawn for the statistics alone, and the page says so.
SMALL_BELOW = Decimal("10000000.00")
SMALL, LARGE, UNKNOWN = "small", "large", "unknown"
SIZES = {
    SMALL: "年进出口额不足 1000 万元",
    LARGE: "年进出口额 1000 万元及以上",
    UNKNOWN: "没有海关统计数据",
}

_FILED = ~Q(state__in=[State.DRAFT]) & Q(first_submitted_at__isnull=False)
_LOCKED = Q(state__in=LOCKED_STATES, locked_cny__gt=0)
_COUNTS = {
    "claims": Count("pk"),
    "firms": Count("enterprise", distinct=True),
    "approved": Count("pk", filter=_LOCKED),
    "approved_cny": Sum("locked_cny", filter=_LOCKED),
    "paid": Count("pk", filter=Q(paid_cny__gt=0)),
    "paid_firms": Count("enterprise", distinct=True, filter=Q(paid_cny__gt=0)),
    "paid_cny": Sum("paid_cny"),
}


@dataclass
class Group:
    """Claims that belong together, counted; amounts in yuan. `key` is a measure's number, a city's code, or a size."""

    key: object
    label: str
    claims: int = 0
    firms: int = 0
    approved: int = 0
    approved_cny: Decimal = ZERO
    paid: int = 0
    paid_firms: int = 0
    paid_cny: Decimal = ZERO


@dataclass
class Month:
    """One month: claims filed in it, and what was locked and paid in it, net of what was taken back; yuan."""

    month: object
    filed: int = 0
    approved_cny: Decimal = ZERO
    paid_cny: Decimal = ZERO


@dataclass
class Story:
    """One year for some payers. `total` counts every claim that was ever submitted."""

    year: int
    total: Group
    by_measure: list
    by_city: list
    by_size: list
    by_month: list
    #: Claims by where they stand, {State: number}.
    states: dict
    #: The four steps of all claims that count, yuan.
    computed_cny: Decimal = ZERO
    capped_cny: Decimal = ZERO
    after_overlap_cny: Decimal = ZERO
    payable_cny: Decimal = ZERO
    #: What is demanded back and still open, and what has come in, yuan.
    demanded_cny: Decimal = ZERO
    received_cny: Decimal = ZERO

    @property
    def cut_by_cap(self):
        """What caps took away."""
        return self.computed_cny - self.capped_cny

    @property
    def cut_by_overlap(self):
        """What other policies had paid already."""
        return self.capped_cny - self.after_overlap_cny

    @property
    def cut_by_limit(self):
        """What the year's limit took away."""
        return self.after_overlap_cny - self.payable_cny


def story_of(year, claims):
    """The Story of the claims of a year among `claims` (those a person may see); nine queries whatever their number."""
    found = claims.filter(_FILED, year=year).order_by()
    steps = ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")
    sums = found.filter(state__in=COUNTED_STATES).aggregate(
        **{name: Coalesce(Sum(name), ZERO) for name in steps},
        demanded_cny=Coalesce(Sum("demanded_cny"), ZERO),
    )
    states = dict(found.values_list("state").annotate(Count("pk")))
    return Story(
        year=year,
        total=_total(found),
        by_measure=_by_measure(found),
        by_city=_by_city(found),
        by_size=_by_size(found, year),
        by_month=_by_month(found, year),
        states={state: states.get(state, 0) for state in State if states.get(state)},
        received_cny=_received(found, year),
        **sums,
    )


def _total(found):
    return _group("", "合计", found.aggregate(**_COUNTS))


def _group(key, label, values):
    names = {field.name for field in fields(Group)} - {"key", "label"}
    return Group(
        key, label, **{name: values[name] or (ZERO if name.endswith("_cny") else 0) for name in names}
    )


def _by_measure(found):
    money = [measure for measure in registry.MEASURES if any(not item.support for item in measure.items)]
    number = Case(
        *(When(item__in=[item.code for item in measure.items], then=measure.number) for measure in money),
        output_field=IntegerField(),
    )
    rows = {
        row["measure"]: row for row in found.annotate(measure=number).values("measure").annotate(**_COUNTS)
    }
    return [
        _group(measure.number, measure_title(measure.number), rows[measure.number])
        if measure.number in rows
        else Group(measure.number, measure_title(measure.number))
        for measure in money
    ]


def _by_city(found):
    rows = {row["city"]: row for row in found.values("city").annotate(**_COUNTS)}
    return [_group(city.value, city.label, rows[city]) for city in City if city in rows]


def _by_size(found, year):
    """Firms by their official trade of the year; what was loaded as a yearly figure counts. Small and large ones are named
    even where there are none: nobody is to wonder."""
    small, large = _codes_by_size(year)
    size = Case(
        When(enterprise__credit_code__in=small, then=Value(SMALL)),
        When(enterprise__credit_code__in=large, then=Value(LARGE)),
        default=Value(UNKNOWN),
        output_field=CharField(),
    )
    rows = {row["size"]: row for row in found.annotate(size=size).values("size").annotate(**_COUNTS)}
    return [
        _group(size, label, rows[size]) if size in rows else Group(size, label)
        for size, label in SIZES.items()
        if size in rows or (rows and size != UNKNOWN)
    ]


def _codes_by_size(year):
    """Querysets of the credit codes of small firms and of others with figures of the year."""
    trade = TradeFigures.objects.filter(
        year=year, import_cny__isnull=False, export_cny__isnull=False
    ).annotate(trade=F("import_cny") + F("export_cny"))
    return (
        trade.filter(trade__lt=SMALL_BELOW).values("credit_code"),
        trade.filter(trade__gte=SMALL_BELOW).values("credit_code"),
    )


def _by_month(found, year):
    zone, months = timezone.get_current_timezone(), {}

    def of(moment):
        return months.setdefault(moment.date(), Month(moment.date()))

    filed = found.annotate(month=TruncMonth("first_submitted_at", tzinfo=zone))
    for month, count in filed.values_list("month").annotate(Count("pk")):
        of(month).filed = count
    for name, kinds in (
        ("approved_cny", BALANCES["locked_cny"]),
        ("paid_cny", BALANCES["paid_cny"]),
    ):
        entries = _entries(found, year, kinds).order_by()
        sums = entries.annotate(month=TruncMonth("at", tzinfo=zone)).values_list("month")
        for month, amount in sums.annotate(Sum("amount_cny")):
            setattr(of(month), name, amount)
    return [months.get(month) or Month(month) for month in _without_gaps(months)]


def _without_gaps(months):
    """The first days of all months from the first to the last of some; one in which nothing happened says so."""
    if not months:
        return []
    day, found = min(months), []
    while day <= max(months):
        found.append(day)
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return found


def _entries(found, year, kinds):
    """Entries of the claims; the year, which is that of their claims, lets the others alone."""
    return LedgerEntry.objects.filter(claim__in=found.values("pk"), year=year, kind__in=kinds)


def _received(found, year):
    kinds = (LedgerKind.RECEIPT, LedgerKind.OFFSET)
    entries = _entries(found, year, kinds)
    return -(entries.aggregate(sum=Sum("amount_cny"))["sum"] or ZERO)


def years_of(claims):
    """The years of which there are submitted claims, newest first."""
    return list(
        claims.exclude(first_submitted_at=None).order_by("-year").values_list("year", flat=True).distinct()
    )
