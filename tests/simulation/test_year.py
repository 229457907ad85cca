"""A full year of a sample province, played through the services of the product."""

import random

import pytest

from tests.simulation.play import Play
from tests.simulation.promises import promises_hold
from tests.simulation.province import province_make
from tests.support.machine import settle_until_quiet

pytestmark = pytest.mark.django_db

SEED = 20220302
#: What a year that proves something has seen, each at least once.
SEEN = (
    "corrected", "withdrawn", "verified", "reject", "confirm", "flag answered", "figures corrected", "notice",
    "objection upheld", "objection dismissed", "shortage shared", "batch withdrawn", "paid", "failed", "returned",
    "account given", "account confirmed", "offset", "receipt", "supplement",
)  # fmt: skip


def year_played(firms, claims_each):
    """Plays a year; returns how often what happened."""
    rng = random.Random(SEED)
    play = Play(province_make(firms, rng), rng, claims_each=claims_each, settle=settle_until_quiet)
    return play.run()


def test_the_year_of_a_hundred_firms_ends_with_every_sum_agreeing():
    happened = year_played(firms=100, claims_each=3)
    assert not [what for what in SEEN if not happened[what]], happened
    promises_hold()


@pytest.mark.slow
def test_the_year_of_two_thousand_firms_ends_with_every_sum_agreeing():
    assert year_played(firms=2000, claims_each=5)["filed"] == 10_000
    promises_hold()
