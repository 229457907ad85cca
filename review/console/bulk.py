"""Passing many claims together: a page that says what it will do, and a report of what it did."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from applications.lifecycle.possible import OFFICE_STEPS
from applications.visibility import claims_for_office
from review.bulk import bulk_pass, bulk_preview
from review.console.access import DECIDERS, office_page

#: More than this at once is more than anybody has looked at.
MOST = 100
_PASSING = frozenset(step.action for step in OFFICE_STEPS if step.stage)


@require_POST
@office_page(*DECIDERS)
def bulk(request):
    """Without `confirm` the preview; with it, what the preview showed is done for the rows it listed."""
    numbers = request.POST.getlist("claim")[:MOST]
    claims = claims_for_office(request.user).filter(number__in=numbers)
    claims = claims.select_related("enterprise", "period").order_by("state_since", "pk")
    if not claims:
        messages.warning(request, "还没有选择申报。请在列表左侧勾选，再点“预览批量通过”。")
        return redirect("review:queue")
    if "confirm" not in request.POST:
        return render(request, "console/bulk.html", {"preview": bulk_preview(claims, request.user)})
    rows = [
        (claim, request.POST.get(f"action-{claim.number}"), request.POST.get(f"token-{claim.number}", ""))
        for claim in claims
        if request.POST.get(f"action-{claim.number}") in _PASSING
    ]
    outcome = bulk_pass(rows, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    report = [(claim, outcome[claim.pk]) for claim, _, _ in rows]
    done = [claim for claim, refusal in report if not refusal]
    total = sum((claim.payable_cny for claim in done), Decimal("0.00"))
    return render(request, "console/bulk_report.html", {"report": report, "done": done, "total": total})
