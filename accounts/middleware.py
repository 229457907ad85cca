"""What every request of somebody who is signed in needs."""

from django.contrib.auth import BACKEND_SESSION_KEY, SESSION_KEY, logout
from django.shortcuts import redirect

from accounts.pending import pending_begin, step_of
from accounts.second_factor import factor_is_missing
from accounts.sign_ins import sign_in_seen
from accounts.views.frame import form_only


class SecondFactorMiddleware:
    """The one place that keeps officers out who have given no more than the password, whatever the address.

    Signing in leaves nobody in such a session. Where one comes about all the same, because its person was given a post
    meanwhile or the second factor is required from now on, it ends here, and the person is asked for what is missing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if SESSION_KEY in request.session and factor_is_missing(request.user):
            return self._ask(request)
        return self.get_response(request)

    def _ask(self, request):
        user, backend = request.user, request.session[BACKEND_SESSION_KEY]
        after = request.get_full_path() if request.method == "GET" else ""
        logout(request)
        pending_begin(request, user, backend=backend, after=after)
        return redirect(step_of(user))


class SignedInMiddleware:
    """Notes now and then that a person is still there, and lets no browser keep pages that were made for one.

    `no-store` makes the back button ask us again: after signing out it leads to the sign-in page, before that browsers
    fill the fields with what was typed as usual.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        was_signed_in = SESSION_KEY in request.session
        if was_signed_in:
            sign_in_seen(request)
        response = self.get_response(request)
        if was_signed_in or SESSION_KEY in request.session:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class FormAddressMiddleware:
    """Gives a page to the address of a form that is opened as if it were one: by the address bar, from a list of what was
    visited, or by a link that is relative to it. Without it the browser shows nothing at all.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        opened = request.method in ("GET", "HEAD") and "HX-Request" not in request.headers
        if response.status_code != 405 or not opened or response.content:
            return response
        page = form_only(request)
        page["Allow"] = response["Allow"]
        return page
