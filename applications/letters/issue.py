"""Issuing papers: in the transaction of the event that they tell of, from the claim as it is at that moment."""

from accounts.mail import site_link
from applications.letters.check import check_code_new
from applications.letters.decision import APPROVED, REJECTED, decision_content
from applications.letters.form import form_content
from applications.letters.words import item_line
from applications.lifecycle import TRANSITIONS
from applications.models import Letter

#: The letter that stands before the running number of a paper of each kind.
_MARKS = {Letter.Kind.APPLICATION: "S", Letter.Kind.DECISION: "J"}
#: What each event issues: the kind of paper, what it says, and the decision in a word.
ISSUED = {
    TRANSITIONS["submit"].event: (Letter.Kind.APPLICATION, form_content, ""),
    TRANSITIONS["resubmit"].event: (Letter.Kind.APPLICATION, form_content, ""),
    TRANSITIONS["finance_approve"].event: (Letter.Kind.DECISION, decision_content, APPROVED),
    TRANSITIONS["reject"].event: (Letter.Kind.DECISION, decision_content, REJECTED),
}


def letter_issue(*, event, claim):
    """Issues the paper that an event calls for, and returns it. The caller holds the claim's lock, which keeps numbers apart."""
    kind, content_of, decision = ISSUED[event.kind]
    count = Letter.objects.filter(claim=claim, kind=kind).count() + 1
    public = {
        "enterprise": claim.enterprise.name,
        "item": item_line(claim.rule),
        "year": claim.year,
        "decision": decision,
        "amount_cny": str(claim.locked_cny) if decision == APPROVED else "",
    }
    address = site_link("portal:verify")
    return Letter.objects.create(
        kind=kind,
        number=f"{claim.number}-{_MARKS[kind]}{count}",
        check_code=check_code_new(),
        claim=claim,
        event=event,
        content={**content_of(claim, event=event), "public": public, "verify_at": address},
        issued_at=event.at,
    )


def on_event(*, event, claim, **_):
    """Listens to `event_added`."""
    if claim is not None and event.kind in ISSUED:
        letter_issue(event=event, claim=claim)
