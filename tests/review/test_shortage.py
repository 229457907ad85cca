"""Too little money: the decision how it is shared, what each claim may be paid by it, and when it ends."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.models import Claim, Event, LedgerEntry, LedgerKind
from review.budget import Key, budget_left
from review.models import ShortageDecision, ShortageShare
from review.shortage import payable_now, shortage_decide, shortage_simulate, standings
from tests.factories import NOW, make_appropriation, make_period, make_user
from tests.review.budget_world import FIVE, locked_claim, locked_claims, money
from tests.support.threads import together

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def finance():
    """A finance officer of the province."""
    return make_user("finance", role=Role.FINANCE)


@pytest.fixture
def period():
    """The period that all claims are filed in."""
    return make_period()


def decide(actor, method="in_order", *, key=FIVE, at=LATER, **fields):
    """A decision on the figures as they are."""
    values = {"reason": "示例专题会议纪要", "token": shortage_simulate(key).token}
    return shortage_decide(key=key, method=method, actor=actor, at=at, **{**values, **fields})


def now(*claims):
    """What each may be paid, in the order given."""
    for claim in claims:
        claim.refresh_from_db()
    found = payable_now(claims)
    return [found[claim.pk] for claim in claims]


def pays(claim, *, committed="0", paid="0"):
    """The claim with what a batch and the bank have made of it."""
    Claim.objects.filter(pk=claim.pk).update(committed_cny=money(committed), paid_cny=money(paid))


def test_while_the_money_suffices_everything_that_is_owed_is_payable(period):
    claims = locked_claims(period, "100", "50")
    pays(claims[0], paid="30")
    make_appropriation(5, amount="150")
    assert now(*claims) == [70, 50]
    assert not standings([FIVE])[FIVE].budget.is_short


def test_a_fen_less_than_is_locked_is_a_shortage_in_which_nothing_is_paid_without_a_decision(period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="149.99")
    assert now(*claims) == [0, 0]
    assert standings([FIVE])[FIVE].unshared == money("149.99")


@pytest.mark.parametrize(
    ("method", "shares"),
    [("in_order", [100, 20, 0]), ("proportional", [money("65.45"), money("32.73"), money("21.82")])],
)
def test_a_decision_says_what_each_may_be_paid(finance, period, method, shares):
    claims = locked_claims(period, "100", "50", "33.33")
    make_appropriation(5, amount="120")
    simulated = shortage_simulate(FIVE)
    decision = decide(finance, method)
    assert (decision.number, decision.available_cny, decision.owed_cny) == (
        "FP2025-5-001",
        120,
        money("183.33"),
    )
    assert now(*claims) == [simulated.shares(method)[claim.pk] for claim in claims]
    assert now(*claims) == shares
    assert sum(now(*claims)) == 120
    standing = standings([FIVE])[FIVE]
    assert (standing.in_force, standing.unshared, standing.promised) == (True, 0, 120)


def test_the_decision_stands_in_the_record_and_in_the_ledger(finance, period):
    claims = locked_claims(period, "100", "50", "30")
    make_appropriation(5, amount="120")
    decision = decide(finance, source_ip="10.0.0.1")
    event = Event.objects.get(kind="budget.shortage_decided")
    assert (event.topic, event.actor, event.source_ip) == ("shortage:FP2025-5-001", finance, "10.0.0.1")
    assert (event.data["available"], event.data["owed"]) == ("120.00", "180.00")
    entries = LedgerEntry.objects.filter(kind=LedgerKind.SHORTAGE).values_list("claim", "amount_cny", "topic")
    topic = "shortage:FP2025-5-001"
    assert list(entries) == [(claims[1].pk, -30, topic), (claims[2].pk, -30, topic)]
    assert list(decision.shares.values_list("claim", "owed_cny", "share_cny", "drawn_cny")) == [
        (claims[0].pk, 100, 100, 0),
        (claims[1].pk, 50, 20, 0),
        (claims[2].pk, 30, 0, 0),
    ]


def test_what_has_been_committed_or_paid_is_not_shared_again(finance, period):
    claims = locked_claims(period, "100", "50")
    pays(claims[0], committed="40", paid="20")
    make_appropriation(5, amount="100")
    assert (shortage_simulate(FIVE).available, shortage_simulate(FIVE).owed) == (40, 90)
    decide(finance)
    assert now(*claims) == [40, 0]
    pays(claims[0], committed="0", paid="100")
    assert now(*claims) == [0, 0]
    assert budget_left([FIVE])[FIVE] == 0


def test_a_payment_that_comes_back_restores_the_share(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    decide(finance)
    pays(claims[0], paid="100")
    pays(claims[1], committed="20")
    assert now(*claims) == [0, 0]
    pays(claims[0], paid="0")
    pays(claims[1])
    assert now(*claims) == [100, 20]
    pays(claims[0], paid="60")
    assert now(*claims) == [40, 20]


def test_a_claim_approved_later_waits_for_another_decision(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    decide(finance)
    late = locked_claim("500000", locked="10", period=period, at=LATER + timedelta(minutes=1))
    assert now(*claims, late) == [100, 20, 0]
    decide(finance, "proportional", at=LATER + timedelta(days=1))
    assert now(*claims, late) == [75, money("37.5"), money("7.5")]


def test_a_lock_that_was_lifted_and_set_anew_waits_like_a_new_one(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    decide(finance)
    Claim.objects.filter(pk=claims[0].pk).update(locked_at=LATER + timedelta(minutes=1))
    assert now(*claims) == [0, 20]
    assert standings([FIVE])[FIVE].unshared == 100


def test_a_lock_that_falls_lowers_what_it_may_be_paid(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="75")
    decide(finance, "proportional")
    assert now(*claims) == [50, 25]
    Claim.objects.filter(pk=claims[0].pk).update(locked_cny=money("26"))
    assert now(*claims) == [26, 25]


def test_everything_is_payable_again_once_the_appropriation_covers_it(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    decide(finance)
    make_appropriation(5, amount="29.99")
    assert now(*claims) == [100, 20]
    assert standings([FIVE])[FIVE].unshared == money("29.99")
    make_appropriation(5, amount="0.01")
    assert now(*claims) == [100, 50]


def test_money_that_was_promised_and_taken_away_again_needs_another_decision(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    decide(finance)
    make_appropriation(5, amount="-0.01")
    assert now(*claims) == [0, 0]
    assert standings([FIVE])[FIVE].unshared == money("119.99")


def test_a_shortage_touches_neither_other_measures_nor_other_payers(finance, period):
    [short] = locked_claims(period, "100")
    city = locked_claim("500000", locked="80", period=period, payer="2301", item="5.4")
    other = locked_claim("500000", locked="60", period=period, item="7.2")
    make_appropriation(5, amount="30")
    make_appropriation(5, payer="2301", amount="80")
    make_appropriation(7, amount="60")
    decide(finance)
    assert now(short, city, other) == [30, 80, 60]


def test_who_was_withheld_something_and_is_paid_in_full_now_has_an_entry_of_nothing(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    decide(finance)
    pays(claims[0], paid="100")
    late = locked_claim("500000", locked="100", period=period, at=LATER + timedelta(minutes=1))
    make_appropriation(5, amount="30")
    decide(finance, at=LATER + timedelta(days=1))
    entries = LedgerEntry.objects.filter(topic="shortage:FP2025-5-002").values_list("claim", "amount_cny")
    assert list(entries) == [(claims[1].pk, 0), (late.pk, -100)]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"reason": "字" * 501}, "reason"),
        ({"method": "lottery"}, "method"),
        ({"method": ""}, "method"),
    ],
)
def test_a_decision_needs_a_method_and_a_reason(finance, period, fields, field):
    locked_claims(period, "100")
    make_appropriation(5, amount="30")
    with pytest.raises(Refused) as refused:
        decide(finance, **fields)
    assert refused.value.field == field


def test_there_is_nothing_to_decide_without_a_shortage_or_without_money(finance, period):
    locked_claims(period, "100")
    with pytest.raises(Refused, match="没有可以分配的预算"):
        decide(finance)
    make_appropriation(5, amount="100")
    with pytest.raises(Refused, match="预算足够"):
        decide(finance)
    assert not ShortageShare.objects.exists()


def test_the_payers_own_finance_decides(finance, period):
    locked_claims(period, "100")
    make_appropriation(5, amount="30")
    for stranger in (
        make_user("commerce", role=Role.COMMERCE),
        make_user("cityfin", role=Role.CITY_FINANCE, city="2301"),
        make_user("auditor", role=Role.AUDITOR),
    ):
        with pytest.raises(NotAllowed, match="省财政厅"):
            decide(stranger)
    with pytest.raises(NotAllowed, match="哈尔滨"):
        decide(finance, key=Key(5, 2025, "2301"))


def test_figures_that_have_moved_since_are_shown_again_before_anything_is_decided(finance, period):
    claims = locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    token = shortage_simulate(FIVE).token
    assert shortage_simulate(FIVE).token == token
    pays(claims[0], committed="0.01")
    with pytest.raises(Stale, match="没有执行"):
        decide(finance, token=token)
    token = shortage_simulate(FIVE).token
    make_appropriation(5, amount="1")
    with pytest.raises(Stale):
        decide(finance, token=token)
    assert not ShortageDecision.objects.exists()


def test_who_comes_second_reads_who_has_decided_what(finance, period):
    locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    token = shortage_simulate(FIVE).token
    decide(finance, "in_order", token=token)
    with pytest.raises(Stale, match=f"{finance.name}已决定分配 FP2025-5-001（按锁定先后），您的决定没有执行"):
        decide(finance, token=token)
    decide(finance, token=shortage_simulate(FIVE).token)


def test_what_may_be_paid_costs_a_fixed_number_of_queries(finance, period, django_assert_max_num_queries):
    claims = locked_claims(period, *["100"] * 6)
    make_appropriation(5, amount="500")
    decide(finance)
    claims += locked_claims(period, *["100"] * 3)
    with django_assert_max_num_queries(5):
        payable_now(claims)
    assert sum(now(*claims)) == 500


def test_a_decision_over_many_claims_costs_a_fixed_number_of_queries(
    finance, period, django_assert_max_num_queries
):
    locked_claims(period, *["100"] * 8)
    make_appropriation(5, amount="500")
    token = shortage_simulate(FIVE).token
    with django_assert_max_num_queries(30):
        decide(finance, token=token)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides_and_the_other_is_told():
    finance = make_user("finance", role=Role.FINANCE)
    locked_claims(make_period(), "100", "50")
    make_appropriation(5, amount="120")
    token = shortage_simulate(FIVE).token
    results = together(
        *(lambda way=way: decide(finance, way, token=token) for way in ("in_order", "proportional"))
    )
    assert sorted(type(result).__name__ for result in results) == ["ShortageDecision", "Stale"]
    assert ShortageDecision.objects.count() == 1
