"""Files that a worker writes: the page on which one waits for a file, the file itself, and the end of work nobody waits for."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse

from applications.errors import Refused
from applications.imports.files import file_path
from applications.jobs import job_cancel
from applications.models import JobState
from applications.readings import file_taken
from review.console.imports import TYPES, file_answer
from review.console.progress import progress_of


def file_context(job, pages):
    """What `console/job_file.html` shows: how far the file is, whether it is there, and whether it has been deleted since.
    `pages` begins the names of the addresses that go with it: …_progress, …_file and …_cancel."""
    done = job.state == JobState.DONE
    return {
        "job": job,
        "progress": progress_of(job),
        "is_done": done,
        "is_gone": done and not file_path(job.result["file"]).is_file(),
        **{
            f"{part}_url": reverse(f"{pages}_{part}", args=[job.pk])
            for part in ("progress", "file", "cancel")
        },
    }


def file_handed_out(request, job, *, page, name, topic):
    """The file of a job, which `name` gives its name; that it was taken is recorded under `topic`. What has been deleted
    leads back to `page`, which says so; raises Http404 where the job has made none."""
    if job.state != JobState.DONE:
        raise Http404
    try:
        file = file_path(job.result["file"]).open("rb")
    except FileNotFoundError:
        return redirect(page, job.pk)
    called = name(job)
    file_taken(name=called, topic=topic, user=request.user, source_ip=request.META["REMOTE_ADDR"])
    return file_answer(file, called, TYPES[job.result.get("ending", "xlsx")])


def file_given_up(request, job, *, page):
    """Ends the writing of a file that nobody waits for any more, and goes back to `page`."""
    try:
        job_cancel(job)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(page, job.pk)
