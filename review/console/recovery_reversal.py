"""The page on which a receipt that was recorded wrongly is reversed: what will be afterwards, why, and a confirmation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.recovery.access import payer_finance_check
from measures.money import grouped
from review.console.access import office_page
from review.console.recovery_forms import ReversalForm
from review.notices import payer_name
from review.reversals import obstacle, receipt_reverse, reversal_preview
from review.visibility import demands_visible


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(Role.FINANCE, Role.CITY_FINANCE)
def demand_receipt(request, number, pk):
    """Shows what reversing one receipt of money will do, and does it."""
    receipt = _receipt(request, number, pk)
    if request.method != "POST":
        return _page(request, receipt)
    form = ReversalForm(request.POST)
    try:
        payer_finance_check(receipt.demand.claim, request.user)
        if refusal := obstacle(receipt, receipt.demand.claim):
            raise Refused(refusal)
        if not form.is_valid():
            return _page(request, receipt, form, status=422)
        receipt_reverse(
            receipt_id=receipt.pk,
            reason=form.cleaned_data["reason"],
            seen=form.cleaned_data["seen"],
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _refused(request, number, pk, form, refusal)
    messages.success(
        request,
        f"已冲销到账 {grouped(receipt.amount_cny)} 元，企业会收到消息。凭证号 {receipt.reference} 可以重新登记。",
    )
    return redirect("review:demand", number)


def _receipt(request, number, pk):
    demand = get_object_or_404(demands_visible(request.user), number=number)
    rows = demand.receipts.filter(against=None)
    rows = rows.select_related("demand__claim__enterprise", "recorded_by", "reversed_by")
    return get_object_or_404(rows, pk=pk)


def _refused(request, number, pk, form, refusal):
    """The page as things are now; what was typed stays where the receipt can still be reversed."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
    status = 403 if isinstance(refusal, NotAllowed) else 409
    return _page(request, _receipt(request, number, pk), form, status=status)


def _page(request, receipt, form=None, *, status=200):
    claim = receipt.demand.claim
    hindrance = _hindrance(receipt, claim, request.user)
    context = {
        "receipt": receipt,
        "demand": receipt.demand,
        "claim": claim,
        "payer_name": payer_name(claim.payer),
        "hindrance": hindrance,
        "form": None if hindrance else form or ReversalForm(),
    }
    if not hindrance:
        preview = reversal_preview(receipt, claim)
        asks = preview.reopening.demand
        context |= {
            "preview": preview,
            "standing": preview.reopening.standing,
            "locked": claim.locked_cny + receipt.amount_cny,
            "other": asks if asks.pk != receipt.demand_id else None,
        }
    return render(request, "console/receipt_reversal.html", context, status=status)


def _hindrance(receipt, claim, user):
    try:
        payer_finance_check(claim, user)
    except NotAllowed as refusal:
        return refusal.message
    return obstacle(receipt, claim)
