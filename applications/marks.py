"""Marks that stand beside or in place of a claim's state."""

from applications.models import State
from applications.models.states import COUNTED_STATES


def claim_marks(claim, *, computing):
    """The names of the marks of a claim, for `state_badge`; `computing` says whether its year waits to be settled."""
    marks = {
        "computing": computing and claim.state in COUNTED_STATES,
        "prepared": claim.state == State.DRAFT and claim.rule.prepared,
        "payout_failed": claim.payout_failed,
        "recovery": claim.demanded_cny > 0,
        "notice_withdrawn": claim.notice_withdrawn,
        "objection": claim.objected,
        "late": claim.late,
        "asked": claim.clock_stopped_on is not None,
    }
    return [name for name, holds in marks.items() if holds]


def office_marks(claim):
    """The marks of a claim in the lists of offices; `claim.answered` says that its question has been answered here."""
    marks = {
        "objection": claim.objected,
        "late": claim.late,
        "reconsidered": claim.reconsidered,
        "asked": claim.clock_stopped_on is not None,
        "answered": claim.answered and claim.clock_stopped_on is None,
    }
    return [name for name, holds in marks.items() if holds]
