"""免申即享: what official data have prepared in full is filed with one confirmation; what is likely says what is missing."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from applications.claims import claim_withdraw
from applications.models import (
    AgriculturalExporter,
    Claim,
    DualCirculationEntry,
    OverseasWarehouse,
    PastAward,
    Platform,
    State,
    TradeFigures,
)
from tests.factories import NOW, make_claim, make_figures, make_firm, make_period, owner_of, settle_all

pytestmark = pytest.mark.django_db

YEAR = 2025
GROWTH = {"import_cny": "235000000", "export_cny": "0"}


def official(firm):
    """Official data that open each of the prepared items."""
    make_figures(firm, YEAR - 1, import_cny="100000000", export_cny="0")
    make_figures(firm, YEAR, **GROWTH, cross_border_cny="35600000")
    known = {"operator_code": firm.credit_code, "designated_on": date(YEAR, 3, 1)}
    Platform.objects.create(number="PT-1", name="示例平台", level="national", **known)
    OverseasWarehouse.objects.create(number="HWC-1", name="示例海外仓", **known)
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)


#: Item, subject, and what it pays by itself.
PREPARED = [
    ("1.1", "", "390000.00"),
    ("2.1", "PT-1", "2000000.00"),
    ("3.1", "", "350000.00"),
    ("3.4", "HWC-1", "1000000.00"),
    ("6.1", "", "200000.00"),
]


def address(item, period, subject=""):
    return reverse("portal:claim_confirm", args=[item], query={"period": period.pk, "subject": subject})


def page_of(client, item, period, subject=""):
    return client.get(address(item, period, subject)).content.decode()


def press(client, item, period, subject="", **answers):
    """Presses the button of the page as it stands."""
    page = client.get(address(item, period, subject))
    shown = str(page.context["offer"].payable) if page.context else ""
    data = {"period": period.pk, "subject": subject, "shown": shown, "other_support": "no", **answers}
    return client.post(reverse("portal:claim_confirm", args=[item]), data)


@pytest.mark.parametrize(("item", "subject", "amount"), PREPARED)
def test_one_confirmation_files_the_claim_for_the_amount_that_was_shown(
    as_owner, firm, period, item, subject, amount
):
    official(firm)
    text = page_of(as_owner, item, period, subject)
    assert f"{Decimal(amount):,.2f}" in text
    assert "同一事项是否已获其他省级政策支持" in text
    assert not Claim.objects.exists(), "looking files nothing"
    answer = press(as_owner, item, period, subject)
    claim = settle_all(Claim.objects.get())
    assert answer["Location"] == reverse("portal:claim", args=[claim.number])
    assert (claim.item, claim.subject, str(claim.payable_cny)) == (item, subject, amount)
    assert claim.state in (State.CITY_REVIEW, State.COMMERCE_REVIEW)
    assert claim.other_support_cny == 0


@pytest.mark.parametrize(("item", "subject", "amount"), PREPARED)
def test_the_page_of_the_year_leads_there(as_owner, firm, period, item, subject, amount):
    official(firm)
    page = as_owner.get(reverse("portal:my_year", args=[YEAR])).content.decode()
    query = f"?period={period.pk}&amp;subject={subject}" if subject else f"?period={period.pk}"
    assert f'href="/claims/new/{item}/confirm/{query}"' in page


def test_the_page_shows_what_the_claim_rests_on(as_owner, firm, period):
    official(firm)
    growth = page_of(as_owner, "1.1", period)
    for words in ("2025 年进口额", "235,000,000.00 元", "2024 年进口额", "每满 1,000 万元奖励 3 万元"):
        assert words in growth
    warehouse = page_of(as_owner, "3.4", period, "HWC-1")
    assert "名单登记：示例海外仓，编号 HWC-1，2025-03-01 认定。" in warehouse


def test_the_question_must_be_answered(as_owner, firm, period):
    official(firm)
    answer = press(as_owner, "6.1", period, other_support="")
    assert answer.status_code == 422
    assert "请选择“没有”或“有，已获支持”。" in answer.content.decode()
    assert not Claim.objects.exists()


def test_support_from_elsewhere_leads_to_the_form_with_the_answer_kept(as_owner, firm, period):
    official(firm)
    answer = press(as_owner, "3.4", period, "HWC-1", other_support="yes")
    claim = Claim.objects.get()
    assert answer["Location"] == reverse("portal:claim_edit", args=[claim.number])
    assert (claim.state, claim.subject) == (State.DRAFT, "HWC-1")
    form = as_owner.get(answer["Location"]).context["form"]
    assert form["other_support"].value() == "yes"


def test_a_second_press_finds_the_claim_and_files_none(as_owner, firm, period):
    official(firm)
    press(as_owner, "6.1", period)
    claim = Claim.objects.get()
    answer = press(as_owner, "6.1", period, shown="200000.00")
    assert answer["Location"] == reverse("portal:claim", args=[claim.number])
    assert Claim.objects.count() == 1


def test_a_draft_that_is_there_is_opened_and_not_filed_over(as_owner, firm, period):
    official(firm)
    draft = make_claim(firm, "6.1", period, submit=False)
    answer = press(as_owner, "6.1", period)
    assert answer["Location"] == reverse("portal:claim_edit", args=[draft.number])
    assert Claim.objects.get().state == State.DRAFT


def test_figures_that_changed_meanwhile_are_shown_before_anything_is_filed(as_owner, firm, period):
    official(firm)
    figures = TradeFigures.objects.filter(year=YEAR)
    figures.update(cross_border_cny=Decimal(20_000_000))
    answer = press(as_owner, "3.1", period, shown="350000.00")
    assert answer.status_code == 409
    assert "金额现在是 200,000.00 元" in answer.content.decode()
    assert not Claim.objects.exists()
    figures.update(cross_border_cny=0)
    answer = press(as_owner, "3.1", period, shown="200000.00")
    assert answer["Location"] == reverse("portal:my_year", args=[YEAR])
    assert not Claim.objects.exists()


def test_what_brings_nothing_or_is_not_ones_own_cannot_be_confirmed(as_owner, firm, period):
    other = make_firm("示例乙公司")
    official(other)
    for item, subject, _ in PREPARED:
        assert press(as_owner, item, period, subject)["Location"] == reverse("portal:my_year", args=[YEAR])
    assert not Claim.objects.exists()


@pytest.mark.parametrize("item", ["5.1", "8.1", "9.9"])
def test_only_prepared_items_have_such_a_page(as_owner, period, item):
    assert as_owner.get(address(item, period)).status_code == 404


@pytest.mark.parametrize("asked", ["", "x", "0", "99999999999999999999"])
def test_a_period_that_is_not_open_is_said_so(as_owner, firm, asked):
    closed = make_period(deadline=date(2026, 1, 2))
    official(firm)
    for key in (asked, closed.pk):
        answer = as_owner.get(
            reverse("portal:claim_confirm", args=["6.1"], query={"period": key}), follow=True
        )
        assert "这个申报批次现在不受理" in answer.content.decode()


def test_an_unverified_firm_sees_no_figure_and_files_nothing(client, period):
    firm = make_firm("示例未核验公司", verified=False)
    official(firm)
    client.force_login(owner_of(firm))
    answer = client.get(address("6.1", period), follow=True).content.decode()
    assert "企业还没有通过核验，通过后才能确认申报。" in answer
    assert "35,600,000" not in answer
    assert "您可能符合" not in answer


def test_each_warehouse_is_offered_by_itself_and_one_that_was_paid_is_not(as_owner, firm, period):
    official(firm)
    known = {"operator_code": firm.credit_code, "designated_on": date(YEAR, 3, 1)}
    OverseasWarehouse.objects.create(number="HWC-2", name="示例第二海外仓", **known)
    OverseasWarehouse.objects.create(number="HWC-3", name="示例第三海外仓", **known)
    PastAward.objects.create(item="3.4", subject="HWC-3")
    [items] = as_owner.get(reverse("portal:my_year", args=[YEAR])).context["open_items"]
    assert [offer.subject for offer in items.offered if offer.item.code == "3.4"] == ["HWC-1", "HWC-2"]
    assert [offer.entry for offer in items.unfit if offer.item.code == "3.4"] == ["示例第三海外仓"]
    press(as_owner, "3.4", period, "HWC-2")
    claim = Claim.objects.get()
    assert claim.subject == "HWC-2"
    claim_withdraw(claim_id=claim.pk, actor=owner_of(firm), at=NOW)
    assert "示例第二海外仓" in page_of(as_owner, "3.4", period, "HWC-2")


# --- What is likely --------------------------------------------------------------------------------


def year_page(client, year=YEAR):
    return client.get(reverse("portal:my_year", args=[year]))


def test_what_customs_figures_make_likely_is_said_with_what_is_missing(as_owner, firm, period):
    make_figures(firm, resource_import_cny="149000000", export_usd="350000")
    text = year_page(as_owner).content.decode()
    assert (
        "根据海关统计，您可能符合条件：2025 年资源类产品进口额 149,000,000.00 元，达到 1 亿元。"
        "还需要您填报：省内落地使用加工的进口额（须超过 74,500,000.00 元）、银行手续费、融资贷款。"
    ) in text
    assert "没有超过 1,000 万美元。还需要您填报：保费。" in text
    [items] = year_page(as_owner).context["open_items"]
    assert [one.item.code for one in items.possible if one.likely] == ["4.1", "7.1"]
    assert [one.item.code for one in items.possible][:2] == ["4.1", "7.1"]


def test_what_a_register_makes_likely_names_the_register(as_owner, firm, period):
    AgriculturalExporter.objects.create(credit_code=firm.credit_code)
    assert "根据官方名单，您可能符合条件：企业属于农产品出口企业。" in year_page(as_owner).content.decode()


def test_what_has_been_filed_is_not_likely_any_more(as_owner, firm, period):
    make_figures(firm, export_usd="350000")
    make_claim(firm, "7.1", period, facts={"premium_cny": "1000"}, submit=False)
    [items] = year_page(as_owner).context["open_items"]
    assert not any(one.likely for one in items.possible)


def test_before_the_period_opens_the_year_says_what_can_be_filed_then(as_owner, firm):
    official(firm)
    make_figures(firm, 2026, resource_import_cny="149000000")
    page = year_page(as_owner)
    foreseen = page.context["foreseen"]
    assert {offer.item.code for offer in foreseen.offered} == {"1.1", "2.1", "3.1", "3.4", "6.1"}
    assert "批次开放后可以申报" in page.content.decode()
    assert [one.item.code for one in year_page(as_owner, 2026).context["foreseen"].possible] == ["4.1"]


def test_a_year_that_is_over_promises_nothing(as_owner, firm):
    official(firm)
    make_period(deadline=date(2026, 1, 2))
    assert year_page(as_owner).context["foreseen"] is None
