"""Officers, and a signed-in browser's stand-in for each of them."""

import pytest
from django.test import Client

from .officers import officers_make


@pytest.fixture
def officers(db):
    return officers_make()


@pytest.fixture
def sign_in():
    """A client signed in as a person."""

    def signed_in(user):
        client = Client()
        client.force_login(user)
        return client

    return signed_in
