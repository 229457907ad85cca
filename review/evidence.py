"""The documents of a claim as a reviewer goes through them: files that count, files given before, and what was found."""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from applications.evidence import documents_for
from applications.files import path_of
from applications.lifecycle import TRANSITIONS
from applications.models import ClaimEvidence, EvidenceFile, State
from measures.declaration import Evidence
from review.document_checks import UNCHECKED, Standing, checks_newest, standing_of

IMAGES = frozenset({"image/jpeg", "image/png"})
PDF = "application/pdf"
#: Quarters of a turn, in degrees, by which a picture can be shown.
TURNS = (0, 90, 180, 270)
_SUBMISSIONS = frozenset(TRANSITIONS[action].event for action in ("submit", "resubmit"))


def shown_as(file):
    """How a page shows a file: image, pdf, download where a browser cannot draw it, or missing where its bytes are."""
    if not path_of(file.sha256).exists():
        return "missing"
    if file.content_type in IMAGES:
        return "image"
    return "pdf" if file.content_type == PDF else "download"


@dataclass(frozen=True)
class Turn:
    """By how many degrees to the right a picture is turned."""

    degrees: int = 0

    @property
    def left(self):
        """The degrees after a further turn to the left."""
        return (self.degrees - 90) % 360

    @property
    def right(self):
        """The degrees after a further turn to the right."""
        return (self.degrees + 90) % 360


def turn_of(query):
    """The Turn that an address asks for; none for what is no quarter."""
    asked = query.get("turn", "")
    return Turn(int(asked)) if asked in map(str, TURNS) else Turn()


@dataclass(frozen=True)
class OpenFile:
    """A file that is no document of a claim, with what it is called: a firm's own paper, or what came with an answer."""

    file: object
    label: str

    @property
    def query(self):
        """What stands in the address that opens it."""
        return urlencode({"file": self.file.pk})

    @property
    def shown_as(self):
        """See `shown_as`."""
        return shown_as(self.file)


@dataclass(frozen=True)
class Paper:
    """One line of the list of documents: a file, or, without one, a document of which files are missing.

    `number` counts the lines from 1; `is_new`: given with the last correction; `is_gone`: given before, and taken out since.
    """

    document: Evidence
    use: ClaimEvidence | None = None
    number: int = 0
    is_new: bool = False
    is_gone: bool = False

    @property
    def file(self):
        """The file, or None."""
        return self.use.file if self.use else None

    @property
    def key(self):
        """The key of the use of the file; "" without one."""
        return self.use.pk if self.use else ""

    @property
    def query(self):
        """What stands in the address of the desk that opens this line."""
        return urlencode({"paper": self.use.pk} if self.use else {"doc": self.document.code})

    @property
    def shown_as(self):
        """See `shown_as`; "none" where no file was given."""
        return shown_as(self.file) if self.use else "none"

    @property
    def label(self):
        """What the document is called."""
        return self.document.label


@dataclass
class DeskDocument:
    """One document that the claim asks for: its files now and before, and how it stands with the reviewers."""

    document: Evidence
    needed: bool = True
    given: list = field(default_factory=list)
    earlier: list = field(default_factory=list)
    standing: Standing = UNCHECKED
    papers: list = field(default_factory=list)

    @property
    def missing(self):
        """How many files are still missing."""
        return max(0, self.document.min_files - len(self.given)) if self.needed else 0

    @property
    def counts(self):
        """Whether there is something to check: a file, or that a required one is missing."""
        return bool(self.given or self.missing)


@dataclass(frozen=True)
class Reading:
    """Which line of the list is open, and between which others."""

    row: DeskDocument | None = None
    paper: Paper | None = None
    previous: Paper | None = None
    next: Paper | None = None


def desk_documents(claim, record):
    """DeskDocument for each document with something to show, in the order of the declaration; two queries.

    `record` is the claim's history (newest first). While the enterprise corrects a claim, what was last submitted is shown.
    """
    submitted = sorted(entry.at for entry in record if entry.kind in _SUBMISSIONS)
    rows = {
        document.code: DeskDocument(document, document.is_needed(claim.facts, claim.particulars))
        for document in documents_for(claim)
    }
    for use in claim.evidence.select_related("file").order_by("pk"):
        if use.document in rows:
            _place(claim, rows[use.document], use, submitted)
    checks = checks_newest(claim)
    shown = [row for row in rows.values() if row.counts or row.earlier]
    number = 0
    for row in shown:
        row.standing = standing_of(checks.get(row.document.code), [paper.use for paper in row.given])
        nothing = [] if row.given else [Paper(row.document)] if row.missing else []
        for paper in (*row.given, *nothing, *row.earlier):
            number += 1
            row.papers.append(replace(paper, number=number))
    return shown


def _place(claim, row, use, submitted):
    """Puts a use of a file where it belongs; what was taken out before anybody submitted it is nowhere."""
    document = row.document
    if _is_given(claim, use):
        is_new = len(submitted) > 1 and use.added_at > submitted[-2]
        row.given.append(Paper(document, use, is_new=is_new))
    elif any(_had(use, moment) for moment in submitted):
        row.earlier.append(Paper(document, use, is_gone=True))


def _is_given(claim, use):
    if claim.state == State.RETURNED:
        return _had(use, claim.submitted_at)
    return use.removed_at is None


def _had(use, moment):
    """Whether the claim gave the file at a moment."""
    return use.added_at <= moment and (use.removed_at is None or use.removed_at > moment)


def reading_of(documents, query):
    """The Reading that an address asks for: `paper` (key of a use), `file` (key of a file) or `doc` (code).

    Where it asks for none, the first document that nobody has checked yet, or else the first.
    """
    lines = [(row, paper) for row in documents for paper in row.papers]
    if not lines:
        return Reading()
    place = _wanted(lines, query)
    row, paper = lines[place]
    return Reading(
        row,
        paper,
        lines[place - 1][1] if place else None,
        lines[place + 1][1] if place + 1 < len(lines) else None,
    )


def answer_open(claim, documents, query):
    """The file of an answer to a question about the claim that an address asks for (`file`, its key), or None.

    A file that is one of the documents, too, is opened as such.
    """
    asked = query.get("file", "")
    known = {str(paper.file.pk) for row in documents for paper in row.papers if paper.use}
    if asked in known or not (asked.isascii() and asked.isdigit()):
        return None
    answers = EvidenceFile.objects.filter(answers__claim=claim, answers__answered_at__isnull=False)
    file = answers.filter(pk=asked[:18]).first()
    return file and OpenFile(file, "答复询问所附文件")


def _wanted(lines, query):
    paper, file, code = (query.get(name, "") for name in ("paper", "file", "doc"))
    for place, (_, each) in enumerate(lines):
        by_use = each.use and (str(each.use.pk) == paper or str(each.file.pk) == file)
        if by_use or each.document.code == code:
            return place
    return next((place for place, (row, _) in enumerate(lines) if not row.standing.check), 0)


def next_unchecked(documents, code):
    """The first line of the next document after `code` that is still to be checked, around the end; None where none is."""
    codes = [row.document.code for row in documents]
    start = codes.index(code) + 1 if code in codes else 0
    for row in [*documents[start:], *documents[:start]]:
        if row.counts and (row.standing.check is None or row.standing.lapsed):
            return row.papers[0]
    return None


@dataclass(frozen=True)
class Tally:
    """How far the documents of a claim are checked."""

    total: int
    seen: int
    problems: int

    @property
    def unseen(self):
        """How many nobody has checked as they are now."""
        return self.total - self.seen - self.problems


def tally(documents):
    """The Tally of the documents of a desk."""
    rows = [row for row in documents if row.counts]
    seen, problems = (sum(getattr(row.standing, name) for row in rows) for name in ("is_seen", "is_problem"))
    return Tally(len(rows), seen, problems)
