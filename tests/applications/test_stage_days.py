"""By when the office that has a claim is expected to be done, and what the page of the claim says of it."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.calendar import due_date
from applications.lifecycle import transition
from applications.models import Claim, Notice, NoticeLine, State, YearSettings
from applications.portal import story
from applications.stage_days import LEAST_AGAIN, STAGE_DAYS, expected_end, expected_ends
from tests.factories import (
    NOW,
    SHANGHAI,
    exhibition,
    make_claim,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

#: 2 March 2026 is a Monday; weekends alone are left out where no holidays are known.
MONDAY = NOW


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE)


@pytest.fixture
def claim(firm, period):
    return make_claim(firm, "5.1", period, facts={"booth_cny": "520000"}, particulars=exhibition())


def do(action, claim, actor, at, **more):
    transition(claim_id=claim.pk, action=action, actor=actor, at=at, **more)
    claim.refresh_from_db()


def at(days):
    """So many days after that Monday."""
    return MONDAY + timedelta(days=days)


def in_state(claim, state, since=MONDAY, **fields):
    """The claim as it would be read in a state; what is not about dates is left out."""
    Claim.objects.filter(pk=claim.pk).update(state_since=since)
    claim.state, claim.state_since = state, since
    for name, value in fields.items():
        setattr(claim, name, value)
    return claim


def end(claim):
    return expected_end(claim, events=list(claim.events.order_by("pk")))


def test_every_state_in_which_an_office_has_a_claim_has_its_days():
    ball = {State.DRAFT, State.RETURNED, State.REJECTED, State.PAID, State.WITHDRAWN}
    assert set(STAGE_DAYS) == set(State) - ball - {State.IN_NOTICE}


def test_the_days_of_the_stage_count_from_the_day_after_the_claim_came(claim):
    assert end(claim) == (date(2026, 3, 16), False)


def test_where_the_holidays_are_known_the_date_is_certain(firm, period):
    call_command("seed_reference", verbosity=0)
    since = datetime(2022, 4, 25, 10, tzinfo=SHANGHAI)
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": "1"}, particulars=exhibition())
    in_state(claim, State.COMMERCE_REVIEW, since)
    assert expected_end(claim, events=[]) == (date(2022, 5, 11), True), "Labour Day is left out"


def test_nothing_is_expected_of_an_office_while_the_enterprise_has_the_ball(claim, commerce):
    do("return", claim, commerce, at(1), reason="请补正。")
    assert end(claim) is None


@pytest.mark.parametrize("state", [State.DRAFT, State.REJECTED, State.PAID, State.WITHDRAWN])
def test_nothing_is_expected_where_nobody_has_to_act(claim, state):
    assert end(in_state(claim, state)) is None


def test_money_that_did_not_arrive_and_nothing_to_pay_wait_for_no_date(claim):
    assert end(in_state(claim, State.PAYABLE, payout_failed=True)) is None
    assert end(in_state(claim, State.APPROVED, locked_cny=0)) is None


def test_the_clock_stops_while_the_enterprise_corrects_and_goes_on_with_what_is_left(claim, commerce):
    do("return", claim, commerce, at(4), reason="请补正。")  # Friday: four days are used
    do("resubmit", claim, owner_of(claim.enterprise), at(21))  # a Monday, two weeks later
    assert end(claim) == (date(2026, 3, 31), False)
    assert due_date(start=at(21), days=STAGE_DAYS[State.COMMERCE_REVIEW] - 4)[0] == date(2026, 3, 31)


def test_a_corrected_claim_is_given_some_days_however_long_it_took_before(claim, commerce):
    do("return", claim, commerce, at(30), reason="请补正。")
    do("resubmit", claim, owner_of(claim.enterprise), at(35))
    assert end(claim)[0] == due_date(start=at(35), days=LEAST_AGAIN)[0]


def test_each_office_begins_anew(claim, commerce):
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    do("return", claim, commerce, at(4), reason="请补正。")
    do("resubmit", claim, owner_of(claim.enterprise), at(7))
    settle_all(claim)
    do("approve", claim, commerce, at(8))
    assert end(claim)[0] == due_date(start=at(8), days=STAGE_DAYS[State.FINANCE_REVIEW])[0]
    do("send_back", claim, make_user("finance", role=Role.FINANCE), at(9), reason="请核对。")
    assert end(claim)[0] == due_date(start=at(9), days=STAGE_DAYS[State.COMMERCE_REVIEW])[0]


def in_notice(claim, last_day=date(2026, 3, 9), *, certain=True):
    notice = Notice.objects.create(
        number=f"GS{claim.pk}", title="示例公示", year=2025, payer="province", published_at=MONDAY,
        published_by=owner_of(claim.enterprise), days=5, first_day=date(2026, 3, 3), last_day=last_day, certain=certain,
    )  # fmt: skip
    NoticeLine.objects.create(
        notice=notice,
        claim=claim,
        enterprise_name="示例",
        credit_code="0",
        city="2301",
        item="5.1",
        amount_cny=1,
    )
    return in_state(claim, State.IN_NOTICE, locked_cny=300000)


def test_a_notice_ends_on_its_last_day(claim):
    assert expected_end(in_notice(claim, certain=False)) == (date(2026, 3, 9), False)


def test_many_claims_cost_no_more_queries_than_one(firm, period, claim):
    def cost(claims):
        with CaptureQueriesContext(connection) as queries:
            found = expected_ends(claims)
        assert all(found[each.pk] for each in claims)
        return len(queries)

    others = [
        make_claim(
            firm, "5.2", period, facts={"booth_cny": "1"}, particulars=exhibition(f"展会{n}"), settle=False
        )
        for n in range(4)
    ]
    noticed, *more = [in_notice(each) for each in others]
    assert cost([claim, noticed]) == cost([claim, noticed, *more])
    assert expected_ends([]) == {}


# --- The page ------------------------------------------------------------------------------------


def page(client, claim):
    return client.get(reverse("portal:claim", args=[claim.number]))


def moved(claim, since):
    Claim.objects.filter(pk=claim.pk).update(state_since=since)
    return claim


def test_a_claim_in_time_shows_when_each_stage_is_expected_to_end(as_owner, claim):
    moved(claim, timezone.now())
    answer = page(as_owner, claim)
    day, _ = due_date(start=timezone.now(), days=STAGE_DAYS[State.COMMERCE_REVIEW])
    assert f"您不需要做什么。预计 {story.day_text(day)}前办完这一步" in answer.content.decode()
    notes = {stage["title"]: stage["note"] for stage in answer.context["stages"]}
    assert notes["商务审核"] == f"预计 {story.day_text(day)}前"
    finance, _ = due_date(start=day, days=STAGE_DAYS[State.FINANCE_REVIEW])
    assert notes["财政审核"] == f"预计 {story.day_text(finance)}前"
    assert notes["拨付"].startswith("预计 ")
    first = answer.context["timeline"][0]
    assert (first["kind"], first["title"], first["text"]) == ("next", "省商务厅审核", "")


def test_a_claim_that_takes_longer_says_so_kindly_and_counts_on_from_today(as_owner, claim):
    today = timezone.localdate()
    since = next(
        day
        for day in (timezone.now() - timedelta(days=n) for n in range(10, 60))
        if due_date(start=day, days=STAGE_DAYS[State.COMMERCE_REVIEW])[0] < today - timedelta(days=7)
    )
    answer = page(as_owner, moved(claim, since))
    assert "个工作日，正在办理。" in answer.content.decode()
    notes = {stage["title"]: stage["note"] for stage in answer.context["stages"]}
    assert notes["商务审核"].startswith("比预计晚 ")
    finance, _ = due_date(start=today, days=STAGE_DAYS[State.FINANCE_REVIEW])
    assert notes["财政审核"] == f"预计 {story.day_text(finance)}前"


def test_what_was_returned_shows_the_enterprises_own_date_and_how_long_the_rest_takes(
    as_owner, claim, commerce
):
    do("return", claim, commerce, timezone.now(), reason="请补正。")
    answer = page(as_owner, claim)
    due = story.day_text(claim.return_due_on)
    notes = {stage["title"]: stage["note"] for stage in answer.context["stages"]}
    assert notes["商务审核"] == f"待您补正，{due}前"
    assert notes["财政审核"] == f"约 {STAGE_DAYS[State.FINANCE_REVIEW]} 个工作日"
    assert answer.context["timeline"][0]["title"] == "您补正并重新提交"
    assert answer.context["expectation"] == ""


def test_a_notice_shows_its_last_day_and_says_where_that_may_move(claim):
    in_notice(claim, date(2099, 3, 9), certain=False)
    clock = story.clock_of(claim, events=[], notice=claim.notice_lines.get().notice)
    stages = {stage["title"]: stage["note"] for stage in story.stages(claim, [], clock)}
    assert stages["公示"] == "预计至 2099 年 3 月 9 日"
    assert story.expectation(claim, clock) == ""


def test_the_office_of_the_city_is_named_where_it_checks_first(as_owner, firm):
    period = make_period(2025, city_first_check=True)
    claim = make_claim(
        firm, "5.1", period, facts={"booth_cny": "1"}, particulars=exhibition(), at=timezone.now()
    )
    first = page(as_owner, claim).context["timeline"][0]
    assert first["title"] == "哈尔滨市商务局初审"
