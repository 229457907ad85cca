"""Replays in the console: from the draft's page to the result and back to whoever publishes."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from applications.jobs import job_run
from applications.models import CityRate, Event, YearSettings
from review.models import Replay
from review.publishing import version_add, version_change, version_draft
from tests.factories import NOW, make_claim, make_figures, make_firm, make_period, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafter():
    return make_user("data1", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def publisher():
    return make_user("data2", role=Role.DATA, name="示例数据员乙")


@pytest.fixture
def firm():
    """A firm that gets half of 1000 yuan under 4.2, and one that gets as much by a claim that no rate touches."""
    period, other = make_period(), make_firm("示例乙公司", city="2311")
    premium = {"premium_cny": "1000", "market": "US", "new_mode": False}
    make_claim(other, "7.2", period, facts={"premiums": [premium]})
    return bank_fees("示例甲公司", period)


def bank_fees(name, period):
    made = make_firm(name)
    make_figures(made, export_cny="100000000", local_product_export_cny="100000000")
    make_claim(made, "4.2", period, facts={"bank_fees_cny": "1000"})
    return made


@pytest.fixture
def draft(drafter):
    return version_add(YearSettings(year=2025, bank_cost_rate=Decimal("0.3")), actor=drafter)


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page_of(row):
    return reverse(f"console:applications_{row._meta.model_name}_change", args=[row.pk])


def press(client, row):
    """Presses 试算 on the page of a draft. Returns the replay and the page that opens."""
    answer = client.post(
        reverse(f"console:applications_{row._meta.model_name}_replay", args=[row.pk]), follow=True
    )
    return Replay.objects.latest("pk"), answer.content.decode()


def done(client, row):
    replay, _ = press(client, row)
    job_run(replay.job_id)
    return replay


def shown(client, replay, **asked):
    return client.get(reverse("review:replay", args=[replay.pk]), asked)


def test_a_draft_is_replayed_and_the_publisher_sees_what_it_would_do(client, drafter, publisher, firm, draft):
    assert "发布前可以先试算" in sign_in(client, drafter).get(page_of(draft)).content.decode()
    replay, text = press(client, draft)
    assert "正在试算" in text
    progress = client.get(reverse("review:replay_progress", args=[replay.pk])).json()
    assert progress == {"open": True, "percent": None, "words": "正在排队，很快开始"}
    job_run(replay.job_id)
    assert client.get(reverse("review:replay_progress", args=[replay.pk])).json()["open"] is False
    text = shown(client, replay).content.decode()
    for words in ("1,000.00", "800.00", "共减少 200.00 元", "示例甲公司", "−200.00"):
        assert words in text
    assert "示例乙公司" not in text
    text = sign_in(client, publisher).get(page_of(draft)).content.decode()
    assert "合计减少 200.00 元" in text
    assert "这一版还没有试算过" not in text
    assert "发布这一版" in text


def test_who_publishes_without_a_replay_is_told_and_not_stopped(client, publisher, firm, draft):
    text = sign_in(client, publisher).get(page_of(draft)).content.decode()
    assert "这一版还没有试算过，发布前可以先看看谁增加、谁减少。" in text
    client.post(reverse("console:applications_yearsettings_publish", args=[draft.pk]))
    draft.refresh_from_db()
    assert draft.is_published


def test_an_old_result_says_so_on_both_pages(client, drafter, firm, draft):
    replay = done(sign_in(client, drafter), draft)
    draft.day_count = 365
    version_change(draft, actor=drafter)
    for where in (page_of(draft), reverse("review:replay", args=[replay.pk])):
        text = client.get(where).content.decode()
        assert "过时" in text
        assert "试算以后草稿改过。" in text


def test_the_last_result_stays_in_view_while_another_is_under_way(client, drafter, firm, draft):
    done(sign_in(client, drafter), draft)
    press(client, draft)
    text = client.get(page_of(draft)).content.decode()
    assert "合计减少 200.00 元" in text
    assert "正在试算，查看进度" in text


def test_a_replay_is_cancelled_from_its_page(client, drafter, firm, draft):
    replay, _ = press(sign_in(client, drafter), draft)
    text = client.post(reverse("review:replay_act", args=[replay.pk, "cancel"]), follow=True).content.decode()
    assert "这次试算已取消，没有结果。" in text
    text = client.post(reverse("review:replay_act", args=[replay.pk, "cancel"]), follow=True).content.decode()
    assert "已经结束，不能取消" in text


def test_another_is_begun_from_the_page_of_the_last(client, drafter, firm, draft):
    first = done(sign_in(client, drafter), draft)
    answer = client.post(reverse("review:replay_act", args=[first.pk, "again"]))
    assert answer["Location"] == reverse("review:replay", args=[Replay.objects.latest("pk").pk])
    assert Replay.objects.count() == 2


def test_a_year_without_claims_says_so(client, drafter, draft):
    replay = done(sign_in(client, drafter), draft)
    assert "没有可以试算的申报" in shown(client, replay).content.decode()
    assert "没有可以试算的申报" in client.get(page_of(draft)).content.decode()
    assert client.get(reverse("review:replay_sheet", args=[replay.pk])).status_code == 404


def test_a_draft_that_changes_no_amount_says_so(client, drafter, firm, draft):
    draft.bank_cost_rate = Decimal("0.5")
    version_change(draft, actor=drafter)
    replay = done(sign_in(client, drafter), draft)
    text = shown(client, replay).content.decode()
    assert "没有企业的金额改变" in text
    assert "金额不变的事项（2 个）" in text


def test_all_firms_are_listed_searched_and_ordered_on_request(client, drafter, firm, draft):
    replay = done(sign_in(client, drafter), draft)

    def names(**asked):
        return [row["enterprise__name"] for row in shown(client, replay, **asked).context["rows"]]

    assert names() == ["示例甲公司"]
    assert names(all="1", order="name") == sorted(["示例甲公司", "示例乙公司"])
    assert names(all="1", q=firm.credit_code) == ["示例甲公司"]
    assert names(q="没有这家") == names(order="nonsense", page="x", q="没有这家") == []
    assert "没有找到" in shown(client, replay, q="没有这家").content.decode()


def test_the_list_of_firms_costs_the_same_for_one_and_for_fifty(
    client, drafter, draft, django_assert_num_queries, django_assert_max_num_queries
):
    period = make_period()
    bank_fees("示例甲公司", period)
    first = done(sign_in(client, drafter), draft)
    shown(client, first)
    with django_assert_max_num_queries(25) as one:
        shown(client, first)
    queries = len(one)
    for number in range(12):
        bank_fees(f"示例第{number}公司", period)
    second = done(client, draft)
    with django_assert_num_queries(queries):
        assert len(shown(client, second).context["rows"]) == 13


def test_the_result_is_taken_as_a_spreadsheet_and_that_is_recorded(client, drafter, firm, draft):
    replay = done(sign_in(client, drafter), draft)
    answer = client.get(reverse("review:replay_sheet", args=[replay.pk]))
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["按事项", "按支付方", "企业明细"]
    assert "attachment" in answer["Content-Disposition"]
    event = Event.objects.get(kind="setting.replay_taken", topic=f"yearsettings:{draft.pk}")
    assert (event.actor, event.data["replay"]) == (drafter, replay.pk)
    history = client.get(
        reverse("console:applications_yearsettings_history", args=[draft.pk])
    ).content.decode()
    assert "下载试算结果" in history


def test_a_city_sees_that_a_provincial_draft_exists_but_no_sum_of_its_replay(client, drafter, firm, draft):
    replay = done(sign_in(client, drafter), draft)
    sign_in(client, make_user("city1", role=Role.CITY_COMMERCE, city="2301"))
    text = client.get(page_of(draft)).content.decode()
    assert "合计减少" not in text
    assert 'id="replay"' not in text
    assert shown(client, replay).status_code == 404


def test_a_city_replays_its_own_rate(client, firm):
    CityRate.objects.create(city="2301", year=2025, item="5.5", rate="0.5", published_at=NOW)
    make_claim(firm, "5.5", firm.claims.get().period, facts={"brand_cny": "1000"})
    city = make_user("city1", role=Role.CITY_COMMERCE, city="2301")
    row = version_draft(CityRate.objects.get(), actor=city)
    row.rate = Decimal("0.2")
    version_change(row, actor=city)
    replay = done(sign_in(client, city), row)
    text = shown(client, replay).content.decode()
    assert "哈尔滨市 2025 年度 5.5 比例第 2 版" in text
    assert "共减少 300.00 元" in text
    assert "哈尔滨市财政局" in text


def test_a_draft_of_a_period_is_replayed_without_amounts(client, drafter, firm):
    period = firm.claims.get().period
    draft = version_draft(period, actor=drafter)
    replay = done(sign_in(client, drafter), draft)
    assert "申报批次不改变金额" in shown(client, replay).content.decode()
    assert "申报批次不改变金额" in client.get(page_of(draft)).content.decode()
