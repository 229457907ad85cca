"""Sign-in, sign-out, and the page for a form whose protection has run out."""

from django.shortcuts import render


def csrf_failure(request, reason=""):
    """A form was sent without a valid token, mostly because the session had ended: say what to do."""
    return render(request, "accounts/csrf_failure.html", status=403)
