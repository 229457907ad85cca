"""The page of a claim, as its enterprise reads it."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.explanations import stored_reasons
from applications.lifecycle import claim_token, transition
from applications.models import (
    EnterpriseYear,
    State,
    VerifiedValue,
    YearSettings,
)
from applications.record import event_add
from applications.settlement.mark import years_mark
from applications.visibility import files_visible
from measures.money import grouped
from tests.factories import (
    NOW,
    UNMET,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def period():
    return make_period()


@pytest.fixture
def as_owner(client, firm):
    client.force_login(owner_of(firm))
    return client


@pytest.fixture
def claim(firm, period):
    return make_claim(firm, "5.1", period, facts={"booth_cny": "520000"}, particulars=exhibition())


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def finance():
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("finance", role=Role.FINANCE)


def read(client, claim):
    answer = client.get(reverse("portal:claim", args=[claim.number]))
    assert answer.status_code == 200
    return answer.content.decode()


def do(action, claim, actor, **more):
    return transition(claim_id=claim.pk, action=action, actor=actor, **more)


def test_the_four_steps_stand_with_amount_cut_and_clause(as_owner, claim):
    text = read(as_owner, claim)
    for words in (
        "按规则计算",
        "364,000.00",
        "限额",
        "−64,000.00",
        "300,000.00",
        "扣除其他省级支持",
        "年度总额度",
    ):
        assert words in text
    assert "企业年度最高补贴30万元。" in text
    assert "总额度不超过最高单项补贴上限" in text


def test_it_says_whose_turn_it_is(as_owner, claim):
    assert "现在由省商务厅审核，您不需要做什么。" in read(as_owner, claim)


def test_offices_are_named_and_officers_are_not(as_owner, claim, commerce):
    do("return", claim, commerce, reason="发票缺第 2 页。")
    text = read(as_owner, claim)
    assert "省商务厅：发票缺第 2 页。" in text
    assert "示例审核员甲" not in text
    assert "省商务厅退回了这件申报" in text
    assert "去补正" in text


def test_what_offices_do_among_themselves_is_not_shown(as_owner, claim, commerce):
    event_add(kind="claim.noted", actor=commerce, claim=claim, data={"reason": "内部看法"})
    assert "内部" not in read(as_owner, claim)


def test_declared_and_verified_stand_side_by_side_with_the_reason(as_owner, claim, commerce):
    VerifiedValue.objects.create(
        claim=claim, path="booth_cny", declared="520000", value="500000", reason="押金不属于展位费。",
        entered_by=commerce, entered_at=NOW,
    )  # fmt: skip
    text = read(as_owner, claim)
    assert '<del class="diff">520,000.00</del>' in text
    assert '<ins class="diff">500,000.00</ins>' in text
    assert "押金不属于展位费。" in text


def test_nothing_is_called_verified_before_commerce_has_approved_it(as_owner, claim, commerce, finance):
    before = read(as_owner, claim)
    assert "520,000.00" in before
    assert "审核核定" not in before
    do("approve", claim, commerce)
    after = read(as_owner, claim)
    assert "审核核定" in after
    assert "一致" in after


def test_a_year_that_waits_shows_it_and_asks_again_by_itself(as_owner, claim):
    years_mark(EnterpriseYear.objects.all())
    text = read(as_owner, claim)
    assert "计算中" in text
    assert 'hx-trigger="every 3s"' in text
    settle_all()
    assert "hx-trigger" not in read(as_owner, claim)


def test_a_settlement_between_two_reads_leaves_no_page_that_waits_for_nothing(as_owner, firm, period):
    claim = make_claim(
        firm, "5.1", period, facts={"booth_cny": "1000"}, particulars=exhibition(), settle=False
    )
    pending = [claim]

    def settle_after_the_first_look(execute, sql, *args):
        rows = execute(sql, *args)
        if pending and '"applications_claim"' in sql:
            settle_all(pending.pop())
        return rows

    with connection.execute_wrapper(settle_after_the_first_look):
        text = read(as_owner, claim)
    assert not pending
    assert "hx-trigger" in text or '<span class="amount">700.00' in text


def test_a_claim_that_is_not_payable_says_why(as_owner, firm, period):
    make_figures(firm, cross_border_cny="9000000")
    claim = make_claim(firm, "3.1", period)
    text = read(as_owner, claim)
    assert "按规则暂不符合支持条件" in text
    assert stored_reasons(claim)[0] in text


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_the_page_can_be_read_in_later_states(as_owner, claim, commerce, finance, state):
    if state == State.APPROVED:
        do("approve", claim, commerce)
        settle_all()
        do("finance_approve", claim, finance)
        assert "已批准 300,000.00 元，接下来由省财政厅公示" in read(as_owner, claim)
    elif state == State.REJECTED:
        do("reject", claim, commerce, reason="不是境外展会。", data=UNMET)
        assert "您不同意的，可以申请一次复议" in read(as_owner, claim)
    else:
        do("withdraw", claim, owner_of(claim.enterprise))
        assert "您已撤回这件申报" in read(as_owner, claim)


def test_the_enterprise_withdraws(as_owner, claim):
    address = reverse("portal:claim_withdraw", args=[claim.number])
    answer = as_owner.post(address, {"token": claim_token(claim)}, follow=True)
    assert "已撤回" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == State.WITHDRAWN
    page = read(as_owner, claim)
    assert "不再计算金额" in page
    assert "年度设置第" not in page


def test_a_stale_page_withdraws_nothing_and_says_what_happened(as_owner, claim, commerce):
    old = claim_token(claim)
    do("return", claim, commerce, reason="请补正。")
    answer = as_owner.post(reverse("portal:claim_withdraw", args=[claim.number]), {"token": old})
    assert answer.status_code == 409
    assert "这一页已经过时" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == State.RETURNED


def test_a_reconsideration_needs_a_reason_and_comes_once(as_owner, claim, commerce):
    do("reject", claim, commerce, reason="不是境外展会。", data=UNMET)
    claim.refresh_from_db()
    address = reverse("portal:claim_reconsider", args=[claim.number])
    assert as_owner.post(address, {"token": claim_token(claim), "reason": ""}).status_code == 422
    as_owner.post(address, {"token": claim_token(claim), "reason": "展会在东京举办。"})
    claim.refresh_from_db()
    assert claim.state == State.COMMERCE_REVIEW
    assert claim.reconsidered


def test_a_reconsideration_takes_further_papers_which_both_sides_see(as_owner, claim, commerce):
    do("reject", claim, commerce, reason="不是境外展会。", data=UNMET)
    claim.refresh_from_db()
    address = reverse("portal:claim_reconsider", args=[claim.number])
    sent = {"token": claim_token(claim), "reason": "展会在东京举办。"}
    wrong = SimpleUploadedFile("程序.pdf", b"MZ")
    refused = as_owner.post(address, {**sent, "files": [wrong]})
    assert refused.status_code == 409
    assert "程序.pdf：" in refused.content.decode()
    assert "展会在东京举办。" in refused.content.decode()
    claim.refresh_from_db()
    assert (claim.state, claim.reconsidered) == (State.REJECTED, False)
    papers = [SimpleUploadedFile("邀请函.pdf", PDF), SimpleUploadedFile("邀请函副本.pdf", PDF)]
    assert as_owner.post(address, {**sent, "files": papers}).status_code == 302
    use = claim.evidence.get(document="reconsideration")
    assert use.file.name == "邀请函.pdf"
    assert use.file in files_visible(commerce)
    page = as_owner.get(reverse("portal:claim", args=[claim.number])).content.decode()
    assert "复议补充材料：邀请函.pdf" in page
    settle_all()


def test_only_a_claim_that_is_reconsidered_has_papers_for_it(as_owner, firm, period):
    draft = make_claim(firm, "5.1", period, submit=False)
    address = reverse("portal:claim_upload", args=[draft.number, "reconsideration"])
    assert as_owner.post(address, {"file": SimpleUploadedFile("x.pdf", PDF)}).status_code == 404


# --- Money on its way ---


def paid_out(claim, commerce, finance):
    """A claim that has been approved, noticed and committed."""
    do("approve", claim, commerce)
    settle_all()
    do("finance_approve", claim, finance)
    settle_all()
    do("publish", claim, finance, data={"notice": "GS2026-0001"})
    do("close_notice", claim, None)
    return do("commit", claim, finance, data=money("300000.00"))


def money(amount, **more):
    return {"amount": Decimal(amount), "batch": "BF2026-0001", "topic": "batch:BF2026-0001", **more}


@pytest.mark.parametrize(
    ("result", "title"),
    [("failed", "拨付未成功"), ("withdrawn", "拨付批次撤销"), ("paid", "已拨付部分款项")],
)
def test_money_that_left_a_batch_says_what_became_of_it_and_why(
    as_owner, claim, commerce, finance, result, title
):
    paid_out(claim, commerce, finance)
    amount = "100000.00" if result == "paid" else "300000.00"
    do("release", claim, finance, data=money(amount, result=result), reason="户名与账号不符。")
    page = as_owner.get(reverse("portal:claim", args=[claim.number]))
    newest = next(entry for entry in page.context["timeline"] if entry["kind"] != "next")
    assert newest["title"] == title
    assert newest["text"] == f"省财政厅，{grouped(Decimal(amount))} 元：户名与账号不符。"
    text = page.content.decode()
    assert ("银行说明的原因：户名与账号不符。" in text) == (result == "failed")
    assert ("请先核对收款账户" in text) == (result == "failed")


def test_money_that_the_bank_returned_says_why(as_owner, claim, commerce, finance):
    paid_out(claim, commerce, finance)
    do("pay", claim, finance, data=money("300000.00"))
    settle_all()
    do("bank_return", claim, finance, data=money("300000.00"), reason="收款账户已销户。")
    text = read(as_owner, claim)
    assert "银行退汇" in text
    assert "后被银行退回。银行说明的原因：收款账户已销户。" in text
    assert "请换一个正在使用的账户。" in text


def test_a_demand_is_a_sum_with_its_unit_and_leaves_nothing_finished(as_owner, claim, commerce, finance):
    paid_out(claim, commerce, finance)
    do("pay", claim, finance, data=money("300000.00"))
    settle_all()
    VerifiedValue.objects.create(
        claim=claim, path="booth_cny", declared="520000", value="400000", reason="重复开票。",
        entered_by=commerce, entered_at=NOW,
    )  # fmt: skip
    years_mark(EnterpriseYear.objects.all())
    settle_all(claim)
    text = read(as_owner, claim)
    assert "20,000.00 元。" in text
    assert "20000.00" not in text
    assert "办理完毕" not in text


def test_what_is_approved_at_nothing_is_neither_noticed_nor_paid(
    as_owner, firm, period, claim, commerce, finance
):
    make_figures(firm, cross_border_cny="100000000")
    make_claim(firm, "3.1", period)
    do("approve", claim, commerce)
    settle_all()
    do("finance_approve", claim, finance)
    page = as_owner.get(reverse("portal:claim", args=[claim.number]))
    stages = page.context["stages"]
    assert [stage["title"] for stage in stages] == ["提交", "商务审核", "财政审核", "无需拨付"]
    assert {stage["status"] for stage in stages} == {"done"}


def test_pages_cost_the_same_number_of_queries_for_one_claim_and_for_many(as_owner, firm, period, claim):
    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(address)
        return len(queries)

    draft = make_claim(firm, "5.3", period, particulars=exhibition("线上展会"), submit=False)
    addresses = [
        reverse("portal:claim", args=[claim.number]),
        reverse("portal:claim_edit", args=[draft.number]),
    ]
    before = [cost(address) for address in addresses]
    for number in range(12):
        make_claim(firm, "5.2", period, facts={"booth_cny": "1"}, particulars=exhibition(f"展会{number}"))
        make_claim(firm, "5.2", period, particulars=exhibition(f"草稿{number}"), submit=False)
    assert [cost(address) for address in addresses] == before
