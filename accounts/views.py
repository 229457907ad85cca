"""Sign-in, sign-out, the own password, and the page for a form whose protection has run out."""

from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.shortcuts import render
from django.urls import reverse, reverse_lazy

from .forms import OwnPasswordForm, SignInForm


def home_of(user):
    """Where a person begins after signing in: officers in the console, everybody else in the enterprise's year."""
    return "/console/" if user.is_officer else reverse("portal:my_year")


class SignInView(LoginView):
    """Goes back to the page that asked for the sign-in, if it is one of ours; otherwise to where the person begins."""

    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self):
        return home_of(self.request.user)


class SignOutView(LogoutView):
    """Signs out, by POST alone."""

    def post(self, request, *args, **kwargs):
        answer = super().post(request, *args, **kwargs)
        messages.success(request, "您已退出。")
        return answer


class OwnPasswordView(PasswordChangeView):
    """Changes the password of whoever is signed in; other sessions of the person end."""

    template_name = "accounts/password.html"
    form_class = OwnPasswordForm
    success_url = reverse_lazy("accounts:password")

    def form_valid(self, form):
        messages.success(self.request, "密码已更改。下次登录请用新密码，其他设备上的登录已经结束。")
        return super().form_valid(form)


def csrf_failure(request, reason=""):
    """A form was sent without a valid token, mostly because the session had ended: say what to do."""
    return render(request, "accounts/csrf_failure.html", status=403)
