"""The digest of a day: SHA-256 over everything recorded since the day before, and over that day's digest."""

import hashlib
import json
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from applications.errors import Refused
from applications.models import Event, LedgerEntry
from review.audit.rows import ENTRIES, EVENTS, rows_between
from review.models import DayDigest

#: What the first day is chained to.
BEGINNING = "0" * 64
#: Key of the advisory lock under which digests are made, so that two who make them do not make the same day.
_LOCK = 20220031
#: Seconds to wait for the transactions that were writing when the cut was taken.
PATIENCE = 20
BUSY = "现在有尚未结束的写入，暂时不能生成摘要。请稍后再试。"


@dataclass(frozen=True)
class Sum:
    """What was found of one day: how many events and ledger entries, and their digest in hex."""

    events: int
    entries: int
    digest: str


def day_sum(*, day, before, after_event, after_entry, last_event, last_entry):
    """The digest of a day from its rows: `before` is the digest of the day before, ids are `after` < id <= `last`."""
    total = hashlib.sha256()
    head = ["day", day.isoformat(), before, last_event, last_entry]
    total.update(json.dumps(head, separators=(",", ":")).encode() + b"\n")
    events = _add(total, EVENTS, after_event, last_event)
    entries = _add(total, ENTRIES, after_entry, last_entry)
    return Sum(events, entries, total.hexdigest())


def _add(total, select, after, last):
    count = 0
    with rows_between(select, after, last) as chunks:
        for chunk in chunks:
            total.update("".join(f"{text}\n" for text in chunk).encode())
            count += len(chunk)
    return count


def digests_make(*, now=None):
    """Makes the digest of every day that is over (Asia/Shanghai) and has none. Returns them.

    The chain begins with the day before it is first asked for, which covers all that was recorded until then. Raises
    Refused while a transaction goes on writing.
    """
    now = now or timezone.now()
    yesterday = timezone.localdate(now) - timedelta(days=1)
    newest = DayDigest.objects.order_by("day").last()
    if newest and newest.day >= yesterday:
        return []
    cut = _cut()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        newest = DayDigest.objects.order_by("day").last()
        day = newest.day + timedelta(days=1) if newest else yesterday
        made = []
        while day <= yesterday:
            newest = _make(day, newest, cut, now)
            made.append(newest)
            day += timedelta(days=1)
    return made


def _make(day, previous, cut, now):
    """Stores one day: its rows end with the last that bears a time before midnight; what is older and comes later counts
    for the day on which it came."""
    after = (previous.last_event, previous.last_entry) if previous else (0, 0)
    midnight = timezone.make_aware(datetime.combine(day + timedelta(days=1), clock.min))
    last = [
        max(start, _last(model, start, end, midnight))
        for model, start, end in zip((Event, LedgerEntry), after, cut, strict=True)
    ]
    found = day_sum(
        day=day,
        before=previous.digest if previous else BEGINNING,
        after_event=after[0],
        after_entry=after[1],
        last_event=last[0],
        last_entry=last[1],
    )
    return DayDigest.objects.create(
        day=day,
        events=found.events,
        entries=found.entries,
        last_event=last[0],
        last_entry=last[1],
        digest=found.digest,
        made_at=now,
    )


def _last(model, after, end, midnight):
    rows = model.objects.filter(pk__gt=after, pk__lte=end, at__lt=midnight).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


# --- The cut -------------------------------------------------------------------------------------


def _cut():
    """The greatest ids of events and entries below which no further row can appear.

    An id is handed out before its row is committed, so the greatest id that can be seen is no cut: a smaller one may
    still be on its way. Whoever has been given an id holds a writer's lock on the table until the transaction ends;
    so the ids are read first, then who writes, and then those writers are waited for. New writers get greater ids and
    need not wait for us, as they would behind a lock on the table.
    """
    cut = [model.objects.aggregate(last=Max("pk"))["last"] or 0 for model in (Event, LedgerEntry)]
    writing, until = _writers(), time.monotonic() + PATIENCE
    while writing:
        if time.monotonic() > until:
            raise Refused(BUSY)
        time.sleep(0.05)
        writing &= _writers()
    return cut


def _writers():
    """The transactions, other than our own, that write events or entries right now."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT virtualtransaction FROM pg_locks
            WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND relation IN (%s::regclass, %s::regclass)""",
            [Event._meta.db_table, LedgerEntry._meta.db_table],
        )
        return {name for (name,) in cursor.fetchall()}
