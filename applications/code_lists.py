"""The open lists that the policy leaves to notices, as the product brings them along: defaults of a year's settings.

`data/code_lists.csv` gives each code with what it means and where it comes from. A year's settings may change any list.
"""

import csv
import re
from functools import cache
from pathlib import Path

from measures.countries import COUNTRIES, country_name

#: The lists of a year's settings.
NAMES = ("rcep_members", "cross_border_codes", "resource_codes", "local_origins", "agricultural_codes")

FILE = Path(__file__).parent / "data" / "code_lists.csv"


@cache
def _rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def label_of(name, code):
    """What a code of a list means; the code itself where the product does not know it."""
    if name == "rcep_members":
        return country_name(code)
    return next((row["label"] for row in _rows() if (row["list"], row["code"]) == (name, code)), code)


def source_of(name):
    """Where the product's own list comes from; sentences, each once."""
    return list(dict.fromkeys(row["source"] for row in _rows() if row["list"] == name))


def code_words(name, code):
    """A code with what it means, in one line."""
    label = label_of(name, code)
    return label if name == "rcep_members" or label == code else f"{code} {label}"


def code_fault(name, code):
    """Why something cannot stand in a list, as a sentence; "" where it can."""
    if name == "rcep_members":
        if code == "CN":
            return "清单里不写中国。"
        return "" if code in COUNTRIES else "不是国家或地区的代码。"
    pattern, fault = _FORMS[name]
    return "" if re.fullmatch(pattern, code) else fault


_HS = (r"[0-9]{2,10}", "商品编码的前几位是 2 到 10 位数字。")
_FORMS = {
    "cross_border_codes": (r"[0-9]{4}", "监管方式代码是四位数字。"),
    "resource_codes": _HS,
    "agricultural_codes": _HS,
    "local_origins": (
        r"[0-9]{2,6}|[\u4e00-\u9fff]{2,20}",
        "货源地是 2 到 6 位数字的代码，或者至少两个汉字的地名。",
    ),
}


def _codes(name):
    return [row["code"] for row in _rows() if row["list"] == name]


def rcep_members():
    """Members of RCEP other than China, two letters each (7.2)."""
    return _codes("rcep_members")


def cross_border_codes():
    """Customs supervision codes of cross-border e-commerce, four digits each (3.1)."""
    return _codes("cross_border_codes")


def resource_codes():
    """Beginnings of the HS codes of resource products (4.1)."""
    return _codes("resource_codes")


def local_origins():
    """Beginnings of the codes or names of domestic origins whose exports are local products (4.2)."""
    return _codes("local_origins")


def agricultural_codes():
    """Beginnings of the HS codes of agricultural products (7.2)."""
    return _codes("agricultural_codes")
