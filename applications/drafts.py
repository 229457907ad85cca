"""What stands in the form of a claim: what was typed last, over what was last submitted where only a part is open."""

from applications.correction import closed_kept, opened_of
from applications.facts import OTHER_SUPPORT


def draft_of(claim):
    """What the clerk typed last; what was last submitted where nothing was typed since, or a place is closed."""
    submitted = {
        "facts": claim.facts,
        "particulars": claim.particulars,
        "other_support": support_as_typed(claim.other_support_cny),
    }
    if claim.submitted_at is None:
        return {**submitted, **claim.draft}
    if claim.draft_saved_at is None or claim.draft_saved_at <= claim.submitted_at:
        return submitted
    return draft_kept(claim, {**submitted, **claim.draft})


def draft_kept(claim, draft):
    """The draft with everything that a return has not opened as it was last submitted."""
    opened = opened_of(claim)
    if opened.is_whole:
        return draft
    facts, particulars = closed_kept(claim, opened, draft.get("facts", {}), draft.get("particulars", {}))
    kept = {**draft, "facts": facts, "particulars": particulars}
    if not opened.at(OTHER_SUPPORT):
        kept["other_support"] = support_as_typed(claim.other_support_cny)
    return kept


def support_as_typed(amount):
    """The support from other policies as the form asks for it."""
    if amount is None:
        return {"answer": "", "amount": ""}
    return {"answer": "yes", "amount": str(amount)} if amount else {"answer": "no", "amount": ""}
