"""Sentences are made from data, for every template and code, with every number put in."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from applications.reference import packaged_reference
from measures.contract import parse_case
from measures.evaluation import evaluate
from measures.explanation import clause_text, reason_text, status_label, step_text, step_title
from measures.reason_sentences import REASON_SENTENCES
from measures.reference import LprTable, ReferenceData
from measures.result import REASON_CODES, STEPS, CaseResult, ClaimResult, Reason, Step
from measures.step_sentences import STEP_SENTENCES, percent
from tests.measures.builders import case_of, claim, evaluated, judged, trade
from tests.measures.test_examples import EXAMPLES

LIST = {"dual_circulation": True}


def texts(result):
    return [step_text(step) for step in result.steps]


def test_every_reason_has_a_sentence():
    assert set(REASON_SENTENCES) == set(REASON_CODES)


def test_a_claim_is_explained_in_four_steps_with_title_and_clause():
    result = judged("5.1", {"booth_cny": "286000", "freight_cny": "124500"}, trade={})
    assert tuple(step.step for step in result.steps) == STEPS
    assert [step_title(step) for step in result.steps] == [
        "按规则计算",
        "限额",
        "扣除其他省级支持",
        "年度总额度",
    ]
    assert [clause_text(step.clause)[:6] for step in result.steps] == [
        "措施第五条：",
        "措施第五条：",
        "政策附注：本",
        "政策附注：企",
    ]
    assert texts(result)[0] == "（286,000.00 + 124,500.00）× 70% = 287,350.00 元。"
    assert status_label(result.status) == "可予支持"


def test_what_rounding_cuts_is_shown():
    result = judged("5.3", {"participation_cny": "1.01"})
    assert texts(result)[0] == "1.01 × 50% = 0.505，舍去分以下，得 0.50 元。"


def test_each_loan_is_shown_with_rate_and_days():
    loan = {"principal_cny": "10000000", "issued_on": "2022-01-19", "repaid_on": "2022-12-31"}
    given = {"bank_fees_cny": "54000", "loans": [{**loan, "interest_paid_cny": "500000"}]}
    [text, *_] = texts(judged("4.2", given, trade=trade({"local_product_export_cny": "50000000"})))
    for part in ("54,000.00", "2022-01-19", "10,000,000.00", "3.80%", "346 天", "365,222.22", "209,611.11"):
        assert part in text


@pytest.mark.parametrize(("kept", "shown"), [("3.8", "3.80%"), ("3.8000", "3.80%"), ("3.8250", "3.825%")])
def test_lpr_is_shown_as_it_is_published_however_it_is_kept(kept, shown):
    loan = {"principal_cny": "1000000", "issued_on": "2022-01-19", "interest_paid_cny": "500000"}
    case = case_of(claim("4.2", {"loans": [loan]}), trade=trade({"local_product_export_cny": "50000000"}))
    reference = ReferenceData(LprTable([(date(2022, 1, 1), Decimal(kept))]), packaged_reference().calendar)
    [result] = evaluate(parse_case(case), reference).claims
    assert f"LPR {shown} ×" in texts(result)[0]


def test_each_premium_is_shown_with_its_rate():
    lines = [{"premium_cny": "100", "market": "US"}, {"premium_cny": "50", "market": "JP"}]
    [text, *_] = texts(judged("7.2", {"premiums": lines}))
    assert text == "100.00（美国）× 50% + 50.00（日本）× 60% = 80.00 元。"


def test_the_limit_says_who_sets_it_and_what_came_before():
    result = evaluated(
        claim("6.1"), claim("5.1", {"booth_cny": "500000"}, locked_cny="250000"), enterprise=LIST
    )
    text = texts(result.claims[0])[-1]
    assert text == (
        "总额度 300,000.00 元，由 5.1 境外展会决定。先计入 250,000.00 元，余 50,000.00 元。"
        "其中财政已核定 250,000.00 元。应付 50,000.00 元，减少 150,000.00 元。"
    )


def test_a_shared_cap_says_what_earlier_claims_took():
    result = evaluated(claim("5.1", {"booth_cny": "200000"}), claim("5.3", {"participation_cny": "400000"}))
    assert "先计入的申报已用 140,000.00 元，可用 160,000.00 元" in texts(result.claims[1])[1]


def test_overlap_shows_the_subtraction_or_that_nothing_is_left():
    part = judged("5.3", {"participation_cny": "200"})
    assert texts(part)[2] == "没有其他省级政策支持同一事项，仍为 100.00 元。"
    result = evaluated(
        claim("5.3", {"participation_cny": "200"}, other_support_cny="30"),
        claim("5.3", {"participation_cny": "200"}, other_support_cny="100"),
    )
    assert "100.00 − 30.00 = 70.00 元" in texts(result.claims[0])[2]
    assert "本项不再支付" in texts(result.claims[1])[2]


def test_overpaid_money_is_shown_at_the_lock():
    result = evaluated(claim("5.3", {"participation_cny": "200"}, locked_cny="130"))
    assert "多出 30.00 元" in texts(result.claims[0])[-1]


@pytest.mark.parametrize(
    ("result", "parts"),
    [
        (
            judged("1.1", trade=trade({"export_cny": "1"})),
            ["2022 年进口额", "2021 年进口额", "2021 年出口额"],
        ),
        (judged("3.1", trade=trade({"cross_border_cny": "9999999.99"})), ["9,999,999.99", "10,000,000.00"]),
        (judged("3.5", {"served_smes": 14}), ["14 家", "15 家", "300,000,000.00"]),
        (
            judged("7.1", {"premium_cny": "1"}, trade=trade({"export_usd": "10000000.01"})),
            ["10,000,000.01 美元", "10,000,000.00 美元"],
        ),
        (
            judged("4.1", {"landed_cny": "50000000"}, trade=trade({"resource_import_cny": "100000000"})),
            ["50,000,000.00", "100,000,000.00", "50.00%", "50%"],
        ),
        (judged("2.1", {"platform": "P9"}), ["P9", "外贸促进平台认定名单"]),
        (judged("6.1", enterprise=LIST, past_awards=[{"item": "6.1"}]), ["以前已经给过"]),
        (judged("5.5", {"brand_cny": "1"}), ["2022 年", "70%"]),
        (
            judged(
                "4.2",
                {"loans": [{"issued_on": "2019-08-19"}]},
                trade=trade({"local_product_export_cny": "50000000"}),
            ),
            ["第 1 笔", "2019-08-19", "2019-08-20"],
        ),
        (judged("5.3", {"participation_cny": "0.01"}), ["0.01 × 50% = 0.005"]),
        (
            judged("11.1", {"refunds": [{"accepted_on": "2026-12-31", "refunded_on": "2027-01-02"}]}),
            ["2027 年"],
        ),
    ],
    ids=lambda value: value.reasons[0].code if isinstance(value, ClaimResult) else "",
)
def test_a_reason_names_figures_values_and_limit(result, parts):
    text = reason_text(result.reasons[0])
    assert all(part in text for part in parts), text
    assert re.fullmatch(r"[^！?]*。", text)


@pytest.mark.parametrize(
    ("rate", "text"), [("0.5", "50%"), ("1.00", "100%"), ("0", "0%"), ("0.333333", "33.3333%")]
)
def test_a_rate_is_written_as_a_percentage(rate, text):
    assert percent(Decimal(rate)) == text


def test_data_of_steps_and_reasons_come_back_from_json_as_they_were():
    result = judged("7.2", {"premiums": [{"premium_cny": "100", "market": "US"}]})
    for step in result.steps:
        again = Step.from_data(json.loads(json.dumps(step.as_data())))
        assert again == step
        assert step_text(again) == step_text(step)
    [reason] = judged("5.3", {"participation_cny": "0.01"}).reasons
    assert Reason.from_data(json.loads(json.dumps(reason.as_data()))) == reason


def test_the_worked_cases_use_every_template():
    used = set()
    for example in EXAMPLES:
        if "error" not in example["expected"]:
            result = evaluate(parse_case(example["case"]), packaged_reference())
            used |= {step.template for one in result.claims for step in one.steps}
    assert used == set(STEP_SENTENCES)


ZERO = Decimal("0.00")
ONE = Decimal("1.00")


@pytest.mark.parametrize(
    "broken",
    [
        {"capped": ONE + ONE},
        {"after_overlap": ONE + ONE},
        {"payable": ONE + ONE},
        {"locked": ZERO},
        {"ceiling": None},
        {"computed": ZERO, "capped": ZERO, "after_overlap": ZERO, "payable": ZERO},
        {"status": "ineligible"},
    ],
)
def test_a_result_that_does_not_add_up_does_not_come_into_being(broken):
    sound = {
        "id": "a",
        "item": "5.3",
        "status": "awarded",
        "ceiling": ONE,
        "computed": ONE,
        "capped": ONE,
        "after_overlap": ONE,
        "payable": ONE,
    }
    assert ClaimResult(**sound).payable == ONE
    with pytest.raises(ValueError, match=r"claim|step"):
        ClaimResult(**{**sound, **broken})


@pytest.mark.parametrize("broken", [{"limit": ZERO}, {"total": ZERO}, {"overpaid": ONE}])
def test_a_case_that_does_not_add_up_does_not_come_into_being(broken):
    one = judged("5.3", {"participation_cny": "2"})
    sound = {
        "case": None,
        "year": 2022,
        "limit": ONE,
        "total": ONE,
        "overpaid": ZERO,
        "limit_claim": "0",
        "claims": (one,),
    }
    assert CaseResult(**sound).total == ONE
    with pytest.raises(ValueError, match=r"locked|total"):
        CaseResult(**{**sound, **broken})


def test_an_unknown_reason_does_not_come_into_being():
    with pytest.raises(ValueError, match="unknown"):
        Reason("bad_weather", {})
