"""Filing: opening a draft, the form of a claim with its live amount, saving and submitting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications.changes import drafts_differ
from applications.claims import Overtaken, SameSubject, draft_open, draft_save, draft_version
from applications.drafts import draft_kept, draft_of
from applications.errors import Refused
from applications.evidence import TwiceInClaim, documents_of, evidence_upload
from applications.forms.claim_form import ClaimForm
from applications.official import filing_periods_for
from applications.portal import unsaved
from applications.portal.access import firm_required
from applications.portal.filing_page import FilingPage
from applications.portal.formdata import index_in
from applications.visibility import claims_of_firm, firm_of
from measures import registry

#: Prefix of the file inputs, before the document's code.
EVIDENCE_INPUT = "evidence-"
#: Of several files that serve the claim already, one can be asked about at a time.
TWICE_TOO = "这个文件也已用于本件申报，没有加入。确需共用的，请再选一次。"
#: What a page that saves itself says besides, where another page has saved since.
CHOOSE = "请按“保存并离开”，对照两份内容后选择一份。"


@firm_required
def claim_new(request, item):
    """Opens a draft for an item, or the claim that already has the subject. Where it was only asked, offers to."""
    try:
        rule = registry.item(item)
    except registry.UnknownItem as error:
        raise Http404("no such item") from error
    open_to_firm = filing_periods_for(firm_of(request.user), timezone.localdate())
    periods = [period for period in open_to_firm if item in (period.items or registry.ITEMS)]
    if rule.support:
        raise Http404("requests are made elsewhere")
    if request.method != "POST":
        return render(request, "portal/claim_new.html", {"rule": rule, "periods": periods})
    period = next((each for each in periods if str(each.pk) == request.POST.get("period")), None)
    if period is None:
        messages.error(request, "这个申报批次现在不受理，请从列表中重新选择。")
        return render(request, "portal/claim_new.html", {"rule": rule, "periods": periods}, status=409)
    try:
        claim, created = draft_open(
            enterprise=firm_of(request.user),
            item=item,
            period=period,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("portal:my_year", period.year)
    if not created:
        messages.info(request, f"这个事项已有一件申报 {claim.number}，已为您打开。")
    return redirect(claim_address(claim))


def claim_address(claim):
    """Where a claim is worked on now: its form while it may be changed, else its page."""
    return reverse("portal:claim_edit" if claim.is_editable else "portal:claim", args=[claim.number])


def claim_edit(request, number):
    """The form. Every button sends all of it, so that whatever is pressed, everything typed is kept."""
    if request.method == "POST" and not request.user.is_authenticated:
        unsaved.keep(request, number)
    return _claim_edit(request, number)


@firm_required
def _claim_edit(request, number):
    claim = claim_of_firm(request, number)
    if not claim.is_editable:
        return no_longer_open(request, claim)
    if request.method == "POST":
        return _received(request, claim)
    rescued = unsaved.take(request, claim.number)
    if rescued is not None:
        return _rescued(request, claim, **rescued)
    return render(request, "portal/claim_edit.html", FilingPage(claim, draft_of(claim)).context())


def _rescued(request, claim, *, draft, version):
    """Saves what was sent after the session had ended, unless that would undo what has been saved since."""
    try:
        saved = draft_save(claim_id=claim.pk, actor=request.user, draft=draft, version=version)
    except Overtaken as refusal:
        return _overtaken(request, FilingPage(claim, draft, version=version), refusal)
    except Refused as refusal:
        return page_again(request, FilingPage(claim, draft, version=version), refusal=refusal)
    messages.warning(request, "登录曾经过期，您填的内容已保存为草稿。请核对后继续。")
    page = FilingPage(claim_of_firm(request, claim.number), draft_of(saved))
    return render(request, "portal/claim_edit.html", page.context())


def no_longer_open(request, claim):
    """The claim's page instead of one of its form's, with a word why."""
    messages.info(request, "这件申报已经提交，不能再改。")
    return redirect("portal:claim", claim.number)


def claim_of_firm(request, number):
    """The claim, where it is one of the firm's own; for everybody else it does not exist."""
    claims = claims_of_firm(request.user).select_related("enterprise", "period")
    return get_object_or_404(claims, number=number)


def version_seen(request):
    """Which saved draft the page that sent this form was made from, or was told to replace; None where it says neither."""
    return request.POST.get("take_over") or request.POST.get("version")


def page_seen(request):
    """The name of the page that sent this form; its own saves may arrive in any order."""
    return request.POST.get("page", "")


def typed_in(request, claim):
    """What the request's form holds, as drafts keep it; what a return has not opened is as it was submitted."""
    typed = ClaimForm(claim.rule, request.POST, registers={}).typed()
    return draft_kept(claim, rows_changed(typed, claim.rule, request.POST))


def _received(request, claim):
    typed = typed_in(request, claim)
    submitting = request.POST.get("action") == "submit"
    seen = {"version": version_seen(request), "page": page_seen(request)}
    page = FilingPage(claim, typed, strict=submitting, **seen)
    try:
        saved = draft_save(claim_id=claim.pk, actor=request.user, draft=typed, **seen)
    except Overtaken as refusal:
        return _overtaken(request, FilingPage(claim, typed, **seen), refusal)
    except Refused as refusal:
        # What has not been saved is not checked either.
        return page_again(request, FilingPage(claim, typed, **seen), refusal=refusal)
    page.version = draft_version(saved)
    if _uploads_troubled(request, page):
        troubled = page.papers_troubled()
        told = {target for target, *_ in troubled}
        missing = [line for line in page.papers_missing() if submitting and line[0] not in told]
        return page_again(request, page, status=422, missing=[*troubled, *missing])
    if submitting:
        missing = page.papers_missing()
        if not page.form.is_valid() or missing:
            return page_again(request, page, status=422, missing=missing)
        return redirect("portal:claim_check", claim.number)
    if request.POST.get("action") == "leave":
        messages.success(request, f"{claim.number} 的草稿已保存，可以随时回来继续填写。")
        return redirect("portal:my_year", claim.year)
    messages.success(request, "草稿已保存。")
    return redirect("portal:claim_edit", claim.number)


def _overtaken(request, page, refusal):
    """What was typed beside what was saved meanwhile: the clerk takes over the one or the other."""
    saved = claim_of_firm(request, page.claim.number)
    conflict = {
        "lines": drafts_differ(page.rule, draft_of(saved), page.draft),
        "version": draft_version(saved),
    }
    return page_again(request, page, refusal=refusal, conflict=conflict)


def rows_changed(typed, rule, data):
    """The typed content after the buttons that add a row (`add_row=loans`) or take one out (`remove_row=loans-2`)."""
    name, _, index = data.get("remove_row", "").rpartition("-")
    index = index_in(index)
    for part in ("facts", "particulars"):
        rows = typed[part].get(name)
        if isinstance(rows, list) and index is not None and index < len(rows):
            del rows[index]
    added = data.get("add_row")
    for part in ("facts", "particulars"):
        if isinstance(typed[part].get(added), list):
            typed[part][added].append({})
    return typed


def _uploads_troubled(request, page):
    """Takes the files that came with the form; whether the page must say something about one of them."""
    rows = {row.document.code: row for row in page.documents}
    troubled = False
    for document in documents_of(page.rule):
        for upload in request.FILES.getlist(EVIDENCE_INPUT + document.code):
            row = rows[document.code]
            try:
                use = evidence_upload(claim=page.claim, document=document, upload=upload, actor=request.user)
                row.given.append(use)
            except TwiceInClaim as question:
                troubled = True
                if row.twice is None:
                    row.twice, row.question = question.file, question.message
                else:
                    row.error += f"{upload.name}：{TWICE_TOO}"
            except Refused as refusal:
                row.error, troubled = f"{row.error}{upload.name}：{refusal.message}", True
    return troubled


def page_again(request, page, *, refusal=None, status=409, missing=(), conflict=None):
    """The same page with what was typed and what is wrong; a refusal stands at its field where it has one."""
    message, other = "", None
    if isinstance(refusal, SameSubject):
        # The way to the other claim stands with the sentence.
        message, other = refusal.message, refusal.other
        if refusal.field:
            page.form.add_error(refusal.field, f"与另一件申报 {other.number} 相同。")
    elif refusal is not None:
        if refusal.field in page.form.fields:
            page.form.add_error(refusal.field, refusal.message)
        else:
            message = refusal.message
    context = page.context(refusal=message, errors=page.error_lines(missing)) | {
        "conflict": conflict,
        "other": other,
    }
    return render(request, "portal/claim_edit.html", context, status=status)


@login_required
@require_POST
def claim_autosave(request, number):
    """Keeps what was typed. Answers the time and the draft's new version, or 409 with a sentence.

    With `other`, the claim that has the subject already: the page may be saved again once something else is typed.
    """
    claim = claim_of_firm(request, number)
    try:
        saved = draft_save(
            claim_id=claim.pk,
            actor=request.user,
            draft=typed_in(request, claim),
            version=version_seen(request),
            page=page_seen(request),
        )
    except Overtaken as refusal:
        return JsonResponse({"message": f"{refusal.message}{CHOOSE}"}, status=409)
    except SameSubject as refusal:
        other = {"label": f"打开 {refusal.other.number}", "url": claim_address(refusal.other)}
        return JsonResponse({"message": refusal.message, "other": other}, status=409)
    except Refused as refusal:
        return JsonResponse({"message": refusal.message}, status=409)
    return JsonResponse(
        {
            "saved_at": f"{timezone.localtime(saved.draft_saved_at):%H:%M}",
            "version": draft_version(saved),
        }
    )


@firm_required
@require_POST
def claim_estimate(request, number):
    """The expected amount for what the form holds now; stores nothing."""
    claim = claim_of_firm(request, number)
    page = FilingPage(claim, typed_in(request, claim))
    context = {"expected": page.expected(), "progress": page.progress, "rule": claim.rule}
    return render(request, "portal/parts/estimate_live.html", context)
