"""Worked examples: every money item has one, the rules pay it, and its words hold no number that could differ."""

import re

import pytest

from applications.reference import packaged_reference
from measures import registry
from measures.contract import parse_case
from measures.evaluation import evaluate
from measures.examples import EXAMPLES, LIMIT_EXCEEDED, LIMIT_RAISED
from measures.result import AWARDED

YEARS = (2022, 2025, 2027)


def worked(example, year):
    return evaluate(parse_case(example.case(year)), packaged_reference())


def test_every_money_item_has_an_example_about_itself():
    assert list(EXAMPLES) == [code for code, item in registry.ITEMS.items() if not item.support]
    assert all(example.claims[0].item == code for code, example in EXAMPLES.items())


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_is_eligible_and_pays_in_any_year(code, year):
    claim = worked(EXAMPLES[code], year).claims[0]
    assert (claim.status, claim.reasons) == (AWARDED, ())
    assert claim.payable > 0


@pytest.mark.parametrize(
    "example", [*EXAMPLES.values(), LIMIT_EXCEEDED, LIMIT_RAISED], ids=lambda one: one.story
)
def test_a_story_holds_no_number(example):
    assert re.search(r"\d|[百千万亿]", example.story) is None
    assert example.story.startswith(("示例企业", "同样"))
    assert example.story.endswith("。")


def test_the_examples_of_the_limit_are_cut_and_then_are_not():
    exceeded, raised = worked(LIMIT_EXCEEDED, 2025), worked(LIMIT_RAISED, 2025)
    assert exceeded.total == exceeded.limit < sum(claim.after_overlap for claim in exceeded.claims)
    assert raised.total == sum(claim.after_overlap for claim in raised.claims) < raised.limit
    assert [claim.payable for claim in exceeded.claims[1:]] < [
        claim.after_overlap for claim in exceeded.claims[1:]
    ]
