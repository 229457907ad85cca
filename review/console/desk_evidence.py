"""What the desk shows of the documents, the notes, and the firm's other claims."""

from review.console.desk_forms import CheckForm, NoteForm
from review.document_checks import can_check
from review.evidence import Reading, answer_open, desk_documents, reading_of, tally, turn_of
from review.notes import SHOWN, can_note, notes_of_claim


def evidence_context(claim, user, record, query, check=None):
    """What the desk shows of the documents; `check` is the form of a problem that was typed and refused."""
    documents = desk_documents(claim, record)
    answer = None if check else answer_open(claim, documents, query)
    reading = (
        Reading(paper=answer) if answer else reading_of(documents, {"doc": check.code} if check else query)
    )
    row, may_check = reading.row, can_check(claim, user)
    form = check
    if form is None and row is not None and may_check:
        form = CheckForm(row.document.code)
    return {
        "documents": documents,
        "reading": reading,
        "open": reading.paper,
        "turn": turn_of(query),
        "tally": tally(documents),
        "may_check": may_check,
        "check_form": form if may_check else None,
        "check": check,
    }


def notes_context(claim, user, note=None):
    """What the desk shows of the notes; `note` is the form that was typed and refused."""
    found = notes_of_claim(claim)
    return {
        "notes": found[:SHOWN],
        "older_notes": found[SHOWN:],
        "notes_count": len(found),
        "note_form": (note or NoteForm()) if can_note(claim, user) else None,
        "note": note,
    }
