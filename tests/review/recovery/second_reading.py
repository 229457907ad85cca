"""A firm's year as the second reading of the rules takes it, and what it says against a lock that was raised."""

from copy import deepcopy
from decimal import Decimal

from applications.models import CityRate, Claim, TradeFigures
from applications.models.states import COUNTED_STATES
from tests.measures.oracle_amounts import fen


def claims_of_year():
    """The only firm's claims that count, in the order of filing."""
    return list(
        Claim.objects.filter(state__in=COUNTED_STATES)
        .prefetch_related("verified_values")
        .order_by("first_submitted_at", "pk")
    )


def case_of_year(claims):
    """The case of the only firm's year 2025, its facts as declared and verified."""
    figures = {str(row.year): _figures(row) for row in TradeFigures.objects.all()}
    rates = {row.item: str(row.rate) for row in CityRate.objects.filter(year=2025, city="2301")}
    return {
        "year": 2025,
        "trade": figures,
        "settings": {"city_rates": rates},
        "claims": [_claim(claim) for claim in claims],
    }


def _figures(row):
    named = {name: getattr(row, name) for name in ("import_cny", "export_cny", "export_usd")}
    return {name: None if value is None else str(value) for name, value in named.items()}


def _claim(claim):
    verified = {row.path: row.value for row in claim.verified_values.all() if row.lapsed_at is None}
    return {
        "id": str(claim.pk),
        "item": claim.item,
        "facts": {**claim.facts, **verified},
        "other_support_cny": str(claim.other_support_cny or 0),
        "locked_cny": None if claim.locked_cny is None else str(claim.locked_cny),
    }


def locked_at(case, number, amount):
    """The case with another lock of one claim, yuan; None for a claim that finance has not approved yet."""
    changed = deepcopy(case)
    changed["claims"][number]["locked_cny"] = None if amount is None else str(amount)
    return changed


def harm_of(before, after, locks, number):
    """Why a lock that was raised is too high, by results before and after; "" where it is not.

    `locks` are those after, in yuan or None, and `number` the place of the claim whose lock was raised.
    """
    if Decimal(after["claims"][number]["after_overlap_cny"]) < locks[number]:
        return "more than the claim comes to"
    if fen(after["total_cny"]) > fen(after["limit_cny"]):
        return "more than the limit"
    for place, lock in enumerate(locks):
        was, now = before["claims"][place], after["claims"][place]
        if place != number and _own(now, lock) < _own(was, lock):
            return "another claim loses"
    return ""


def _own(found, lock):
    """What is a claim's own, in yuan: of a locked one at most its lock, of another what it is to be paid."""
    if lock is None:
        return Decimal(found["payable_cny"])
    return min(lock, Decimal(found["after_overlap_cny"]))
