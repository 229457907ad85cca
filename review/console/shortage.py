"""预算不足: both ways of sharing side by side, the decision, and the decisions that were taken."""

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from applications.errors import NotAllowed, Refused
from applications.models import Claim
from review.budget import ZERO, Key, measures_of
from review.console.access import office_page
from review.console.budget_chosen import payer_or_404
from review.console.budget_forms import ShortageForm
from review.console.budget_shown import behind_url, shortage_url
from review.measure_names import measure_title
from review.models import ShortageDecision
from review.notices import payer_name, payers_of
from review.shortage import decisions_of, payable_now, shortage_decide, shortage_simulate
from review.visibility import MONEY_READERS, payers_seen

ROWS = 50
_METHOD = ShortageDecision.Method


@dataclass(frozen=True)
class Outcome:
    """What one way of sharing comes to: how many claims are paid in full, in part and not at all, and the sums."""

    method: str
    label: str
    text: str
    full: int
    part: int
    nothing: int
    paid: Decimal
    waiting: Decimal


_TEXTS = {
    _METHOD.PROPORTIONAL: "每件按同一比例，舍到分；余下的分按余数从大到小各加一分，余数相同的先申报的在前。",
    _METHOD.IN_ORDER: "先锁定的先足额拨付，同时锁定的先申报的在前，拨完为止。",
}


def _outcomes(simulation):
    found = []
    for method in (_METHOD.PROPORTIONAL, _METHOD.IN_ORDER):
        shares = simulation.shares(method)
        full = sum(shares[row.claim_id] == row.owed for row in simulation.rows)
        nothing = sum(not shares[row.claim_id] for row in simulation.rows)
        paid = sum(shares.values(), ZERO)
        part = len(simulation.rows) - full - nothing
        waiting = simulation.owed - paid
        found.append(Outcome(method, method.label, _TEXTS[method], full, part, nothing, paid, waiting))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*MONEY_READERS)
def shortage(request, year, payer, measure):
    """A key's shortage, simulated in both ways; the payer's own finance decides."""
    payer_or_404(request.user, payer, year)
    if measure not in [each.number for each in measures_of(payer)]:
        raise Http404
    key, may_decide = Key(measure, year, payer), payer in payers_of(request.user)
    form, refusal = ShortageForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        if not may_decide:
            raise PermissionDenied
        if form.is_valid():
            try:
                decision = _decide(request, key, form)
            except NotAllowed as error:
                raise PermissionDenied from error
            except Refused as error:
                refusal = error
                if error.field:
                    form.add_error(error.field, error.message)
            else:
                messages.success(request, f"已决定，分配编号 {decision.number}。批次可以按下面的金额列入。")
                return redirect("review:shortage_decision", decision.number)
    context = _context(request, key) | {"form": form, "refusal": refusal, "may_decide": may_decide}
    status = 422 if form.errors else 409 if refusal else 200
    return render(request, "console/shortage.html", context, status=status)


def _decide(request, key, form):
    return shortage_decide(
        key=key,
        method=form.cleaned_data["method"],
        reason=form.cleaned_data["reason"],
        token=request.POST.get("token", ""),
        actor=request.user,
        source_ip=request.META["REMOTE_ADDR"],
    )


def _context(request, key):
    simulation = shortage_simulate(key)
    page = Paginator(simulation.rows, ROWS).get_page(request.GET.get("page"))
    claims = Claim.objects.select_related("enterprise").in_bulk([row.claim_id for row in page.object_list])
    payable = payable_now(claims.values())
    rows = [
        {
            "claim": claims[row.claim_id],
            "owed": row.owed,
            "now": payable[row.claim_id],
            "shares": [
                simulation.shares(method)[row.claim_id] for method in (_METHOD.PROPORTIONAL, _METHOD.IN_ORDER)
            ],
        }
        for row in page.object_list
    ]
    budget = simulation.standing.budget
    return {
        "key": key,
        "name": measure_title(key.measure),
        "payer_name": payer_name(key.payer),
        "simulation": simulation,
        "standing": simulation.standing,
        "budget": budget,
        "spent": budget.committed + budget.paid,
        "lacking": max(simulation.owed - simulation.available, ZERO),
        "outcomes": _outcomes(simulation),
        "now": _now(simulation),
        "page": page,
        "rows": rows,
        "decisions": decisions_of(key),
        "methods": [_METHOD.PROPORTIONAL.label, _METHOD.IN_ORDER.label],
        "owed_url": behind_url(key.year, key.payer, "owed", measure=key.measure),
        "budget_url": f"{reverse('review:budget')}?{urlencode({'year': key.year, 'payer': key.payer})}",
    }


def _now(simulation):
    """What batches may take of all claims together: all that is owed, or what the decision in force still leaves."""
    standing = simulation.standing
    if not standing.budget.is_short:
        return simulation.owed
    return standing.promised if standing.in_force else ZERO


@require_safe
@office_page(*MONEY_READERS)
def shortage_decision(request, number):
    """A decision as it was taken: what was owed and what each may be paid, in the order of filing."""
    found = get_object_or_404(ShortageDecision.objects.select_related("decided_by"), number=number)
    seen = payers_seen(request.user)
    if seen is not None and found.payer not in seen:
        raise Http404
    key = Key(found.measure, found.year, found.payer)
    shares = found.shares.select_related("claim__enterprise").annotate(rest=F("owed_cny") - F("share_cny"))
    newest = decisions_of(key).first()
    context = {
        "decision": found,
        "name": measure_title(found.measure),
        "payer_name": payer_name(found.payer),
        "is_newest": newest == found,
        "lacking": found.owed_cny - found.available_cny,
        "drawn": shares.aggregate(sum=Sum("drawn_cny", default=ZERO))["sum"],
        "page": Paginator(shares.order_by("pk"), ROWS).get_page(request.GET.get("page")),
        "shortage_url": shortage_url(key),
    }
    return render(request, "console/shortage_decision.html", context)
