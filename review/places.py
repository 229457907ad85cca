"""What in a claim an officer can point at: single facts, particulars and documents, each with its words."""

from applications.evidence import documents_of
from applications.facts import OTHER_SUPPORT, fact_lines


def places_of(claim):
    """{path: label} of everything that a note of a return can be about; documents by "ev-<code>"."""
    facts = {
        line.path: f"{line.row}，{line.label}" if line.row else line.label
        for line in fact_lines(claim.rule, claim.facts)
    }
    particulars = {each.name: each.label for each in claim.rule.particulars}
    documents = {f"ev-{each.code}": f"材料：{each.label}" for each in documents_of(claim.rule)}
    return {**facts, **particulars, OTHER_SUPPORT: "其他省级政策支持", **documents}


def notes_at_places(claim, notes):
    """["展位费：与发票不符。", …] from {path: note}, in the order of the form.

    A note about what the claim no longer has comes last, without a label.
    """
    places = places_of(claim) if notes else {}
    labelled = [f"{label}：{notes[path]}" for path, label in places.items() if path in notes]
    return labelled + [note for path, note in notes.items() if path not in places]
