"""Days, months and years as offices write them. Parsers as in `values`."""

import re
from datetime import date, datetime

from applications.imports.problems import CellRefused
from applications.imports.values import half_width, is_number, quoted, says_nothing

FIRST_YEAR, LAST_YEAR = 2000, 2100
#: Firms are older than the data: a day of founding may lie before 2000.
FIRST_FOUNDING_YEAR = 1900

_TIME = r"(?:[ T] *[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?)?"
_DAY = re.compile(
    r"([0-9]{4})(?:"
    r" *([-/.]) *([0-9]{1,2}) *\2 *([0-9]{1,2})"
    r"| *年 *([0-9]{1,2}) *月 *([0-9]{1,2}) *[日号]"
    r"|([0-9]{2})([0-9]{2})"
    rf"){_TIME}"
)
_MONTH = re.compile(
    r"([0-9]{4})(?: *[-/] *([0-9]{1,2})|\.([0-9]{2})| *年 *([0-9]{1,2}) *月(?:份)?|([0-9]{2}))"
)
_YEAR = re.compile(r"([0-9]{4})(?:\.0+)?(?: *年 *(?:度)?)?")

_HOW_DAY = "请写成 2022-03-01。"
_HOW_MONTH = "请写成 2022-03。"
_HOW_YEAR = f"请填 {FIRST_YEAR} 到 {LAST_YEAR} 之间的四位年份，例如 2022。"


def day(value, first_year=FIRST_YEAR):
    """A day; the time of day is left out. Raises `bad_date` for a serial number and for a day that does not exist."""
    if isinstance(value, date):
        return _in_range(value.date() if isinstance(value, datetime) else value, value, first_year, _HOW_DAY)
    text = _digits(value)
    if says_nothing(text):
        return None
    match = _DAY.fullmatch(text)
    if not match:
        raise CellRefused("bad_date", f"不是日期：{quoted(value)}。{_HOW_DAY}")
    year, _, *pairs = match.groups()
    return _in_range(_date(year, *filter(None, pairs), value), value, first_year, _HOW_DAY)


def founding_day(value):
    """A day that may lie before 2000: firms are older than the system's data."""
    return day(value, FIRST_FOUNDING_YEAR)


def month(value):
    """The first day of a month. A whole date stands for its month: that is what a cell shown as 2022年3月 holds."""
    if not isinstance(value, date):
        text = _digits(value)
        if says_nothing(text):
            return None
        match = _MONTH.fullmatch(text)
        if match:
            year, *months = match.groups()
            found = _date(year, next(filter(None, months)), "1", value, "没有这个月")
            return _in_range(found, value, FIRST_YEAR, _HOW_MONTH)
        if not _DAY.fullmatch(text):
            raise CellRefused("bad_date", f"不是年月：{quoted(value)}。{_HOW_MONTH}")
    return day(value).replace(day=1)


def year(value):
    """A year from 2000 to 2100 as an int; 2022, 2022年 and 2022年度."""
    text = half_width(value) if isinstance(value, str) else ""
    if says_nothing(text):
        return None
    match = _YEAR.fullmatch(_digits(value))
    if not match or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise CellRefused("bad_year", f"不是有效的年度：{quoted(value)}。{_HOW_YEAR}")
    return int(match[1])


def _digits(value):
    """The text to look at: a numeric cell's digits where it is a whole number of six or eight, or of a year."""
    if is_number(value):
        return str(int(value)) if value == value // 1 and 0 < value < 10**8 else ""
    return half_width(value) if isinstance(value, str) else ""


def _date(year_, month_, day_, value, sentence="没有这一天"):
    try:
        return date(int(year_), int(month_), int(day_))
    except ValueError:
        raise CellRefused("bad_date", f"{sentence}：{quoted(value)}。请核对。") from None


def _in_range(found, value, first_year, how):
    if not first_year <= found.year <= LAST_YEAR:
        raise CellRefused("bad_date", f"不在 {first_year} 年到 {LAST_YEAR} 年之间：{quoted(value)}。{how}")
    return found
