"""What a cell means: one parser for each sort of value.

A parser takes what `cells` says a cell can hold, never an empty cell, an error or a blank text, and returns the value to
store, or None where the cell says that there is nothing (a dash, 无). It raises CellRefused with one of the contract's
codes; its message goes on after “第17行“进口额””.
"""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation

from applications.imports.cells import Percent, shown
from applications.imports.problems import CellRefused

#: What counts as white space at the ends of a cell: all that Unicode counts, and what has no width.
WHITE = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\u200c\u200d\u2060\ufeff"
#: Full-width signs, letters and digits as the half-width ones; the many signs for minus as one.
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    **dict.fromkeys(map(ord, "\u3000\u00a0\u2002\u2003\u2009\u202f"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None),
    ord("￥"): "¥",
    ord("−"): "-",
}
#: Dashes that stand for nothing, single or in a row; -, – and — are the contract's, the others look the same.
_DASHES = frozenset("-–—―‐‑‒─━")
_NOTHING = frozenset({"/", "无"})
#: Texts of errors, which a CSV file holds as they were shown.
ERROR_TEXTS = frozenset(
    [
        "#REF!",
        "#N/A",
        "#DIV/0!",
        "#VALUE!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#BUSY!",
        "#GETTING_DATA",
    ]
)
#: Amounts and shares are exact whatever the cell holds; nothing is rounded without being noticed.
_EXACT = Context(prec=200_000, Emax=999_999, Emin=-999_999, traps=[Inexact, InvalidOperation])
_CENT, _TEN_THOUSANDTH, _MILLIONTH = Decimal("0.01"), Decimal("0.0001"), Decimal("0.000001")
#: Amounts from here on are refused.
TOO_LARGE = Decimal(10) ** 13
#: An interest rate below this is a fraction; from 100 on it is none.
_LEAST_PERCENT, _MOST_PERCENT = Decimal("0.2"), Decimal(100)
_LONGEST_QUOTE = 60

_NUMBER = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+"
_PLAIN_NUMBER = re.compile(rf"([+-]?) *({_NUMBER})")
#: What most amounts look like; anything else goes the long way.
_SIMPLE_AMOUNT = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2})?")
_MONEY_NUMBER = re.compile(rf"([+-]?) *¥? *([+-]?) *({_NUMBER}) *元?")


def quoted(value):
    """What a cell shows, as sentences quote it: on one line and not too long."""
    text = printable(shown(value)).replace("\n", " ")
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"


def printable(text):
    """A text without characters that no database takes: NUL and other controls, halves of a pair."""
    return text if text.isprintable() else _UNPRINTABLE.sub("", text)


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_blank(value):
    """Whether a cell holds nothing, or a text of white space. A formula without a value is an error, not a blank."""
    return value is None or (value.__class__ is str and not value.strip(WHITE))


def half_width(text):
    """A text with half-width digits, letters and signs, and without white space at its ends."""
    if text.isascii():
        return text.strip()
    return text.translate(_HALF).strip(WHITE)


def says_nothing(text):
    """Whether a half-width text stands for a missing value: a dash, / or 无."""
    return text in _NOTHING or (bool(text) and _DASHES.issuperset(text))


def is_number(value):
    """Whether a cell is numeric and shows a plain number: no percentage, no yes or no."""
    return value.__class__ is float or value.__class__ is int


def _numeric(value):
    """The Decimal that a numeric cell shows: 15 significant digits. Raises CellRefused for what is no number."""
    number = Decimal(f"{value:.15g}")
    if not number.is_finite():
        raise not_a_number(value)
    return number


def not_a_number(value, hint="请只填数字，例如 1234.50；没有数据的不填。"):
    """The refusal of what cannot be read as a number."""
    return CellRefused("not_a_number", f"不是数字：{quoted(value)}。{hint}")


def _text_number(pattern, text):
    """The number that a half-width text writes out, exactly; None where it is not written as one."""
    bracketed = text[0] == "(" and text[-1] == ")"
    match = pattern.fullmatch(text[1:-1].strip() if bracketed else text)
    if not match:
        return None
    *signs, digits = match.groups()
    signs = "".join(signs) + ("-" if bracketed else "")
    if len(signs) > 1:
        return None
    number = Decimal(digits.replace(",", ""))
    return -number if signs == "-" else number


def amount(value, shift=0):
    """Yuan or USD, with two decimals, of a cell in a unit of 10 to the power of `shift`; None for a dash."""
    simple = value if value.__class__ is str else f"{value:.15g}" if is_number(value) else ""
    if not shift and _SIMPLE_AMOUNT.fullmatch(simple):
        return Decimal(simple).quantize(_CENT)
    if is_number(value):
        number = _numeric(value)
    else:
        text = half_width(value) if isinstance(value, str) else ""
        if says_nothing(text):
            return None
        number = _text_number(_MONEY_NUMBER, text) if text else None
        if number is None:
            raise not_a_number(value)
    _refuse_negative(number, value)
    found = _exactly(number, shift, _CENT, value, "小数超过两位")
    if found >= TOO_LARGE:
        raise CellRefused("too_large", f"达到或超过 10 万亿：{quoted(value)}。请核对单位和数字。")
    return found


def share(value):
    """A city's rate as a fraction up to 1 with six decimals: 50%, 0.5 and 50 are one half; above 1 means percent.

    A cell with a percent format holds the fraction itself. The item's own limit is the row's matter.
    """
    number, percent = _rate(value)
    if number is None:
        return None
    found = _exactly(
        number,
        -2 if percent or (percent is None and number > 1) else 0,
        _MILLIONTH,
        value,
        "比例的小数位太多",
    )
    if found > 1:
        raise CellRefused("too_large", f"超过 100%：{quoted(value)}。")
    return found


def percentage(value):
    """A rate of interest in percent with four decimals: 3.7, 3.70% and 0.037 are 3.7.

    A number below 0.2 without a percent sign is a fraction, and so is a cell with a percent format.
    """
    number, percent = _rate(value)
    if number is None:
        return None
    fraction = percent is False or (percent is None and number < _LEAST_PERCENT)
    found = _exactly(number, 2 if fraction else 0, _TEN_THOUSANDTH, value, "利率的小数位太多")
    if found >= _MOST_PERCENT:
        raise CellRefused("too_large", f"达到或超过 100%：{quoted(value)}。请填百分数，例如 3.70。")
    return found


def _rate(value):
    """(number, whether it is in percent): None where the cell leaves it open. (None, None) for a dash."""
    if is_number(value):
        number, percent = _numeric(value), None
    elif isinstance(value, Percent):
        number, percent = _numeric(value), False
    else:
        text = half_width(value) if isinstance(value, str) else ""
        if says_nothing(text):
            return None, None
        percent = True if text.endswith("%") else None
        bare = text.removesuffix("%").rstrip()
        number = _text_number(_PLAIN_NUMBER, bare) if bare else None
        if number is None:
            raise not_a_number(value, "请填百分数，例如 50%。")
    _refuse_negative(number, value)
    return number, percent


def _refuse_negative(number, value):
    if number < 0:
        raise CellRefused("negative", f"是负数：{quoted(value)}。请填 0 或正数，没有数据的不填。")


def _exactly(number, shift, places, value, sentence):
    """`number` times ten to the power of `shift`, with so many places. Raises CellRefused where digits would be lost."""
    try:
        return abs(number).scaleb(shift, _EXACT).quantize(places, context=_EXACT)
    except Inexact:
        raise CellRefused(
            "too_precise",
            f"{'换算后' if shift else ''}{sentence}：{quoted(value)}。请按实际数填写，不要多余的小数。",
        ) from None
    except InvalidOperation:
        raise CellRefused("too_large", f"太大：{quoted(value)}。请核对数字。") from None
