"""Signing up: first the person, then the enterprise, or a request to the owner of one that is there already."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms import SignUpForm
from accounts.throttle import try_allowed
from applications.enterprises import enterprise_known, enterprise_register
from applications.errors import Refused
from applications.files import file_store
from applications.forms.enterprise import PAPERS, AccountForm, NewEnterpriseForm, paper_kept, papers_of
from applications.membership import join_request_make, join_request_withdraw
from applications.models import JoinRequest
from applications.visibility import firm_of

TOO_OFTEN = "从您的网络地址提交的次数太多，这次没有处理。请过一小时再试，您填的内容还在本页。"


def too_often(request, name):
    """Whether this is a form too many from one address within the hour."""
    address = request.META["REMOTE_ADDR"]
    return request.method == "POST" and not try_allowed(
        name=name, address=address, most=settings.SIGN_UP_TRIES
    )


@sensitive_post_parameters("password", "password_again")
def sign_up(request):
    """Makes the account of a person and goes on to the enterprise."""
    if request.user.is_authenticated:
        return redirect("portal:sign_up_enterprise")
    if too_often(request, "sign-up"):
        form = SignUpForm(initial={name: request.POST.get(name) for name in SignUpForm.Meta.fields})
        return render(request, "portal/sign_up.html", {"form": form, "refusal": TOO_OFTEN}, status=429)
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return redirect("portal:sign_up_enterprise")
    return render(request, "portal/sign_up.html", {"form": form})


@login_required
def sign_up_enterprise(request):
    """Registers the person's enterprise. A credit code that is known leads to its owner, whatever else is typed."""
    if firm_of(request.user):
        return redirect("portal:enterprise")
    if too_often(request, "sign-up-enterprise"):
        mine = papers_of(request.user)
        papers = {name: paper_kept(request.POST, name, mine) for name in PAPERS}
        return _enterprise_page(request, *_forms(request, papers=papers), refusal=TOO_OFTEN, status=429)
    form, account_form = _forms(request)
    known = enterprise_known(request.POST.get("credit_code", ""))
    valid = all([form.is_valid(), account_form.is_valid()])
    if known:
        # Everything else is beside the point now; it stays as typed, without being found fault with.
        form, account_form = _forms(request, papers=form.papers)
    elif valid:
        try:
            _register(request, form, account_form)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, "企业已登记，正在等待核验。核验通过前可以先填写草稿。")
            return redirect("portal:enterprise")
    return _enterprise_page(request, form, account_form, known=known, status=409 if known else 200)


def _enterprise_page(request, form, account_form, *, known=None, refusal="", status=200):
    context = {
        "form": form,
        "account_form": account_form,
        "known": known,
        "requests": request.user.join_requests.select_related("enterprise"),
        "open": JoinRequest.Answer.OPEN,
        "refusal": refusal,
        "former": request.user.memberships.select_related("enterprise").order_by("-ended_at").first(),
    }
    return render(request, "portal/sign_up_enterprise.html", context, status=status)


def _forms(request, papers=None):
    """The two forms of the page: bound to what was posted, or, with papers, filled with it and not judged.

    At first the contact is whoever signs up, as most who register a small firm are.
    """
    person = request.user
    contact = {"contact_name": person.name, "contact_phone": person.phone, "contact_email": person.email}
    judged = request.method == "POST" and papers is None
    data, files = (request.POST, request.FILES) if judged else (None, None)
    form = NewEnterpriseForm(
        data,
        files,
        initial=request.POST.dict() or contact,
        store=lambda upload: _store(request, upload),
        mine=papers_of(request.user),
        papers=papers,
    )
    return form, AccountForm(data, initial=request.POST.dict())


def _store(request, upload):
    return file_store(upload=upload, enterprise=None, user=request.user, sheets=False)


def _register(request, form, account_form):
    return enterprise_register(
        user=request.user,
        credit_code=form.cleaned_data["credit_code"],
        profile=form.profile(),
        account=account_form.account(),
        check_digit_confirmed=form.cleaned_data["check_digit_confirmed"],
        source_ip=request.META["REMOTE_ADDR"],
    )


@login_required
@require_POST
def join(request):
    """Asks the owner of the enterprise with the posted credit code."""
    enterprise = enterprise_known(request.POST.get("credit_code", ""))
    if enterprise is None:
        messages.error(request, "没有找到这家企业，请重新填写信用代码。")
        return redirect("portal:sign_up_enterprise")
    try:
        join_request_make(enterprise=enterprise, user=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"已向{enterprise}的负责人提出申请，同意后您就可以办理。")
    return redirect("portal:sign_up_enterprise")


@login_required
@require_POST
def join_withdraw(request, pk):
    """Takes an own request back."""
    try:
        join_request_withdraw(request_id=pk, user=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "申请已撤回。")
    return redirect("portal:sign_up_enterprise")
