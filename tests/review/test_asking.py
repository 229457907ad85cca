"""At the desk: asking the enterprise, reading its answer, and deciding without waiting for it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.lifecycle import claim_token, transition
from applications.models import Question, State
from applications.questions import question_answer, question_file_upload
from review.document_checks import SEEN, document_check
from review.flags import flag_dismiss
from review.verification import value_verify
from tests.factories import NOW, UNMET, exhibition, make_claim, make_firm, make_period, owner_of, settle_all
from tests.support.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def claim(officers):
    return make_claim(
        make_firm(), "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition()
    )


def act(client, claim, action, **typed):
    claim.refresh_from_db()
    data = {"token": claim_token(claim), **typed}
    answer = client.post(reverse("review:decide", args=[claim.number, action]), data)
    claim.refresh_from_db()
    return answer


def desk(client, claim, **query):
    return client.get(reverse("review:claim", args=[claim.number]), query).content.decode()


def test_an_officer_asks_and_goes_on_to_the_next_claim(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    assert 'name="do" value="ask"' in desk(client, claim)
    page = desk(client, claim, do="ask")
    assert "要问企业什么" in page
    assert 'name="days" value="5"' in page
    answer = act(client, claim, "ask", reason="展位费包括押金吗？", days="3")
    assert answer["Location"] == reverse("review:queue")
    question = claim.questions.get()
    assert (question.text, question.asked_by) == ("展位费包括押金吗？", officers.commerce)
    assert claim.state == State.COMMERCE_REVIEW
    page = desk(client, claim)
    assert "等企业答复" in page
    assert "计时已停" in page
    assert "撤销询问" in page
    assert 'name="do" value="ask"' not in page
    assert "办理后询问自动撤销" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"reason": " ", "days": "5"}, "请写明要问企业什么"),
        ({"reason": "问", "days": "0"}, "请填 1 到 30 之间的整数"),
        ({"reason": "问", "days": "31"}, "请填 1 到 30 之间的整数"),
        ({"reason": "问", "days": "五"}, "请填 1 到 30 之间的整数"),
    ],
)
def test_a_question_that_cannot_be_asked_keeps_what_was_typed(officers, sign_in, claim, typed, sentence):
    answer = act(sign_in(officers.commerce), claim, "ask", **typed)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert sentence in page
    assert f'value="{typed["days"]}"' in page
    assert not Question.objects.exists()


def test_a_second_click_asks_once_and_says_what_has_happened(officers, sign_in, claim):
    client, token = sign_in(officers.commerce), claim_token(claim)
    act(client, claim, "ask", reason="问", days="5", token=token)
    second = act(client, claim, "ask", reason="问", days="5", token=token)
    assert second.status_code == 409
    assert "这一页已经过时" in second.content.decode()
    assert claim.questions.count() == 1


def test_an_answer_stands_on_the_desk_with_its_files(officers, sign_in, claim):
    client, owner = sign_in(officers.commerce), owner_of(claim.enterprise)
    act(client, claim, "ask", reason="展位费包括押金吗？", days="5")
    question = claim.questions.get()
    file = question_file_upload(
        question_id=question.pk, upload=SimpleUploadedFile("合同.pdf", PDF), actor=owner
    )
    assert "合同.pdf" not in desk(client, claim)
    question_answer(
        question_id=question.pk, text="不包括，见合同第 3 页。", actor=owner, source_ip="192.0.2.1"
    )
    page = desk(client, claim)
    assert "企业已答复" in page
    assert "不包括，见合同第 3 页。" in page
    assert f'href="{reverse("review:claim", args=[claim.number])}?file={file.pk}#viewer"' in page
    assert "附文件：合同.pdf" in page
    opened = desk(client, claim, file=file.pk)
    assert f'<iframe src="{reverse("portal:file", args=[file.pk])}" title="合同.pdf">' in opened
    assert "答复询问所附文件" in opened
    settle_all()
    assert act(client, claim, "approve").status_code == 302
    assert claim.state == State.FINANCE_REVIEW


def test_only_files_of_the_claims_own_answers_open_on_its_desk(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    other = make_claim(
        make_firm("示例乙公司"), "5.1", claim.period, facts={"booth_cny": "1"}, particulars=exhibition()
    )
    owner = owner_of(other.enterprise)
    act(client, other, "ask", reason="问", days="5")
    question = other.questions.get()
    file = question_file_upload(
        question_id=question.pk, upload=SimpleUploadedFile("合同.pdf", PDF), actor=owner
    )
    # A file is shown when the answer has been sent, not while the firm is still writing it.
    assert "合同.pdf" not in desk(client, other, file=file.pk)
    question_answer(question_id=question.pk, text="见合同。", actor=owner)
    assert "合同.pdf" in desk(client, other, file=file.pk)
    for asked in (file.pk, "0", "x", "9" * 40, "²"):
        page = desk(client, claim, file=asked)
        assert "合同.pdf" not in page
        assert "答复询问所附文件" not in page


def test_a_day_that_has_passed_stands_out(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    act(client, claim, "ask", reason="问", days="5")
    claim.questions.update(due_on=timezone.localdate() - timedelta(days=1))
    assert "已过" in desk(client, claim)


def test_a_question_is_withdrawn_with_one_press(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    act(client, claim, "ask", reason="问", days="5")
    assert act(client, claim, "unask").status_code == 302
    assert claim.clock_stopped_on is None
    assert "询问已撤销" in desk(client, claim)
    assert act(client, claim, "unask").status_code == 409


def test_a_decision_without_the_answer_is_recorded_as_one(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    act(client, claim, "ask", reason="问", days="5")
    page = desk(client, claim, do="return")
    assert "办理后询问自动撤销" in page
    assert act(client, claim, "approve").status_code == 302
    assert "企业还没有答复的询问随之撤销" in desk(sign_in(officers.finance), claim)


def test_other_offices_neither_ask_nor_withdraw(officers, sign_in, claim):
    for user, status in ((officers.finance, 403), (officers.heihe, 404), (officers.auditor, 403)):
        assert act(sign_in(user), claim, "ask", reason="问", days="5").status_code == status
    act(sign_in(officers.commerce), claim, "ask", reason="问", days="5")
    assert act(sign_in(officers.finance), claim, "unask").status_code == 403
    assert "询问企业" not in desk(sign_in(officers.auditor), claim).partition("action-bar")[2]
    # A colleague of the same office may.
    assert act(sign_in(officers.commerce2), claim, "unask").status_code == 302


def test_a_decision_cannot_be_recalled_once_the_next_office_has_asked(officers, sign_in, claim):
    client = sign_in(officers.commerce)
    act(client, claim, "approve")
    assert "收回您的决定“商务审核通过”，回到“商务审核”，企业会收到通知" in desk(client, claim)
    act(sign_in(officers.finance), claim, "ask", reason="账户是否仍在使用？", days="5")
    assert act(client, claim, "recall").status_code in (403, 409)
    assert claim.state == State.FINANCE_REVIEW


def test_questions_cost_the_desk_the_same_for_few_and_for_many(officers, sign_in, claim):
    client, owner = sign_in(officers.commerce), owner_of(claim.enterprise)
    for number in range(3):
        act(client, claim, "ask", reason=f"问 {number}", days="5")
        question_answer(question_id=claim.questions.last().pk, text="答", actor=owner)
    desk(client, claim)
    with CaptureQueriesContext(connection) as few:
        desk(client, claim)
    for number in range(3):
        act(client, claim, "ask", reason=f"再问 {number}", days="5")
        question_answer(question_id=claim.questions.last().pk, text="答", actor=owner)
    with CaptureQueriesContext(connection) as many:
        desk(client, claim)
    assert len(many) <= len(few)


def test_a_deputy_is_named_as_one_on_the_desk_and_decides_in_the_own_person(officers, sign_in, claim):
    deputy, absent = officers.finance, officers.commerce
    deputy.posts.create(
        role="commerce",
        deputy_for=absent,
        starts_on=NOW.date(),
        ends_on=timezone.localdate() + timedelta(days=5),
    )
    client = sign_in(deputy)
    assert act(client, claim, "approve").status_code == 302
    assert claim.events.get(kind="claim.commerce_approved").data["deputy_for"] == "示例审核员甲"
    assert "示例财政员甲（代理示例审核员甲）" in desk(client, claim)
    # Four eyes look at the person who decided, not at the one who was stood in for.
    assert act(client, claim, "finance_approve").status_code == 403
    absent.posts.create(role="finance", starts_on=NOW.date())
    assert act(sign_in(absent), claim, "finance_approve").status_code == 302
    assert "deputy_for" not in claim.events.get(kind="claim.finance_approved").data


def test_what_a_deputy_does_on_the_way_to_a_decision_names_the_one_stood_in_for(officers, claim):
    deputy = officers.finance
    deputy.posts.create(
        role="commerce",
        deputy_for=officers.commerce,
        starts_on=NOW.date(),
        ends_on=timezone.localdate() + timedelta(days=5),
    )
    flag = claim.flags.create(
        kind="young", data={"established": "2025-06-01", "submitted": "2026-03-02"}, raised_at=NOW
    )
    flag_dismiss(flag_id=flag.pk, reason="已核对。", actor=deputy)
    document_check(
        claim_id=claim.pk,
        document=claim.rule.evidence[0].code,
        verdict=SEEN,
        actor=deputy,
    )
    value_verify(claim_id=claim.pk, path="booth_cny", value="90000", reason="以合同为准。", actor=deputy)
    for kind in ("claim.flag_dismissed", "claim.document_checked", "claim.verified"):
        assert claim.events.get(kind=kind).data["deputy_for"] == "示例审核员甲", kind


def test_who_holds_a_post_in_the_own_right_besides_a_deputys_acts_in_the_own_right(officers, sign_in, claim):
    officers.commerce2.posts.create(
        role="commerce", deputy_for=officers.commerce, starts_on=NOW.date(), ends_on=timezone.localdate()
    )
    act(sign_in(officers.commerce2), claim, "approve")
    assert "deputy_for" not in claim.events.get(kind="claim.commerce_approved").data


def test_a_deputys_post_is_over_after_its_last_day(officers, sign_in, claim):
    yesterday = timezone.localdate() - timedelta(days=1)
    officers.finance.posts.create(
        role="commerce",
        deputy_for=officers.commerce,
        starts_on=yesterday - timedelta(days=3),
        ends_on=yesterday,
    )
    assert act(sign_in(officers.finance), claim, "approve").status_code == 403


def test_what_a_person_on_leave_has_in_hand_a_colleague_takes_over(officers, sign_in, claim):
    take = reverse("review:take", args=[claim.number])
    sign_in(officers.commerce).post(take, {"token": claim_token(claim)})
    claim.refresh_from_db()
    sign_in(officers.commerce2).post(take, {"token": claim_token(claim)})
    claim.refresh_from_db()
    assert claim.assignee == officers.commerce2
    assert claim.events.order_by("pk").last().data["from_officer"] == "示例审核员甲"


def test_a_reconsideration_stands_beside_the_rejection_and_the_rejecter_is_told_why_not(
    officers, sign_in, claim
):
    transition(
        claim_id=claim.pk, action="reject", actor=officers.commerce, reason="展会在国内举办。", data=UNMET
    )
    transition(
        claim_id=claim.pk, action="reconsider", actor=owner_of(claim.enterprise), reason="在东京举办。"
    )
    page = desk(sign_in(officers.commerce2), claim)
    assert "复议" in page
    assert "展会在国内举办。" in page
    assert "在东京举办。" in page
    refused = act(sign_in(officers.commerce), claim, "approve")
    assert refused.status_code == 403
    assert "复议要由另一位同事办理" in refused.content.decode()
    assert "复议要由另一位同事办理" in desk(sign_in(officers.commerce), claim)
