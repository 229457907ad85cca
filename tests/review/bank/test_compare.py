"""A sheet beside its batch, without a database: everything that can be wrong, by line and column, and what is fine."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.bank.columns import SHEET, R
from review.bank.compare import Batch, Known, compare
from review.bank.sheet import Line, Sheet

LOCKED, TODAY = date(2026, 3, 2), date(2026, 3, 11)
FIRST = Known(1, "示例甲（集团）公司", "6200001", Decimal("70000.00"))
SECOND = Known(2, "示例乙公司", "6200002", Decimal("0.01"))
PAID = Known(3, "示例丙公司", "6200003", Decimal("5.00"), R.PAID, "S3", day=date(2026, 3, 4))
FAILED = Known(4, "示例丁公司", "6200004", Decimal("6.00"), R.FAILED, "S4", day=date(2026, 3, 4))
RETURNED = Known(5, "示例戊公司", "6200005", Decimal("7.00"), R.RETURNED, "S5", day=date(2026, 3, 5))
PAYMENTS = {known.position: known for known in (FIRST, SECOND, PAID, FAILED, RETURNED)}
BATCH = Batch("BF20260001", LOCKED, PAYMENTS, {})


def line(known=FIRST, row=2, **cells):
    """A line that says that a payment arrived."""
    values = {
        "batch": BATCH.number,
        "position": known.position,
        "payee_name": known.payee_name,
        "payee_account": known.payee_account,
        "amount_cny": known.amount_cny,
        "result": R.PAID,
        "reference": f"SLYH{known.position}",
        "day": date(2026, 3, 3),
        **cells,
    }
    return Line(row=row, **values)


def compared(*lines, batch=BATCH):
    return compare(Sheet(list(lines), [], []), batch, TODAY)


def codes(*lines, batch=BATCH):
    return [(fault.row, fault.column, fault.code) for fault in compared(*lines, batch=batch).faults]


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"batch": "BF20260002"}, "批次号", "wrong_batch"),
        ({"position": 6}, "支付序号", "unknown_payment"),
        ({"payee_name": "示例甲有限公司"}, "户名", "name_differs"),
        ({"payee_account": "6200009"}, "账号", "account_differs"),
        ({"amount_cny": Decimal("69999.99")}, "金额", "amount_differs"),
        ({"amount_cny": Decimal("70000.01")}, "金额", "amount_differs"),
        ({"result": None}, "结果", "missing"),
        ({"result": R.FAILED, "reference": ""}, "原因", "missing"),
        ({"day": None}, "日期", "missing"),
        ({"day": date(2026, 3, 12)}, "日期", "future"),
        ({"day": date(2026, 3, 1)}, "日期", "too_early"),
        ({"result": R.RETURNED, "reason": "销户"}, "结果", "other_result"),
    ],
)
def test_what_is_wrong_is_said_at_its_line_and_column(cells, column, code):
    assert codes(line(row=7, **cells)) == [(7, column, code)]


@pytest.mark.parametrize(
    "cells",
    [
        {},
        {"payee_name": "示例甲(集团) 公司"},
        {"payee_name": "示例甲\u200b（集团）公司\ufeff"},
        {"payee_account": "620 0001"},
        {"reference": ""},
        {"day": LOCKED},
        {"day": TODAY},
        {"result": R.FAILED, "reason": "账号不符"},
    ],
)
def test_what_is_written_in_another_way_is_the_same(cells):
    found = compared(line(**cells))
    assert (found.faults, len(found.new)) == ([], 1)


def test_a_payment_twice_is_said_at_both_lines():
    assert codes(line(row=2), line(row=5, reference="S9")) == [
        (2, "支付序号", "twice"),
        (5, "支付序号", "twice"),
    ]


def test_a_reference_of_another_line_or_of_a_former_batch_is_said():
    assert codes(line(row=2, reference="S1"), line(SECOND, row=3, reference="S1")) == [
        (2, "银行流水号", "reference_twice"),
        (3, "银行流水号", "reference_twice"),
    ]
    former = replace(BATCH, references={"S1": {("BF20250009", 4)}})
    assert codes(line(reference="S1"), batch=former) == [(2, "银行流水号", "reference_used")]
    own = replace(BATCH, references={"S1": {(BATCH.number, 1)}})
    assert codes(line(reference="S1"), batch=own) == []


def test_the_same_result_again_is_fine_and_another_one_is_not():
    again = compared(
        line(PAID, 2, reference="S3"),
        line(FAILED, 3, result=R.FAILED, reason="账号不符", reference="S4"),
        line(RETURNED, 4, result=R.RETURNED, reason="销户", reference=""),
    )
    assert (again.faults, again.new, len(again.same)) == ([], [], 3)
    assert codes(line(PAID, 2, result=R.FAILED, reason="账号不符", reference="S3")) == [
        (2, "结果", "other_result")
    ]
    assert codes(line(FAILED, 3, reference="S4")) == [(3, "结果", "other_result")]
    assert codes(line(RETURNED, 5, reference="S5")) == [(5, "结果", "other_result")]
    assert codes(line(PAID, 2, reference="S99")) == [(2, "银行流水号", "other_result")]


def test_money_comes_back_only_where_it_was_paid_and_not_before():
    assert codes(line(PAID, result=R.RETURNED, reason="销户", day=date(2026, 3, 4))) == []
    assert codes(line(PAID, result=R.RETURNED, reason="销户", day=date(2026, 3, 3))) == [
        (2, "日期", "too_early")
    ]
    assert codes(line(PAID, result=R.RETURNED, day=TODAY)) == [(2, "原因", "missing")]


def test_a_line_without_a_result_waits_but_has_to_be_of_the_batch():
    waiting = line(result=None, reference="", day=None)
    assert (compared(waiting).faults, len(compared(waiting).open)) == ([], 1)
    wrong = replace(waiting, amount_cny=Decimal("1.00"))
    assert codes(wrong) == [(2, "金额", "amount_differs")]


def test_every_fault_is_one_sentence_that_names_its_line():
    faults = compared(line(batch="X"), line(SECOND, 3, day=None), line(PAID, 4, result=R.FAILED)).faults
    for fault in faults:
        assert fault.message.startswith(f"第{fault.row}行“{fault.column}”")
        assert fault.message.endswith("。")
        assert "None" not in fault.message


states = st.sampled_from([R.WAITING, R.PAID, R.FAILED, R.RETURNED])
amounts = st.decimals(min_value="0.01", max_value="999999.99", places=2)


@given(st.lists(st.tuples(states, amounts, states), min_size=1, max_size=20), st.randoms())
def test_the_sums_of_a_sheet_are_exact_in_any_order(cases, order):
    """New, left and known results add up to the batch, whatever is reported and in whichever order the lines stand."""
    payments = {
        n: Known(n, "示例公司", "62000000", amount, before, day=None if before == R.WAITING else LOCKED)
        for n, (before, amount, _) in enumerate(cases, 1)
    }
    batch = replace(BATCH, payments=payments)
    lines = [
        line(payments[n], row=n + 1, result=said, reason="说明", reference="")
        for n, (_, _, said) in enumerate(cases, 1)
        if said != R.WAITING
    ]
    order.shuffle(lines)
    found = compared(*lines, batch=batch)
    sums, left = found.sums(payments), found.left(payments)
    new = {each.position for each in found.new}
    for result, sum_of in sums.items():
        told = [payments[each.position].amount_cny for each in found.new if each.result == result]
        assert (sum_of.count, sum_of.amount_cny) == (len(told), sum(told))
    known = sum(p.amount_cny for p in payments.values() if p.result != R.WAITING and p.position not in new)
    whole = sum(p.amount_cny for p in payments.values())
    assert sum(s.amount_cny for s in sums.values()) + left.amount_cny + known == whole
    assert len(found.new) + len(found.same) + len({f.row for f in found.faults}) == len(lines)


def test_the_columns_are_those_of_the_bank_in_their_order():
    assert [column.heading for column in SHEET.columns] == [
        "批次号",
        "支付序号",
        "户名",
        "账号",
        "金额",
        "结果",
        "原因",
        "银行流水号",
        "日期",
    ]
