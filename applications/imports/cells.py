"""What a cell of a source can hold, and the text that it shows.

Beside the types below a cell is None (empty), str (text exactly as stored), int or float (a number), bool, or a date,
datetime or time of the standard library (a number with such a format).
"""

import datetime
from decimal import Decimal


class Percent(float):
    """A number that is shown as a percentage; the value is the stored one, 0.5 for 50%."""

    __slots__ = ()


class CellError(str):
    """An error such as #REF!; empty for a formula whose value was never computed. To be asked for before str."""

    __slots__ = ()


def shown(value):
    """The text that a cell shows: numbers with 15 significant digits and without marks, dates as 2022-03-01."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Percent):
        return _plain(Decimal(f"{value:.15g}") * 100) + "%"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, datetime.time):
        return value.isoformat("seconds")
    return value.isoformat()


def _number(value):
    text = f"{value:.15g}"
    if "e" in text:
        return _plain(Decimal(text))
    return "0" if text == "-0" else text


def _plain(number):
    """Digits without an exponent where that stays readable, and without zeros at the end of a fraction."""
    if not number:
        return "0"
    if not -16 <= number.adjusted() <= 20:
        return f"{number.normalize():E}"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
