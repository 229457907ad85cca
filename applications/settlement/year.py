"""Settling a whole year: its keys streamed from the database, in chunks, on all workers or in this process."""

from itertools import islice

from celery import current_app
from django.db.models import F

from applications.models import EnterpriseYear

from .mark import years_mark
from .run import CHUNK, years_settle_safely


def year_settle_all(year, *, everything=False, inline=False, chunk=CHUNK):
    """Settles what waits in a year, everything in it where `everything`. Returns how many enterprise-years.

    `inline` settles in this process and counts what it has settled; otherwise chunks of keys go to all workers, and the
    count is of what was sent. At no time more than one chunk is in memory. What fails, or is held by somebody else right
    now, stays marked and is left to the sweep.
    """
    done = 0
    for keys in _chunks(year, everything, chunk):
        if everything:
            years_mark(EnterpriseYear.objects.filter(pk__in=keys), send=False)
        done += years_settle_safely(keys) if inline else _send(keys)
    return done


def _chunks(year, everything, chunk):
    """Lists of at most `chunk` keys of the year, in their order, read through a server-side cursor."""
    rows = EnterpriseYear.objects.filter(year=year).order_by("pk")
    if not everything:
        rows = rows.filter(requested__gt=F("settled"))
    keys = rows.values_list("pk", flat=True).iterator(chunk_size=chunk)
    while found := list(islice(keys, chunk)):
        yield found


def _send(keys):
    current_app.send_task("applications.tasks.settle_chunk", (keys,))
    return len(keys)
