"""A draft of a setting beside the budgets of its year."""

import re
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from applications.jobs import job_run
from applications.models import YearSettings
from review.budget import Key
from review.budget_figures import overview
from review.publishing import version_add, version_publish
from review.replay import replay_start
from review.replay_budget import budget_effects
from tests.factories import (
    NOW,
    make_appropriation,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafter():
    """A keeper of settings."""
    return make_user("data1", role=Role.DATA)


@pytest.fixture
def replay(drafter):
    """What becomes of half of 1000 yuan of bank fees when a draft pays 30% of them."""
    firm = make_firm()
    make_figures(firm, export_cny="100000000", local_product_export_cny="100000000")
    make_claim(firm, "4.2", make_period(), facts={"bank_fees_cny": "1000"})
    draft = version_add(YearSettings(year=2025, bank_cost_rate=Decimal("0.3")), actor=drafter)
    found = replay_start(draft, actor=drafter, at=NOW)
    job_run(found.job_id)
    found.refresh_from_db()
    return found


def text(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_before_is_the_forecast_of_the_budget_and_after_what_the_draft_makes_of_it(replay):
    make_appropriation(4, amount="400")
    [effect] = budget_effects(replay)
    assert effect.key == Key(4, 2025, "province")
    assert effect.before == overview(2025, "province").total.forecast == 500
    assert (effect.change, effect.after, effect.appropriated, effect.left) == (-200, 300, 400, 100)


def test_nobody_gets_effects_on_the_money_of_other_payers(replay):
    assert budget_effects(replay, frozenset({"2301"})) == []
    assert len(budget_effects(replay, frozenset({"province"}))) == 1


def test_effects_cost_four_queries(replay, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        budget_effects(replay)


def test_the_page_shows_it_to_who_may_see_money(replay, drafter, sign_in):
    make_appropriation(4, amount="250")
    address = reverse("review:replay", args=[replay.pk])
    said = text(sign_in(make_user("finance", role=Role.FINANCE)).get(address))
    assert "对预算的影响" in said
    assert "−50.00" in said
    assert "对预算的影响" not in text(sign_in(drafter).get(address))


def test_the_spreadsheet_says_it_too_to_who_may_see_money(replay, drafter, sign_in):
    make_appropriation(4, amount="250")
    address = reverse("review:replay_sheet", args=[replay.pk])
    book = load_workbook(BytesIO(sign_in(make_user("finance", role=Role.FINANCE)).get(address).content))
    headings, row = list(book["对预算的影响"].iter_rows(max_row=2, values_only=True))
    assert headings[2:7] == (
        "预算（元）",
        "现在预计（元）",
        "按草案预计（元）",
        "增减（元）",
        "按草案结余（元）",
    )
    assert row[1:] == ("省财政厅", 250, 500, 300, -200, -50, "不足")
    assert "对预算的影响" not in load_workbook(BytesIO(sign_in(drafter).get(address).content)).sheetnames
    assert len(book["按事项"]["A"]) == 2


def test_a_published_draft_has_had_its_effect(replay, drafter, sign_in):
    finance, publisher = make_user("finance", role=Role.FINANCE), make_user("data2", role=Role.DATA)
    version_publish(YearSettings.objects.get(year=2025), actor=publisher, at=NOW)
    assert "对预算的影响" not in text(sign_in(finance).get(reverse("review:replay", args=[replay.pk])))
