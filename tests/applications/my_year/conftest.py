"""Officers who move claims on."""

import pytest

from accounts.roles import Role
from tests.factories import make_user


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE)


@pytest.fixture
def finance():
    return make_user("finance", role=Role.FINANCE)
