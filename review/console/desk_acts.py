"""Small steps on the desk that decide nothing: what was found about a document, and a note among reviewers."""

from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.errors import NotAllowed, Refused
from applications.evidence import document_of
from review.console.access import DECIDERS, office_page
from review.console.desk import claim_or_404, desk
from review.console.desk_forms import CheckForm, NoteForm
from review.document_checks import SEEN, document_check
from review.evidence import desk_documents, next_unchecked
from review.history import history
from review.notes import note_add


@require_POST
@office_page(*DECIDERS)
def check(request, number, document):
    """Records that a document is in order (`verdict` seen), or what is wrong with it, and opens the next one to check."""
    claim = claim_or_404(request.user, number)
    form = CheckForm(document, request.POST)
    verdict = request.POST.get("verdict", "")
    try:
        document_check(
            claim_id=claim.pk,
            document=document,
            verdict=verdict,
            note="" if verdict == SEEN else form.typed,
            shown=request.POST.get("shown", ""),
            **_who(request),
        )
    except Refused as refusal:
        known = form if document_of(claim.rule, document) else None
        if refusal.field:
            form.add_error(refusal.field, refusal.message)
            return desk(request, claim, check=form, status=409)
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return desk(
            request, claim_or_404(request.user, number), check=known, refusal=refusal.message, status=status
        )
    return redirect(_onward(claim, document, verdict, request.POST.get("paper", "")))


def _onward(claim, code, verdict, paper):
    """The next document to check, where this one is in order; otherwise, or where none is left, the same again."""
    following = None
    if verdict == SEEN:
        following = next_unchecked(desk_documents(claim, history(claim)), code)
    query = following.query if following else f"paper={paper}" if paper.isdecimal() else f"doc={code}"
    return f"{reverse('review:claim', args=[claim.number])}?{query}#evidence"


@require_POST
@office_page(*DECIDERS)
def note(request, number):
    """Adds a note among reviewers."""
    claim = claim_or_404(request.user, number)
    form = NoteForm(request.POST)
    try:
        who = _who(request)
        who.pop("token")
        note_add(claim_id=claim.pk, text=form.typed, **who)
    except Refused as refusal:
        if refusal.field:
            form.add_error(refusal.field, refusal.message)
            return desk(request, claim, note=form, status=409)
        return desk(request, claim, note=form, refusal=refusal.message, status=403)
    return redirect(f"{reverse('review:claim', args=[number])}#notes")


def _who(request):
    return {
        "actor": request.user,
        "token": request.POST.get("token", ""),
        "source_ip": request.META["REMOTE_ADDR"],
    }
