"""Pages of supplements: which locked claims are entitled to more, commerce's consent, and the decision of finance."""

from decimal import Decimal, InvalidOperation

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.explanations import stored_steps
from applications.lifecycle import TRANSITIONS
from applications.models import Event, Supplement
from applications.models.states import LOCKED_STATES
from measures.money import grouped
from review.console.access import office_page
from review.console.money_fields import sent_whole
from review.notices import payer_name
from review.supplements import (
    NOTE_LENGTH,
    claims_entitled_to_more,
    may_consent,
    may_decide,
    rooms_of,
    supplement_consent,
    supplement_grant,
    supplement_refuse,
)
from review.visibility import MONEY_READERS, claims_to_supplement

ROWS = 20
READERS = (*MONEY_READERS, Role.CITY_COMMERCE)
DECIDERS = (Role.COMMERCE, Role.CITY_COMMERCE, Role.FINANCE, Role.CITY_FINANCE)
ZERO = Decimal("0.00")
_TAKEN_BACK = TRANSITIONS["take_back"].event


class WordsForm(forms.Form):
    """Why; and, hidden, the amount that the page showed."""

    use_required_attribute = False

    words = forms.CharField(
        label="理由",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "请写明理由。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        },
    )
    amount = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        sent_whole(self, "words")

    def clean_amount(self):
        """The sum as a Decimal; what is none is no sum that anybody was shown."""
        try:
            return Decimal(self.cleaned_data["amount"])
        except InvalidOperation:
            return ZERO


_LABELS = {
    "consent": ("同意补发的理由", "财政会看到，例如哪项数据更正了。"),
    "grant": ("决定补发的理由", "企业会看到。"),
    "refuse": ("不予补发的理由", "商务会看到。"),
}


def _form(action, data=None, *, amount=ZERO):
    form = WordsForm(data, prefix=action, initial={"amount": str(amount)})
    form.fields["words"].label, form.fields["words"].help_text = _LABELS[action]
    return form


@require_safe
@office_page(*READERS)
def supplements(request):
    """Claims that are entitled to more than was locked, those that finance has to decide first; then what was decided."""
    visible = claims_to_supplement(request.user)
    tab = "decided" if request.GET.get("tab") == "decided" else "open"
    waiting = _waiting(visible)
    decided = Supplement.objects.filter(claim__in=visible.values("pk")).exclude(standing="consented")
    if tab == "decided":
        rows = decided.select_related("claim__enterprise", "decided_by", "consented_by").order_by(
            "-decided_at", "-pk"
        )
    else:
        rows = waiting
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    if tab == "decided":
        _taken_back_add(page.object_list)
    context = {
        "tabs": [("open", "可以补发", len(waiting)), ("decided", "已决定", decided.count())],
        "tab": tab,
        "page": page,
        "total": sum((room.most for room, _ in waiting), ZERO),
        "may_recover_list": request.user.has_post(*MONEY_READERS),
    }
    return render(request, "console/supplements.html", context)


def _taken_back_add(found):
    """Sets `taken_back` on each supplement: the event by which an upheld objection took it back, or None. One query."""
    events = Event.objects.filter(kind=_TAKEN_BACK, claim__in={each.claim_id for each in found})
    by_supplement = {event.data["supplement"]: event for event in events}
    for each in found:
        each.taken_back = by_supplement.get(each.pk)


def _waiting(visible):
    """[(Room, open Supplement or None)] of all claims to which something may be added, what waits for finance first."""
    consented = {
        each.claim_id: each
        for each in Supplement.objects.filter(claim__in=visible.values("pk"), standing="consented")
    }
    claims = list(
        (visible.filter(pk__in=consented) | visible.filter(pk__in=claims_entitled_to_more().values("pk")))
        .filter(state__in=LOCKED_STATES)
        .select_related("enterprise")
        .order_by("pk")
    )
    rooms = rooms_of(claims)
    rows = [
        (rooms[claim.pk], consented.get(claim.pk))
        for claim in claims
        if rooms[claim.pk].most or claim.pk in consented
    ]
    return sorted(rows, key=lambda row: (row[1] is None, bool(row[0].obstacle), row[0].claim.pk))


@require_safe
@office_page(*READERS)
def supplement(request, number):
    """One claim that is entitled to more: by how much, what bounds it, and who consents and decides."""
    return _page(request, _claim(request, number))


def _claim(request, number):
    claims = claims_to_supplement(request.user).filter(state__in=LOCKED_STATES)
    return get_object_or_404(claims.select_related("enterprise"), number=number)


def _page(request, claim, posted=None, *, refusal="", status=200):
    """One supplement; `posted` is (action, form). What cannot be done any more has no form: `refusal` says on top why."""
    room = rooms_of([claim])[claim.pk]
    past = list(claim.supplements.select_related("consented_by", "decided_by", "claim").order_by("-pk"))
    _taken_back_add(past)
    waiting = next((each for each in past if each.standing == "consented"), None)
    ready = bool(room.most) and not room.obstacle
    stale = waiting is not None and waiting.amount_cny > room.most
    consents = (
        ready and may_consent(claim, request.user) and (waiting is None or waiting.amount_cny != room.most)
    )
    decides = waiting is not None and may_decide(waiting, request.user)
    shown = {}
    if consents:
        shown["consent"] = _form("consent", amount=room.most)
    if decides:
        shown["refuse"] = _form("refuse", amount=waiting.amount_cny)
        if not stale and not room.obstacle:
            shown["grant"] = _form("grant", amount=waiting.amount_cny)
    action, form = posted or ("", None)
    if action in shown:
        shown[action], refusal = _with_amount(form, shown[action]), ""
    elif action:
        refusal = refusal or "这一步现在不能办理，刚才的操作没有执行。请看现在的内容。"
    context = {
        "claim": claim,
        "room": room,
        "payer_name": payer_name(claim.payer),
        "steps": stored_steps(claim),
        "past": past,
        "waiting": waiting,
        "stale": stale,
        "forms": shown,
        "refusal": refusal,
    }
    return render(request, "console/supplement.html", context, status=status)


def _with_amount(form, fresh):
    """The posted form with the sum that the page shows now: who presses again decides on what stands there."""
    form.data = {**form.data.dict(), form.add_prefix("amount"): fresh.initial["amount"]}
    return form


@require_POST
@office_page(*DECIDERS)
def supplement_act(request, number, action):
    """Consents for commerce; grants or refuses for finance."""
    if action not in _LABELS:
        raise Http404
    claim = _claim(request, number)
    form = _form(action, request.POST)
    if not form.is_valid():
        return _page(request, claim, (action, form), status=422)
    try:
        message = _ACTIONS[action](request, claim, form.cleaned_data)
    except Refused as refusal:
        form.add_error("words" if refusal.field in ("note", "reason") else None, refusal.message)
        status = 403 if isinstance(refusal, NotAllowed) else 409
        now = _claim(request, number)
        return _page(request, now, (action, form), refusal=refusal.message, status=status)
    messages.success(request, message)
    return redirect("review:supplement", number)


def _by(request):
    return {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}


def _newest_of(claim):
    """The supplement that is decided on; one that has been decided meanwhile says so itself."""
    found = claim.supplements.order_by("-pk").first()
    if found is None:
        raise Stale("商务还没有同意补发，刚才的操作没有执行。")
    return found.pk


def _consent(request, claim, values):
    made = supplement_consent(
        claim_id=claim.pk, amount=values["amount"], note=values["words"], **_by(request)
    )
    return f"已同意补发 {grouped(made.amount_cny)} 元，由{payer_name(claim.payer)}决定。"


def _grant(request, claim, values):
    made = supplement_grant(
        supplement_id=_newest_of(claim), amount=values["amount"], reason=values["words"], **_by(request)
    )
    return f"已决定补发 {grouped(made.amount_cny)} 元。补发的部分要公示后拨付。"


def _refuse(request, claim, values):
    supplement_refuse(supplement_id=_newest_of(claim), reason=values["words"], **_by(request))
    return "已决定不予补发。"


_ACTIONS = {"consent": _consent, "grant": _grant, "refuse": _refuse}
