"""A full year of a sample province, played through the services of the product."""

import random

import pytest

from tests.simulation.play import Play
from tests.simulation.province import province_make
from tests.support.machine import settle_until_quiet

pytestmark = pytest.mark.django_db

SEED = 20220302


def test_the_year_of_a_hundred_firms_ends_with_every_sum_agreeing():
    rng = random.Random(SEED)
    world = province_make(30, rng)
    play = Play(world, rng, claims_each=5, settle=settle_until_quiet)
    happened = play.run()
    assert happened["paid"]
