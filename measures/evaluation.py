"""The one door to the rules: a case and reference data in, the amounts with their explanation out."""

from measures.caps import CappedClaim, apply_caps, cap_step
from measures.case import NO_FIGURES, Case, ClaimInput
from measures.item import Context, Item, Outcome
from measures.limit import Combined, combine, limit_step
from measures.money import ZERO
from measures.overlap import overlap_step
from measures.reference import ReferenceData
from measures.registry import item, measure_of
from measures.result import AWARDED, INELIGIBLE, SUPPORT, CaseResult, ClaimResult, Step


def evaluate(case: Case, reference: ReferenceData) -> CaseResult:
    """Evaluate every claim of one enterprise and year through the four steps.

    Computed (each item's formula), capped, after overlap, payable; claims keep the order of filing. Amounts are
    yuan with two decimals. Raises UnknownItem for a claim of no item of the policy.
    """
    assessed = assess_claims(case, reference)
    capped = apply_caps(assessed)
    combined = combine(capped)
    claims = tuple([_claim_result(capped, combined, position) for position in range(len(capped))])
    return CaseResult(
        case=case.case,
        year=case.year,
        limit=combined.limit,
        total=sum(combined.payable, ZERO),
        overpaid=combined.overpaid,
        limit_claim=None if combined.setter is None else capped[combined.setter].claim.id,
        claims=claims,
    )


def context_of(case: Case, reference: ReferenceData) -> Context:
    """Return what the rules may look at besides the facts of a claim."""
    return Context(
        year=case.year,
        enterprise=case.enterprise,
        this_year=case.trade.get(case.year, NO_FIGURES),
        last_year=case.trade.get(case.year - 1, NO_FIGURES),
        settings=case.settings,
        past_awards=frozenset([(award.item, award.lifetime_subject) for award in case.past_awards]),
        reference=reference,
    )


def assess_claims(case: Case, reference: ReferenceData) -> list[tuple[ClaimInput, Item, Outcome]]:
    """Take every claim through step 1, in the order of filing.

    The second claim for what is paid once in a year is refused, whatever became of the first.
    """
    context = context_of(case, reference)
    claimed: set[tuple[str, str]] = set()
    assessed = []
    for claim in case.claims:
        rule = item(claim.item)
        subject = rule.sole_subject(claim.facts)
        repeated = (claim.item, subject) in claimed
        if subject is not None:
            claimed.add((claim.item, subject))
        assessed.append((claim, rule, rule.assess(claim.facts, context, repeated)))
    return assessed


def _claim_result(capped: list[CappedClaim], combined: Combined, position: int) -> ClaimResult:
    one = capped[position]
    claim, rule, outcome = one.claim, one.item, one.outcome
    if rule.support:
        return ClaimResult(
            id=claim.id,
            item=rule.code,
            status=SUPPORT,
            reasons=outcome.reasons,
            route=measure_of(rule.code).departments,
            outcome=outcome.measured,
        )
    if outcome.reasons:
        return ClaimResult(
            id=claim.id,
            item=rule.code,
            status=INELIGIBLE,
            reasons=outcome.reasons,
            payable=combined.payable[position],
            steps=(limit_step(capped, combined, position),) if one.is_locked else (),
            locked=claim.locked,
        )
    return ClaimResult(
        id=claim.id,
        item=rule.code,
        status=AWARDED,
        ceiling=combined.ceilings[position],
        computed=outcome.computed,
        capped=one.capped,
        after_overlap=one.after_overlap,
        payable=combined.payable[position],
        steps=(
            Step("computed", outcome.template, outcome.params, rule.code),
            cap_step(one),
            overlap_step(one.capped, claim.other_support, one.after_overlap),
            limit_step(capped, combined, position),
        ),
        locked=claim.locked,
    )
