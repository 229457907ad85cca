"""Long work: done once, cancelled, taken up again after its worker died, given up in the end."""

from threading import Event as Signal

import pytest
from django.core.exceptions import ObjectDoesNotExist

from applications import jobs
from applications.errors import Refused
from applications.jobs import Progress, Work, job_add, job_cancel, job_run, jobs_sweep
from applications.models import Job, JobState
from tests.support.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def count(monkeypatch):
    """A work named `count` that notes each of its runs and counts to what it is given."""
    runs = []

    def run(job, progress):
        runs.append(job.pk)
        progress.phase("正在数", total=job.params["to"])
        for number in range(job.params["to"]):
            progress.step(number + 1)
        return {"counted": job.params["to"]}

    monkeypatch.setitem(jobs.WORKS, "count", Work(run))
    return runs


def add(work="count", **params):
    return job_add(work=work, params=params, actor=None)


def test_a_job_is_done_and_keeps_what_it_found(count):
    job = add(to=3)
    assert job_run(job.pk) == JobState.DONE
    job.refresh_from_db()
    assert (job.result, job.done, job.total, job.message) == ({"counted": 3}, 3, 3, "")
    assert job.finished_at >= job.started_at >= job.created_at


def test_a_job_that_has_ended_is_not_done_again(count):
    job = add(to=1)
    job_run(job.pk)
    assert job_run(job.pk) is None
    assert count == [job.pk]


def test_a_job_that_nobody_has_begun_is_cancelled_at_once(count):
    job = job_cancel(add(to=1))
    assert job.state == JobState.CANCELLED
    assert job_run(job.pk) is None
    assert count == []


def test_a_job_that_has_ended_cannot_be_cancelled(count):
    job = add(to=1)
    job_run(job.pk)
    with pytest.raises(Refused, match="已经结束"):
        job_cancel(job)


def test_a_running_job_hears_that_it_is_to_end(monkeypatch):
    stored = []

    def run(job, progress):
        job_cancel(job)
        progress.check()
        stored.append(job.pk)

    monkeypatch.setitem(jobs.WORKS, "slow", Work(run))
    job = add("slow")
    assert job_run(job.pk) == JobState.CANCELLED
    assert stored == []


def test_a_refusal_is_the_job_s_message(monkeypatch):
    def run(job, progress):
        raise Refused("文件已经不在了。")

    monkeypatch.setitem(jobs.WORKS, "refused", Work(run))
    job = add("refused")
    assert job_run(job.pk) == JobState.FAILED
    job.refresh_from_db()
    assert job.message == "文件已经不在了。"


def test_an_error_of_ours_fails_the_job_with_words_that_tell_no_secrets(monkeypatch, caplog):
    def run(job, progress):
        raise ObjectDoesNotExist("row 17")

    monkeypatch.setitem(jobs.WORKS, "broken", Work(run))
    job = add("broken")
    assert job_run(job.pk) == JobState.FAILED
    job.refresh_from_db()
    assert job.message == jobs.FAILED
    assert "row 17" in caplog.text


def test_whoever_follows_a_job_hears_of_its_end_in_the_same_transaction(monkeypatch):
    heard = []
    ended = lambda job: heard.append(Job.objects.get(pk=job.pk).state)  # noqa: E731
    monkeypatch.setitem(jobs.WORKS, "followed", Work(lambda job, progress: None, ended))
    job = add("followed")
    job_run(job.pk)
    job_cancel(add("followed"))
    assert heard == [JobState.DONE, JobState.CANCELLED]


def test_a_job_whose_worker_died_is_begun_anew_and_given_up_after_three_times(count):
    job = add(to=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=1, started_at=job.created_at)
    assert job_run(job.pk) == JobState.DONE
    dead = add(to=1)
    Job.objects.filter(pk=dead.pk).update(state=JobState.RUNNING, attempts=3, started_at=dead.created_at)
    assert job_run(dead.pk) == JobState.FAILED


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_have_the_same_job(monkeypatch):
    entered, release, runs = Signal(), Signal(), []

    def run(job, progress):
        runs.append(job.pk)
        entered.set()
        assert release.wait(60)

    monkeypatch.setitem(jobs.WORKS, "long", Work(run))
    job = add("long")

    def second():
        assert entered.wait(60)
        found = job_run(job.pk), jobs_sweep()
        release.set()
        return found

    first, (state, swept) = together(lambda: job_run(job.pk), second)
    assert (first, state, swept) == (JobState.DONE, None, [])
    assert runs == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_sends_what_is_open_and_held_by_nobody(count):
    waiting, done = add(to=1), add(to=1)
    job_run(done.pk)
    assert jobs_sweep() == [waiting.pk]


def test_progress_is_noted_for_the_page_to_show(count):
    job = add(to=10)
    progress = Progress(job)
    progress.phase("正在读取", total=10)
    stored = Job.objects.get(pk=job.pk)
    assert (stored.phase, stored.total, stored.done) == ("正在读取", 10, 0)
