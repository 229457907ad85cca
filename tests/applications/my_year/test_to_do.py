"""What is to be done in a year, in the order of dates."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from applications.bank_accounts import Account, account_change
from applications.models import Claim
from applications.official import working_calendar
from applications.portal.year_todos import Clock

from .steps import cross_border, do, show_at, shown, text_of, words

pytestmark = pytest.mark.django_db


def test_what_is_to_be_done_stands_in_the_order_of_dates_with_the_reviewers_words(
    as_owner, firm, period, commerce
):
    claim = show_at(firm)
    show_at(firm, "5.2", submit=False)
    cross_border(firm, "20000000")
    do("return", claim, commerce, reason="韩国保单缺少签章页。")
    returned, *others = shown(as_owner).context["todos"]
    assert (returned.action, returned.urgent) == ("去补正", True)
    assert returned.why == "韩国保单缺少签章页。"
    assert returned.left == "还有 10 个工作日"
    assert {todo.action for todo in others} == {"继续填写", "查看并确认"}
    assert [todo.until for todo in others] == [date(2026, 12, 31)] * 2
    text = words(as_owner)
    assert "需要您办理 3" in text


def test_two_claims_of_one_item_are_told_apart_by_what_they_are_about(as_owner, firm, period, commerce):
    first, second = show_at(firm), show_at(firm, name="另一个展会")
    for claim in (first, second):
        do("return", claim, commerce, reason="请补正。")
    one, other = shown(as_owner).context["todos"]
    assert one.title == "5.1 线下境外展会补贴“示例展会，2025-09-16”：补正"
    assert other.title == "5.1 线下境外展会补贴“另一个展会，2025-09-16”：补正"
    text = text_of(as_owner)
    for claim in (first, second):
        assert f'<span class="sub">{claim.about}</span><span class="sub">{claim.number}</span>' in text


def test_an_entry_of_a_register_is_not_named_by_its_key(firm, period):
    claim = Claim(enterprise=firm, item="2.1", subject="P1|national")
    assert claim.about == ""


def test_a_weekend_that_is_left_is_told_in_days():
    saturday = date(2026, 3, 7)
    clock = Clock(today=saturday, calendar=working_calendar())
    assert clock.deadline(date(2026, 3, 8), working=True)["left"] == "还有 1 天"
    assert clock.deadline(date(2026, 3, 9), working=True)["left"] == "还有 1 个工作日"
    assert clock.deadline(saturday, working=True)["left"] == "今天截止"


def test_what_is_overdue_is_marked_in_words(as_owner, firm, period, commerce):
    claim = show_at(firm)
    do("return", claim, commerce, reason="请补正。")
    Claim.objects.update(return_due_on=timezone.localdate() - timedelta(days=14))
    [todo] = shown(as_owner).context["todos"]
    assert todo.is_overdue
    assert re.fullmatch(r"已过期 \d+ 个工作日", todo.left)
    assert 'class="due is-late"' in text_of(as_owner)


def test_money_that_did_not_arrive_and_money_to_be_given_back_come_before_what_has_time(
    as_owner, firm, period
):
    show_at(firm, "5.2", submit=False)
    failed, owed = show_at(firm), show_at(firm, name="另一个展会")
    Claim.objects.filter(pk=failed.pk).update(payout_failed=True)
    Claim.objects.filter(pk=owed.pk).update(demanded_cny=Decimal("1234.50"))
    found = shown(as_owner).context["todos"]
    assert [todo.title.split("：")[1] for todo in found] == ["拨付未成功", "退回多拨的资金", "草稿"]
    text = text_of(as_owner)
    assert "需要退回 1,234.50 元" in text
    assert "请尽快办理" in text


def test_a_change_of_account_waits_for_a_colleague_and_not_for_who_asked_for_it(
    as_owner, firm, owner, colleague, period
):
    account_change(
        enterprise_id=firm.pk,
        actor=owner,
        account=Account(holder=firm.name, bank="示例银行哈尔滨分行", number="6222000011112222"),
    )
    assert shown(as_owner).context["todos"] == []
    other = Client()
    other.force_login(colleague)
    [todo] = shown(other).context["todos"]
    assert todo.title == "收款账户变更：请核对并确认"
    assert "尾号 2222" in todo.why


def test_a_year_without_anything_to_do_has_no_empty_box(as_owner, period):
    assert "需要您办理" not in text_of(as_owner)
