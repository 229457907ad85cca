"""我的账号: the own name and telephone, the mail address with its confirmation, and where the rest is."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.models import User
from accounts.own_forms import AddressForm, ProfileForm
from accounts.profile import (
    VALID,
    address_ask,
    address_asked,
    address_change,
    link_is_ours,
    profile_change,
)
from accounts.second_factor import factor_of
from accounts.sign_ins import sign_ins_now
from accounts.throttle import try_allowed

from .frame import frame_of

#: In the session: the token of the link that was opened, and {address, until} of the one that was asked for.
LINK, ASKED = "address_link", "address_asked"
#: Links to new addresses that one person may ask for within an hour; wrong passwords count as well.
MOST_AN_HOUR = 10
TOO_OFTEN = "提交的次数太多，这次没有处理。请过一小时再试。"


@login_required
def me(request):
    """Name and telephone, changed here; an officer's name is kept by the administrators."""
    user = request.user
    # A copy, because the form puts what was typed into it, and the frame shows who is signed in.
    form = ProfileForm(
        request.POST or None, instance=User.objects.get(pk=user.pk), is_officer=user.is_officer
    )
    if request.method == "POST" and form.is_valid():
        changed = profile_change(user=user, values=form.cleaned_data, source_ip=request.META["REMOTE_ADDR"])
        messages.success(request, "资料已保存。" if changed else "资料没有变化。")
        return redirect("accounts:me")
    context = {
        "frame": frame_of(user),
        "form": form,
        "asked": _asked(request),
        "places": sign_ins_now(user).count(),
        "has_factor": factor_of(user) is not None,
    }
    return render(request, "accounts/me.html", context)


def _asked(request):
    """The address that waits for its confirmation, as far as this session knows."""
    asked = request.session.get(ASKED)
    waits = asked and asked["until"] > timezone.now().timestamp() and asked["address"] != request.user.email
    return asked["address"] if waits else ""


@login_required
@sensitive_post_parameters("password")
def address(request):
    """Asks for a new mail address and the password, and mails a link to that address."""
    form = AddressForm(request.user, request.POST or None)
    refusal, status = "", 200
    if request.method == "POST":
        if not try_allowed(name="mail-address", address=f"account:{request.user.pk}", most=MOST_AN_HOUR):
            form, refusal, status = AddressForm(request.user, initial=request.POST.dict()), TOO_OFTEN, 429
        elif form.is_valid():
            wanted, at = form.cleaned_data["address"], timezone.now()
            address_ask(user=request.user, address=wanted, at=at)
            request.session[ASKED] = {"address": wanted, "until": (at + VALID).timestamp()}
            messages.success(
                request, f"确认邮件已发到 {wanted}。请在 24 小时内打开邮件中的链接，新邮箱才会生效。"
            )
            return redirect("accounts:me")
    context = {"frame": frame_of(request.user), "form": form, "refusal": refusal}
    return render(request, "accounts/address.html", context, status=status)


@never_cache
def address_link(request, token):
    """Takes the token of a mailed link out of the address, whoever is signed in, and goes on without it."""
    request.session.pop(LINK, None)
    if link_is_ours(token):
        request.session[LINK] = token
    return redirect("accounts:address_confirm")


@login_required
@never_cache
def address_confirm(request):
    """Asks the person once more, because programs open links of mails too, and takes the address over."""
    wanted = address_asked(request.session.get(LINK, ""), request.user)
    if request.method == "POST" and wanted:
        address_change(user=request.user, address=wanted, source_ip=request.META["REMOTE_ADDR"])
        request.session.pop(LINK)
        request.session.pop(ASKED, None)
        messages.success(request, f"邮箱已更换为 {wanted}。")
        return redirect("accounts:me")
    context = {"frame": frame_of(request.user), "wanted": wanted}
    return render(request, "accounts/address_confirm.html", context)
