"""The second step of signing in: the code of the app, or a recovery code."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.errors import CodeRefused
from accounts.factor_forms import CodeForm
from accounts.pending import pending_of, sign_in_complete, step_of
from accounts.second_factor import code_check, factor_of
from accounts.sign_ins import sign_in_failed

from .sign_in import browser_known, home_of

TOO_LATE = "密码输入后过了 15 分钟，或者登录已在别处结束。请重新登录。"


def door(request):
    """(Pending, None), or (None, answer) where nobody waits at the door: signed in already, or too late."""
    if request.user.is_authenticated:
        return None, redirect(home_of(request.user))
    pending = pending_of(request)
    if pending is None:
        messages.info(request, TOO_LATE)
        return None, redirect("accounts:sign_in")
    return pending, None


@never_cache
@sensitive_post_parameters("code")
def code(request):
    """Asks for the code. Until it is given the session is nobody's."""
    pending, answer = door(request)
    if answer:
        return answer
    device = factor_of(pending.user)
    if device is None:
        return redirect(step_of(pending.user))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factor = code_check(
                user=pending.user, typed=form.cleaned_data["code"], source_ip=request.META["REMOTE_ADDR"]
            )
        except CodeRefused as refusal:
            sign_in_failed(request, pending.user)
            form.add_error("code", refusal.message)
        else:
            sign_in_complete(request, pending, device=device, factor=factor)
            return browser_known(request, redirect(pending.after or home_of(pending.user)))
    return render(request, "accounts/code.html", {"form": form, "person": pending.user})
