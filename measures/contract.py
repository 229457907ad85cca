"""The evaluation contract: JSON in, JSON out, the same for command, interface and calculator."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, BinaryIO

from measures import jsontext
from measures.evaluation import evaluate
from measures.explanation import reasons_json, steps_json
from measures.intake import parse_case, parse_facts, read_case_id
from measures.reference import ReferenceData
from measures.result import SUPPORT, CaseResult, ClaimResult
from measures.wire import ContractError

__all__ = ["ContractError", "answer", "answer_stream", "parse_case", "parse_facts", "result_json"]

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_WHITE_SPACE = b" \t\r\n"
_NOT_AN_OBJECT = ("", "not_json", "这一部分不是一个完整的 JSON 对象。")


def result_json(result: CaseResult) -> dict[str, Any]:
    """Return a result as the contract writes it: amounts as texts, steps with their sentences.

    Amounts of a result have exactly two decimals already, and so has their text.
    """
    return {
        "case": result.case,
        "year": result.year,
        "limit_cny": str(result.limit),
        "total_cny": str(result.total),
        "overpaid_cny": str(result.overpaid),
        "claims": [_claim_json(claim) for claim in result.claims],
    }


def _claim_json(claim: ClaimResult) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": claim.id,
        "item": claim.item,
        "status": claim.status,
        "reasons": reasons_json(claim.reasons),
        "ceiling_cny": None if claim.ceiling is None else str(claim.ceiling),
        "computed_cny": str(claim.computed),
        "capped_cny": str(claim.capped),
        "after_overlap_cny": str(claim.after_overlap),
        "payable_cny": str(claim.payable),
        "steps": steps_json(claim.steps),
    }
    if claim.status == SUPPORT:
        answer["route"] = list(claim.route)
    if claim.outcome is not None:
        answer["outcome"] = {
            name: str(value) if isinstance(value, Decimal) else value for name, value in claim.outcome.items()
        }
    return answer


def answer(value: Any, reference: ReferenceData) -> dict[str, Any]:
    """Answer one case given as JSON data, by its result or by its refusal; never raises on bad input."""
    try:
        case = parse_case(value)
    except ContractError as refusal:
        return refusal_json(_case_id(value), refusal)
    return result_json(evaluate(case, reference))


def refusal_json(case: str | int | None, refusal: ContractError) -> dict[str, Any]:
    """Return what takes the place of a result where a case is refused."""
    error = {"path": refusal.path, "code": refusal.code, "message": refusal.message}
    return {"case": case, "error": error}


def _case_id(value: Any) -> str | int | None:
    """Return the id of a refused case, where it has one that is valid and stands once."""
    if not isinstance(value, dict) or getattr(value, "repeated", "") == "case":
        return None
    try:
        return read_case_id(value.get("case"))
    except ContractError:
        return None


def answer_text(text: bytes, reference: ReferenceData) -> dict[str, Any]:
    """Answer one case given as JSON text; a text that is not JSON is refused with the path ""."""
    quick = jsontext.quick_loads(text)
    if quick is not None:
        given = answer(quick, reference)
        if "error" not in given:
            return given
    try:
        value = jsontext.loads(text)
    except jsontext.NotJson:
        return refusal_json(None, ContractError(*_NOT_AN_OBJECT))
    return answer(value, reference)


@dataclass(frozen=True, slots=True)
class Tally:
    """What a stream held: the shape in which the cases came, how many they were, and how many were refused."""

    shape: str
    cases: int
    refused: int


def answer_stream(source: BinaryIO, write: Callable[[bytes], Any], reference: ReferenceData) -> Tally:
    """Answer every case of a stream in the shape in which they come: an array, lines, or one object.

    Lines are answered one by one in constant memory; blank lines are passed over.
    """
    lines = _lines(source)
    first = next(lines, b"")
    if first.lstrip(_WHITE_SPACE).startswith(b"["):
        return _answer_array(first + b"".join(lines), write, reference)
    if _is_object(first):
        return _answer_lines(chain([first], lines), write, reference)
    return _answer_lines([first + b"".join(lines)], write, reference, shape="object")


def _lines(source: BinaryIO) -> Iterator[bytes]:
    """Yield the lines of a stream from the first that is not blank, without a byte order mark."""
    begun = False
    for number, line in enumerate(source):
        if number == 0:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        begun = begun or bool(line.strip(_WHITE_SPACE))
        if begun:
            yield line


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(jsontext.loads(line), dict)
    except jsontext.NotJson:
        return False


def _answer_lines(
    lines: Iterable[bytes], write: Callable[[bytes], Any], reference: ReferenceData, shape: str = "lines"
) -> Tally:
    cases = refused = 0
    for line in lines:
        text = line.strip(_WHITE_SPACE)
        if text or shape == "object":
            given = answer_text(text, reference)
            write(jsontext.dumps(given) + b"\n")
            cases += 1
            refused += "error" in given
    return Tally(shape, cases, refused)


def _answer_array(text: bytes, write: Callable[[bytes], Any], reference: ReferenceData) -> Tally:
    try:
        values = jsontext.loads(text)
    except jsontext.NotJson:
        write(b"[" + jsontext.dumps(refusal_json(None, ContractError(*_NOT_AN_OBJECT))) + b"]\n")
        return Tally("array", 1, 1)
    refused = 0
    write(b"[")
    for position, value in enumerate(values):
        given = answer(value, reference)
        refused += "error" in given
        write((b",\n" if position else b"") + jsontext.dumps(given))
    write(b"]\n")
    return Tally("array", len(values), refused)
