"""Importing a result sheet: all of it or nothing, the same again changes nothing, and money follows every result."""

import hashlib
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from openpyxl import Workbook, load_workbook

from applications.errors import NotAllowed, Refused, Stale
from applications.imports.problems import FileRefused
from applications.imports.template import template_write
from applications.ledger import balances
from applications.models import BankAccount, Claim, Event, LedgerEntry, Message, State
from review.bank.columns import SHEET, R
from review.bank.importing import SheetRefused, result_import, result_preview
from review.bank.payments import payments_known
from review.models import BankResult, PaymentLine
from tests.factories import NOW
from tests.review.bank.conftest import LATER
from tests.review.bank.sheets import HEADINGS, csv_bytes, row_of, sheet_file
from tests.review.batch_world import INSURER, locked, members_of, payable_claims

pytestmark = pytest.mark.django_db


def rows(batch, *results):
    """One row for each of the first payments."""
    payments = batch.payments.select_related("batch").order_by("position")
    return [row_of(payment, result) for payment, result in zip(payments, results, strict=False)]


def results(batch):
    return list(batch.lines.order_by("payment__position").values_list("result", flat=True))


def test_a_sheet_moves_the_money_of_every_payment_and_is_kept_as_it_came(batch, imports):
    stored = imports(batch, rows(batch, "成功", "失败", "成功"))
    batch.refresh_from_db()
    assert results(batch) == [R.PAID, R.FAILED, R.PAID, R.WAITING]
    assert (stored.paid_count, stored.paid_cny) == (2, Decimal("140000.00"))
    assert (stored.failed_count, stored.failed_cny) == (1, Decimal("70000.00"))
    assert (stored.returned_count, stored.returned_cny) == (0, Decimal("0.00"))
    assert bytes(stored.file) == csv_bytes(rows(batch, "成功", "失败", "成功"))
    assert stored.file_sha256 == hashlib.sha256(bytes(stored.file)).hexdigest()
    paid, failed, _, waiting = Claim.objects.order_by("payment_lines__payment__position")
    assert (paid.state, paid.paid_cny, paid.committed_cny) == (State.PAID, Decimal("70000.00"), 0)
    assert (failed.state, failed.payout_failed, failed.committed_cny) == (State.PAYABLE, True, 0)
    assert (waiting.state, waiting.committed_cny) == (State.COMMITTED, Decimal("70000.00"))
    assert balances(paid.pk)["paid_cny"] == Decimal("70000.00")
    assert batch.standing == "locked", "one payment is without a result"


def test_the_batch_is_settled_when_the_last_result_has_come(batch, imports):
    imports(batch, rows(batch, "成功", "失败"), name="一.csv")
    last = batch.payments.order_by("position")[2:]
    imports(batch, [row_of(payment) for payment in last], name="二.csv")
    batch.refresh_from_db()
    assert (batch.standing, batch.settled_at) == ("settled", LATER)


def test_what_was_paid_may_come_back_days_later_from_a_settled_batch(batch, imports):
    imports(batch, rows(batch, "成功", "成功", "成功", "成功"))
    stored = imports(batch, [rows(batch, "退汇")[0]], name="退汇.csv")
    assert (stored.returned_count, stored.returned_cny) == (1, Decimal("70000.00"))
    line = batch.lines.order_by("pk").first()
    assert (line.result, line.bank_reference) == (R.RETURNED, f"SLYH{line.payment_id:08d}")
    claim = line.claim
    assert (claim.state, claim.paid_cny, claim.payout_failed) == (State.PAYABLE, 0, True)
    kinds = LedgerEntry.objects.filter(claim=claim).order_by("pk").values_list("kind", "amount_cny")
    assert list(kinds)[-1] == ("payment_returned", Decimal("-70000.00"))
    batch.refresh_from_db()
    assert batch.standing == "settled"


def test_one_wrong_line_and_nothing_at_all_is_imported(batch, imports):
    wrong = rows(batch, "成功", "成功", "失败")
    wrong[1] = row_of(batch.payments.get(position=2), amount_cny="70000.01")
    with pytest.raises(SheetRefused) as refused:
        imports(batch, wrong)
    [fault] = refused.value.comparison.faults
    assert (fault.row, fault.column) == (3, "金额")
    assert "拨付表上是 70,000.00 元" in fault.message
    assert results(batch) == [R.WAITING] * 4
    assert not BankResult.objects.exists()
    imports(batch, rows(batch, "成功", "成功", "失败"))
    assert results(batch)[:3] == [R.PAID, R.PAID, R.FAILED]


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"result": "已付"}, "只能填成功、失败、退汇"),
        ({"payee_account": "1.23E+17"}, "与拨付表不一致"),
        ({"amount_cny": "七万"}, "不是数字"),
        ({"amount_cny": "70000.001"}, "小数超过两位"),
        ({"day": "2026-02-30"}, "没有这一天"),
        ({"position": "一"}, "不是支付序号"),
        ({"batch": ""}, "没有填写"),
        ({"payee_name": ""}, "没有填写"),
    ],
)
def test_what_cannot_be_read_is_said_with_the_other_lines_intact(batch, imports, cells, message):
    payments = list(batch.payments.select_related("batch").order_by("position"))
    with pytest.raises(SheetRefused) as refused:
        imports(batch, [row_of(payments[0]), row_of(payments[1], **cells)])
    found = refused.value.comparison
    assert [message in fault.message for fault in found.faults] == [True]
    assert [line.position for line in found.new] == [1], "the other line is fine"


@pytest.mark.parametrize("form", ["'{}", "`{}", '="{}"', "’{}", '"{}"', " \t{}\t", "“{}”"])
def test_what_a_bank_puts_around_digits_to_keep_them_is_no_part_of_them(batch, imports, form):
    payment = batch.payments.select_related("batch").get(position=1)
    typed = {
        "batch": form.format(batch.number),
        "position": form.format(1),
        "payee_account": form.format(payment.payee_account),
        "reference": form.format("SLYH1"),
    }
    imports(batch, [row_of(payment, **typed)])
    line = PaymentLine.objects.get(payment=payment)
    assert (line.result, line.bank_reference) == (R.PAID, "SLYH1")


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("交易成功", R.PAID),
        ("已支付成功", R.PAID),
        (" 成 功", R.PAID),
        ("付款失败", R.FAILED),
        ("处理失败", R.FAILED),
    ],
)
def test_the_words_of_banks_are_understood(batch, imports, word, result):
    payment = batch.payments.select_related("batch").get(position=1)
    imports(batch, [row_of(payment, word)])
    assert PaymentLine.objects.get(payment=payment).result == result
    imports(batch, [row_of(batch.payments.get(position=2))])
    imports(batch, [row_of(batch.payments.get(position=2), "已退票")], name="二.csv")
    assert results(batch)[1] == R.RETURNED


@pytest.mark.parametrize("word", ["交易", "已支付", "不成功", "成功失败", "未成功", "成功？"])
def test_words_that_leave_a_doubt_are_refused(batch, imports, word):
    payment = batch.payments.select_related("batch").get(position=1)
    with pytest.raises(SheetRefused) as refused:
        imports(batch, [row_of(payment, word)])
    [fault] = refused.value.comparison.faults
    assert "只能填成功、失败、退汇" in fault.message


def test_a_payee_whose_name_begins_like_a_note_is_no_note(world, tmp_path):
    claims = payable_claims(world, 2)
    BankAccount.objects.filter(enterprise=claims[0].enterprise).update(holder="注塑机械示例公司")
    batch = locked(world, claims)
    order = [2, 0, 1, *range(3, len(HEADINGS))]
    made = [[row[place] for place in order] for row in rows(batch, "成功", "成功")]
    signed = ["制表：示例人员", "", "", "复核：示例人员", "", "负责人：", "", "", ""]
    path = tmp_path / "户名在前.csv"
    path.write_bytes(csv_bytes([*made, signed], headings=[HEADINGS[place] for place in order]))
    result_import(batch_id=batch.pk, path=path, name=path.name, actor=world.maker, at=LATER)
    assert results(batch) == [R.PAID, R.PAID]


def test_the_same_file_twice_changes_nothing_and_says_so(batch, imports):
    imports(batch, rows(batch, "成功"))
    before = LedgerEntry.objects.count(), Event.objects.count()
    with pytest.raises(Stale, match=r"示例财政员甲在 2026-03-11 .* 导入，内容完全相同，没有改变任何结果"):
        imports(batch, rows(batch, "成功"), actor=batch.checker)
    assert (LedgerEntry.objects.count(), Event.objects.count()) == before


def test_a_longer_sheet_that_repeats_what_is_known_adds_only_what_is_new(batch, imports):
    imports(batch, rows(batch, "成功"), name="一.csv")
    stored = imports(batch, rows(batch, "成功", "失败"), name="二.csv")
    assert (stored.paid_count, stored.failed_count) == (0, 1)
    with pytest.raises(Refused, match="没有新的结果"):
        imports(batch, [*rows(batch, "成功"), row_of(batch.payments.get(position=3), "")], name="三.csv")


def test_another_result_than_the_one_that_is_known_is_an_error(batch, imports):
    imports(batch, rows(batch, "成功"), name="一.csv")
    with pytest.raises(SheetRefused) as refused:
        imports(batch, rows(batch, "失败", "成功"), name="二.csv")
    assert "已记录为成功（2026-03-03），这里是失败" in refused.value.comparison.faults[0].message
    assert results(batch)[1] == R.WAITING


def test_a_reference_of_a_former_batch_is_refused(world, batch, imports):
    imports(batch, rows(batch, "成功"))
    other = locked(world, payable_claims(world, 1))
    payment = other.payments.select_related("batch").get()
    used = batch.lines.order_by("pk").first().bank_reference
    with pytest.raises(SheetRefused) as refused:
        imports(other, [row_of(payment, reference=used)], name="另一批.csv")
    assert f"已用于批次 {batch.number} 支付序号 1" in refused.value.comparison.faults[0].message


def test_all_claims_of_one_payment_share_its_result(world, imports):
    claims = payable_claims(world, 3, each=lambda n: {"item": "7.1", "particulars": INSURER})
    batch = locked(world, claims)
    payment = batch.payments.select_related("batch").get()
    assert payment.amount_cny == Decimal("210000.00")
    stored = imports(batch, [row_of(payment, "失败")])
    assert (stored.failed_count, stored.failed_cny) == (1, Decimal("210000.00"))
    assert results(batch) == [R.FAILED] * 3
    assert {claim.state for claim in Claim.objects.all()} == {State.PAYABLE}


def test_only_finance_of_the_payer_imports_and_only_into_what_is_locked(world, batch, imports):
    with pytest.raises(NotAllowed, match="省财政厅"):
        imports(batch, rows(batch, "成功"), actor=world.cityfin)
    type(batch).objects.filter(pk=batch.pk).update(standing="withdrawn")
    with pytest.raises(Stale, match="已撤销"):
        imports(batch, rows(batch, "成功"))


def test_what_was_looked_at_is_what_is_imported(batch, imports, tmp_path):
    path = sheet_file(tmp_path, rows(batch, "成功", "成功"), "核对.csv")
    preview = result_preview(batch=batch, path=path, at=LATER)
    assert {word: (sum.count, sum.amount_cny) for word, sum in preview.sums.items()} == {
        R.PAID: (2, Decimal("140000.00")),
        R.FAILED: (0, Decimal("0.00")),
        R.RETURNED: (0, Decimal("0.00")),
    }
    assert (preview.left.count, preview.left.amount_cny) == (2, Decimal("140000.00"))
    assert (preview.count, preview.total_cny) == (4, Decimal("280000.00"))
    imports(batch, rows(batch, "成功"), name="同事.csv")
    with pytest.raises(Stale, match="核对之后批次的结果有了变化"):
        result_import(
            batch_id=batch.pk, path=path, name="核对.csv", mark=preview.mark, actor=batch.maker, at=LATER
        )
    assert results(batch) == [R.PAID, R.WAITING, R.WAITING, R.WAITING]


def test_the_template_comes_with_every_payment_and_can_be_handed_in_as_it_is_filled_in(
    batch, imports, tmp_path
):
    file = io.BytesIO()
    known = payments_known(batch).values()
    template_write(
        SHEET,
        file,
        [[batch.number, p.position, p.payee_name, p.payee_account, p.amount_cny, *[None] * 4] for p in known],
    )
    book = load_workbook(file)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert [cell.data_type for cell in sheet[2]][:5] == ["s", "n", "s", "s", "n"]
    assert sheet["D2"].number_format == "@"
    assert sheet["E2"].value == 70000
    assert sheet.max_row == 5
    for row, result in ((2, "成功"), (3, "失败")):
        sheet[f"F{row}"], sheet[f"I{row}"] = result, NOW.date() + timedelta(days=1)
    sheet["G3"] = "账号不符"
    path = tmp_path / "填好.xlsx"
    book.save(path)
    stored = result_import(batch_id=batch.pk, path=path, name="填好.xlsx", actor=batch.maker, at=LATER)
    assert (stored.paid_count, stored.failed_count) == (1, 1)
    assert results(batch) == [R.PAID, R.FAILED, R.WAITING, R.WAITING]


@pytest.mark.parametrize("name", ["公式.xlsx", "空.csv"])
def test_what_is_no_sheet_is_refused_as_a_whole(batch, tmp_path, name):
    path = tmp_path / name
    if name.endswith("csv"):
        path.write_bytes(csv_bytes([]))
    else:
        book = Workbook()
        book.active.append(["甲", "乙"])
        book.save(path)
    with pytest.raises(FileRefused):
        result_preview(batch=batch, path=path)


def test_the_firm_reads_what_happened_and_what_to_do(batch, imports):
    members_of(Claim.objects.select_related("enterprise"))
    imports(batch, rows(batch, "成功", "失败"))
    texts = dict(Message.objects.values_list("kind", "text"))
    tail = batch.lines.order_by("pk")[1].payee_account[-4:]
    assert f"收款账户尾号 {tail}）：户名与账号不符。" in texts["claim.payment_failed"]
    assert "转入尾号" in texts["claim.paid"]


def test_importing_costs_no_more_queries_for_many_payments(world, imports, django_assert_max_num_queries):
    for count in (2, 30):
        batch = locked(world, payable_claims(world, count))
        members_of(Claim.objects.filter(payment_lines__batch=batch).select_related("enterprise"))
        made = rows(batch, *["成功"] * count)
        with django_assert_max_num_queries(75):
            imports(batch, made, name=f"{count}.csv")
    assert PaymentLine.objects.filter(result=R.PAID).count() == 32
