"""The page of a year: empty and bare years, its claims, and what it costs."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.models import State
from measures import registry
from tests.factories import UNMET, make_claim, make_figures, make_firm, owner_of, settle_all

from .steps import THIS_YEAR, cross_border, detail, do, show_at, shown, text_of, warehouse, words

pytestmark = pytest.mark.django_db


# --- Empty and bare years --------------------------------------------------------------------------


def test_an_empty_year_says_what_can_be_done(as_owner, period):
    text = text_of(as_owner)
    assert "这一年还没有申报" in text
    assert all(item.title in text for item in registry.ITEMS.values() if not item.support)


def test_a_year_without_claims_leads_to_the_open_period(as_owner, period):
    answer = as_owner.get(reverse("portal:my_year"), follow=False)
    assert answer.headers["Location"] == reverse("portal:my_year", args=[2025])


@pytest.mark.parametrize("year", [1999, 2101])
def test_years_beyond_the_rules_do_not_exist(as_owner, period, year):
    assert as_owner.get(reverse("portal:my_year", args=[year])).status_code == 404


@pytest.mark.parametrize("year", [2000, 2100])
def test_the_first_and_the_last_year_are_shown_although_they_have_nothing(as_owner, period, year):
    assert "这一年没有申报" in text_of(as_owner, year)


def test_a_firm_without_figures_is_told_that_none_are_known(as_owner, firm, period):
    assert "还没有贵企业 2025 年的海关统计数据" in text_of(as_owner)
    cross_border(firm)
    assert "还没有贵企业 2025 年的海关统计数据" not in text_of(as_owner)


def test_the_year_that_is_shown_is_marked_among_the_years(as_owner, firm, period):
    show_at(firm)
    text = text_of(as_owner, 2024)
    assert '<a href="/my/2024/" aria-current="page">2024</a>' in text
    assert '<a href="/my/2025/">2025</a>' in text


def test_a_firm_sees_nothing_of_another(client, firm, period):
    claim = show_at(firm)
    client.force_login(owner_of(make_firm("示例乙公司")))
    assert claim.number not in text_of(client)


def test_an_officer_has_no_year_of_their_own(client, commerce, period):
    client.force_login(commerce)
    assert client.get(reverse("portal:my_year", args=[2025])).status_code == 404


def test_a_year_whose_claims_are_all_refused_says_so_and_adds_nothing_up(as_owner, firm, period, commerce):
    claim = show_at(firm)
    do("reject", claim, commerce, reason="不属于支持范围。", data=UNMET)
    settle_all()
    page = shown(as_owner)
    assert (page.context["all_over"], page.context["may_reconsider"]) == (True, True)
    assert (page.context["totals"], page.context["bar"].rows) == (None, ())
    [row] = page.context["rows"]
    assert (row.payable, row.cut, row.holder) == (None, None, "可以申请一次复议")
    assert "应付合计" not in page.content.decode()


def test_a_year_in_which_nothing_has_an_amount_says_that_the_limit_is_nothing_too(as_owner, firm, period):
    cross_border(firm, "5000000")
    make_claim(firm, "3.1", period)
    text = words(as_owner)
    assert "已申报 1 件，应付合计 0.00" in text
    assert "所以总额度也是 0.00 元" in text
    assert "limit-bar" not in text_of(as_owner)


# --- The claims ------------------------------------------------------------------------------------


def test_each_claim_says_who_has_it_and_by_when_it_is_expected(as_owner, firm, period, commerce, finance):
    claim = show_at(firm)
    [row] = shown(as_owner).context["rows"]
    assert row.holder == "省商务厅"
    assert row.expected is not None
    do("approve", claim, commerce)
    settle_all()
    assert "省财政厅，预计" in words(as_owner)
    show_at(firm, "5.2", submit=False)
    assert [row.holder for row in shown(as_owner).context["rows"]] == ["省财政厅", "在您这里"]
    assert "在您这里，12 月 31 日前" in words(as_owner)


def test_what_the_limit_took_from_a_claim_locked_at_nothing_stands_in_its_row(
    as_owner, firm, period, commerce, finance
):
    claim = show_at(firm)
    cross_border(firm)
    make_claim(firm, "3.1", period)
    do("approve", claim, commerce)
    settle_all()
    do("finance_approve", claim, finance)
    settle_all(claim)
    assert (claim.locked_cny, claim.state) == (0, State.APPROVED)
    page = as_owner.get(reverse("portal:my_year", args=[2025]))
    [row] = [row for row in page.context["rows"] if row.claim == claim]
    assert (row.payable, row.cut, row.holder) == (0, claim.after_overlap_cny, "")
    totals = page.context["totals"]
    assert totals["after_overlap"] - totals["cut"] == totals["payable"]


# --- Cost ------------------------------------------------------------------------------------------


def cost(client, year=2025):
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("portal:my_year", args=[year]))
    return len(queries)


def test_the_page_costs_the_same_number_of_queries_for_one_claim_and_for_thirty(
    as_owner, firm, period, commerce
):
    cross_border(firm)
    show_at(firm)
    show_at(firm, "5.3", submit=False, name="线上展会")
    warehouse(firm, "HWC")
    do("return", show_at(firm, "5.2"), commerce, reason="请补正。")
    before = cost(as_owner)
    for number in range(10):
        show_at(firm, "5.2", "1", name=f"展会{number}")
        show_at(firm, "5.2", submit=False, name=f"草稿{number}")
        do("return", show_at(firm, name=f"补正{number}"), commerce, reason="请补正。")
        warehouse(firm, f"HWC-{number}")
    assert cost(as_owner) == before


def test_the_page_of_a_firm_with_twenty_claims_comes_well_within_a_second(as_owner, firm, period):
    cross_border(firm, "50000000")
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    detail(firm, f"{THIS_YEAR}-03", cny="4360000.00", supervision_code="9610")
    for number in range(20):
        show_at(firm, "5.2", "100", name=f"展会{number}", submit=number % 2 == 0)
        warehouse(firm, f"HWC-{number}")
    text_of(as_owner)
    began = time.process_time()
    text_of(as_owner)
    assert time.process_time() - began < 0.8
