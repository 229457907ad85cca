"""Passing many claims together: what it would do, and what it did, row by row."""

from dataclasses import dataclass, replace
from decimal import Decimal

from applications.flags.standing import OPEN, OPEN_IN_BULK
from applications.lifecycle import claim_token
from applications.lifecycle.asked import ASKED_IN_BULK
from applications.lifecycle.possible import approval_possible
from applications.lifecycle.transition import bulk_transition
from applications.models import Claim, EnterpriseYear, Flag
from review.document_checks import documents_unseen

ZERO = Decimal("0.00")
NOT_YOURS = "这件申报现在不由您的岗位办理。"


@dataclass
class Row:
    """One claim of a bulk: the step that it would take, or the sentence that says why it takes none."""

    claim: Claim
    action: str
    label: str
    refusal: str
    token: str
    #: How many of its documents nobody has found in order.
    unseen: int = 0


@dataclass(frozen=True)
class Preview:
    """What a bulk would do; amounts are yuan."""

    rows: list

    @property
    def possible(self):
        """The rows that would be passed."""
        return [row for row in self.rows if not row.refusal]

    @property
    def total(self):
        """The sum of what would be passed."""
        return sum((row.claim.payable_cny for row in self.possible), ZERO)


def bulk_preview(claims, user):
    """What passing these claims (enterprise and period joined) would do. Nothing is done."""
    claims = list(claims)
    years = {
        (row.enterprise_id, row.year): row
        for row in EnterpriseYear.objects.filter(enterprise__in={claim.enterprise_id for claim in claims})
    }
    flagged = set(Flag.objects.filter(claim__in=claims, **OPEN).values_list("claim_id", flat=True))
    unseen = documents_unseen(claims)
    return Preview(
        [
            replace(
                _row(claim, user, years[claim.enterprise_id, claim.year], claim.pk in flagged),
                unseen=unseen[claim.pk],
            )
            for claim in claims
        ]
    )


def _row(claim, user, year, is_flagged):
    step, refusal = approval_possible(claim, user, year=year) or (None, NOT_YOURS)
    if step and is_flagged:
        refusal = OPEN_IN_BULK
    elif step and claim.clock_stopped_on is not None:
        refusal = ASKED_IN_BULK
    return Row(claim, step.action if step else "", step.label if step else "", refusal, claim_token(claim))


def bulk_pass(rows, *, actor, at=None, source_ip=None):
    """Passes (claim, action, token) rows at the settled amounts, one lock per enterprise-year.

    Returns {claim id: sentence or ""}; "" where it was done. One refusal stops no other row.
    """
    groups = {}
    for claim, action, token in rows:
        groups.setdefault((claim.enterprise_id, claim.year, action), []).append((claim.pk, token))
    outcome = {}
    for (enterprise_id, year, action), steps in sorted(groups.items()):
        outcome |= bulk_transition(
            enterprise_id=enterprise_id,
            year=year,
            steps=steps,
            action=action,
            actor=actor,
            at=at,
            source_ip=source_ip,
        )
    return outcome
