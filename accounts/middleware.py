"""What every request of somebody who is signed in needs."""

from django.contrib.auth import SESSION_KEY

from accounts.sign_ins import sign_in_seen


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
