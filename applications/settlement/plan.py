"""What a settlement changes in one enterprise's year, worked out in memory before anything is written."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.flags.plan import FlagChanges, flags_plan
from applications.ledger import entry
from applications.lifecycle import TRANSITIONS
from applications.models import Event, LedgerKind, State
from applications.recovery.follow import DemandChange
from measures import registry
from measures.entitlement import LockedClaim, entitlements, lock_after
from measures.evaluation import evaluate

from .case_builder import case_build, city_rates_of, versions_of
from .load import LIFETIME_ITEMS, YearInput, lifetime_key

ZERO = Decimal("0.00")
AMOUNTS = ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")
STEPS_BEFORE_LIMIT = AMOUNTS[:3]
#: States in which commerce has approved and finance has not.
APPROVED_BY_COMMERCE = frozenset({State.SECOND_CHECK, State.FINANCE_REVIEW})


@dataclass
class YearPlan:
    """Claims with their new amounts already set in memory, and the rows to write; `moves` follow after writing."""

    source: YearInput
    result: object
    changed: list = field(default_factory=list)
    entries: list = field(default_factory=list)
    events: list = field(default_factory=list)
    #: (claim, action) for transitions that the new amounts bring about.
    moves: list = field(default_factory=list)
    flags: FlagChanges = field(default_factory=FlagChanges)
    #: Demands that are raised, changed or cancelled (`applications.recovery.follow.DemandChange`).
    demands: list = field(default_factory=list)


def year_evaluate(source):
    """Evaluates the year as it stands and says what each locked claim is entitled to: (result, {claim id: yuan})."""
    case = case_build(source)
    result = evaluate(case, source.reference)
    by_id = {each.id: each for each in result.claims}
    locked = sorted(
        (claim for claim in source.claims if claim.locked_cny is not None), key=lambda c: (c.locked_at, c.pk)
    )
    locks = [
        LockedClaim(
            id=claim.pk,
            locked=claim.locked_cny,
            after_overlap=by_id[str(claim.pk)].after_overlap,
            drawn=claim.committed_cny + claim.paid_cny,
            order=order,
        )
        for order, claim in enumerate(locked)
    ]
    entitled = entitlements(locks, result.limit)
    return case, result, {lock.id: (lock_after(lock, entitled[lock.id]), entitled[lock.id]) for lock in locks}


def year_plan(source, case, result, locks, *, at):
    """The plan for one year whose locks have already come to rest (see run.py)."""
    plan = YearPlan(source, result)
    results = {each.id: each for each in result.claims}
    inputs, rates = {each.id: each for each in case.claims}, city_rates_of(source)
    for claim in source.claims:
        found = results[str(claim.pk)]
        _plan_key(claim, inputs[str(claim.pk)], case, source)
        _plan_amounts(plan, claim, found, at)
        _plan_settings(plan, claim, rates.get(claim.item), at)
        # One that has just been unlocked has nothing paid, and so nothing to give back, any more.
        _, entitled = locks.get(claim.pk, (None, ZERO))
        _plan_demand(plan, claim, entitled, at)
        if claim.pk in locks and _is_paid_in_full(claim):
            plan.moves.append((claim, "complete"))
        if claim.state in APPROVED_BY_COMMERCE and _differs_from_approval(claim):
            plan.moves.append((claim, "fall_back"))
    _plan_flags(plan, case, at)
    return plan


def _plan_flags(plan, case, at):
    """What is noticed about the claims; whoever has such a claim open is told that something has happened to it."""
    plan.flags = flags_plan(plan.source, case, at=at)
    plan.events += plan.flags.events
    for event in plan.flags.events:
        if event.claim not in plan.changed:
            plan.changed.append(event.claim)


def _plan_key(claim, given, case, source):
    """Once-for-ever awards carry the key that the database keeps unique among locks above 0."""
    if claim.item in LIFETIME_ITEMS and claim.locked_cny is None:
        subject = registry.item(claim.item).lifetime_subject(given.facts, case.enterprise)
        name, _, level = (subject or "").partition("|")
        claim.lifetime_key = lifetime_key(claim.item, name, level, source.row.enterprise.credit_code)


def _plan_amounts(plan, claim, found, at):
    old = {name: getattr(claim, name) for name in AMOUNTS}
    new = dict(zip(AMOUNTS, (found.computed, found.capped, found.after_overlap, found.payable), strict=True))
    steps, reasons = _step_data(found), [reason.as_data() for reason in found.reasons]
    if old == new and claim.steps == steps and claim.reasons == reasons and claim.eligibility == found.status:
        return
    claim.ceiling_cny, claim.eligibility = found.ceiling, found.status
    claim.steps, claim.reasons, claim.settled_at = steps, reasons, at
    plan.changed.append(claim)
    if old == new:
        return
    for name, value in new.items():
        setattr(claim, name, value)
    plan.entries += _entries(claim, old, new, at)
    plan.events.append(_settled_event(claim, old, new, at))


def _plan_settings(plan, claim, rate, at):
    """Which versions of the settings the amounts rest on; a locked claim keeps those that it was locked under."""
    if claim.locked_cny is not None:
        return
    under = versions_of(plan.source, rate)
    if claim.computed_under == under:
        return
    claim.computed_under, claim.settled_at = under, at
    if claim not in plan.changed:
        plan.changed.append(claim)


def _step_data(found):
    """The explanation as stored: each step with the amount after it, so that pages need no rule to show it."""
    amounts = {
        "computed": found.computed,
        "capped": found.capped,
        "after_overlap": found.after_overlap,
        "payable": found.payable,
    }
    return [{**step.as_data(), "amount": str(amounts[step.step])} for step in found.steps]


def _entries(claim, old, new, at):
    """Entries whose sum takes the payable balance of the ledger from the old to the new amount."""
    before = [old[name] or ZERO for name in AMOUNTS]
    after = [new[name] for name in AMOUNTS]
    kinds = (LedgerKind.AWARD, LedgerKind.CAP, LedgerKind.OVERLAP, LedgerKind.LIMIT)
    parts_before = [value - previous for value, previous in zip(before, [ZERO, *before], strict=False)]
    parts_after = [value - previous for value, previous in zip(after, [ZERO, *after], strict=False)]
    changes = zip(kinds, parts_before, parts_after, strict=True)
    return [
        entry(claim=claim, kind=kind, amount=now - was, at=at) for kind, was, now in changes if now != was
    ]


def _settled_event(claim, old, new, at):
    limit_only = claim.state == State.FINANCE_REVIEW and all(
        old[name] == new[name] for name in STEPS_BEFORE_LIMIT
    )
    return Event(
        kind="claim.limit_changed" if limit_only else "claim.settled",
        at=at,
        enterprise_id=claim.enterprise_id,
        claim=claim,
        data={
            "old": {name: None if value is None else str(value) for name, value in old.items()},
            "new": {name: str(value) for name, value in new.items()},
        },
    )


def _plan_demand(plan, claim, entitled, at):
    """Money actually paid above the entitlement is demanded back; later settlements lower or cancel the demand."""
    demanded = max(ZERO, claim.paid_cny - entitled)
    if demanded == claim.demanded_cny:
        return
    plan.entries.append(
        entry(claim=claim, kind=LedgerKind.DEMAND, amount=demanded - claim.demanded_cny, at=at)
    )
    event = Event(
        kind="claim.demanded",
        at=at,
        enterprise_id=claim.enterprise_id,
        claim=claim,
        data={"old": str(claim.demanded_cny), "new": str(demanded)},
    )
    plan.events.append(event)
    plan.demands.append(DemandChange(claim, claim.demanded_cny, demanded, event))
    claim.demanded_cny = demanded
    if claim not in plan.changed:
        plan.changed.append(claim)


def _is_paid_in_full(claim):
    """What is left of the lock is paid, and the claim does not say so yet."""
    return claim.state in TRANSITIONS["complete"].sources and claim.paid_cny and not claim.owed_cny


def _differs_from_approval(claim):
    approved = claim.approved_steps or {}
    return any(approved.get(name) != str(getattr(claim, name)) for name in STEPS_BEFORE_LIMIT)
