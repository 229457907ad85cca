"""The firm's bank account: registering another one, and confirming, declining or taking back the change."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from applications.account_waits import WAITING_DAYS, confirmers
from applications.bank_accounts import (
    account_change,
    account_in_force,
    change_confirm,
    change_decline,
    change_pending,
    change_to_confirm,
    change_withdraw,
    change_words,
    holder_differs,
)
from applications.errors import Refused
from applications.forms.enterprise import ChangeForm, DeclineForm
from applications.membership import is_owner
from applications.models import BankAccount
from applications.portal.access import firm_required
from applications.visibility import firm_of

#: Each answer to a pending change: its service and what is said when it is done.
_ANSWERS = {
    "confirm": (change_confirm, "收款账户变更已确认，新账户从现在起使用。"),
    "decline": (change_decline, "您没有同意这项变更，继续使用原来的账户。"),
    "withdraw": (change_withdraw, "收款账户变更已撤回，继续使用原来的账户。"),
}


@firm_required
def account(request):
    """Gives another bank account."""
    firm = firm_of(request.user)
    change = change_pending(firm.pk)
    if change and request.method != "POST":
        return redirect("portal:account_change")
    form = ChangeForm(request.POST or None, initial={"holder": firm.name}, firm=firm)
    if request.method == "POST" and form.is_valid():
        try:
            change = account_change(
                enterprise_id=firm.pk,
                actor=request.user,
                account=form.account(),
                words=form.cleaned_data["words"],
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            if firm.is_verified:
                messages.success(request, "新账户已登记，生效前仍使用原账户。")
                return redirect("portal:account_change")
            messages.success(request, "收款账户已更换。")
            return redirect("portal:enterprise")
    context = {"firm": firm, "form": form, "now": account_in_force(firm.pk), "days": WAITING_DAYS}
    return render(request, "portal/account.html", context)


@firm_required
def change(request):
    """The pending change beside the account in force, with what each member may do; without one, back to the firm."""
    firm = firm_of(request.user)
    pending = change_pending(firm.pk)
    if pending is None:
        messages.info(request, "现在没有待生效的收款账户变更。")
        return redirect("portal:enterprise")
    return _change_page(request, firm, pending)


def _change_page(request, firm, pending, *, decline=None, status=200):
    """The page of a pending change; `decline` is the form that was sent against it and refused."""
    now = account_in_force(firm.pk)
    mine = pending.created_by_id == request.user.pk
    context = {
        "firm": firm,
        "change": pending,
        "now": now,
        "lines": _lines(now, pending),
        "words": change_words(pending),
        "differs": holder_differs(pending.holder, firm),
        "names": [membership.user.name for membership in confirmers(pending).select_related("user")],
        "days": WAITING_DAYS,
        "is_mine": mine,
        "may_confirm": change_to_confirm(request.user) is not None,
        "may_withdraw": mine or is_owner(request.user, firm),
        "decline": decline or DeclineForm(),
    }
    return render(request, "portal/account_change.html", context, status=status)


def _lines(now, pending):
    """(label, present value or "", new value) of an account, numbers in groups of four."""
    pairs = (("户名", "holder"), ("开户行", "bank"), ("账号", "grouped"))
    return [(label, getattr(now, name) if now else "", getattr(pending, name)) for label, name in pairs]


@firm_required
@require_POST
def change_answer(request, pk, answer):
    """Confirms, declines or takes back one change; a change of another firm does not exist here."""
    firm = firm_of(request.user)
    found = get_object_or_404(firm.bank_accounts, pk=pk)
    service, done = _ANSWERS[answer]
    decline = DeclineForm(request.POST) if answer == "decline" else None
    if decline and not decline.is_valid() and found.standing == BankAccount.Standing.PENDING:
        return _change_page(request, firm, found, decline=decline, status=422)
    more = decline.cleaned_data if decline else {}
    try:
        service(change_id=found.pk, actor=request.user, source_ip=request.META["REMOTE_ADDR"], **more)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect("portal:enterprise")
