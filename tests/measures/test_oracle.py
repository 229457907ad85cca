"""The policy core against a second reading of the rules, and both against cases worked out by hand."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from applications.reference import packaged_reference
from measures.contract import answer
from measures.registry import measure_of
from tests.measures.by_hand import REFUND_TIMES, WORKED_OUT
from tests.measures.oracle import ROUTES, oracle
from tests.measures.oracle_cases import cases

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))
ACCEPTED = [row for row in EXAMPLES if "error" not in row["expected"]]
# Five times what the profile in force asks for: 300 cases in the fast run, 7500 in the slow one.
THOROUGH = settings(
    max_examples=5 * settings.default.max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def by_core(case):
    """The result of the policy core without explanation: no steps, each reason as its bare code."""
    result = answer(case, packaged_reference())
    for claim in result.get("claims", []):
        claim.pop("steps")
        claim["reasons"] = [reason["code"] for reason in claim["reasons"]]
    return result


BOTH = pytest.mark.parametrize("evaluated", [by_core, oracle], ids=["core", "oracle"])


@pytest.mark.parametrize("example", ACCEPTED, ids=lambda example: example["case"]["case"])
def test_the_oracle_agrees_with_the_published_examples(example):
    result = oracle(example["case"])
    for claim in result["claims"]:
        claim["reasons"].sort()
    assert result == example["expected"]


@THOROUGH
@given(cases())
def test_core_and_oracle_agree(case):
    assert by_core(case) == oracle(case)


@pytest.mark.slow
@THOROUGH
@given(cases())
def test_core_and_oracle_agree_on_many_more_cases(case):
    assert by_core(case) == oracle(case)


def test_most_generated_cases_pay_money():
    paid = []

    @settings(THOROUGH, database=None, derandomize=True)
    @given(cases())
    def draw(case):
        paid.append(oracle(case)["total_cny"] != "0.00")

    draw()
    assert sum(paid) > len(paid) / 2


def money(amount):
    """An amount as a result shows it."""
    return f"{Decimal(amount):.2f}"


def as_line(claim):
    """One claim of a result as a line of the table of cases worked out by hand."""
    steps = [claim[name] for name in ("computed_cny", "capped_cny", "after_overlap_cny")]
    if claim["status"] == "ineligible":
        assert (claim["ceiling_cny"], steps) == (None, ["0.00"] * 3)
        locked = "" if claim["payable_cny"] == "0.00" else f":{claim['payable_cny']}"
        return "+".join(claim["reasons"]) + locked
    assert claim["reasons"] == []
    assert (claim["ceiling_cny"] is None) == (claim["status"] == "support")
    return " ".join([claim["ceiling_cny"] or "-", *steps, claim["payable_cny"]])


def normal(line):
    """A line of the table with its amounts written with two decimals."""
    if line[0].isdigit() or line[0] == "-":
        return " ".join(amount if amount == "-" else money(amount) for amount in line.split())
    reasons, colon, locked = line.partition(":")
    return reasons + (colon + money(locked) if colon else "")


@BOTH
@pytest.mark.parametrize("row", WORKED_OUT, ids=lambda row: row[0])
def test_a_case_worked_out_by_hand(row, evaluated):
    _, case, totals, lines = row
    result = evaluated(case)
    assert [result["limit_cny"], result["total_cny"], result["overpaid_cny"]] == [
        money(amount) for amount in totals.split()
    ]
    assert [as_line(claim) for claim in result["claims"]] == [normal(line) for line in lines]


@BOTH
@pytest.mark.parametrize("row", REFUND_TIMES, ids=lambda row: row[0])
def test_a_refund_time_worked_out_by_hand(row, evaluated):
    _, in_zone, refunds, outcome, calendar_missing = row
    claim = {"id": "a", "item": "11.1", "facts": {"refunds": refunds}}
    result = evaluated({"year": 2022, "enterprise": {"ftz": in_zone}, "claims": [claim]})["claims"][0]
    average, met, still_open = outcome.split()
    assert result["outcome"] == {
        "average_working_days": None if average == "-" else average,
        "target_working_days": 5 if in_zone else 6,
        "met": {"-": None, "True": True, "False": False}[met],
        "open": int(still_open),
    }
    assert (result["status"], result["reasons"]) == ("support", ["calendar_missing"] * calendar_missing)


@BOTH
@pytest.mark.parametrize("item", ROUTES)
def test_a_request_goes_to_the_departments_that_the_policy_names(item, evaluated):
    result = evaluated({"year": 2022, "claims": [{"id": "a", "item": item}]})["claims"][0]
    [departments] = re.findall("〔([^〔〕]*)按职责分工负责〕", measure_of(item).article)
    assert result["route"] == departments.replace("，", "、").split("、")
