"""待确认账户: accounts of payments that did not arrive, old and new side by side, for the payer's finance to confirm."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from review.bank.accounts import NOTE_MOST, account_confirm, account_refuse, accounts_waiting
from review.console.access import office_page
from review.console.batches import account_payers
from review.console.notices import FINANCE
from review.models import Payment
from review.notices import payers_of

_ANSWERS = {
    "confirm": (account_confirm, "账户已确认，可以列入下一批次。"),
    "refuse": (account_refuse, "更正的账户没有采用，企业会收到消息。"),
}


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def waiting(request):
    """Every account that has to be looked at before the next payment, of the payers that this person may see."""
    return _page(request)


def _page(request, *, refusal=None, about=None, action="", typed="", status=200):
    own = payers_of(request.user)
    rows = accounts_waiting(account_payers(request.user))
    for row in rows:
        row.may_act = row.payment.batch.payer in own
        row.refusal = refusal if row.payment.pk == about else None
        row.typed = {"confirm": "", "refuse": "", **({action: typed} if row.refusal else {})}
    shown = any(row.refusal for row in rows)
    context = {
        "rows": rows,
        "refusal": None if shown else refusal,
        "typed": "" if shown else typed,
        "note_most": NOTE_MOST,
    }
    return render(request, "console/bank/accounts.html", context, status=status)


@require_POST
@office_page(*FINANCE)
def account_answer(request, pk, action):
    """Confirms the account as it was shown, or refuses the one that was given."""
    if action not in _ANSWERS:
        raise Http404
    payment = get_object_or_404(Payment, pk=pk, batch__payer__in=payers_of(request.user))
    service, done = _ANSWERS[action]
    note = request.POST.get("note", "")
    try:
        service(
            payment_id=payment.pk,
            mark=request.POST.get("mark", ""),
            note=note,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _page(request, refusal=refusal, about=payment.pk, action=action, typed=note, status=409)
    messages.success(request, done)
    return redirect("review:accounts_waiting")
