"""Large extracts of money: what is asked for, the files that somebody has asked for, and the files themselves."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.errors import Refused
from applications.models import JobState
from review.console.access import office_page
from review.console.job_files import file_context, file_given_up, file_handed_out
from review.console.ledger import years_known
from review.console.ledger_filter import LedgerFilter
from review.console.progress import progress_answer
from review.ledger.exports import export_may_take, export_start
from review.sheets.ledger import EXTRACTS
from review.visibility import ACCOUNT_READERS, MONEY_READERS, money_files_of

PAGE = "review:ledger_export"
#: So many of the person's own files are listed.
LISTED = 10


def _extracts(user):
    """The extracts that a person's posts may take: payments bear accounts."""
    return {
        name: extract
        for name, extract in EXTRACTS.items()
        if name != "payments" or user.has_post(*ACCOUNT_READERS)
    }


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*MONEY_READERS)
def exports(request):
    """What would be in each extract under the filters of the address, and the person's files; a POST has one written."""
    chosen = LedgerFilter(
        request.POST if request.method == "POST" else request.GET, user=request.user, years=years_known()
    )
    extracts, refusal = _extracts(request.user), ""
    if request.method == "POST":
        extract = extracts.get(request.POST.get("extract", ""))
        if extract is None:
            raise Http404
        try:
            job = export_start(
                name=extract.name,
                asked=chosen.asked,
                words=chosen.words,
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as error:
            refusal = error.message
        else:
            return redirect(PAGE, job.pk)
    asked = chosen.asked
    context = {
        "filter": chosen,
        "extracts": [
            (each, each.found(request.user, asked).order_by().count()) for each in extracts.values()
        ],
        "files": [(job, EXTRACTS[job.params["extract"]]) for job in _files(request.user)[:LISTED]],
        "refusal": refusal,
    }
    return render(request, "console/ledger/exports.html", context, status=409 if refusal else 200)


def _files(user):
    return money_files_of(user).order_by("-pk")


def _job_of(request, pk):
    """The person's own export; one whose file the person's posts do not cover any more is refused."""
    job = get_object_or_404(money_files_of(request.user), pk=pk)
    if job.state == JobState.DONE and not export_may_take(request.user, job):
        raise PermissionDenied("文件里有您现在的岗位不能查看的款项，请重新导出。")
    return job


def _name(job):
    title = EXTRACTS[job.params["extract"]].title
    return f"{title}-{timezone.localtime(job.created_at):%Y%m%d-%H%M}.xlsx"


@require_safe
@office_page(*MONEY_READERS)
def export(request, pk):
    """How far a file is; the file once it is there."""
    job = _job_of(request, pk)
    context = {**file_context(job, PAGE), "extract": EXTRACTS[job.params["extract"]]}
    return render(request, "console/ledger/export.html", context)


@require_safe
@office_page(*MONEY_READERS)
def export_progress(request, pk):
    """How far the file is, for the script that moves the bar."""
    return progress_answer(_job_of(request, pk))


@require_safe
@office_page(*MONEY_READERS)
def export_file(request, pk):
    """The file, for whoever asked for it and may see all that is in it; that it was taken is recorded."""
    return file_handed_out(request, _job_of(request, pk), page=PAGE, name=_name, topic="ledger")


@require_POST
@office_page(*MONEY_READERS)
def export_cancel(request, pk):
    """Ends the writing of a file that nobody waits for any more."""
    return file_given_up(request, _job_of(request, pk), page=PAGE)
