"""Who may open the pages of an enterprise."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect

from applications.membership import is_owner
from applications.visibility import firm_of


def firm_required(view):
    """For people who act for an enterprise: others sign in or sign up first, and officers find nothing here."""

    @login_required
    @wraps(view)
    def checked(request, *args, **kwargs):
        if firm_of(request.user) is not None:
            return view(request, *args, **kwargs)
        if request.user.is_officer:
            raise Http404("no enterprise")
        return redirect("portal:sign_up")

    return checked


def owner_only(user, firm):
    """Pages that only the owner can use do not exist for clerks: raises Http404."""
    if not is_owner(user, firm):
        raise Http404("not the owner")
