"""Asking and answering."""

from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from applications.questions import question_answer, question_ask
from tests.factories import NOW, SHANGHAI
from tests.support.files import PDF


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
