"""My year: the limit with what is filed and what could be, what is to be done by when, and how far the next award is."""

import re
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.bank_accounts import Account, account_change
from applications.lifecycle import transition
from applications.models import (
    Claim,
    DeadlineExtension,
    DualCirculationEntry,
    FilingPeriod,
    OverseasWarehouse,
    PastAward,
    Platform,
    PlatformMember,
    State,
)
from applications.offers import YearOffers, offers
from applications.official import working_calendar
from applications.portal.year_items import open_items
from applications.portal.year_todos import Clock
from applications.trade_figures import figures_derive
from applications.what_if import NOTHING_TYPED, UNVERIFIED
from measures import registry
from measures.money import ZERO
from tests.factories import (
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_month,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db
THIS_YEAR = timezone.localdate().year


@pytest.fixture
def commerce():
    return make_user("commerce", role=Role.COMMERCE)


@pytest.fixture
def finance():
    return make_user("finance", role=Role.FINANCE)


def do(action, claim, actor, **fields):
    claim.refresh_from_db()
    return transition(claim_id=claim.pk, action=action, actor=actor, **fields)


def shown(client, year=2025, **query):
    answer = client.get(reverse("portal:my_year", args=[year], query=query))
    assert answer.status_code == 200
    return answer


def text_of(client, year=2025, **query):
    return shown(client, year, **query).content.decode()


def words(client, year=2025, **query):
    """The page as it is read: without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(client, year, **query)))


def show_at(firm, item="5.1", booth="520000", *, submit=True, name="示例展会"):
    """A claim of an exhibition, at 70% of its booth."""
    period = FilingPeriod.objects.get()
    return make_claim(
        firm, item, period, facts={"booth_cny": booth}, particulars=exhibition(name), submit=submit
    )


def cross_border(firm, value="100000000", year=2025):
    return make_figures(firm, year, cross_border_cny=value)


def warehouse(firm, number):
    OverseasWarehouse.objects.create(
        number=number, name=f"示例海外仓{number}", operator_code=firm.credit_code, designated_on="2025-03-01"
    )


def dual_circulation(firm):
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)


def detail(firm, month, **row):
    make_month(firm.credit_code, month, **row)
    figures_derive({(firm.credit_code, int(month[:4]))})


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
    do("reject", claim, commerce, reason="不属于支持范围。")
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


def premiums(amount):
    return {"premiums": [{"premium_cny": amount, "market": "US", "new_mode": False}]}


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


# --- What is to be done ----------------------------------------------------------------------------


def test_what_is_to_be_done_stands_in_the_order_of_dates_with_the_reviewers_words(
    as_owner, firm, period, commerce
):
    claim = show_at(firm)
    show_at(firm, "5.2", submit=False)
    cross_border(firm, "20000000")
    do("return", claim, commerce, reason="韩国保单缺少签章页。")
    returned, *others = shown(as_owner).context["todos"]
    assert (returned.action, returned.urgent) == ("去补正", True)
    assert returned.why == "韩国保单缺少签章页。"
    assert returned.left == "还有 10 个工作日"
    assert {todo.action for todo in others} == {"继续填写", "查看并确认"}
    assert [todo.until for todo in others] == [date(2026, 12, 31)] * 2
    text = words(as_owner)
    assert "需要您办理 3" in text


def test_a_weekend_that_is_left_is_told_in_days():
    saturday = date(2026, 3, 7)
    clock = Clock(today=saturday, calendar=working_calendar())
    assert clock.deadline(date(2026, 3, 8), working=True)["left"] == "还有 1 天"
    assert clock.deadline(date(2026, 3, 9), working=True)["left"] == "还有 1 个工作日"
    assert clock.deadline(saturday, working=True)["left"] == "今天截止"


def test_what_is_overdue_is_marked_in_words(as_owner, firm, period, commerce):
    claim = show_at(firm)
    do("return", claim, commerce, reason="请补正。")
    Claim.objects.update(return_due_on=timezone.localdate() - timedelta(days=14))
    [todo] = shown(as_owner).context["todos"]
    assert todo.is_overdue
    assert re.fullmatch(r"已过期 \d+ 个工作日", todo.left)
    assert 'class="due is-late"' in text_of(as_owner)


def test_money_that_did_not_arrive_and_money_to_be_given_back_come_before_what_has_time(
    as_owner, firm, period
):
    show_at(firm, "5.2", submit=False)
    failed, owed = show_at(firm), show_at(firm, name="另一个展会")
    Claim.objects.filter(pk=failed.pk).update(payout_failed=True)
    Claim.objects.filter(pk=owed.pk).update(demanded_cny=Decimal("1234.50"))
    found = shown(as_owner).context["todos"]
    assert [todo.title.split("：")[1] for todo in found] == ["拨付未成功", "退回多拨的资金", "草稿"]
    text = text_of(as_owner)
    assert "需要退回 1,234.50 元" in text
    assert "请尽快办理" in text


def test_a_change_of_account_waits_for_a_colleague_and_not_for_who_asked_for_it(
    as_owner, firm, owner, colleague, period
):
    account_change(
        enterprise_id=firm.pk,
        actor=owner,
        account=Account(holder=firm.name, bank="示例银行哈尔滨分行", number="6222000011112222"),
    )
    assert shown(as_owner).context["todos"] == []
    other = Client()
    other.force_login(colleague)
    [todo] = shown(other).context["todos"]
    assert todo.title == "收款账户变更：请核对并确认"
    assert "尾号 2222" in todo.why


def test_a_year_without_anything_to_do_has_no_empty_box(as_owner, period):
    assert "需要您办理" not in text_of(as_owner)


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


# --- How far the next award is ---------------------------------------------------------------------


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
