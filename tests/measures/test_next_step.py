"""How far figures are from the next award: exact to the fen, against the rules and against their second reading."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.reference import packaged_reference
from measures.contract import parse_case
from measures.next_step import next_steps
from measures.next_step_sentences import limit_sentence, step_sentence
from measures.registry import ITEMS
from tests.measures.builders import YEAR, case_of, claim, judged, trade
from tests.measures.oracle import oracle
from tests.measures.oracle_cases import cases
from tests.measures.test_properties import THOROUGH

REFERENCE = packaged_reference()
FEN = Decimal("0.01")
NOTHING_BEFORE = {"import_cny": "0", "export_cny": "0"}


def found(*claims, now, before=None, **others):
    """{item: NextStep} of a year with these claims and figures."""
    case = parse_case(case_of(*claims, trade=trade(now, before), **others))
    return {step.item: step for step in next_steps(case, REFERENCE)}


def grown(case, name, more):
    """The case, as JSON data, with one of its year's figures larger."""
    case = copy.deepcopy(case)
    figures = case["trade"][str(case["year"])]
    figures[name] = str(Decimal(str(figures[name])) + more)
    return case


# --- What pays by official figures alone -----------------------------------------------------------


@pytest.mark.parametrize(
    ("imported", "exported", "words"),
    [
        ("100000000", "43800000", "再增加 620 万元进出口额可多得 3 万元。"),
        ("50000000", "49999999.99", "再增加 0.01 元进出口额可得 30 万元。"),
        ("100000000", "0", "再增加 1,000 万元进出口额可多得 3 万元。"),
        ("0.01", "0", "再增加 99,999,999.99 元进出口额可得 30 万元。"),
    ],
)
def test_growth_has_a_step_at_its_threshold_and_at_every_whole_unit(imported, exported, words):
    step = found(now={"import_cny": imported, "export_cny": exported}, before=NOTHING_BEFORE)["1.1"]
    assert step_sentence(step) == words
    assert step.names == ("import_cny", "export_cny")
    assert step.value == Decimal(imported) + Decimal(exported)


def test_growth_is_measured_from_the_year_before_and_needs_it():
    now = {"import_cny": "100000000", "export_cny": "18300000"}
    step = found(now=now, before={"import_cny": "300000000", "export_cny": "93100000"})["1.1"]
    assert (step.target, step.distance) == (Decimal("493100000.00"), Decimal("374800000.00"))
    assert step_sentence(step) == "再增加 3.748 亿元进出口额可得 30 万元。"
    assert "1.1" not in found(now=now)
    assert "1.1" in found(now=now, enterprise={"introduced_year": YEAR})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("4360000", "再增加 564 万元跨境电商进出口额可得 10 万元。"),
        ("10000000", "再增加 100 万元跨境电商进出口额可多得 1 万元。"),
        ("98999999.99", "再增加 0.01 元跨境电商进出口额可多得 1 万元。"),
    ],
)
def test_cross_border_trade_has_its_own_steps(value, words):
    assert step_sentence(found(now={"cross_border_cny": value})["3.1"]) == words


def test_at_the_cap_there_is_no_next_step():
    assert "3.1" not in found(now={"cross_border_cny": "100000000"})
    assert "1.1" not in found(now={"import_cny": "1000000000", "export_cny": "0"}, before=NOTHING_BEFORE)
    higher = found(
        now={"import_cny": "1000000000", "export_cny": "0"},
        before=NOTHING_BEFORE,
        enterprise={"introduced_year": YEAR},
    )
    assert step_sentence(higher["1.1"]) == "再增加 1,000 万元进出口额可多得 3 万元。"


def test_neither_a_missing_figure_nor_one_of_nothing_has_a_step():
    assert found(now=None) == {}
    everything = dict.fromkeys(
        ("import_cny", "export_cny", "export_usd", "cross_border_cny", "resource_import_cny", "local_product_export_cny"),
        "0",
    )  # fmt: skip
    assert found(now=everything, before=everything) == {}
    assert "1.1" not in found(now={"import_cny": "5000000"}, before=NOTHING_BEFORE)


def test_what_is_locked_moves_no_more():
    now = {"cross_border_cny": "12000000"}
    assert "3.1" in found(claim("3.1"), now=now)
    assert "3.1" not in found(claim("3.1", locked_cny="120000.00"), now=now)


# --- What a least figure opens ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "name", "value", "words"),
    [
        ("4.1", "resource_import_cny", "80500000", "再增加 1,950 万元资源类产品进口额，达到 1 亿元后可以申报，金额按您填报的费用计算。"),
        ("4.2", "local_product_export_cny", "32160000", "再增加 1,784 万元地产品出口额，达到 5,000 万元后可以申报，金额按您填报的费用计算。"),
        ("7.3", "export_usd", "400000", "再增加 10 万美元出口额，达到 50 万美元后 2023 年度可以申报，金额按您填报的费用计算。"),
    ],
)  # fmt: skip
def test_a_least_figure_is_a_step_whose_amount_only_the_firm_can_tell(item, name, value, words):
    step = found(now={name: value})[item]
    assert step.award is None
    assert step_sentence(step) == words
    assert limit_sentence(step) == ""


@pytest.mark.parametrize(
    ("item", "name", "facts"),
    [
        ("4.1", "resource_import_cny", {"landed_cny": "60000000", "bank_fees_cny": "100"}),
        ("4.2", "local_product_export_cny", {"bank_fees_cny": "100"}),
        ("7.3", "export_usd", {"premium_cny": "100"}),
    ],
)
def test_with_its_costs_the_item_pays_at_the_step_and_not_a_fen_before(item, name, facts):
    step = found(now={name: "123456.78"})[item]
    for value, status in ((step.target, "awarded"), (step.target - FEN, "ineligible")):
        figures = {name: str(value)}
        given_in = trade(before=figures) if step.claim_year > step.year else trade(figures)
        assert judged(item, facts, trade=given_in).status == status


def test_once_the_figure_is_reached_nothing_is_missing_any_more():
    figures = {
        "resource_import_cny": "100000000",
        "local_product_export_cny": "50000000",
        "export_usd": "500000",
    }
    assert found(now=figures) == {}


def test_no_step_is_told_of_a_most_figure():
    assert "7.1" not in found(now={"export_usd": "9000000"})


# --- Under the year's limit ------------------------------------------------------------------------


def test_a_step_that_raises_the_limit_says_what_the_whole_year_gains():
    """A platform of 200 万 and fees of 50 万 are cut to 200 万; growth of 1 亿 lifts the limit to 300 万."""
    step = found(
        claim("2.1", {"platform": "P1"}),
        claim("6.1"),
        now={"import_cny": "99000000", "export_cny": "0"},
        before=NOTHING_BEFORE,
        enterprise={"trade_platforms": [{"id": "P1", "level": "national"}], "dual_circulation": True},
    )["1.1"]
    assert (step.award.then, step.award.gain) == (Decimal("300000.00"), Decimal("500000.00"))
    assert step_sentence(step) == "再增加 100 万元进出口额可得 30 万元。"
    assert limit_sentence(step) == "年度总额度同时由 200 万元升至 300 万元，全年合计多得 50 万元。"


def test_a_step_that_only_raises_the_limit_says_so():
    step = found(
        claim("6.1"),
        now={"import_cny": "99000000", "export_cny": "0"},
        before=NOTHING_BEFORE,
        enterprise={"dual_circulation": True},
    )["1.1"]
    assert step.award.gain == step.award.more
    assert limit_sentence(step) == "年度总额度同时由 20 万元升至 300 万元。"


def test_a_step_under_a_limit_that_is_nearly_used_up_says_what_is_left():
    warehouse = {"overseas_warehouses": ["W1"]}
    nearly = found(
        claim("3.4", {"warehouse": "W1"}, other_support_cny="5000"),
        now={"cross_border_cny": "1500000"},
        enterprise=warehouse,
    )["3.1"]
    assert (nearly.award.then, nearly.award.gain) == (Decimal("100000.00"), Decimal("5000.00"))
    assert limit_sentence(nearly) == "受总额度限制，实际多得 5,000 元。"
    used_up = found(
        claim("3.4", {"warehouse": "W1"}), now={"cross_border_cny": "1500000"}, enterprise=warehouse
    )["3.1"]
    assert used_up.award.gain == 0
    assert limit_sentence(used_up) == "总额度 100 万元已由其他事项用完，全年合计不增加。"


def test_a_step_that_the_limit_does_not_touch_says_nothing_of_it():
    assert limit_sentence(found(now={"cross_border_cny": "10500000"})["3.1"]) == ""


# --- Whatever the case -----------------------------------------------------------------------------


@THOROUGH
@given(cases(), st.integers(0, 12_000_000_000), st.integers(0, 400_000_000_000))
def test_at_the_step_the_second_reading_pays_what_is_told_and_a_fen_less_it_does_not(case, small, large):
    figures = case.setdefault("trade", {}).setdefault(str(case["year"]), {})
    figures |= {"cross_border_cny": shown(small), "import_cny": shown(large), "export_cny": shown(small)}
    for step in next_steps(parse_case(case), REFERENCE):
        assert step.distance >= FEN
        if step.award is None:
            continue
        alone = {**case, "claims": [{"id": "own", "item": step.item}]}
        mine = next((one for one in case["claims"] if one["item"] == step.item), None)
        year = case if mine else {**case, "claims": [*case["claims"], alone["claims"][0]]}
        before = oracle(year)
        for name in step.names:
            assert capped(alone) == step.award.now
            assert capped(grown(alone, name, step.distance - FEN)) <= step.award.now
            assert capped(grown(alone, name, step.distance)) == step.award.then > step.award.now
            after = oracle(grown(year, name, step.distance))
            assert Decimal(after["total_cny"]) - Decimal(before["total_cny"]) == step.award.gain
            assert Decimal(after["limit_cny"]) == step.award.limit_then
            assert Decimal(before["limit_cny"]) == step.award.limit_now


def shown(fen):
    return f"{fen // 100}.{fen % 100:02d}"


def capped(case):
    return Decimal(oracle(case)["claims"][0]["capped_cny"])


def test_every_item_with_figures_of_its_year_is_either_a_rising_one_or_opens_at_a_least_figure():
    """A new item of neither kind would silently have no next step."""
    silent = {
        item.code
        for item in ITEMS.values()
        if not item.support
        and any(official.kind == "figure" for official in item.official)
        and not item.prepared
        and not any(official.least is not None for official in item.bounded)
    }
    assert silent == {"7.1"}
