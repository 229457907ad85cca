"""The weekly report: weeks, what is told to whom, the page, the spreadsheet, and the claims behind each figure."""

import io
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.departments import Department
from accounts.roles import Role
from applications.lifecycle import transition
from applications.lifecycle.clock import clock_days
from applications.models import CityRate, Event
from applications.official import working_calendar
from applications.questions import question_answer, question_ask
from applications.support import (
    support_answer,
    support_ask,
    support_hand_over,
    support_reply,
    support_request_file,
)
from review.weekly.report import weekly_report
from review.weekly.sheet import report_file
from review.weekly.weeks import week_named
from tests.factories import (
    NOW,
    UNMET,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
)
from tests.review.weekly_world import World

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


# --- Weeks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("2026-W10", "2026-W10"),
        ("2020-W53", "2020-W53"),
        ("", "2026-W11"),
        ("2026-W11", "2026-W11"),
        ("2026-W12", "2026-W11"),
        ("2025-W53", "2026-W11"),
        ("2026-W00", "2026-W11"),
        ("1999-W10", "2026-W11"),
        ("0000-W10", "2026-W11"),
        ("２０２６-W10", "2026-W11"),
        ("last", "2026-W11"),
    ],
)
def test_an_address_names_a_week_or_this_one_is_shown(asked, named):
    now = datetime(2026, 3, 11, 10, tzinfo=SHANGHAI)
    assert week_named(asked, now=now).name == named


def test_a_week_begins_on_monday_and_belongs_to_the_past_when_monday_comes():
    last = datetime(2026, 3, 15, 23, 59, 59, 999999, tzinfo=SHANGHAI)
    week = week_named("", now=last)
    assert (week.monday, week.sunday, week.last_day) == (
        date(2026, 3, 9),
        date(2026, 3, 15),
        date(2026, 3, 15),
    )
    assert not week.is_over
    assert week.next is None
    assert week.ends == last
    after = week_named("2026-W11", now=last + timedelta(microseconds=1))
    assert after.is_over
    assert after.next.name == "2026-W12"
    assert after.ends == datetime(2026, 3, 16, tzinfo=SHANGHAI) == after.next.begins


# --- What is told --------------------------------------------------------------------------------


def filed(number=1, item="5.1", *, firm=None, period=None, at=NOW):
    facts = {"5.1": {"booth_cny": "10000"}, "5.4": {"credit_report_cny": "1000"}}[item]
    firm = firm or make_firm(f"示例公司{number}")
    return make_claim(
        firm, item, period, facts=facts, particulars=exhibition() if item == "5.1" else None, at=at
    )


@pytest.fixture
def period():
    CityRate.objects.create(
        city="2301", year=2025, item="5.4", rate=Decimal("0.4"), published_at=NOW, source="示例"
    )
    return make_period()


def week_10(days=30):
    """The week of NOW, told so many days later."""
    return week_named("2026-W10", now=NOW + timedelta(days=days))


def test_what_waited_is_told_as_it_was_then_and_not_as_it_is_now(officers, period):
    claim = filed(period=period)
    transition(
        claim_id=claim.pk,
        action="reject",
        actor=officers.commerce,
        reason="示例",
        data=UNMET,
        at=NOW + timedelta(days=8),
    )
    [row] = weekly_report(officers.commerce, week_10()).offices
    assert (row.before, row.came, row.standing.waiting, row.standing.longest) == (0, 1, 1, 4)
    [row] = weekly_report(officers.commerce, week_10().next).offices
    assert (row.before, row.done.rejected, row.standing.waiting, row.standing.longest) == (1, 1, 0, None)


def test_an_office_is_late_on_the_day_after_the_days_that_its_stage_is_expected_to_take(officers, period):
    filed(period=period, at=datetime(2026, 3, 9, 9, tzinfo=SHANGHAI))
    tenth = datetime(2026, 3, 23, 18, tzinfo=SHANGHAI)
    late = [weekly_report(officers.commerce, week_named("", now=tenth + timedelta(days=n))).total.standing.late
            for n in (0, 1)]  # fmt: skip
    assert late == [0, 1]


def test_the_days_of_a_question_do_not_count_while_it_is_open_or_when_told_later(officers, period):
    claim = filed(period=period)
    asked = question_ask(claim_id=claim.pk, text="示例", actor=officers.commerce, at=NOW + timedelta(days=1))

    def longest(week):
        [row] = weekly_report(officers.commerce, week).offices
        return row.standing.longest

    assert (longest(week_10()), longest(week_10().next)) == (1, 1)
    owner = owner_of(claim.enterprise)
    question_answer(question_id=asked.pk, text="示例", actor=owner, at=NOW + timedelta(days=8))
    assert (longest(week_10()), longest(week_10().next)) == (1, 4)
    claim.refresh_from_db()
    assert clock_days(claim, date(2026, 3, 15), working_calendar()) == 4
    transition(
        claim_id=claim.pk,
        action="return",
        actor=officers.commerce,
        reason="示例",
        at=NOW + timedelta(days=15),
    )
    assert (longest(week_10()), longest(week_10().next)) == (1, 4)


def test_days_to_a_decision_are_averaged_and_rounded_half_up(officers, period):
    for number, days in enumerate((1, 1, 1, 2)):
        claim = filed(number, period=period)
        at = NOW + timedelta(days=days)
        transition(claim_id=claim.pk, action="return", actor=officers.commerce, reason="示例", at=at)
    [row] = weekly_report(officers.commerce, week_10()).offices
    assert row.done.average == Decimal("1.3")
    assert (5 / Decimal(4)).quantize(Decimal("0.1"), ROUND_HALF_UP) == Decimal("1.3")


def test_what_nobody_corrected_is_rejected_by_the_office_that_had_returned_it(officers):
    claim = filed(period=make_period(city_first_check=True))
    transition(
        claim_id=claim.pk, action="return", actor=officers.city, reason="示例", data={"days": 1}, at=NOW
    )
    after = NOW + timedelta(days=2)
    transition(claim_id=claim.pk, action="reject", actor=officers.city, reason="示例", data=UNMET, at=after)
    [row] = weekly_report(officers.commerce, week_10()).offices
    assert (row.name, row.came, row.left, row.done.decided, row.other_left) == ("哈尔滨市商务局", 1, 1, 2, 0)
    transition(claim_id=claim.pk, action="recall", actor=officers.city, at=after + timedelta(hours=1))
    [row] = weekly_report(officers.commerce, week_10()).offices
    assert (row.done.rejected, row.done.recalled, row.standing.waiting) == (1, 1, 0)


def test_people_are_named_to_their_own_office_and_to_auditors(officers, period):
    claim, own = filed(period=period), filed(2, "5.4", period=period)
    transition(claim_id=claim.pk, action="approve", actor=officers.commerce, at=NOW)
    transition(claim_id=own.pk, action="approve", actor=officers.city, at=NOW)
    names = {
        name: [person.name for person in weekly_report(getattr(officers, name), week_10()).people]
        for name in ("commerce2", "finance", "city2", "cityfin", "heihe", "auditor")
    }
    assert names == {
        "commerce2": ["示例审核员甲"], "finance": [], "city2": ["示例市审核员甲"], "cityfin": [], "heihe": [],
        "auditor": ["示例审核员甲", "示例市审核员甲"],
    }  # fmt: skip
    offices = {
        name: [row.name for row in weekly_report(getattr(officers, name), week_10()).offices]
        for name in ("commerce2", "city2", "heihe")
    }
    everything = ["省商务厅", "省财政厅", "哈尔滨市商务局", "哈尔滨市财政局"]
    assert offices == {"commerce2": everything, "city2": everything[2:], "heihe": []}


def test_requests_are_told_by_the_department_that_leads_them(officers):
    firm = make_firm()
    owner, calendar_day = owner_of(firm), timedelta(days=1)
    tax = make_user("tax", role=Role.DEPARTMENT, department="tax")
    lead = support_request_file(enterprise=firm, item="11.1", actor=owner, facts={"refunds": []}, at=NOW)
    officer = {"tax": tax, "customs": officers.customs, "commerce": officers.commerce}[lead.lead]
    support_ask(request_id=lead.pk, officer=officer, text="示例", at=NOW + 2 * calendar_day)
    [row] = weekly_report(officers.auditor, week_10()).departments
    assert (row.requests.came, row.requests.asked, row.requests.waiting) == (1, 1, 0)
    support_reply(request_id=lead.pk, actor=owner, text="示例", at=NOW + 7 * calendar_day)
    [row] = weekly_report(officers.auditor, week_10().next).departments
    assert (row.requests.came, row.requests.waiting, row.requests.longest, row.requests.late) == (1, 1, 6, 0)
    week = week_10().next.next
    [row] = weekly_report(officers.auditor, week).departments
    assert (row.requests.waiting, row.requests.longest, row.requests.late) == (1, 11, 1)
    support_hand_over(
        request_id=lead.pk, officer=officer, to="finance", text="示例", at=NOW + 15 * calendar_day
    )
    support_answer(request_id=lead.pk, officer=officers.finance, text="示例", at=NOW + 16 * calendar_day)
    first, second = weekly_report(officers.auditor, week).departments
    assert {row.name for row in (first, second)} == {
        "省财政厅",
        Department(officer_department(officer)).label,
    }
    told = {row.name: row.requests for row in (first, second)}
    assert (told["省财政厅"].came, told["省财政厅"].answered, told["省财政厅"].waiting) == (1, 1, 0)
    assert weekly_report(officers.auditor, week).departments_total.requests.handed_over == 1
    assert weekly_report(officers.auditor, week.next).departments == []
    assert weekly_report(officers.city, week).departments == []


def officer_department(officer):
    [post] = officer.posts.all()
    return post.department or "commerce"


def test_a_city_reads_the_requests_that_its_government_leads(officers):
    firm = make_firm()
    request = support_request_file(
        enterprise=firm,
        item="12.1",
        actor=owner_of(firm),
        facts={"subject": "示例", "details": "示例"},
        at=NOW,
    )
    lead = {"commerce": officers.commerce}[request.lead]
    support_hand_over(
        request_id=request.pk, officer=lead, to="city", text="示例", at=NOW + timedelta(hours=1)
    )
    [row] = weekly_report(officers.city, week_10()).departments
    assert (row.name, row.requests.came, row.requests.waiting) == ("哈尔滨市政府", 1, 1)
    assert weekly_report(officers.heihe, week_10()).departments == []


# --- Page, spreadsheet, lists ----------------------------------------------------------------------


def sheet_rows(content, title):
    """Headings and rows of a sheet as texts, notes left out."""
    rows = list(load_workbook(io.BytesIO(content))[title].iter_rows(min_row=2, values_only=True))
    return list(rows[: next(n for n, row in enumerate(rows) if row[0] is None)])


def test_page_and_spreadsheet_say_the_same_and_the_sums_add_up(officers, sign_in):
    world = World(officers, seed=4, steps=30)
    client = sign_in(officers.auditor)
    page = client.get(reverse("review:report") + "?week=2026-W11")
    answer = client.get(reverse("review:report_sheet") + "?week=2026-W11")
    content = b"".join(answer.streaming_content)
    for table in page.context["tables"]:
        [head, *rows] = sheet_rows(content, table["title"])
        assert list(head) == [heading for _, heading in table["columns"]]
        drawn = [*table["rows"], *([table["total"]] if table["total"] else [])]
        assert [[told(value, cell["kind"]) for value, cell in zip(row, cells, strict=True)]
                for row, cells in zip(rows, drawn, strict=True)] == [[cell["text"] for cell in cells] for cells in drawn]  # fmt: skip
    total = weekly_report(officers.auditor, week_named("2026-W11", now=world.at)).total
    assert total.before + total.came - total.left == total.standing.waiting
    assert Event.objects.get(kind="file.taken").data["file"] == "工作周报-2026-W11.xlsx"


def told(value, kind):
    """A cell of the spreadsheet as the page writes it."""
    if value is None:
        return "—"
    return {"money": "{:,.2f}", "average": "{:.1f}"}.get(kind, "{}").format(value)


def test_nothing_that_anybody_is_called_becomes_a_formula(officers, period):
    officers.commerce.name = "=1+1"
    officers.commerce.save()
    transition(claim_id=filed(period=period).pk, action="approve", actor=officers.commerce, at=NOW)
    book = load_workbook(io.BytesIO(report_file(weekly_report(officers.auditor, week_10()))))
    cell = book["审核人员"]["A3"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_every_number_with_a_link_leads_to_the_claims_behind_it(officers, sign_in):
    World(officers, seed=6, steps=45)
    links = 0
    for name in ("auditor", "cityfin", "city"):
        client = sign_in(getattr(officers, name))
        page = client.get(reverse("review:report") + "?week=2026-W11")
        for table in page.context["tables"]:
            for cell in (cell for row in table["rows"] for cell in row if cell["url"]):
                listed = client.get(cell["url"])
                assert listed.status_code == 200
                assert 1 <= listed.context["page"].paginator.count <= int(cell["text"])
                if any(word in cell["title"] for word in ("等待", "超期", "手上")):
                    assert listed.context["page"].paginator.count == int(cell["text"])
                links += 1
    assert links > 15


def test_nobody_lists_claims_or_people_beyond_their_office(officers, sign_in, period):
    transition(claim_id=filed(period=period).pk, action="approve", actor=officers.commerce, at=NOW)
    address = reverse("review:report_claims") + "?week=2026-W10"
    person = f"&person={officers.commerce.pk}"
    for who, rest, status in (
        ("commerce2", "&office=commerce&figure=passed" + person, 200),
        ("finance", "&office=commerce&figure=passed", 200),
        ("finance", "&office=commerce&figure=passed" + person, 404),
        ("city", "&office=commerce&figure=passed", 404),
        ("heihe", "&office=city_commerce-2301&figure=came", 404),
        ("cityfin", "&office=city_commerce-2301&figure=came", 404),
        ("cityfin", "&office=city_finance-2301&figure=came", 200),
        ("auditor", "&office=commerce&figure=in_hand", 404),
        ("auditor", "&office=nowhere&figure=came", 404),
        ("auditor", "&office=commerce&figure=pk", 404),
        ("auditor", "&office=commerce&figure=passed&person=x", 404),
        ("auditor", "&office=commerce&figure=passed&person=999999", 404),
    ):
        assert (who, rest, sign_in(getattr(officers, who)).get(address + rest).status_code) == (
            who,
            rest,
            status,
        )


def test_an_empty_week_has_its_sentence_and_this_week_is_not_finished(officers, sign_in):
    client = sign_in(officers.commerce)
    page = client.get(reverse("review:report")).content.decode()
    assert "未完" in page
    assert "这一周没有办理，也没有等待" in page
    assert "下一周" not in page
    page = client.get(reverse("review:report") + "?week=2024-W10").content.decode()
    assert "未完" not in page
    assert "下一周" in page


def test_the_report_costs_the_same_queries_for_one_claim_and_for_many(officers, period):
    transition(claim_id=filed(period=period).pk, action="approve", actor=officers.commerce, at=NOW)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            weekly_report(officers.auditor, week_10())
        return len(found)

    queries()
    one = queries()
    for number in range(2, 9):
        claim = filed(number, period=period)
        transition(
            claim_id=claim.pk,
            action="approve",
            actor=officers.commerce2 if number % 2 else officers.commerce,
            at=NOW,
        )
        if number > 5:
            transition(claim_id=claim.pk, action="send_back", actor=officers.finance, reason="示例", at=NOW)
    assert queries() == one
