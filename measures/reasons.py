"""Reasons made in one place, so that each code always carries the same numbers.

Reading `numbers`: 以上, 以下 and 以内 include the number itself, so what lies *below* a least or *above* a most is
refused; 超过 does not include it, so what only *reaches* the landing ratio is.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from measures.result import Reason
from measures.thresholds import Threshold


def figures_missing(*wanted: tuple[str, int]) -> Reason:
    """Name the official figures that are missing, each with its year."""
    return Reason("figures_missing", {"figures": wanted})


def below_threshold(year: int, *tests: tuple[str, Decimal | int, Decimal | int]) -> Reason:
    """Name what falls short in a year: each quantity, its value, and the least that is asked for."""
    return Reason("below_threshold", {"year": year, "tests": tests})


def not_reached(year: int, thresholds: Iterable[Threshold]) -> Iterable[Reason]:
    """Name together, in one reason, whatever of a claim's quantities falls short."""
    failed = tuple([(each.name, each.value, each.least) for each in thresholds if not each.is_reached])
    if failed:
        yield below_threshold(year, *failed)


def above_threshold(year: int, quantity: str, value: Decimal, most: Decimal) -> Reason:
    """Name what exceeds in a year the most that is allowed."""
    return Reason("above_threshold", {"year": year, "quantity": quantity, "value": value, "most": most})


def landing_ratio(landed: Decimal, imported: Decimal, share: Decimal) -> Reason:
    """Name the landed value, the imports it is measured by, and the share that it must exceed."""
    return Reason("landing_ratio", {"landed": landed, "imported": imported, "share": share})


def not_on_register(register: str, subject: str = "") -> Reason:
    """Name the register, and what was looked for in it where that is not the enterprise itself."""
    return Reason("not_on_register", {"register": register, "subject": subject})


def already_awarded(item: str, subject: str | None, in_this_case: bool) -> Reason:
    """Name what has been paid before, or is claimed a second time in the same case."""
    return Reason("already_awarded", {"item": item, "subject": subject or "", "in_this_case": in_this_case})


def city_rate_not_set(item: str, year: int, most: Decimal) -> Reason:
    """Name the item and year for which the city has set no rate, and the most that it may set."""
    return Reason("city_rate_not_set", {"item": item, "year": year, "most": most})


def lpr_missing(loans: tuple[tuple[int, date], ...], first: date | None) -> Reason:
    """Name the loans, by number and day of issue, that come before the first published rate."""
    return Reason("lpr_missing", {"loans": loans, "first": first})


def no_cost(template: str, params: Mapping[str, Any]) -> Reason:
    """Give the formula that came to less than one fen."""
    return Reason("no_cost", {"template": template, "params": params})


def calendar_missing(years: tuple[int, ...]) -> Reason:
    """Name the years whose days off have not been published."""
    return Reason("calendar_missing", {"years": years})
