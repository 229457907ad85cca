"""Random people do random things to a few claims, and after every step the promises of the product hold.

The machine knows nothing of how the services work: it calls them as pages do, and looks at what the database says.
"""

import pytest

from tests.applications.life.firms import Firms
from tests.applications.life.money import Money
from tests.applications.life.offices import Offices
from tests.applications.life.promises import Promises
from tests.applications.life.surroundings import Surroundings
from tests.applications.life.world import world_make
from tests.support.machine import play


class LifeMachine(Firms, Offices, Money, Surroundings, Promises):
    """Everybody around a few claims."""


@pytest.fixture
def world(db):
    return world_make()


def test_whatever_people_do_the_promises_hold(world):
    play(LifeMachine, world, games=7, steps=36)


@pytest.mark.slow
def test_whatever_people_do_for_long_the_promises_hold(world):
    play(LifeMachine, world, games=50, steps=80, shrinking=True)
