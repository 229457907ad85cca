"""Reading JSON text exactly: no key lost, no number changed, nothing taken for JSON that is not."""

import json
from typing import Any

import orjson

from measures.wire import ENDLESS_INTEGER, RepeatedKeys

#: Longer integers are of no use to any case, and Python refuses to read much longer ones.
_LONGEST_INTEGER = 4000


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

    The fast parser keeps only the last of two equal keys, so the value is written again and the colons are counted:
    where nothing is escaped, a text has more of them than its value exactly if a key was lost.
    """
    if b"\\" in text:
        return None
    try:
        value = orjson.loads(text)
        colons = orjson.dumps(value).count(b":")
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return value if colons == text.count(b":") else None


def dumps(value: Any) -> bytes:
    """Write JSON text in UTF-8; texts and integers that UTF-8 or 64 bits cannot hold are written in ASCII."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _pairs(pairs: list[tuple[str, Any]]) -> dict:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen: set[str] = set()
    repeated = RepeatedKeys(members)
    repeated.repeated = next(name for name, _ in pairs if name in seen or seen.add(name))
    return repeated


def _integer(digits: str) -> Any:
    """Read an integer; one that is too long for any use is read as such, and no value of a case may be it."""
    return int(digits) if len(digits) <= _LONGEST_INTEGER else ENDLESS_INTEGER


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_int=_integer, parse_constant=_no_constant, strict=True
)
