"""Questions to the enterprise: asked, answered with words and files, withdrawn, late, and dropped by a decision."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail
from accounts.roles import Role
from applications.claims import claim_withdraw
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import bulk_transition, claim_token, transition
from applications.lifecycle.clock import clock_days
from applications.messages import reminders_send
from applications.messages.reading import with_open
from applications.messages.reminder_kinds import QUESTION_DUE
from applications.models import Event, EvidenceFile, Message, Question, State, YearSettings
from applications.official import working_calendar
from applications.questions import (
    files_to_answer_with,
    question_answer,
    question_ask,
    question_file_add,
    question_file_known,
    question_file_remove,
    question_file_upload,
    question_withdraw,
)
from applications.stage_days import expected_end
from applications.visibility import files_visible
from tests.factories import (
    NOW,
    SHANGHAI,
    exhibition,
    make_claim,
    make_file,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.files import PDF, PNG
from tests.support.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def commerce():
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_user("commerce", role=Role.COMMERCE, name="示例审核员甲")


@pytest.fixture
def colleague_at_office(commerce):
    return make_user("commerce2", role=Role.COMMERCE, name="示例审核员乙")


@pytest.fixture
def claim(commerce, firm, period):
    return make_claim(firm, "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())


def ask(claim, actor, text="展位费包括押金吗？", **more):
    question = question_ask(claim_id=claim.pk, text=text, actor=actor, **{"at": NOW, **more})
    claim.refresh_from_db()
    return question


def answer(question, actor, text="不包括。", **more):
    return question_answer(question_id=question.pk, text=text, actor=actor, **{"at": NOW, **more})


def on(day, hour=10):
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), SHANGHAI).replace(hour=hour)


def pdf(name="合同.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


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
    transition(claim_id=claim.pk, action=action, actor=commerce, reason="理由。", at=NOW)
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


# --- Files ---------------------------------------------------------------------------------------


def test_files_are_checked_given_once_and_taken_out_again(claim, commerce, owner, colleague):
    question = ask(claim, commerce)
    file = question_file_upload(question_id=question.pk, upload=pdf(), actor=owner)
    with pytest.raises(Refused, match="已经在答复里"):
        question_file_upload(question_id=question.pk, upload=pdf(), actor=colleague)
    with pytest.raises(Refused):
        question_file_upload(question_id=question.pk, upload=pdf("程序.pdf", b"MZ\x90"), actor=owner)
    question_file_remove(question_id=question.pk, file_id=file.pk, actor=colleague)
    with pytest.raises(Refused, match="已经不在答复里"):
        question_file_remove(question_id=question.pk, file_id=file.pk, actor=owner)
    found = question_file_known(question_id=question.pk, sha256=file.sha256, name="合同.pdf", actor=owner)
    assert found == file
    assert question_file_known(question_id=question.pk, sha256="0" * 64, name="x", actor=owner) is None


def test_an_answer_takes_only_so_many_files(claim, commerce, owner, settings):
    settings.EVIDENCE_MAX_FILES = 1
    question = ask(claim, commerce)
    question_file_add(question_id=question.pk, file=make_file(claim.enterprise), actor=owner)
    with pytest.raises(Refused, match="最多 1 个文件"):
        question_file_add(question_id=question.pk, file=make_file(claim.enterprise), actor=owner)
    with pytest.raises(Refused, match="最多 1 个文件"):
        question_file_upload(question_id=question.pk, upload=pdf(), actor=owner)
    assert not EvidenceFile.objects.filter(name="合同.pdf").exists()


def test_a_file_of_another_firm_cannot_be_given(claim, commerce, owner):
    question = ask(claim, commerce)
    with pytest.raises(NotAllowed):
        question_file_add(question_id=question.pk, file=make_file(make_firm("示例乙公司")), actor=owner)


def test_after_the_answer_files_neither_come_nor_go(claim, commerce, owner):
    question = ask(claim, commerce)
    file = question_file_upload(question_id=question.pk, upload=pdf(), actor=owner)
    answer(question, owner)
    for service, more in (
        (question_file_upload, {"upload": pdf("另一份.pdf", PDF + b"\n%2")}),
        (question_file_add, {"file": file}),
        (question_file_remove, {"file_id": file.pk}),
    ):
        with pytest.raises(Refused, match="不能再改"):
            service(question_id=question.pk, actor=owner, **more)


def test_the_office_sees_the_files_of_an_answer_and_not_what_is_being_put_ready(claim, commerce, owner):
    question = ask(claim, commerce)
    file = question_file_upload(question_id=question.pk, upload=pdf(), actor=owner)
    heihe = make_user("heihe", role=Role.CITY_COMMERCE, city="2311")
    assert file in files_visible(owner)
    assert file not in files_visible(commerce)
    answer(question, owner)
    assert file in files_visible(commerce)
    assert file not in files_visible(heihe)
    assert file not in files_visible(owner_of(make_firm("示例乙公司")))


def test_a_look_at_a_file_of_an_answer_is_recorded_with_its_claim(claim, commerce, owner, client):
    question = ask(claim, commerce)
    file = question_file_upload(question_id=question.pk, upload=pdf(), actor=owner)
    answer(question, owner)
    client.force_login(commerce)
    client.get(reverse("portal:file", args=[file.pk])).getvalue()
    assert Event.objects.get(kind="evidence.opened").topic == f"reading:{claim.number}"


def test_files_of_claims_and_earlier_answers_are_offered_once_each(claim, commerce, owner):
    question = ask(claim, commerce)
    of_claim = claim.evidence.count()
    assert len(files_to_answer_with(question)) == of_claim
    question_file_add(question_id=question.pk, file=claim.evidence.first().file, actor=owner)
    assert len(files_to_answer_with(question)) == of_claim - 1


# --- Messages ------------------------------------------------------------------------------------


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


# --- The enterprise's pages ----------------------------------------------------------------------


def address(question, name="portal:question", *more):
    return reverse(name, args=[question.claim.number, question.pk, *more])


def text_of(response):
    return response.content.decode()


def test_the_claims_page_and_the_year_lead_to_the_question(claim, commerce, as_owner):
    question = ask(claim, commerce)
    page = text_of(as_owner.get(reverse("portal:claim", args=[claim.number])))
    assert "展位费包括押金吗？" in page
    assert "待您答复" in page
    assert address(question) in page
    assert "您答复审核询问" in page
    year = text_of(as_owner.get(reverse("portal:my_year", args=[2025])))
    assert "答复审核询问" in year
    assert address(question) in year


def test_an_answer_with_a_file_goes_without_scripts_in_one_form(claim, commerce, owner, as_owner):
    question = ask(claim, commerce)
    sent = {"text": "不包括，见合同。", "files": pdf(), "action": "submit"}
    response = as_owner.post(address(question), sent)
    assert response.url == reverse("portal:claim", args=[claim.number])
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("不包括，见合同。", owner)
    assert [file.name for file in question.files.all()] == ["合同.pdf"]
    page = text_of(as_owner.get(reverse("portal:claim", args=[claim.number])))
    assert "不包括，见合同。" in page
    assert "合同.pdf" in page
    assert claim.events.get(kind="claim.question_answered").data["files"] == ["合同.pdf"]


def test_a_file_that_cannot_be_taken_keeps_the_words_and_sends_nothing(claim, commerce, as_owner):
    question = ask(claim, commerce)
    sent = {"text": "见附件。", "files": pdf("程序.pdf", b"MZ\x90"), "action": "submit"}
    response = as_owner.post(address(question), sent)
    assert response.status_code == 422
    assert "见附件。" in text_of(response)
    assert "程序.pdf：" in text_of(response)
    question.refresh_from_db()
    assert question.is_open


def test_files_come_and_go_without_scripts_and_keep_the_words(claim, commerce, as_owner):
    question = ask(claim, commerce)
    kept = as_owner.post(address(question), {"text": "写到一半", "files": pdf(), "action": "keep"})
    assert kept.status_code == 200
    assert "写到一半" in text_of(kept)
    file = question.files.get()
    gone = as_owner.post(address(question, "portal:question_file_remove", file.pk), {"text": "写到一半"})
    assert "写到一半" in text_of(gone)
    assert not question.files.exists()
    choose = as_owner.post(address(question, "portal:question_choose"), {"text": "写到一半"})
    assert 'value="写到一半"' in text_of(choose)
    used = claim.evidence.first().file_id
    picked = {"text": "写到一半", "pick-answer": [used]}
    chosen = as_owner.post(address(question, "portal:question_file_give"), picked)
    assert "写到一半" in text_of(chosen)
    assert question.files.get().pk == used
    nothing = as_owner.post(address(question, "portal:question_file_give"), {"text": "写到一半"})
    assert nothing.status_code == 409
    assert "请先选择一个文件" in text_of(nothing)
    assert "写到一半" in text_of(nothing)


def test_scripts_give_files_one_by_one(claim, commerce, as_owner):
    question = ask(claim, commerce)
    give = address(question, "portal:question_file_give")
    row = as_owner.post(give, {"file": SimpleUploadedFile("展位.png", PNG)})
    assert text_of(row).lstrip().startswith("<li")
    sha256 = question.files.get().sha256
    again = as_owner.post(give, {"sha256": sha256, "name": "展位.png"})
    assert again.status_code == 422
    assert "已经在答复里" in again.json()["error"]
    assert as_owner.post(give, {"sha256": "0" * 64, "name": "x"}).status_code == 204
    assert as_owner.post(give, {"sha256": "x", "name": "x"}).status_code == 204


def test_an_empty_answer_is_asked_for_again(claim, commerce, as_owner):
    response = as_owner.post(address(ask(claim, commerce)), {"text": " ", "action": "submit"})
    assert response.status_code == 422
    assert "请写明答复" in text_of(response)


def test_a_second_answer_is_told_who_was_first_and_keeps_its_words(claim, commerce, colleague, as_owner):
    question = ask(claim, commerce)
    answer(question, colleague, "先答的。")
    response = as_owner.post(address(question), {"text": "后答的。", "action": "submit"})
    assert response.status_code == 409
    page = text_of(response)
    assert "先答的。" in page
    assert "后答的。" in page
    assert f"{colleague.name}已在" in page


def test_a_question_that_is_over_can_still_be_read(claim, commerce, owner, as_owner):
    question = ask(claim, commerce)
    question_withdraw(claim_id=claim.pk, actor=commerce)
    page = text_of(as_owner.get(address(question)))
    assert "已经撤销，不需要答复" in page
    assert "<textarea" not in page
    assert as_owner.get(address(question, "portal:question_choose")).status_code == 302


def test_words_sent_after_the_session_had_ended_are_there_after_signing_in(claim, commerce, client, owner):
    question = ask(claim, commerce)
    response = client.post(address(question), {"text": "长" * 3000, "action": "submit"})
    assert response.status_code == 302
    client.force_login(owner)
    assert "长" * 3000 in text_of(client.get(address(question)))


def test_the_stages_and_the_time_line_say_whose_turn_it_is(claim, commerce, owner, as_owner):
    question = ask(claim, commerce, at=timezone.now())
    page = text_of(as_owner.get(reverse("portal:claim", args=[claim.number])))
    assert "有一个询问，请在" in page
    answer(question, owner, at=timezone.now())
    page = text_of(as_owner.get(reverse("portal:claim", args=[claim.number])))
    assert "现在由省商务厅审核，您不需要做什么" in page
    assert "企业答复询问" in page
    settle_all()


# --- At the same moment --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
class TestTogether:
    """Two people at once."""

    @pytest.fixture
    def people(self):
        YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
        firm = make_firm()
        clerk = make_user("clerk")
        firm.memberships.create(user=clerk, role="clerk", since=NOW)
        commerce = [make_user(f"commerce{number}", role=Role.COMMERCE) for number in (1, 2)]
        claim = make_claim(
            firm, "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
        )
        return claim, owner_of(firm), clerk, commerce

    def test_of_two_clerks_who_answer_at_once_one_is_told_of_the_other(self, people):
        claim, owner, clerk, (commerce, _) = people
        question = ask(claim, commerce)
        results = together(*(partial(answer, question, person) for person in (owner, clerk)))
        assert sum(isinstance(result, Refused) for result in results) == 1
        assert claim.events.filter(kind="claim.question_answered").count() == 1

    def test_of_two_officers_who_ask_at_once_one_asks(self, people):
        claim, _, _, officers = people
        results = together(*(partial(ask, claim, officer) for officer in officers))
        assert sum(isinstance(result, Refused) for result in results) == 1
        assert claim.questions.count() == 1

    def test_an_answer_and_a_decision_at_once_leave_one_of_them(self, people):
        claim, owner, _, (commerce, _) = people
        question = ask(claim, commerce)
        token = claim_token(claim)
        results = together(
            partial(answer, question, owner),
            partial(transition, claim_id=claim.pk, action="approve", actor=commerce, token=token, at=NOW),
        )
        assert sum(isinstance(result, Refused) for result in results) == 1
        question.refresh_from_db()
        assert (question.answered_at is None) != (question.withdrawn_at is None)
