"""What a correction changes against what was last submitted: field by field, row by row, file by file, as texts."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from difflib import SequenceMatcher

from applications.correction import (
    EVERY_DOCUMENT,
    EVERYTHING,
    cell,
    document_place,
    files_submitted,
    notes_of,
    rows_joined,
)
from applications.evidence import documents_for
from applications.facts import OTHER_SUPPORT
from applications.places import SUPPORT_LABEL, places_of
from applications.wording import NOTHING, value_text
from measures.declaration import Amount, Count, Rows

#: A sum that grows or shrinks by so much is asked about: a slip of one digit is the commonest mistake.
SLIP = 10
#: Longer numbers are none that a form takes; what was typed is compared as a text.
MOST_PLACES = 20


@dataclass(frozen=True)
class Change:
    """One difference: where, what it was and what it is, as texts; `difference` is yuan, None for what is no sum.

    `places` are all places that it touches: a row that was taken out touches its values too.
    """

    label: str
    old: str
    new: str
    places: frozenset
    difference: Decimal | None = None
    is_slip: bool = False
    #: The reviewer's words about this very place.
    note: str = ""

    @property
    def less(self):
        """By how many yuan a sum is smaller now."""
        return -self.difference

    @property
    def stored(self):
        """The change as the record keeps it: texts, the reviewer's words about the place, and the difference in yuan."""
        more = {"note": self.note} if self.note else {}
        if self.difference is not None:
            more["difference"] = str(self.difference)
        return {"label": self.label, "old": self.old, "new": self.new, **more}


def changes_of(claim, declared):
    """Every Change that a submission of `declared` would make, in the order of the form, files last; two queries."""
    notes = notes_of(claim)
    found = [
        *_content_changed(claim.rule, vars(claim), vars(declared)),
        *_support_changed(claim, declared),
        *_files_changed(claim),
    ]
    return [_noted(change, notes) for change in found]


def drafts_differ(rule, old, new):
    """Every Change from one draft to another, right or wrong as they were typed."""
    return [*_content_changed(rule, old, new), *_answers_changed(old, new)]


def _content_changed(rule, old, new):
    """Every Change of facts and particulars between two mappings that have both."""
    before, after = ({part: each.get(part) or {} for part in ("facts", "particulars")} for each in (old, new))
    yield from _fields_changed(rule.particulars, before["particulars"], after["particulars"])
    yield from _fields_changed(rule.facts, before["facts"], after["facts"])
    for field in (*rule.facts, *rule.particulars):
        if not isinstance(field, Rows):
            continue
        if field in rule.facts:
            rows = (rows_joined(each["facts"], each["particulars"], field) for each in (before, after))
        else:
            rows = (each["particulars"].get(field.name) or [] for each in (before, after))
        yield from _table_changed(field, *rows)


def untouched(claim, changes):
    """[(label, words)] of what the reviewer asked for and nothing was changed at, in the order of the form."""
    touched = frozenset().union(*[change.places for change in changes])
    if changes:
        touched |= {EVERYTHING}
    notes = notes_of(claim)
    return [
        (label, notes[place])
        for place, label in places_of(claim).items()
        if place in notes and place not in touched
    ]


def _noted(change, notes):
    words = [notes[place] for place in sorted(change.places) if place in notes and place != EVERY_DOCUMENT]
    return replace(change, note=" ".join(words))


def _fields_changed(fields, old, new):
    plain = [declared for declared in fields if not isinstance(declared, Rows)]
    return [
        _change(declared, declared.label, {declared.name}, before, after)
        for declared in plain
        if not same(declared, before := old.get(declared.name), after := new.get(declared.name))
    ]


def same(declared, old, new):
    """Whether two values mean the same; a sum or count left out is 0, a box left open is a no."""
    if isinstance(declared, Amount | Count):
        return _number(old) == _number(new)
    return (old or "") == (new or "")


def _number(value):
    """The number, or the text itself where it is none that a form takes: a typed "NaN" or "1e99" counts as a text."""
    try:
        number = Decimal(str(value or 0))
    except InvalidOperation:
        return value
    return number if number.is_finite() and abs(number.adjusted()) < MOST_PLACES else value


def _change(declared, label, places, old, new):
    texts = [_text(declared, value) for value in (old, new)]
    before, after = _number(old), _number(new)
    if not isinstance(declared, Amount) or not all(isinstance(each, Decimal) for each in (before, after)):
        return Change(label, *texts, frozenset(places))
    least, most = sorted((before, after))
    return Change(
        label, *texts, frozenset(places), after - before, is_slip=bool(least) and most >= least * SLIP
    )


def _table_changed(field, old, new):
    """Rows that stayed are found first, so that a row taken out above does not make all below it look changed."""
    columns = (*field.fields, *field.particulars)
    keys = [
        [tuple(_key(part, row.get(part.name)) for part in columns) for row in rows] for rows in (old, new)
    ]
    for tag, a, b, c, d in SequenceMatcher(None, *keys, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        paired = min(b - a, d - c)
        for number in range(paired):
            yield from _row_changed(field, columns, (a + number, old), (c + number, new))
        for index in range(a + paired, b):
            yield _row_gone(field, columns, index, old[index], is_new=False)
        for index in range(c + paired, d):
            yield _row_gone(field, columns, index, new[index], is_new=True)


def _text(declared, value):
    """A value as people read it; what was typed and is no value stays as it was typed."""
    if isinstance(declared, Amount) and not isinstance(_number(value), Decimal):
        return str(value)
    return value_text(declared, value)


def _key(part, value):
    return _number(value) if isinstance(part, Amount | Count) else (value or "")


def _row_changed(field, columns, old, new):
    """The values of one row that differ; the row has the number that it had, or will have where that is another."""
    (before, old_rows), (after, new_rows) = old, new
    moved = "" if before == after else f"（现为第 {after + 1} 行）"
    for part in columns:
        values = old_rows[before].get(part.name), new_rows[after].get(part.name)
        if not same(part, *values):
            label = f"{field.row_label} {before + 1}{moved}，{part.label}"
            places = {cell(field.name, before, part.name), field.name}
            yield _change(part, label, places, *values)


def _row_gone(field, columns, index, row, *, is_new):
    """A row that was added or taken out, with all that it says."""
    text = "，".join(
        f"{part.label} {_text(part, row[part.name])}"
        for part in columns
        if row.get(part.name) not in (None, "", False)
    )
    label = f"{field.row_label} {index + 1}（{'新增' if is_new else '删除'}）"
    places = (
        {field.name} if is_new else {field.name, *(cell(field.name, index, each.name) for each in columns)}
    )
    return Change(label, *((NOTHING, text) if is_new else (text, "删除")), frozenset(places))


def _support_changed(claim, declared):
    field = Amount(name=OTHER_SUPPORT, label=SUPPORT_LABEL)
    if not same(field, claim.other_support_cny, declared.other_support_cny):
        yield _change(
            field, field.label, {OTHER_SUPPORT}, claim.other_support_cny, declared.other_support_cny
        )


def _answers_changed(old, new):
    """The question on other support, as two drafts answer it."""
    words = {"yes": "有", "no": "没有", "": NOTHING}
    texts = []
    for draft in (old, new):
        support = draft.get("other_support") or {}
        answer = support.get("answer") or ""
        texts.append(" ".join(filter(None, (words.get(answer, answer), support.get("amount")))))
    if texts[0] != texts[1]:
        yield Change(SUPPORT_LABEL, *texts, frozenset({OTHER_SUPPORT}))


def _files_changed(claim):
    """Files given and taken out since the claim was last submitted, one Change for each document."""
    before = list(files_submitted(claim).select_related("file"))
    now = list(claim.evidence.filter(removed_at=None).select_related("file"))
    for document in documents_for(claim):
        old, new = (
            {use.file.sha256: use.file.name for use in uses if use.document == document.code}
            for uses in (before, now)
        )
        if old.keys() != new.keys():
            yield Change(
                f"材料：{document.label}",
                _names(name for key, name in old.items() if key not in new),
                "、".join(f"新增 {name}" for key, name in new.items() if key not in old) or "移除",
                frozenset({document_place(document.code), EVERY_DOCUMENT}),
            )


def _names(names):
    return "、".join(names) or NOTHING
