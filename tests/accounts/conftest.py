"""A clock that stands still, and an officer who signs in."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.roles import Role
from tests.factories import make_user

#: The first second of a step of time, at which the clock stands.
START = datetime(2026, 3, 2, 1, 0, 0, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def officer(clock):
    officer = make_user("commerce", role=Role.COMMERCE)
    officer.email = "commerce@office.example"
    officer.save()
    return officer
