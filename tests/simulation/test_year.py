"""A full year of a sample province, played through the services of the product."""

import os
import random

import pytest
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from applications.models import Claim, LedgerEntry
from review.models import PayoutBatch
from tests.factories import NOW
from tests.simulation.killing import Crowd
from tests.simulation.play import Play
from tests.simulation.promises import promises_hold
from tests.simulation.province import province_make
from tests.support.machine import settle_until_quiet

pytestmark = pytest.mark.django_db

SEED = 20220302
KILLED_FIRMS = int(os.environ.get("KILLED_FIRMS", "20"))
#: What a year that proves something has seen, each at least once.
SEEN = (
    "corrected", "withdrawn", "verified", "reject", "confirm", "flag answered", "figures corrected", "notice",
    "objection upheld", "objection dismissed", "shortage shared", "batch withdrawn", "paid", "failed", "returned",
    "account given", "account confirmed", "offset", "receipt", "supplement",
)  # fmt: skip


def year_played(firms, claims_each, *, start=NOW, **how):
    """Plays a year; returns how often what happened."""
    rng = random.Random(SEED)
    return Play(province_make(firms, rng, start), rng, claims_each=claims_each, start=start, **how).run()


def test_the_year_of_a_hundred_firms_ends_with_every_sum_agreeing():
    happened = year_played(firms=100, claims_each=2, settle=settle_until_quiet)
    assert not [what for what in SEEN if not happened[what]], happened
    promises_hold()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_year_of_a_province_ends_with_every_sum_agreeing():
    """Of 120 firms, committed step by step as in earnest; `SIMULATED_FIRMS=2000` plays a province's 10,000 claims."""
    firms = int(os.environ.get("SIMULATED_FIRMS", "120"))
    happened = year_played(firms=firms, claims_each=5, settle=settle_until_quiet)
    assert happened["filed"] == 5 * firms
    promises_hold()


def state_of_things():
    """Where every claim stands and what every money is, without the times at which it came to be."""
    claims = Claim.objects.order_by("number").values_list(
        "number", "state", "payable_cny", "locked_cny", "paid_cny", "demanded_cny"
    )
    entries = LedgerEntry.objects.values_list("claim__number", "kind").annotate(Sum("amount_cny"))
    batches = PayoutBatch.objects.order_by("number").values_list(
        "number", "standing", "total_cny", "line_count"
    )
    return list(claims), sorted(entries.order_by()), list(batches)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_year_in_which_everything_is_killed_at_random_ends_where_the_quiet_one_does(own_broker):
    play = {"firms": KILLED_FIRMS, "claims_each": 3, "start": timezone.now()}
    with transaction.atomic():
        happened = year_played(**play, settle=settle_until_quiet)
        quiet = state_of_things()
        transaction.set_rollback(True)
    with Crowd(own_broker, random.Random(SEED + 1)) as crowd:
        assert year_played(**play, settle=crowd.settle, decide=crowd.decide) == happened
    assert state_of_things() == quiet
    promises_hold()
    assert all(crowd.killed.values()), crowd.killed
