"""Questions and answers: who, when, and what becomes of the clock; the end without an answer."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.roles import Role
from applications.claims import claim_withdraw
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import bulk_transition, claim_token, transition
from applications.lifecycle.clock import clock_days
from applications.models import Message, Question, State
from applications.official import working_calendar
from applications.questions import question_file_upload, question_withdraw
from applications.stage_days import expected_end
from tests.factories import NOW, UNMET, make_firm, make_user, owner_of

from .steps import answer, ask, on, pdf

pytestmark = pytest.mark.django_db


# --- Asking --------------------------------------------------------------------------------------


def test_a_question_leaves_the_state_and_stops_the_clock_until_it_is_answered(claim, commerce, owner):
    question = ask(claim, commerce)
    assert (claim.state, question.due_on) == (State.COMMERCE_REVIEW, date(2026, 3, 9))
    calendar = working_calendar()
    assert clock_days(claim, date(2026, 3, 6), calendar) == 0
    answer(question, owner, at=NOW + timedelta(days=4))
    claim.refresh_from_db()
    assert claim.clock_stopped_on is None
    assert clock_days(claim, date(2026, 3, 6), calendar) == 0
    assert clock_days(claim, date(2026, 3, 10), calendar) == 2


def test_days_that_had_passed_before_a_question_count_after_its_answer(claim, commerce, owner):
    question = ask(claim, commerce, at=NOW + timedelta(days=2))
    answer(question, owner, at=NOW + timedelta(days=10))
    claim.refresh_from_db()
    assert clock_days(claim, date(2026, 3, 12), working_calendar()) == 2
    assert clock_days(claim, date(2026, 3, 13), working_calendar()) == 3


def test_the_day_on_which_the_office_is_expected_to_be_done_moves_by_the_time_of_the_answer(
    claim, commerce, owner
):
    before, _ = expected_end(claim)
    question = ask(claim, commerce)
    assert expected_end(claim) is None
    answer(question, owner, at=NOW + timedelta(days=4))
    claim.refresh_from_db()
    after, _ = expected_end(claim)
    assert working_calendar().count_working_days(before, after) == 4


def test_one_question_at_a_time_is_open(claim, commerce, colleague_at_office, owner):
    first = ask(claim, commerce)
    with pytest.raises(Refused, match="已经有一个询问"):
        ask(claim, colleague_at_office, "还有一件事。")
    answer(first, owner)
    second = ask(claim, colleague_at_office, "还有一件事。")
    question_withdraw(claim_id=claim.pk, actor=commerce, at=NOW)
    ask(claim, commerce)
    assert Question.objects.filter(claim=claim).count() == 3
    second.refresh_from_db()
    assert (second.withdrawn_at, second.answered_at) == (NOW, None)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_question_needs_words(claim, commerce, text):
    with pytest.raises(Refused, match="请写明要问企业什么"):
        ask(claim, commerce, text)
    assert not Question.objects.exists()


def test_only_the_office_that_has_the_claim_asks_and_nobody_of_the_firm(claim, commerce, owner):
    for role, city in ((Role.FINANCE, ""), (Role.CITY_COMMERCE, "2301"), (Role.AUDITOR, "")):
        with pytest.raises(NotAllowed):
            ask(claim, make_user(f"{role}", role=role, city=city))
    with pytest.raises(NotAllowed):
        ask(claim, owner)
    insider = make_user("insider", role=Role.COMMERCE)
    insider.memberships.create(enterprise=claim.enterprise, role="clerk", since=NOW)
    with pytest.raises(NotAllowed, match="您是这家企业的经办人"):
        ask(claim, insider)


def test_a_claim_that_no_office_has_is_not_asked_about(claim, commerce):
    transition(claim_id=claim.pk, action="return", actor=commerce, reason="请改。", at=NOW)
    with pytest.raises(Refused, match="不在审核中"):
        ask(claim, commerce)


def test_finance_and_the_second_checker_ask_as_well(claim, commerce):
    transition(claim_id=claim.pk, action="approve", actor=commerce, at=NOW)
    finance = make_user("finance", role=Role.FINANCE)
    assert ask(claim, finance).stage == State.FINANCE_REVIEW
    with pytest.raises(NotAllowed):
        question_withdraw(claim_id=claim.pk, actor=commerce)


def test_asking_from_an_old_page_is_refused(claim, commerce, colleague_at_office):
    old = claim_token(claim)
    ask(claim, commerce)
    question_withdraw(claim_id=claim.pk, actor=commerce, at=NOW)
    with pytest.raises(Stale):
        ask(claim, colleague_at_office, token=old)


def test_a_deputy_who_asks_is_recorded_as_one(claim, commerce):
    deputy = make_user("deputy", name="示例代理人")
    deputy.posts.create(
        role=Role.COMMERCE, deputy_for=commerce, starts_on=date(2026, 1, 1), ends_on=date(2099, 1, 1)
    )
    ask(claim, deputy)
    assert claim.events.get(kind="claim.asked").data["deputy_for"] == "示例审核员甲"


# --- Answering -----------------------------------------------------------------------------------


def test_an_answer_counts_once_and_cannot_be_changed(claim, commerce, owner, colleague):
    question = ask(claim, commerce)
    answer(question, owner)
    with pytest.raises(Refused, match=f"{owner.name}已在"):
        answer(question, colleague, "包括。")
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("不包括。", owner)
    assert claim.events.filter(kind="claim.question_answered").count() == 1


def test_a_stranger_or_an_officer_cannot_answer(claim, commerce):
    question = ask(claim, commerce)
    for person in (owner_of(make_firm("示例乙公司")), commerce):
        with pytest.raises(NotAllowed):
            answer(question, person)


def test_an_answer_needs_words_even_with_a_file(claim, commerce, owner):
    question = ask(claim, commerce)
    question_file_upload(question_id=question.pk, upload=pdf(), actor=owner)
    with pytest.raises(Refused) as refusal:
        answer(question, owner, "  ")
    assert refusal.value.field == "text"


@pytest.mark.parametrize(("day", "is_late"), [("2026-03-09", False), ("2026-03-10", True)])
def test_an_answer_after_its_day_still_counts_and_is_marked(claim, commerce, owner, day, is_late):
    question = answer(ask(claim, commerce), owner, at=on(day, 23))
    assert question.is_late is is_late
    assert claim.events.get(kind="claim.question_answered").data.get("late", False) is is_late


def test_nothing_lapses_when_the_day_has_passed(claim, commerce, owner):
    question = ask(claim, commerce)
    Question.objects.filter(pk=question.pk).update(due_on=timezone.localdate() - timedelta(days=1))
    question.refresh_from_db()
    assert question.is_over
    Question.objects.filter(pk=question.pk).update(due_on=timezone.localdate())
    question.refresh_from_db()
    assert not question.is_over
    answer(question, owner)


def test_who_answered_for_the_firm_decides_nothing_about_the_claim(claim, commerce, firm):
    clerk = make_user("clerk")
    membership = firm.memberships.create(user=clerk, role="clerk", since=NOW)
    answer(ask(claim, commerce), clerk)
    membership.ended_at = NOW
    membership.save()
    clerk.posts.create(role=Role.COMMERCE, starts_on=date(2026, 1, 1))
    with pytest.raises(NotAllowed, match="由您代企业办理过"):
        transition(claim_id=claim.pk, action="approve", actor=clerk, at=NOW)


def test_an_answer_makes_an_approval_of_a_page_without_it_stale(claim, commerce, owner):
    question = ask(claim, commerce)
    old = claim_token(claim)
    answer(question, owner)
    with pytest.raises(Stale, match="企业答复询问"):
        transition(claim_id=claim.pk, action="approve", actor=commerce, token=old, at=NOW)


# --- The end without an answer -------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "return", "reject"])
def test_a_decision_withdraws_the_open_question_and_says_so(claim, commerce, owner, action):
    question = ask(claim, commerce)
    data = UNMET if action == "reject" else None
    transition(claim_id=claim.pk, action=action, actor=commerce, reason="理由。", data=data, at=NOW)
    event = claim.events.order_by("-pk").first()
    assert event.data["question_dropped"] == question.pk
    question.refresh_from_db()
    assert question.withdrawn_at == NOW
    message = Message.objects.filter(claim=claim).order_by("-pk").first()
    assert "先前的询问已经撤销" in message.text
    with pytest.raises(Refused, match="不需要这个答复"):
        answer(question, owner)
    claim.refresh_from_db()
    assert claim.clock_stopped_on is None


def test_a_decision_without_a_question_says_nothing_of_one(claim, commerce):
    transition(claim_id=claim.pk, action="approve", actor=commerce, at=NOW)
    assert "question_dropped" not in claim.events.order_by("-pk").first().data
    assert "询问" not in Message.objects.filter(claim=claim).order_by("-pk").first().text


def test_a_second_check_that_does_without_the_answer_tells_the_firm(claim, commerce, colleague_at_office):
    claim.drawn = True
    claim.save()
    transition(claim_id=claim.pk, action="approve", actor=commerce, at=NOW)
    transition_of_second = partial(transition, claim_id=claim.pk, action="confirm", actor=colleague_at_office)
    ask(claim, colleague_at_office)
    transition_of_second(at=NOW)
    newest = Message.objects.filter(claim=claim).order_by("-pk").first()
    assert newest.kind == "claim.question_withdrawn"
    assert newest.text.count("撤销") == 1


def test_a_withdrawn_claim_has_no_open_question(claim, commerce, owner):
    question = ask(claim, commerce)
    claim_withdraw(claim_id=claim.pk, actor=owner, token=claim_token(claim))
    with pytest.raises(Refused):
        answer(question, owner)


def test_a_bulk_leaves_a_claim_with_an_open_question_alone(claim, commerce):
    ask(claim, commerce)
    outcome = bulk_transition(
        enterprise_id=claim.enterprise_id,
        year=2025,
        steps=[(claim.pk, claim_token(claim))],
        action="approve",
        actor=commerce,
        at=NOW,
    )
    assert "等企业答复" in outcome[claim.pk]
    claim.refresh_from_db()
    assert (claim.state, claim.clock_stopped_on) == (State.COMMERCE_REVIEW, date(2026, 3, 2))
