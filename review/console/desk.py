"""A claim on one screen: declared, official and verified values, documents, computation, history, and what is possible."""

from django.db.models import F, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.roles import Role
from applications.explanations import settings_used, stored_reasons, stored_steps
from applications.letters.standing import letters_standing
from applications.lifecycle import TRANSITIONS, claim_token
from applications.lifecycle.people import authority, holds, office_name, role_for
from applications.lifecycle.possible import is_theirs_to_take, officers_who_may
from applications.models import EnterpriseYear, Objection, State
from applications.questions import questions_of
from applications.visibility import claims_for_office, letters_of_claim, objections_for_office
from review.assignments import REVIEW_STATES
from review.claim_shortage import claim_shortage
from review.comparison import comparison, particulars
from review.console.access import DECIDERS, READERS, office_page
from review.console.actions import DROPS_QUESTION, action_label, actions_of, form_for, hint_of
from review.console.decision_forms import DismissForm, VerifyForm
from review.console.desk_evidence import evidence_context, notes_context
from review.console.worklist import addresses, place_of
from review.corrections import correction_of, news_without
from review.firm_year import firm_year
from review.flags import can_dismiss, flag_cards
from review.history import history, news
from review.verification import can_verify, values_in_force
from review.visibility import sees_money_of
from review.waiting import waiting_days_add


def claim_or_404(user, number):
    """The claim, where the person may read it: whoever may not is told that there is none."""
    found = claims_for_office(user).select_related("enterprise", "period", "assignee")
    return get_object_or_404(found, number=number)


@require_safe
@office_page(*READERS)
def claim(request, number):
    """The desk; `?paper=` and `?doc=` open a document, `?turn=` turns a picture, `?do=` opens the form of a decision.

    The year is read before the claim: a settlement in between shows 计算中 once more, never an amount of before that stays.
    """
    of_claim = {"enterprise__claims__number": number, "year": F("enterprise__claims__year")}
    year = _years().filter(**of_claim).first()
    return desk(request, claim_or_404(request.user, number), year=year, do=request.GET.get("do", ""))


@require_safe
@office_page(*READERS)
def computing(request, number):
    """What a page that shows 计算中 asks again and again, until there is an amount."""
    shown = claim_or_404(request.user, number)
    if _year_of(shown).is_computing:
        return HttpResponse(status=204)
    answer = render(request, "console/_computed.html", {"claim": shown})
    answer["HX-Trigger"] = "settled"
    return answer


def desk(
    request,
    claim,
    *,
    year=None,
    do="",
    form=None,
    verify=None,
    dismiss=None,
    check=None,
    note=None,
    refusal="",
    status=200,
):
    """Renders the desk; `form`, `verify`, `dismiss`, `check` and `note` are what was typed and refused, `refusal` the
    page's sentence."""
    user, year = request.user, year or _year_of(claim)
    prefetch_related_objects([user], "memberships")
    waiting_days_add([claim])
    record = history(claim)
    papers = evidence_context(claim, user, record, request.GET, check)
    context = {
        "claim": claim,
        "item": claim.rule,
        "marks": _marks(claim, year),
        "year": year,
        "computing": year.is_computing,
        "token": claim_token(claim),
        **_post(claim, user),
        **_objections(claim, user),
        **_place(request, claim),
        **_values(claim, user, year, verify),
        **_flags(claim, user, dismiss),
        **papers,
        **notes_context(claim, user, note),
        **_happened(claim, record, papers["documents"]),
        **_possible(claim, user, year, do, form),
        "refusal": refusal,
    }
    return render(request, "console/claim.html", context, status=status)


def _post(claim, user):
    """What this person's post brings: decisions at all, taking the claim in hand, packing it for an audit."""
    return {
        "decides": user.has_post(*DECIDERS),
        "may_take": claim.state in REVIEW_STATES and holds(user, *role_for(claim, State(claim.state))),
        "may_bundle": user.has_post(Role.AUDITOR),
        "opens_ledger": sees_money_of(user, claim.payer),
    }


def _objections(claim, user):
    """The objections that hold the claim, by number; who objected stands on their own pages, for those who decide."""
    if not claim.objected:
        return {}
    waiting = claim.objections.filter(standing=Objection.Standing.OPEN).order_by("pk")
    return {
        "objections": list(waiting),
        "opens_objections": objections_for_office(user).filter(claim=claim).exists(),
        "objections_office": office_name(*authority(TRANSITIONS["uphold_objection"], claim)),
    }


def _place(request, claim):
    """The list that the claim was opened from, and the way on from here."""
    work, place = place_of(request, claim)
    return {"work": work, "place": place, **addresses(work, place)}


def _values(claim, user, year, verify):
    """What is declared, on record and verified, and what was computed from it, for this claim and for the firm's year."""
    may_verify = can_verify(claim, user)
    return {
        "groups": _groups(claim, year, may_verify, verify),
        "verify": verify,
        "may_verify": may_verify,
        "particulars": particulars(claim),
        "steps": stored_steps(claim),
        "reasons": stored_reasons(claim),
        "settings_used": _settings_used(claim),
        "short": claim_shortage(claim),
        "firm": firm_year(claim, user, year),
    }


def _happened(claim, record, documents):
    """The claim's course so far: what was corrected, what is new since, papers that went out, questions."""
    correction = correction_of(record, documents)
    return {
        "history": record,
        "correction": correction,
        "news": news_without(news(record), correction),
        "letters": letters_standing(letters_of_claim(claim)),
        "questions": questions_of(claim),
    }


def _possible(claim, user, year, do, form):
    """The steps that this person may take or who else may, and the form of the one that is asked for by `do`."""
    actions = actions_of(claim, user, year)
    if do not in {action.name for action in actions if action.asks and not action.refusal}:
        do, form = "", None
    elif form is None:
        form = form_for(do, claim)
    return {
        "actions": actions,
        "blockers": list(dict.fromkeys(action.refusal for action in actions if action.refusal)),
        "others": _others(claim, user),
        "do": do,
        "form": form,
        "form_url": reverse("review:decide", args=[claim.number, do]) if do else "",
        "form_label": action_label(do) if do else "",
        "form_hint": hint_of(do, claim) if do else "",
        "drops_question": DROPS_QUESTION if claim.clock_stopped_on is not None else "",
    }


def _years():
    return EnterpriseYear.objects.select_related("enterprise", "limit_claim")


def _year_of(claim):
    return _years().get(enterprise=claim.enterprise, year=claim.year)


def _marks(claim, year):
    """What stands beside the state, or in its place."""
    marks = {
        "computing": year.is_computing and claim.payable_cny is not None,
        "late": claim.late,
        "payout_failed": claim.payout_failed,
        "recovery": claim.demanded_cny > 0,
        "notice_withdrawn": claim.notice_withdrawn,
        "objection": claim.objected,
        "reconsidered": claim.reconsidered,
        "asked": claim.clock_stopped_on is not None,
    }
    return [name for name, holds_now in marks.items() if holds_now]


def _others(claim, user):
    """Who may take the deciding step where this person may not: by four eyes, or because another office has it."""
    steps = [step for step in TRANSITIONS.values() if step.stage and claim.state in step.sources]
    if not steps or is_theirs_to_take(steps[0], claim, user):
        return None
    officers = officers_who_may(steps[0], claim)
    role, city = role_for(claim, State(claim.state))
    names = "、".join(officer.name for officer in officers)
    return {"office": office_name(role, city), "names": names, "step": steps[0].label}


def _groups(claim, year, may_verify, verify):
    """The comparison, each line with its bound fields where this person may verify."""
    groups = comparison(claim, year)
    if not may_verify:
        return groups
    form = verify or VerifyForm(claim, values_in_force(claim))
    for group in groups:
        for line in group.lines:
            if line.fact:
                line.value_field, line.reason_field = form.pair(line.path)
    return groups


def _settings_used(claim):
    """The versions of settings behind the amounts, each with the address of its page; "" for the defaults."""
    found = []
    for used in settings_used(claim):
        row = used.model.objects.filter(**used.key).only("pk").first() if used.key else None
        page = f"console:applications_{used.model._meta.model_name}_change"
        found.append((used.words, reverse(page, args=[row.pk]) if row else ""))
    return found


def _flags(claim, user, dismiss):
    """The flags that stand, open ones with the form of an answer where this person may give one."""
    cards = flag_cards(claim, user)
    may_dismiss = can_dismiss(claim, user)
    for card in cards:
        if may_dismiss and card.is_open:
            typed = dismiss is not None and dismiss.flag_id == card.flag.pk
            card.form = dismiss if typed else DismissForm(card.flag.pk)
    return {
        "flags": cards,
        "flags_open": sum(card.is_open for card in cards),
        "flags_hard": any(card.is_open and card.flag.hard for card in cards),
        "dismiss": dismiss,
    }
