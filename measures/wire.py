"""Reading JSON values strictly: each reader takes a value, and returns what it means or refuses it.

Readers are small functions, and compositions of them for objects and lists. A refusal knows its path from the
value outwards, so that no path is built while all is well.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

Reader = Callable[[Any], Any]

AMOUNT_LIMIT = 10**13
_SHORT_AMOUNT = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?").fullmatch
_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?").fullmatch
_RATE = re.compile(r"[0-9]+(?:\.[0-9]{1,6})?").fullmatch
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_MARKET = re.compile(r"[A-Z]{2}").fullmatch


class ContractError(ValueError):
    """A value that may not stand where it stands: its path, a stable code, and a message in Chinese."""

    def __init__(self, path: str, code: str, message: str):
        super().__init__(path, code, message)
        self.path = path
        self.code = code
        self.message = message

    def under(self, parent: str) -> "ContractError":
        """Return the same refusal as seen from the value that contains it."""
        joint = "." if self.path and not self.path.startswith("[") else ""
        self.path = f"{parent}{joint}{self.path}"
        return self


class RepeatedKeys(dict):
    """An object of a JSON text in which a key stands twice; `repeated` is that key."""

    repeated: str = ""


#: Stands for an integer of a JSON text that has more digits than any value of a case.
ENDLESS_INTEGER = object()


def wrong_type(expected: str) -> ContractError:
    """Refuse a value of another JSON type."""
    return ContractError("", "wrong_type", f"这里应是{expected}。")


def read_amount(value: Any) -> Decimal:
    """Read an amount: an integer or a text with at most two decimals, not negative, below 10 万亿."""
    if type(value) is str and _SHORT_AMOUNT(value):
        return Decimal(value)
    return _read_odd_amount(value)


def read_amount_or_null(value: Any) -> Decimal | None:
    """Read an amount, or null where none is known."""
    if value is None:
        return None
    if type(value) is str and _SHORT_AMOUNT(value):
        return Decimal(value)
    return _read_odd_amount(value)


def _read_odd_amount(value: Any) -> Decimal:
    """Read or refuse what is not one of the short texts in which nearly every amount comes."""
    if type(value) is str:
        if not _AMOUNT(value):
            raise ContractError("", "bad_amount", "金额只能是不带符号的数字，小数点后最多两位。")
        if Decimal(value) >= AMOUNT_LIMIT:
            raise ContractError("", "too_large", "金额应小于 10 万亿。")
        return Decimal(value)
    if type(value) is int and 0 <= value < AMOUNT_LIMIT:
        return Decimal(value)
    if type(value) is int or value is ENDLESS_INTEGER:
        raise ContractError("", "out_of_range", "金额不能是负数，并应小于 10 万亿。")
    raise wrong_type("金额，写成整数或文本")


def rate_up_to(limit: Decimal) -> Reader:
    """Make a reader of rates: texts between 0 and a limit of at most 1, with at most six decimals."""

    # A province has few rates, and they stand in every case.
    @lru_cache(maxsize=64)
    def rate_of(text: str) -> Decimal:
        if not _RATE(text):
            raise ContractError("", "bad_rate", "比例只能是 0 到 1 之间的小数，小数点后最多六位。")
        rate = Decimal(text)
        if rate > limit:
            raise ContractError("", "above_limit", f"比例最高为 {limit}。")
        return rate

    def read(value: Any) -> Decimal:
        if type(value) is not str:
            raise wrong_type("写成文本的比例，例如 0.50")
        return rate_of(value)

    return read


def read_integer(value: Any) -> int:
    """Read an integer; true is none."""
    if value is ENDLESS_INTEGER:
        raise ContractError("", "out_of_range", "这个整数太长。")
    if type(value) is not int:
        raise wrong_type("整数")
    return value


def read_count(value: Any) -> int:
    """Read an integer that is not negative."""
    if read_integer(value) < 0:
        raise ContractError("", "out_of_range", "数量不能是负数。")
    return value


def integer_between(least: int, most: int) -> Reader:
    """Make a reader of integers within bounds, the bounds included."""

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            read_integer(value)
            raise ContractError("", "out_of_range", f"应在 {least} 到 {most} 之间。")
        return value

    return read


def read_text(value: Any) -> str:
    """Read a text of any length."""
    if type(value) is not str:
        raise wrong_type("文本")
    return value


def read_name(value: Any) -> str:
    """Read a text that names something, and so is not empty."""
    if type(value) is not str or not value:
        read_text(value)
        raise ContractError("", "empty", "名称或编号不能为空。")
    return value


def read_market(value: Any) -> str:
    """Read a country or region: two capital letters."""
    if type(value) is not str or not _MARKET(value):
        read_text(value)
        raise ContractError("", "bad_market", "国家或地区应是两个大写字母，例如 JP。")
    return value


def read_flag(value: Any) -> bool:
    """Read true or false."""
    if type(value) is not bool:
        raise wrong_type("“是”或“否”（true 或 false）")
    return value


def read_day(value: Any) -> date:
    """Read a day that exists, as YYYY-MM-DD."""
    if type(value) is not str:
        raise wrong_type("写成文本的日期")
    if _DAY(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ContractError("", "bad_date", "没有这一天。") from None
    raise ContractError("", "bad_date", "日期应写成 2022-01-31 的形式。")


def nullable(reader: Reader) -> Reader:
    """Make a reader that also takes null."""

    def read(value: Any) -> Any:
        return None if value is None else reader(value)

    return read


def one_of(choices: tuple[str, ...]) -> Reader:
    """Make a reader of a few known texts."""

    def read(value: Any) -> str:
        if type(value) is not str or value not in choices:
            read_text(value)
            raise ContractError("", "unknown_choice", f"只能是 {'、'.join(choices)} 之一。")
        return value

    return read


def list_of(reader: Reader) -> Reader:
    """Make a reader of lists with one kind of entry."""

    def read(value: Any) -> tuple:
        if type(value) is not list:
            raise wrong_type("列表")
        entries = []
        try:
            for entry in value:
                entries.append(reader(entry))
        except ContractError as refusal:
            raise refusal.under(f"[{len(entries)}]") from None
        return tuple(entries)

    return read


def object_of(readers: Mapping[str, Reader], defaults: Mapping[str, Any]) -> Reader:
    """Make a reader of objects whose keys are all known: into a mapping of every key, left-out ones by default."""
    all_left_out = {name: defaults.get(name) for name in readers}
    required = [name for name in readers if name not in defaults]

    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise no_plain_object(value)
        values = all_left_out.copy()
        name = ""
        try:
            for name, raw in value.items():
                values[name] = readers[name](raw)
        except ContractError as refusal:
            raise refusal.under(name) from None
        except KeyError:
            if name in readers:
                raise
            raise ContractError(name, "unknown_key", "没有这个数据项。") from None
        for name in required:
            if name not in value:
                raise ContractError(name, "required", "缺少这个数据项。")
        return values

    return read


def no_plain_object(value: Any) -> ContractError:
    """Refuse what is no object, or an object in which a key stands twice."""
    if type(value) is RepeatedKeys:
        return ContractError(value.repeated, "repeated_key", "这个数据项写了两次。")
    return wrong_type("一个对象")
