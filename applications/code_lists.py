"""The open lists that the policy leaves to notices, as the product brings them along: defaults of a year's settings.

`data/code_lists.csv` gives each code with what it means and where it comes from. A year's settings may change any list.
"""

import csv
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "code_lists.csv"


@cache
def _rows():
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def label_of(name, code):
    """What a code of a list means; the code itself where the product does not know it."""
    return next((row["label"] for row in _rows() if (row["list"], row["code"]) == (name, code)), code)


def source_of(name):
    """Where the product's own list comes from; sentences, each once."""
    return list(dict.fromkeys(row["source"] for row in _rows() if row["list"] == name))


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
