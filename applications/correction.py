"""What a return opens: only what the reviewer named can be changed, all else stays as it was last submitted.

A place is the name of a fact or particular (`booth_cny`, `invoices`), one value of a row (`loans[0].interest_paid_cny`),
a whole list of rows (`loans`), `other_support_cny`, a document (`ev-contract`), all documents (`ev-*`) or
everything (`*`). A return that names no place opens everything. What a claim is about (`Item.subject_fields`) is open only
where the reviewer named that very field: anything else would be another claim in this one's place.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q

from applications.facts import OTHER_SUPPORT
from applications.forms.refused import value_refused
from applications.models import State
from measures.declaration import Day, Rows

EVERYTHING, EVERY_DOCUMENT = "*", "ev-*"
#: The document that proves support from another policy.
SUPPORT_CODE = "other_support"
#: The document of what is given with a request for a reconsideration.
RECONSIDER_CODE = "reconsideration"
_CELL = re.compile(r"(\w+)\[(\d+)\]\.(\w+)", re.ASCII)
_BLANK = (None, "")

WITH_DAY = "与前后相接的日期一起开放。"
WITH_SUPPORT = "是否已获支持、金额和文件要一起填写，一起开放。"
STILL_MISSING = "提交时必须填写，原来没有填，一起开放。"
PASSES_NO_MORE = "原来填的现在不能通过检查，一起开放。"
STILL_MISSING_FILE = "提交时必须上传，原来份数不够，一起开放。"


def cell(table, index, name):
    """The place of one value of a row."""
    return f"{table}[{index}].{name}"


def cell_parts(place):
    """(table, index, name) of the place of one value of a row; None for any other place."""
    match = _CELL.fullmatch(place)
    return (match[1], int(match[2]), match[3]) if match else None


def document_place(code):
    """The place of a document."""
    return f"ev-{code}"


@dataclass(frozen=True)
class Opened:
    """What of a claim can be changed. `along` says why something that nobody named is open, `subject` is what never is."""

    everything: bool = True
    places: frozenset = frozenset()
    along: dict = field(default_factory=dict)
    subject: frozenset = frozenset()

    def at(self, name):
        """Whether a plain fact or particular, or other support, is open."""
        return name not in self.subject and (self.everything or name in self.places)

    def table(self, name):
        """Whether rows can be added, changed and taken out."""
        return self.everything or name in self.places

    def cell(self, table, index, name):
        """Whether one value of a row is open."""
        return self.table(table) or cell(table, index, name) in self.places

    def in_table(self, name):
        """Whether anything of a list of rows is open."""
        return self.table(name) or any(place.startswith(f"{name}[") for place in self.places)

    def document(self, code):
        """Whether files of a document can come and go."""
        return self.everything or not self.places.isdisjoint({document_place(code), EVERY_DOCUMENT})

    @property
    def is_whole(self):
        """Whether nothing at all is closed."""
        return self.everything and not self.subject


WHOLE = Opened()


def opened_of(claim):
    """The Opened of a claim: everything, unless it was returned. One query for a returned one."""
    if claim.state != State.RETURNED:
        return WHOLE
    named = {place for place in notes_of(claim) if _is_place(claim.rule, place)}
    about = frozenset(
        name for name in claim.rule.subject_fields - named if _submitted(claim, name) not in _BLANK
    )
    if EVERYTHING in named or not named:
        return Opened(subject=about)
    along = _along(claim, named, about)
    return Opened(everything=False, places=frozenset(named | along.keys()), along=along, subject=about)


def notes_of(claim):
    """The reviewer's words about single places, as {place: words}; nothing unless the claim is returned."""
    return claim.return_note.get("fields", {}) if claim.state == State.RETURNED else {}


def _submitted(claim, name):
    return claim.facts.get(name, claim.particulars.get(name))


def _is_place(rule, place):
    """Whether the item has the place: words about what it no longer asks for open nothing."""
    of_every_item = (document_place(SUPPORT_CODE), document_place(RECONSIDER_CODE))
    if place in (EVERYTHING, EVERY_DOCUMENT, OTHER_SUPPORT, *of_every_item):
        return True
    parts = cell_parts(place)
    if parts:
        return any(name == parts[2] for name, _ in _columns(rule, parts[0]))
    names = {each.name for each in (*rule.facts, *rule.particulars)}
    return place in names | {document_place(each.code) for each in rule.evidence}


def _columns(rule, table):
    """(name, declaration) of the columns of a list of rows that the rule computes with; none for other lists."""
    return [
        (part.name, part)
        for declared in rule.facts
        if isinstance(declared, Rows) and declared.name == table
        for part in (*declared.fields, *declared.particulars)
    ]


# --- What is open along with what was named ------------------------------------------------------------


def _along(claim, named, about):
    """{place: why}: what the form checks together with what was named, and what a submission would find missing."""
    found = {}
    support = {OTHER_SUPPORT, document_place(SUPPORT_CODE)}
    if named & support:
        found |= dict.fromkeys(support, WITH_SUPPORT)
    found |= dict.fromkeys(_days_beside(claim.rule, named), WITH_DAY)
    found |= dict.fromkeys(_refused(claim), PASSES_NO_MORE)
    found |= dict.fromkeys(_blank(claim), STILL_MISSING)
    found |= dict.fromkeys(_documents_short(claim), STILL_MISSING_FILE)
    return {place: why for place, why in found.items() if place not in named and place not in about}


def _days_beside(rule, named):
    """The days that are compared with a named one."""
    plain = [(each, "") for each in (*rule.facts, *rule.particulars)]
    rows = {(parts[0], parts[1]) for parts in map(cell_parts, named) if parts}
    cells = [
        (part, f"{table}[{index}].") for table, index in sorted(rows) for _, part in _columns(rule, table)
    ]
    for declared, where in (*plain, *cells):
        if isinstance(declared, Day) and declared.not_before:
            pair = {where + declared.name, where + declared.not_before}
            if pair & named:
                yield from pair


def _blank(claim):
    """What is required and was not there when the claim was last submitted."""
    rule = claim.rule
    if claim.other_support_cny is None:
        yield OTHER_SUPPORT
    for declared in (*rule.facts, *rule.particulars):
        if isinstance(declared, Rows):
            yield from _blank_in_rows(claim, declared)
        elif declared.required and _submitted(claim, declared.name) in _BLANK:
            yield declared.name


def _blank_in_rows(claim, declared):
    rows = _submitted(claim, declared.name) or []
    if len(rows) < declared.min_rows:
        yield declared.name
    if declared not in claim.rule.facts:
        if any(row.get(part.name) in _BLANK for row in rows for part in declared.fields if part.required):
            yield declared.name
        return
    for index, row in enumerate(rows_joined(claim.facts, claim.particulars, declared)):
        for part in (*declared.fields, *declared.particulars):
            if part.required and row.get(part.name) in _BLANK:
                yield cell(declared.name, index, part.name)


def _refused(claim):
    """What was submitted and the form would not take any more, because the item or its checks have changed since."""
    rule = claim.rule
    for declared in (*rule.facts, *rule.particulars):
        if not isinstance(declared, Rows):
            if value_refused(declared, _submitted(claim, declared.name)):
                yield declared.name
            continue
        columns = (*declared.fields, *declared.particulars)
        is_fact = declared in rule.facts
        rows = (
            rows_joined(claim.facts, claim.particulars, declared)
            if is_fact
            else _submitted(claim, declared.name)
        )
        for index, row in enumerate(rows or []):
            for part in columns:
                if value_refused(part, row.get(part.name)):
                    yield cell(declared.name, index, part.name) if is_fact else declared.name


def rows_joined(facts, particulars, declared):
    """The rows of a fact, each with its particulars, as one mapping."""
    rows, beside = facts.get(declared.name) or [], particulars.get(declared.name) or []
    return [{**row, **(beside[index] if index < len(beside) else {})} for index, row in enumerate(rows)]


def files_submitted(claim):
    """The uses of files that the claim had when it was last submitted."""
    if claim.submitted_at is None:
        return claim.evidence.none()
    gone_since = Q(removed_at=None) | Q(removed_at__gt=claim.submitted_at)
    return claim.evidence.filter(gone_since, added_at__lte=claim.submitted_at)


def _documents_short(claim):
    """Documents that what was declared needs, of which too few files were submitted."""
    given = Counter(files_submitted(claim).values_list("document", flat=True))
    for each in claim.rule.evidence:
        if each.is_needed(claim.facts, claim.particulars) and given[each.code] < each.min_files:
            yield document_place(each.code)
    if claim.other_support_cny and not given[SUPPORT_CODE]:
        yield document_place(SUPPORT_CODE)


# --- Keeping what is closed ----------------------------------------------------------------------------


def closed_kept(claim, opened, facts, particulars):
    """(facts, particulars) as given where they are open, and as last submitted where they are not.

    Values may be checked or as typed; what the item does not declare falls away unless everything is open.
    """
    if opened.is_whole:
        return facts, particulars
    kept_facts, kept_particulars = {}, {}
    for declared in claim.rule.facts:
        if isinstance(declared, Rows):
            _keep_rows(claim, opened, declared, (facts, particulars), (kept_facts, kept_particulars))
        else:
            _keep(opened.at(declared.name), declared.name, facts, claim.facts, kept_facts)
    for declared in claim.rule.particulars:
        is_open = opened.table(declared.name) if isinstance(declared, Rows) else opened.at(declared.name)
        _keep(is_open, declared.name, particulars, claim.particulars, kept_particulars)
    return kept_facts, kept_particulars


def _keep(is_open, name, given, submitted, kept):
    source = given if is_open else submitted
    if name in source:
        kept[name] = source[name]


def _keep_rows(claim, opened, declared, given, kept):
    """Rows of a closed list are as many as were submitted, each with its open values as given."""
    submitted = (claim.facts, claim.particulars)
    for columns, new, old, result in zip(
        (declared.fields, declared.particulars), given, submitted, kept, strict=True
    ):
        if opened.table(declared.name):
            _keep(True, declared.name, new, old, result)
        elif declared.name in old:
            result[declared.name] = [
                _row_kept(opened, declared, columns, index, new.get(declared.name) or [], row)
                for index, row in enumerate(_padded(old[declared.name], claim.facts, declared))
            ]


def _padded(rows, facts, declared):
    """Particulars of fewer rows than there are facts, filled up with empty ones."""
    return [*rows, *[{}] * (len(facts.get(declared.name) or []) - len(rows))]


def _row_kept(opened, declared, columns, index, new_rows, row):
    new = new_rows[index] if index < len(new_rows) else row
    kept = {}
    for part in columns:
        _keep(opened.cell(declared.name, index, part.name), part.name, new, row, kept)
    return kept


def support_kept(claim, opened, amount: Decimal | None):
    """The support from other policies as given where it may be changed, otherwise as last submitted, yuan."""
    return amount if opened.at(OTHER_SUPPORT) else claim.other_support_cny
