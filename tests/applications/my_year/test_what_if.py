"""The limit with what is filed and what could be, and what a further claim would add."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from applications.models import Claim, DeadlineExtension, FilingPeriod, PastAward, Platform, PlatformMember
from applications.offers import YearOffers, offers
from applications.portal.year_items import open_items
from applications.what_if import NOTHING_TYPED, UNVERIFIED
from measures.money import ZERO
from tests.factories import make_claim, make_figures, make_firm, owner_of

from .steps import cross_border, dual_circulation, premiums, show_at, shown, text_of, warehouse, words

pytestmark = pytest.mark.django_db


# --- The limit as a bar ----------------------------------------------------------------------------


def test_the_limit_bar_and_the_table_say_what_is_cut(as_owner, firm, period):
    cross_border(firm)
    make_claim(firm, "3.1", period)
    show_at(firm)
    text = text_of(as_owner)
    assert "应付合计" in text
    assert "1,000,000.00" in text
    assert "因总额度削减 300,000.00 元" in text
    assert "由 3.1 跨境电商奖励决定（100 万元）" in text
    assert "所以削减落在 5.1" in text


def test_drafts_and_prepared_items_stand_in_the_bar_as_a_what_if_and_can_be_left_out(as_owner, firm, period):
    """Filed: an exhibition of 30 万. A draft of 40 万 of fees, and a reward of 100 万 that waits to be confirmed."""
    cross_border(firm)
    show_at(firm, booth="500000")
    make_claim(firm, "7.2", period, facts=premiums("800000"), submit=False)
    everything = shown(as_owner).context["bar"]
    assert [(row.label, row.payable, row.cut, row.what_if) for row in everything.rows] == [
        ("7.2", Decimal("400000.00"), ZERO, True),
        ("3.1", Decimal("1000000.00"), ZERO, True),
        ("5.1", Decimal("100000.00"), Decimal("200000.00"), False),
    ]
    assert (everything.limit, everything.setter, everything.payable) == (1500000, "7.2", 1500000)
    text = words(as_owner)
    assert "连同还没有申报的 2 件，预计共得 1,500,000.00" in text
    assert "比只算已申报的多得 1,200,000.00 元" in text
    page = shown(as_owner, view="filed")
    filed = page.context["bar"]
    assert [(row.label, row.payable, row.what_if) for row in filed.rows] == [
        ("5.1", Decimal("300000.00"), False)
    ]
    assert "已申报 1 件，应付合计" in page.content.decode()
    assert '?view=filed" aria-current="true">' in page.content.decode()


def test_the_bar_is_drawn_as_an_outline_for_what_is_not_filed_and_its_numbers_stand_in_a_table(
    as_owner, firm, period
):
    cross_border(firm)
    show_at(firm)
    text = text_of(as_owner)
    assert text.count('class="f-open part"') == 1
    assert "其中还没有申报的占 1,000,000.00 元" in text
    table = text[text.index("图中的数字") : text.index("依据：")]
    numbers = re.findall(r'<td class="num"[^>]*>(?:<\w+[^>]*>)?([−\d.,]+)', table)
    assert numbers == [
        *("1,000,000.00", "0.00", "1,000,000.00"),
        *("300,000.00", "−300,000.00", "0.00"),
        *("1,300,000.00", "−300,000.00", "1,000,000.00"),
    ]


def test_the_bar_of_the_whole_is_what_filing_everything_really_comes_to(as_owner, firm, period):
    cross_border(firm)
    dual_circulation(firm)
    warehouse(firm, "HWC-1")
    show_at(firm)
    foreseen = shown(as_owner).context["bar"]
    make_claim(firm, "3.1", period)
    make_claim(firm, "3.4", period, facts={"warehouse": "HWC-1"})
    make_claim(firm, "6.1", period)
    real = shown(as_owner).context["bar"]
    assert foreseen.payable == real.payable == 1000000
    assert {(row.label, row.payable) for row in foreseen.rows} == {
        (row.label, row.payable) for row in real.rows
    }
    assert not real.what_ifs


def test_a_year_with_drafts_alone_has_a_bar_and_nothing_to_switch(as_owner, firm, period):
    show_at(firm, submit=False)
    page = shown(as_owner)
    assert "申报这 1 件，" in page.content.decode()
    assert "只看已申报的" not in page.content.decode()
    assert page.context["bar"].limit == 300000


def test_a_draft_that_can_no_longer_be_submitted_is_no_part_of_the_what_if(as_owner, firm, period, owner):
    show_at(firm, submit=False)
    yesterday = timezone.localdate() - timedelta(days=1)
    FilingPeriod.objects.update(deadline=yesterday)
    page = shown(as_owner)
    assert (page.context["gains"], page.context["has_what_if"]) == ([], False)
    [todo] = page.context["todos"]
    assert todo.is_overdue
    assert "已经截止" in todo.why
    DeadlineExtension.objects.create(
        period=period,
        enterprise=firm,
        until=timezone.localdate(),
        reason="示例",
        granted_by=owner,
        granted_at=timezone.now(),
    )
    page = shown(as_owner)
    assert len(page.context["gains"]) == 1
    assert page.context["todos"][0].left == "今天截止"


# --- What a further claim would add ----------------------------------------------------------------


def gains(client):
    """[(item, own amount, cut, gain)] of what has not been filed, in the order of the page."""
    return [
        (one.item.code, one.own, one.cut, one.gain)
        for one, _ in shown(client).context["gains"]
    ]  # fmt: skip


def test_what_adds_most_stands_first_and_what_adds_nothing_says_why(as_owner, firm, period):
    """A warehouse of 100 万, of which another policy has paid 2 万, leaves 2 万 of the limit and then nothing."""
    warehouse(firm, "HWC-1")
    make_claim(firm, "3.4", period, facts={"warehouse": "HWC-1"}, other="20000")
    dual_circulation(firm)
    cross_border(firm, "1500000")
    show_at(firm, booth="10000", submit=False)
    assert gains(as_owner) == [
        ("6.1", 200000, 180000, 20000),
        ("5.1", 7000, 0, 7000),
    ]
    Claim.objects.filter(item="3.4").update(other_support_cny=0)
    text = words(as_owner)
    assert gains(as_owner) == [("6.1", 200000, 200000, 0), ("5.1", 7000, 7000, 0)]
    assert (
        "总额度 100 万元由 3.4 海外仓奖励决定，已经用完；本项上限 20 万元，不能提高总额度。全年合计不增加。"
        in text
    )


def test_what_lifts_the_limit_gains_more_than_its_own_amount(as_owner, firm, period):
    warehouse(firm, "HWC-1")
    make_claim(firm, "3.4", period, facts={"warehouse": "HWC-1"})
    show_at(firm)
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, 2025, import_cny="100000000", export_cny="0")
    assert gains(as_owner) == [("1.1", 300000, 0, 600000)]
    assert "申报后总额度升到 300 万元，其他申报因此少被削减。" in text_of(as_owner)


def test_a_draft_with_nothing_typed_asks_for_it_instead_of_an_amount(as_owner, firm, period):
    make_claim(firm, "5.2", period, submit=False)
    [(one, _)] = shown(as_owner).context["gains"]
    assert (one.own, one.gain, one.why) == (None, None, (NOTHING_TYPED,))


def test_a_draft_with_something_wrong_is_told_with_what_is_right(as_owner, firm, period):
    draft = show_at(firm, booth="10000", submit=False)
    draft.draft["facts"]["freight_cny"] = "很多"
    draft.save()
    [(one, _)] = shown(as_owner).context["gains"]
    assert (one.own, len(one.left_out)) == (7000, 1)
    assert "还没有填对或填全" in text_of(as_owner)


def test_a_draft_that_is_not_payable_says_why(as_owner, firm, period):
    cross_border(firm, "5000000")
    make_claim(firm, "3.1", period, submit=False)
    [(one, _)] = shown(as_owner).context["gains"]
    assert one.gain is None
    assert "不到 10,000,000.00 元" in one.why[0]


def test_a_platform_that_has_been_paid_before_adds_nothing_as_a_draft_either(as_owner, firm, period):
    Platform.objects.create(
        number="P-1", name="示例平台", level="provincial", operator_code=firm.credit_code, designated_on="2024-03-01"
    )  # fmt: skip
    PastAward.objects.create(
        item="2.1", subject="P-1", level="provincial", credit_code=firm.credit_code, awarded_on="2024-06-01"
    )
    make_claim(firm, "2.1", period, facts={"platform": "P-1"}, submit=False)
    [(one, _)] = shown(as_owner).context["gains"]
    assert one.gain is None
    assert "以前已经给过" in one.why[0]


def test_what_if_stores_nothing(as_owner, firm, period):
    cross_border(firm)
    show_at(firm)
    show_at(firm, "5.2", submit=False)
    before = list(Claim.objects.order_by("pk").values())
    text_of(as_owner)
    assert list(Claim.objects.order_by("pk").values()) == before


def test_prepared_items_are_offered_only_where_official_data_make_them_payable(as_owner, firm, period):
    cross_border(firm)
    page = shown(as_owner)
    [items] = page.context["open_items"]
    assert [one.item.code for one, _ in page.context["gains"]] == ["3.1"]
    assert {"1.1", "2.1", "3.4", "6.1"} <= {one.item.code for one in items.unfit}
    assert "5.1" in [one.item.code for one in items.possible]
    text = page.content.decode()
    assert "根据官方数据，您符合条件，申报后全年多得 1,000,000.00 元。" in text
    assert "企业不在省级海外仓名单上。" in text
    assert "暂不符合或还缺数据的事项" in text


def test_what_official_figures_bar_says_how_much_is_missing(as_owner, firm, period):
    make_figures(firm, 2024, import_cny="0", export_cny="0", export_usd="499999.99")
    make_figures(
        firm, 2025, import_cny="80500000", export_cny="0", local_product_export_cny="32160000", cross_border_cny="0"
    )  # fmt: skip
    [items] = shown(as_owner).context["open_items"]
    why = {one.item.code: "".join(one.reasons) for one in items.unfit}
    assert why["1.1"].endswith("不到 100,000,000.00 元。还差 1,950 万元。")
    assert why["4.2"].endswith("不到 50,000,000.00 元。还差 1,784 万元。")
    assert why["7.3"] == "2024 年出口额 499,999.99 美元，不到 500,000.00 美元。"
    assert "没有数据就不能判断" in why["4.1"]
    assert "没有公布 2025 年" in why["3.3"]


def test_an_item_whose_cap_the_limit_has_used_up_says_that_filing_adds_nothing(as_owner, firm, period):
    cross_border(firm, "97000000")
    make_claim(firm, "3.1", period)
    PlatformMember.objects.create(credit_code=firm.credit_code, since="2020-01-01")
    [items] = shown(as_owner).context["open_items"]
    rooms = {one.item.code: one.room for one in items.possible}
    assert rooms["5.1"] == "受总额度限制，全年最多还能多得 3 万元。"
    assert rooms["7.2"] == "受总额度限制，全年最多还能多得 53 万元。"
    assert items.possible[0].likely.item.code == "7.2", "what is likely stands first"
    make_claim(firm, "7.2", period, facts=premiums("99000000"), submit=False)
    show_at(firm, booth="99000000", submit=False)
    assert [gain for *_, gain in gains(as_owner)] == [530000, 30000], "and no costs gain more than that"
    show_at(firm)
    [items] = shown(as_owner).context["open_items"]
    rooms = {one.item.code: one.room for one in items.possible}
    assert rooms["5.2"] == "总额度已经用完，现在申报，全年合计不增加。"


def test_what_is_claimed_once_a_year_is_not_offered_again(firm, period):
    cross_border(firm)
    claims = [
        make_claim(firm, "3.1", period),
        make_claim(firm, "4.2", period, submit=False),
        show_at(firm, submit=False),
    ]
    [items] = open_items([period], claims, YearOffers())
    codes = [one.item.code for one in items.possible]
    assert "3.1" not in codes
    assert "4.2" not in codes
    assert "5.1" in codes


def test_an_unverified_firm_is_told_no_amount_that_rests_on_official_data(client, period):
    firm = make_firm("示例未核验公司", verified=False)
    cross_border(firm)
    make_claim(firm, "3.1", period, submit=False)
    show_at(firm, booth="10000", submit=False)
    client.force_login(owner_of(firm))
    page = shown(client)
    assert [(one.item.code, one.gain) for one, _ in page.context["gains"]] == [("5.1", 7000), ("3.1", None)]
    assert page.context["gains"][1][0].why == (UNVERIFIED,)
    assert page.context["ahead"] is None
    assert "您符合条件" not in page.content.decode()
    assert "1,000,000.00" not in page.content.decode()


def test_a_warehouse_that_is_claimed_is_not_offered_again_and_another_one_is(as_owner, firm, period):
    warehouse(firm, "HWC-1")
    make_claim(firm, "3.4", period, facts={"warehouse": "HWC-1"}, submit=False)
    assert "名单上的省级海外仓都已申报。" in text_of(as_owner)
    warehouse(firm, "HWC-2")
    found = [(one.about, one.offer is None) for one, _ in shown(as_owner).context["gains"]]
    assert found[0] == ("HWC-1", True)
    assert "HWC-2" in found[1][0]


def test_what_can_be_filed_only_later_is_told_without_a_button(as_owner, firm):
    cross_border(firm)
    page = shown(as_owner)
    assert [one.item.code for one, _ in page.context["gains"]] == ["3.1"]
    assert "批次开放后可以申报" in page.content.decode()
    assert page.context["todos"] == []


def test_what_an_item_adds_on_this_page_is_what_its_own_page_says(as_owner, firm, period):
    cross_border(firm)
    show_at(firm)
    [offer] = offers(enterprise=firm, year=2025, claims=list(Claim.objects.all())).prepared["3.1"]
    [(one, _)] = shown(as_owner).context["gains"]
    assert (one.gain, one.own) == (offer.gain, offer.estimate.claim.after_overlap)
