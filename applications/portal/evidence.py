"""Evidence: uploading, using a stored file again, taking one out, and opening one."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.claims import draft_save, draft_version
from applications.errors import Refused
from applications.evidence import (
    TwiceInClaim,
    checklist,
    document_of,
    evidence_add,
    evidence_remove,
    evidence_upload,
    files_to_reuse,
)
from applications.files import FileMissing, file_response
from applications.portal.access import firm_required
from applications.portal.filing import typed_in, version_seen
from applications.portal.filing_page import FilingPage, evidence_limits
from applications.visibility import claims_of_firm, files_visible, firm_of


@firm_required
@require_POST
def file_give(request, number, document):
    """Takes one file (`file`), or a stored one (`use`, or the select of the row), for a document of the claim.

    Scripts get the row as it is now, or an error as JSON; a form without scripts is saved and shown again.
    """
    claim = get_object_or_404(
        claims_of_firm(request.user).select_related("enterprise", "period"), number=number
    )
    wanted = document_of(claim.rule, document)
    if wanted is None:
        raise Http404("no such document")
    try:
        if "file" in request.FILES:
            evidence_upload(claim=claim, document=wanted, upload=request.FILES["file"], actor=request.user)
        else:
            evidence_add(
                claim=claim,
                document=wanted,
                file=_stored_file(request, document),
                actor=request.user,
                even_if_twice="use" in request.POST,
            )
    except TwiceInClaim as question:
        return _answer(request, claim, document, question=question)
    except Refused as refusal:
        return _answer(request, claim, document, refusal=refusal)
    return _answer(request, claim, document)


def _stored_file(request, document):
    chosen = request.POST.get("use") or request.POST.get(f"pick-{document}") or ""
    if not chosen.isdecimal() or len(chosen) > 18:
        raise Refused("请先选择一个文件。")
    return get_object_or_404(firm_of(request.user).files, pk=chosen)


@firm_required
@require_POST
def file_take_out(request, number, pk):
    """Takes a file out of the claim; what else the form holds is saved on the way."""
    claim = get_object_or_404(
        claims_of_firm(request.user).select_related("enterprise", "period"), number=number
    )
    use = get_object_or_404(claim.evidence, pk=pk)
    try:
        evidence_remove(claim=claim, evidence_id=use.pk, actor=request.user)
    except Refused as refusal:
        return _answer(request, claim, use.document, refusal=refusal)
    return _answer(request, claim, use.document)


def _answer(request, claim, code, *, question=None, refusal=None):
    """The row of a document: by itself for scripts, within the whole page otherwise."""
    if refusal is not None and "file" in request.FILES:
        return JsonResponse({"error": refusal.message}, status=422)
    if not request.htmx and "file" not in request.FILES:
        return _whole_page(request, claim, code, question, refusal)
    row = next(row for row in checklist(claim) if row.document.code == code)
    _say(row, question, refusal)
    context = {"row": row, "claim": claim, "reuse": files_to_reuse(claim), "limits": evidence_limits()}
    return render(request, "portal/parts/evidence_row.html", context)


def _say(row, question, refusal):
    if question is not None:
        row.twice, row.question = question.file, question.message
    if refusal is not None:
        row.error = refusal.message


def _whole_page(request, claim, code, question, refusal):
    page = FilingPage(claim, typed_in(request, claim), version=version_seen(request))
    unsaved = ""
    if claim.is_editable:
        try:
            saved = draft_save(claim_id=claim.pk, actor=request.user, draft=page.draft, version=page.version)
            page.version = draft_version(saved)
        except Refused as clash:
            unsaved = clash.message
    if question is None and refusal is None and not unsaved:
        return redirect(f"{reverse('portal:claim_edit', args=[claim.number])}#ev-{code}")
    _say(next(row for row in page.documents if row.document.code == code), question, refusal)
    return render(request, "portal/claim_edit.html", page.context(refusal=unsaved), status=409)


@login_required
def file(request, pk):
    """Opens a file for whoever may see it; for everybody else it does not exist."""
    found = get_object_or_404(files_visible(request.user), pk=pk)
    try:
        return file_response(found)
    except FileMissing:
        return render(request, "portal/file_missing.html", {"file": found}, status=404)
