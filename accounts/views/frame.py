"""The frame around the pages of a person's own account, and around the page that is not there."""

from django.shortcuts import render

CONSOLE, PORTAL = "console_base.html", "portal_base.html"
_CONSOLE_PATH, _SHARED_PATH = "/console/", "/accounts/"


def frame_of(user):
    """Officers stay in the console, everybody else in the portal."""
    return CONSOLE if user.is_authenticated and user.is_officer else PORTAL


def not_found(request, exception):
    """Says that there is no such page, within the frame of the side that one is on, so that the way back is at hand."""
    in_console = request.path.startswith((_CONSOLE_PATH, _SHARED_PATH))
    frame = frame_of(request.user) if in_console else PORTAL
    context = {"frame": frame, "home": _CONSOLE_PATH if frame == CONSOLE else "/"}
    return render(request, "accounts/not_found.html", context, status=404)
