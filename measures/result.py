"""What an evaluation says: amounts after each of the four steps, reasons and explanation, all of it data.

Amounts are yuan with two decimals. Explanations are a template's id and the numbers that stand in it; sentences
are made from them in `measures.explanation`, and only where somebody reads them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from measures.money import ZERO
from measures.record import Record

AWARDED = "awarded"
INELIGIBLE = "ineligible"
SUPPORT = "support"

#: The codes of reasons, in the order in which they are given.
REASON_CODES = (
    "figures_missing",
    "below_threshold",
    "above_threshold",
    "landing_ratio",
    "not_on_register",
    "already_awarded",
    "city_rate_not_set",
    "lpr_missing",
    "no_cost",
    "calendar_missing",
)
#: The names of the four steps, in order.
STEPS = ("computed", "capped", "after_overlap", "payable")


class Reason(Record, frozen=True):
    """Why a claim is not payable, or why an outcome cannot be told: a code and the numbers behind it."""

    code: str
    params: Mapping[str, Any]

    def __post_init__(self):
        if self.code not in REASON_CODES:
            raise ValueError(f"unknown reason: {self.code}")

    def as_data(self) -> dict:
        """Return the reason as JSON data."""
        return {"code": self.code, "params": _as_data(self.params)}

    @classmethod
    def from_data(cls, data: Mapping) -> "Reason":
        """Read what `as_data` has written."""
        return cls(data["code"], _from_data(data["params"]))


class Statement(Record, frozen=True):
    """Something said to people: a template and the numbers put in."""

    template: str
    params: Mapping[str, Any]


class Step(Record, frozen=True):
    """One line of the explanation: the step, its template, the numbers put in, and the clause it rests on."""

    step: str
    template: str
    params: Mapping[str, Any]
    clause: str

    def as_data(self) -> dict:
        """Return the step as JSON data."""
        return {
            "step": self.step,
            "template": self.template,
            "params": _as_data(self.params),
            "clause": self.clause,
        }

    @classmethod
    def from_data(cls, data: Mapping) -> "Step":
        """Read what `as_data` has written."""
        return cls(data["step"], data["template"], _from_data(data["params"]), data["clause"])


class ClaimResult(Record, frozen=True):
    """What one claim comes to. `ceiling` is None where the claim is not payable; so is `locked` where it is free.

    `route` names the departments of a support item; `outcome` is the measured target of 11.1.
    """

    id: str
    item: str
    status: str
    reasons: tuple[Reason, ...] = ()
    ceiling: Decimal | None = None
    computed: Decimal = ZERO
    capped: Decimal = ZERO
    after_overlap: Decimal = ZERO
    payable: Decimal = ZERO
    steps: tuple[Step, ...] = ()
    route: tuple[str, ...] = ()
    outcome: Mapping[str, Any] | None = None
    locked: Decimal | None = None

    def __post_init__(self):
        if not ZERO <= self.after_overlap <= self.capped <= self.computed:
            raise ValueError("each step leaves at most what the one before it left")
        if self.locked is None:
            if not ZERO <= self.payable <= self.after_overlap:
                raise ValueError("a claim that is not locked gets at most what overlap leaves")
        elif self.payable != self.locked:
            raise ValueError("a locked claim gets its locked amount")
        if (self.status == AWARDED) != (self.computed > ZERO) or (self.ceiling is None) == (
            self.status == AWARDED
        ):
            raise ValueError("an awarded claim, and no other, has an amount and a ceiling")
        if self.status == INELIGIBLE and not self.reasons:
            raise ValueError("an ineligible claim has a reason")


class CaseResult(Record, frozen=True):
    """What one enterprise gets for one year; `limit_claim` is the id of the claim whose ceiling is the limit."""

    case: str | int | None
    year: int
    limit: Decimal
    total: Decimal
    overpaid: Decimal
    limit_claim: str | None
    claims: tuple[ClaimResult, ...]

    def __post_init__(self):
        locked = free = ZERO
        for claim in self.claims:
            if claim.locked is None:
                free += claim.payable
            else:
                locked += claim.payable
        if free > max(ZERO, self.limit - locked):
            raise ValueError("claims that are not locked share what the locked ones leave of the limit")
        if self.total != locked + free or not ZERO <= self.overpaid <= locked:
            raise ValueError("the total is the sum of all payable amounts, and only locked money is overpaid")


def _as_data(value: Any) -> Any:
    """Turn parameters into JSON data; decimals and dates are marked so that they can be read back."""
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, Mapping):
        return {"map": {key: _as_data(entry) for key, entry in value.items()}}
    if isinstance(value, tuple):
        return [_as_data(entry) for entry in value]
    return value


def _from_data(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_from_data(entry) for entry in value)
    if not isinstance(value, Mapping):
        return value
    [(kind, content)] = value.items()
    if kind == "decimal":
        return Decimal(content)
    if kind == "date":
        return date.fromisoformat(content)
    return {key: _from_data(entry) for key, entry in content.items()}
