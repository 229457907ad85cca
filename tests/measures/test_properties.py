"""What holds for every case that the contract accepts, whatever is in it."""

import copy
import json
from decimal import Decimal
from itertools import pairwise

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from applications.reference import packaged_reference
from measures.contract import answer, answer_text, parse_case
from measures.evaluation import evaluate
from measures.registry import ITEMS
from measures.result import Reason, Step
from tests.measures.builders import nested
from tests.measures.oracle_cases import cases

THOROUGH = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
REFERENCE = packaged_reference()
#: The costs that formulas take in, by item, and within the rows of an item.
COSTS = {
    "3.2": ["construction_cny"],
    "3.3": ["entry_fee_cny", "promotion_cny"],
    "4.1": ["bank_fees_cny"],
    "4.2": ["bank_fees_cny"],
    "5.1": ["booth_cny", "freight_cny", "travel_cny", "lodging_cny"],
    "5.2": ["booth_cny", "freight_cny"],
    "5.3": ["participation_cny"],
    "5.4": ["credit_report_cny", "online_promotion_cny"],
    "5.5": ["brand_cny", "trademark_cny", "certification_cny"],
    "7.1": ["premium_cny"],
    "7.3": ["premium_cny"],
}
ROW_COSTS = {
    "loans": ["principal_cny", "interest_paid_cny"],
    "premiums": ["premium_cny"],
}


def result_of(case):
    return evaluate(parse_case(case), REFERENCE)


def free(result):
    """The claims whose amount no lock has fixed."""
    return [one for one in result.claims if one.locked is None]


@THOROUGH
@given(cases())
def test_nothing_that_is_free_exceeds_a_cap_or_the_limit(case):
    result = result_of(case)
    locked = sum(one.payable for one in result.claims if one.locked is not None)
    assert sum(one.payable for one in free(result)) <= max(0, result.limit - locked)
    shared = {}
    for one in free(result):
        assert one.payable <= one.after_overlap <= one.capped <= one.computed
        assert one.ceiling is None or ITEMS[one.item].CAP is None or one.capped <= one.ceiling
        if ITEMS[one.item].shared_cap and one.ceiling is not None:
            shared[one.ceiling, ITEMS[one.item].shared_cap] = (
                shared.get((one.ceiling, ITEMS[one.item].shared_cap), 0) + one.payable
            )
    assert all(paid <= cap for (cap, _), paid in shared.items())


@THOROUGH
@given(cases())
def test_sums_are_exact_to_the_fen(case):
    result = result_of(case)
    assert result.total == sum(one.payable for one in result.claims)
    amounts = [result.limit, result.total, result.overpaid]
    for one in result.claims:
        amounts += [one.computed, one.capped, one.after_overlap, one.payable]
    assert all(amount.as_tuple().exponent == -2 for amount in amounts)


@THOROUGH
@given(cases())
def test_every_fen_of_the_limit_is_given_before_anybody_is_cut(case):
    result = result_of(case)
    locked = sum(one.payable for one in result.claims if one.locked is not None)
    wanted = sum(one.after_overlap for one in free(result))
    assert sum(one.payable for one in free(result)) == min(wanted, max(0, result.limit - locked))


@THOROUGH
@given(cases())
def test_of_equal_claims_the_earlier_filed_is_cut_last(case):
    alike = {}
    for one in free(result_of(case)):
        alike.setdefault((one.ceiling, one.after_overlap), []).append(one.payable)
    for payables in alike.values():
        assert all(earlier >= later for earlier, later in pairwise(payables))


@THOROUGH
@given(cases())
def test_a_locked_amount_never_changes(case):
    result = result_of(case)
    for one, given_claim in zip(result.claims, case["claims"], strict=True):
        locked = given_claim.get("locked_cny")
        if locked is not None and not ITEMS[one.item].support:
            assert one.payable == one.locked == Decimal(str(locked))


def costs_of(case):
    """Every accepted cost of the free claims of a case, as (position of the claim, mapping, key)."""
    for position, one in enumerate(case["claims"]):
        if one.get("locked_cny") is not None:
            continue
        for key in COSTS.get(one["item"], ()):
            yield position, one["facts"], key
        for rows, keys in ROW_COSTS.items():
            for row in one["facts"].get(rows, ()):
                for key in keys:
                    yield position, row, key


@settings(THOROUGH, max_examples=3 * settings.default.max_examples)
@given(cases(), st.data())
def test_more_of_an_accepted_cost_never_pays_less(case, data):
    more = copy.deepcopy(case)
    costs = list(costs_of(more))
    assume(costs)
    position, facts, key = data.draw(st.sampled_from(costs))
    added = data.draw(st.integers(1, 100_000_000)) * Decimal("0.01")
    facts[key] = str(Decimal(str(facts.get(key, 0))) + added)
    before, after = result_of(case), result_of(more)
    assert after.claims[position].payable >= before.claims[position].payable
    assert after.total >= before.total


@THOROUGH
@given(cases(), st.data())
def test_a_request_to_departments_changes_nothing(case, data):
    more = copy.deepcopy(case)
    code = data.draw(st.sampled_from([code for code, item in ITEMS.items() if item.support]))
    place = data.draw(st.integers(0, len(case["claims"])))
    more["claims"].insert(place, {"id": "request", "item": code, "locked_cny": "5", "other_support_cny": "9"})
    before, after = answer(case, REFERENCE), answer(more, REFERENCE)
    del after["claims"][place]
    assert after == before


@THOROUGH
@given(cases())
def test_a_case_is_answered_alike_as_data_and_as_text(case):
    spaced = json.dumps(case, indent=1).replace('":', '" :').encode()
    plain = json.dumps(case, ensure_ascii=False).encode()
    assert answer_text(plain, REFERENCE) == answer_text(spaced, REFERENCE) == answer(case, REFERENCE)


@THOROUGH
@given(cases())
def test_explanations_come_back_from_storage_unchanged(case):
    for one in result_of(case).claims:
        for step in one.steps:
            assert Step.from_data(json.loads(json.dumps(step.as_data()))) == step
        for reason in one.reasons:
            assert Reason.from_data(json.loads(json.dumps(reason.as_data()))) == reason


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("1e3"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@THOROUGH
@given(cases(), JSON_VALUES, st.data())
def test_a_value_put_anywhere_is_taken_or_refused_but_never_a_crash(case, value, data):
    broken = copy.deepcopy(case)
    holders = [part for part in nested(broken) if isinstance(part, (dict, list)) and part]
    holder = data.draw(st.sampled_from(holders))
    place = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
    holder[place] = value
    given_answer = answer(broken, REFERENCE)
    if "error" in given_answer:
        assert isinstance(given_answer["error"]["path"], str)
    else:
        assert given_answer["total_cny"]


@THOROUGH
@given(cases(), st.data())
def test_an_unknown_key_anywhere_is_refused_at_its_place(case, data):
    broken = copy.deepcopy(case)
    holders = [part for part in nested(broken) if isinstance(part, dict)]
    holder = data.draw(st.sampled_from(holders))
    holder["foo"] = "1"
    path = answer(broken, REFERENCE)["error"]["path"]
    assert path == "foo" or path.endswith(".foo")


@THOROUGH
@given(cases(), st.data(), st.sampled_from([1.0, True, None, "1.005", "-1", "1e3", " 1", "１", "", [], {}]))
def test_an_amount_that_is_none_is_refused_and_never_taken_for_zero(case, data, wrong):
    broken = copy.deepcopy(case)
    places = [(facts, key) for _, facts, key in costs_of(broken)]
    assume(places)
    facts, key = data.draw(st.sampled_from(places))
    facts[key] = wrong
    assert answer(broken, REFERENCE)["error"]["path"].endswith(f".{key}")


@THOROUGH
@given(st.binary(max_size=60))
def test_no_bytes_are_a_crash(text):
    assert answer_text(text, REFERENCE)["error"]["path"] is not None
