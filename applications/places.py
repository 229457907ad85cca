"""What each place in a claim is called at which a return can point; see `applications.correction` for places."""

from applications.correction import EVERY_DOCUMENT, EVERYTHING, cell, document_place
from applications.evidence import documents_for
from applications.facts import OTHER_SUPPORT
from measures.declaration import Rows

SUPPORT_LABEL = "其他省级政策支持"
_WHOLE_TABLE = "整张表，可增删行"


def places_of(claim):
    """{place: label} of everything that a return can be about, in the order of the form."""
    found = {EVERYTHING: "全部内容（企业可以修改整份申报）"}
    for declared in claim.rule.facts:
        if isinstance(declared, Rows):
            found[declared.name] = f"{declared.label}（{_WHOLE_TABLE}）"
            found.update(_cells(claim, declared))
        else:
            found[declared.name] = declared.label
    for declared in claim.rule.particulars:
        whole = f"（{_WHOLE_TABLE}）" if isinstance(declared, Rows) else ""
        found[declared.name] = declared.label + whole
    found[OTHER_SUPPORT] = SUPPORT_LABEL
    documents = documents_for(claim)
    found.update({document_place(each.code): f"材料：{each.label}" for each in documents})
    return found | {EVERY_DOCUMENT: "全部材料"}


def _cells(claim, declared):
    """The values of each row that was submitted: what the rule computes with, and what stands beside it."""
    return {
        cell(declared.name, index, part.name): f"{declared.row_label} {index + 1}，{part.label}"
        for index in range(len(claim.facts.get(declared.name) or []))
        for part in (*declared.fields, *declared.particulars)
    }


def notes_at_places(claim, notes):
    """["展位费：与发票不符。", …] from {place: note}, in the order of the form.

    A note about what the claim no longer has comes last, without a label.
    """
    places = places_of(claim) if notes else {}
    labelled = [f"{label}：{notes[place]}" for place, label in places.items() if place in notes]
    return labelled + [note for place, note in notes.items() if place not in places]
