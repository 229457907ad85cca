"""The figures of a payer's budget of a year, and the claims behind each of them: both are taken from one table, so that a
number and the list that it leads to cannot differ. All amounts in yuan.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Case, DecimalField, F, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from accounts.cities import City
from applications.ledger import BALANCES
from applications.models import Claim, FilingPeriod, LedgerEntry
from applications.models.states import COUNTED_STATES, LOCKED_STATES, State
from measures import registry
from review.budget import ZERO, Budget, Key, items_of, measures_of
from review.models import Appropriation

_MONEY = DecimalField(max_digits=15, decimal_places=2)
_NOTHING = Value(ZERO, output_field=_MONEY)
_LOCKED = Q(state__in=sorted(LOCKED_STATES))
_DRAWN = F("committed_cny") + F("paid_cny")


@dataclass(frozen=True)
class Quantity:
    """A figure: its word, what it means, which claims it counts, and what each adds to it."""

    key: str
    label: str
    note: str
    states: frozenset
    amount: object

    @property
    def where(self):
        """The condition that a claim counts."""
        return Q(state__in=sorted(self.states))


QUANTITIES = {
    quantity.key: quantity
    for quantity in (
        Quantity(
            "claimed",
            "已申报",
            "有效申报按单项规则计算、限额后的金额，还没有扣除其他支持和总额度",
            COUNTED_STATES,
            Coalesce(F("capped_cny"), _NOTHING),
        ),
        Quantity("approved", "已批准", "财政审核通过并锁定的金额", LOCKED_STATES, F("locked_cny")),
        Quantity(
            "committed",
            "已列入批次",
            "已锁定的批次里、银行还没有回执的金额",
            LOCKED_STATES,
            F("committed_cny"),
        ),
        Quantity("paid", "已拨付", "银行已回执的金额，减去退汇和追回", LOCKED_STATES, F("paid_cny")),
        Quantity(
            "owed", "待拨付", "已批准，还没有列入批次，也没有拨付", LOCKED_STATES, F("locked_cny") - _DRAWN
        ),
        Quantity(
            "reviewing",
            "审核中",
            "还在审核或补正的申报，按现在计算的应付金额",
            COUNTED_STATES - LOCKED_STATES,
            Coalesce(F("payable_cny"), _NOTHING),
        ),
        Quantity(
            "forecast",
            "预计",
            "已批准的金额，加上还在审核或补正的申报现在计算的应付金额",
            COUNTED_STATES,
            Case(When(_LOCKED, then=F("locked_cny")), default=Coalesce(F("payable_cny"), _NOTHING)),
        ),
    )
}
_SUMMED = ("claimed", "approved", "committed", "paid", "reviewing")


@dataclass
class Figures(Budget):
    """A Budget with what is claimed and what is still in review."""

    claimed: Decimal = ZERO
    reviewing: Decimal = ZERO

    @property
    def forecast(self):
        """What it comes to if everything in review is approved as it is computed now."""
        return self.approved + self.reviewing

    @property
    def lacking(self):
        """By how much the appropriation is exceeded; 0 where it suffices."""
        return max(-self.balance, ZERO)

    def add(self, other):
        """Adds another's amounts to these."""
        for name in ("appropriated", *_SUMMED):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Overview:
    """A payer's year: Figures by the number of a measure and by city, and their total."""

    year: int
    payer: str
    measures: dict = field(default_factory=dict)
    cities: dict = field(default_factory=dict)
    total: Figures = field(default_factory=Figures)

    def short(self):
        """{Key: Figures} of the measures whose appropriation does not suffice."""
        return {
            Key(number, self.year, self.payer): each
            for number, each in self.measures.items()
            if each.is_short
        }


def claims_of_payer(year, payer):
    """The claims of a year that a payer bears, submitted ones alone."""
    return Claim.objects.filter(year=year, payer=payer).order_by()


def overview(year, payer):
    """The Overview of a payer's year, in two queries."""
    found = Overview(year, payer, {each.number: Figures() for each in measures_of(payer)})
    by_city = defaultdict(Figures)
    sums = claims_of_payer(year, payer).filter(state__in=COUNTED_STATES).values("item", "city")
    sums = sums.annotate(
        **{f"sum_{name}": Sum(QUANTITIES[name].amount, filter=QUANTITIES[name].where) for name in _SUMMED}
    )
    for row in sums:
        part = Figures(**{name: row[f"sum_{name}"] or ZERO for name in _SUMMED})
        found.measures[registry.measure_of(row["item"]).number].add(part)
        by_city[row["city"]].add(part)
        found.total.add(part)
    granted = appropriated(year, payer)
    for number, figures in found.measures.items():
        figures.appropriated = granted.get(number, ZERO)
        found.total.appropriated += figures.appropriated
    found.cities = {city: by_city[city] for city in City.values if city in by_city}
    return found


def appropriated(year, payer):
    """{measure number: yuan} of a payer's year."""
    rows = Appropriation.objects.filter(year=year, payer=payer).values_list("measure")
    return dict(rows.annotate(Sum("amount_cny")).order_by())


# --- Over time -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """A week or a month: its first and last day, and what was approved and paid in it."""

    first: date
    last: date
    approved: Decimal
    paid: Decimal


def spans(year, payer):
    """("week" or "month", [Span]) without gaps from the first approval to the last day on which money moved.

    A lock stands in the week in which it was set, with its amount as it is now; payments in the week of the bank's result,
    less what came back in it. Both add up to what is approved and paid. Weeks as long as they fit, then months.
    """
    approved, paid = _approved_by_day(year, payer), _paid_by_day(year, payer)
    days = sorted(approved.keys() | paid.keys())
    if not days:
        return "week", []
    way = "week" if (days[-1] - _monday(days[0])).days < 7 * WEEKS else "month"
    found, first = [], _begin(way, days[0])
    while first <= days[-1]:
        following = first + timedelta(days=7) if way == "week" else _next_month(first)
        last = following - timedelta(days=1)
        sums = [sum((a for d, a in by.items() if first <= d <= last), ZERO) for by in (approved, paid)]
        found.append(Span(first, last, *sums))
        first = following
    return way, found


#: So many weeks are drawn at most.
WEEKS = 14


def _approved_by_day(year, payer):
    rows = claims_of_payer(year, payer).filter(_LOCKED).values_list(TruncDate("locked_at"))
    return dict(rows.annotate(Sum("locked_cny")))


def _paid_by_day(year, payer):
    rows = _payments(year, payer).values_list(TruncDate("at"))
    return {day: amount for day, amount in rows.annotate(Sum("amount_cny")).order_by() if amount}


def _payments(year, payer):
    """Entries that moved what a payer has paid for a year."""
    # The claim's year is that of the entry; said of both, each side is read from its index alone.
    return LedgerEntry.objects.filter(
        kind__in=BALANCES["paid_cny"], year=year, claim__year=year, claim__payer=payer
    )


def _monday(day):
    return day - timedelta(days=day.weekday())


def _begin(way, day):
    return _monday(day) if way == "week" else day.replace(day=1)


def _next_month(day):
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


# --- The claims behind a figure ------------------------------------------------------------------


@dataclass(frozen=True)
class Behind:
    """Which figure: a Quantity of a payer's year, and, where they are given, of one measure, one city, some days."""

    quantity: Quantity
    year: int
    payer: str
    measure: int | None = None
    city: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def of_payments(self):
        """Whether it counts the payments of some days, made or returned, whatever has become of the claim since."""
        return self.first is not None and self.quantity.key == "paid"

    @property
    def states(self):
        """The states of the claims that may add to it."""
        return frozenset(State) if self.of_payments else self.quantity.states


def claims_behind(behind):
    """The claims that add something to a figure, each with `part_cny`; their sum is the figure. For days, approvals are
    those locked then, payments what the bank reported then; other figures have no days.
    """
    claims = claims_of_payer(behind.year, behind.payer).filter(state__in=sorted(behind.states))
    if behind.measure:
        claims = claims.filter(item__in=items_of(behind.measure, behind.payer))
    if behind.city:
        claims = claims.filter(city=behind.city)
    if behind.of_payments:
        claims = claims.filter(pk__in=_payments_in(behind).values("claim"))
    elif behind.first is not None:
        start, end = _moments(behind)
        claims = claims.filter(locked_at__gte=start, locked_at__lt=end)
    return parts_add(claims, behind).exclude(part_cny=0)


def parts_add(claims, behind):
    """Claims with `part_cny`, what each adds to a figure."""
    if not behind.of_payments:
        return claims.annotate(part_cny=behind.quantity.amount)
    moved = _payments_in(behind).filter(claim=OuterRef("pk")).order_by().values("claim")
    return claims.annotate(part_cny=Subquery(moved.annotate(sum=Sum("amount_cny")).values("sum")))


def _payments_in(behind):
    start, end = _moments(behind)
    return _payments(behind.year, behind.payer).filter(at__gte=start, at__lt=end)


def _moments(behind):
    days = (behind.first, behind.last + timedelta(days=1))
    return [timezone.make_aware(datetime.combine(day, time.min)) for day in days]


def years_of_budget(today):
    """The years that a budget can be looked at for, the newest first: those with a period that has opened, or with money."""
    opened = FilingPeriod.objects.filter(published_at__isnull=False, opens_on__lte=today).values_list(
        "year", flat=True
    )
    granted = Appropriation.objects.values_list("year", flat=True)
    return sorted(set(opened) | set(granted.distinct()), reverse=True)
