"""The frame around the pages of a person's own account, and around the page that is not there."""

from django.shortcuts import render
from django.urls import Resolver404, resolve

CONSOLE, PORTAL = "console_base.html", "portal_base.html"
_CONSOLE_PATH, _SHARED_PATH = "/console/", "/accounts/"


def frame_of(user):
    """Officers stay in the console, everybody else in the portal."""
    return CONSOLE if user.is_authenticated and user.is_officer else PORTAL


def _framed(request):
    """The frame of the side that one is on, so that the way back is at hand, and the home of that side."""
    in_console = request.path.startswith((_CONSOLE_PATH, _SHARED_PATH))
    frame = frame_of(request.user) if in_console else PORTAL
    return {"frame": frame, "home": _CONSOLE_PATH if frame == CONSOLE else "/"}


def not_found(request, exception):
    """Says that there is no such page."""
    return render(request, "accounts/not_found.html", _framed(request), status=404)


def form_only(request):
    """Says that this address takes nothing but what a form sends, and leads to the page above it, where the form is."""
    context = {**_framed(request), "back": _page_above(request)}
    return render(request, "accounts/form_only.html", context, status=405)


def _page_above(request):
    """The nearest address above this one that there is, with its query; "" where that is only the home page."""
    path = request.path
    while path := path.rstrip("/").rpartition("/")[0]:
        try:
            resolve(f"{path}/")
        except Resolver404:
            continue
        query = request.META.get("QUERY_STRING", "")
        return f"{path}/?{query}" if query else f"{path}/"
    return ""
