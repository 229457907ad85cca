"""Malformed cases are refused whole, at the place of the fault; odd but lawful ones are not."""

import copy
import re

import pytest

from applications.reference import packaged_reference
from measures.contract import answer
from tests.measures.by_hand.full_case import full_case
from tests.measures.by_hand.refusals import ALLOWED, MISSING, REFUSED

MAY_BE_NULL = re.compile(
    r"case|enterprise\.introduced_year|trade\.[0-9]{4}\.\w+|claims\[\d+\]\.locked_cny"
    r"|claims\[\d+\]\.facts\.(loans\[\d+\]\.repaid_on|refunds\[\d+\]\.refunded_on)"
)


def path_of(where):
    """The path of a place in a case as an error names it."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in where]
    return "".join(steps).removeprefix(".")


def edited(where, value):
    """The full case with another value at one place."""
    case = copy.deepcopy(full_case())
    holder = case
    for step in where[:-1]:
        holder = holder[step]
    if value is MISSING:
        del holder[where[-1]]
    else:
        holder[where[-1]] = value
    return case


def name_of(row):
    """A readable name of one edit, short enough for a terminal."""
    where, value = row
    return f"{path_of(where)}={'missing' if value is MISSING else ascii(value)[:40]}"


def places(node, where=()):
    """Every place of the case below a node, each with its value."""
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, value in steps:
        yield (*where, step), value
        yield from places(value, (*where, step))


def refusal(case):
    """The path at which a case is refused; fails where it is not, or where the refusal is not a whole one."""
    result = answer(case, packaged_reference())
    assert set(result) == {"case", "error"}, "not refused"
    assert set(result["error"]) == {"path", "code", "message"}
    assert re.fullmatch("[a-z_]+", result["error"]["code"])
    assert re.search("[\u4e00-\u9fff]", result["error"]["message"])
    return result["error"]["path"]


def test_the_full_case_is_accepted():
    assert "error" not in answer(full_case(), packaged_reference())


@pytest.mark.parametrize("row", REFUSED, ids=name_of)
def test_a_malformed_value_is_refused_at_its_place(row):
    where, value = row
    assert refusal(edited(where, value)) == path_of(where)


@pytest.mark.parametrize("row", ALLOWED, ids=name_of)
def test_an_odd_but_lawful_value_is_accepted(row):
    result = answer(edited(*row), packaged_reference())
    assert "error" not in result
    assert re.fullmatch(r"[0-9]+\.[0-9]{2}", result["total_cny"])


@pytest.mark.parametrize("case", [None, [], "x", 5, 1.5, True, [full_case()]], ids=ascii)
def test_what_is_no_object_is_refused_as_a_whole(case):
    assert refusal(case) == ""
    assert answer(case, packaged_reference())["case"] is None


@pytest.mark.parametrize("case", ["x", "", 7, None], ids=repr)
def test_a_refusal_names_the_case(case):
    assert answer({"case": case, "year": 2022}, packaged_reference())["case"] == case


@pytest.mark.parametrize(
    ("wrong", "is_right"),
    [
        (1.5, lambda path, value: False),
        (None, lambda path, value: MAY_BE_NULL.fullmatch(path)),
        ({}, lambda path, value: isinstance(value, dict)),
        ([], lambda path, value: isinstance(value, list)),
        (True, lambda path, value: isinstance(value, bool)),
        ("", lambda path, value: path == "case" or path.endswith((".facts.subject", ".facts.details"))),
    ],
    ids=["float", "null", "object", "array", "boolean", "empty text"],
)
def test_a_value_of_the_wrong_kind_is_refused_wherever_it_stands(wrong, is_right):
    tried = 0
    for where, value in places(full_case()):
        if not is_right(path_of(where), value):
            tried += 1
            assert refusal(edited(where, wrong)) == path_of(where)
    assert tried > 100


def test_an_unknown_key_is_refused_in_every_object():
    objects = [(), *(where for where, value in places(full_case()) if isinstance(value, dict))]
    for where in objects:
        assert refusal(edited((*where, "foo"), {})) == path_of((*where, "foo"))
    assert len(objects) > 50
