"""No address of the product, whichever it is, opens for an officer who has given no more than the password."""

import pytest
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.urls import reverse
from django.urls.converters import IntConverter

from accounts.roles import Role
from tests.factories import make_user
from tests.support.factor import app_for
from tests.test_permissions import addresses

pytestmark = pytest.mark.django_db

#: What an address takes that takes no other text.
ENDING = {"kind": "xlsx"}
CODE, SET = "/accounts/sign-in/code/", "/accounts/second-factor/set/"


def every_address():
    """Each named address, about something that need not be there: who is not let in is not told so."""
    for name, pattern in addresses():
        converters = pattern.pattern.converters
        keys = converters or pattern.pattern.regex.groupindex
        numbers = {key for key in converters if isinstance(converters[key], IntConverter)}
        given = {key: 1 if key in numbers else ENDING.get(key, "applications") for key in keys}
        yield name, reverse(name, kwargs=given)


def session_of(user):
    """A browser with a session that began with the password alone, however that came about."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    client = Client()
    client.cookies["sessionid"] = session.session_key
    return client


@pytest.mark.parametrize(
    ("role", "has_app", "required", "leads_to"),
    [(Role.COMMERCE, True, False, CODE), (Role.ADMINISTRATOR, False, True, SET)],
)
def test_every_address_leads_to_what_is_missing(settings, role, has_app, required, leads_to):
    settings.SECOND_FACTOR_REQUIRED = required
    officer = make_user("officer", role=role)
    if has_app:
        app_for(officer)
    walked, open_to_them = 0, {}
    for name, address in every_address():
        for method in ("get", "post"):
            answer = getattr(session_of(officer), method)(address)
            walked += 1
            if (answer.status_code, answer.get("Location")) != (302, leads_to):
                open_to_them[name, method] = answer.status_code
    assert open_to_them == {}
    assert walked > 400


def test_an_address_that_does_not_exist_leads_there_too():
    officer = make_user("officer", role=Role.COMMERCE)
    app_for(officer)
    for address in ("/console/nothing/", "/api/v2/", "/nothing"):
        assert session_of(officer).get(address).url == CODE
