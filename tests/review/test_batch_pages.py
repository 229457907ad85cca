"""The pages of batches: choosing, the draft with its checks, the sealed one, 核对, and the list."""

import functools
import io
import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from applications.errors import Refused
from applications.models import BankAccount, Claim, Enterprise, Event
from review.bank.reports import payment_report
from review.models import PaymentLine, PayoutBatch
from review.payouts import batch_lock, batch_withdraw
from tests.factories import NOW
from tests.review.batch_world import (
    INSURER,
    finance_world,
    locked,
    made,
    noticed,
    payable_claims,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """The people of the province's finance, with money for everything."""
    return finance_world()


@pytest.fixture
def maker(world, sign_in):
    """The browser of the officer who makes batches."""
    return sign_in(world.maker)


@pytest.fixture
def checker(world, sign_in):
    """The browser of the officer who locks them."""
    return sign_in(world.checker)


def page(client, name, *args, **data):
    """The text of a page."""
    answer = client.get(reverse(f"review:{name}", args=args), data)
    assert answer.status_code == 200
    return answer.content.decode()


NEW = "/console/batches/new/province/"


# --- Choosing --------------------------------------------------------------------------------------


def test_all_that_can_be_paid_is_ticked_at_first_and_the_batch_says_so(world, maker):
    claims = payable_claims(world, 3)
    shown = maker.get(NEW)
    assert shown.context["chosen"] == {claim.pk for claim in claims}
    assert "已选 3 件，合计 210,000.00 元" in shown.content.decode()
    maker.post(NEW, {"claim": [c.pk for c in claims], "title": "示例批次", "document": "示例〔2026〕1号"})
    batch = PayoutBatch.objects.get()
    assert (batch.document, batch.line_count) == ("示例〔2026〕1号", 3)
    assert batch.scope["words"] == "全部待拨付；全部 3 件"


def test_filters_keep_what_was_ticked_elsewhere(world, maker):
    claims = payable_claims(world, 6)
    of_seven = [claim.pk for claim in claims if claim.item == "7.2"]
    first, *_ = [claim.pk for claim in claims if claim.item == "5.1"]
    shown = maker.post(NEW, {"go": "filter", "measure": ["7"], "shown": "", "kept": str(first), "title": "x"})
    assert {claim.pk for claim, *_ in shown.context["rows"]} == set(of_seven)
    assert shown.context["kept"] == str(first)
    assert "另有 1 件已选的不在当前条件内" in shown.content.decode()
    ticked = {"claim": of_seven[:1], "shown": ",".join(map(str, of_seven)), "kept": shown.context["kept"]}
    maker.post(NEW, {"go": "make", "measure": ["7"], "title": "示例", **ticked})
    batch = PayoutBatch.objects.get()
    assert {line.claim_id for line in batch.lines.all()} == {first, of_seven[0]}
    assert batch.scope["words"] == "措施七；符合条件的 2 件中选取 1 件；另选 1 件"


def test_a_batch_is_chosen_by_year_period_notice_measure_and_city(world, maker):
    claims = payable_claims(world, 6)
    extra = noticed(world, [], number="GS2025-0002")
    extra.lines.create(
        claim=claims[0], enterprise_name="x", credit_code="x", city="2301", item="5.1", amount_cny=1
    )
    for asked, found in (
        ({"year": 2025}, claims),
        ({"period": world.period.pk}, claims),
        ({"notice": extra.pk}, claims[:1]),
        ({"measure": ["5", "4"]}, [c for c in claims if c.item in ("5.1", "4.1")]),
        ({"city": ["2302"]}, [c for c in claims if c.city == "2302"]),
        ({"measure": ["5"], "city": ["2302"]}, []),
    ):
        shown = maker.get(NEW, asked)
        assert {claim.pk for claim, *_ in shown.context["rows"]} == {claim.pk for claim in found}, asked
        assert shown.context["chosen"] == {claim.pk for claim in found}
    words = maker.post(NEW, {"go": "make", "notice": extra.pk, "claim": [claims[0].pk], "title": "x"})
    assert words.status_code == 302
    assert PayoutBatch.objects.get().scope["words"] == "公示 GS2025-0002；全部 1 件"


def test_all_or_none_of_what_fits_is_ticked_at_once(world, maker):
    claims = payable_claims(world, 4)
    none = maker.post(NEW, {"go": "none", "kept": ",".join(str(c.pk) for c in claims), "title": "x"})
    assert none.context["chosen"] == set()
    some = maker.post(NEW, {"go": "all", "city": ["2301"], "kept": "", "title": "x"})
    assert some.context["chosen"] == {c.pk for c in claims if c.city == "2301"}


def test_sums_by_measure_add_up_to_what_is_chosen(world, maker):
    payable_claims(world, 7, amount="70000.01")
    context = maker.get(NEW).context
    assert [each.count for each in context["sums"]] == [2, 3, 2]
    assert sum(each.amount_cny for each in context["sums"]) == context["total"].amount_cny
    assert context["total"].amount_cny == Decimal("490000.07")


def test_what_is_typed_stays_where_the_batch_is_refused(world, maker):
    [claim] = payable_claims(world, 1)
    made(world, [claim])
    answer = maker.post(NEW, {"claim": [claim.pk], "title": "示例名称", "document": "示例文号"})
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "已在批次" in text
    assert 'value="示例名称"' in text
    assert 'value="示例文号"' in text


def test_nonsense_in_the_address_or_the_form_asks_for_nothing(world, maker):
    payable_claims(world, 1)
    assert (
        maker.get(NEW, {"year": "x", "period": "999999", "measure": ["99"], "city": ["x"]}).status_code == 200
    )
    junk = {"go": "page-x", "kept": "x,,1,99999999999999999999", "shown": "-1", "claim": ["x"], "title": ""}
    assert maker.post(NEW, junk).status_code == 200
    assert maker.post(NEW, {"go": "make", "title": "x"}).status_code == 409
    assert not PayoutBatch.objects.exists()


def test_thousands_can_be_chosen_page_by_page_at_a_steady_price(world, maker):
    payable_claims(world, 20)
    counts = []
    for more in (0, 280):
        payable_claims(world, more)
        with CaptureQueriesContext(connection) as asked:
            shown = maker.get(NEW)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(shown.context["rows"]) == 100
    assert len(shown.context["chosen"]) == 300
    kept = {"kept": shown.context["kept"], "shown": shown.context["shown"], "title": "x"}
    ticks = [claim.pk for claim, *_ in shown.context["rows"]]
    second = maker.post(NEW, {"go": "page-2", "claim": ticks[1:], **kept})
    assert second.context["page"].number == 2
    assert len(second.context["chosen"]) == 299
    assert ticks[0] not in second.context["chosen"]


# --- The draft -------------------------------------------------------------------------------------


def test_a_line_with_a_problem_says_so_at_its_row(world, maker):
    claims = payable_claims(world, 3)
    batch = made(world, claims)
    BankAccount.objects.filter(enterprise=claims[1].enterprise_id).update(bank="")
    answer = maker.get(reverse("review:batch", args=[batch.number]))
    rows = {line.claim_id: line for line in answer.context["page"].object_list}
    assert rows[claims[1].pk].problems == ["收款账户缺少户名或开户行。请移出，或请企业补充后再锁定。"]
    assert rows[claims[0].pk].problems == []
    assert answer.context["shown"].left_cny == Decimal("140000.00")
    text = answer.content.decode()
    assert text.count('class="is-wrong"') == 1
    assert "未通过 1 / 3 笔" in text
    assert "1 项检查未通过，暂时不能锁定" in text
    only = maker.get(reverse("review:batch", args=[batch.number]), {"show": "problems"})
    assert [line.claim_id for line in only.context["page"].object_list] == [claims[1].pk]


def test_controls_add_up_to_the_batch_before_and_after_it_is_sealed(world, maker):
    batch = made(world, payable_claims(world, 7))
    for _ in range(2):
        controls = maker.get(reverse("review:batch", args=[batch.number])).context["controls"]
        for _, rows in controls:
            assert sum(count for _, count, _ in rows) == 7
            assert sum(amount for _, _, amount in rows) == batch.total_cny
        batch.refresh_from_db()
        if batch.standing == "draft":
            before = controls
            batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    assert controls == before


def test_a_draft_gets_further_claims_another_name_and_loses_lines(world, maker):
    claims = payable_claims(world, 3)
    batch = made(world, claims[:1])
    add = reverse("review:batch_add", args=[batch.number])
    shown = maker.get(add)
    assert shown.context["chosen"] == set()
    assert {claim.pk for claim, *_ in shown.context["rows"]} == {c.pk for c in claims[1:]}
    assert maker.post(add, {"go": "make", "claim": [claims[1].pk]}).status_code == 302
    assert maker.post(add, {"go": "make", "claim": [claims[0].pk]}).status_code == 409
    act = reverse("review:batch_act", args=[batch.number, "rename"])
    maker.post(act, {"title": "示例新名称", "document": "示例〔2026〕9号"})
    assert maker.post(act, {"title": " "}).status_code == 422
    batch.refresh_from_db()
    assert (batch.title, batch.document, batch.line_count) == ("示例新名称", "示例〔2026〕9号", 2)
    text = page(maker, "batch", batch.number)
    assert "示例新名称，文号 示例〔2026〕9号" in text
    drop = reverse("review:batch_act", args=[batch.number, "drop"])
    maker.post(drop, {"line": batch.lines.first().pk})
    assert "编制中移出的申报（1）" in page(maker, "batch", batch.number)


@pytest.mark.parametrize("change", ["added", "dropped", "renamed", "account"])
def test_a_batch_that_has_changed_since_it_was_looked_at_is_not_locked(world, maker, checker, change):
    claims = payable_claims(world, 3)
    batch = made(world, claims[:2])
    lock = reverse("review:batch_act", args=[batch.number, "lock"])
    seen = seen_on(page(checker, "batch", batch.number))
    if change == "added":
        maker.post(reverse("review:batch_add", args=[batch.number]), {"go": "make", "claim": [claims[2].pk]})
    elif change == "dropped":
        drop = reverse("review:batch_act", args=[batch.number, "drop"])
        maker.post(drop, {"line": batch.lines.first().pk})
    elif change == "renamed":
        rename = reverse("review:batch_act", args=[batch.number, "rename"])
        maker.post(rename, {"title": "示例新名称", "document": ""})
    else:
        BankAccount.objects.filter(enterprise=claims[0].enterprise_id).update(number="6200777788889999")
    late = checker.post(lock, {"seen": seen})
    assert late.status_code == 409
    assert "批次的内容有变化，没有锁定" in late.content.decode()
    batch.refresh_from_db()
    assert batch.standing == "draft"
    assert checker.post(lock, {"seen": seen_on(late.content.decode())}).status_code == 302


def seen_on(text):
    return re.search(r'name="seen" value="([0-9a-f]{16})"', text)[1]


def test_who_has_added_to_a_batch_reads_who_may_lock_it(world, maker, checker):
    claims = payable_claims(world, 2)
    batch = made(world, claims[:1])
    checker.post(reverse("review:batch_add", args=[batch.number]), {"go": "make", "claim": [claims[1].pk]})
    text = page(checker, "batch", batch.number)
    assert "要由您和编制人以外的财政人员锁定" in text
    assert "核对无误，锁定批次" not in text


def test_who_withdraws_a_draft_does_not_withdraw_what_was_locked_meanwhile(world, maker):
    batch = made(world, payable_claims(world, 1))
    shown = page(maker, "batch", batch.number)
    assert 'name="token" value="draft"' in shown
    withdraw = reverse("review:batch_act", args=[batch.number, "withdraw"])
    batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    late = maker.post(withdraw, {"token": "draft", "reason": "示例原因"})
    assert late.status_code == 409
    assert "已经变为“已锁定”，没有撤销" in late.content.decode()
    assert 'value="示例原因"' in late.content.decode(), "nothing that was typed is lost"
    batch.refresh_from_db()
    assert batch.standing == "locked"
    assert maker.post(withdraw, {"token": "locked", "reason": "示例原因"}).status_code == 302
    again = maker.post(withdraw, {"token": "locked", "reason": "示例原因"})
    assert "这个批次现在是“已撤销”，刚才的操作没有执行" in again.content.decode()


def test_the_sealed_sheet_of_a_withdrawn_batch_says_that_it_is_void(world, maker):
    batch = locked(world, payable_claims(world, 1))
    void = "批次已撤销，这份拨付表作废，不能再用于拨付。"
    assert void not in page(maker, "batch", batch.number)
    sheet = reverse("review:batch_file", args=[batch.number])
    before = maker.get(sheet)
    assert "%E5%B7%B2%E6%92%A4%E9%94%80" not in before["Content-Disposition"], "已撤销"
    batch_withdraw(batch_id=batch.pk, actor=world.maker, reason="示例原因", at=NOW)
    text = page(maker, "batch", batch.number)
    assert "下载已作废的拨付表" in text
    assert "下载拨付表</a>" not in text
    assert void in text
    check = reverse("review:batch_verify", args=[batch.number])
    assert void in maker.get(check).content.decode()
    answer = maker.get(sheet)
    assert "%E5%B7%B2%E6%92%A4%E9%94%80" in answer["Content-Disposition"]
    assert answer.content == before.content, "the sheet itself stays as it was sealed"


def test_nothing_is_added_to_a_batch_that_is_locked(world, maker):
    claims = payable_claims(world, 2)
    batch = locked(world, claims[:1])
    answer = maker.get(reverse("review:batch_add", args=[batch.number]), follow=True)
    assert "不能再补充申报" in answer.content.decode()


def test_the_page_of_a_batch_costs_the_same_for_any_number_of_lines(world, maker):
    counts = []
    for size in (2, 60):
        batch = made(world, payable_claims(world, size))
        address = reverse("review:batch", args=[batch.number])
        with CaptureQueriesContext(connection) as draft:
            maker.get(address)
        counts.append(len(draft))
    assert counts[0] == counts[1]
    batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    with CaptureQueriesContext(connection) as sealed:
        shown = maker.get(address, {"page": 2})
    assert len(sealed) <= counts[0]
    assert [line.number for line in shown.context["page"].object_list] == list(range(51, 61))


def test_a_preview_is_marked_on_every_sheet_and_nothing_is_stored(world, maker):
    batch = made(world, payable_claims(world, 2))
    answer = maker.get(reverse("review:batch_preview", args=[batch.number]))
    book = load_workbook(io.BytesIO(answer.content))
    for sheet in book:
        assert sheet["A1"].value.startswith("【预览】")
        assert sheet.oddHeader.right.text == "预览"
    batch.refresh_from_db()
    assert (batch.standing, bool(batch.file), batch.payments.count()) == ("draft", False, 0)
    assert Event.objects.filter(kind="batch.previewed").exists()
    PaymentLine.objects.all().update(live=False, result="dropped")
    empty = maker.get(reverse("review:batch_preview", args=[batch.number]), follow=True)
    assert "没有可以预览的内容" in empty.content.decode()


# --- The sealed one --------------------------------------------------------------------------------


def test_the_sealed_file_is_handed_out_as_it_is_and_payments_that_were_joined_say_so(world, checker):
    claims = payable_claims(world, 3, each=lambda n: {"item": "7.1", "particulars": INSURER if n else {}})
    batch = locked(world, claims)
    answer = checker.get(reverse("review:batch_file", args=[batch.number]))
    assert answer.content == bytes(batch.file)
    text = page(checker, "batch", batch.number)
    assert "合并为 2 笔支付" in text
    assert text.count("与其他申报合并，共 2 件") == 2


def test_checking_a_sealed_file_finds_nothing_or_every_cell_that_differs(world, checker):
    claims = payable_claims(world, 3)
    batch = locked(world, claims)
    verify = reverse("review:batch_verify", args=[batch.number])
    assert "还没有核对过" in checker.get(verify).content.decode()
    assert "全部一致" in checker.post(verify).content.decode()
    Enterprise.objects.filter(pk=claims[0].enterprise_id).update(name="示例更名公司")
    found = checker.post(verify).context["result"]
    assert [(d.sheet, d.sealed, d.now) for d in found.differences] == [
        ("资金拨付明细表", claims[0].enterprise.name, "示例更名公司")
    ]
    PaymentLine.objects.filter(claim=claims[1]).update(amount_cny="70000.01")
    found = checker.post(verify).context["result"]
    assert {"资金拨付明细表", "资金分配汇总表"} <= {d.sheet for d in found.differences}
    assert "控制总数：市（地）" in {d.sheet for d in found.differences}
    kept = Event.objects.filter(kind="batch.verified").order_by("pk")
    assert [event.data["count"] for event in kept][:2] == [0, 1]
    assert kept.last().data["count"] == found.count


def test_a_stored_file_that_is_not_the_one_that_was_sealed_is_told(world, checker):
    batch = locked(world, payable_claims(world, 1))
    other = locked(world, payable_claims(world, 1))
    PayoutBatch.objects.filter(pk=batch.pk).update(file=bytes(other.file))
    text = checker.post(reverse("review:batch_verify", args=[batch.number])).content.decode()
    assert "保存的文件与锁定时不同" in text


# --- The list --------------------------------------------------------------------------------------


def test_batches_are_found_by_words_standing_and_year(world, maker):
    claims = payable_claims(world, 2)
    draft = made(world, claims[:1], title="示例甲批", document="")
    sealed = locked(world, claims[1:], title="示例乙批")

    def found(**asked):
        return {each.number for each in maker.get("/console/batches/", asked).context["page"].object_list}

    both = {draft.number, sealed.number}
    assert found() == found(year=2025) == found(q="示例") == both
    assert found(q="乙批") == found(standing="locked") == found(q="财指") == {sealed.number}
    assert found(q=claims[0].number) == {draft.number}
    assert found(standing="withdrawn") == found(q="没有") == set()
    assert found(standing="x", year="x") == both
    assert "没有符合条件的批次" in page(maker, "batches", standing="withdrawn")


def test_what_waits_for_money_is_told_apart_from_what_can_be_paid(sign_in):
    world = finance_world(money=None)
    payable_claims(world, 2, each=lambda n: {"item": "5.1"})
    text = page(sign_in(world.maker), "batches")
    assert "另有 2 件因预算不足" in text
    assert "预算不足，等待分配" in sign_in(world.maker).get(NEW).content.decode()
    assert Claim.objects.filter(state="payable").count() == 2


def test_what_is_wrong_with_a_batchs_name_is_said_at_the_field_and_nothing_typed_is_lost(world, maker):
    claims = payable_claims(world, 2)
    new = reverse("review:batch_new", args=["province"])
    chosen = {"go": "make", "claim": [claims[0].pk], "shown": f"{claims[0].pk},{claims[1].pk}"}
    empty = maker.post(new, {**chosen, "title": "　 ", "document": "=1+1 “甲”😀"})
    assert empty.status_code == 422
    assert "请填写批次名称。" in empty.content.decode()
    assert 'value="=1+1 “甲”😀"' in empty.content.decode()
    assert empty.context["chosen"] == {claims[0].pk}, "what was ticked stays ticked"
    long = maker.post(new, {**chosen, "title": "长" * 5000, "document": "号" * 81}).content.decode()
    assert "最多 60 个字，现在有 5000 个。" in long
    assert "最多 80 个字，现在有 81 个。" in long
    assert "长" * 5000 in long, "nothing is cut off unsaid"
    filtered = maker.post(new, {**chosen, "go": "filter", "title": ""})
    assert "请填写" not in filtered.content.decode(), "who looks further is not asked yet"
    assert maker.post(new, {**chosen, "title": " ２０２６ 第一批 "}).status_code == 302
    assert PayoutBatch.objects.get().title == "２０２６ 第一批"


def test_a_batch_is_renamed_and_withdrawn_with_words_that_fit(world, maker):
    batch = made(world, payable_claims(world, 1))
    act = functools.partial(reverse, "review:batch_act")
    renamed = maker.post(act(args=[batch.number, "rename"]), {"title": "新" * 61, "document": "号"})
    assert renamed.status_code == 422
    assert "最多 60 个字，现在有 61 个。" in renamed.content.decode()
    assert "新" * 61 in renamed.content.decode()
    for reason, sentence in (("", "请填写撤销的原因。"), ("因" * 301, "最多 300 个字，现在有 301 个。")):
        refused = maker.post(act(args=[batch.number, "withdraw"]), {"reason": reason})
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
        assert reason in refused.content.decode()
    batch.refresh_from_db()
    assert (batch.title, batch.standing) == ("示例第一批", "draft")
    with pytest.raises(Refused, match="最多 60 个字"):
        made(world, payable_claims(world, 1), title="新" * 61)


def test_who_chooses_sees_which_account_must_be_looked_at_before_locking(world, maker):
    claims = payable_claims(world, 2)
    batch = locked(world, claims)
    for payment in batch.payments.all():
        result = "failed" if payment.position == 1 else "paid"
        payment_report(payment_id=payment.pk, result=result, note="账号不符", actor=world.maker)
    shown = maker.get(reverse("review:batch_new", args=["province"]))
    [(claim, _, _, confirmed)] = shown.context["rows"]
    assert (claim.payout_failed, confirmed) == (True, False)
    assert "锁定前要先核对账户" in shown.content.decode()
    draft = page(maker, "batch", made(world, [claim]).number)
    assert f'<a href="{reverse("review:accounts_waiting")}">去“待确认账户”处理</a>' in draft
