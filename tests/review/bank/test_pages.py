"""The pages about what the bank did: upload with errors, preview and confirmation, one payment, accounts, reconciliation."""

import io
from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.roles import Role
from applications.imports.files import file_path
from applications.models import Claim, Event, PayeeAccount
from review.bank.accounts import accounts_waiting
from review.models import AccountConfirmation, BankResult, PaymentLine
from tests.factories import make_user
from tests.review.bank.sheets import csv_bytes, row_of
from tests.review.batch_world import INSURER, locked, members_of, payable_claims
from tests.support.files import PDF

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def finance(world):
    return signed_in(world.maker)


@pytest.fixture
def auditor(world):
    return signed_in(make_user("auditor", role=Role.AUDITOR))


def results_of(batch):
    return reverse("review:batch_results", args=[batch.number])


def upload(client, batch, rows, name="回执.csv"):
    file = SimpleUploadedFile(name, csv_bytes(rows))
    return client.post(results_of(batch), {"file": file})


def rows(batch, *results):
    payments = batch.payments.select_related("batch").order_by("position")
    return [row_of(payment, result) for payment, result in zip(payments, results, strict=False)]


def confirm(client, answer, batch):
    address = reverse("review:batch_results_confirm", args=[batch.number])
    return client.post(address, {"token": answer.context["token"]}, follow=True)


def test_a_sheet_with_errors_says_each_one_by_line_and_column_and_changes_nothing(finance, batch):
    wrong = rows(batch, "成功", "失败", "成功")
    wrong[1][6], wrong[2][4] = "", "7"
    answer = upload(finance, batch, wrong)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "有 2 处不对" in text
    assert "2 行要改，另外 1 行没有问题" in text
    assert "第3行“原因”没有填写" in text
    assert "第4行“金额”与拨付表不一致：7.00 元，拨付表上是 70,000.00 元。" in text
    assert not BankResult.objects.exists()


def marked_of(client, batch, answer):
    """The sheet of an answer with faults, marked, as it is downloaded."""
    address = reverse("review:batch_results_marked", args=[batch.number])
    found = client.post(address, {"token": answer.context["token"]})
    return found, b"".join(found.streaming_content)


def test_a_sheet_with_errors_comes_back_whole_with_every_bad_cell_marked_and_can_be_mended_in_place(
    finance, batch
):
    wrong = rows(batch, "成功", "失败", "成功", "成功")
    wrong[1][6], wrong[2][4], wrong[2][8] = "", "7", "31.02."
    wrong[3][2] = "=1+1"
    found, data = marked_of(finance, batch, upload(finance, batch, wrong, name="回执 三月.csv"))
    assert "filename*=utf-8''" in found["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(data)).active
    table = [list(row) for row in sheet.iter_rows()]
    assert [cell.value for cell in table[0]][:3] == ["原行号", "问题", "批次号"]
    assert len(table) == 5, "rows without faults are there too, because the sheet is imported as a whole"
    bad = {cell.coordinate for row in table[1:] for cell in row if cell.fill.fgColor.rgb == "00F7C9C1"}
    assert bad == {"I3", "G4", "K4", "E5"}
    assert "没有填写" in sheet["B3"].value
    assert "70,000.00 元" in sheet["B4"].value
    assert sheet["B2"].value in (None, "")
    assert {cell.data_type for row in table for cell in row} <= {"s", "n"}, "nothing typed is a formula"
    event = Event.objects.get(kind="batch.result_marked")
    assert event.data == {"file": "回执 三月.csv", "faults": 4}
    sheet["I3"], sheet["G4"], sheet["K4"] = "账号不符", "70000", "2026-03-03"
    sheet["E5"] = batch.payments.get(position=4).payee_name
    mended = io.BytesIO()
    sheet.parent.save(mended)
    file = SimpleUploadedFile("改正.xlsx", mended.getvalue())
    answer = finance.post(results_of(batch), {"file": file})
    assert answer.status_code == 200, answer.context["faults"]
    assert "确认导入 4 笔结果" in answer.content.decode()


def test_the_marked_sheet_is_that_of_its_batch_alone_and_only_for_who_may_import(
    world, finance, auditor, batch
):
    wrong = rows(batch, "成功")
    wrong[0][4] = "7"
    token = upload(finance, batch, wrong).context["token"]
    other = locked(world, payable_claims(world, 1))
    address = reverse("review:batch_results_marked", args=[other.number])
    again = finance.post(address, {"token": token}, follow=True)
    assert "请重新上传后再下载" in again.content.decode()
    own = reverse("review:batch_results_marked", args=[batch.number])
    assert auditor.post(own, {"token": token}).status_code in (403, 404)
    importing = reverse("review:batch_results_confirm", args=[batch.number])
    assert "请重新上传" in finance.post(importing, {"token": token}, follow=True).content.decode()
    for path in file_path("x").parent.glob("bank-*"):
        path.unlink()
    gone = finance.post(own, {"token": token}, follow=True)
    assert "请重新上传后再下载" in gone.content.decode()


def test_what_came_back_has_a_reference_of_its_own_on_every_page_and_is_found_by_it(world, finance, batch):
    payment = batch.payments.get(position=1)
    world.report(payment_id=payment.pk, result="paid", reference="SL-1")
    page = reverse("review:batch_payment", args=[batch.number, 1])
    form = finance.get(page).content.decode()
    assert "退汇流水号" in form
    today = f"{timezone.localdate():%Y-%m-%d}"
    fields = {"result": "returned", "note": "账户已销户", "reference": "TH-9", "on": today}
    done = finance.post(page, fields, follow=True).content.decode()
    assert '<dt>付款流水号</dt><dd class="code">SL-1</dd>' in done
    assert '<dt>退汇流水号</dt><dd class="code">TH-9</dd>' in done
    line = PaymentLine.objects.get(payment=payment)
    assert (line.bank_reference, line.result_note) == ("SL-1", "账户已销户")
    claim_event = Event.objects.get(kind="claim.payment_returned")
    assert claim_event.data["reference"] == "TH-9"
    table = finance.get(reverse("review:batch_reconciliation", args=[batch.number])).content.decode()
    assert "TH-9" in table
    for words in ("TH-9", "SL-1"):
        [found] = finance.get(reverse("review:batches"), {"q": words}).context["page"].object_list
        assert found.number == batch.number
    assert not finance.get(reverse("review:batches"), {"q": "TH-8"}).context["page"].object_list
    template = finance.get(reverse("review:batch_template", args=[batch.number]))
    sheet = load_workbook(io.BytesIO(b"".join(template.streaming_content))).worksheets[0]
    assert [sheet["F2"].value, sheet["H2"].value] == ["退汇", "TH-9"]
    other = reverse("review:batch_payment", args=[batch.number, 2])
    twice = finance.post(other, {"result": "paid", "note": "", "reference": "TH-9", "on": today})
    assert twice.status_code == 422
    assert f"流水号 TH-9 已用于批次 {batch.number} 支付序号 1" in twice.content.decode()


def test_the_reconciliation_of_a_long_batch_is_read_page_by_page(
    world, finance, django_assert_max_num_queries
):
    batch = locked(world, payable_claims(world, 230))
    address = reverse("review:batch_reconciliation", args=[batch.number])
    with django_assert_max_num_queries(26):
        first = finance.get(address)
    assert [known.position for known, _ in first.context["payments"]] == list(range(1, 101))
    assert "第 1—100 笔，共 230 笔" in first.content.decode()
    last = finance.get(address, {"page": 3, "result": "waiting"})
    assert [known.position for known, _ in last.context["payments"]] == list(range(201, 231))
    assert "result=waiting" in last.content.decode()
    assert finance.get(address, {"page": "甲", "result": "甲"}).status_code == 200


def test_a_mended_sheet_is_shown_beside_the_batch_and_imported_when_confirmed(finance, batch):
    answer = upload(finance, batch, rows(batch, "成功", "失败"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "核对无误" in text
    assert "确认导入 2 笔结果" in text
    assert not PaymentLine.objects.exclude(result="waiting").exists(), "nothing before it is confirmed"
    done = confirm(finance, answer, batch)
    assert "已导入：成功 1 笔 70,000.00 元，失败 1 笔 70,000.00 元。" in done.content.decode()
    again = upload(finance, batch, rows(batch, "成功", "失败"))
    assert "内容完全相同，没有改变任何结果" in again.content.decode()


def test_a_line_left_empty_whose_result_is_known_is_not_said_to_come(world, finance, batch):
    world.report(payment_id=batch.payments.get(position=1).pk, result="paid")
    sheet = rows(batch, "成功", "成功", "成功")
    for row in (sheet[0], sheet[2]):
        row[5:] = [""] * len(row[5:])
    text = upload(finance, batch, sheet).content.decode()
    assert "确认导入 1 笔结果" in text
    assert "1 行还没有填结果，以后再导入。" in text, "the third; the first is known"


def test_what_a_colleague_did_meanwhile_is_shown_instead_of_imported(world, finance, batch):
    answer = upload(finance, batch, rows(batch, "成功", "成功"))
    world.report(payment_id=batch.payments.get(position=1).pk, result="paid")
    done = confirm(finance, answer, batch)
    assert done.status_code == 409
    assert "核对之后批次的结果有了变化" in done.content.decode()
    assert "确认导入 1 笔结果" in done.content.decode()
    assert confirm(finance, done, batch).status_code == 200
    assert PaymentLine.objects.filter(result="paid").count() == 2


def test_a_confirmation_of_nothing_that_was_looked_at_does_nothing(finance, batch):
    address = reverse("review:batch_results_confirm", args=[batch.number])
    done = finance.post(address, {"token": "made-up"}, follow=True)
    assert "请重新上传" in done.content.decode()
    assert not BankResult.objects.exists()


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"a,b\n1,2\n"])
def test_what_is_no_sheet_gets_a_sentence_at_the_field(finance, batch, data):
    answer = finance.post(results_of(batch), {"file": SimpleUploadedFile("回执.csv", data)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_a_sheet_is_handed_out_byte_for_byte_and_who_took_it_is_recorded(finance, auditor, batch):
    confirm(finance, upload(finance, batch, rows(batch, "成功")), batch)
    stored = BankResult.objects.get()
    answer = auditor.get(reverse("review:batch_result_file", args=[batch.number, stored.pk]))
    assert answer.content == csv_bytes(rows(batch, "成功"))
    assert "attachment" in answer["Content-Disposition"]
    assert Event.objects.get(kind="batch.result_taken").data["sha256"] == stored.file_sha256


def test_the_template_holds_the_payments_as_text_and_numbers(finance, batch):
    answer = finance.get(reverse("review:batch_template", args=[batch.number]))
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    accounts = [cell.value for cell in sheet["D"][1:5]]
    assert accounts == list(batch.payments.order_by("position").values_list("payee_account", flat=True))
    assert {cell.data_type for cell in sheet["D"][1:5]} == {"s"}
    assert {cell.value for cell in sheet["E"][1:5]} == {70000}


def test_one_payment_is_recorded_by_hand_and_nothing_typed_is_lost(finance, batch):
    address = reverse("review:batch_payment", args=[batch.number, 1])
    today = f"{timezone.localdate():%Y-%m-%d}"
    answer = finance.post(address, {"result": "failed", "note": "", "reference": "S77", "on": today})
    assert answer.status_code == 422
    assert "请写明失败的原因" in answer.content.decode()
    assert 'value="S77"' in answer.content.decode()
    done = finance.post(
        address, {"result": "failed", "note": "账号不符", "reference": "", "on": today}, follow=True
    )
    assert "第 1 笔支付已记录为失败。" in done.content.decode()
    late = finance.post(address, {"result": "paid", "note": "", "reference": "S78", "on": today})
    assert late.status_code in (409, 422)
    assert PaymentLine.objects.get(payment__position=1).result == "failed"


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("failed", "已记录为成功（{day}），这里是失败。款项后来被退回的，请填退汇。刚才的操作没有执行。"),
        ("paid", "第 1 笔已记录为成功。刚才的操作没有执行。"),
    ],
)
def test_who_records_a_result_after_a_colleague_did_is_told_so(finance, world, batch, result, said):
    address = reverse("review:batch_payment", args=[batch.number, 1])
    world.report(payment_id=batch.payments.get(position=1).pk, result="paid", reference="S1")
    typed = {"result": result, "note": "另一人写的原因", "reference": "S2", "on": "2026-03-05"}
    late = finance.post(address, typed)
    assert late.status_code == 409
    text = late.content.decode()
    assert said.format(day=f"{PaymentLine.objects.get(payment__position=1).result_at:%Y-%m-%d}") in text
    assert "请选择结果" not in text
    assert "另一人写的原因</dd>" in text, "what was typed can be read"
    assert 'value="S2"' not in text, "and does not stand in the form for money that came back"


def test_an_auditor_reads_everything_and_changes_nothing(auditor, batch):
    payment = reverse("review:batch_payment", args=[batch.number, 1])
    for address in (
        results_of(batch),
        payment,
        reverse("review:batch_reconciliation", args=[batch.number]),
        reverse("review:reconciliation"),
        reverse("review:accounts_waiting"),
    ):
        assert auditor.get(address).status_code == 200, address
    assert auditor.post(results_of(batch)).status_code == 404
    assert auditor.post(payment).status_code == 404


def test_an_account_is_confirmed_on_its_page_and_a_late_click_is_told(world, finance, batch):
    payment = batch.payments.get(position=1)
    world.report(payment_id=payment.pk, result="failed", note="账号不符")
    page = finance.get(reverse("review:accounts_waiting"))
    assert payment.payee_account in page.content.decode()
    [row] = page.context["rows"]
    post = partial(finance.post, reverse("review:account_answer", args=[payment.pk, "confirm"]))
    missing = post({"mark": row.mark, "note": ""})
    assert missing.status_code == 409
    assert "账户没有变。请写明核对的情况" in missing.content.decode()
    long = "与" * 301
    refused = post({"mark": row.mark, "note": long})
    assert refused.status_code == 409
    assert "说明不超过 300 个字，现在有 301 个字。" in refused.content.decode()
    assert f'value="{long}"' in refused.content.decode(), "what was typed stays, whole"
    assert not AccountConfirmation.objects.exists()
    done = post({"mark": row.mark, "note": "银行录错"}, follow=True)
    assert "账户已确认" in done.content.decode()
    late = post({"mark": row.mark, "note": "再来一次"})
    assert late.status_code == 409
    assert "已由同事处理" in late.content.decode()
    assert "您刚才写的说明：再来一次" in late.content.decode()


def test_accounts_of_other_payers_are_not_shown(world, batch):
    world.report(payment_id=batch.payments.get(position=1).pk, result="failed", note="账号不符")
    city = signed_in(world.cityfin)
    assert city.get(reverse("review:accounts_waiting")).context["rows"] == []
    assert city.get(results_of(batch)).status_code == 404


def test_the_page_of_a_batch_shows_what_fails_its_reconciliation(finance, batch):
    page = finance.get(reverse("review:batch_reconciliation", args=[batch.number]))
    assert page.content.decode().count("一致，") == 6
    only = finance.get(reverse("review:batch_reconciliation", args=[batch.number]), {"result": "paid"})
    assert only.context["payments"] == []
    file = finance.get(reverse("review:batch_reconciliation_sheet", args=[batch.number]))
    assert b"".join(file.streaming_content)[:2] == b"PK"
    year = finance.get(reverse("review:reconciliation_sheet"))
    assert b"".join(year.streaming_content)[:2] == b"PK"


def test_a_payment_that_waits_too_long_stands_out(finance, batch):
    type(batch).objects.filter(pk=batch.pk).update(locked_at=timezone.now() - timedelta(days=30))
    assert (
        "请向银行查询"
        in finance.get(reverse("review:batch_reconciliation", args=[batch.number])).content.decode()
    )


def test_the_firm_gives_a_corrected_account_of_the_insurer(world, finance):
    claims = payable_claims(world, 1, each=lambda n: {"item": "7.1", "particulars": INSURER})
    members_of(claims)
    payment = locked(world, claims).payments.get()
    world.report(payment_id=payment.pk, result="failed", note="户名与账号不符")
    claim = Claim.objects.get()
    clerk = signed_in(claim.enterprise.memberships.get().user)
    page = clerk.get(reverse("portal:claim", args=[claim.number])).content.decode()
    address = reverse("portal:payee_account", args=[claim.number])
    assert "银行说明的原因：户名与账号不符。" in page
    assert address in page
    assert INSURER["payee_account"] not in clerk.get(address).content.decode()
    fields = {"holder": "示例保险公司", "bank": "示例银行上海分行", "number": "5555 4444 3333 22"}
    missing = clerk.post(address, fields)
    assert missing.status_code == 422
    assert "请选择证明材料" in missing.content.decode()
    assert 'value="5555 4444 3333 22"' in missing.content.decode()
    done = clerk.post(address, {**fields, "file": SimpleUploadedFile("更正函.pdf", PDF)}, follow=True)
    assert "更正的账户已提交" in done.content.decode()
    assert "您提交的更正账户（尾号 3322）等待核对。" in done.content.decode()
    [row] = accounts_waiting(["province"])
    given = PayeeAccount.objects.get()
    words = "没有盖章。" * 61
    refused = finance.post(
        reverse("review:account_answer", args=[payment.pk, "refuse"]), {"mark": row.mark, "note": words}
    ).content.decode()
    assert refused.count(f'value="{words}"') == 1
    assert '<details class="confirm confirm--refuse" open>' in refused, "at the form that it was typed in"
    paper = finance.get(reverse("portal:file", args=[given.file_id]))
    assert paper.getvalue() == PDF
    finance.post(
        reverse("review:account_answer", args=[payment.pk, "confirm"]), {"mark": row.mark, "note": ""}
    )
    page = clerk.get(reverse("portal:claim", args=[claim.number])).content.decode()
    assert "财政部门已核对账户（尾号 3322）。" in page
