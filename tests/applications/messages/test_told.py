"""What enterprises are told: of a claim on its way, of what a settlement finds, of people and requests."""

from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mail
from accounts.roles import Role
from applications.enterprises import enterprise_refuse, enterprise_verify
from applications.membership import join_request_answer, join_request_make
from applications.messages.topics import Topic
from applications.messages.writing import topic_of
from applications.models import EnterpriseYear, Message, VerifiedValue
from applications.record import event_add
from applications.settlement.mark import years_mark
from applications.support import (
    support_answer,
    support_ask,
    support_close_due,
    support_reply,
    support_request_file,
)
from tests.factories import (
    NOW,
    SHANGHAI,
    UNMET,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_user,
    owner_of,
    settle_all,
)

from .steps import do, kinds, money, newest

pytestmark = pytest.mark.django_db


# --- A claim on its way --------------------------------------------------------------------------


def test_a_submission_gets_a_receipt_with_its_number_and_who_has_it(firm, claim):
    told = newest(firm)
    assert (told.kind, told.claim, told.act, told.created_at) == ("claim.submitted", claim, False, NOW)
    assert told.title == "境外展会：已收到申报"
    assert told.text == (
        f"已收到申报 {claim.number}（{claim.rule.title}）。"
        "现在由省商务厅审核，预计 2026 年 3 月 16 日前办完。您不需要做什么。"
    )


def test_a_return_says_what_to_correct_and_until_when_and_names_no_officer(firm, claim, commerce):
    do("return", claim, commerce, reason="发票缺第 2 页")
    told = newest(firm)
    assert (told.act, told.due_on) == (True, date(2026, 3, 16))
    assert "省商务厅退回了" in told.text
    assert "发票缺第 2 页。请在 2026 年 3 月 16 日（预计）前改正并重新提交" in told.text
    assert "示例审核员甲" not in told.text
    assert "请在 2026 年 3 月 16 日（预计）前重新提交" in told.title


def test_where_the_holidays_are_known_a_date_is_not_marked_as_expected(firm, period, commerce):
    call_command("seed_reference", verbosity=0)
    at = datetime(2022, 3, 2, 10, tzinfo=SHANGHAI)
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=exhibition())
    do("return", claim, commerce, reason="请补正。", at=at)
    assert "2022 年 3 月 16 日前重新提交" in newest(firm).title


def test_a_rejection_says_that_a_reconsideration_is_possible_and_the_second_one_that_it_is_over(
    firm, claim, commerce
):
    do("reject", claim, commerce, reason="不是境外展会。", data=UNMET)
    assert "可以申请一次复议" in newest(firm).text
    do("reconsider", claim, owner_of(firm), reason="在东京举办。")
    assert newest(firm).kind == "claim.reconsidered"
    do("reject", claim, make_user("commerce2", role=Role.COMMERCE), reason="仍不符合。", data=UNMET)
    assert newest(firm).title == "境外展会：复议结果：不予支持"
    assert "可以申请" not in newest(firm).text


def test_the_way_to_the_money_is_told_with_its_amounts(firm, claim, commerce, finance):
    do("approve", claim, commerce)
    assert "目前应付 300,000.00 元，以财政批准的金额为准。" in newest(firm).text
    settle_all()
    do("finance_approve", claim, finance)
    assert newest(firm).title == "境外展会：已批准 300,000.00 元"
    settle_all()
    do("publish", claim, finance, data={"notice": "GS2025-001"})
    do("close_notice", claim, None)
    assert f"尾号 {firm.bank_accounts.get().number[-4:]} 的账户" in newest(firm).text
    do("commit", claim, finance, data=money("100000.00"))
    do("release", claim, finance, data=money("100000.00", result="paid", account="0017"))
    assert "已拨付申报" in newest(firm).text
    assert "100,000.00 元，转入尾号 0017 的账户。还有 200,000.00 元等待" in newest(firm).text
    settle_all()
    do("commit", claim, finance, data=money("200000.00"))
    do("pay", claim, finance, data=money("200000.00"))
    assert kinds(firm)[1:] == [
        "claim.commerce_approved",
        "claim.finance_approved",
        "claim.published",
        "claim.notice_closed",
        "claim.paid_partly",
        "claim.paid",
    ]


@pytest.mark.parametrize("returned", [False, True])
def test_money_that_did_not_arrive_asks_to_check_the_account(firm, claim, commerce, finance, returned):
    _committed(claim, commerce, finance)
    if returned:
        do("pay", claim, finance, data=money("300000.00"))
        do("bank_return", claim, finance, data=money("300000.00"), reason="账户已销户。")
    else:
        do("release", claim, finance, data=money("300000.00", result="failed"), reason="账户已销户。")
    told = newest(firm)
    assert told.act
    assert "300,000.00 元：账户已销户。请在“企业信息”中核对收款账户" in told.text
    assert topic_of(told.kind) == Topic.TODO


def _committed(claim, commerce, finance):
    do("approve", claim, commerce)
    settle_all()
    do("finance_approve", claim, finance)
    settle_all()
    do("publish", claim, finance, data={"notice": "GS2025-001"})
    do("close_notice", claim, None)
    do("commit", claim, finance, data=money("300000.00"))


def test_without_an_account_the_end_of_a_notice_asks_for_one(firm, claim, commerce, finance):
    firm.bank_accounts.update(standing="former")
    do("approve", claim, commerce)
    settle_all()
    do("finance_approve", claim, finance)
    settle_all()
    do("publish", claim, finance, data={"notice": "GS2025-001"})
    do("close_notice", claim, None)
    assert newest(firm).act
    assert "请登记收款账户" in newest(firm).title


def test_a_decision_that_was_told_and_is_taken_back_is_told_again(firm, claim, commerce):
    do("return", claim, commerce, reason="请补正。")
    do("recall", claim, commerce)
    assert "省商务厅收回了对申报" in newest(firm).text
    assert "“退回补正”" in newest(firm).title


def test_what_offices_do_among_themselves_reaches_nobody(firm, claim, commerce):
    before = Message.objects.count()
    for kind in ("claim.noted", "claim.taken", "claim.verified", "claim.flag_raised"):
        event_add(kind=kind, actor=commerce, claim=claim, data={"reason": "内部"})
    assert Message.objects.count() == before


def test_a_draft_that_is_thrown_away_is_told_to_nobody_and_a_withdrawal_to_everybody(firm, period, claim):
    draft = make_claim(firm, "5.2", period, submit=False)
    before = Message.objects.count()
    do("withdraw", draft, owner_of(firm))
    assert Message.objects.count() == before
    do("withdraw", claim, owner_of(firm))
    assert newest(firm).kind == "claim.withdrawn"


# --- What a settlement finds ---------------------------------------------------------------------


def verify(claim, officer, value):
    VerifiedValue.objects.filter(claim=claim, lapsed_at=None).update(lapsed_at=NOW)
    VerifiedValue.objects.create(
        claim=claim, path="booth_cny", declared="520000", value=value, reason="重复开票。",
        entered_by=officer, entered_at=NOW,
    )  # fmt: skip
    years_mark(EnterpriseYear.objects.all())
    settle_all(claim)


def test_until_commerce_has_approved_amounts_are_not_news(firm, claim, commerce):
    verify(claim, commerce, "100000")
    assert kinds(firm) == ["claim.submitted"]


def test_an_approved_amount_that_changes_is_told_once(firm, claim, commerce, finance):
    do("approve", claim, commerce)
    verify(claim, commerce, "100000")
    assert kinds(firm)[-2:] == ["claim.commerce_approved", "claim.amount_changed"]
    assert "应付金额由 300,000.00 元变为 70,000.00 元。" in newest(firm).text


def test_what_the_limit_leaves_for_an_approved_claim_is_told(firm, period, claim, commerce, finance):
    do("approve", claim, commerce)
    settle_all()
    make_figures(firm, cross_border_cny="100000000")
    make_claim(firm, "3.1", period)
    told = Message.objects.get(kind="claim.limit_changed")
    assert told.claim == claim
    assert "应付金额由 300,000.00 元变为 0.00 元。" in told.text


def test_money_to_be_given_back_is_demanded_and_then_not_any_more(firm, claim, commerce, finance):
    _committed(claim, commerce, finance)
    do("pay", claim, finance, data=money("300000.00"))
    settle_all()
    verify(claim, commerce, "400000")
    told = newest(firm)
    assert (told.kind, told.act) == ("claim.demanded", True)
    assert told.title == "境外展会：需要退回 20,000.00 元"
    assert "附言写明追回编号 ZH" in told.text
    assert told.due_on is not None
    verify(claim, commerce, "520000")
    assert (newest(firm).kind, newest(firm).title) == ("claim.demand_ended", "境外展会：不再需要退回款项")
    assert not newest(firm).act


def test_many_demands_at_once_cost_no_more_queries_than_one(period, commerce, finance):
    def settled(number):
        firms = [make_firm(f"示例第{number}-{n}公司") for n in range(number)]
        for firm in firms:
            claim = make_claim(
                firm, "5.1", period, facts={"booth_cny": "520000"}, particulars=exhibition(), settle=False
            )
            settle_all()
            claim.refresh_from_db()
            _committed(claim, commerce, finance)
            do("pay", claim, finance, data=money("300000.00"))
            settle_all()
            VerifiedValue.objects.create(
                claim=claim, path="booth_cny", declared="520000", value="400000", reason="重复。",
                entered_by=commerce, entered_at=NOW,
            )  # fmt: skip
        years_mark(EnterpriseYear.objects.filter(enterprise__in=firms))
        with CaptureQueriesContext(connection) as queries:
            settle_all()
        assert Message.objects.filter(kind="claim.demanded", enterprise__in=firms).count() == number
        return len([query for query in queries if "message" in query["sql"] or "membership" in query["sql"]])

    assert settled(1) == settled(3)


# --- Enterprise, people, requests ----------------------------------------------------------------


def test_the_check_of_a_firm_is_told_with_what_is_wrong(commerce):
    firm, other = make_firm(verified=False), make_firm("示例乙公司", verified=False)
    enterprise_verify(enterprise_id=firm.pk, officer=commerce)
    assert newest(firm).title == "企业核验通过"
    enterprise_refuse(enterprise_id=other.pk, officer=commerce, note="授权书没有盖章")
    assert newest(other).act
    assert "授权书没有盖章。" in newest(other).text


def test_a_request_to_join_goes_by_mail_to_the_owner_alone(firm, with_address, colleague):
    colleague.email = "colleague@firm.example"
    colleague.save()
    asks = make_user("asks", name="示例新人")
    request = join_request_make(enterprise=firm, user=asks)
    assert newest(firm).title == "示例新人申请加入企业"
    assert list(Mail.objects.values_list("to", flat=True)) == ["owner@firm.example"]
    join_request_answer(request_id=request.pk, actor=with_address, accept=True)
    assert newest(firm).title == "示例新人已加入企业"


def test_whoever_is_not_let_in_hears_of_it_by_mail(firm, owner):
    asks = make_user("asks", name="示例新人")
    asks.email = "asks@firm.example"
    asks.save()
    request = join_request_make(enterprise=firm, user=asks)
    join_request_answer(request_id=request.pk, actor=owner, accept=False)
    assert Mail.objects.get().subject == f"{firm.name}没有同意您的加入申请"
    assert kinds(firm) == ["enterprise.join_asked"]


def test_a_request_for_support_is_told_at_each_turn_that_the_enterprise_did_not_take(firm, owner):
    customs = make_user("customs", role=Role.DEPARTMENT, department="customs")
    request = support_request_file(enterprise=firm, item="11.1", actor=owner, facts={"refunds": []}, at=NOW)
    lead = {"officer": customs, "at": NOW}
    support_ask(request_id=request.pk, text="请补充编号。", **lead)
    assert (newest(firm).act, newest(firm).support_request) == (True, request)
    support_reply(request_id=request.pk, actor=owner, text="已补充。", at=NOW)
    support_answer(request_id=request.pk, text="已核对。", **lead)
    support_close_due(date(2026, 6, 1), at=NOW)
    assert kinds(firm) == ["support.filed", "support.asked", "support.answered", "support.closed"]
