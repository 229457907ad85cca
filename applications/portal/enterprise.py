"""The enterprise's own page: what it is, whether it has been checked, its people and its bank accounts."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications.bank_accounts import account_change
from applications.enterprises import CHANGEABLE_ALWAYS, enterprise_update
from applications.errors import Refused
from applications.files import file_store
from applications.forms.enterprise import PAPERS, AccountForm, ProfileForm
from applications.membership import join_request_answer, membership_end
from applications.models import BankAccount, JoinRequest, Membership
from applications.portal.access import firm_required
from applications.visibility import firm_of


@firm_required
def enterprise(request):
    """Profile, verification, people and accounts."""
    firm = firm_of(request.user)
    members = firm.memberships.filter(ended_at=None).select_related("user").order_by("since", "pk")
    accounts = firm.bank_accounts.exclude(standing=BankAccount.Standing.FORMER).order_by("-standing", "pk")
    asking = firm.join_requests.filter(answer=JoinRequest.Answer.OPEN).select_related("user")
    context = {
        "firm": firm,
        "members": members,
        "asking": asking,
        "accounts": {account.standing: account for account in accounts},
        "is_owner": _is_owner(request.user, firm),
    }
    return render(request, "portal/enterprise.html", context)


@firm_required
def enterprise_edit(request):
    """Changes the profile; what has been checked is shown and stays."""
    firm = firm_of(request.user)
    _owner_only(request.user, firm)
    form = ProfileForm(
        *(request.POST, request.FILES) if request.method == "POST" else (),
        initial={name: getattr(firm, name) for name in ("name", "city", *CHANGEABLE_ALWAYS)},
        store=lambda upload: file_store(upload=upload, enterprise=firm, user=request.user, at=timezone.now()),
        mine=firm.files.all(),
        papers={name: getattr(firm, name) for name in PAPERS},
    )
    if firm.is_verified:
        for name in set(form.fields) - set(CHANGEABLE_ALWAYS):
            form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            enterprise_update(
                enterprise_id=firm.pk,
                actor=request.user,
                profile=form.profile(),
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, "企业资料已保存。")
            return redirect("portal:enterprise")
    return render(request, "portal/enterprise_edit.html", {"firm": firm, "form": form})


@firm_required
def account(request):
    """Gives another bank account."""
    firm = firm_of(request.user)
    _owner_only(request.user, firm)
    form = AccountForm(request.POST or None, initial={"holder": firm.name})
    if request.method == "POST" and form.is_valid():
        try:
            account_change(
                enterprise_id=firm.pk,
                actor=request.user,
                account=form.account(),
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(
                request, "新账户已登记，生效前仍使用原账户。" if firm.is_verified else "收款账户已更新。"
            )
            return redirect("portal:enterprise")
    return render(request, "portal/account.html", {"firm": firm, "form": form})


@firm_required
@require_POST
def join_answer(request, pk, accept):
    """The owner lets a person in or not; a request to another firm does not exist here."""
    firm = firm_of(request.user)
    asked = get_object_or_404(firm.join_requests, pk=pk)
    try:
        join_request_answer(
            request_id=asked.pk, actor=request.user, accept=accept, source_ip=request.META["REMOTE_ADDR"]
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{asked.user}{'已加入本企业' if accept else '的申请没有同意'}。")
    return redirect("portal:enterprise")


@firm_required
@require_POST
def member_remove(request, pk):
    """The owner ends a clerk's membership."""
    membership = get_object_or_404(firm_of(request.user).memberships.select_related("user"), pk=pk)
    try:
        membership_end(membership_id=membership.pk, actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"{membership.user}不再是本企业的经办人，原来的申报仍属于企业。")
    return redirect("portal:enterprise")


def _is_owner(user, firm):
    return firm.memberships.filter(user=user, role=Membership.Role.OWNER, ended_at=None).exists()


def _owner_only(user, firm):
    """Pages that only the owner can use do not exist for clerks."""
    if not _is_owner(user, firm):
        raise Http404
