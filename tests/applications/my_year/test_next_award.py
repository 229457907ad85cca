"""How far the figures of a year are from the next award."""

from datetime import date

import pytest

from applications.models import FilingPeriod
from tests.factories import make_figures, make_period

from .steps import THIS_YEAR, cross_border, detail, shown, warehouse

pytestmark = pytest.mark.django_db


def test_provisional_figures_tell_how_far_the_next_award_is_and_pay_nothing(as_owner, firm, period):
    for month in range(1, 10):
        detail(firm, f"{THIS_YEAR}-{month:02d}", cny="15000000.00", usd="10.00", supervision_code="9610")
    make_figures(firm, THIS_YEAR - 1, import_cny="20000000", export_cny="0")
    page = shown(as_owner, THIS_YEAR)
    ahead = page.context["ahead"]
    assert ahead.basis == f"{THIS_YEAR} 年按 1 至 9 月暂计"
    [growth] = [one for one in ahead.steps if one.step.item == "1.1"]
    assert growth.sentence == "再增加 500 万元进出口额可多得 3 万元。"
    assert (growth.step.value, growth.step.target) == (135000000, 140000000)
    assert 'aria-label="1.1 已完成 96%"' in page.content.decode()
    assert page.context["gains"] == [], "provisional figures make nothing payable"


def test_the_next_award_of_the_year_that_runs_stands_on_the_page_of_the_year_before_too(
    as_owner, firm, period
):
    detail(firm, f"{THIS_YEAR}-03", cny="4360000.00", supervision_code="9610")
    ahead = shown(as_owner, THIS_YEAR - 1).context["ahead"]
    assert (ahead.year, ahead.steps[0].sentence) == (
        THIS_YEAR,
        "再增加 564 万元跨境电商进出口额可得 10 万元。",
    )
    assert ahead.steps[0].so_far == "跨境电商进出口额现在 436 万元，下一档 1,000 万元"
    assert shown(as_owner, THIS_YEAR - 2).context["ahead"] is None


def test_a_year_that_is_over_and_final_has_no_next_step(as_owner, firm, period):
    cross_border(firm, "12000000", year=THIS_YEAR - 1)
    assert shown(as_owner, THIS_YEAR - 1).context["ahead"] is None


def test_the_next_step_takes_the_limit_of_the_year_into_account(as_owner, firm, period):
    """A warehouse fills the limit of 100 万: the next step of cross-border trade would bring nothing."""
    warehouse(firm, "HWC-1")
    make_period(THIS_YEAR)
    FilingPeriod.objects.filter(year=THIS_YEAR).update(opens_on=date(THIS_YEAR, 1, 1))
    detail(firm, f"{THIS_YEAR}-03", cny="4360000.00", supervision_code="9610")
    step = shown(as_owner, THIS_YEAR).context["ahead"].steps[0]
    assert step.step.item == "3.1"
    assert step.limit == "总额度 100 万元已由其他事项用完，全年合计不增加。"
