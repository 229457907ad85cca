"""What an enterprise has corrected, place by place against what it was asked for: what a reviewer reads first."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.lifecycle import TRANSITIONS
from review.history import Entry

_RESUBMITTED, _RETURNED = TRANSITIONS["resubmit"].event, TRANSITIONS["return"].event
_DOCUMENT = "材料："
UNTOUCHED = "没有改动："


@dataclass(frozen=True)
class Place:
    """One place: what the reviewer wrote about it ("" for nothing), and its value before and after, as texts.

    `difference` is yuan, None for what is no sum; `query` opens a document on the desk. Nothing was changed at `untouched` ones.
    """

    label: str
    note: str = ""
    old: str = ""
    new: str = ""
    difference: Decimal | None = None
    query: str = ""
    untouched: bool = False


@dataclass
class Correction:
    """A return and the submission that answers it."""

    returned: Entry
    resubmitted: Entry
    places: list = field(default_factory=list)

    @property
    def changed(self):
        """How many places were changed."""
        return sum(not place.untouched for place in self.places)

    @property
    def untouched(self):
        """How many places were left although the reviewer named them."""
        return len(self.places) - self.changed


def correction_of(record, documents):
    """The Correction that brought the claim where it is, or None; of a history (newest first) and the desk's documents.

    What was not touched comes first, because it is what a reviewer would miss.
    """
    steps = [entry for entry in record if entry.states]
    if not steps or steps[0].kind != _RESUBMITTED:
        return None
    resubmitted = steps[0]
    returned = next(entry for entry in steps if entry.kind == _RETURNED)
    codes = {f"{_DOCUMENT}{row.document.label}": row.document.code for row in documents}
    left = [text.removeprefix(UNTOUCHED) for text in resubmitted.places if text.startswith(UNTOUCHED)]
    found = [
        Place(label, _note_of(label, returned), query=_query(codes.get(label)), untouched=True)
        for label in left
    ]
    found += [
        Place(each.label, each.note, each.old, each.new, each.difference, _query(codes.get(each.label)))
        for each in resubmitted.changes
    ]
    return Correction(returned, resubmitted, found)


def _note_of(label, returned):
    return next(
        (text.removeprefix(f"{label}：") for text in returned.places if text.startswith(f"{label}：")), ""
    )


def _query(code):
    return f"doc={code}" if code else ""


def news_without(entries, correction):
    """The news of a claim, without what its correction tells already."""
    told = (correction.returned, correction.resubmitted) if correction else ()
    return [entry for entry in entries if all(entry is not each for each in told)]
