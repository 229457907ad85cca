"""A firm that was paid 600,000.00 yuan."""

import pytest

from tests.recovery_world import world_make


@pytest.fixture
def world():
    return world_make()
