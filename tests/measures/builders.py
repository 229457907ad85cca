"""Short ways to a case and to the result of one claim of it."""

from collections.abc import Iterator
from typing import Any

from applications.reference import packaged_reference
from measures.contract import parse_case
from measures.evaluation import evaluate
from measures.result import CaseResult, ClaimResult

YEAR = 2022


def claim(item: str, facts: dict | None = None, **others: Any) -> dict:
    """One claim of a case, with an id of its own only where the caller gives one."""
    return {"id": "a", "item": item, "facts": facts or {}, **others}


def case_of(*claims: dict, **others: Any) -> dict:
    """A case of claims that are numbered in the order of filing."""
    numbered = [{**one, "id": str(number)} for number, one in enumerate(claims)]
    return {"year": YEAR, "claims": numbered, **others}


def evaluated(*claims: dict, **others: Any) -> CaseResult:
    """The result of a case of these claims under the packaged reference data."""
    return evaluate(parse_case(case_of(*claims, **others)), packaged_reference())


def judged(item: str, facts: dict | None = None, **others: Any) -> ClaimResult:
    """The result of the only claim of a case."""
    return evaluated(claim(item, facts), **others).claims[0]


def codes(result: ClaimResult) -> list[str]:
    """The codes of a claim's reasons, in order."""
    return [reason.code for reason in result.reasons]


def trade(now: dict | None = None, before: dict | None = None) -> dict:
    """Trade figures of the claim's year and of the year before it."""
    given = {str(YEAR): now, str(YEAR - 1): before}
    return {year: figures for year, figures in given.items() if figures is not None}


def nested(value: Any) -> Iterator[Any]:
    """Every value that a JSON value is made of."""
    yield value
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else ()
    for part in parts:
        yield from nested(part)
