"""Money: exact decimals of yuan, the one rounding function, and the ways in which people read amounts."""

from decimal import ROUND_DOWN, Decimal
from functools import lru_cache

FEN = Decimal("0.01")
ZERO = Decimal("0.00")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((1000, "仟"), (100, "佰"), (10, "拾"), (1, ""))
_WAN = 10**4
_YI = 10**8


def round_down(amount: Decimal) -> Decimal:
    """Cut an amount in yuan down to the fen.

    Reading `rounding`: an award is rounded down, once, at the end of its own formula, so that no stated percentage or
    cap is ever exceeded.
    """
    return amount.quantize(FEN, ROUND_DOWN)


def grouped(amount: Decimal) -> str:
    """Write an amount with two decimals and thousands separators, as in `1,113,838.88`; a zero has no sign."""
    return f"{amount:z,.2f}"


@lru_cache(maxsize=256)
def in_wan(amount: Decimal) -> str:
    """Write an amount in the largest of 元, 万元 and 亿元 that fits it, exactly, as in `9.6 万元` or `8,050 万元`."""
    size = abs(amount)
    if size >= _YI:
        return f"{_plain(amount.scaleb(-8))} 亿元"
    if size >= _WAN:
        return f"{_plain(amount.scaleb(-4))} 万元"
    return f"{_plain(amount)} 元"


def in_words(amount: Decimal) -> str:
    """Write an amount of whole fen in the capital characters of cheques and vouchers (大写).

    Follows 《支付结算办法》, annex 1: 整 after 元 and not after 角 or 分; 零 for zeros between digits, before 分
    where there is no 角, and before 角 where the yuan end in 0. Raises ValueError below a fen.
    """
    fen = amount.scaleb(2)
    if fen != fen.to_integral_value():
        raise ValueError("an amount in words has no parts of a fen")
    yuan, rest = divmod(abs(int(fen)), 100)
    jiao, fen_digit = divmod(rest, 10)
    words = "负" if amount < 0 else ""
    if yuan or not rest:
        words += (_whole(yuan) or "零") + "元"
    if not rest:
        return words + "整"
    if yuan and (jiao == 0 or yuan % 10 == 0):
        words += "零"
    if jiao:
        words += _DIGITS[jiao] + "角"
    if fen_digit:
        words += _DIGITS[fen_digit] + "分"
    return words


def _plain(number: Decimal) -> str:
    """Write a number with thousands separators, without an exponent and without zeros at its end."""
    text = f"{number:z,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole(number: int) -> str:
    """Write a whole number in capital characters; nothing for 0."""
    for unit, name in ((_YI, "亿"), (_WAN, "万")):
        if number >= unit:
            high, low = divmod(number, unit)
            gap = "零" if 0 < low < unit // 10 else ""
            return _whole(high) + name + gap + _whole(low)
    words, gap = "", False
    for unit, name in _PLACES:
        digit, number = divmod(number, unit)
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + name
        gap = digit == 0
    return words
