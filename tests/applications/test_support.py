"""Requests for the support items: filed, routed, answered, asked back, closed and reopened, through the services."""

from datetime import date, datetime, timedelta

import pytest

from accounts.departments import Department
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import Holiday, RegisteredEnterprise, SupportState
from applications.support import (
    support_answer,
    support_ask,
    support_close,
    support_close_due,
    support_reopen,
    support_reply,
    support_request_file,
)
from applications.visibility import support_requests_for_office
from measures import registry
from tests.factories import SHANGHAI, make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

#: A Monday; the weeks after it hold one day off, Thursday 2 April.
MONDAY = datetime(2026, 3, 23, 10, 0, tzinfo=SHANGHAI)
SUPPORT_ITEMS = [item.code for item in registry.ITEMS.values() if item.support]
TEXTS = {"subject": "班列舱位不足", "details": "四月需要六个集装箱的舱位。"}


@pytest.fixture(autouse=True)
def holidays():
    Holiday.objects.create(day=date(2026, 4, 2), kind=Holiday.Kind.OFF, name="示例假日")


@pytest.fixture
def firm():
    return make_firm()


def file(firm, item="8.1", facts=None, at=MONDAY, **more):
    facts = TEXTS if facts is None else facts
    return support_request_file(enterprise=firm, item=item, actor=owner_of(firm), facts=facts, at=at, **more)


def officer(department, username="officer"):
    return make_user(username, role=Role.DEPARTMENT, department=department)


def days(number):
    return MONDAY + timedelta(days=number)


# --- Filing ----------------------------------------------------------------------------------------


def test_numbers_are_read_out_by_year_and_item(firm):
    assert [file(firm).number, file(firm).number, file(firm, "9.1").number] == [
        "2026-8.1-00001",
        "2026-8.1-00002",
        "2026-9.1-00001",
    ]


@pytest.mark.parametrize("item", SUPPORT_ITEMS)
def test_the_route_is_the_measures_own_words_and_the_first_named_leads(firm, item):
    request = file(firm, item, {})
    departments = registry.measure_of(item).departments
    assert request.route == list(departments)
    assert Department(request.lead).label == departments[0]
    assert request.state == SupportState.ROUTED


def test_the_term_is_ten_working_days_after_the_day_of_filing(firm):
    request = file(firm)
    assert request.due_on == date(2026, 4, 7)
    assert request.due_certain


def test_a_term_that_runs_into_an_unknown_year_is_not_certain(firm):
    request = file(firm, at=datetime(2026, 12, 28, 10, 0, tzinfo=SHANGHAI))
    assert not request.due_certain


def test_an_item_of_money_is_no_request(firm):
    with pytest.raises(Refused, match="资金事项"):
        file(firm, "1.1", {})


def test_an_unverified_firm_cannot_submit():
    with pytest.raises(Refused, match="核验"):
        file(make_firm(verified=False))


def test_a_stranger_cannot_file_for_a_firm(firm):
    with pytest.raises(NotAllowed):
        support_request_file(enterprise=firm, item="8.1", actor=make_user("stranger"), facts=TEXTS)


def test_a_wrong_fact_is_refused_at_its_field(firm):
    refunds = {"refunds": [{"accepted_on": "2026-03-05", "refunded_on": "2026-03-02"}]}
    with pytest.raises(Refused) as refusal:
        file(firm, "11.1", refunds)
    assert refusal.value.field == "refunds[0].refunded_on"


REFUNDS = {
    "refunds": [
        {"accepted_on": "2026-03-02", "refunded_on": "2026-03-09"},
        {"accepted_on": "2026-03-02", "refunded_on": "2026-03-10"},
        {"accepted_on": "2026-03-12", "refunded_on": None},
    ]
}


def test_refund_times_are_averaged_by_the_rules(firm):
    request = file(firm, "11.1", REFUNDS, particulars={"details": "一笔还没有到账。"})
    assert request.outcome == {
        "average_working_days": "5.50",
        "target_working_days": 6,
        "met": True,
        "open": 1,
        "reasons": [],
    }
    assert request.details == "一笔还没有到账。"


def test_the_target_is_shorter_in_the_free_trade_zone(firm):
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city=firm.city, ftz=True
    )
    outcome = file(firm, "11.1", REFUNDS).outcome
    assert (outcome["target_working_days"], outcome["met"]) == (5, False)


def test_an_average_over_an_unknown_year_says_why_it_is_missing(firm):
    outcome = file(
        firm, "11.1", {"refunds": [{"accepted_on": "2024-01-02", "refunded_on": "2024-01-09"}]}
    ).outcome
    assert outcome["average_working_days"] is None
    assert len(outcome["reasons"]) == 1


# --- Departments -----------------------------------------------------------------------------------


def test_the_leads_answer_makes_it_answered_and_others_add_theirs(firm):
    request = file(firm)
    support_answer(
        request_id=request.pk, officer=officer(Department.RAILWAY), text="舱位可以增加。", at=days(1)
    )
    request.refresh_from_db()
    assert (request.state, request.answered_at) == (SupportState.ROUTED, None)
    support_answer(
        request_id=request.pk, officer=officer(Department.DEVELOPMENT, "lead"), text="已协调。", at=days(2)
    )
    request.refresh_from_db()
    assert (request.state, request.answered_at) == (SupportState.ANSWERED, days(2))
    support_answer(
        request_id=request.pk,
        officer=make_user("commerce", role=Role.COMMERCE),
        text="补充一点。",
        at=days(3),
    )
    request.refresh_from_db()
    assert (request.state, request.answered_at) == (SupportState.ANSWERED, days(2))
    assert [message.department for message in request.messages.all()] == [
        Department.RAILWAY,
        Department.DEVELOPMENT,
        Department.COMMERCE,
    ]


PEOPLE = {
    "railway": {"role": Role.DEPARTMENT, "department": Department.RAILWAY},
    "customs": {"role": Role.DEPARTMENT, "department": Department.CUSTOMS},
    "exchange": {"role": Role.DEPARTMENT, "department": Department.EXCHANGE},
    "financial": {"role": Role.DEPARTMENT, "department": Department.FINANCIAL},
    "commerce": {"role": Role.COMMERCE},
    "finance": {"role": Role.FINANCE},
    "city_harbin": {"role": Role.CITY_COMMERCE, "city": "2301"},
    "city_heihe": {"role": Role.CITY_COMMERCE, "city": "2311"},
    "city_finance": {"role": Role.CITY_FINANCE, "city": "2301"},
    "auditor": {"role": Role.AUDITOR},
    "data": {"role": Role.DATA},
    "administrator": {"role": Role.ADMINISTRATOR},
}
#: Who may answer a request of a firm in Harbin, by hand from the policy's words.
ANSWERING = {
    "8.1": {"railway", "commerce", "city_harbin"},
    "9.1": {"financial", "commerce", "city_harbin"},
    "10.1": {"exchange", "commerce"},
    "11.1": {"customs", "commerce"},
    "12.1": {"railway", "customs", "exchange", "financial", "commerce", "finance", "city_harbin"},
}


@pytest.mark.parametrize("item", SUPPORT_ITEMS)
@pytest.mark.parametrize("who", PEOPLE)
def test_a_request_is_seen_and_answered_by_the_departments_that_the_measure_names(firm, item, who):
    request, person = file(firm, item, {}), make_user(who, **PEOPLE[who])
    sees = request in support_requests_for_office(person)
    assert sees == (who in ANSWERING[item] or who == "auditor")
    if who in ANSWERING[item]:
        support_answer(request_id=request.pk, officer=person, text="答复。")
    else:
        with pytest.raises(NotAllowed):
            support_answer(request_id=request.pk, officer=person, text="答复。")


def test_nobody_answers_the_own_firm():
    commerce = make_user("commerce", role=Role.COMMERCE)
    request = file(make_firm(owner=commerce))
    with pytest.raises(NotAllowed, match="您是这家企业"):
        support_answer(request_id=request.pk, officer=commerce, text="答复。")


def test_an_empty_answer_is_none(firm):
    with pytest.raises(Refused) as refusal:
        support_answer(request_id=file(firm).pk, officer=officer(Department.RAILWAY), text=" \n")
    assert refusal.value.field == "text"


# --- Asking back -----------------------------------------------------------------------------------


def test_asking_back_stops_the_clock_until_the_firm_has_replied(firm):
    request = file(firm)
    support_ask(request_id=request.pk, officer=officer(Department.RAILWAY), text="哪一天发运？", at=days(2))
    request.refresh_from_db()
    assert (request.state, request.days_left) == (SupportState.ASKED, 8)
    # Friday 10 April is long after the first due date; eight working days go on from there.
    support_reply(request_id=request.pk, actor=owner_of(firm), text="四月十日。", at=days(18))
    request.refresh_from_db()
    assert (request.state, request.due_on, request.days_left) == (
        SupportState.ROUTED,
        date(2026, 4, 22),
        None,
    )


def test_a_question_after_the_term_leaves_no_days(firm):
    request = file(firm)
    support_ask(request_id=request.pk, officer=officer(Department.RAILWAY), text="请补充。", at=days(40))
    request.refresh_from_db()
    assert request.days_left == 0


def test_one_question_at_a_time(firm):
    request, railway = file(firm), officer(Department.RAILWAY)
    support_ask(request_id=request.pk, officer=railway, text="请补充。")
    with pytest.raises(Refused, match="等待企业补充"):
        support_ask(request_id=request.pk, officer=railway, text="请再补充。")


def test_a_reply_needs_a_question(firm):
    with pytest.raises(Refused, match="没有等待您补充"):
        support_reply(request_id=file(firm).pk, actor=owner_of(firm), text="补充。")


def test_the_lead_may_answer_without_waiting_for_the_reply(firm):
    request, lead = file(firm), officer(Department.DEVELOPMENT)
    support_ask(request_id=request.pk, officer=lead, text="请补充。")
    support_answer(request_id=request.pk, officer=lead, text="已查明。")
    request.refresh_from_db()
    assert (request.state, request.days_left) == (SupportState.ANSWERED, None)


# --- Closing and reopening -------------------------------------------------------------------------


def answered(firm):
    request = file(firm)
    support_answer(request_id=request.pk, officer=officer(Department.DEVELOPMENT), text="已协调。", at=MONDAY)
    request.refresh_from_db()
    return request


def test_the_firm_closes_and_nobody_answers_afterwards(firm):
    request = answered(firm)
    support_close(request_id=request.pk, actor=owner_of(firm), at=days(1))
    request.refresh_from_db()
    assert (request.state, request.closed_at) == (SupportState.CLOSED, days(1))
    with pytest.raises(Refused, match="已经办结"):
        support_close(request_id=request.pk, actor=owner_of(firm))
    with pytest.raises(Refused, match="已经办结"):
        support_answer(
            request_id=request.pk, officer=make_user("commerce", role=Role.COMMERCE), text="晚了。"
        )


@pytest.mark.parametrize("close_first", [False, True])
def test_the_firm_reopens_what_was_answered_or_closed_with_a_new_term(firm, close_first):
    request = answered(firm)
    if close_first:
        support_close(request_id=request.pk, actor=owner_of(firm))
    with pytest.raises(Refused) as refusal:
        support_reopen(request_id=request.pk, actor=owner_of(firm), text="")
    assert refusal.value.field == "text"
    support_reopen(request_id=request.pk, actor=owner_of(firm), text="问题没有解决。", at=days(7))
    request.refresh_from_db()
    assert (request.state, request.due_on) == (SupportState.REOPENED, date(2026, 4, 14))
    assert (request.answered_at, request.closed_at) == (None, None)


def test_a_reopened_request_stays_reopened_through_a_question(firm):
    request = answered(firm)
    support_reopen(request_id=request.pk, actor=owner_of(firm), text="问题没有解决。")
    support_ask(request_id=request.pk, officer=make_user("commerce", role=Role.COMMERCE), text="请补充。")
    support_reply(request_id=request.pk, actor=owner_of(firm), text="补充。")
    request.refresh_from_db()
    assert request.state == SupportState.REOPENED


def test_what_is_being_dealt_with_is_not_reopened(firm):
    with pytest.raises(Refused, match="还在办理"):
        support_reopen(request_id=file(firm).pk, actor=owner_of(firm), text="催办。")


def test_a_stranger_neither_replies_nor_closes_nor_reopens(firm):
    request, stranger = answered(firm), owner_of(make_firm("示例乙公司"))
    for act in (
        lambda: support_reply(request_id=request.pk, actor=stranger, text="补充。"),
        lambda: support_close(request_id=request.pk, actor=stranger),
        lambda: support_reopen(request_id=request.pk, actor=stranger, text="重办。"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_an_answer_that_nobody_contradicts_closes_after_ten_working_days(firm):
    request = answered(firm)
    assert support_close_due(date(2026, 4, 7)) == 0
    assert support_close_due(date(2026, 4, 8)) == 1
    request.refresh_from_db()
    assert request.state == SupportState.CLOSED
    assert support_close_due(date(2026, 4, 8)) == 0


def test_what_is_asked_or_unanswered_never_closes_by_itself(firm):
    asked = file(firm)
    file(firm, "9.1")
    support_ask(request_id=asked.pk, officer=officer(Department.RAILWAY), text="请补充。")
    assert support_close_due(date(2027, 1, 1)) == 0
