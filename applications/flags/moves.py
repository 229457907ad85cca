"""Marking the years of others when something by which claims or firms are known again has come or gone.

Whoever changes such a thing notes it (`TraceMove`) in the same transaction, which takes no lock: two firms that give the
same invoice at the same moment do not see each other, but the notes of both are worked off after both have been committed,
and the later one finds the other. Working them off locks years in the order of their keys and nothing else besides the
notes, which nobody waits for: there is no circle. What a lost worker forgets the sweep finds again.
"""

from collections import defaultdict
from contextlib import contextmanager

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from applications.models import Claim, EnterpriseYear, Fingerprint, TraceMove
from applications.models.states import COUNTED_STATES
from applications.settlement.mark import keys_mark

from .traces import sharers, traces_of

#: Notes that one transaction works off.
CHUNK = 500


@contextmanager
def firm_followed(enterprise_id):
    """Notes what the firm is known by that comes or goes while the caller, who holds its lock, changes it."""
    before = traces_of([enterprise_id])[enterprise_id]
    yield
    moved = before ^ traces_of([enterprise_id])[enterprise_id]
    if moved:
        TraceMove.objects.create(enterprise_id=enterprise_id, traces=sorted(moved))


def moves_mark():
    """Marks the enterprise-years that the noted moves touch, all that there are. Returns how many were marked."""
    marked = 0
    while True:
        with transaction.atomic():
            moves = list(TraceMove.objects.select_for_update(skip_locked=True).order_by("pk")[:CHUNK])
            keys = _years_touched(moves) if moves else []
            keys_mark(keys)
            TraceMove.objects.filter(pk__in=[move.pk for move in moves]).delete()
        marked += len(keys)
        if len(moves) < CHUNK:
            return marked


def _years_touched(moves):
    """Keys of the enterprise-years with a claim that counts and that looks different after the moves, in order.

    A claim's own year has been marked by what moved the claim; a firm's own years have not.
    """
    of_claims = [move for move in moves if move.year is not None]
    of_firms = [move for move in moves if move.year is None]
    pairs = _holding(of_claims)
    firms = {move.enterprise_id for move in of_firms}
    for holders in sharers({tuple(trace) for move in of_firms for trace in move.traces}).values():
        firms |= {firm for firm, _ in holders}
    counted = Claim.objects.filter(
        enterprise=OuterRef("enterprise"), year=OuterRef("year"), state__in=COUNTED_STATES
    )
    near = Q(enterprise__in={firm for firm, _ in pairs}, year__in={year for _, year in pairs})
    rows = (
        EnterpriseYear.objects.filter(Q(enterprise__in=firms) | near).filter(Exists(counted)).order_by("pk")
    )
    return [
        pk
        for pk, firm, year in rows.values_list("pk", "enterprise_id", "year")
        if firm in firms or (firm, year) in pairs
    ]


def _holding(moves):
    """{(enterprise id, year)} of claims that count and have a fingerprint that has come or gone in another year."""
    movers = defaultdict(set)
    for move in moves:
        for kind, value in move.traces:
            movers[kind, value].add((move.enterprise_id, move.year))
    values_of = defaultdict(set)
    for kind, value in movers:
        values_of[kind].add(value)
    touched = set()
    for kind, values in values_of.items():
        same = Fingerprint.objects.filter(kind=kind, value__in=values, claim__state__in=COUNTED_STATES)
        for value, *pair in same.values_list("value", "claim__enterprise_id", "claim__year"):
            if movers[kind, value] - {tuple(pair)}:
                touched.add(tuple(pair))
    return touched
