"""Sign-in, sign-out, and the page for a form whose protection has run out."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import SignInForm
from accounts.models import SignIn
from accounts.pending import pending_begin, step_of
from accounts.second_factor import factor_is_asked
from accounts.sign_ins import KEPT, new_device_tell

#: Of the cookie by which a browser shows whose sign-in it has seen; only the pages of signing in get it.
KNOWN = "known"
#: People whom one browser remembers, the latest.
MOST_KNOWN = 20


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

    def form_valid(self, form):
        """Who needs a second factor is signed in to nothing yet, and asked for it on the next page."""
        user = form.get_user()
        if factor_is_asked(user):
            pending_begin(self.request, user, backend=user.backend, after=self.get_redirect_url())
            return redirect(step_of(user))
        return browser_known(self.request, super().form_valid(form))


def browser_known(request, response):
    """A browser in which this person has not been yet is told of by mail, and known from then on. Returns the response."""
    cookie = request.get_signed_cookie(KNOWN, default="", salt=KNOWN, max_age=KEPT)
    person, known = str(request.user.pk), cookie.split(".")
    if person not in known:
        new_device_tell(SignIn.objects.get(session_key=request.session.session_key))
    response.set_signed_cookie(
        KNOWN,
        ".".join([person, *(each for each in known if each != person)][:MOST_KNOWN]),
        salt=KNOWN,
        max_age=KEPT,
        path=reverse("accounts:sign_in"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


class SignOutView(LogoutView):
    """Signs out, by POST alone."""

    def post(self, request, *args, **kwargs):
        answer = super().post(request, *args, **kwargs)
        messages.success(request, "您已退出。")
        return answer


def csrf_failure(request, reason=""):
    """A form was sent without a valid token, mostly because the session had ended: say what to do."""
    return render(request, "accounts/csrf_failure.html", status=403)
