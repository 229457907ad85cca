"""How long tax refunds took, by month and area: averages of the rule itself, as a chart and as a table."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from applications.models import Holiday, RegisteredEnterprise
from applications.support import support_request_file
from review.refund_times import refund_year, refunds_reported
from tests.factories import make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db
PAGE = "review:refund_times"


@pytest.fixture(autouse=True)
def calendar():
    """A year whose days off are known: one, a Friday."""
    Holiday.objects.create(day="2025-03-07", kind="off")


def reported(firm, *pairs, numbers=()):
    """A request with refunds as (accepted, arrived or None)."""
    rows = [
        {"accepted_on": accepted, **({"refunded_on": arrived} if arrived else {})}
        for accepted, arrived in pairs
    ]
    particulars = {"refunds": [{"declaration_number": each} for each in numbers]} if numbers else {}
    return support_request_file(
        enterprise=firm,
        item="11.1",
        actor=owner_of(firm),
        facts={"refunds": rows},
        particulars=particulars,
    )


def in_zone(firm):
    RegisteredEnterprise.objects.create(
        credit_code=firm.credit_code, name=firm.name, city=firm.city, ftz=True
    )
    return firm


def the_year(year=2025, city=""):
    return refund_year(refunds_reported(city), year)


def test_an_average_counts_working_days_and_stands_in_the_month_of_arrival():
    # Six and five working days: 3 March to 12 March without the 7th, and 24 to 31 March.
    reported(make_firm(), ("2025-03-03", "2025-03-12"), ("2025-03-24", "2025-03-31"))
    reported(make_firm("示例乙公司"), ("2025-03-31", "2025-04-02"), ("2025-04-01", None))
    found = the_year()
    march, april = found.months[2], found.months[3]
    assert (march.outside.count, march.outside.average, march.outside.met) == (2, Decimal("5.50"), True)
    assert (april.outside.count, april.outside.average) == (1, Decimal("2.00"))
    assert (found.outside.count, found.outside.average) == (3, Decimal("4.33"))
    assert found.waiting == 1
    assert not found.inside.count


def test_a_request_alone_has_the_average_that_its_own_page_shows():
    asked = reported(make_firm(), ("2025-03-03", "2025-03-12"), ("2025-03-04", "2025-03-18"))
    assert str(the_year().outside.average) == asked.outcome["average_working_days"]


@pytest.mark.parametrize(("arrived", "met"), [("2025-03-11", True), ("2025-03-12", False)])
def test_in_the_free_trade_area_the_target_is_five_days(arrived, met):
    reported(in_zone(make_firm()), ("2025-03-03", arrived))
    inside = the_year().months[2].inside
    assert (inside.target, inside.met) == (5, met)


@pytest.mark.parametrize(("arrived", "met"), [("2025-03-12", True), ("2025-03-13", False)])
def test_elsewhere_the_target_is_six_days(arrived, met):
    reported(make_firm(), ("2025-03-03", arrived))
    outside = the_year().months[2].outside
    assert (outside.target, outside.met) == (6, met)


def test_a_refund_that_is_reported_again_counts_once_as_reported_last():
    firm = make_firm()
    reported(firm, ("2025-03-03", None), numbers=("T1",))
    reported(firm, ("2025-03-03", "2025-03-12"), numbers=("T1",))
    reported(make_firm("示例乙公司"), ("2025-03-03", "2025-03-12"), numbers=("T1",))
    found = the_year()
    assert (found.outside.count, found.waiting) == (2, 0)


def test_where_the_days_off_are_not_known_there_is_no_average(officers, sign_in):
    reported(make_firm(), ("2024-03-04", "2024-03-12"))
    assert the_year(2024).outside.average is None
    assert "暂时算不出" in sign_in(officers.commerce).get(reverse(PAGE)).content.decode()


def test_the_page_shows_chart_and_table_with_the_same_numbers(officers, sign_in):
    reported(make_firm(), ("2025-03-03", "2025-03-14"))
    reported(in_zone(make_firm("示例乙公司", city="2311")), ("2025-03-03", "2025-03-05"))
    page = sign_in(officers.commerce).get(reverse(PAGE))
    text = page.content.decode()
    assert [(each["average"], each["over"]) for each in page.context["columns"]] == [(8, True), (2, False)]
    assert "全年平均 8 个工作日，超过目标 6 个工作日" in text
    assert "8.00" in text
    assert "2.00" in text
    assert "style=" not in text
    one_city = sign_in(officers.commerce).get(reverse(PAGE), {"city": "2311"})
    assert not one_city.context["found"].outside.count
    assert one_city.context["found"].inside.count == 1


def test_the_year_can_be_chosen_and_nonsense_shows_the_latest(officers, sign_in):
    reported(make_firm(), ("2025-03-03", "2025-03-12"), ("2024-03-04", "2024-03-12"))
    client = sign_in(officers.auditor)
    for asked, year in (("2024", 2024), ("", 2025), ("viel", 2025)):
        assert client.get(reverse(PAGE), {"year": asked}).context["year"] == year


def test_without_a_refund_the_page_says_so(officers, sign_in):
    assert "还没有已到账的退税" in sign_in(officers.commerce).get(reverse(PAGE)).content.decode()


def test_tax_reads_it_and_customs_does_not(officers, sign_in):
    tax = make_user("tax", role=Role.DEPARTMENT, department="tax")
    assert sign_in(tax).get(reverse(PAGE)).status_code == 200
    assert sign_in(officers.customs).get(reverse(PAGE)).status_code == 403
    assert reverse(PAGE) in sign_in(tax).get(reverse("review:support")).content.decode()
    assert reverse(PAGE) not in sign_in(officers.customs).get(reverse("review:support")).content.decode()


def test_ten_requests_cost_as_many_queries_as_one(officers, sign_in):
    client, counts = sign_in(officers.commerce), []
    for number in (1, 9):
        for index in range(number):
            reported(make_firm(f"示例{number}{index}公司"), ("2025-03-03", "2025-03-12"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(PAGE))
        counts.append(len(queries))
    assert counts[0] == counts[1]
