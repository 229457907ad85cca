"""Decisions and smaller steps on one claim: parse, ask the service, go on to the next claim."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.errors import NotAllowed, Refused
from applications.lifecycle import TRANSITIONS, claim_token, transition
from applications.lifecycle.possible import OFFICE_STEPS
from applications.questions import question_ask, question_withdraw
from review.assignments import claim_hand_back, claim_take, due_extend
from review.console.access import DECIDERS, office_page
from review.console.actions import ASK, EXTEND, EXTRAS, UNASK, form_for
from review.console.decision_forms import DismissForm, VerifyForm
from review.console.desk import claim_or_404, desk
from review.console.worklist import following_of
from review.flags import flag_dismiss
from review.verification import Change, same_value, values_in_force, values_verify

#: Nothing is approved at an amount that leaves out what the reviewer has just typed.
NOT_SAVED = "核定数有改动，还没有保存，所以没有办理。请先点“保存核定数”，看过重新算出的金额再办理；不改的，请恢复原来的数。"
_ACTIONS = frozenset(step.action for step in OFFICE_STEPS)
_HANDS = {
    "take": (claim_take, "已领办。"),
    "hand-back": (claim_hand_back, "已交回，本岗位的同事都可以办理。"),
}


@require_POST
@office_page(*DECIDERS)
def decide(request, number, action):
    """Takes one step on a claim with what its form asks for, and goes on to the next claim of the queue."""
    if action not in _ACTIONS and action not in EXTRAS:
        raise Http404
    claim = claim_or_404(request.user, number)
    form = None
    if action in (EXTEND, ASK) or (action in TRANSITIONS and TRANSITIONS[action].reason):
        form = form_for(action, claim, request.POST)
        if not form.is_valid():
            return desk(request, claim, do=action, form=form, status=409)
    if (verify := _verify_unsaved(request, claim)) is not None:
        return desk(request, claim, verify=verify, refusal=NOT_SAVED, status=409)
    following = following_of(request, claim)
    try:
        if action in EXTRAS:
            return _DO[action](request, claim, form, following)
        transition(
            claim_id=claim.pk,
            action=action,
            reason=form.words() if form else "",
            data=form.step_data() if form else None,
            **_who(request),
        )
    except Refused as refusal:
        return _refused(request, number, refusal, do=action, form=form)
    return _onward(request, claim, TRANSITIONS[action], following)


def _extend(request, claim, form, _following):
    due_extend(claim_id=claim.pk, until=form.day(), reason=form.words(), **_who(request))
    messages.success(request, f"{claim.number} 的补正期限已延长。")
    return redirect("review:claim", claim.number)


def _ask(request, claim, form, following):
    days = form.cleaned_data["days"]
    question = question_ask(claim_id=claim.pk, text=form.words(), days=days, **_who(request))
    due = question.due_on
    done = (
        f"{claim.enterprise.name} {claim.number}：已询问企业，{due.month} 月 {due.day} 日前答复，停止计时。"
    )
    return _to_next(request, done, following, besides=claim)


def _unask(request, claim, _form, _following):
    question_withdraw(claim_id=claim.pk, **_who(request))
    messages.success(request, "询问已撤销，企业不用再答复。")
    return redirect("review:claim", claim.number)


_DO = {EXTEND: _extend, ASK: _ask, UNASK: _unask}


@require_POST
@office_page(*DECIDERS)
def hands(request, number, way):
    """Takes a claim in hand, or hands it back."""
    claim = claim_or_404(request.user, number)
    service, sentence = _HANDS[way]
    try:
        service(claim_id=claim.pk, **_who(request))
    except Refused as refusal:
        return _refused(request, number, refusal)
    messages.success(request, sentence)
    return redirect("review:claim", number)


@require_POST
@office_page(*DECIDERS)
def verify(request, number):
    """Enters the verified values that differ from those in force; an emptied one is taken back.

    Sent with `do`, it enters nothing and opens the form of that step, beside which everything stays as it was typed.
    """
    claim = claim_or_404(request.user, number)
    in_force = values_in_force(claim)
    form = VerifyForm(claim, in_force, request.POST)
    if do := request.POST.get("do", ""):
        if form.is_valid() and not _changes(form, in_force):
            return redirect(f"{reverse('review:claim', args=[number])}?{urlencode({'do': do})}#decide")
        return desk(request, claim, do=do, verify=form)
    if not form.is_valid():
        return desk(request, claim, verify=form, status=409)
    changes = _changes(form, in_force)
    try:
        values_verify(claim_id=claim.pk, changes=changes, **_who(request))
    except Refused as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, refusal.message)
            return desk(request, claim, verify=form, status=409)
        return _refused(request, number, refusal, verify=form)
    messages.success(request, "核定数已保存，正在重新计算。" if changes else "核定数没有变化。")
    return redirect("review:claim", number)


@require_POST
@office_page(*DECIDERS)
def dismiss(request, number, pk):
    """Answers one flag of a claim with what a reviewer has found out."""
    claim = claim_or_404(request.user, number)
    flag = get_object_or_404(claim.flags, pk=pk)
    form = DismissForm(flag.pk, request.POST)
    if not form.is_valid():
        return desk(request, claim, dismiss=form, status=409)
    try:
        flag_dismiss(flag_id=flag.pk, reason=form.cleaned_data["reason"], **_who(request))
    except Refused as refusal:
        return _refused(request, number, refusal, dismiss=form)
    messages.success(request, "已记下您的说明，这条提示不再列为未处理。")
    return redirect("review:claim", number)


def _verify_unsaved(request, claim):
    """The verified values that an approval was sent with, where some have not been saved; None where all have.

    On a page that is no longer true everything may differ: the step itself says so.
    """
    if not any(name.startswith("value:") for name in request.POST):
        return None
    if request.POST.get("token") != claim_token(claim):
        return None
    in_force = values_in_force(claim)
    form = VerifyForm(claim, in_force, request.POST)
    return form if not form.is_valid() or _changes(form, in_force) else None


def _changes(form, in_force):
    """What was typed against what counts now: only lines that differ."""
    changes = []
    for path, line in form.lines.items():
        value, reason = form.given(path)
        row = in_force.get(path)
        if value is None and row is None:
            continue
        if row is not None and same_value(line, value, row.value) and reason == row.reason:
            continue
        changes.append(Change(path, value, reason))
    return changes


def _who(request):
    return {
        "actor": request.user,
        "token": request.POST.get("token", ""),
        "source_ip": request.META["REMOTE_ADDR"],
    }


def _refused(request, number, refusal, **typed):
    """The page again, as things are now, with the sentence and with what was typed."""
    claim = claim_or_404(request.user, number)
    form = typed.get("form")
    if form is not None and refusal.field in form.fields:
        form.add_error(refusal.field, refusal.message)
        return desk(request, claim, status=409, **typed)
    status = 403 if isinstance(refusal, NotAllowed) else 409
    return desk(request, claim, refusal=refusal.message, status=status, **typed)


def _onward(request, claim, step, following):
    """To the next claim at once; a recalled one stays on the desk."""
    firm = f"{claim.enterprise.name} {claim.number}"
    if step.action == "recall":
        messages.success(request, f"{firm}：决定已收回。")
        return redirect("review:claim", claim.number)
    return _to_next(request, f"{firm}：已办理“{step.label}”。", following)


def _to_next(request, done, following, besides=None):
    """Says what was done and opens the next claim of the queue; `besides` is one that still waits there."""
    address, rest = following.onward(besides)
    messages.success(request, done + rest)
    return redirect(address)
