"""Texts, and words from a list: names, numbers of platforms, cities, levels, yes and no. Parsers as in `values`."""

import re

from accounts.cities import City
from applications.imports.cells import shown
from applications.imports.problems import CellRefused
from applications.imports.values import WHITE, half_width, is_number, printable, quoted, says_nothing
from measures.countries import COUNTRIES, country_name
from measures.item import CITY
from measures.registry import ITEMS

_BREAK = re.compile(r"[ \t\u3000]*(?:\r\n|[\r\n\v\f\u0085\u2028\u2029])+[ \t\u3000]*")
_SPACE = re.compile(r"\s+")
_ESCAPED_RETURN = re.compile("_x000d_", re.IGNORECASE)
_WESTERN = re.compile(r"[!-~]")

#: The items whose rate a city sets, with the highest that it may set.
RATE_LIMITS = {code: item.RATE_LIMIT for code, item in ITEMS.items() if item.payer == CITY}


def text(longest):
    """A parser for texts up to so many characters: on one line, a number as the cell shows it."""

    def parse(value):
        found = one_line(value if isinstance(value, str) else shown(value))
        if len(found) > longest:
            raise CellRefused("too_large", f"超过 {longest} 个字，现在是 {len(found)} 个。请缩短。")
        return found

    return parse


def one_line(value):
    """A text without white space at its ends, line breaks taken out: between Western letters they become a space."""
    return printable(_BREAK.sub(_joint, value.translate(_TABS))).strip(WHITE)


def spaced(value):
    """A heading on one line, as it stands: white space stays only between Western letters."""
    return printable(_SPACE.sub(_joint, _ESCAPED_RETURN.sub("", value))).strip(WHITE)


_TABS = {ord("\t"): " "}


def _joint(match):
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return " " if _WESTERN.fullmatch(before) and _WESTERN.fullmatch(after) else ""


def number_text(longest):
    """A parser for the numbers that offices give (PT001): as `text`, but what was cut to 15 digits is refused."""
    parse_text = text(longest)

    def parse(value):
        if is_number(value) and abs(value) >= 10**15:
            raise CellRefused(
                "damaged_code",
                f"被表格软件变成了数字：{quoted(value)}，后几位已经丢失。请把这一列的格式设为“文本”后重新填写。",
            )
        return parse_text(value)

    return parse


def choice(values):
    """A parser for one of a few words: {word: value}."""
    words = "、".join(values)

    def parse(value):
        found = values.get(_word(value)) if isinstance(value, str) else None
        if found is None:
            raise CellRefused("bad_choice", f"只能填{words}，现在是：{quoted(value)}。")
        return found

    return parse


def yes_or_no(value):
    """True for 是, False for 否; a cell that holds yes or no itself counts. None for a dash."""
    if isinstance(value, bool):
        return value
    word = _word(value) if isinstance(value, str) else ""
    if says_nothing(word):
        return None
    if word in _YES_OR_NO:
        return _YES_OR_NO[word]
    raise CellRefused("bad_choice", f"只能填是或否，现在是：{quoted(value)}。")


_YES_OR_NO = {"是": True, "否": False}


def yes_or_no_show(value):
    """The word for yes or no."""
    return "是" if value else "否"


def city(value):
    """The code of a city by its name, with or without 市 or 地区."""
    found = _CITIES.get(_bare_city(_word(value))) if isinstance(value, str) else None
    if found is None:
        raise CellRefused(
            "bad_choice", f"不是本省的市（地）：{quoted(value)}。请填全称，例如哈尔滨市、大兴安岭地区。"
        )
    return found


def _bare_city(name):
    return name.removesuffix("地区").removesuffix("市")


#: Names in full, for lists.
CITY_NAMES = tuple(City.labels)
_CITIES = {_bare_city(label): value for value, label in City.choices}


def city_show(value):
    """The full name of a city."""
    return City(value).label


def country(longest):
    """A parser for countries: two letters where the name or the code is known, otherwise the text as it stands."""
    parse_text = text(longest)

    def parse(value):
        found = parse_text(value)
        word = _word(found)
        return word.upper() if word.upper() in COUNTRIES else _COUNTRY_NAMES.get(word, found)

    return parse


#: Names that customs data use beside the ones of the table.
_OTHER_NAMES = {
    "俄罗斯联邦": "RU",
    "大韩民国": "KR",
    "蒙古国": "MN",
    "印尼": "ID",
    "沙特": "SA",
    "阿拉伯联合酋长国": "AE",
    "香港": "HK",
    "澳门": "MO",
    "台湾": "TW",
    "中国台湾省": "TW",
    "台湾省": "TW",
    "台澎金马关税区": "TW",
}


def country_show(value):
    """What a country is called; a text that is no code as it stands."""
    return country_name(value)


def city_item(value):
    """The code of an item whose rate the city sets: 3.3 as text or number, alone or with its title."""
    word = _word(shown(value)) if is_number(value) or isinstance(value, str) else ""
    for code, titles in _ITEM_TITLES.items():
        if word == code or (word.startswith(code) and word.removeprefix(code).lstrip("、:.-") in titles):
            return code
    raise CellRefused("bad_choice", f"只能填{'、'.join(RATE_LIMITS)}，现在是：{quoted(value)}。")


def _word(value):
    return "".join(half_width(value).split())


_COUNTRY_NAMES = {_word(name): code for code, name in COUNTRIES.items()} | _OTHER_NAMES
_ITEM_TITLES = {code: {_word(ITEMS[code].title), _word(ITEMS[code].short_title)} for code in RATE_LIMITS}
