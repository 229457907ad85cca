"""Objecting to a line of a public notice, for anybody; and the page that tells whoever did what became of it."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.throttle import try_allowed
from applications.errors import Refused
from applications.forms.objection import ObjectionForm
from applications.lifecycle.people import authority, office_name
from applications.models import NoticeLine, Objection
from applications.notice_list import rows_of
from applications.objections import UPHOLD, check_open, objection_file
from applications.visibility import notices_public

TOO_OFTEN = "从您的网络地址提出的异议太多，这次没有提交。请过一小时再提交，您填的内容还在本页。"


def _signer():
    """Numbers can be guessed, and what became of an objection is for whoever filed it."""
    return Signer(salt="objection.receipt", sep=".")


def receipt_of(objection):
    """What stands in the address of the receipt of an objection."""
    return _signer().sign(objection.number)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def objection_new(request, number, line):
    """The form for one line. What was typed stays, whatever is refused."""
    notice = get_object_or_404(notices_public(), number=number)
    found = get_object_or_404(NoticeLine.objects.select_related("notice", "claim"), pk=line, notice=notice)
    closed = _closed(found)
    form = ObjectionForm(request.POST if request.method == "POST" else None)
    if closed or request.method != "POST":
        return _form(request, found, form, closed=closed, status=409 if form.is_bound else 200)
    if not form.is_valid():
        return _form(request, found, form, status=422)
    address = request.META["REMOTE_ADDR"]
    if not try_allowed(name="objection", address=address, most=settings.OBJECTION_TRIES):
        return _form(request, found, form, refusal=TOO_OFTEN, status=429)
    try:
        objection = objection_file(line_id=found.pk, **form.cleaned_data, source_ip=address)
    except Refused as refusal:
        return _form(request, found, form, closed=refusal.message, status=409)
    return redirect("portal:objection", receipt_of(objection))


def _closed(line):
    """Why nobody can object to the line any more; "" where anybody can."""
    try:
        check_open(line, line.claim, timezone.localdate())
    except Refused as refusal:
        return refusal.message
    return ""


def _form(request, line, form, *, refusal="", closed="", status=200):
    [row] = rows_of([line])
    context = {"notice": line.notice, "row": row, "form": form, "refusal": refusal, "closed": closed}
    return render(request, "portal/objection_new.html", context, status=status)


@never_cache
@require_safe
def objection(request, receipt):
    """The receipt: that an objection was received, and what became of it. Names nobody; its address cannot be guessed."""
    try:
        number = _signer().unsign(receipt)
    except BadSignature as error:
        raise Http404("no such receipt") from error
    objections = Objection.objects.select_related("line__notice", "claim")
    found = get_object_or_404(objections, number=number)
    [row] = rows_of([found.line])
    context = {
        "objection": found,
        "notice": found.line.notice,
        "row": row,
        "office": office_name(*authority(UPHOLD, found.claim)),
        "address": request.build_absolute_uri(reverse("portal:objection", args=[receipt])),
    }
    return render(request, "portal/objection.html", context)
