"""A question of an office to the enterprise: reading it, putting files ready, and answering."""

import re

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.errors import Refused
from applications.lifecycle.people import office_name, role_for
from applications.models import State
from applications.portal import unsaved
from applications.portal.access import firm_required
from applications.portal.filing_page import evidence_limits
from applications.questions import (
    ANSWER_LENGTH,
    files_to_answer_with,
    question_answer,
    question_file_add,
    question_file_known,
    question_file_remove,
    question_file_upload,
)
from applications.visibility import firm_of, questions_of_firm

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class AnswerForm(forms.Form):
    """The words of an answer."""

    use_required_attribute = False

    text = forms.CharField(
        label="您的答复",
        help_text="审核人员会看到。只有文件的，也请写一句说明。",
        max_length=ANSWER_LENGTH,
        widget=forms.Textarea({"rows": 6}),
        error_messages={
            "required": "请写明答复，审核人员会看到。只有文件的，也请写一句说明。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        },
    )


def question(request, number, pk):
    """The question and the form of an answer; what was sent after the session had ended is kept."""
    if request.method == "POST" and not request.user.is_authenticated:
        unsaved.explanation_keep(request, _kept_as(pk), field="text", most=ANSWER_LENGTH)
    return _question(request, number, pk)


@firm_required
def _question(request, number, pk):
    asked = _asked_or_404(request, number, pk)
    if request.method != "POST":
        return _page(
            request, asked, AnswerForm(initial={"text": unsaved.explanation_take(request, _kept_as(pk))})
        )
    refusals = _files_taken(request, asked)
    form = AnswerForm(request.POST)
    if request.POST.get("action") != "submit":
        return _page(request, asked, _as_typed(request), refusals=refusals)
    if not form.is_valid() or refusals:
        return _page(request, asked, form, refusals=refusals, status=422)
    try:
        question_answer(
            question_id=asked.pk,
            text=form.cleaned_data["text"],
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        asked.refresh_from_db()
        return _page(request, asked, form, refusal=refusal.message, status=409)
    messages.success(request, "答复已提交，审核继续。您现在不需要做什么。")
    return redirect("portal:claim", number)


def _kept_as(pk):
    """What the session calls the words of an answer that nobody could take."""
    return f"question-{pk}"


def _asked_or_404(request, number, pk):
    found = questions_of_firm(request.user).filter(claim__number=number)
    return get_object_or_404(found.select_related("claim__enterprise", "claim__period", "answered_by"), pk=pk)


def _as_typed(request):
    """The form as it was typed, not judged yet: a file came or went, and the answer is still being written."""
    return AnswerForm(initial={"text": request.POST.get("text", "")})


def _files_taken(request, asked):
    """Takes the files that came with a form without scripts; returns a sentence for each that could not be taken."""
    refusals = []
    for upload in request.FILES.getlist("files"):
        try:
            question_file_upload(question_id=asked.pk, upload=upload, actor=request.user)
        except Refused as refusal:
            refusals.append(f"{upload.name}：{refusal.message}")
    return refusals


def _page(request, asked, form, *, refusal="", refusals=(), status=200):
    claim = asked.claim
    context = {
        "claim": claim,
        "rule": claim.rule,
        "question": asked,
        "office": office_name(*role_for(claim, State(asked.stage))),
        "form": form,
        "refusal": refusal,
        **_row(asked, refusals),
    }
    return render(request, "portal/question.html", context, status=status)


def _row(asked, refusals=()):
    """What the row of files shows."""
    return {
        "question": asked,
        "claim": asked.claim,
        "files": asked.files.order_by("pk"),
        "file_refusals": refusals,
        "limits": evidence_limits(),
        "reuse": bool(files_to_answer_with(asked)),
    }


@firm_required
@require_POST
def question_file_give(request, number, pk):
    """Takes one file (`file`), or stored ones (`use`, or what was picked), for an answer.

    Scripts get the row as it is now, or an error as JSON; they may send a file's `sha256` first, which is answered with 204
    where the firm has not stored it yet. A form without scripts is shown again with what was typed.
    """
    asked = _asked_or_404(request, number, pk)
    try:
        if not _taken(request, asked):
            return HttpResponse(status=204)
    except Refused as refusal:
        return _answer(request, asked, refusal.message)
    return _answer(request, asked)


def _taken(request, asked):
    by = {"question_id": asked.pk, "actor": request.user}
    if "file" in request.FILES:
        return question_file_upload(upload=request.FILES["file"], **by)
    if "sha256" in request.POST:
        sha256, name = request.POST["sha256"], request.POST.get("name", "")
        return question_file_known(sha256=sha256, name=name, **by) if _SHA256.fullmatch(sha256) else None
    picked = request.POST.getlist("pick-answer")
    if not picked:
        raise Refused("请先选择一个文件。")
    return [question_file_add(file=_stored_file(request, each), **by) for each in picked]


def _stored_file(request, chosen):
    if not chosen.isdecimal() or len(chosen) > 18:
        raise Refused("请先选择一个文件。")
    return get_object_or_404(firm_of(request.user).files, pk=chosen)


@firm_required
@require_POST
def question_file_take_out(request, number, pk, file):
    """Takes a file out of an answer that has not been sent."""
    asked = _asked_or_404(request, number, pk)
    try:
        question_file_remove(question_id=asked.pk, file_id=file, actor=request.user)
    except Refused as refusal:
        return _answer(request, asked, refusal.message)
    return _answer(request, asked)


@firm_required
def question_files_choose(request, number, pk):
    """The firm's stored files to use again: within the row for scripts, as a page that carries the words otherwise."""
    asked = _asked_or_404(request, number, pk)
    if not asked.is_open:
        return redirect("portal:question", number, pk)
    context = {
        "question": asked,
        "claim": asked.claim,
        "files": files_to_answer_with(asked),
        "text": request.POST.get("text", ""),
    }
    template = "portal/parts/question_choice.html" if request.htmx else "portal/question_choose.html"
    return render(request, template, context)


def _answer(request, asked, refusal=""):
    """The row by itself for scripts, within the whole page otherwise."""
    uploading = "file" in request.FILES or "sha256" in request.POST
    if uploading and refusal:
        return JsonResponse({"error": refusal}, status=422)
    refusals = [refusal] if refusal else []
    if uploading or request.htmx:
        return render(request, "portal/parts/question_files.html", _row(asked, refusals))
    return _page(request, asked, _as_typed(request), refusals=refusals, status=409 if refusal else 200)
