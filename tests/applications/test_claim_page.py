"""The page of a claim, as its enterprise reads it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.explanations import stored_reasons
from applications.lifecycle import claim_token, transition
from applications.models import EnterpriseYear, State, VerifiedValue, YearSettings
from applications.portal.year import open_items
from applications.record import event_add
from applications.settlement.mark import years_mark
from measures import registry
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
    [(_, items)] = open_items([period], claims)
    codes = [item.code for item in items]
    assert "3.1" not in codes
    assert "4.2" not in codes
    assert "5.1" in codes


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
    assert [cost(address) for address in addresses] == before


def test_an_officer_has_no_year_of_their_own(client, commerce, period):
    client.force_login(commerce)
    assert client.get(reverse("portal:my_year", args=[2025])).status_code == 404
