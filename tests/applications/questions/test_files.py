"""Files of an answer: given once, taken out again, and seen by the office with the answer."""

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import Event, EvidenceFile
from applications.questions import (
    files_to_answer_with,
    question_file_add,
    question_file_known,
    question_file_remove,
    question_file_upload,
)
from applications.visibility import files_visible
from tests.factories import make_file, make_firm, make_user, owner_of
from tests.support.files import PDF

from .steps import answer, ask, pdf

pytestmark = pytest.mark.django_db


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
