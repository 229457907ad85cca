"""What may be added to a lock, against the second reading of the rules: never more than that grants, and from nobody else."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.models import Claim, EnterpriseYear, State
from review.supplements import rooms_of
from tests.factories import NOW, make_firm, make_period, make_user
from tests.measures.oracle import ROUTES, oracle
from tests.measures.oracle_amounts import fen
from tests.measures.oracle_cases import cases
from tests.review.recovery.second_reading import harm_of, locked_at
from tests.support.search import TIMES

FEN = Decimal("0.01")


def with_locks(case, shares):
    """The case with its claims locked by shares of what the second reading grants them, so that many may be given more."""
    found = oracle(case)["claims"]
    for claim, result, share in zip(case["claims"], found, shares, strict=False):
        if claim["item"] not in ROUTES and share is not None:
            claim["locked_cny"] = str((Decimal(result["payable_cny"]) * share / 4).quantize(FEN))
    return case


def stored(world, case, result):
    """The year as it lies in the database once it is settled: its money claims, in the order of filing."""
    firm, period, clerk = world
    EnterpriseYear.objects.create(
        enterprise=firm, year=2025, limit_cny=result["limit_cny"], total_cny=result["total_cny"]
    )
    rows = []
    for number, (given_claim, found) in enumerate(zip(case["claims"], result["claims"], strict=True)):
        if given_claim["item"] in ROUTES:
            continue
        locked = lock_of(given_claim)
        filed = NOW + timedelta(minutes=number)
        rows.append(
            Claim(
                number=f"{number}", subject=f"{number}", item=given_claim["item"], enterprise=firm, year=2025,
                period=period, created_by=clerk, created_at=filed, first_submitted_at=filed, submitted_at=filed,
                city="2301", payer="province", waiting_on=NOW.date(), state_since=filed,
                state=State.COMMERCE_REVIEW if locked is None else State.PAID if locked else State.APPROVED,
                eligibility=found["status"], ceiling_cny=found["ceiling_cny"],
                locked_cny=locked, locked_at=None if locked is None else filed, paid_cny=locked or 0,
                **{name: found[name] for name in ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")},
            )
        )  # fmt: skip
    Claim.objects.bulk_create(rows)
    return list(Claim.objects.order_by("first_submitted_at"))


def harm(case, before, number, lock):
    """What speaks against a lock of so many yuan."""
    raised = locked_at(case, number, lock)
    return harm_of(before, oracle(raised), [lock_of(claim) for claim in raised["claims"]], number)


def granted_anew(case, number):
    """What the claim would be granted if nothing of it were locked, in yuan.

    That says nothing once another policy has supported something: a lock takes from a shared cap first, and what overlap
    takes away from a claim depends on how much of the cap it is left.
    """
    if any(fen(claim.get("other_support_cny", 0)) for claim in case["claims"]):
        return Decimal("Infinity")
    return Decimal(oracle(locked_at(case, number, None))["claims"][number]["payable_cny"])


def lock_of(claim):
    """A claim's lock in yuan, or None; support items have none that counts."""
    locked = claim.get("locked_cny")
    return None if locked is None or claim["item"] in ROUTES else Decimal(fen(locked)) / 100


@pytest.fixture
def world(db):
    firm = make_firm()
    return firm, make_period(), make_user("clerk")


def search(world, **profile):
    """Draws years, some of their claims locked below what they come to, and asks what each lock may be given."""
    given_more = []

    @settings(**profile)
    @given(cases(), st.lists(st.sampled_from([None, 0, 1, 2, 3, 4]), min_size=6, max_size=6))
    def adds(case, shares):
        case = with_locks(case, shares)
        before = oracle(case)
        with transaction.atomic():
            claims = stored(world, case, before)
            rooms = rooms_of([claim for claim in claims if claim.locked_cny is not None])
            transaction.set_rollback(True)
        for claim in claims:
            if claim.locked_cny is None:
                continue
            number, most = int(claim.number), rooms[claim.pk].most
            given_more.append(most > 0)
            if most:
                assert not harm(case, before, number, claim.locked_cny + most)
                assert claim.locked_cny + most <= granted_anew(case, number)
            assert harm(case, before, number, claim.locked_cny + most + FEN), "nothing is withheld"

    adds()
    assert sum(given_more) > 20


def test_what_may_be_added_is_exactly_what_the_second_reading_leaves(world):
    search(world)


@pytest.mark.slow
def test_what_may_be_added_is_exactly_that_in_many_more_years(world):
    search(world, max_examples=500 * TIMES)
