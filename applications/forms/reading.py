"""Reading what people type: forgiving about form, strict about meaning, and never through a float.

Each function takes a text and returns its value, or raises Unreadable with a sentence that says what to do.
"""

import re
import unicodedata
from datetime import date
from decimal import Decimal

#: Yuan. Far above any sum that is declared, and low enough that the rows of one claim add up to what is stored.
AMOUNT_LIMIT = Decimal(10) ** 11
COUNT_LIMIT = 10**7
FIRST_YEAR, LAST_YEAR = 2000, 2100

_UNITS = {"万": Decimal(10) ** 4, "亿": Decimal(10) ** 8}
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_PLAIN = re.compile(r"\d+(?:\.\d*)?|\.\d+", re.ASCII)
_IN_UNITS = re.compile(r"(\d+(?:\.\d+)?)([万亿])元?", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?", re.ASCII)
_DAY_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)


class Unreadable(ValueError):
    """The text does not say what the field asks for; the message says what to type instead."""


def plain(text):
    """The text in ordinary characters: full-width digits and signs become narrow, spaces go."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def read_amount(text):
    """An amount in yuan with at most two decimals, not negative, as a Decimal."""
    typed = plain(text).removeprefix("¥").removesuffix("元")
    in_units = _IN_UNITS.fullmatch(typed)
    if in_units:
        value = Decimal(in_units[1]) * _UNITS[in_units[2]]
        raise Unreadable(f"请只填数字，单位是元。{in_units[1]} {in_units[2]}元请填 {_shown(value)}。")
    if typed.startswith(("-", "−", "－")):
        raise Unreadable("金额不能是负数，没有请填 0。")
    if "," in typed and not _GROUPED.fullmatch(typed):
        raise Unreadable("请检查逗号的位置，或者只填数字，例如 26100.00。")
    digits = typed.replace(",", "")
    if not _PLAIN.fullmatch(digits):
        raise Unreadable("请只填数字，单位是元，例如 26100.00。")
    value = Decimal(digits)
    if value >= AMOUNT_LIMIT:
        raise Unreadable("金额要小于 1000 亿元，请检查是否多填了几位。")
    if value != value.quantize(Decimal("0.01")):
        raise Unreadable("小数点后最多两位，也就是到分为止。")
    return value.quantize(Decimal("0.01"))


def _shown(value):
    return f"{value.normalize():f}"


def read_count(text):
    """A whole number, not negative."""
    typed = plain(text).replace(",", "")
    if not re.fullmatch(r"\d{1,12}", typed, re.ASCII):
        raise Unreadable("请填整数，例如 15。")
    if int(typed) >= COUNT_LIMIT:
        raise Unreadable("数量太大，请检查是否多填了几位。")
    return int(typed)


def read_day(text):
    """A day that exists: 2025-09-16, 2025/9/16, 2025年9月16日 or 20250916."""
    typed = plain(text)
    match = _DAY.fullmatch(typed) or _DAY_DIGITS.fullmatch(typed)
    if not match:
        raise Unreadable("日期请写成 2025-09-16 的样子。")
    try:
        day = date(*map(int, match.groups()))
    except ValueError:
        raise Unreadable("没有这一天，请核对月份和日期。") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise Unreadable(f"年份请在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。")
    return day
