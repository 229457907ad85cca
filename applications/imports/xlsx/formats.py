"""Number formats: which cells hold a date, a time of day or a percentage (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

import datetime
import re
from functools import partial

from applications.imports.cells import Percent
from applications.imports.xlsx.markup import part_read

DATE, TIME, ELAPSED, PERCENT = "date", "time", "elapsed", "percent"

#: Formats that a file need not define; 27 to 36 and 50 to 58 are those of Chinese, Japanese and Korean programs.
_BUILT_IN = (
    dict.fromkeys((9, 10), PERCENT)
    | dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58), DATE)
    | dict.fromkeys((*range(18, 22), *range(32, 36), 45, 47, 55, 56), TIME)
    | {46: ELAPSED}
)

#: What does not count as a symbol: quoted text, a character after \ _ or *, brackets (colours, locales, conditions),
#: General (WPS writes G/通用格式), scientific notation. Elapsed hours in brackets are left standing.
_NO_SYMBOL = re.compile(
    r'"[^"]*"?|[\\_*].|\[(?!(?:h+|m+|s+)\])[^\]]*\]?|general|g/通用格式|e[+-]', re.IGNORECASE | re.DOTALL
)
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]")
_TIME = re.compile(r"[hs]|am/pm|a/p|上午/下午")
_DATE = re.compile(r"[yed]|aaa")

_DAY_MILLISECONDS = 86_400_000
#: Serial numbers of days: 1900-01-01 is 1, and 60 is a day that never was (29 February 1900).
_NEVER = 60
_LAST_DAY = 2_958_465
_FIRST_DAY = datetime.date(1899, 12, 30).toordinal()
_FROM_1904 = 1462
_NO_DAY = datetime.datetime(1, 1, 1)  # noqa: DTZ001 - what a cell shows has no zone


def format_kind(code):
    """DATE, TIME, ELAPSED, PERCENT or None (a plain number) for a format code; its first section decides."""
    symbols = _NO_SYMBOL.sub("", code).partition(";")[0].lower()
    if _DATE.search(symbols):
        return DATE
    if _ELAPSED.search(symbols):
        return ELAPSED
    if _TIME.search(symbols):
        return TIME
    if "m" in symbols:
        return DATE
    return PERCENT if "%" in symbols else None


def formats_read(package, name, *, from_1904):
    """What to make of numbers: {index of the cell's style as text: function of the number}; plain ones are left out."""
    custom, kinds, inside = {}, [], []

    def start(tag, attributes):
        inside.append(tag)
        if tag == "numFmt":
            custom[attributes.get("numFmtId")] = format_kind(attributes.get("formatCode", ""))
        elif tag == "xf" and inside[-2:-1] == ["cellXfs"]:
            kinds.append(attributes.get("numFmtId", "0"))

    part_read(package, name, start, lambda _tag: inside.pop())
    shapes = {
        DATE: partial(date_shown, from_1904=from_1904),
        TIME: time_shown,
        ELAPSED: elapsed_shown,
        PERCENT: Percent,
    }
    built_in = {str(number): kind for number, kind in _BUILT_IN.items()}
    known = built_in | custom
    return {str(index): shapes[known[kind]] for index, kind in enumerate(kinds) if known.get(kind)}


def date_shown(number, *, from_1904=False):
    """The date of a serial number, with a time where it has one; the number itself where it is no day's."""
    days, time = _split(number)
    if from_1904:
        days += _FROM_1904
    if not (_FROM_1904 if from_1904 else 1) <= days <= _LAST_DAY or days == _NEVER:
        return number
    date = datetime.date.fromordinal(_FIRST_DAY + days + (days < _NEVER))
    return datetime.datetime.combine(date, time) if time != datetime.time() else date


def time_shown(number):
    """The time of day of a serial number, whatever its day; a negative number shows none and stays a number."""
    return number if number < 0 else _split(number)[1]


def elapsed_shown(number):
    """A time of day where less than a day has elapsed, otherwise the number."""
    return _split(number)[1] if 0 <= number < 1 else number


def _split(number):
    """Day and time of a serial number, to the thousandth of a second that spreadsheet programs keep."""
    days, part = divmod(number, 1)
    more, milliseconds = divmod(round(part * _DAY_MILLISECONDS), _DAY_MILLISECONDS)
    return int(days) + more, (_NO_DAY + datetime.timedelta(milliseconds=milliseconds)).time()
