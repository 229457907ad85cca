"""Where a measure's locks exceed its appropriation: what each may be paid now, and the decision how the money is shared.

A shortage is a fact (what is locked exceeds what is appropriated), never a state that somebody switches on: it begins with the
approval and ends with the document that changes one of the two. While it lasts, money goes out by the newest decision alone;
when it is over, everything is payable again.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import DecimalField, F, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least

from review.budget import Budget, Key, budgets, key_of
from review.models import ShortageDecision, ShortageShare

ZERO = Decimal("0.00")


@dataclass
class Standing:
    """How a key stands: its Budget, the newest decision (None without one), and what that still leaves to claims."""

    budget: Budget
    decision: ShortageDecision | None = None
    promised: Decimal = ZERO

    @property
    def in_force(self):
        """Whether money goes out by the decision: the shortage lasts, and what it promised is still there."""
        return self.budget.is_short and self.decision is not None and self.promised <= self.budget.left

    @property
    def unshared(self):
        """What is left and promised to nobody: it waits for a decision; 0 without a shortage."""
        if not self.budget.is_short:
            return ZERO
        return max(self.budget.left - (self.promised if self.in_force else ZERO), ZERO)


def standings(keys):
    """{Key: Standing}, in at most four queries for any number of keys."""
    found = {key: Standing(budget) for key, budget in budgets(keys).items()}
    short = [key for key, standing in found.items() if standing.budget.is_short]
    if not short:
        return found
    newest = (
        ShortageDecision.objects.filter(
            measure__in={key.measure for key in short},
            year__in={key.year for key in short},
            payer__in={key.payer for key in short},
        )
        .order_by("measure", "year", "payer", "-id")
        .distinct("measure", "year", "payer")
    )
    for decision in newest:
        standing = found.get(Key(decision.measure, decision.year, decision.payer))
        if standing is not None and standing.budget.is_short:
            standing.decision = decision
    decided = {s.decision.pk: s for s in found.values() if s.decision}
    if decided:
        sums = _remaining().filter(decision__in=decided).values_list("decision").order_by()
        for decision, promised in sums.annotate(Sum("remaining")):
            decided[decision].promised = promised
    return found


def _remaining():
    """Shares with `remaining`: what of each is still to be paid. A payment that comes back is in it again; what became
    of a lock since (lowered, lifted, set anew after the decision) never makes it more than is owed.
    """
    zero = Value(ZERO, output_field=DecimalField(max_digits=15, decimal_places=2))
    drawn = F("claim__committed_cny") + F("claim__paid_cny")
    kept = ShortageShare.objects.filter(claim__locked_at__lte=F("decision__decided_at"))
    return kept.annotate(
        remaining=Greatest(
            zero,
            Least(F("share_cny") - drawn + F("drawn_cny"), Coalesce(F("claim__locked_cny"), zero) - drawn),
        )
    )


def payable_now(claims):
    """{claim id: yuan} that a batch may take of each claim: all that is owed, or, while the money of its measure, year and
    payer does not suffice, what the newest decision in force leaves to it; 0 where none does.

    At most five queries for any number of claims, which are taken as they are given: whoever pays has locked them.
    """
    claims = list(claims)
    keys = {claim.pk: key_of(claim) for claim in claims}
    found = standings(set(keys.values()))
    short = [claim for claim in claims if found[keys[claim.pk]].budget.is_short]
    shares = {}
    if decisions := [s.decision.pk for s in found.values() if s.in_force]:
        rows = ShortageShare.objects.filter(decision__in=decisions, claim__in=[claim.pk for claim in short])
        shares = {row.claim_id: row for row in rows.select_related("decision")}
    return {
        claim.pk: _left_of(shares.get(claim.pk), claim)
        if found[keys[claim.pk]].budget.is_short
        else claim.owed_cny or ZERO
        for claim in claims
    }


def _left_of(share, claim):
    """`_remaining` of a claim that the caller holds."""
    if share is None or claim.locked_cny is None or claim.locked_at > share.decision.decided_at:
        return ZERO
    drawn = claim.committed_cny + claim.paid_cny - share.drawn_cny
    return max(ZERO, min(share.share_cny - drawn, claim.owed_cny))
