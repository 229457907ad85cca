"""The people and things of most tests of the enterprise's side; a module that needs others names its own."""

import pytest
from django.utils import timezone

from applications.models import Membership
from tests.factories import make_firm, make_period, make_user, owner_of


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def owner(firm):
    return owner_of(firm)


@pytest.fixture
def colleague(firm):
    user = make_user("colleague")
    Membership.objects.create(user=user, enterprise=firm, role=Membership.Role.CLERK, since=timezone.now())
    return user


@pytest.fixture
def period():
    return make_period()


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner)
    return client
