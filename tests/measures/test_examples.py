"""The worked cases that belong to the policy's rules, each of them whole."""

import json
from pathlib import Path

import pytest

from applications.reference import packaged_reference
from measures.contract import answer

EXAMPLES = json.loads((Path(__file__).parent / "examples.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["case"]["case"])
def test_a_worked_case_comes_to_its_result(example):
    given = json.loads(json.dumps(answer(example["case"], packaged_reference())))
    for claim in given.get("claims", []):
        claim["reasons"] = sorted(reason["code"] for reason in claim["reasons"])
        del claim["steps"]
    if "error" in given:
        given["error"] = {"path": given["error"]["path"]}
    assert given == example["expected"]
