"""The form of a returned claim: which of it is closed, the reviewer's words at their places, and what is open."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django import forms

from applications.correction import EVERY_DOCUMENT, cell, cell_parts, notes_of
from applications.facts import OTHER_SUPPORT
from applications.forms.claim_form import SUPPORT_FIELDS
from applications.models import Event, State
from applications.official_changes import CHANGED
from applications.places import places_of
from applications.wording import NO_FIGURE, NOTHING, value_text
from measures.declaration import Amount, Market
from measures.money import grouped
from measures.official import FIGURE

NOT_RETURNED = "没有退回，不能更改"
ABOUT = "申报对象，不能换成别的对象"
_SUPPORT = Amount(name=OTHER_SUPPORT, label="已获支持金额")


def form_mark(form, claim, opened):
    """Tells fields and rows of a claim's form what stands at them.

    A closed field gets `closed`, the reason, and `shown`, its value as a text; every field `note`, the reviewer's words, and
    `along`, why it is open although nobody named it. Closed rows get `lines`, their values as texts.
    """
    notes = notes_of(claim)
    for bound in form:
        # The question and its amount share one place.
        place = OTHER_SUPPORT if bound.name in SUPPORT_FIELDS else bound.name
        reason = ABOUT if place in opened.subject else NOT_RETURNED
        _mark(bound, opened.at(place), reason)
        if bound.name != OTHER_SUPPORT:
            bound.note, bound.along = notes.get(place, ""), opened.along.get(place, "")
    for rows in form.all_rows:
        _rows_mark(rows, opened, notes)


def _mark(bound, is_open, reason=NOT_RETURNED):
    if not is_open:
        bound.closed, bound.shown = reason, _text(bound)


def _text(bound):
    """What a closed field holds, as a text with its unit."""
    value = bound.data
    declared = getattr(bound.field, "declared", _SUPPORT)
    if isinstance(bound.field, forms.ChoiceField) and not isinstance(declared, Market):
        return dict(bound.field.choices).get(value, value) if value else NOTHING
    text = value_text(declared, value)
    return f"{text} 元" if isinstance(declared, Amount) and text != NOTHING else text


def _rows_mark(rows, opened, notes):
    name = rows.declared.name
    rows.note, rows.along = notes.get(name, ""), opened.along.get(name, "")
    rows.is_fixed = not opened.table(name)
    rows.is_closed = not opened.in_table(name)
    if not rows.is_fixed:
        return
    rows.fix()
    for index, row in enumerate(rows.forms):
        for bound in row:
            place = cell(name, index, bound.name)
            _mark(bound, opened.cell(name, index, bound.name))
            bound.note, bound.along = notes.get(place, ""), opened.along.get(place, "")
    if rows.is_closed:
        rows.lines = [[(bound.label, bound.shown) for bound in row] for row in rows.forms]


@dataclass
class Returned:
    """Why a claim came back: the reviewer's reason, the words that have no place on the page, and what is open."""

    reason: str
    others: list = field(default_factory=list)
    #: Everything that can be changed, as (id to jump to, label), unless all of it can.
    open: list = field(default_factory=list)
    everything: bool = True
    #: Whether the reviewer named any place of the claim.
    named: bool = False
    #: What the claim is about, as labels, where that is closed although all else is open.
    about: list = field(default_factory=list)
    #: Official figures that have changed since the claim was last submitted, as sentences.
    official: list = field(default_factory=list)


def returned_of(claim, opened, *, placed):
    """The Returned of a claim; None for one that was not returned. `placed` are the places that the page has."""
    if claim.state != State.RETURNED:
        return None
    event = Event.objects.filter(claim=claim, kind="claim.returned").order_by("pk").last()
    notes, labels = notes_of(claim), places_of(claim)
    others = [
        f"{labels[place]}：{words}" if place in labels else words
        for place, words in notes.items()
        if place not in placed
    ]
    named = [place for place in labels if place in opened.places]
    return Returned(
        reason=event.data.get("reason", "") if event else "",
        others=others,
        open=[(anchor(place), labels[place]) for place in named],
        everything=opened.everything,
        named=any(place in labels for place in notes),
        about=[labels[place] for place in labels if opened.everything and place in opened.subject],
        official=figures_changed(claim),
    )


def places_on(form, documents):
    """The places at which the page shows the reviewer's words."""
    found = {OTHER_SUPPORT, *(f"ev-{row.document.code}" for row in documents)}
    for rows in form.all_rows:
        name = rows.declared.name
        found |= {name, *(cell(name, i, each) for i, row in enumerate(rows.forms) for each in row.fields)}
    return found | set(form.fields)


def words_by_section(claim):
    """How many places the reviewer named in each section of the form, by the section's key."""
    sections = Counter()
    for place in notes_of(claim):
        is_paper, is_support = place.startswith("ev-"), place == OTHER_SUPPORT
        sections["papers" if is_paper else "support" if is_support else "content"] += 1
    return sections


def anchor(place):
    """The id on the page of a place."""
    parts = cell_parts(place)
    if parts:
        table, index, name = parts
        return f"id_{table}-{index}-{name}"
    if place.startswith("ev-"):
        return "part-papers" if place == EVERY_DOCUMENT else place
    return "id_other_support_0" if place == OTHER_SUPPORT else f"id_{place}"


def figures_changed(claim):
    """Sentences on official figures of the rule that have changed since the claim was last submitted; one query."""
    figures = [each for each in claim.rule.official if each.kind == FIGURE]
    if not figures or claim.submitted_at is None:
        return []
    code = claim.enterprise.credit_code
    topics = {f"figures:{code}:{claim.year - each.years_back}" for each in figures}
    events = Event.objects.filter(kind=CHANGED, topic__in=topics, at__gt=claim.submitted_at).order_by("pk")
    found = {}
    for event in events:
        year = int(event.topic.rpartition(":")[2])
        for name, (old, new) in event.data["changes"].items():
            first = found.get((year, name), (old, new))[0]
            found[year, name] = (first, new)
    return [
        f"{year} 年{each.label}由 {_figure(each, pair[0])} 变为 {_figure(each, pair[1])}"
        for each in figures
        if (pair := found.get((year := claim.year - each.years_back, each.name))) and pair[0] != pair[1]
    ]


def _figure(official, value):
    return NO_FIGURE if value is None else f"{grouped(Decimal(value))} {official.unit}"
