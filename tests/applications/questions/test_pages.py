"""The enterprise's pages of a question and its answer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from applications.questions import question_withdraw
from tests.factories import settle_all
from tests.support.files import PNG

from .steps import answer, ask, pdf

pytestmark = pytest.mark.django_db


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
