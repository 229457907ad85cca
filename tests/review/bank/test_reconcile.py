"""Reconciliation: every difference is explained, batch, bank and ledger agree, and what takes too long stands out."""

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from applications.models import LedgerEntry, LedgerKind
from review.bank.columns import R
from review.bank.reconcile import (
    payments_told,
    reconciliation_batches,
    reconciliation_year,
    reconciliation_years,
)
from review.models import PayoutBatch
from review.sheets.reconciliation import batch_reconciliation_file, year_reconciliation_file
from tests.review.bank.conftest import LATER
from tests.review.batch_world import INSURER, locked, payable_claims

pytestmark = pytest.mark.django_db


def row_of(batch, today=date(2026, 3, 5)):
    batch.refresh_from_db()
    [row] = reconciliation_batches([batch], today=today)
    return row


def reported(world, batch):
    """The first paid, the second failed, the third came back, the fourth without a result."""
    first, second, third, _ = batch.payments.order_by("position")
    world.report(payment_id=first.pk, result="paid", reference="S1")
    world.report(payment_id=second.pk, result="failed", note="账号不符")
    world.report(payment_id=third.pk, result="paid", reference="S3")
    world.report(payment_id=third.pk, result="returned", note="销户")
    return batch


def test_what_has_not_arrived_is_explained_to_the_fen(world, batch):
    before = row_of(batch)
    assert (before.difference, before.waiting, before.faults) == (batch.total_cny, batch.total_cny, [])
    row = row_of(reported(world, batch))
    assert [row.sums[result].count for result in (R.PAID, R.FAILED, R.RETURNED, R.WAITING)] == [1, 1, 1, 1]
    assert row.difference == row.failed + row.returned + row.waiting == Decimal("210000.00")
    assert row.faults == []


def test_a_payment_of_several_claims_counts_once(world):
    claims = payable_claims(world, 3, each=lambda n: {"item": "7.1", "particulars": INSURER})
    row = row_of(locked(world, claims))
    assert (row.sums[R.WAITING].count, row.waiting) == (1, Decimal("210000.00"))
    assert row.faults == []


def test_an_entry_that_does_not_belong_is_seen(world, batch):
    line = batch.lines.first()
    LedgerEntry.objects.create(
        enterprise=line.claim.enterprise,
        year=2025,
        claim=line.claim,
        kind=LedgerKind.PAYMENT,
        amount_cny=Decimal("0.01"),
        at=LATER,
        topic=f"batch:{batch.number}",
    )
    assert row_of(batch).faults == ["已拨付和退汇 = 总额账拨付金额：0.00 元与 0.01 元，相差 0.01 元。"]


@pytest.mark.parametrize(("today", "late"), [(date(2026, 3, 9), False), (date(2026, 3, 10), True)])
def test_more_than_five_working_days_without_a_result_stand_out(batch, today, late):
    """Locked on Monday the 2nd: the fifth working day after it is Monday the 9th."""
    assert row_of(batch, today).is_late is late


def test_nothing_is_late_where_everything_has_a_result(world, batch):
    for payment in batch.payments.all():
        world.report(payment_id=payment.pk, result="paid")
    assert row_of(batch, date(2026, 6, 1)).is_late is False


def test_a_year_adds_its_batches_up(world, batch):
    reported(world, batch)
    locked(world, payable_claims(world, 1))
    assert reconciliation_years(PayoutBatch.objects.all()) == [("province", 2026)]
    found = reconciliation_year(PayoutBatch.objects.all(), "province", 2026)
    assert len(found.rows) == 2
    assert found.total_cny == Decimal("350000.00")
    names = ("paid", "failed", "returned", "waiting")
    assert sum(found.total(name) for name in names) == found.total_cny
    assert reconciliation_year(PayoutBatch.objects.all(), "province", 2025).rows == []


def test_the_sheet_of_a_batch_holds_what_the_page_shows(world, batch):
    row = row_of(reported(world, batch))
    data = batch_reconciliation_file(row, payments_told(batch), at=LATER)
    sheet = load_workbook(io.BytesIO(data))["银行对账表"]
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = next(n for n, line in enumerate(cells) if line[0] == "支付序号")
    rows = cells[head + 1 : head + 5]
    assert [line[5] for line in rows] == ["成功", "失败", "退汇", "没有结果"]
    assert [line[3] for line in rows] == [
        payment.payee_account for payment in batch.payments.order_by("position")
    ]
    assert sum(Decimal(str(line[4])) for line in rows) == batch.total_cny
    assert not any(cell.data_type == "f" for line in sheet.iter_rows() for cell in line)


def test_the_sheet_of_a_year_has_a_line_for_each_batch(world, batch):
    reported(world, batch)
    found = reconciliation_year(PayoutBatch.objects.all(), "province", 2026)
    sheet = load_workbook(io.BytesIO(year_reconciliation_file(found, at=LATER)))["对账汇总"]
    values = [cell.value for line in sheet.iter_rows() for cell in line]
    assert batch.number in values
    assert 280000 in values


def test_reconciling_costs_the_same_for_one_batch_and_for_many(world, batch, django_assert_num_queries):
    for _ in range(3):
        locked(world, payable_claims(world, 1))
    batches = list(PayoutBatch.objects.defer("file"))
    for some in (batches[:1], batches):
        with django_assert_num_queries(4):
            reconciliation_batches(some)
