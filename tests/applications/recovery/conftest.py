"""A firm that was paid 600,000.00 yuan."""

from copy import deepcopy

import pytest

from tests.recovery_world import world_make


@pytest.fixture(scope="module")
def world_kept(rows_kept):
    return world_make()


@pytest.fixture
def world(world_kept, db):
    """What :func:`world_kept` made, to be used up."""
    return deepcopy(world_kept)
