"""Evidence of a claim: which documents it needs, which files it has, and how they come and go."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from applications.correction import RECONSIDER_CODE, SUPPORT_CODE, document_place, notes_of, opened_of
from applications.errors import NotAllowed, Refused
from applications.files import file_known, file_store
from applications.lifecycle.people import acts_for
from applications.models import Claim, ClaimEvidence, EvidenceFile, State
from applications.models.states import EDITABLE_STATES, LIVE_STATES
from measures.declaration import Evidence

#: How long a file that was taken out is offered back.
UNDO_FOR = timedelta(minutes=15)

#: Asked for where another policy has supported the same matter; it belongs to every item.
SUPPORT_DOCUMENT = Evidence(
    SUPPORT_CODE,
    "其他省级支持的文件",
    "批复、公示或到账凭证。已获其他省级支持的必须上传。",
    required=False,
    reason="同一事项不重复支持，用来核对已经得到的金额。",
    sample="能看清支持的单位、政策名称、事项和金额；到账凭证能看清日期和本企业账户。",
    picture="letter",
    reusable=True,
)


#: What an enterprise gives to support its request for a reconsideration; only a claim that is reconsidered has it.
RECONSIDER_DOCUMENT = Evidence(
    RECONSIDER_CODE,
    "复议补充材料",
    "支持复议理由的材料。",
    required=False,
    reason="说明为什么应当重新审核。",
    sample="能看清与复议理由有关的内容；多页的请合成一个文件。",
    picture="letter",
)


@dataclass
class DocumentFiles:
    """One document that the claim asks for, with the files given for it so far."""

    document: Evidence
    given: list = field(default_factory=list)
    #: Files taken out a moment ago, which one press puts back.
    removed: list = field(default_factory=list)
    #: Grows with every file that comes or goes, so that of two answers under way the newer one is known.
    stamp: int = 0
    #: A file whose content already serves another document of the claim, waiting for the clerk's word.
    twice: EvidenceFile | None = None
    question: str = ""
    error: str = ""
    #: What the reviewer who returned the claim says about this document.
    note: str = ""
    #: Whether files cannot come or go, because the return was about other things.
    closed: bool = False
    #: Why it is open along with what the reviewer named.
    along: str = ""
    #: Whether what is declared cannot be submitted without it; `needed_tell` looks.
    needed: bool = False

    @property
    def missing(self):
        """How many files are still missing."""
        needed = self.document.required or (self.needed and not self.closed)
        return max(0, self.document.min_files - len(self.given)) if needed else 0

    @property
    def style(self):
        """How the row is marked: nothing to do, something missing, or a question."""
        if self.twice or self.error:
            return "is-twice"
        return "is-missing" if self.missing else "is-ok" if self.given else ""

    @property
    def is_full(self):
        """Whether no further file may be added."""
        return len(self.given) >= settings.EVIDENCE_MAX_FILES


class TwiceInClaim(Refused):
    """The content already serves the claim. `file` is the stored file, kept for the case that it is meant."""

    def __init__(self, message, *, file):
        super().__init__(message)
        self.file = file


def documents_of(rule):
    """All documents of an item, the one on other support last."""
    return (*rule.evidence, SUPPORT_DOCUMENT)


def documents_for(claim):
    """All documents that a claim can have files for."""
    documents = documents_of(claim.rule)
    return (*documents, RECONSIDER_DOCUMENT) if claim.reconsidered else documents


def document_of(rule, code):
    """The document with a code; None where no claim of the item has such a document."""
    documents = (*documents_of(rule), RECONSIDER_DOCUMENT)
    return next((document for document in documents if document.code == code), None)


def checklist(claim, *, at=None):
    """DocumentFiles for every document of the claim, in the order of the declaration.

    One query, and one more for a claim that was returned.
    """
    opened, notes = opened_of(claim), notes_of(claim)
    rows = {}
    for document in documents_for(claim):
        place = document_place(document.code)
        rows[document.code] = DocumentFiles(
            document,
            note=notes.get(place, ""),
            closed=not opened.document(document.code),
            along=opened.along.get(place, ""),
        )
    uses = [use for use in claim.evidence.select_related("file") if use.document in rows]
    for use in uses:
        row = rows[use.document]
        row.stamp += 1 if use.removed_at is None else 2
        if use.removed_at is None:
            row.given.append(use)
    lately = (at or timezone.now()) - UNDO_FOR
    for use in uses:
        if use.removed_at and use.removed_at > lately:
            _offer_back(rows[use.document], use)
    return list(rows.values())


def _offer_back(row, use):
    shown = [*row.given, *row.removed]
    if all(each.file.sha256 != use.file.sha256 for each in shown):
        row.removed.append(use)


def needed_tell(rows, facts, particulars):
    """Sets `needed` of every row by what is declared, JSON data of the contract.

    A document that a return keeps closed is asked for no more: what has become needed is for the reviewer to name.
    """
    for row in rows:
        row.needed = row.document.is_needed(facts, particulars)
    return rows


def elsewhere_tell(claim, rows):
    """Sets `elsewhere` of every given file: the firm's other live claims that give the same content; one query."""
    uses = [use for row in rows for use in row.given]
    same = (
        ClaimEvidence.objects.filter(
            removed_at=None,
            claim__enterprise_id=claim.enterprise_id,
            claim__state__in=LIVE_STATES,
            file__sha256__in={use.file.sha256 for use in uses},
        )
        .exclude(claim=claim)
        .order_by("claim__number")
        .values_list("file__sha256", "claim__number")
    )
    numbers = {}
    for sha256, number in same:
        numbers.setdefault(sha256, {})[number] = None
    for use in uses:
        use.elsewhere = list(numbers.get(use.file.sha256, ()))
    return rows


def evidence_missing(claim, *, facts, particulars, supported):
    """[(document, how many files are missing)] of what is declared; `supported` by another policy in the same matter."""
    rows = needed_tell(checklist(claim), facts, particulars)
    missing = [(row.document, row.missing) for row in rows if row.missing]
    given = claim.evidence.filter(removed_at=None, document=SUPPORT_DOCUMENT.code).exists()
    if supported and not given:
        missing.append((SUPPORT_DOCUMENT, 1))
    return missing


def evidence_upload(*, claim, document, upload, actor, at=None):
    """Stores an uploaded file and gives it for a document of the claim. Raises Refused or TwiceInClaim."""
    _check_may(claim, actor, document.code)
    file = file_store(upload=upload, enterprise=claim.enterprise, user=actor, at=at)
    return evidence_add(claim=claim, document=document, file=file, actor=actor, at=at)


def evidence_known(*, claim, document, sha256, name, actor, at=None):
    """Gives a file whose bytes the firm has stored before, told by its SHA-256; None where it has not.

    So a file chosen twice is noticed before it is sent. Raises as `evidence_add` does.
    """
    _check_may(claim, actor, document.code)
    file = file_known(enterprise=claim.enterprise, sha256=sha256, name=name, user=actor, at=at)
    return file and evidence_add(claim=claim, document=document, file=file, actor=actor, at=at)


def evidence_add(*, claim, document, file, actor, even_if_twice=False, at=None):
    """Gives a stored file of the firm for a document.

    The same content for another document of the claim is asked about first (TwiceInClaim), unless `even_if_twice`; for
    the same document it is refused.
    """
    with transaction.atomic():
        locked = Claim.objects.select_for_update().get(pk=claim.pk)
        _check_may(locked, actor, document.code)
        if file.enterprise_id != locked.enterprise_id:
            raise NotAllowed("只能使用本企业上传的文件。")
        uses = list(locked.evidence.filter(removed_at=None).select_related("file"))
        here = [use for use in uses if use.document == document.code]
        if any(use.file.sha256 == file.sha256 for use in here):
            raise Refused(f"“{file.name}”已经在“{document.label}”里，不用再传一次。")
        if len(here) >= settings.EVIDENCE_MAX_FILES:
            raise Refused(f"每项材料最多 {settings.EVIDENCE_MAX_FILES} 个文件，请合并后再上传。")
        twin = next((use for use in uses if use.file.sha256 == file.sha256), None)
        if twin and not even_if_twice:
            other = document_of(locked.rule, twin.document)
            label = other.label if other else "另一项材料"
            raise TwiceInClaim(
                f"这个文件已用于“{label}”。请确认是否选错；确需共用，请点“仍然使用”。",
                file=file,
            )
        return ClaimEvidence.objects.create(
            claim=locked, document=document.code, file=file, added_by=actor, added_at=at or timezone.now()
        )


def evidence_remove(*, claim, evidence_id, actor, at=None):
    """Takes a file out while the claim can be changed. What a reviewer may have seen stays in the history."""
    with transaction.atomic():
        locked = Claim.objects.select_for_update().get(pk=claim.pk)
        _check_may(locked, actor)
        use = locked.evidence.filter(pk=evidence_id, removed_at=None).first()
        if use is None:
            raise Refused("这个文件已经不在材料里了。")
        _check_may(locked, actor, use.document)
        use.removed_at = at or timezone.now()
        use.save(update_fields=["removed_at"])
    return use


@dataclass(frozen=True)
class Reusable:
    """A file of the firm that may be given again; `places` are (claim's number, document's label) where it serves."""

    file: EvidenceFile
    places: tuple[tuple[str, str], ...]
    same_document: bool


#: Files offered for another claim; older ones are seldom meant.
MOST_REUSABLE = 60


def files_to_reuse(claim, code=""):
    """The firm's files of other claims as `Reusable`, one for each content; two queries.

    Those that served the same document `code` come first, then the newest.
    """
    taken = set(claim.evidence.filter(removed_at=None).values_list("file__sha256", flat=True))
    uses = _uses_elsewhere(claim).select_related("file", "claim").order_by("-added_at", "-pk")[:400]
    by_content = {}
    for use in uses:
        if use.file.sha256 not in taken:
            by_content.setdefault(use.file.sha256, []).append(use)
    found = [_reusable(group, code) for group in by_content.values()]
    return sorted(found, key=lambda each: not each.same_document)[:MOST_REUSABLE]


def _uses_elsewhere(claim):
    mine = ClaimEvidence.objects.filter(claim__enterprise_id=claim.enterprise_id, removed_at=None)
    return mine.exclude(claim=claim)


def has_files_to_reuse(claim):
    """Whether there is anything to choose from; one query."""
    return _uses_elsewhere(claim).exists()


def _reusable(uses, code):
    places = {}
    for use in uses:
        document = document_of(use.claim.rule, use.document)
        places.setdefault((use.claim.number, document.label if document else ""), None)
    return Reusable(uses[0].file, tuple(places), any(use.document == code for use in uses))


def _check_may(claim, actor, code=None):
    if not acts_for(actor, claim.enterprise_id):
        raise NotAllowed("只有本企业的经办人可以添加或移除材料。")
    if claim.state not in EDITABLE_STATES:
        raise Refused(f"这件申报现在是“{State(claim.state).label}”，不能改材料。")
    if code is not None and not opened_of(claim).document(code):
        raise Refused("这项材料没有退回，不能更改。")
