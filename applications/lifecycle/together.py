"""One step for many claims at once: as `perform` takes it for each, with a number of queries that does not grow with them."""

from django.db.models import prefetch_related_objects
from django.utils import timezone

from applications.ledger import entries_together
from applications.models import Claim, Event
from applications.settlement.mark import keys_mark
from applications.settlement.write import copy_insert, copy_update
from applications.signals import events_added

from . import effects
from .clock import clock_enter
from .table import TRANSITIONS
from .transition import step_apply, step_check

#: Steps that neither lock nor unlock, change nothing about which claims count, and issue no paper.
STEPS = frozenset({"publish", "close_notice", "commit", "release", "pay", "bank_return", "part_return"})
_EVENT_FIELDS = ("kind", "actor_id", "at", "source_ip", "enterprise_id", "claim_id", "topic", "data")
#: What these steps may change of a claim.
_COLUMNS = {
    "state": "varchar(20)",
    "state_since": "timestamptz",
    "waiting_on": "date",
    "clock_stopped_on": "date",
    "committed_cny": "numeric(15,2)",
    "paid_cny": "numeric(15,2)",
    "payout_failed": "boolean",
    "notice_withdrawn": "boolean",
    "last_event": "bigint",
}


def perform_together(locked, action, *, actor=None, reason="", data=None, at=None, source_ip=None):
    """Takes one step of STEPS on all claims of `locked` ([(claim, year)] from `claims_lock`), or on none.

    `reason` and `data` are what the action needs, for all of them or, as callables, for each claim. The first claim that may not take
    the step raises its Refused, Stale or NotAllowed, and the caller's transaction is to be given up.
    """
    if action not in STEPS:
        raise ValueError(f"{action} is taken claim by claim")
    if not locked:
        return
    step, at = TRANSITIONS[action], at or timezone.now()
    if actor is not None:
        prefetch_related_objects([actor], "memberships")
    sources, events = [claim.state for claim, _ in locked], []
    with entries_together():
        for claim, year in locked:
            needs = data(claim) if callable(data) else data
            why = (reason(claim) if callable(reason) else reason).strip()
            step_check(step, claim, year, actor, reason=why)
            kept = step_apply(step, claim, actor=actor, reason=why, data=needs or {}, at=at)
            events.append(_event(step, claim, kept, actor, at, source_ip))
    copy_insert(events, _EVENT_FIELDS)
    for event in events:
        event.claim.last_event = event.pk
        clock_enter(event.claim, at)
    rows = [(claim.pk, *(getattr(claim, name) for name in _COLUMNS)) for claim, _ in locked]
    copy_update(Claim._meta.db_table, _COLUMNS, rows)
    if step.marks:
        keys_mark(sorted({year.pk for _, year in locked}))
    events_added.send(sender=Event, events=events)
    for (claim, _), source in zip(locked, sources, strict=True):
        effects.announce(claim, source, actor, at)


def _event(step, claim, kept, actor, at, source_ip):
    return Event(
        kind=step.event,
        actor=actor,
        at=at,
        source_ip=source_ip,
        enterprise_id=claim.enterprise_id,
        claim=claim,
        data=kept,
    )
