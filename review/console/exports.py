"""Exports of official data that take a worker some time: waited for on a page, then taken as a file."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from applications.imports.kinds import KINDS
from applications.visibility import exports_of
from review.console.access import office_page
from review.console.imports import READERS, export_name
from review.console.job_files import file_context, file_given_up, file_handed_out
from review.console.progress import progress_answer

PAGE = "review:export"


def _export_of(request, pk):
    job = get_object_or_404(exports_of(request.user), pk=pk)
    job.kind, job.year = KINDS[job.params["kind"]], job.params["year"]
    return job


@require_safe
@office_page(*READERS)
def export(request, pk):
    """One export: how far it is, and the file once it is there."""
    job = _export_of(request, pk)
    return render(request, "console/imports/export.html", {"kind": job.kind, **file_context(job, PAGE)})


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
    return file_handed_out(request, job, page=PAGE, name=_name, topic=f"export:{job.kind.name}")


def _name(job):
    return export_name(job.kind, job.year, job.result["ending"])


@require_POST
@office_page(*READERS)
def export_cancel(request, pk):
    """Ends an export that nobody waits for any more."""
    return file_given_up(request, _export_of(request, pk), page=PAGE)
