"""The page of a claim, as its enterprise reads it."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.explanations import stored_reasons
from applications.lifecycle import claim_token, transition
from applications.models import (
    DualCirculationEntry,
    EnterpriseYear,
    OverseasWarehouse,
    State,
    VerifiedValue,
    YearSettings,
)
from applications.offers import YearOffers
from applications.portal.year import open_items
from applications.record import event_add
from applications.settlement.mark import years_mark
from measures import registry
from measures.money import grouped
from tests.factories import (
    NOW,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

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
        do("reject", claim, commerce, reason="不是境外展会。")
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


def test_a_stale_page_withdraws_nothing_and_says_what_happened(as_owner, claim, commerce):
    old = claim_token(claim)
    do("return", claim, commerce, reason="请补正。")
    answer = as_owner.post(reverse("portal:claim_withdraw", args=[claim.number]), {"token": old})
    assert answer.status_code == 409
    assert "这一页已经过时" in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == State.RETURNED


def test_a_reconsideration_needs_a_reason_and_comes_once(as_owner, claim, commerce):
    do("reject", claim, commerce, reason="不是境外展会。")
    claim.refresh_from_db()
    address = reverse("portal:claim_reconsider", args=[claim.number])
    assert as_owner.post(address, {"token": claim_token(claim), "reason": ""}).status_code == 422
    as_owner.post(address, {"token": claim_token(claim), "reason": "展会在东京举办。"})
    claim.refresh_from_db()
    assert claim.state == State.COMMERCE_REVIEW
    assert claim.reconsidered


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
    assert ("上一次拨付没有成功：户名与账号不符。" in text) == (result == "failed")
    assert ("请先核对收款账户" in text) == (result == "failed")


def test_money_that_the_bank_returned_says_why(as_owner, claim, commerce, finance):
    paid_out(claim, commerce, finance)
    do("pay", claim, finance, data=money("300000.00"))
    settle_all()
    do("bank_return", claim, finance, data=money("300000.00"), reason="收款账户已销户。")
    text = read(as_owner, claim)
    assert "银行退汇" in text
    assert "上一次拨付没有成功：收款账户已销户。" in text


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


# --- My year -------------------------------------------------------------------------------------


def year_page(client, year=2025):
    answer = client.get(reverse("portal:my_year", args=[year]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_year_says_what_can_be_done(as_owner, period):
    text = year_page(as_owner)
    assert "这一年还没有申报" in text
    assert all(item.title in text for item in registry.ITEMS.values() if not item.support)


def test_the_limit_bar_and_the_table_say_what_is_cut(as_owner, firm, period):
    make_figures(firm, cross_border_cny="100000000")
    make_claim(firm, "3.1", period)
    make_claim(firm, "5.1", period, facts={"booth_cny": "520000"}, particulars=exhibition())
    text = year_page(as_owner)
    assert "应付合计" in text
    assert "1,000,000.00" in text
    assert "因总额度削减 300,000.00 元" in text
    assert "由 3.1 决定" in text


def test_drafts_and_returned_claims_are_to_be_done(as_owner, firm, period, claim, commerce):
    make_claim(firm, "5.2", period, submit=False)
    do("return", claim, commerce, reason="请补正。")
    text = year_page(as_owner)
    assert "需要您办理" in text
    assert "去补正" in text
    assert "继续填写" in text


def test_a_year_without_claims_leads_to_the_open_period(as_owner, period):
    answer = as_owner.get(reverse("portal:my_year"), follow=False)
    assert answer.headers["Location"] == reverse("portal:my_year", args=[2025])


@pytest.mark.parametrize("year", [1999, 2101])
def test_years_beyond_the_rules_do_not_exist(as_owner, period, year):
    assert as_owner.get(reverse("portal:my_year", args=[year])).status_code == 404


def test_what_is_claimed_once_a_year_is_not_offered_again(firm, period):
    make_figures(firm, cross_border_cny="100000000")
    claims = [
        make_claim(firm, "3.1", period),
        make_claim(firm, "4.2", period, submit=False),
        make_claim(firm, "5.1", period, particulars=exhibition(), submit=False),
    ]
    [items] = open_items([period], claims, YearOffers())
    codes = [item.code for item in items.others]
    assert "3.1" not in codes
    assert "4.2" not in codes
    assert "5.1" in codes


def offered(client):
    """The table of what can be filed: (what official data make payable, the rest, what brings nothing now)."""
    [found] = client.get(reverse("portal:my_year", args=[2025])).context["open_items"]
    codes = [[offer.item.code for offer in group] for group in (found.offered, found.unfit)]
    return codes[0], [item.code for item in found.others], codes[1]


def test_prepared_items_are_offered_with_their_amount_only_where_official_data_make_them_payable(
    as_owner, firm, period
):
    make_figures(firm, cross_border_cny="100000000")
    best, others, unfit = offered(as_owner)
    assert best == ["3.1"]
    assert unfit == ["1.1", "2.1", "3.4", "6.1"]
    assert "5.1" in others
    text = year_page(as_owner)
    assert "根据官方数据，您符合条件，可得 <b>1,000,000.00 元</b>。" in text
    assert "企业不在省级海外仓名单上。" in text


def test_an_unverified_firm_is_told_no_amount(client, period):
    firm = make_firm("示例未核验公司", verified=False)
    make_figures(firm, cross_border_cny="100000000")
    client.force_login(owner_of(firm))
    best, others, unfit = offered(client)
    assert (best, unfit) == ([], [])
    assert "3.1" in others
    assert "您符合条件" not in year_page(client)


def test_a_warehouse_that_is_claimed_is_not_offered_again_and_another_one_is(as_owner, firm, period):
    warehouse(firm, "HWC-1")
    make_claim(firm, "3.4", period, facts={"warehouse": "HWC-1"}, submit=False)
    assert "3.4" in offered(as_owner)[2]
    assert "名单上的省级海外仓都已申报。" in year_page(as_owner)
    warehouse(firm, "HWC-2")
    assert "3.4" in offered(as_owner)[0]


def warehouse(firm, number):
    OverseasWarehouse.objects.create(
        number=number, name=f"示例海外仓{number}", operator_code=firm.credit_code, designated_on="2025-03-01"
    )


def test_what_the_limit_leaves_nothing_for_says_so(as_owner, firm, period):
    make_figures(firm, cross_border_cny="100000000")
    make_claim(firm, "3.1", period)
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    assert "6.1" in offered(as_owner)[2]
    assert "年度总额度已由其他申报用完，现在申报可得 0.00 元。" in year_page(as_owner)


def test_a_draft_of_a_prepared_item_says_what_it_would_bring(as_owner, firm, period):
    make_figures(firm, cross_border_cny="100000000")
    make_claim(firm, "3.1", period, submit=False)
    assert '您符合条件，可得 <b class="d-inline">1,000,000.00 元</b>。' in year_page(as_owner)


def test_what_the_limit_took_from_a_claim_locked_at_nothing_stands_in_its_row(
    as_owner, firm, period, claim, commerce, finance
):
    make_figures(firm, cross_border_cny="100000000")
    make_claim(firm, "3.1", period)
    do("approve", claim, commerce)
    settle_all()
    do("finance_approve", claim, finance)
    settle_all(claim)
    assert claim.locked_cny == 0
    page = as_owner.get(reverse("portal:my_year", args=[2025]))
    [row] = [row for row in page.context["rows"] if row.claim == claim]
    assert (row.payable, row.cut) == (0, claim.after_overlap_cny)
    totals = page.context["totals"]
    assert totals["after_overlap"] - totals["cut"] == totals["payable"]


def test_the_year_that_is_shown_is_marked_among_the_years(as_owner, firm, period, claim):
    text = year_page(as_owner, 2024)
    assert '<a href="/my/2024/" aria-current="page">2024</a>' in text
    assert '<a href="/my/2025/">2025</a>' in text


def test_a_firm_sees_nothing_of_another(client, claim):
    client.force_login(owner_of(make_firm("示例乙公司")))
    assert claim.number not in year_page(client)


def test_pages_cost_the_same_number_of_queries_for_one_claim_and_for_many(as_owner, firm, period, claim):
    def cost(address):
        with CaptureQueriesContext(connection) as queries:
            as_owner.get(address)
        return len(queries)

    addresses = [reverse("portal:my_year", args=[2025]), reverse("portal:claim", args=[claim.number])]
    draft = make_claim(firm, "5.3", period, particulars=exhibition("线上展会"), submit=False)
    addresses.append(reverse("portal:claim_edit", args=[draft.number]))
    before = [cost(address) for address in addresses]
    for number in range(12):
        make_claim(firm, "5.2", period, facts={"booth_cny": "1"}, particulars=exhibition(f"展会{number}"))
        make_claim(firm, "5.2", period, particulars=exhibition(f"草稿{number}"), submit=False)
        warehouse(firm, f"HWC-{number}")
    assert [cost(address) for address in addresses] == before


def test_an_officer_has_no_year_of_their_own(client, commerce, period):
    client.force_login(commerce)
    assert client.get(reverse("portal:my_year", args=[2025])).status_code == 404
