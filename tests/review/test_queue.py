"""The queue: whose work is where, in which order, what can be looked for, and what a row costs."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Post
from accounts.roles import Role
from applications.lifecycle import transition
from applications.lifecycle.clock import clock_days, clock_go, clock_stop
from applications.models import CityRate, Claim, State
from applications.official import working_calendar
from review.assignments import claim_hand_back, claim_take
from review.keyset import rows_next
from review.queue import (
    CHECK,
    HANDLED,
    OFFICE,
    RETURNED,
    SENT_BACK,
    TAKEN,
    WAITING,
    pieces_in_tab,
    place_in_queue,
    tab_counts,
    tabs_of,
)
from review.waiting import waiting_days_add, waiting_longer_than
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, owner_of, settle_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def period():
    return make_period()


def booth(firm, period, cny="100000", *, name="示例展会", at=NOW):
    return make_claim(firm, "5.1", period, facts={"booth_cny": cny}, particulars=exhibition(name), at=at)


@pytest.fixture
def city_run(period):
    """A claim for a city-run item, which never leaves its city."""
    CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例文件"
    )
    return make_claim(make_firm("示例市级公司"), "5.4", period, facts={"credit_report_cny": "10000"})


def in_tab(user, tab):
    return [claim.number for claim in rows_next(pieces_in_tab(user, tab), tab.orders[0], None, 50)]


def test_each_office_has_its_own_work(officers, period, city_run):
    province = booth(make_firm(), period)
    assert in_tab(officers.commerce, WAITING) == [province.number]
    assert in_tab(officers.city, WAITING) == [city_run.number]
    assert in_tab(officers.heihe, WAITING) == []
    assert in_tab(officers.finance, WAITING) == in_tab(officers.cityfin, WAITING) == []
    transition(claim_id=province.pk, action="approve", actor=officers.commerce)
    transition(claim_id=city_run.pk, action="approve", actor=officers.city)
    assert in_tab(officers.finance, WAITING) == [province.number]
    assert in_tab(officers.cityfin, WAITING) == [city_run.number]
    assert in_tab(officers.commerce, WAITING) == in_tab(officers.city, WAITING) == []


def test_the_citys_first_check_waits_for_that_city_alone(officers):
    claim = booth(make_firm(city="2311"), make_period(city_first_check=True, title="示例批次"))
    assert in_tab(officers.heihe, WAITING) == [claim.number]
    assert in_tab(officers.city, WAITING) == in_tab(officers.commerce, WAITING) == []


def test_the_longest_waiting_comes_first_and_of_one_day_the_largest(officers, period):
    small = booth(make_firm("示例小公司"), period, "1000", at=NOW)
    large = booth(make_firm("示例大公司"), period, "90000", at=NOW + timedelta(hours=3))
    older = booth(make_firm("示例早公司"), period, "10", at=NOW - timedelta(days=1))
    assert in_tab(officers.commerce, WAITING) == [older.number, large.number, small.number]


def test_second_checks_stand_in_a_tab_of_their_own(officers, period):
    claim = booth(make_firm(), period)
    Claim.objects.filter(pk=claim.pk).update(drawn=True)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    assert in_tab(officers.commerce2, CHECK) == [claim.number]
    assert in_tab(officers.commerce2, WAITING) == []
    # Whoever approved it does not check it as well.
    assert in_tab(officers.commerce, CHECK) == []
    assert tab_counts(officers.commerce)[CHECK].number == 0


def test_what_was_returned_waits_for_the_enterprise_in_the_tab_of_its_office(officers, period):
    claim = booth(make_firm(), period)
    transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请改。")
    assert in_tab(officers.commerce2, RETURNED) == [claim.number]
    assert in_tab(officers.city, RETURNED) == in_tab(officers.commerce2, WAITING) == []


def test_only_what_finance_sent_back_stands_among_what_finance_sent_back(officers, period):
    by_finance, by_checker = booth(make_firm(), period), booth(make_firm("示例乙公司"), period)
    Claim.objects.filter(pk=by_checker.pk).update(drawn=True)
    for claim in (by_finance, by_checker):
        transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    transition(claim_id=by_finance.pk, action="send_back", actor=officers.finance, reason="账户不符。")
    transition(claim_id=by_checker.pk, action="send_back", actor=officers.commerce2, reason="再看。")
    assert in_tab(officers.commerce, SENT_BACK) == [by_finance.number]
    assert set(in_tab(officers.commerce, WAITING)) == {by_finance.number, by_checker.number}


def test_taking_puts_a_claim_into_ones_hands_and_handing_back_takes_it_out(officers, period):
    claim = booth(make_firm(), period)
    claim_take(claim_id=claim.pk, actor=officers.commerce)
    assert in_tab(officers.commerce, TAKEN) == [claim.number]
    assert in_tab(officers.commerce2, TAKEN) == []
    claim_take(claim_id=claim.pk, actor=officers.commerce2)
    assert claim.events.get(kind="claim.taken", actor=officers.commerce2).data == {
        "from_officer": officers.commerce.name
    }
    claim_hand_back(claim_id=claim.pk, actor=officers.commerce2)
    assert in_tab(officers.commerce2, TAKEN) == []
    assert claim.events.filter(kind="claim.handed_back").count() == 1


def test_what_one_handled_is_found_again_wherever_it_is_now(officers, period):
    claim = booth(make_firm(), period)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    assert in_tab(officers.commerce, HANDLED) == [claim.number]
    assert in_tab(officers.commerce2, HANDLED) == []


def test_finance_has_no_tabs_of_commerce_and_auditors_have_none(officers):
    assert tabs_of(officers.finance) == (WAITING, TAKEN, OFFICE, HANDLED)
    assert tabs_of(officers.auditor) == ()
    assert tab_counts(officers.auditor) == {}


def test_a_person_with_two_posts_has_the_work_of_both(officers, period, city_run):
    Post.objects.create(user=officers.commerce, role=Role.CITY_COMMERCE, city="2301")
    province = booth(make_firm(), period)
    assert set(in_tab(officers.commerce, WAITING)) == {province.number, city_run.number}


def test_the_place_in_the_queue_names_its_neighbours(officers, period):
    claims = [booth(make_firm(f"示例{n}公司"), period, at=NOW + timedelta(days=n)) for n in range(3)]
    place = place_in_queue(officers.commerce, claims[1])
    assert (place.position, place.words) == (2, "第 2 件，共 3 件")
    assert (place.previous, place.next) == (claims[0].number, claims[2].number)
    assert place_in_queue(officers.finance, claims[1]).position == 0


def test_waiting_is_counted_in_working_days(officers, period):
    claim = booth(make_firm(), period, at=NOW)
    friday, monday, tuesday = (NOW.date() + timedelta(days=n) for n in (4, 7, 8))
    for today, days in ((NOW.date(), 0), (friday, 4), (monday, 5), (tuesday, 6)):
        assert waiting_days_add([claim], today=today)[0].waited == days
    assert waiting_longer_than(5, today=tuesday) == NOW.date()
    assert waiting_longer_than(5, today=monday) < NOW.date()


def test_waiting_goes_on_where_it_stopped_while_the_enterprise_had_the_claim(officers, period):
    corrected = booth(make_firm(), period, at=NOW)
    other = booth(make_firm("示例后到公司"), period, at=NOW + timedelta(days=1))
    steps = (("return", officers.commerce, 4), ("resubmit", owner_of(corrected.enterprise), 14))
    for action, actor, day in steps:
        at = NOW + timedelta(days=day)
        transition(claim_id=corrected.pk, action=action, actor=actor, reason="请补充。", at=at)
    claims = list(rows_next(pieces_in_tab(officers.commerce, WAITING), WAITING.orders[0], None, 50))
    # Monday to Friday, and Monday to Thursday of the third week; the ten days between are the enterprise's.
    waiting_days_add(claims, today=(NOW + timedelta(days=17)).date())
    waited = {claim.pk: claim.waited for claim in claims}
    assert waited == {corrected.pk: 4 + 3, other.pk: 12}
    assert [claim.pk for claim in claims] == [other.pk, corrected.pk]
    came = {claim.pk: claim.waiting_on for claim in claims}
    # It came back on a Monday with four days behind it.
    assert came[corrected.pk] == (NOW + timedelta(days=14 - 4 - 2)).date()
    assert came[other.pk] == timezone.localdate(other.state_since)


def test_the_clock_stands_still_while_a_question_is_open(officers, period):
    claim, calendar = booth(make_firm(), period, at=NOW), working_calendar()
    clock_stop(claim, NOW + timedelta(days=2))
    assert clock_days(claim, (NOW + timedelta(days=9)).date(), calendar) == 2
    clock_go(claim, NOW + timedelta(days=9))
    assert claim.clock_stopped_on is None
    assert [clock_days(claim, (NOW + timedelta(days=n)).date(), calendar) for n in (9, 10, 11)] == [2, 3, 4]


def test_a_claim_that_waits_for_no_office_has_no_clock(officers, period):
    claim = booth(make_firm(), period, at=NOW)
    returned = transition(
        claim_id=claim.pk,
        action="return",
        actor=officers.commerce,
        reason="请补充。",
        at=NOW + timedelta(days=4),
    )
    assert clock_days(returned, NOW.date() + timedelta(days=30), working_calendar()) is None
    assert returned.events.order_by("pk").last().data["waited"] == 4


# --- Pages ---------------------------------------------------------------------------------------


def listed(client, **query):
    answer = client.get(reverse("review:queue"), query)
    assert answer.status_code == 200
    return [claim.number for claim in answer.context["page"]]


def test_the_page_filters_by_what_one_asks_for(officers, sign_in, period):
    harbin = booth(make_firm("示例松花公司"), period, "100000")
    heihe = booth(make_firm("示例黑河公司", city="2311"), period, "2000")
    client = sign_in(officers.commerce)
    assert set(listed(client)) == {harbin.number, heihe.number}
    assert listed(client, city="2311") == [heihe.number]
    assert listed(client, item="5.2") == []
    assert listed(client, least="50000") == [harbin.number]
    assert listed(client, q="松花") == [harbin.number]
    assert listed(client, q=heihe.enterprise.credit_code.lower()) == [heihe.number]
    assert listed(client, q=harbin.number) == [harbin.number]
    assert set(listed(client, waited="20")) == {harbin.number, heihe.number}
    assert set(listed(client, city="nowhere")) == {harbin.number, heihe.number}


def test_a_filter_that_cannot_be_read_says_so(officers, sign_in, period):
    booth(make_firm(), period)
    answer = sign_in(officers.commerce).get(reverse("review:queue"), {"least": "很多"})
    assert "请只填数字" in answer.content.decode()


def test_a_claim_that_is_being_computed_says_so_and_is_not_passed_with_others(officers, sign_in, period):
    booth(make_firm(), period)
    claim = make_claim(
        make_firm("示例乙公司"),
        "5.1",
        period,
        facts={"booth_cny": "5"},
        particulars=exhibition(),
        settle=False,
    )
    client = sign_in(officers.commerce)
    assert "计算中" in client.get(reverse("review:queue")).content.decode()
    preview = client.post(reverse("review:bulk"), {"claim": claim.number}).content.decode()
    assert "不办理" in preview
    assert "通过这" not in preview


def test_fifty_rows_cost_as_many_queries_as_one(officers, sign_in, period):
    client, counts = sign_in(officers.commerce), []
    for number in (1, 21, 8):
        for index in range(number):
            booth(make_firm(f"示例{number}号{index}公司"), period)
        claim_take(claim_id=Claim.objects.last().pk, actor=officers.commerce2)
        with CaptureQueriesContext(connection) as queries:
            assert len(listed(client, tab="office")) == (1 if number == 1 else 20)
        counts.append(len(queries))
    # Where everything fits on one page, nothing has to be counted.
    assert counts == [counts[1] - 1, counts[1], counts[1]]
    assert counts[1] <= 17


@pytest.mark.parametrize("name", ["auditor", "customs", "admin"])
def test_who_decides_nothing_has_no_queue(officers, sign_in, name):
    assert sign_in(getattr(officers, name)).get(reverse("review:queue")).status_code == 403


def test_a_stranger_signs_in_first(client):
    answer = client.get(reverse("review:queue"))
    assert answer.status_code == 302
    assert reverse("accounts:sign_in") in answer["Location"]


def test_the_search_finds_what_lies_with_others_too_but_never_drafts(officers, sign_in, period, city_run):
    claim = booth(make_firm(), period)
    draft = make_claim(make_firm("示例丙公司"), "5.2", period, particulars=exhibition(), submit=False)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce)
    found = {}
    for name in ("auditor", "commerce", "finance", "city", "cityfin", "heihe"):
        answer = sign_in(getattr(officers, name)).get(reverse("review:search"))
        found[name] = {each.number for each in answer.context["page"]}
    everything = {claim.number, city_run.number}
    assert draft.state == State.DRAFT
    assert found == {
        "auditor": everything,
        "commerce": everything,
        "finance": everything,
        "city": everything,
        "cityfin": {city_run.number},
        "heihe": set(),
    }


def test_the_search_filters_by_year_and_state(officers, sign_in, period):
    claim = booth(make_firm(), period)
    client = sign_in(officers.auditor)
    for query, hits in (({"year": "2025"}, 1), ({"year": "2024"}, 1), ({"state": "paid"}, 0)):
        # A year without a filing period is no choice of the filter, and hides nothing.
        assert len(client.get(reverse("review:search"), query).context["page"]) == hits
    settle_all(claim)
    assert claim.number in client.get(reverse("review:search"), {"state": "commerce_review"}).content.decode()
