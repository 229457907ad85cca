"""What a bundle of proof holds about a claim or a batch: names of members and their bytes, the same for the same state."""

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from applications.explanations import settings_used, stored_reasons, stored_steps
from applications.lifecycle import claim_lock
from applications.models import Event
from review.audit.money import batch_money, batch_results, claim_money, claim_topics
from review.audit.rows import ENTRIES, EVENTS, rows_of_claim, rows_of_topic, rows_of_topics
from review.audit.stored import json_bytes, lines_bytes, row_of, signed

#: What is being typed, and who happens to have the claim on the desk, proves nothing.
_LEFT_OUT = ("draft", "draft_saved_at", "draft_saved_by", "assignee")


def claim_members(claim_id, folder=""):
    """[(name, bytes)] of everything stored about a claim, read while nobody can change it; [(name, EvidenceFile)] beside it."""
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        uses = list(claim.evidence.select_related("file__uploaded_by").order_by("document", "pk"))
        topics = claim_topics(claim)
        related = Q(topic__in=topics, claim=None)
        questions = list(claim.questions.prefetch_related("files__uploaded_by").order_by("pk"))
        found = [
            ("申报.json", json_bytes(_claim(claim))),
            ("核定数.json", json_bytes(_verified(claim))),
            ("计算说明.json", json_bytes(_explanation(claim))),
            ("操作记录.jsonl", lines_bytes(rows_of_claim(EVENTS, claim.pk))),
            ("经手人.json", json_bytes(_people(Event.objects.filter(Q(claim=claim) | related)))),
            ("相关记录.jsonl", lines_bytes(rows_of_topics(EVENTS, topics))),
            ("总额账.jsonl", lines_bytes(rows_of_claim(ENTRIES, claim.pk))),
            ("证明材料.json", json_bytes([_use(use) for use in uses])),
            ("材料核对.json", json_bytes(_by_officers(claim.document_checks))),
            ("内部备注.json", json_bytes(_by_officers(claim.notes))),
            ("询问.json", json_bytes([_question(question) for question in questions])),
            *((name, json_bytes(data)) for name, data in claim_money(claim)),
        ]
        for letter in claim.letters.order_by("pk"):
            found.append((f"文书/{letter.number}.json", json_bytes(row_of(letter))))
    files = [(f"证明材料/{number:03}-{use.file.name}", use.file) for number, use in enumerate(uses, start=1)]
    answers = [file for question in questions for file in _answer_files(question)]
    files += [(f"答复所附文件/{number:03}-{file.name}", file) for number, file in enumerate(answers, start=1)]
    return _under(folder, found), _under(folder, files)


def batch_members(batch):
    """[(name, bytes)] of a batch itself: what it is, its lines and payments, what was done with it, what the bank said of it, and its
    sealed spreadsheet."""
    lines = batch.lines.select_related("claim").order_by("pk")
    topic = f"batch:{batch.number}"
    found = [
        ("批次.json", json_bytes(signed(batch, "file"))),
        (
            "拨付明细.json",
            json_bytes([{**row_of(line), "claim_number": line.claim.number} for line in lines]),
        ),
        ("操作记录.jsonl", lines_bytes(rows_of_topic(EVENTS, topic))),
        ("经手人.json", json_bytes(_people(Event.objects.filter(topic=topic)))),
        *((name, json_bytes(data)) for name, data in batch_money(batch)),
        *batch_results(batch),
    ]
    if batch.file:
        found.append((f"资金拨付表-{batch.number}.xlsx", bytes(batch.file)))
    return found


def _under(folder, found):
    return [(f"{folder}{name}", content) for name, content in found]


def _claim(claim):
    enterprise = claim.enterprise
    return {
        **row_of(claim, *_LEFT_OUT),
        "enterprise_name": enterprise.name,
        "enterprise_credit_code": enterprise.credit_code,
        "item_title": claim.rule.title,
        "state_label": claim.get_state_display(),
    }


def _verified(claim):
    rows = claim.verified_values.select_related("entered_by").order_by("pk")
    return [{**row_of(row), "entered_by_name": row.entered_by.name} for row in rows]


def _by_officers(rows):
    """What officers wrote down one after the other, each with the name of whoever did."""
    return [{**row_of(row), "by_name": row.by.name} for row in rows.select_related("by").order_by("pk")]


def _explanation(claim):
    """The steps as the page explains them, and the settings behind them as they stand in their version."""
    settings = []
    for used in settings_used(claim):
        row = used.model.objects.filter(**used.key).first() if used.key else None
        settings.append({"words": used.words, "values": row_of(row) if row else None})
    return {"steps": stored_steps(claim), "reasons": stored_reasons(claim), "settings": settings}


def _people(events):
    users = User.objects.filter(pk__in=events.exclude(actor=None).values("actor")).order_by("pk")
    return [{"id": user.pk, "username": user.username, "name": user.name} for user in users]


def _use(use):
    return {"document": use.document, **_file(use.file)}


def _file(file):
    return {
        "name": file.name,
        "sha256": file.sha256,
        "size": file.size,
        "uploaded_by": file.uploaded_by.name,
        "uploaded_at": file.uploaded_at,
    }


def _question(question):
    """What was asked and answered; what the firm has put ready for an answer is its own until it sends the answer."""
    return {**row_of(question), "files": [_file(file) for file in _answer_files(question)]}


def _answer_files(question):
    return sorted(question.files.all(), key=lambda file: file.pk) if question.answered_at else []
