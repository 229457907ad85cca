"""Long work: asked for by a page, done by a worker, followed on a page with a progress bar.

A job's state lives in PostgreSQL alone. While a worker has a job it holds an advisory lock on its number; whatever is
open and not held is taken up again by the sweep, so a lost message or a killed worker loses nothing. A work therefore
begins anew each time, and stores what it found in one transaction at its end.
"""

import logging
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from celery import current_app
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from applications.errors import Refused
from applications.models import OPEN_JOB_STATES, Job, JobState

log = logging.getLogger(__name__)

#: First key of the advisory locks on jobs; the second is the job's number.
LOCK = 20220007
#: A job whose worker died so often is given up: it would take down the next one, too.
MOST_ATTEMPTS = 3
#: Seconds between two notes of progress in the database.
NOTE_EVERY = 0.5

FAILED = "处理时出错，没有改动任何数据。请再试一次；仍不成功请联系管理员。"


class JobCancelled(Exception):
    """Somebody asked for the job to end; raised by `Progress` inside the work."""


@dataclass(frozen=True)
class Work:
    """What a job can do: `run(job, progress)` returns its result; `ended(job)` runs with the change to a final state."""

    run: Callable
    ended: Callable | None = None


#: Works by name; each package adds its own when it is loaded.
WORKS: dict[str, Work] = {}


class Progress:
    """How far a job is, noted in the database now and then; the place where a request to cancel is heard."""

    def __init__(self, job):
        self.job, self._noted = job, monotonic()

    def phase(self, words, total=None):
        """Begins a part of the work: what the page says about it, and of how many steps it consists if that is known."""
        self.job.phase, self.job.total, self.job.done = words, total, 0
        self._note()

    def step(self, done):
        """Notes that `done` steps of the part are behind us. Raises JobCancelled."""
        self.job.done = done
        if monotonic() - self._noted >= NOTE_EVERY:
            self._note()

    def check(self):
        """Raises JobCancelled where somebody has asked for it; the last call before anything is stored."""
        if Job.objects.filter(pk=self.job.pk, cancel_requested_at__isnull=False).exists():
            raise JobCancelled

    def _note(self):
        job = self.job
        Job.objects.filter(pk=job.pk).update(phase=job.phase, total=job.total, done=job.done)
        self._noted = monotonic()
        self.check()


def job_add(*, work, params, actor, at=None, source_ip=None):
    """Stores a job and sends it to a worker once the transaction has committed."""
    job = Job.objects.create(
        work=work, params=params, created_by=actor, created_at=at or timezone.now(), source_ip=source_ip
    )
    transaction.on_commit(lambda: _send(job.pk))
    return job


@transaction.atomic
def job_cancel(job, *, at=None):
    """Asks for a job to end; one that no worker has begun ends at once. Raises Refused where it has ended already."""
    at = at or timezone.now()
    job = Job.objects.select_for_update().get(pk=job.pk)
    if not job.is_open:
        raise Refused("这项任务已经结束，不能取消。")
    job.cancel_requested_at = job.cancel_requested_at or at
    job.save(update_fields=["cancel_requested_at"])
    if job.state == JobState.WAITING:
        _end(job, JobState.CANCELLED, at=at)
    return job


def job_run(pk):
    """Does a job from its start, unless it has ended or a worker has it right now. Returns its state, or None."""
    with _held(pk) as held:
        if not held:
            return None
        job = Job.objects.filter(pk=pk, state__in=OPEN_JOB_STATES).first()
        if job is None:
            return None
        if job.cancel_requested_at:
            return _end(job, JobState.CANCELLED)
        if job.attempts >= MOST_ATTEMPTS:
            return _end(job, JobState.FAILED, FAILED)
        job.state, job.started_at, job.attempts = JobState.RUNNING, timezone.now(), job.attempts + 1
        job.save(update_fields=["state", "started_at", "attempts"])
        return _do(job)


def _do(job):
    try:
        job.result = WORKS[job.work].run(job, Progress(job)) or {}
    except JobCancelled:
        return _end(job, JobState.CANCELLED)
    except Refused as refusal:
        return _end(job, JobState.FAILED, refusal.message)
    except DatabaseError:
        # A server that went away, perhaps: the sweep tries again.
        log.exception("job %s (%s) lost the database", job.pk, job.work)
        return job.state
    except Exception:
        log.exception("job %s (%s) failed", job.pk, job.work)
        return _end(job, JobState.FAILED, FAILED)
    return _end(job, JobState.DONE)


@transaction.atomic
def _end(job, state, message="", *, at=None):
    job.state, job.message, job.finished_at = state, message, at or timezone.now()
    job.save(update_fields=["state", "message", "finished_at", "result", "done", "total"])
    if ended := WORKS[job.work].ended:
        ended(job)
    return state


@contextmanager
def _held(pk):
    """The advisory lock on a job; gives False at once where another session holds it. Ends with the session."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, pk])
        held = cursor.fetchone()[0]
    try:
        yield held
    finally:
        if held and connection.connection and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, pk])


def jobs_sweep():
    """Sends what is open and held by nobody. Returns the numbers sent."""
    found = []
    for pk in Job.objects.filter(state__in=OPEN_JOB_STATES).order_by("pk").values_list("pk", flat=True)[:100]:
        with _held(pk) as free:
            if free:
                found.append(pk)
    for pk in found:
        _send(pk)
    return found


def _send(pk):
    try:
        # By its name: tasks call services, services know none of them.
        current_app.send_task("applications.tasks.job", (pk,), retry=False)
    except (OperationalError, OSError) as error:
        log.warning("broker not reached, the sweep will send job %s: %s", pk, error)
