"""The own password: changed by who is signed in, or set anew through a link that came by mail."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import (
    INTERNAL_RESET_SESSION_TOKEN,
    PasswordChangeView,
    PasswordResetConfirmView,
)
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache

from accounts.own_forms import NewPasswordForm, OwnPasswordForm, ResetForm
from accounts.passwords import password_change, reset_ask
from accounts.sign_ins import sign_in_moved
from accounts.throttle import try_allowed

from .frame import frame_of

#: Requests for a link that one network address may send within an hour.
MOST_AN_HOUR = 20
TOO_OFTEN = (
    "从您的网络地址提出的次数太多，这次没有处理。请过一小时再试，或者先看看邮箱里有没有已经发出的邮件。"
)
NOT_NOW = "暂时不能处理，这次没有发出邮件。请过几分钟再试，您填的内容还在本页。"


class OwnPasswordView(PasswordChangeView):
    """Changes the password of whoever is signed in; other sessions of the person end."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("accounts:me")

    def get_context_data(self, **kwargs):
        return super().get_context_data(frame=frame_of(self.request.user), **kwargs)

    def form_valid(self, form):
        session = self.request.session
        before = session.session_key
        with transaction.atomic():
            password_change(
                user=form.user,
                password=form.cleaned_data["new_password1"],
                keep=before,
                source_ip=self.request.META["REMOTE_ADDR"],
            )
            update_session_auth_hash(self.request, form.user)
            sign_in_moved(before=before, after=session.session_key)
        messages.success(self.request, "密码已更改。下次登录请用新密码，其他设备上的登录已经结束。")
        return HttpResponseRedirect(self.get_success_url())


@never_cache
def password_reset(request):
    """Asks for a user name or mail address. What is answered never depends on whether there is such an account."""
    form = ResetForm(request.POST or None)
    refusal, status = "", 200
    if request.method == "POST" and form.is_valid():
        if not try_allowed(name="password-reset", address=request.META["REMOTE_ADDR"], most=MOST_AN_HOUR):
            refusal, status = TOO_OFTEN, 429
        elif not reset_ask(form.cleaned_data["who"]):
            refusal, status = NOT_NOW, 503
        else:
            return redirect("accounts:password_reset_sent")
    return render(request, "accounts/password_reset.html", {"form": form, "refusal": refusal}, status=status)


def password_reset_sent(request):
    """What happens now, and what to do where no mail comes."""
    return render(request, "accounts/password_reset_sent.html")


class NewPasswordView(PasswordResetConfirmView):
    """Sets a new password. The link's token goes into the session first, so that no address holds it any longer."""

    template_name = "accounts/password_new.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:sign_in")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user is not None and user.is_active else None

    def form_valid(self, form):
        password_change(
            user=form.user,
            password=form.cleaned_data["new_password1"],
            by_mail=True,
            source_ip=self.request.META["REMOTE_ADDR"],
        )
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, "新密码已设好，原来的登录都已结束。请用新密码登录。")
        return HttpResponseRedirect(self.get_success_url())
