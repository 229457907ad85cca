"""Versions of settings: published rows never change, four eyes publish, and exactly the touched years are marked."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import CityRate, DeadlineExtension, EnterpriseYear, Event, FilingPeriod, YearSettings
from applications.official import city_rates, year_settings
from review.extensions import deadline_extend
from review.publishing import publishers_of, version_add, version_change, version_draft, version_publish
from tests.factories import make_claim, make_firm, make_period, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafter():
    return make_user("data1", role=Role.DATA)


@pytest.fixture
def publisher():
    return make_user("data2", role=Role.DATA)


def officer(username, city="2301"):
    return make_user(username, role=Role.CITY_COMMERCE, city=city)


def marked():
    rows = EnterpriseYear.objects.filter(requested__gt=0)
    return set(rows.values_list("enterprise__name", "year"))


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")


def test_a_draft_has_no_effect_until_another_holder_publishes_it(drafter, publisher):
    row = version_add(YearSettings(year=2025, bank_cost_rate=Decimal("0.4")), actor=drafter)
    assert year_settings(2025).bank_cost_rate == Decimal("0.5")
    version_publish(row, actor=publisher)
    assert year_settings(2025).bank_cost_rate == Decimal("0.4")


def test_who_drafted_a_version_does_not_publish_it(drafter, publisher):
    row = version_add(YearSettings(year=2025), actor=drafter)
    with pytest.raises(NotAllowed, match="起草人不能自己发布"):
        version_publish(row, actor=drafter)
    row.refresh_from_db()
    assert not row.is_published


@pytest.mark.parametrize("role", [Role.COMMERCE, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR])
def test_other_posts_neither_draft_nor_publish(drafter, role):
    stranger = make_user("stranger", role=role)
    row = version_add(YearSettings(year=2025), actor=drafter)
    with pytest.raises(NotAllowed):
        version_draft(row, actor=stranger)
    with pytest.raises(NotAllowed):
        version_publish(row, actor=stranger)


def test_a_published_version_is_never_changed(drafter, publisher):
    row = version_add(YearSettings(year=2025), actor=drafter)
    version_publish(row, actor=publisher)
    row.day_count = 365
    with pytest.raises(Refused, match="已经发布"):
        version_change(row, actor=drafter)
    newer = version_draft(YearSettings.objects.get(), actor=drafter)
    assert (newer.version, newer.day_count, newer.is_published) == (2, 360, False)


def test_only_its_drafter_changes_a_draft(drafter, publisher):
    row = version_add(YearSettings(year=2025), actor=drafter)
    row.day_count = 365
    with pytest.raises(NotAllowed, match="草稿由起草人修改"):
        version_change(row, actor=publisher)


def test_a_draft_for_the_wrong_year_becomes_the_next_one_of_the_right_year(drafter):
    version_add(YearSettings(year=2025), actor=drafter)
    row = version_add(YearSettings(year=2026), actor=drafter)
    row.year = 2025
    version_change(row, actor=drafter)
    row.refresh_from_db()
    assert (row.year, row.version) == (2025, 2)


def test_an_overtaken_draft_is_not_published(drafter, publisher):
    first = version_add(YearSettings(year=2025), actor=drafter)
    second = version_draft(first, actor=drafter)
    version_publish(second, actor=publisher)
    with pytest.raises(Refused, match="已有更新的版本"):
        version_publish(first, actor=publisher)


def test_publishing_settings_marks_that_year_alone(drafter, publisher):
    firm = make_firm()
    for year in (2024, 2025):
        EnterpriseYear.objects.create(enterprise=firm, year=year)
    row = version_add(YearSettings(year=2025), actor=drafter)
    assert marked() == set()
    assert version_publish(row, actor=publisher) == 1
    assert marked() == {(firm.name, 2025)}


def test_a_citys_rate_touches_its_firms_and_the_claims_that_were_filed_there():
    drafter, publisher = officer("city1"), officer("city2")
    here, moved, elsewhere = (
        make_firm("示例甲公司", city="2301"),
        make_firm("示例乙公司", city="2301"),
        make_firm("示例丙公司", city="2311"),
    )
    make_claim(moved, "7.1", make_period(), facts={"premium_cny": "1000"})
    moved.city = "2311"
    moved.save()
    for firm in (here, elsewhere):
        EnterpriseYear.objects.create(enterprise=firm, year=2025)
    EnterpriseYear.objects.create(enterprise=here, year=2024)
    EnterpriseYear.objects.update(requested=0, settled=0)
    row = version_add(CityRate(city="2301", year=2025, item="3.3", rate=Decimal("0.4")), actor=drafter)
    version_publish(row, actor=publisher)
    assert marked() == {("示例甲公司", 2025), ("示例乙公司", 2025)}
    assert city_rates([2025]) == {("2301", 2025, "3.3"): row}


@pytest.mark.parametrize(("item", "limit"), [("3.3", "0.5"), ("5.4", "0.5"), ("5.5", "0.7")])
def test_a_citys_rate_stays_within_the_limit_of_its_item(item, limit):
    drafter = officer("city1")
    row = version_add(CityRate(city="2301", year=2025, item=item, rate=Decimal(limit)), actor=drafter)
    row.rate = Decimal(limit) + Decimal("0.000001")
    with pytest.raises(Refused, match="不能超过"):
        version_change(row, actor=drafter)


def test_a_rate_is_set_for_city_run_items_alone():
    with pytest.raises(Refused, match="不由市"):
        version_add(CityRate(city="2301", year=2025, item="1.1", rate=0), actor=officer("city1"))


def test_a_city_sets_no_rate_of_another_city():
    with pytest.raises(NotAllowed):
        version_add(CityRate(city="2311", year=2025, item="3.3", rate=0), actor=officer("city1"))


def test_a_city_names_who_may_publish_its_draft():
    drafter, colleague, _ = officer("city1"), officer("city2"), officer("heihe1", city="2311")
    row = version_add(CityRate(city="2301", year=2025, item="3.3", rate=0), actor=drafter)
    assert publishers_of(row) == [colleague]


def test_what_is_not_submitted_follows_a_new_version_of_its_period(drafter, publisher):
    period, firm = make_period(), make_firm()
    filed = make_claim(firm, "7.1", period, facts={"premium_cny": "1000"})
    draft = make_claim(firm, "1.1", period, submit=False)
    newer = version_draft(period, actor=drafter)
    newer.deadline = date(2027, 3, 1)
    version_change(newer, actor=drafter)
    version_publish(newer, actor=publisher)
    filed.refresh_from_db()
    draft.refresh_from_db()
    assert (filed.period, draft.period) == (period, newer)


def test_each_step_of_a_version_is_recorded_with_what_changed(drafter, publisher):
    row = version_add(YearSettings(year=2025), actor=drafter)
    row.day_count = 365
    version_change(row, actor=drafter)
    version_publish(row, actor=publisher)
    events = Event.objects.filter(topic=f"yearsettings:{row.pk}")
    assert [event.kind for event in events] == ["setting.drafted", "setting.changed", "setting.published"]
    assert events[1].data["changes"] == {"day_count": [360, 365]}


def test_an_extension_is_recorded_with_its_reason():
    commerce, firm, period = make_user("commerce1", role=Role.COMMERCE), make_firm(), make_period()
    made = deadline_extend(
        enterprise=firm, period=period, until=date(2027, 1, 31), reason="示例原因", actor=commerce
    )
    event = Event.objects.get(topic=f"deadlineextension:{made.pk}")
    assert (event.kind, event.enterprise, event.data["reason"]) == ("deadline.extended", firm, "示例原因")


def test_an_extension_ends_after_the_deadline_and_is_granted_by_commerce(drafter):
    commerce, firm, period = make_user("commerce1", role=Role.COMMERCE), make_firm(), make_period()
    granted = {"enterprise": firm, "period": period, "reason": "示例原因"}
    with pytest.raises(Refused):
        deadline_extend(**granted, until=period.deadline, actor=commerce)
    with pytest.raises(NotAllowed):
        deadline_extend(**granted, until=date(2027, 1, 31), actor=drafter)


# --- Pages ---------------------------------------------------------------------------------------


def test_two_people_of_a_city_set_its_rate_in_the_console(client):
    drafter, colleague = officer("city1"), officer("city2")
    sign_in(client, drafter)
    typed = {"city": "2301", "year": "2025", "item": "5.5", "source": "示例文件"}
    answer = client.post(reverse("console:applications_cityrate_add"), {**typed, "rate": "71"})
    assert "不能超过 70%" in answer.content.decode()
    page = client.post(reverse("console:applications_cityrate_add"), {**typed, "rate": "65"}, follow=True)
    row = CityRate.objects.get()
    assert row.rate == Decimal("0.65")
    assert f"可以发布的同事：{colleague}" in page.content.decode()
    publish = reverse("console:applications_cityrate_publish", args=[row.pk])
    refused = client.post(publish, follow=True)
    assert "起草人不能自己发布" in refused.content.decode()
    sign_in(client, colleague)
    client.post(publish)
    row.refresh_from_db()
    assert row.published_by == colleague
    page = client.get(reverse("console:applications_cityrate_change", args=[row.pk])).content.decode()
    assert "起草新版本" in page
    assert "保存草稿" not in page


def test_a_city_neither_sees_nor_drafts_another_citys_rate(client):
    row = version_add(
        CityRate(city="2311", year=2025, item="3.3", rate=0), actor=officer("heihe1", city="2311")
    )
    sign_in(client, officer("city1"))
    listed = client.get(reverse("console:applications_cityrate_changelist")).context["cl"]
    assert list(listed.result_list) == []
    assert client.post(reverse("console:applications_cityrate_draft", args=[row.pk])).status_code == 404
    assert client.post(reverse("console:applications_cityrate_publish", args=[row.pk])).status_code == 404
    typed = {"city": "2311", "year": "2025", "item": "5.4", "rate": "10", "source": "示例文件"}
    client.post(reverse("console:applications_cityrate_add"), typed)
    assert CityRate.objects.count() == 1


def test_settings_are_entered_in_words_and_percent(client, drafter):
    sign_in(client, drafter)
    typed = {
        "year": "2025",
        "bank_cost_rate": "33.5",
        "key_markets": "俄罗斯、de",
        "day_count": "360",
        "return_days": "10",
        "notice_days": "5",
        "support_days": "10",
        "second_check_percent": "5",
        "rcep_members": "日本",
        "cross_border_codes": "9610",
        "resource_codes": "2701",
        "local_origins": "23",
        "agricultural_codes": "01",
    }
    url = reverse("console:applications_yearsettings_add")
    assert "不超过" in client.post(url, {**typed, "bank_cost_rate": "51"}).content.decode()
    assert "没有找到“火星”" in client.post(url, {**typed, "key_markets": "火星"}).content.decode()
    page = client.post(url, typed, follow=True).content.decode()
    row = YearSettings.objects.get()
    assert (row.bank_cost_rate, row.key_markets) == (Decimal("0.335"), ["DE", "RU"])
    assert 'value="33.5"' in page
    assert "德国、俄罗斯" in page


def test_a_rate_out_of_bounds_is_refused_in_percent_and_an_empty_field_says_what_to_do(client, drafter):
    sign_in(client, drafter)
    page = client.post(
        reverse("console:applications_yearsettings_add"), {"bank_cost_rate": "400", "year": ""}
    ).content.decode()
    assert "比例不能超过 50%。" in page
    assert "请填写这一项。" in page
    assert "必填" not in page


def test_a_period_takes_chosen_items_or_all(client, drafter):
    sign_in(client, drafter)
    typed = {
        "year": "2025",
        "title": "2025 年度申报",
        "opens_on": "2026-01-01",
        "deadline": "2026-06-30",
        "window_from": "2025-01-01",
        "window_to": "2025-12-31",
    }
    url = reverse("console:applications_filingperiod_add")
    wrong = client.post(url, {**typed, "deadline": "2025-12-31"}).content.decode()
    assert "截止日期不能早于开始日期" in wrong
    client.post(url, {**typed, "items": ["5.1", "5.2"]})
    assert FilingPeriod.objects.get().items == ["5.1", "5.2"]


def test_commerce_grants_an_extension_by_credit_code(client):
    firm, period = make_firm(), make_period()
    sign_in(client, make_user("commerce1", role=Role.COMMERCE))
    url = reverse("console:applications_deadlineextension_add")
    typed = {
        "credit_code": firm.credit_code,
        "period": period.pk,
        "until": "2027-01-31",
        "reason": "示例原因",
    }
    assert "要晚于截止日期" in client.post(url, {**typed, "until": "2026-12-31"}).content.decode()
    assert (
        "没有注册过的企业"
        in client.post(url, {**typed, "credit_code": "91239900MA00000099"}).content.decode()
    )
    assert client.post(url, typed).status_code == 302
    made = DeadlineExtension.objects.get()
    assert (made.enterprise, made.granted_by.username) == (firm, "commerce1")


def test_the_list_of_versions_costs_the_same_for_one_and_for_many(
    client, drafter, django_assert_num_queries, django_assert_max_num_queries
):
    sign_in(client, drafter)
    first = version_add(YearSettings(year=2025), actor=drafter)
    url = reverse("console:applications_yearsettings_changelist")
    client.get(url)
    with django_assert_max_num_queries(12) as one:
        client.get(url)
    for _ in range(30):
        version_draft(first, actor=drafter)
    with django_assert_num_queries(len(one)):
        assert len(client.get(url).context["cl"].result_list) == 31
