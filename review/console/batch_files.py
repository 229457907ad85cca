"""The files of a batch: the sealed one, a preview before, and 核对 of the sealed one with today's rows."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.models import Event
from applications.record import event_add
from applications.workbooks import XLSX
from review.console.access import office_page
from review.console.notices import FINANCE
from review.notices import payer_name
from review.payouts import batch_preview, seal_verify
from review.visibility import batches_visible


def _by(request):
    return {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}


def _answer(content, name):
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_file(request, number):
    """The sealed spreadsheet, as it was stored when the batch was locked; who took it is recorded."""
    found = get_object_or_404(batches_visible(request.user), number=number)
    if not found.file:
        raise Http404
    event_add(kind="batch.downloaded", topic=f"batch:{found.number}", **_by(request))
    void = "已撤销-" if found.is_void else ""
    return _answer(bytes(found.file), f"{void}资金拨付表-{found.number}.xlsx")


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_preview_file(request, number):
    """The sheets of a draft as they would be sealed now, marked 预览 on every page; they hold accounts, so it is recorded."""
    found = get_object_or_404(batches_visible(request.user).defer("file"), number=number)
    if found.standing != found.Standing.DRAFT:
        raise Http404
    try:
        content = batch_preview(found)
    except Refused as error:
        messages.error(request, error.message)
        return redirect("review:batch", number=number)
    event_add(kind="batch.previewed", topic=f"batch:{found.number}", **_by(request))
    return _answer(content, f"预览-资金拨付表-{found.number}.xlsx")


@office_page(*FINANCE, Role.AUDITOR)
def batch_verify(request, number):
    """核对: what the last comparison found, and a button that compares now."""
    found = get_object_or_404(batches_visible(request.user), number=number)
    if not found.file:
        raise Http404
    result = seal_verify(batch=found, **_by(request)) if request.method == "POST" else None
    earlier = Event.objects.filter(topic=f"batch:{found.number}", kind="batch.verified")
    context = {
        "batch": found,
        "payer_name": payer_name(found.payer),
        "result": result,
        "earlier": list(earlier.select_related("actor").order_by("-pk")[:20]),
    }
    return render(request, "console/batch_verify.html", context)
