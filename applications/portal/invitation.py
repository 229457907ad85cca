"""Where the link of an invitation leads: anybody may read it, and accept it with an account, old or new."""

from django.contrib import messages
from django.contrib.auth import login
from django.db import transaction
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms import SignUpForm
from applications.errors import Refused
from applications.invitations import (
    invitation_accept,
    invitation_fault,
    invitation_found,
    secret_hash,
)
from applications.portal.signup import TOO_OFTEN, too_often
from applications.visibility import firm_of

#: Under this key a session keeps which invitation its browser has opened.
KEY = "invitation"
UNKNOWN = "没有找到这份邀请。请打开邮件里的完整链接；仍然打不开的，请联系邀请人重新发送。"


@never_cache
@csrf_exempt
def invitation_open(request, secret):
    """Takes the secret out of the address at once, so that neither a referrer nor a bookmark carries it on.

    No method is refused, and no token is asked for: what refuses a request writes its address into the log.
    """
    stored_hash = secret_hash(secret)
    if invitation_found(stored_hash):
        request.session[KEY] = stored_hash
    else:
        request.session.pop(KEY, None)
    answer = redirect("portal:invitation")
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@never_cache
@sensitive_post_parameters("password", "password_again")
def invitation(request):
    """Shows who invites to what, and takes the answer: of whoever is signed in, or with the form of a new account."""
    found = invitation_found(request.session.get(KEY, ""))
    fault = invitation_fault(found) if found else UNKNOWN
    if fault:
        return _page(request, found, fault=fault, status=409 if request.method == "POST" else 200)
    if request.user.is_authenticated:
        return _signed_in(request, found)
    return _newcomer(request, found)


def _signed_in(request, found):
    if request.method != "POST" or "accept" not in request.POST:
        return _page(request, found)
    try:
        invitation_accept(invitation_id=found.pk, user=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        return _page(request, found, refusal=refusal.message, status=409)
    return _welcome(request, found)


def _newcomer(request, found):
    """The account and its membership are made together or not at all."""
    typed = {name: request.POST.get(name) for name in SignUpForm.Meta.fields}
    if too_often(request, "sign-up"):
        form = SignUpForm(initial=typed)
        return _page(request, found, form=form, refusal=f"{TOO_OFTEN}密码需要重新输入。", status=429)
    form = SignUpForm(request.POST or None, initial={"name": found.name, "email": found.email})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                user = form.save()
                invitation_accept(invitation_id=found.pk, user=user, source_ip=request.META["REMOTE_ADDR"])
        except Refused as refusal:
            return _page(request, found, form=form, refusal=refusal.message, status=409)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
        return _welcome(request, found)
    return _page(request, found, form=form)


def _welcome(request, found):
    request.session.pop(KEY, None)
    messages.success(request, f"您已加入{found.enterprise}，可以为企业申报了。")
    return redirect("portal:my_year")


def _page(request, found, *, form=None, fault="", refusal="", status=200):
    context = {
        "invitation": found,
        "fault": fault,
        "refusal": refusal,
        "form": form,
        "own_firm": firm_of(request.user),
    }
    return render(request, "portal/invitation.html", context, status=status)
