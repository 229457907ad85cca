"""What may be spent, and by whom: appropriations, what is left of them, and two who spend at once."""

from datetime import date

import pytest
from django.db import connection, transaction

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import Claim, Event
from review.appropriations import appropriation_add
from review.budget import Budget, Key, budget_left, budget_lock, budgets, totals
from review.models import Appropriation
from tests.factories import NOW, make_appropriation, make_period, make_user
from tests.review.budget_world import FIVE, locked_claim, money
from tests.support.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def finance():
    """A finance officer of the province."""
    return make_user("finance", role=Role.FINANCE)


def enter(actor, amount, *, measure=5, payer="province", **fields):
    """An appropriation by its service; all are further sums of one document."""
    values = {"document": "黑财指〔2026〕1号", "document_on": date(2026, 1, 5), "again": True, "at": NOW}
    return appropriation_add(
        measure=measure, year=2025, payer=payer, amount=money(amount), actor=actor, **{**values, **fields}
    )


def test_a_note_that_is_too_long_is_refused_and_never_cut(finance):
    with pytest.raises(Refused, match="说明最多 300 个字，现在有 301 个") as refusal:
        enter(finance, "100000", note="长" * 301)
    assert (refusal.value.field, Appropriation.objects.exists()) == ("note", False)
    assert enter(finance, "100000", note="长" * 300).note == "长" * 300


def test_what_is_left_is_what_is_neither_committed_nor_paid(finance):
    period = make_period()
    locked_claim("100000", locked="70000", committed="20000", paid="10000.01", period=period)
    locked_claim("50000", locked="35000", period=period)
    enter(finance, "100000")
    enter(finance, "5000.50")
    budget = budgets([FIVE])[FIVE]
    assert budget == Budget(
        appropriated=money("105000.50"),
        approved=money("105000"),
        committed=money("20000"),
        paid=money("10000.01"),
    )
    assert budget_left([FIVE])[FIVE] == money("75000.49")
    assert (budget.owed, budget.balance, budget.is_short) == (money("74999.99"), money("0.50"), False)


def test_a_key_takes_neither_another_measure_nor_another_payer_nor_another_year(finance):
    period = make_period()
    locked_claim("100000", locked="70000", period=period)
    locked_claim("100000", locked="60000", period=period, payer="2301", item="5.4")
    make_appropriation(5, amount="1")
    make_appropriation(5, payer="2301", amount="2")
    make_appropriation(5, year=2024, amount="4")
    make_appropriation(4, amount="8")
    found = budgets([FIVE, Key(5, 2025, "2301"), Key(5, 2024, "province"), Key(7, 2025, "province")])
    assert [(b.appropriated, b.approved) for b in found.values()] == [(1, 70000), (2, 60000), (4, 0), (0, 0)]
    assert totals(found.values()).appropriated == 7


def test_the_figures_of_any_number_of_keys_cost_two_queries(finance, django_assert_num_queries):
    keys = [
        Key(measure, year, payer)
        for measure in range(1, 8)
        for year in (2024, 2025)
        for payer in ("province", "2301")
    ]
    with django_assert_num_queries(2):
        budgets(keys)
    with django_assert_num_queries(0):
        assert budgets([]) == {}


@pytest.mark.parametrize("number", ["黑财指〔2026〕1号", "黑财指[2026]1号", " 黑财指 （２０２６） 1 号"])
def test_one_document_gives_a_measure_money_once(finance, number):
    enter(finance, "100000", again=False)
    with pytest.raises(Refused, match=r"已经给这条措施增加 100,000\.00 元") as refused:
        enter(finance, "50000", document=number, again=False)
    assert refused.value.field == "again"
    enter(finance, "50000", document="黑财指〔2026〕2号", again=False)
    enter(finance, "50000", measure=7, again=False)
    assert Appropriation.objects.count() == 3


def test_a_further_sum_of_the_same_document_is_entered_where_somebody_says_so(finance):
    enter(finance, "100000", again=False)
    enter(finance, "50000", again=True)
    assert budget_left([FIVE])[FIVE] == 150000


def test_what_was_entered_wrongly_and_taken_back_can_be_entered_again(finance):
    enter(finance, "10000", again=False)
    enter(finance, "-10000", again=False)
    enter(finance, "100000", again=False)
    with pytest.raises(Refused, match="已经给这条措施增加"):
        enter(finance, "1", again=False)


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_one_document_at_once_enter_it_once(finance):
    other = make_user("finance2", role=Role.FINANCE)
    done = together(
        lambda: enter(finance, "100000", again=False), lambda: enter(other, "100000", again=False)
    )
    assert sum(isinstance(each, Refused) for each in done) == 1
    assert Appropriation.objects.count() == 1


def test_an_appropriation_is_recorded_with_document_and_what_it_changed(finance):
    enter(finance, "100000", note=" 提前下达 ")
    enter(finance, "-20000", source_ip="10.0.0.1")
    event = Event.objects.filter(kind="budget.appropriated").latest("pk")
    assert (event.topic, event.actor, event.source_ip) == ("budget:2025-province", finance, "10.0.0.1")
    assert event.data == {
        "measure": 5,
        "amount": "-20000",
        "old": "100000.00",
        "new": "80000.00",
        "document": "黑财指〔2026〕1号",
        "document_on": "2026-01-05",
    }
    assert Appropriation.objects.earliest("pk").note == "提前下达"


@pytest.mark.parametrize(
    ("taken", "fits"), [("-69999.99", True), ("-70000.00", True), ("-70000.01", False), ("-100000", False)]
)
def test_no_change_takes_away_what_is_committed_or_paid(finance, taken, fits):
    locked_claim("100000", locked="70000", committed="10000", paid="20000", period=make_period())
    enter(finance, "100000")
    if fits:
        enter(finance, taken)
        return
    with pytest.raises(
        Refused, match=r"100,000\.00 元，其中 30,000\.00 元.*最多可以减少 70,000\.00 元"
    ) as refused:
        enter(finance, taken)
    assert refused.value.field == "amount"


def test_more_money_is_entered_even_where_more_has_been_spent_than_there_was(finance):
    locked_claim("100000", locked="70000", paid="70000", period=make_period())
    enter(finance, "100")
    assert budget_left([FIVE])[FIVE] == money("-69900.00")
    with pytest.raises(Refused, match=r"最多可以减少 0\.00 元"):
        enter(finance, "-0.01")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount": "0"}, "amount"),
        ({"amount": "100000000000.01"}, "amount"),
        ({"document": "  "}, "document"),
        ({"document": "字" * 81}, "document"),
        ({"document_on": date(2026, 3, 3)}, "document_on"),
        ({"measure": 8}, "measure"),
        ({"measure": 0}, "measure"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(finance, fields, field):
    with pytest.raises(Refused) as refused:
        enter(finance, fields.pop("amount", "100"), **fields)
    assert refused.value.field == field
    assert not Appropriation.objects.exists()


def test_everybody_enters_the_money_of_the_own_office_alone(finance):
    city = make_user("cityfin", role=Role.CITY_FINANCE, city="2301")
    enter(city, "100", payer="2301")
    for actor, payer in (
        (city, "province"),
        (city, "2311"),
        (finance, "2301"),
        (make_user("nobody"), "province"),
    ):
        with pytest.raises(NotAllowed):
            enter(actor, "100", payer=payer)


def test_a_city_gets_money_for_the_items_that_cities_bear_alone():
    city = make_user("cityfin", role=Role.CITY_FINANCE, city="2301")
    with pytest.raises(Refused, match="只承担措施 3、5") as refused:
        enter(city, "100", measure=4, payer="2301")
    assert refused.value.field == "measure"


@pytest.mark.django_db(transaction=True)
def test_two_who_spend_at_once_do_not_both_take_the_last_fen(finance):
    make_appropriation(5, amount="100")
    taken = []

    def spend(claim):
        def run():
            with transaction.atomic():
                # Two keys, named in opposite orders: whoever sorts does not wait in a circle.
                keys = [FIVE, Key(4, 2025, "province")]
                budget_lock(keys if claim.pk % 2 else keys[::-1])
                if budget_left([FIVE])[FIVE] >= 100:
                    with connection.cursor() as cursor:
                        cursor.execute("SELECT pg_sleep(0.2)")
                    Claim.objects.filter(pk=claim.pk).update(committed_cny=100)
                    taken.append(claim.pk)

        return run

    period = make_period()
    claims = [locked_claim("1000", locked="700", period=period) for _ in range(2)]
    together(*(spend(claim) for claim in claims))
    assert len(taken) == 1
    assert budget_left([FIVE])[FIVE] == 0
