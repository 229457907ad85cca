"""What a bundle of proof holds about a claim or a batch: names of members and their bytes, the same for the same state."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.forms.models import model_to_dict

from accounts.models import User
from applications.explanations import settings_used, stored_reasons, stored_steps
from applications.lifecycle import claim_lock
from applications.models import Event
from review.audit.rows import ENTRIES, EVENTS, rows_of_claim, rows_of_topic

#: What is being typed, and who happens to have the claim on the desk, proves nothing.
_LEFT_OUT = ("draft", "draft_saved_at", "draft_saved_by", "assignee")


def claim_members(claim_id, folder=""):
    """[(name, bytes)] of everything stored about a claim, read while nobody can change it; [(name, EvidenceFile)] beside it."""
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        uses = list(claim.evidence.select_related("file__uploaded_by").order_by("document", "pk"))
        questions = list(claim.questions.prefetch_related("files__uploaded_by").order_by("pk"))
        found = [
            ("申报.json", _json(_claim(claim))),
            ("核定数.json", _json(_verified(claim))),
            ("计算说明.json", _json(_explanation(claim))),
            ("操作记录.jsonl", _lines(rows_of_claim(EVENTS, claim.pk))),
            ("经手人.json", _json(_people(Event.objects.filter(claim=claim)))),
            ("总额账.jsonl", _lines(rows_of_claim(ENTRIES, claim.pk))),
            ("证明材料.json", _json([_use(use) for use in uses])),
            ("材料核对.json", _json(_by_officers(claim.document_checks))),
            ("内部备注.json", _json(_by_officers(claim.notes))),
            ("询问.json", _json([_question(question) for question in questions])),
        ]
        for letter in claim.letters.order_by("pk"):
            found.append((f"文书/{letter.number}.json", _json(_row(letter))))
    files = [(f"证明材料/{number:03}-{use.file.name}", use.file) for number, use in enumerate(uses, start=1)]
    answers = [file for question in questions for file in _answer_files(question)]
    files += [(f"答复所附文件/{number:03}-{file.name}", file) for number, file in enumerate(answers, start=1)]
    return _under(folder, found), _under(folder, files)


def batch_members(batch):
    """[(name, bytes)] of a batch itself: what it is, its lines, what was done with it, and its sealed spreadsheet."""
    lines = batch.lines.select_related("claim").order_by("pk")
    topic = f"batch:{batch.number}"
    found = [
        ("批次.json", _json(_row(batch, "file"))),
        ("拨付明细.json", _json([{**_row(line), "claim_number": line.claim.number} for line in lines])),
        ("操作记录.jsonl", _lines(rows_of_topic(EVENTS, topic))),
        ("经手人.json", _json(_people(Event.objects.filter(topic=topic)))),
    ]
    if batch.file:
        found.append((f"资金拨付表-{batch.number}.xlsx", bytes(batch.file)))
    return found


def _under(folder, found):
    return [(f"{folder}{name}", content) for name, content in found]


def _row(row, *without):
    """All columns of a row by name, also those that no form may change."""
    names = [field.name for field in row._meta.concrete_fields if field.name not in without]
    values = model_to_dict(row, fields=names)
    return values | {name: row.serializable_value(name) for name in names}


def _claim(claim):
    enterprise = claim.enterprise
    return {
        **_row(claim, *_LEFT_OUT),
        "enterprise_name": enterprise.name,
        "enterprise_credit_code": enterprise.credit_code,
        "item_title": claim.rule.title,
        "state_label": claim.get_state_display(),
    }


def _verified(claim):
    rows = claim.verified_values.select_related("entered_by").order_by("pk")
    return [{**_row(row), "entered_by_name": row.entered_by.name} for row in rows]


def _by_officers(rows):
    """What officers wrote down one after the other, each with the name of whoever did."""
    return [{**_row(row), "by_name": row.by.name} for row in rows.select_related("by").order_by("pk")]


def _explanation(claim):
    """The steps as the page explains them, and the settings behind them as they stand in their version."""
    settings = []
    for used in settings_used(claim):
        row = used.model.objects.filter(**used.key).first() if used.key else None
        settings.append({"words": used.words, "values": _row(row) if row else None})
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
    return {**_row(question), "files": [_file(file) for file in _answer_files(question)]}


def _answer_files(question):
    return sorted(question.files.all(), key=lambda file: file.pk) if question.answered_at else []


def _json(value):
    text = json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, indent=1)
    return f"{text}\n".encode()


def _lines(texts):
    return "".join(f"{text}\n" for text in texts).encode()
