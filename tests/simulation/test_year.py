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
#: The province in full, unless somebody is in a hurry.
FIRMS = int(os.environ.get("SIMULATED_FIRMS", "2000"))
CLAIMS_EACH = 5
#: What a year that proves something has seen, each at least once.
SEEN = (
    "corrected", "withdrawn", "verified", "reject", "confirm", "flag answered", "figures corrected", "notice",
    "objection upheld", "objection dismissed", "shortage shared", "batch withdrawn", "paid", "failed", "returned",
    "account given", "account confirmed", "offset", "receipt", "supplement",
)  # fmt: skip


def year_played(firms, claims_each, *, start=NOW, looked=None, **how):
    """Plays a year; returns how often what happened."""
    rng = random.Random(SEED)
    play = Play(province_make(firms, rng, start), rng, claims_each=claims_each, start=start, **how)
    return play.run(looked)


def test_the_year_of_a_hundred_firms_ends_with_every_sum_agreeing():
    happened = year_played(firms=100, claims_each=2, settle=settle_until_quiet)
    assert not [what for what in SEEN if not happened[what]], happened
    promises_hold()


def march_ahead():
    """The first Monday of next March: ahead of the clock by which worker and beat run, and the same days in every year."""
    march = timezone.localtime().replace(year=timezone.localdate().year + 1, month=3, day=1, hour=8)
    return march + timedelta(days=-march.weekday() % 7)


def claims_as_they_stand():
    """Where every claim stands and what its money is, a line for each, without the times at which it came to be."""
    rows = Claim.objects.values_list(
        "number",
        "state",
        "eligibility",
        "payable_cny",
        "locked_cny",
        "committed_cny",
        "paid_cny",
        "demanded_cny",
    )
    return {" ".join(map(str, row)) for row in rows}


def sums_of_money():
    """What the ledger says of each claim, and every batch.

    What settlements have written is one sum: whether a claim was cut first and then released, or released before anybody
    looked at it, hangs on when a worker came by.
    """
    settled, money = BALANCES["payable_cny"], Counter()
    for number, kind, amount in LedgerEntry.objects.values_list("claim__number", "kind", "amount_cny"):
        money[number, "payable" if kind in settled else kind] += amount
    batches = PayoutBatch.objects.order_by("number").values_list(
        "number", "standing", "total_cny", "line_count"
    )
    return {each: amount for each, amount in money.items() if amount}, list(batches)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_year_of_a_province_ends_with_every_sum_agreeing_even_where_everything_is_killed_at_random(
    own_broker,
):
    """First quietly, then while web server, worker and broker die; committed step by step, as in earnest."""
    play, looks = {"firms": FIRMS, "claims_each": CLAIMS_EACH, "start": march_ahead()}, []
    happened = year_played(
        **play, settle=settle_until_quiet, looked=lambda: looks.append(claims_as_they_stand())
    )
    assert happened["filed"] == CLAIMS_EACH * FIRMS
    assert not [what for what in SEEN if not happened[what]], happened
    promises_hold()
    sums, quiet = sums_of_money(), iter(looks)
    call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
    # What the quiet year has sent, and nobody has taken, is not about this one.
    app.control.purge()

    def compared():
        now, then = claims_as_they_stand(), next(quiet)
        assert not now ^ then, sorted(now ^ then)[:40]

    with Crowd(own_broker, random.Random(SEED + 1)) as crowd:
        assert year_played(**play, settle=crowd.settle, decide=crowd.decide, looked=compared) == happened
    assert sums_of_money() == sums
    promises_hold()
    assert all(crowd.times_killed().values()), crowd.killed
