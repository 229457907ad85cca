"""What may be spent of appropriations by measure, year and payer, and what is left. All amounts in yuan."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from applications.models import Claim
from applications.models.states import LOCKED_STATES
from measures import registry
from review.models import Appropriation

#: What the events of a budget are called.
TITLES = {"budget.appropriated": "录入预算指标", "budget.shortage_decided": "决定预算不足时的分配"}

ZERO = Decimal("0.00")
#: The first half of the advisory locks of budgets; the second says which.
_LOCKS = 20220007


class Key(NamedTuple):
    """What an appropriation is for: the number of a measure, a year, and a payer ("province" or a city's code)."""

    measure: int
    year: int
    payer: str


@dataclass
class Budget:
    """What is appropriated for a key, locked by approvals, committed by batches, and paid."""

    appropriated: Decimal = ZERO
    approved: Decimal = ZERO
    committed: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def left(self):
        """What batches may still take."""
        return self.appropriated - self.committed - self.paid

    @property
    def owed(self):
        """What locks still wait for: neither committed nor paid."""
        return self.approved - self.committed - self.paid

    @property
    def balance(self):
        """What no approval has claimed yet; below 0 the appropriation does not suffice."""
        return self.appropriated - self.approved

    @property
    def is_short(self):
        """Whether the locks that are owed exceed what is left."""
        return self.balance < 0


def key_of(claim):
    """The key that a claim is paid from."""
    return Key(registry.measure_of(claim.item).number, claim.year, claim.payer)


def _money_measures(payer):
    """Measures of which the payer bears an item."""
    side = "province" if payer == Claim.PROVINCE else "city"
    return tuple(
        measure
        for measure in registry.MEASURES
        if any(not item.support and item.payer == side for item in measure.items)
    )


_PROVINCE_MEASURES = _money_measures(Claim.PROVINCE)
_CITY_MEASURES = _money_measures("city")


def measures_of(payer):
    """Measures of which the payer bears an item: the province of all seven, a city of those with items of its own."""
    return _PROVINCE_MEASURES if payer == Claim.PROVINCE else _CITY_MEASURES


def items_of(measure, payer):
    """The codes of a measure's items that the payer bears."""
    side = "province" if payer == Claim.PROVINCE else "city"
    return [item.code for item in registry.MEASURES[measure - 1].items if item.payer == side]


def claims_of(key):
    """The claims that are paid from a key, in whatever state."""
    return Claim.objects.filter(
        year=key.year, payer=key.payer, item__in=items_of(key.measure, key.payer)
    ).order_by()


def claims_locked(key):
    """The claims of a key with a locked amount."""
    return claims_of(key).filter(state__in=LOCKED_STATES)


def budgets(keys):
    """{Key: Budget} of any number of keys, in two queries; a key without an appropriation has 0."""
    found = {Key(*key): Budget() for key in keys}
    if not found:
        return found
    among = {"year__in": {key.year for key in found}, "payer__in": {key.payer for key in found}}
    granted = Appropriation.objects.filter(**among).values_list("measure", "year", "payer")
    for *key, amount in granted.annotate(sum=Sum("amount_cny")).order_by():
        if (budget := found.get(Key(*key))) is not None:
            budget.appropriated += amount
    sums = Claim.objects.filter(**among, state__in=LOCKED_STATES).values_list("item", "year", "payer")
    sums = sums.annotate(Sum("locked_cny"), Sum("committed_cny"), Sum("paid_cny")).order_by()
    for item, year, payer, locked, committed, paid in sums:
        budget = found.get(Key(registry.measure_of(item).number, year, payer))
        if budget is not None:
            budget.approved += locked
            budget.committed += committed
            budget.paid += paid
    return found


def budget_left(keys):
    """{Key: yuan} that batches may still take: appropriated − committed − paid. Two queries for any number of keys."""
    return {key: budget.left for key, budget in budgets(keys).items()}


def budget_lock(keys):
    """Holds the budgets of some keys until the transaction ends, so that two who spend at once cannot both take the last
    fen. Taken after every other lock, always in the same order. Whoever commits money or changes an appropriation holds it.
    """
    numbers = sorted({_lock_number(Key(*key)) for key in keys})
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, number])


def _lock_number(key):
    payer = 0 if key.payer == Claim.PROVINCE else int(key.payer)
    return (key.year - 2000) * 100_000 + payer * 10 + key.measure


def budget_topic(year, payer):
    """The topic of events on a payer's budget of a year."""
    return f"budget:{year}-{payer}"


def totals(found):
    """The sum of several Budgets."""
    whole = defaultdict(lambda: ZERO)
    for budget in found:
        for name in ("appropriated", "approved", "committed", "paid"):
            whole[name] += getattr(budget, name)
    return Budget(**whole)
