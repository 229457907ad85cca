"""What reviewers found about the documents of a claim: the newest check counts, while the files are the same."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from applications.errors import Refused, Stale
from applications.evidence import document_of, documents_of
from applications.lifecycle import claim_lock
from applications.lifecycle.people import check_office, deputy_note
from applications.lifecycle.transition import check_token
from applications.models import ClaimEvidence, State
from applications.record import clock, event_add
from review.assignments import REVIEW_STATES
from review.models import DocumentCheck

SEEN, PROBLEM = DocumentCheck.Verdict.SEEN, DocumentCheck.Verdict.PROBLEM
CHECKED = "claim.document_checked"
#: As long as the words at a place of a return, which they become.
LONGEST = 300
NO_NOTE = "请写明有什么问题，退回时会填入对应材料的意见。"


@dataclass(frozen=True)
class Standing:
    """How a document stands: its newest check, or None, and whether its files have changed since."""

    check: DocumentCheck | None = None
    lapsed: bool = False

    @property
    def key(self):
        """By which a page says which check it has shown; "" for none."""
        return str(self.check.pk) if self.check else ""

    @property
    def is_seen(self):
        """Whether somebody has found the files in order."""
        return self.check is not None and not self.lapsed and self.check.verdict == SEEN

    @property
    def is_problem(self):
        """Whether somebody has found a problem that nobody has answered."""
        return self.check is not None and not self.lapsed and self.check.verdict == PROBLEM


UNCHECKED = Standing()


def files_key(uses):
    """What a check remembers of the files that a document had: their hashes, in order."""
    return sorted(use.file.sha256 for use in uses)


def checks_newest(claim):
    """{document: its newest DocumentCheck}, with who made it; one query."""
    rows = claim.document_checks.order_by("document", "-pk").distinct("document").select_related("by")
    return {row.document: row for row in rows}


def standing_of(check, uses):
    """The Standing of a document that has these files now."""
    return UNCHECKED if check is None else Standing(check, lapsed=check.files != files_key(uses))


def problems_open(claim):
    """{document: DocumentCheck} of problems that nobody has answered; two queries, one where there are none."""
    problems = {code: row for code, row in checks_newest(claim).items() if row.verdict == PROBLEM}
    if not problems:
        return {}
    given = _files_given(claim, problems)
    return {code: row for code, row in problems.items() if row.files == files_key(given[code])}


def _files_given(claim, codes):
    given = {code: [] for code in codes}
    for use in claim.evidence.filter(removed_at=None, document__in=given).select_related("file"):
        given[use.document].append(use)
    return given


def documents_unseen(claims):
    """{claim id: how many of its documents nobody has found in order as they are now}; two queries for any number."""
    given = {claim.pk: defaultdict(list) for claim in claims}
    uses = ClaimEvidence.objects.filter(claim__in=given, removed_at=None).select_related("file")
    for use in uses.order_by("pk"):
        given[use.claim_id][use.document].append(use)
    checks = DocumentCheck.objects.filter(claim__in=given).order_by("claim_id", "document", "-pk")
    newest = {(row.claim_id, row.document): row for row in checks.distinct("claim_id", "document")}
    return {
        claim.pk: sum(_is_unseen(claim, each, given[claim.pk], newest) for each in documents_of(claim.rule))
        for claim in claims
    }


def _is_unseen(claim, document, given, newest):
    uses = given.get(document.code, [])
    needed = document.is_needed(claim.facts, claim.particulars)
    if not uses and not (needed and document.min_files):
        return False
    return not standing_of(newest.get((claim.pk, document.code)), uses).is_seen


def can_check(claim, user):
    """Whether this person may check the documents of the claim as it stands now."""
    try:
        _check_who(claim, user)
    except Refused:
        return False
    return True


def document_check(
    *, claim_id, document, verdict, note="", shown=None, actor, token=None, at=None, source_ip=None
):
    """Records what was found about a document (its code) with the files that it has. Returns the DocumentCheck.

    `shown` is the key of the newest check that the page showed ("" for none), None for callers that have just looked; a
    colleague's newer one is not overwritten unseen (Stale). The same again changes nothing. It decides nothing, so open
    pages stay true; but while a problem stands, nobody passes the claim.
    """
    at, note = at or timezone.now(), note.strip()
    with transaction.atomic():
        claim, _ = claim_lock(claim_id)
        check_token(claim, token)
        _check_who(claim, actor)
        asked = document_of(claim.rule, document)
        if asked is None:
            raise Refused("这件申报没有这份材料。请刷新本页。")
        _check_words(verdict, note)
        files = files_key(_files_given(claim, [document])[document])
        newest = checks_newest(claim).get(document)
        found = DocumentCheck(
            claim=claim, document=document, verdict=verdict, note=note, files=files, by=actor, at=at
        )
        if newest is not None and _same(newest, found):
            return newest
        _check_unseen(newest, shown)
        found.save()
        _record(found, asked.label, source_ip)
        return found


def _check_who(claim, user):
    if claim.state not in REVIEW_STATES:
        raise Refused(f"这件申报现在是“{State(claim.state).label}”，不能核对材料。")
    check_office(claim, user)


def _check_words(verdict, note):
    if verdict not in DocumentCheck.Verdict.values:
        raise Refused("请选择“已核对”或“有问题”。")
    if verdict == PROBLEM and not note:
        raise Refused(NO_NOTE, field="note")
    if len(note) > LONGEST:
        raise Refused(f"说明最多 {LONGEST} 个字，请写得简短一些。", field="note")


def _same(one, other):
    return all(getattr(one, name) == getattr(other, name) for name in ("verdict", "note", "files", "by_id"))


def _check_unseen(newest, shown):
    if newest is None or shown is None or shown == str(newest.pk):
        return
    found = f"，说明是“{newest.note}”" if newest.note else ""
    raise Stale(
        f"这一页已经过时，刚才的操作没有执行。{newest.by.name}在 {clock(newest.at)} 把这份材料记为"
        f"“{newest.get_verdict_display()}”{found}。请看过以后再核对。"
    )


def _record(check, label, source_ip):
    """The event of a check; it does not become the claim's last one, by which pages know that they are out of date."""
    event_add(
        kind=CHECKED,
        actor=check.by,
        at=check.at,
        source_ip=source_ip,
        claim=check.claim,
        data={
            "document": check.document,
            "label": label,
            "verdict": check.verdict,
            "files": check.files,
            **({"reason": check.note} if check.note else {}),
            **deputy_note(check.claim, check.by, check.at),
        },
    )


def problems_forbid(sender, *, claim, **_):
    """Raises Refused where a claim would be passed while a problem of a document is open (`claim_passing`)."""
    labels = [document_of(claim.rule, code) for code in problems_open(claim)]
    names = "、".join(f"“{each.label}”" for each in labels if each)
    if names:
        raise Refused(f"材料{names}记有问题。请退回补正，或者重新核对后再办理通过。")
