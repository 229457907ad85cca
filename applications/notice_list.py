"""What the public reads of a notice: lines without account, telephone or person, and what they add up to."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Q, Sum

from accounts.cities import City
from measures import registry

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Part:
    """What lines of one measure or city add up to, yuan."""

    label: str
    count: int
    amount_cny: Decimal


@dataclass(frozen=True)
class Sums:
    """What the lines of a notice add up to that have not been withdrawn, yuan."""

    count: int
    firms: int
    amount_cny: Decimal
    by_measure: list
    by_city: list


def office_of(payer):
    """Who publishes: province, or commerce and finance of the city that pays."""
    return f"{City(payer).label}商务局、财政局" if payer in City.values else "省商务厅、省财政厅"


def measure_label(item):
    """The measure of an item, as a list of sums names it."""
    return registry.measure_of(item).named


def lines_searched(lines, *, q="", item="", city=""):
    """Lines of firms with these words in their name, or this code; of an item or a measure; of a city. "" means any."""
    if q:
        lines = lines.filter(Q(enterprise_name__icontains=q) | Q(credit_code__iexact=q))
    if item:
        lines = lines.filter(Q(item=item) | Q(item__startswith=f"{item}."))
    return lines.filter(city=city) if city else lines


def sums_of(lines):
    """The Sums of a queryset of lines, in two queries, whatever its length."""
    lines = lines.filter(withdrawn_at=None).order_by()
    groups = lines.values_list("city", "item").annotate(count=Count("pk"), sum=Sum("amount_cny"))
    firms = lines.aggregate(firms=Count("credit_code", distinct=True))["firms"]
    return _sums(groups, firms)


def sums_ahead(lines):
    """The Sums of lines that are not stored yet."""
    groups = [(line.city, line.item, 1, line.amount_cny) for line in lines]
    return _sums(groups, len({line.credit_code for line in lines}))


def _sums(groups, firms):
    measures, cities = defaultdict(lambda: [0, ZERO]), defaultdict(lambda: [0, ZERO])
    for city, item, count, amount in groups:
        number = registry.measure_of(item).number
        for part in (measures[number, measure_label(item)], cities[city, City(city).label]):
            part[0] += count
            part[1] += amount
    return Sums(
        count=sum(count for count, _ in cities.values()),
        firms=firms,
        amount_cny=sum((amount for _, amount in cities.values()), ZERO),
        by_measure=_parts(measures),
        by_city=_parts(cities),
    )


def _parts(found):
    return [Part(label, count, amount) for (_, label), (count, amount) in sorted(found.items())]


def rows_of(lines, *, first=1):
    """Lines as templates take them: [{line, number, item, city}], numbered from `first`."""
    return [
        {"line": line, "number": number, "item": registry.item(line.item), "city": City(line.city).label}
        for number, line in enumerate(lines, start=first)
    ]


def notice_state(notice):
    """A short text that changes whenever anything changes that the files of a notice say."""
    withdrawn = notice.lines.aggregate(count=Count("withdrawn_at"), last=Max("withdrawn_at"))
    parts = (notice.pk, notice.title, notice.last_day, notice.certain, notice.closed_at, *withdrawn.values())
    return "|".join(map(str, parts))
