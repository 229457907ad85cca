"""Pages of recovery: what is demanded and still open, and one demand with everything that came in and was agreed on it."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.cities import City
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.explanations import stored_reasons, stored_steps
from applications.letters.standing import letters_standing
from applications.models import Letter
from applications.official import working_calendar
from applications.recovery.access import may_recover, open_check, payer_finance_check
from applications.recovery.receipts import receipt_add
from applications.recovery.standing import demands_with_plans, standing_of
from applications.recovery.terms import demand_extend, plan_mark, plan_set
from applications.visibility import letters_of_claim
from measures.money import grouped
from review.console.access import office_page
from review.console.recovery_forms import (
    PARTS,
    ExtendForm,
    OffsetForm,
    PlanForm,
    ReceiptForm,
    parts_initial,
    parts_posted,
    today,
)
from review.console.recovery_story import story_of
from review.notices import payer_name
from review.offsets import offset_add, offset_choices
from review.visibility import MONEY_READERS, demands_visible

ROWS = 20
FINANCE = (Role.FINANCE, Role.CITY_FINANCE)
ZERO = Decimal("0.00")


@require_safe
@office_page(*MONEY_READERS)
def recovery(request):
    """Open demands by their day, the late ones first; what has been settled under a view of its own."""
    visible = demands_visible(request.user)
    found = _filtered(visible, request.GET)
    day, calendar = timezone.localdate(), working_calendar()
    rows = [
        standing_of(demand, today=day, calendar=calendar)
        for demand in demands_with_plans(found.filter(closed_at=None).order_by("due_on", "pk"))
    ]
    views = {
        "open": ("待退回", rows),
        "late": ("已过期限", [row for row in rows if row.is_late]),
        "near": ("即将到期", [row for row in rows if row.is_near]),
    }
    closed = found.exclude(closed_at=None)
    tab = request.GET.get("tab")
    tab = tab if tab in views or tab == "closed" else "open"
    if tab == "closed":
        page = Paginator(demands_with_plans(closed.order_by("-closed_at", "-pk")), ROWS)
        page = page.get_page(request.GET.get("page"))
        page.object_list = [standing_of(demand, today=day, calendar=calendar) for demand in page.object_list]
    else:
        listed = sorted(views[tab][1], key=lambda row: (row.due_on, row.demand.pk))
        page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.payer_name = payer_name(row.demand.claim.payer)
    context = {
        "tabs": [
            *((key, label, len(each)) for key, (label, each) in views.items()),
            ("closed", "已了结", closed.count()),
        ],
        "tab": tab,
        "page": page,
        "sums": {
            "open": sum((row.open for row in rows), ZERO),
            "late": sum((row.late for row in rows), ZERO),
            "received": sum((row.received for row in rows), ZERO),
            "count": len(rows),
        },
        **_filter_choices(visible, request.GET),
    }
    return render(request, "console/recovery.html", context)


def _filtered(demands, query):
    for name, field in (("payer", "claim__payer"), ("city", "claim__city")):
        if query.get(name):
            demands = demands.filter(**{field: query[name]})
    if query.get("year", "").isdecimal() and len(query["year"]) == 4:
        demands = demands.filter(claim__year=int(query["year"]))
    if words := query.get("q", "").strip():
        demands = demands.filter(
            Q(number__icontains=words)
            | Q(claim__number__icontains=words)
            | Q(claim__enterprise__name__icontains=words)
            | Q(claim__enterprise__credit_code__iexact=words)
        )
    return demands


def _filter_choices(visible, query):
    kinds = visible.order_by().values_list("claim__payer", "claim__city", "claim__year").distinct()
    payers, cities, years = ({row[n] for row in kinds} for n in range(3))
    return {
        "payers": [(payer, payer_name(payer)) for payer in sorted(payers, reverse=True)],
        "cities": [(city, City(city).label) for city in sorted(cities)],
        "years": sorted(years, reverse=True),
        "chosen": {name: query.get(name, "") for name in ("payer", "city", "year", "q")},
    }


@require_safe
@office_page(*MONEY_READERS)
def demand(request, number):
    """One demand: why, entitlement against what was paid, what came in, what was agreed, entries and letters."""
    return _page(request, _demand(request, number))


def _demand(request, number):
    return get_object_or_404(demands_with_plans(demands_visible(request.user)), number=number)


def _page(request, found, forms=None, *, refusal="", status=200):
    """The demand, with what was posted; `refusal` says why nothing was done where no form is left to say it in."""
    claim, standing = found.claim, standing_of(found)
    acts = found.closed_at is None and claim.demanded_cny > 0 and may_recover(claim, request.user)
    choices = offset_choices(found) if acts else []
    context = {
        "demand": found,
        "claim": claim,
        "standing": standing,
        "payer_name": payer_name(claim.payer),
        "entitled": claim.paid_cny - claim.demanded_cny,
        "steps": stored_steps(claim),
        "reasons": stored_reasons(claim) if claim.eligibility == "ineligible" else [],
        "events": story_of(found),
        "entries": _entries(found),
        "papers": letters_standing(letters_of_claim(claim).filter(kind=Letter.Kind.DEMAND)),
        "acts": acts,
        "reverses": may_recover(claim, request.user),
        "choices": choices,
        "forms": {**_forms(standing, choices), **(forms or {})} if acts else {},
        "bound": next(iter(forms), "") if forms and acts else "",
        "refusal": "" if acts else refusal,
        "plan_seen": plan_mark(found.plan),
    }
    return render(request, "console/demand.html", context, status=status)


def _forms(standing, choices):
    return {
        "receipt": ReceiptForm(initial={"received_on": today()}, prefix="receipt"),
        "plan": PlanForm(prefix="plan"),
        "parts": PARTS(prefix="parts", initial=parts_initial(standing)),
        "extend": ExtendForm(prefix="extend"),
        "offset": OffsetForm(prefix="offset", choices=choices),
    }


def _entries(found):
    """The ledger entries of the claim that make up paid, locked and demanded sums since the demand was raised."""
    kinds = ("demand", "receipt", "offset", "payment", "payment_returned")
    return found.claim.ledger_entries.filter(kind__in=kinds).order_by("pk")


@require_POST
@office_page(*FINANCE)
def demand_act(request, number, action):
    """Records a receipt, agrees instalments, gives more time, or keeps back from a later payment."""
    if action not in _ACTIONS:
        raise Http404
    found, forms = _demand(request, number), {}
    try:
        payer_finance_check(found.claim, request.user)
        open_check(found, found.claim)
        forms, valid = _BOUND[action](request, found)
        if not valid:
            return _page(request, found, forms, status=422)
        message = _ACTIONS[action](request, found, forms)
    except Refused as refusal:
        return _refused(request, number, forms, refusal)
    messages.success(request, message)
    return redirect("review:demand", number)


def _refused(request, number, forms, refusal):
    """The page as things are now, the refusal at the field that is at fault."""
    name, _, position = (refusal.field or "").partition(":")
    form = next(iter(forms.values()), None)
    if position and "parts" in forms:
        forms["parts"].forms[int(position)].add_error(name, refusal.message)
    elif form is not None:
        form.add_error(name if name in form.fields else None, refusal.message)
    status = 403 if isinstance(refusal, NotAllowed) else 409
    return _page(request, _demand(request, number), forms, refusal=refusal.message, status=status)


def _one(name, form_class):
    def bound(request, found):
        more = {"choices": offset_choices(found)} if form_class is OffsetForm else {}
        form = form_class(request.POST, prefix=name, **more)
        return {name: form}, form.is_valid()

    return bound


def _plan_bound(request, found):
    values, asked_for_rows = parts_posted(request.POST)
    form, parts = PlanForm(values, prefix="plan"), PARTS(values, prefix="parts")
    if asked_for_rows:
        form.full_clean()
        form.errors.clear()
        for part in parts:
            part.full_clean()
            part.errors.clear()
        return {"plan": form, "parts": parts}, False
    both = [form.is_valid(), parts.is_valid()]
    return {"plan": form, "parts": parts}, all(both)


def _by(request, found):
    return {
        "demand_id": found.pk,
        "actor": request.user,
        "source_ip": request.META["REMOTE_ADDR"],
    }


def _receipt(request, found, forms):
    values = {**forms["receipt"].cleaned_data}
    values.pop("checked")
    receipt = receipt_add(**values, **_by(request, found))
    return f"已登记到账 {grouped(receipt.amount_cny)} 元。"


def _plan(request, found, forms):
    parts = [(part.cleaned_data["due_on"], part.cleaned_data["amount"]) for part in forms["parts"]]
    plan_set(parts=parts, **forms["plan"].cleaned_data, **_by(request, found))
    return f"已约定分 {len(parts)} 期退回，企业会收到消息。"


def _extend(request, found, forms):
    made = demand_extend(**forms["extend"].cleaned_data, **_by(request, found))
    return f"期限已延长到 {made.due_on:%Y-%m-%d}，企业会收到消息。"


def _offset(request, found, forms):
    values = {**forms["offset"].cleaned_data}
    receipt = offset_add(claim_id=values.pop("claim"), **values, **_by(request, found))
    return f"已从 {receipt.against.number} 抵扣 {grouped(receipt.amount_cny)} 元，企业会收到消息。"


_BOUND = {
    "receipt": _one("receipt", ReceiptForm),
    "plan": _plan_bound,
    "extend": _one("extend", ExtendForm),
    "offset": _one("offset", OffsetForm),
}
_ACTIONS = {"receipt": _receipt, "plan": _plan, "extend": _extend, "offset": _offset}
