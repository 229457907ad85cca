"""Who may open a page of the console: officers with one of the posts that the page is for."""

from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import resolve_url

from accounts.roles import Role

#: Posts that decide about claims.
DECIDERS = (Role.COMMERCE, Role.CITY_COMMERCE, Role.FINANCE, Role.CITY_FINANCE)
#: Posts that read claims.
READERS = (*DECIDERS, Role.AUDITOR)


def office_page(*roles):
    """Lets in who holds one of the roles today; others sign in first, or are told that the page is not theirs."""

    def decorate(view):
        @wraps(view)
        def guarded(request, *args, **kwargs):
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), resolve_url("accounts:sign_in"))
            if not (request.user.is_active and request.user.has_post(*roles)):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate
