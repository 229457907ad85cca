"""Questions that an office asks the enterprise about a claim, and their answers, with files.

The claim keeps its state and what was declared. While a question is open the office's clock stands still; it ends by the
answer, by the office itself, or by the next step that the claim takes (`applications.lifecycle.asked`).
"""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications.calendar import due_date
from applications.errors import NotAllowed, Refused
from applications.files import file_known, file_store
from applications.fingerprints import claim_answered
from applications.lifecycle import claim_lock
from applications.lifecycle.clock import CLOCKED, clock_go, clock_stop
from applications.lifecycle.people import acts_for, check_office, deputy_note
from applications.lifecycle.transition import check_token
from applications.models import EvidenceFile, Question
from applications.record import clock, event_add
from applications.settlement.mark import year_mark

#: Working days that the enterprise has for an answer, unless the officer gives it others.
DAYS = 5
MOST_DAYS = 30
ANSWER_LENGTH = 4000
#: Files offered for an answer; older ones are seldom meant.
MOST_REUSABLE = 60
_CLAIM_FIELDS = ("clock_stopped_on", "waiting_on")


def question_open_of(claim):
    """The question that the enterprise still has to answer, or None; no query where the clock runs."""
    if claim.clock_stopped_on is None:
        return None
    return claim.questions.filter(answered_at=None, withdrawn_at=None).first()


def questions_of(claim):
    """Every question about a claim, the newest first, with people and files; two queries."""
    found = claim.questions.select_related("asked_by", "answered_by").prefetch_related("files")
    return found.order_by("-pk")


# --- The office's side -----------------------------------------------------------------------------


def question_ask(*, claim_id, text, actor, days=DAYS, token=None, at=None, source_ip=None):
    """Asks the enterprise something, to be answered within so many working days. Stops the clock.

    One question at a time: a second one is refused while the first is open. Returns the Question.
    """
    at = at or timezone.now()
    text = text.strip()
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        check_office(claim, actor)
        if claim.state not in CLOCKED:
            raise Refused("这件申报现在不在审核中，不能询问企业。")
        if question_open_of(claim):
            raise Refused("已经有一个询问在等企业答复。要问别的，请先撤销那一个。")
        if not text:
            raise Refused("请写明要问企业什么。", field="reason")
        due_on, certain = due_date(start=at, days=days)
        question = Question.objects.create(
            claim=claim,
            stage=claim.state,
            text=text,
            asked_by=actor,
            asked_at=at,
            due_on=due_on,
            due_certain=certain,
        )
        clock_stop(claim, at)
        data = {"text": text, "due_on": due_on.isoformat(), "certain": certain, "days": days}
        _record(question, claim, "claim.asked", actor, at, source_ip, **data, **deputy_note(claim, actor, at))
    return question


def question_withdraw(*, claim_id, actor, token=None, at=None, source_ip=None):
    """The answer is not needed any more; the clock goes on. Returns the Question."""
    at = at or timezone.now()
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        check_office(claim, actor)
        question = question_open_of(claim)
        if question is None:
            raise Refused("这件申报现在没有等待答复的询问，不需要撤销。")
        question.withdrawn_at = at
        question.save(update_fields=["withdrawn_at"])
        clock_go(claim, at)
        note = deputy_note(claim, actor, at)
        _record(question, claim, "claim.question_withdrawn", actor, at, source_ip, **note)
    return question


# --- The enterprise's side -------------------------------------------------------------------------


def question_answer(*, question_id, text, actor, at=None, source_ip=None):
    """Answers a question with words and the files given so far; the office's clock goes on. Returns the Question.

    After the day that was set an answer still counts, as long as nobody has decided; the record says that it was late.
    """
    at = at or timezone.now()
    text = text.strip()
    with transaction.atomic():
        claim, year, question = _locked_for_firm(question_id, actor)
        if not text:
            raise Refused("请写明答复，审核人员会看到。只有文件的，也请写一句说明。", field="text")
        question.answer, question.answered_by, question.answered_at = text, actor, at
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        clock_go(claim, at)
        data = {"text": text, "files": [file.name for file in question.files.order_by("pk")]}
        late = {"late": True} if question.is_late else {}
        _record(question, claim, "claim.question_answered", actor, at, source_ip, **data, **late)
        if claim_answered(claim):
            # What another claim gives, too, is noticed by the settlement.
            year_mark(year, at=at)
    return question


def question_file_upload(*, question_id, upload, actor, at=None):
    """Stores an uploaded file, checked by its content, for the answer. Raises Refused with a sentence about the file."""
    with transaction.atomic():
        claim, _, question = _locked_for_firm(question_id, actor)
        _check_room(question)
    file = file_store(upload=upload, enterprise=claim.enterprise, user=actor, at=at)
    return question_file_add(question_id=question_id, file=file, actor=actor)


def question_file_known(*, question_id, sha256, name, actor, at=None):
    """Gives a file whose bytes the firm has stored before, told by its SHA-256; None where it has not."""
    with transaction.atomic():
        claim, _, question = _locked_for_firm(question_id, actor)
        _check_room(question)
    file = file_known(enterprise=claim.enterprise, sha256=sha256, name=name, user=actor, at=at)
    return file and question_file_add(question_id=question_id, file=file, actor=actor)


def question_file_add(*, question_id, file, actor):
    """Gives a stored file of the firm with the answer; the same content is given once."""
    with transaction.atomic():
        claim, _, question = _locked_for_firm(question_id, actor)
        if file.enterprise_id != claim.enterprise_id:
            raise NotAllowed("只能使用本企业上传的文件。")
        if question.files.filter(sha256=file.sha256).exists():
            raise Refused(f"“{file.name}”已经在答复里，不用再传一次。")
        _check_room(question)
        question.files.add(file)
    return file


def question_file_remove(*, question_id, file_id, actor):
    """Takes a file out of an answer that has not been sent yet."""
    with transaction.atomic():
        _, _, question = _locked_for_firm(question_id, actor)
        if not question.files.filter(pk=file_id).exists():
            raise Refused("这个文件已经不在答复里了。")
        question.files.remove(file_id)


def files_to_answer_with(question):
    """The firm's files of claims and of earlier answers, one for each content, the newest first; two queries."""
    used = EvidenceFile.objects.filter(enterprise=question.claim.enterprise_id)
    used = used.exclude(uses=None, answers=None).exclude(
        sha256__in=list(question.files.values_list("sha256", flat=True))
    )
    by_content = {}
    for file in used.distinct().order_by("-pk")[: MOST_REUSABLE * 4]:
        by_content.setdefault(file.sha256, file)
    return list(by_content.values())[:MOST_REUSABLE]


def _locked_for_firm(question_id, actor):
    """(claim, its year, question), all locked, where the person may answer; raises Refused with what has happened where not."""
    question = Question.objects.get(pk=question_id)
    claim, year = claim_lock(question.claim_id)
    if not acts_for(actor, claim.enterprise_id):
        raise NotAllowed("只有本企业的经办人可以答复。")
    question.refresh_from_db()
    if question.answered_at:
        raise Refused(f"{question.answered_by.name}已在 {clock(question.answered_at)} 答复，不能再改。")
    if question.withdrawn_at:
        raise Refused("审核部门已经不需要这个答复，没有提交。")
    return claim, year, question


def _check_room(question):
    if question.files.count() >= settings.EVIDENCE_MAX_FILES:
        raise Refused(f"一次答复最多 {settings.EVIDENCE_MAX_FILES} 个文件，请合并后再上传。")


def _record(question, claim, kind, actor, at, source_ip, **data):
    event_add(
        kind=kind,
        actor=actor,
        at=at,
        source_ip=source_ip,
        claim=claim,
        data={"question": question.pk, "stage": question.stage, **data},
    )
    claim.save(update_fields=_CLAIM_FIELDS)
