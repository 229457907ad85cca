"""A claim says under which versions of the settings its amounts were computed, and a locked one keeps them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.lifecycle import claim_token, transition
from applications.models import CityRate, Claim, EnterpriseYear, Event, Letter, TradeFigures, YearSettings
from applications.settlement.mark import years_mark
from tests.factories import NOW, make_claim, make_firm, make_period, make_user, owner_of, settle_all

pytestmark = pytest.mark.django_db


def publish(version, **fields):
    """A version in force, with every year marked as publishing marks it; nobody is drawn for a second check."""
    row = YearSettings.objects.create(
        year=2025, version=version, second_check_percent=0, published_at=NOW, **fields
    )
    years_mark(EnterpriseYear.objects.all())
    return row


def bank_fees(firm=None, period=None):
    """A claim of 4.2 for fees of 1000 yuan, of a firm whose local products are beyond doubt."""
    firm = firm or make_firm()
    TradeFigures.objects.create(
        credit_code=firm.credit_code, year=2025, export_cny=10**8, local_product_export_cny=10**8
    )
    return make_claim(firm, "4.2", period or make_period(), facts={"bank_fees_cny": "1000"})


def lock(claim):
    """Commerce and finance approve."""
    for minutes, (action, role) in enumerate((("approve", Role.COMMERCE), ("finance_approve", Role.FINANCE))):
        officer = make_user(f"{role}", role=role)
        transition(claim_id=claim.pk, action=action, actor=officer, at=NOW + timedelta(minutes=minutes))
        settle_all(claim)


def test_the_version_in_force_is_stored_with_the_amount_and_follows_a_publication():
    publish(1, bank_cost_rate=Decimal("0.5"))
    claim = bank_fees()
    assert (claim.payable_cny, claim.computed_under) == (Decimal("500.00"), {"settings": 1})
    publish(2, bank_cost_rate=Decimal("0.3"))
    assert claim.computed_under == {"settings": 1}
    settle_all(claim)
    assert (claim.payable_cny, claim.computed_under) == (Decimal("300.00"), {"settings": 2})


def test_a_year_without_settings_is_computed_under_the_defaults():
    assert bank_fees().computed_under == {"settings": 0}


def test_a_draft_has_been_computed_under_nothing():
    draft = make_claim(make_firm(), "4.2", make_period(), facts={"bank_fees_cny": "1000"}, submit=False)
    assert draft.computed_under == {}


def test_a_new_version_that_moves_no_amount_changes_no_token_and_leaves_no_event():
    claim = bank_fees()
    before = claim_token(claim), Event.objects.count()
    publish(1)
    settle_all(claim)
    assert claim.computed_under == {"settings": 1}
    assert (claim_token(claim), Event.objects.count()) == before


def test_a_city_run_claim_names_its_citys_rate_too_and_others_do_not():
    for version in (1, 2):
        CityRate.objects.create(
            city="2301", year=2025, item="5.5", rate="0.5", version=version, published_at=NOW
        )
    firm, period = make_firm(), make_period()
    city_run = make_claim(firm, "5.5", period, facts={"brand_cny": "1000"})
    assert city_run.computed_under == {"settings": 0, "city_rate": 2}
    assert bank_fees(make_firm("示例乙公司"), period).computed_under == {"settings": 0}


def test_a_city_run_claim_without_a_rate_names_none():
    claim = make_claim(make_firm(), "5.5", make_period(), facts={"brand_cny": "1000"})
    assert (claim.eligibility, claim.computed_under) == ("ineligible", {"settings": 0})


def test_a_locked_claim_keeps_what_it_was_locked_under():
    publish(1, bank_cost_rate=Decimal("0.4"))
    claim = bank_fees()
    lock(claim)
    publish(2, bank_cost_rate=Decimal("0.5"))
    settle_all(claim)
    assert (claim.locked_cny, claim.computed_under) == (Decimal("400.00"), {"settings": 1})


def test_a_demand_that_new_settings_raise_names_them_in_its_letter_and_not_those_of_the_lock(client):
    publish(1, bank_cost_rate=Decimal("0.4"))
    claim = bank_fees()
    lock(claim)
    Claim.objects.filter(pk=claim.pk).update(state="paid", paid_cny=Decimal("400.00"))
    publish(2, bank_cost_rate=Decimal("0.3"))
    claim = settle_all(claim)
    assert (claim.demanded_cny, claim.computed_under) == (Decimal("100.00"), {"settings": 1})
    written = str(Letter.objects.get(kind=Letter.Kind.DEMAND).content)
    assert "按 2025 年度设置第 2 版计算" in written
    assert "第 1 版" not in written
    client.force_login(owner_of(claim.enterprise), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("portal:claim", args=[claim.number])).content.decode()
    assert "按 2025 年度设置第 1 版计算并锁定；锁定以后数据或者设置有变化的，上面各步按现在的计算。" in page


def test_a_claim_that_new_settings_unlock_is_computed_under_them():
    publish(1, bank_cost_rate=Decimal("0.4"))
    claim = bank_fees()
    lock(claim)
    publish(2, bank_cost_rate=Decimal("0.3"))
    settle_all(claim)
    assert (claim.locked_cny, claim.payable_cny, claim.computed_under) == (
        None,
        Decimal("300.00"),
        {"settings": 2},
    )


def test_the_page_of_the_firm_names_the_version(client):
    publish(1)
    publish(2)
    claim = bank_fees()
    client.force_login(owner_of(claim.enterprise), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("portal:claim", args=[claim.number])).content.decode()
    assert "按 2025 年度设置第 2 版计算。" in page


def test_the_desk_leads_to_the_page_of_each_version(client):
    settings = publish(1)
    rate = CityRate.objects.create(city="2301", year=2025, item="5.5", rate="0.5", published_at=NOW)
    claim = make_claim(make_firm(), "5.5", make_period(), facts={"brand_cny": "1000"})
    client.force_login(
        make_user("city", role=Role.CITY_COMMERCE, city="2301"),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = client.get(reverse("review:claim", args=[claim.number])).content.decode()
    for row, words in (
        (settings, "2025 年度设置第 1 版"),
        (rate, "哈尔滨市 2025 年度 5.5 比例第 1 版"),
    ):
        where = reverse(f"console:applications_{row._meta.model_name}_change", args=[row.pk])
        assert f'<a href="{where}">{words}</a>' in page
        assert client.get(where).status_code == 200


def test_the_desk_says_where_the_defaults_were_in_force(client):
    claim = bank_fees()
    client.force_login(
        make_user("commerce", role=Role.COMMERCE), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(reverse("review:claim", args=[claim.number])).content.decode()
    assert "按 2025 年度的默认设置计算。" in page
