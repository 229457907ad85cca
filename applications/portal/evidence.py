"""Evidence: uploading, using a stored file again, taking one out, and opening one."""

import re

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.claims import draft_save, draft_version
from applications.drafts import draft_of
from applications.errors import Refused
from applications.evidence import (
    TwiceInClaim,
    checklist,
    document_of,
    documents_for,
    elsewhere_tell,
    evidence_add,
    evidence_known,
    evidence_remove,
    evidence_upload,
    files_to_reuse,
    has_files_to_reuse,
    needed_tell,
)
from applications.files import FileMissing, file_response
from applications.portal.access import firm_required
from applications.portal.filing import no_longer_open, page_seen, typed_in, version_seen
from applications.portal.filing_page import FilingPage, evidence_limits
from applications.readings import evidence_opened
from applications.visibility import claims_of_firm, files_visible, firm_of

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


@firm_required
@require_POST
def file_give(request, number, document):
    """Takes one file (`file`), or stored ones (`use`, or what was picked), for a document of the claim.

    Scripts get the row as it is now, or an error or a question as JSON; they may send a file's `sha256` first, which is
    answered with 204 where the firm has not stored it yet. A form without scripts is saved and shown again.
    """
    claim = get_object_or_404(
        claims_of_firm(request.user).select_related("enterprise", "period"), number=number
    )
    wanted = document_of(claim.rule, document)
    if wanted not in documents_for(claim):
        raise Http404("no such document")
    try:
        if not _taken(request, claim, wanted):
            return HttpResponse(status=204)
    except TwiceInClaim as question:
        return _answer(request, claim, document, question=question)
    except Refused as refusal:
        return _answer(request, claim, document, refusal=refusal)
    return _answer(request, claim, document)


def _taken(request, claim, wanted):
    """Gives what the request brings for the document; False where only the hash came, of a file not stored yet."""
    by = {"claim": claim, "document": wanted, "actor": request.user}
    if "file" in request.FILES:
        return evidence_upload(upload=request.FILES["file"], **by)
    if "sha256" in request.POST:
        sha256, name = request.POST["sha256"], request.POST.get("name", "")
        return evidence_known(sha256=sha256, name=name, **by) if _SHA256.fullmatch(sha256) else None
    if "use" in request.POST:
        return evidence_add(file=_stored_file(request, request.POST["use"]), even_if_twice=True, **by)
    picked = request.POST.getlist(f"pick-{wanted.code}")
    files = [_stored_file(request, each) for each in picked or [""]]
    return [evidence_add(file=file, **by) for file in files]


def _stored_file(request, chosen):
    if not chosen.isdecimal() or len(chosen) > 18:
        raise Refused("请先选择一个文件。")
    return get_object_or_404(firm_of(request.user).files, pk=chosen)


@firm_required
def file_choose(request, number, document):
    """The firm's files of other claims, to use again: within the row for scripts, as a page of its own otherwise.

    The button is one of the form's, so that what was typed is saved on the way to the page.
    """
    claim = get_object_or_404(
        claims_of_firm(request.user).select_related("enterprise", "period"), number=number
    )
    wanted = document_of(claim.rule, document)
    if wanted not in documents_for(claim):
        raise Http404("no such document")
    if not claim.is_editable:
        return no_longer_open(request, claim)
    if request.method == "POST" and not request.htmx:
        page = _page_sent(request, claim)
        unsaved = _saved(request, page)
        if unsaved:
            return render(request, "portal/claim_edit.html", page.context(refusal=unsaved), status=409)
        return redirect("portal:evidence_choose", claim.number, document)
    context = {"claim": claim, "document": wanted, "files": files_to_reuse(claim, document)}
    template = "portal/parts/evidence_choice.html" if request.htmx else "portal/evidence_choose.html"
    return render(request, template, context)


@firm_required
@require_POST
def file_take_out(request, number, pk):
    """Takes a file out of the claim; what else the form holds is saved on the way."""
    claim = get_object_or_404(
        claims_of_firm(request.user).select_related("enterprise", "period"), number=number
    )
    use = get_object_or_404(claim.evidence, pk=pk)
    if document_of(claim.rule, use.document) is None:
        raise Http404("no such document")
    try:
        evidence_remove(claim=claim, evidence_id=use.pk, actor=request.user)
    except Refused as refusal:
        return _answer(request, claim, use.document, refusal=refusal)
    return _answer(request, claim, use.document)


def _answer(request, claim, code, *, question=None, refusal=None):
    """The row of a document: by itself for scripts, within the whole page otherwise."""
    uploading = "file" in request.FILES or not {"sha256", "scripted"}.isdisjoint(request.POST)
    if uploading and question is not None:
        return JsonResponse({"error": question.message, "use": question.file.pk}, status=409)
    if uploading and refusal is not None:
        return JsonResponse({"error": refusal.message}, status=422)
    if not request.htmx and not uploading:
        return _whole_page(request, claim, code, question, refusal)
    row, draft = _row(checklist(claim), code), draft_of(claim)
    needed_tell([row], draft.get("facts", {}), draft.get("particulars", {}))
    elsewhere_tell(claim, [row])
    _say(row, question, refusal)
    context = {"row": row, "claim": claim, "reuse": has_files_to_reuse(claim), "limits": evidence_limits()}
    return render(request, "portal/parts/evidence_row.html", context)


def _row(documents, code):
    """A document's row; an item that has changed since may not ask for the document any more."""
    row = next((row for row in documents if row.document.code == code), None)
    if row is None:
        raise Http404("no such document")
    return row


def _say(row, question, refusal):
    if question is not None:
        row.twice, row.question = question.file, question.message
    if refusal is not None:
        row.error = refusal.message


def _whole_page(request, claim, code, question, refusal):
    # The page of files to choose from holds nothing of the form.
    alone = "only_files" in request.POST
    page = FilingPage(claim, draft_of(claim)) if alone else _page_sent(request, claim)
    unsaved = "" if alone else _saved(request, page)
    if question is None and refusal is None and not unsaved:
        return redirect(f"{reverse('portal:claim_edit', args=[claim.number])}#ev-{code}")
    _say(_row(page.documents, code), question, refusal)
    return render(request, "portal/claim_edit.html", page.context(refusal=unsaved), status=409)


def _page_sent(request, claim):
    seen = {"version": version_seen(request), "page": page_seen(request)}
    return FilingPage(claim, typed_in(request, claim), **seen)


def _saved(request, page):
    """Saves what the form holds; the sentence that says why not, "" where it is saved or the claim is with an office."""
    if not page.claim.is_editable:
        return ""
    try:
        saved = draft_save(
            claim_id=page.claim.pk,
            actor=request.user,
            draft=page.draft,
            version=page.version,
            page=page.page,
        )
    except Refused as clash:
        return clash.message
    page.version = draft_version(saved)
    return ""


@login_required
def file(request, pk):
    """Opens a file for whoever may see it; for everybody else it does not exist. An officer's look is recorded."""
    found = get_object_or_404(files_visible(request.user).select_related("enterprise"), pk=pk)
    try:
        response = file_response(found)
    except FileMissing:
        return render(request, "portal/file_missing.html", {"file": found}, status=404)
    evidence_opened(file=found, user=request.user, source_ip=request.META["REMOTE_ADDR"])
    return response
