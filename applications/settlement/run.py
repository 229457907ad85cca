"""Settling: one transaction per chunk of enterprise-years; running it twice changes nothing."""

import logging

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from applications.errors import Refused
from applications.flags.load import flags_load
from applications.ledger import entry_add
from applications.lifecycle import perform
from applications.load_claims import load_claims_settle
from applications.models import Claim, EnterpriseYear, LedgerKind
from applications.record import event_add
from applications.recovery.follow import demands_follow, letters_follow
from measures.contract import ContractError

from .load import years_load
from .plan import year_evaluate, year_plan
from .write import plans_write

log = logging.getLogger(__name__)

#: What one enterprise-year with spoilt data can raise, from its facts to what the database accepts.
SPOILT = (
    ContractError,
    Refused,
    DatabaseError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)

#: Enterprise-years that one transaction settles; bounds memory and the time that locks are held.
CHUNK = 500


def years_settle(year_ids, *, at=None, skip_locked=False):
    """Settles those of the enterprise-years that wait, in one transaction. Returns how many it settled.

    `skip_locked` leaves alone what another worker or an approval holds right now; the sweep comes again.
    """
    at = at or timezone.now()
    with transaction.atomic():
        rows = list(
            EnterpriseYear.objects.select_for_update(of=("self",), skip_locked=skip_locked)
            .select_related("enterprise")
            .filter(pk__in=year_ids, requested__gt=F("settled"))
            .order_by("pk")
        )
        if not rows:
            return 0
        sources = years_load(rows)
        flags_load(sources)
        plans = [_settle(source, at) for source in sources]
        demands_follow(plans, at=at)
        plans_write(plans, at=at)
        letters_follow(plans, at=at)
        for plan in plans:
            for claim, action in plan.moves:
                _locked_move(claim, plan.source.row, action, at)
        load_claims_settle([plan.source.row.pk for plan in plans], at=at)
    return len(plans)


def years_settle_safely(year_ids, *, at=None):
    """Settles a chunk; where something in it fails, each year by itself, so that one bad year stops no other."""
    try:
        return years_settle(year_ids, at=at, skip_locked=True)
    except SPOILT:
        log.exception("a chunk of %s years failed, settling them one by one", len(year_ids))
    done = 0
    for year_id in year_ids:
        try:
            done += years_settle([year_id], at=at, skip_locked=True)
        except SPOILT:
            log.exception("enterprise-year %s cannot be settled", year_id)
    return done


def _settle(source, at):
    """Evaluates until the locks have come to rest: each round unlocks or lowers a lock, so it ends."""
    while True:
        case, result, locks = year_evaluate(source)
        moved = False
        for claim in source.claims:
            kept, entitled = locks.get(claim.pk, (claim.locked_cny, None))
            if kept == claim.locked_cny:
                continue
            moved = True
            if kept is None:
                _locked_move(claim, source.row, "unlock", at)
            else:
                _lock_lower(claim, kept, entitled, at)
        if not moved:
            # Locks that this settlement lifted have marked the year again, and are in what was just evaluated.
            source.started = source.row.requested
            return year_plan(source, case, result, locks, at=at)


def _locked_move(claim, row, action, at):
    """A transition that a settlement brings about, on the claim as it has just been computed."""
    fresh = (
        Claim.objects.select_for_update(of=("self",)).select_related("enterprise", "period").get(pk=claim.pk)
    )
    perform(fresh, row, action, at=at)
    for name in ("state", "locked_cny", "locked_at", "approved_steps", "last_event"):
        setattr(claim, name, getattr(fresh, name))


def _lock_lower(claim, amount, entitled, at):
    """Something of the lock is committed or paid: it falls to the larger of that and the entitlement."""
    entry_add(claim=claim, kind=LedgerKind.UNLOCK, amount=amount - claim.locked_cny, at=at)
    event_add(
        kind="claim.lock_reduced",
        at=at,
        claim=claim,
        data={"old": str(claim.locked_cny), "new": str(amount), "entitled": str(entitled)},
    )
    claim.locked_cny = amount
    Claim.objects.filter(pk=claim.pk).update(locked_cny=amount)
