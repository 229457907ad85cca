"""A full year of a sample province, played through the services of the product."""

import os
import random
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from applications.ledger import BALANCES
from applications.models import Claim, LedgerEntry
from config.celery import app
from review.models import PayoutBatch
from tests.factories import NOW
from tests.simulation.killing import Crowd
from tests.simulation.play import Play
from tests.simulation.promises import promises_hold
from tests.simulation.province import province_make
from tests.support.machine import settle_until_quiet

pytestmark = pytest.mark.django_db

SEED = 20220302
#: The province in full; and as many of it as can be killed over within the time of a run.
FIRMS = int(os.environ.get("SIMULATED_FIRMS", "2000"))
KILLED_FIRMS = int(os.environ.get("KILLED_FIRMS", "60"))
CLAIMS_EACH = 5
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


def march_ahead():
    """The first Monday of next March: ahead of the clock by which worker and beat run, and the same days in every year."""
    march = timezone.localtime().replace(year=timezone.localdate().year + 1, month=3, day=1, hour=8)
    return march + timedelta(days=-march.weekday() % 7)


def state_of_things():
    """Where every claim stands and what every money is, without the times at which it came to be.

    What settlements have written is one sum: whether a claim was cut first and then released, or released before anybody
    looked at it, hangs on when a worker came by.
    """
    claims = Claim.objects.order_by("number").values_list(
        "number", "state", "payable_cny", "locked_cny", "paid_cny", "demanded_cny"
    )
    settled, money = BALANCES["payable_cny"], Counter()
    for number, kind, amount in LedgerEntry.objects.values_list("claim__number", "kind", "amount_cny"):
        money[number, "payable" if kind in settled else kind] += amount
    batches = PayoutBatch.objects.order_by("number").values_list(
        "number", "standing", "total_cny", "line_count"
    )
    return list(claims), {each: amount for each, amount in money.items() if amount}, list(batches)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_year_of_a_province_ends_with_every_sum_agreeing():
    """Committed step by step, as in earnest."""
    happened = year_played(firms=FIRMS, claims_each=CLAIMS_EACH, settle=settle_until_quiet)
    assert happened["filed"] == CLAIMS_EACH * FIRMS
    assert not [what for what in SEEN if not happened[what]], happened
    promises_hold()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_year_in_which_everything_is_killed_at_random_ends_where_the_quiet_one_does(own_broker):
    play = {"firms": KILLED_FIRMS, "claims_each": CLAIMS_EACH, "start": march_ahead()}
    happened = year_played(**play, settle=settle_until_quiet)
    quiet = state_of_things()
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    # What the quiet year has sent, and nobody has taken, is not about this one.
    app.control.purge()
    with Crowd(own_broker, random.Random(SEED + 1)) as crowd:
        assert year_played(**play, settle=crowd.settle, decide=crowd.decide) == happened
    assert state_of_things() == quiet
    promises_hold()
    assert all(crowd.killed.values()), crowd.killed
