"""Reading JSON text exactly: no key lost, no number changed, nothing taken for JSON that is not."""

import json
from typing import Any

import orjson

from measures.wire import RepeatedKeys

#: Longer integers are of no use to any case, and Python refuses to read much longer ones.
_LONGEST_INTEGER = 4000
_SPACES_BEFORE_COLON = (b" :", b"\t:", b"\r:", b"\n:")


class NotJson(ValueError):
    """The text is not JSON."""


def loads(text: bytes) -> Any:
    """Read a JSON text in UTF-8. An object in which a key stands twice comes as RepeatedKeys. Raises NotJson."""
    try:
        return _DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise NotJson from None


def quick_loads(text: bytes) -> Any:
    """Read a JSON text fast, or return None where only `loads` can tell what it says.

    The fast parser keeps the last of two equal keys, so the keys of the text are counted: each stands as `":`
    there, unless white space or a backslash comes between, and then the count differs or is not taken.
    """
    try:
        value = orjson.loads(text)
        keys = _keys(orjson.dumps(value))
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    if keys != _keys(text) or any(spaced in text for spaced in _SPACES_BEFORE_COLON):
        return None
    return value


def dumps(value: Any) -> bytes:
    """Write JSON text in UTF-8; texts and integers that UTF-8 or 64 bits cannot hold are written in ASCII."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _keys(text: bytes) -> int:
    return text.count(b'":') - text.count(b'\\":')


def _pairs(pairs: list[tuple[str, Any]]) -> dict:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    repeated = RepeatedKeys(members)
    repeated.repeated = next(name for name, _ in pairs if name in seen or seen.add(name))
    return repeated


def _integer(digits: str) -> int | float:
    """Read an integer; one that is too long for any use becomes a float, which no value of a case may be."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else float("inf")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_constant=_no_constant, strict=True
)
