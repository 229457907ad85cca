"""What the enterprise is told of a question, and reminded of."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Mail
from applications.messages import reminders_send
from applications.messages.reading import with_open
from applications.messages.reminder_kinds import QUESTION_DUE
from applications.models import Message
from applications.questions import question_withdraw
from tests.factories import NOW

from .steps import answer, ask, on

pytestmark = pytest.mark.django_db


def open_kinds(firm):
    found = with_open(Message.objects.filter(enterprise=firm)).filter(open=True)
    return list(found.order_by("pk").values_list("kind", flat=True))


def test_a_question_is_told_with_its_words_and_day_and_mailed_even_where_nothing_else_is(
    claim, commerce, owner, firm
):
    owner.email = "owner@firm.example"
    owner.save()
    owner.refresh_from_db()
    ask(claim, commerce, at=timezone.now())
    message = Message.objects.get(kind="claim.asked")
    assert message.act
    assert "省商务厅就申报" in message.text
    assert "展位费包括押金吗？" in message.text
    assert "示例审核员甲" not in message.text
    assert Mail.objects.filter(subject__contains="审核询问").count() == 1
    assert open_kinds(firm) == ["claim.asked"]


def test_a_message_stays_open_until_its_own_question_is_over(claim, commerce, owner, firm):
    first = ask(claim, commerce)
    answer(first, owner, at=NOW + timedelta(minutes=1))
    assert open_kinds(firm) == []
    ask(claim, commerce, "第二个问题？", at=NOW + timedelta(minutes=2))
    assert open_kinds(firm) == ["claim.asked"]
    question_withdraw(claim_id=claim.pk, actor=commerce, at=NOW + timedelta(minutes=3))
    assert open_kinds(firm) == []


@pytest.mark.parametrize(
    ("day", "told"),
    [("2026-03-02", 0), ("2026-03-04", 0), ("2026-03-05", 1), ("2026-03-09", 1), ("2026-03-10", 0)],
)
def test_an_answer_is_reminded_of_two_working_days_before_and_on_the_last_day(
    claim, commerce, firm, day, told
):
    ask(claim, commerce)
    for _ in range(2):
        reminders_send(at=on(day))
    assert Message.objects.filter(enterprise=firm, kind=QUESTION_DUE).count() == told


def test_nobody_is_reminded_of_what_was_answered(claim, commerce, owner, firm):
    answer(ask(claim, commerce), owner)
    reminders_send(at=on("2026-03-09"))
    assert not Message.objects.filter(enterprise=firm, kind=QUESTION_DUE).exists()
