"""Exports of official data that take a worker some time: waited for on a page, then taken as a file."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from applications.errors import Refused
from applications.imports.files import file_path
from applications.imports.kinds import KINDS
from applications.jobs import job_cancel
from applications.models import JobState
from applications.readings import file_taken
from applications.visibility import exports_of
from review.console.access import office_page
from review.console.imports import READERS, TYPES, export_name, file_answer
from review.console.progress import progress_answer, progress_of


def _export_of(request, pk):
    job = get_object_or_404(exports_of(request.user), pk=pk)
    job.kind, job.year = KINDS[job.params["kind"]], job.params["year"]
    return job


@require_safe
@office_page(*READERS)
def export(request, pk):
    """One export: how far it is, and the file once it is there."""
    job = _export_of(request, pk)
    done = job.state == JobState.DONE
    context = {
        "job": job,
        "kind": job.kind,
        "progress": progress_of(job),
        "is_done": done,
        "is_gone": done and not file_path(job.result["file"]).is_file(),
    }
    return render(request, "console/imports/export.html", context)


@require_safe
@office_page(*READERS)
def export_progress(request, pk):
    """How far the export is."""
    return progress_answer(_export_of(request, pk))


@require_safe
@office_page(*READERS)
def export_file(request, pk):
    """The file, for whoever asked for it."""
    job = _export_of(request, pk)
    if job.state != JobState.DONE:
        raise Http404
    try:
        file = file_path(job.result["file"]).open("rb")
    except FileNotFoundError:
        return redirect("review:export", pk)
    ending = job.result["ending"]
    name = export_name(job.kind, job.year, ending)
    file_taken(
        name=name, topic=f"export:{job.kind.name}", user=request.user, source_ip=request.META["REMOTE_ADDR"]
    )
    return file_answer(file, name, TYPES[ending])


@require_POST
@office_page(*READERS)
def export_cancel(request, pk):
    """Ends an export that nobody waits for any more."""
    try:
        job_cancel(_export_of(request, pk))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("review:export", pk)
