"""Celery tasks: each fetches and calls a service. All can be repeated without harm."""

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.utils import timezone

from applications import bank_accounts, jobs, messages, notices, support
from applications.claims import due_dates_recompute
from applications.flags.moves import moves_mark
from applications.matching.compute import matches_compute_safely, matches_waiting
from applications.models import EnterpriseYear
from applications.recovery.terms import demand_dates_recompute
from applications.settlement.mark import subjects_mark
from applications.settlement.run import CHUNK, years_settle, years_settle_safely

#: Seconds between two sweeps, as config/settings.py schedules them.
SWEEP_EVERY = 10
#: Chunks of one kind that a sweep hands out at most; matches leave the workers room for people's own settlements.
MOST_CHUNKS, MOST_MATCH_CHUNKS = 20, 8
#: Seconds after which a job is killed; the sweep begins it anew a few times.
JOB_TIME_LIMIT = 3600


@shared_task
def settle(year_id):
    """Settles one enterprise-year, waiting for whoever holds it, and marks those that what has changed there touches."""
    years_settle([year_id])
    moves_mark()


@shared_task
def settle_chunk(year_ids):
    """Settles many enterprise-years in one transaction."""
    years_settle_safely(year_ids)


@shared_task
def match_chunk(ids):
    """Matches many firm-years in one transaction."""
    matches_compute_safely(ids)


@shared_task
def settlement_sweep():
    """Settles what is marked and not settled, however it was lost; big backlogs go out in chunks to all workers.

    What official data open for firms is matched anew in the same way, after their claims.
    """
    subjects_mark()
    moves_mark()
    waiting = EnterpriseYear.objects.filter(requested__gt=F("settled")).order_by("marked_at", "pk")
    keys = list(waiting.values_list("pk", flat=True)[: CHUNK * MOST_CHUNKS])
    matches = matches_waiting(CHUNK * MOST_MATCH_CHUNKS)
    _hand_out(settle_chunk, keys[CHUNK:])
    _hand_out(match_chunk, matches[CHUNK:])
    years_settle_safely(keys[:CHUNK])
    matches_compute_safely(matches[:CHUNK])


def _hand_out(task, keys):
    """The next sweep sends again what is still waiting: an old message need not be worked off as well."""
    for start in range(0, len(keys), CHUNK):
        task.apply_async((keys[start : start + CHUNK],), expires=SWEEP_EVERY)


@shared_task(time_limit=JOB_TIME_LIMIT)
def job(pk):
    """Does one job. One that outlasts the visibility timeout is handed out again; whoever gets it finds it held."""
    jobs.job_run(pk)


@shared_task
def jobs_sweep():
    """Sends jobs again that no worker has."""
    jobs.jobs_sweep()


@shared_task
def beat_heartbeat():
    """Shows /healthz that beat, broker and worker are alive."""
    cache.set(settings.BEAT_HEARTBEAT_KEY, timezone.now().timestamp(), None)


@shared_task
def notices_close():
    """Ends the public notices whose period is over; dates that were 预计 are computed again first."""
    notices.notices_recompute()
    due_dates_recompute()
    demand_dates_recompute()
    notices.notices_close()


@shared_task
def support_close_due():
    """Closes requests whose answer nobody has contradicted in time."""
    support.support_close_due(timezone.localdate())


@shared_task
def reminders():
    """Reminds enterprises of dates that come near."""
    messages.reminders_send()


@shared_task
def bank_accounts_due():
    """Puts changed bank accounts in force whose waiting time is over."""
    bank_accounts.accounts_due()
