"""Reminders of dates: each comes once, in the hours of the day."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.messages import reminders_send
from applications.messages.reminder_kinds import PERIOD_CLOSES, PERIOD_OPENS, RETURN_DUE
from applications.models import Claim, DeadlineExtension, Enterprise, Message
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period

from .steps import on, returned

pytestmark = pytest.mark.django_db


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
