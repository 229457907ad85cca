"""Messages: what enterprises are told, by whom it can be read, what goes by mail, and reminders that come once."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail
from accounts.roles import Role
from applications.enterprises import enterprise_refuse, enterprise_verify
from applications.lifecycle import TRANSITIONS, transition
from applications.membership import join_request_answer, join_request_make
from applications.messages import reminders_send
from applications.messages.kinds import KINDS, SILENT, TOLD_EVENTS
from applications.messages.reading import messages_read, unread_count
from applications.messages.reminder_kinds import PERIOD_CLOSES, PERIOD_OPENS, REMINDERS, RETURN_DUE
from applications.messages.topics import TOPIC_WORDS, Topic
from applications.messages.writing import kinds_of, topic_of
from applications.models import (
    Claim,
    DeadlineExtension,
    Enterprise,
    EnterpriseYear,
    Event,
    MailChoice,
    Membership,
    Message,
    VerifiedValue,
    YearSettings,
)
from applications.record import EVENT_TITLES, event_add
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

PREFIXES = ("claim.", "enterprise.", "support.", "matter.", "deadline.")


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def finance():
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("finance", role=Role.FINANCE, name="示例财政员甲")


@pytest.fixture
def claim(firm, period):
    return make_claim(firm, "5.1", period, facts={"booth_cny": "520000"}, particulars=exhibition())


@pytest.fixture
def with_address(owner):
    owner.email = "owner@firm.example"
    owner.save()
    return owner


def do(action, claim, actor, **more):
    return transition(claim_id=claim.pk, action=action, actor=actor, **{"at": NOW, **more})


def money(amount, **more):
    return {"amount": Decimal(amount), "batch": "BF2026-0001", "topic": "batch:BF2026-0001", **more}


def newest(firm):
    return Message.objects.filter(enterprise=firm).order_by("-pk").first()


def kinds(firm):
    return list(Message.objects.filter(enterprise=firm).order_by("pk").values_list("kind", flat=True))


def on(day, hour=10):
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=hour)


# --- The table -----------------------------------------------------------------------------------


def test_every_event_of_an_enterprise_is_told_or_deliberately_silent():
    events = {kind for kind in EVENT_TITLES if kind.startswith(PREFIXES)}
    events |= {row.event for row in TRANSITIONS.values()}
    assert events - TOLD_EVENTS - SILENT == set(), "say in applications/messages/kinds.py what becomes of it"
    assert set() == TOLD_EVENTS & SILENT
    assert (TOLD_EVENTS | SILENT) - events == set(), "an event that is gone"


def test_every_kind_of_message_has_a_topic_and_every_topic_says_what_it_brings():
    assert set(TOPIC_WORDS) == set(Topic)
    assert {topic_of(kind) for kind in [*KINDS, *REMINDERS]} == set(Topic)
    assert sorted(kind for topic in Topic for kind in kinds_of(topic)) == sorted([*KINDS, *REMINDERS])
    assert all(len(kind) <= 40 for kind in [*KINDS, *REMINDERS])


AMOUNTS = {
    "computed_cny": "364000.00",
    "capped_cny": "300000.00",
    "after_overlap_cny": "300000.00",
    "payable_cny": "300000.00",
}
LESS = {**AMOUNTS, "payable_cny": "1000.00"}
BACK = {"from": "finance_review", "reason": "请再核对"}
PERSON = {"person": 1, "name": "示例同事"}
#: For each kind what its event carries, and where the claim is then.
EVENTS = {
    "claim.submitted": ({"from": "draft"}, "commerce_review"),
    "claim.resubmitted": ({"from": "returned"}, "commerce_review"),
    "claim.withdrawn": ({"from": "commerce_review"}, "withdrawn"),
    "claim.reconsidered": ({"from": "rejected", "reason": "不对"}, "commerce_review"),
    "claim.city_passed": ({"from": "city_review"}, "commerce_review"),
    "claim.commerce_approved": ({"from": "commerce_review", **AMOUNTS}, "second_check"),
    "claim.sent_back": (BACK, "commerce_review"),
    "claim.returned": (
        {"from": "commerce_review", "reason": "缺页", "due_on": "2026-03-16", "certain": False, "days": 10},
        "returned",
    ),
    "claim.due_extended": ({"old": "2026-03-16", "new": "2026-03-20", "reason": "路远"}, "returned"),
    "claim.asked": (
        {"stage": "commerce_review", "text": "请说明", "due_on": "2026-03-09", "certain": True, "days": 5},
        "commerce_review",
    ),
    "claim.question_answered": ({"stage": "commerce_review", "text": "说明", "files": []}, "commerce_review"),
    "claim.question_withdrawn": ({"stage": "commerce_review"}, "commerce_review"),
    "claim.rejected": ({"from": "returned", "reason": "不符合"}, "rejected"),
    "claim.recalled": ({"from": "returned", "recalled": "claim.returned"}, "commerce_review"),
    "claim.objection_upheld": ({"from": "in_notice", "reason": "发票不实"}, "commerce_review"),
    "claim.re_examined": ({**BACK, "from": "approved"}, "commerce_review"),
    "claim.published": ({"from": "approved", "notice": "GS2025-001"}, "in_notice"),
    "claim.finance_approved": ({"from": "finance_review", "locked_cny": "300000.00"}, "approved"),
    "claim.notice_closed": ({"from": "in_notice"}, "payable"),
    "claim.paid": ({"from": "committed", "amount": "300000.00", "account": "0017"}, "paid"),
    "claim.paid_partly": ({"from": "committed", "amount": "1.00", "result": "paid"}, "payable"),
    "claim.payment_failed": ({"from": "committed", "amount": "1.00", "result": "failed"}, "payable"),
    "claim.payment_returned": ({"from": "paid", "amount": "1.00", "reason": "销户"}, "payable"),
    "claim.supplemented": ({"from": "paid", "amount": "1.00", "reason": "更正"}, "approved"),
    "claim.amount_changed": ({"from": "finance_review", "old": AMOUNTS, "new": LESS}, "commerce_review"),
    "claim.limit_changed": ({"old": AMOUNTS, "new": LESS}, "finance_review"),
    "claim.unlocked": ({"from": "approved", "locked_cny": "300000.00", **LESS}, "commerce_review"),
    "claim.lock_reduced": ({"old": "2.00", "new": "1.00", "entitled": "1.00"}, "payable"),
    "claim.demanded": ({"old": "1.00", "new": "2.00"}, "paid"),
    "claim.demand_ended": ({"old": "1.00", "new": "0.00"}, "paid"),
    "enterprise.verified": ({}, None),
    "enterprise.refused": ({"note": "没有盖章"}, None),
    **{
        f"enterprise.account_{what}": ({"account": 0}, None)
        for what in ("confirmed", "in_force", "withdrawn")
    },
    "enterprise.account_changed": ({"account": 0}, None),
    "enterprise.account_declined": ({"account": 0, "reason": "不是我们的"}, None),
    "enterprise.join_asked": (PERSON, None),
    "enterprise.join_accepted": (PERSON, None),
    "enterprise.invitation_accepted": (PERSON, None),
    "enterprise.member_removed": (PERSON, None),
    "enterprise.member_left": (PERSON, None),
    "enterprise.handed_over": (PERSON, None),
    "deadline.extended": ({"period": "2025 年度申报", "until": "2026-06-30", "reason": "火灾"}, None),
    **{f"support.{what}": ({"department": "tax"}, None) for what in ("filed", "answered", "asked", "closed")},
    "support.handed_over": ({"department": "customs", "to": "tax"}, None),
}


@pytest.mark.parametrize("kind", sorted({*KINDS, *EVENTS}))
def test_every_message_is_made_of_whole_sentences_and_names_no_officer(firm, owner, claim, commerce, kind):
    data, state = EVENTS[kind]
    event = Event(kind=kind, enterprise=firm, data=data, at=NOW, actor=commerce if state else None)
    about = claim
    if kind.startswith("support."):
        about = support_request_file(
            enterprise=firm, item="8.1", actor=owner, facts={"subject": "班列", "details": "舱位"}, at=NOW
        )
    elif state:
        claim.state, claim.returned_from = state, "commerce_review"
        claim.locked_cny = Decimal("300000.00")
    words = KINDS[kind].words(event, about)
    assert 2 < len(words.title) < 60
    assert not words.title.endswith("。")
    assert words.text.endswith("。")
    for text in (words.title, words.text):
        assert not re.search(r"None|。。|示例审核员|[{}!！]|[a-z]{3}", text), text
    if state:
        assert claim.number in words.text


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
    do("reject", claim, commerce, reason="不是境外展会。")
    assert "可以申请一次复议" in newest(firm).text
    do("reconsider", claim, owner_of(firm), reason="在东京举办。")
    assert newest(firm).kind == "claim.reconsidered"
    do("reject", claim, make_user("commerce2", role=Role.COMMERCE), reason="仍不符合。")
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
    assert "省财政厅会与您联系" in told.text
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


# --- By mail -------------------------------------------------------------------------------------


def test_news_goes_by_mail_to_every_member_with_an_address(firm, with_address, colleague, period, settings):
    settings.SITE_URL = "https://duixian.example"
    claim = make_claim(
        firm, "5.1", period, facts={"booth_cny": "1"}, particulars=exhibition(), at=timezone.now()
    )
    mail = Mail.objects.get()
    assert (mail.to, mail.subject) == ("owner@firm.example", f"境外展会：已收到申报（{claim.number}）")
    assert f"https://duixian.example/messages/{newest(firm).pk}/" in mail.body
    assert "https://duixian.example/messages/settings/" in mail.body
    assert firm.name in mail.body
    assert "&" not in mail.body


def test_old_stories_are_not_mailed(firm, with_address, claim):
    assert newest(firm).created_at < timezone.now() - timedelta(days=3)
    assert not Mail.objects.exists()


def test_whoever_has_left_or_is_locked_out_gets_no_mail(firm, with_address, colleague):
    colleague.email = "colleague@firm.example"
    colleague.save()
    Membership.objects.filter(user=colleague).update(ended_at=timezone.now())
    with_address.is_active = False
    with_address.save()
    event_add(kind="enterprise.verified", enterprise_id=firm.pk)
    assert newest(firm).kind == "enterprise.verified"
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    ("kind", "data", "mailed"),
    [
        ("enterprise.verified", {}, True),
        ("support.closed", None, False),
        ("deadline.extended", {"period": "示例", "until": "2026-05-01", "reason": "火灾"}, True),
    ],
)
def test_a_topic_that_was_switched_off_is_not_mailed_and_the_important_ones_cannot_be(
    firm, with_address, kind, data, mailed
):
    request = support_request_file(
        enterprise=firm, item="8.1", actor=with_address, facts={"subject": "一", "details": "二"}
    )
    Mail.objects.all().delete()
    MailChoice.objects.create(user=with_address, off=["support", "firm", "todo"])
    event_add(kind=kind, enterprise_id=firm.pk, data={"number": request.number} if data is None else data)
    assert newest(firm).kind == kind
    assert Mail.objects.exists() == mailed


# --- Reminders -----------------------------------------------------------------------------------


def returned(claim, officer, at=NOW):
    do("return", claim, officer, reason="请补正。", at=at)
    claim.refresh_from_db()
    return claim


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-03-10", []),
        ("2026-03-11", ["补正期限还有 3 个工作日"]),
        ("2026-03-13", ["补正期限还有 1 个工作日"]),
        ("2026-03-16", ["今天是补正的最后一天"]),
        ("2026-03-17", []),
    ],
)
def test_a_correction_is_reminded_of_three_working_days_before_and_on_the_last_day(
    firm, claim, commerce, day, told
):
    returned(claim, commerce)
    reminders_send(at=on(day))
    found = Message.objects.filter(kind=RETURN_DUE)
    assert [message.title.removeprefix("境外展会：") for message in found] == told


def test_a_last_day_on_a_weekend_is_named_where_no_working_day_is_left(firm, claim, commerce):
    returned(claim, commerce)
    Claim.objects.update(return_due_on=date(2026, 3, 15))
    reminders_send(at=on("2026-03-14"))
    title = Message.objects.get(kind=RETURN_DUE).title
    assert title.endswith("补正期限到 2026 年 3 月 15 日")


def test_each_reminder_comes_once_however_often_they_are_looked_for(firm, claim, commerce):
    returned(claim, commerce)
    for day in ("2026-03-11", "2026-03-12", "2026-03-13", "2026-03-16", "2026-03-16"):
        reminders_send(at=on(day))
        reminders_send(at=on(day, hour=15))
    assert Message.objects.filter(kind=RETURN_DUE).count() == 2


def test_nobody_is_reminded_at_night(firm, claim, commerce):
    returned(claim, commerce)
    assert reminders_send(at=on("2026-03-16", hour=7)) == 0
    assert reminders_send(at=on("2026-03-16", hour=20)) == 0
    assert reminders_send(at=on("2026-03-16", hour=8)) == 1


def drafts_in(firm, period, count=2):
    return [
        make_claim(firm, "5.2", period, particulars=exhibition(f"展会{number}"), submit=False)
        for number in range(count)
    ]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-04-22", None),
        ("2026-04-23", "还有 5 个工作日截止"),
        ("2026-04-29", "还有 1 个工作日截止"),
        ("2026-04-30", "今天截止"),
        ("2026-05-01", None),
    ],
)
def test_drafts_are_reminded_of_before_their_period_closes_all_in_one_message(firm, day, told):
    period = make_period(opens_on=date(2026, 1, 1), deadline=date(2026, 4, 30))
    drafts = drafts_in(firm, period)
    reminders_send(at=on(day))
    found = list(Message.objects.filter(kind=PERIOD_CLOSES))
    assert len(found) == (told is not None)
    if told:
        assert found[0].title == f"2025 年度申报{told}，2 件草稿还没有提交"
        assert all(draft.number in found[0].text for draft in drafts)


def test_an_extension_moves_the_reminder_of_its_firm_alone(firm, owner):
    period = make_period(opens_on=date(2026, 1, 1), deadline=date(2026, 4, 30))
    other = make_firm("示例乙公司")
    drafts_in(firm, period)
    drafts_in(other, period)
    DeadlineExtension.objects.create(
        period=period,
        enterprise=firm,
        until=date(2026, 6, 30),
        reason="示例",
        granted_by=owner,
        granted_at=NOW,
    )
    reminders_send(at=on("2026-04-29"))
    assert [each.enterprise for each in Message.objects.filter(kind=PERIOD_CLOSES)] == [other]
    reminders_send(at=on("2026-06-29"))
    assert Message.objects.filter(kind=PERIOD_CLOSES, enterprise=firm).count() == 1


def test_a_draft_that_was_written_today_needs_no_reminder_yet(firm):
    period = make_period(opens_on=date(2026, 1, 1), deadline=date(2026, 4, 30))
    [draft] = drafts_in(firm, period, 1)
    Claim.objects.filter(pk=draft.pk).update(draft_saved_at=on("2026-04-24"))
    reminders_send(at=on("2026-04-24"))
    assert not Message.objects.filter(kind=PERIOD_CLOSES).exists()
    reminders_send(at=on("2026-04-27"))
    assert Message.objects.filter(kind=PERIOD_CLOSES).exists()


def test_a_period_that_opens_is_told_once_to_every_firm_that_has_been_checked(firm):
    make_firm("示例乙公司", verified=False)
    make_period(opens_on=date(2026, 3, 2))
    assert reminders_send(at=on("2026-02-27")) == 0
    assert reminders_send(at=on("2026-03-02")) == 1
    make_period(opens_on=date(2026, 3, 2), version=2, deadline=date(2026, 11, 30))
    assert reminders_send(at=on("2026-03-03")) == 0
    assert [each.enterprise for each in Message.objects.filter(kind=PERIOD_OPENS)] == [firm]


def test_reminders_cost_the_same_number_of_queries_for_one_firm_and_for_many(commerce):
    period = make_period(opens_on=date(2026, 3, 10), deadline=date(2026, 3, 17))
    before = make_period(2024, deadline=date(2026, 12, 31))

    def cost(number):
        for n in range(number):
            firm = make_firm(f"示例第{number}-{n}公司")
            drafts_in(firm, period)
            returned(make_claim(firm, "5.3", before, particulars=exhibition("线上", "2024-09-16")), commerce)
        with CaptureQueriesContext(connection) as queries:
            reminders_send(at=on("2026-03-16"))
        assert Message.objects.filter(key__gt="").count() == 3 * Enterprise.objects.count()
        return len(queries)

    assert cost(1) == cost(5)


# --- In the portal -------------------------------------------------------------------------------


def read(client, **parameters):
    answer = client.get(reverse("portal:messages"), parameters)
    assert answer.status_code == 200
    return answer


def titles(answer):
    return [row["message"].title for row in answer.context["rows"]]


def test_without_messages_the_page_says_so(as_owner):
    assert "还没有消息" in read(as_owner).content.decode()


def test_unread_messages_are_counted_in_words_on_every_page(as_owner, claim):
    for address in (reverse("portal:messages"), reverse("portal:home"), reverse("portal:enterprise")):
        assert "（1 条未读）" in as_owner.get(address).content.decode()


def test_people_without_a_firm_have_no_messages_and_pay_no_query(client, commerce):
    client.force_login(commerce)
    with CaptureQueriesContext(connection) as queries:
        text = client.get(reverse("portal:home")).content.decode()
    assert "未读" not in text
    assert not [query for query in queries if "applications_message" in query["sql"]]


def test_opening_a_message_marks_it_for_oneself_alone_and_leads_to_its_claim(
    as_owner, owner, colleague, firm, claim
):
    Message.objects.update(created_at=timezone.now())
    answer = as_owner.get(reverse("portal:message", args=[newest(firm).pk]))
    assert answer.url == reverse("portal:claim", args=[claim.number])
    assert unread_count(owner) == 0
    assert unread_count(colleague) == 1


def test_a_message_leads_to_what_it_is_about(as_owner, owner, firm):
    request = support_request_file(
        enterprise=firm, item="8.1", actor=owner, facts={"subject": "一", "details": "二"}
    )
    event_add(kind="enterprise.verified", enterprise_id=firm.pk)
    make_period(opens_on=date(2026, 3, 2))
    reminders_send(at=on("2026-03-02"))
    leads = [
        as_owner.get(reverse("portal:message", args=[each.pk])).url for each in Message.objects.order_by("pk")
    ]
    assert leads == [
        reverse("portal:support_request", args=[request.number]),
        reverse("portal:enterprise"),
        reverse("portal:my_year", args=[2025]),
    ]


def test_a_mail_leads_through_sign_in_to_the_message(client, firm, claim):
    address = reverse("portal:message", args=[newest(firm).pk])
    assert client.get(address).url == f"/accounts/sign-in/?next={address}"


def test_another_firm_finds_nothing(client, firm, claim):
    other = make_firm("示例乙公司")
    client.force_login(owner_of(other))
    assert titles(read(client)) == []
    assert client.get(reverse("portal:message", args=[newest(firm).pk])).status_code == 404
    client.post(reverse("portal:messages_seen"), {"message": newest(firm).pk})
    assert unread_count(owner_of(firm)) == 1


def test_who_joins_later_reads_old_messages_and_is_not_told_that_they_are_new(client, firm, claim, colleague):
    client.force_login(colleague)
    answer = read(client)
    assert len(titles(answer)) == 1
    assert "未读</span>" not in answer.content.decode()
    assert unread_count(colleague) == 0
    assert titles(read(client, show="unread")) == []


def test_one_or_all_are_marked_as_read_and_the_list_stays_where_it_was(as_owner, owner, firm, period):
    for number in range(3):
        make_claim(firm, "5.2", period, facts={"booth_cny": "1"}, particulars=exhibition(f"展会{number}"))
    answer = as_owner.post(
        reverse("portal:messages_seen"), {"message": newest(firm).pk, "show": "unread", "page": "2"}
    )
    assert answer.url == "/messages/?show=unread&page=2"
    assert unread_count(owner) == 2
    answer = as_owner.post(reverse("portal:messages_seen"), follow=True)
    assert "2 条消息已标为已读。" in answer.content.decode()
    assert unread_count(owner) == 0
    assert "没有未读消息" in as_owner.post(reverse("portal:messages_seen"), follow=True).content.decode()


@pytest.mark.parametrize("typed", ["x", "-1", "９", "1" * 30, "1.5"])
def test_what_is_no_number_marks_nothing(as_owner, owner, claim, typed):
    answer = as_owner.post(reverse("portal:messages_seen"), {"message": typed, "page": typed, "show": typed})
    assert answer.status_code == 302
    assert read(as_owner, page=typed, show=typed).status_code == 200
    assert unread_count(owner) == 1


def test_marking_twice_is_the_same_as_once(owner, firm, claim):
    assert messages_read(user=owner) == 1
    assert messages_read(user=owner) == 0


def test_the_list_can_be_narrowed_to_a_topic(as_owner, firm, claim):
    event_add(kind="enterprise.verified", enterprise_id=firm.pk)
    assert titles(read(as_owner, show="firm")) == ["企业核验通过"]
    assert titles(read(as_owner, show="progress")) == ["境外展会：已收到申报"]
    assert titles(read(as_owner, show="money")) == []


def test_what_waits_to_be_done_is_listed_until_it_is_done(as_owner, firm, claim, commerce):
    returned(claim, commerce)
    assert len(titles(read(as_owner, show="act"))) == 1
    assert "待办理" in read(as_owner).content.decode()
    do("recall", claim, commerce)
    assert titles(read(as_owner, show="act")) == []
    assert "已处理" in read(as_owner).content.decode()
    returned(claim, commerce, at=NOW + timedelta(hours=1))
    assert len(titles(read(as_owner, show="act"))) == 1, "the first return asks for nothing any more"


def test_the_list_costs_the_same_number_of_queries_for_one_message_and_for_many(
    as_owner, firm, period, claim
):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            read(as_owner)
        return len(queries)

    before = cost()
    for number in range(25):
        make_claim(
            firm,
            "5.2",
            period,
            facts={"booth_cny": "1"},
            particulars=exhibition(f"展会{number}"),
            settle=False,
        )
    assert cost() == before
    assert "上一页" in read(as_owner, page="2").content.decode()
    assert len(titles(read(as_owner, page="2"))) == 6


def test_more_than_a_hundred_are_not_counted_out(as_owner, owner, firm):
    Message.objects.bulk_create(
        Message(enterprise=firm, kind="enterprise.verified", title="示例", created_at=NOW) for _ in range(150)
    )
    assert unread_count(owner) == 100
    assert "（99 条以上未读）" in read(as_owner).content.decode()


def test_a_title_with_marks_of_the_page_is_shown_as_it_is(as_owner, firm):
    Message.objects.create(enterprise=firm, kind="enterprise.verified", title="<b>示例</b>", created_at=NOW)
    assert "&lt;b&gt;示例" in read(as_owner).content.decode()


# --- Settings ------------------------------------------------------------------------------------


def test_a_person_chooses_what_comes_by_mail(as_owner, with_address):
    address = reverse("portal:message_settings")
    text = as_owner.get(address).content.decode()
    assert "owner@firm.example" in text
    assert text.count("checked") == 4
    as_owner.post(address, {"topics": ["money"]})
    assert sorted(MailChoice.objects.get(user=with_address).off) == ["period", "progress", "support"]
    assert as_owner.get(address).content.decode().count("checked") == 1
    as_owner.post(address, {})
    assert len(MailChoice.objects.get(user=with_address).off) == 4


def test_what_cannot_be_chosen_is_refused_and_keeps_what_was_ticked(as_owner, owner):
    answer = as_owner.post(reverse("portal:message_settings"), {"topics": ["firm", "money"]})
    assert answer.status_code == 422
    assert "请只选择列出的种类。" in answer.content.decode()
    assert answer.content.decode().count("checked") == 1
    assert not MailChoice.objects.exists()


def test_without_an_address_the_page_says_that_no_mail_goes_out(as_owner):
    assert "您还没有登记邮箱" in as_owner.get(reverse("portal:message_settings")).content.decode()
