"""Nothing is paid twice, and nothing is lost, when people do things at the same moment."""

from decimal import Decimal
from functools import partial

import pytest

from applications.errors import Refused
from applications.ledger import balances
from applications.models import Claim, LedgerEntry, LedgerKind, State
from review.bank.importing import result_import
from review.bank.reconcile import reconciliation_batches
from review.models import BankResult, PaymentLine, PayoutBatch
from review.payouts import batch_withdraw
from tests.review.bank.conftest import LATER
from tests.review.bank.sheets import row_of, sheet_file
from tests.review.batch_world import locked, payable_claims
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def sheet_of(batch, folder, result, name):
    payments = batch.payments.select_related("batch").order_by("position")
    return sheet_file(folder, [row_of(payment, result) for payment in payments], name)


def importing(batch, path, actor):
    return partial(result_import, batch_id=batch.pk, path=path, name=path.name, actor=actor, at=LATER)


def check_money(batch):
    """Every claim was paid at most once, and batch, lines and ledger agree."""
    for claim in Claim.objects.all():
        kept = balances(claim.pk)
        assert (kept["committed_cny"], kept["paid_cny"]) == (claim.committed_cny, claim.paid_cny)
        assert claim.committed_cny + claim.paid_cny <= claim.locked_cny
        paid = LedgerEntry.objects.filter(claim=claim, kind=LedgerKind.PAYMENT)
        assert paid.count() <= 1
    batch = PayoutBatch.objects.get(pk=batch.pk)
    if batch.standing != "withdrawn":
        [row] = reconciliation_batches([batch])
        assert row.faults == []


def refusals(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Refused)]


def test_two_imports_of_one_file_at_once_one_wins_and_the_other_is_told(world, batch, tmp_path):
    path = sheet_of(batch, tmp_path, "成功", "回执.csv")
    outcomes = together(importing(batch, path, world.maker), importing(batch, path, world.checker))
    [refused] = refusals(outcomes)
    assert "内容完全相同" in refused.message
    assert BankResult.objects.count() == 1
    assert PaymentLine.objects.filter(result="paid").count() == 4
    check_money(batch)


def test_two_imports_that_contradict_each_other_at_once_one_wins_whole(world, batch, tmp_path):
    outcomes = together(
        importing(batch, sheet_of(batch, tmp_path, "成功", "一.csv"), world.maker),
        importing(batch, sheet_of(batch, tmp_path, "失败", "二.csv"), world.checker),
    )
    [refused] = refusals(outcomes)
    assert "处不对" in refused.message
    assert set(batch.lines.values_list("result", flat=True)) in ({"paid"}, {"failed"})
    check_money(batch)


def test_an_import_and_a_result_by_hand_at_once_give_one_result(world, batch, tmp_path):
    payment = batch.payments.get(position=1)
    by_hand = partial(world.report, payment_id=payment.pk, result="failed", note="账号不符")
    outcomes = together(importing(batch, sheet_of(batch, tmp_path, "成功", "一.csv"), world.maker), by_hand)
    assert len(refusals(outcomes)) == 1
    check_money(batch)


def test_an_import_and_a_withdrawal_at_once_one_wins(world, batch, tmp_path):
    outcomes = together(
        importing(batch, sheet_of(batch, tmp_path, "成功", "一.csv"), world.maker),
        partial(batch_withdraw, batch_id=batch.pk, actor=world.maker, reason="示例", at=LATER),
    )
    assert len(refusals(outcomes)) == 1
    batch.refresh_from_db()
    states = set(Claim.objects.values_list("state", flat=True))
    assert (batch.standing, states) in (("settled", {State.PAID}), ("withdrawn", {State.PAYABLE}))
    check_money(batch)


def test_two_returns_of_one_payment_at_once_take_the_money_back_once(world, batch):
    payment = batch.payments.get(position=1)
    world.report(payment_id=payment.pk, result="paid")
    back = partial(world.report, payment_id=payment.pk, result="returned", note="销户")
    assert len(refusals(together(back, back))) == 1
    line = payment.lines.get()
    returned = LedgerEntry.objects.filter(claim=line.claim_id, kind=LedgerKind.PAYMENT_RETURNED)
    assert [entry.amount_cny for entry in returned] == [Decimal("-70000.00")]
    check_money(batch)


def test_one_reference_in_two_batches_at_once_stands_at_one_payment(world, batch, tmp_path):
    other = locked(world, payable_claims(world, 1))
    paths = []
    for each, name in ((batch, "一.csv"), (other, "二.csv")):
        payment = each.payments.select_related("batch").get(position=1)
        paths.append(sheet_file(tmp_path, [row_of(payment, reference="SAME")], name))
    outcomes = together(importing(batch, paths[0], world.maker), importing(other, paths[1], world.checker))
    assert len(refusals(outcomes)) == 1
    assert PaymentLine.objects.filter(bank_reference="SAME").count() == 1
