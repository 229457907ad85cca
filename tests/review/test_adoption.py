"""City rates that were loaded from a file: one person of the city adopts, another publishes."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Post
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import CityRate, Event
from applications.official import city_rates
from review.publishing import needs_adoption, version_add, version_adopt, version_change, version_publish
from tests.factories import NOW, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    """A holder of the post "data and rules", who loads files."""
    return make_user("data1", role=Role.DATA, name="示例数据员")


@pytest.fixture
def first():
    return make_user("city1", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员甲")


@pytest.fixture
def second():
    return make_user("city2", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员乙")


@pytest.fixture
def loaded(keeper):
    """A draft as an import leaves it."""
    return load(keeper)


def load(keeper, **fields):
    values = {"city": "2301", "year": 2025, "item": "3.3", "rate": Decimal("0.4"), "created_by": keeper}
    return CityRate.objects.create(source="示例比例.xlsx", **values | fields)


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(row):
    return reverse("console:applications_cityrate_change", args=[row.pk])


def step(row, name):
    return reverse(f"console:applications_cityrate_{name}", args=[row.pk])


def test_two_people_of_the_city_put_a_loaded_rate_in_force(loaded, keeper, first, second):
    version_adopt(loaded, actor=first)
    assert city_rates([2025]) == {}
    version_publish(loaded, actor=second)
    assert city_rates([2025])["2301", 2025, "3.3"].rate == Decimal("0.4")
    adopted = Event.objects.get(kind="setting.adopted", topic=f"cityrate:{loaded.pk}")
    assert (adopted.actor, adopted.data["loaded_by"]) == (first, keeper.name)


def test_one_person_of_the_city_alone_publishes_no_loaded_rate(loaded, first):
    with pytest.raises(Refused, match="要先由一位同事采用"):
        version_publish(loaded, actor=first)
    version_adopt(loaded, actor=first)
    with pytest.raises(NotAllowed, match="起草人不能自己发布"):
        version_publish(loaded, actor=first)
    assert city_rates([2025]) == {}


def test_a_rate_that_nobody_is_named_for_is_adopted_too(first, second):
    row = load(None)
    with pytest.raises(Refused, match="采用"):
        version_publish(row, actor=second)
    version_publish(version_adopt(row, actor=first), actor=second)


@pytest.mark.parametrize(
    ("role", "city"), [(Role.CITY_COMMERCE, "2311"), (Role.CITY_FINANCE, "2301"), (Role.DATA, "")]
)
def test_other_cities_and_posts_adopt_nothing(loaded, role, city):
    with pytest.raises(NotAllowed):
        version_adopt(loaded, actor=make_user("other", role=role, city=city))


def test_what_the_city_drafted_itself_needs_no_adoption(first, second):
    row = version_add(CityRate(city="2301", year=2025, item="3.3", rate=Decimal("0.4")), actor=first)
    with pytest.raises(Refused, match="已由示例市审核员甲采用或起草"):
        version_adopt(row, actor=second)
    version_publish(row, actor=second)


def test_a_draft_of_somebody_who_has_left_the_post_since_needs_none_either(first, second):
    row = version_add(CityRate(city="2301", year=2025, item="3.3", rate=Decimal("0.4")), actor=first, at=NOW)
    Post.objects.filter(user=first).update(ends_on=NOW.date())
    assert not needs_adoption(CityRate.objects.get(pk=row.pk))


def test_whoever_adopts_may_correct_the_rate_and_the_other_sees_it(loaded, first, second):
    row = version_adopt(loaded, actor=first)
    row.rate = Decimal("0.3")
    version_change(row, actor=first)
    version_publish(row, actor=second)
    assert city_rates([2025])["2301", 2025, "3.3"].rate == Decimal("0.3")


def test_the_second_of_two_who_adopt_at_once_is_told(loaded, first, second):
    version_adopt(loaded, actor=first)
    with pytest.raises(Refused, match="已由示例市审核员甲采用"):
        version_adopt(loaded, actor=second)


def test_an_overtaken_draft_is_not_adopted(loaded, first, second):
    newer = version_add(CityRate(city="2301", year=2025, item="3.3", rate=Decimal("0.2")), actor=first)
    version_publish(newer, actor=second)
    with pytest.raises(Refused, match="已有更新的版本生效"):
        version_adopt(loaded, actor=first)


# --- Pages ---------------------------------------------------------------------------------------


def test_the_page_says_who_may_do_what(client, loaded, keeper, first, second):
    text = sign_in(client, keeper).get(page(loaded)).content.decode()
    assert "由示例数据员从文件导入" in text
    assert "可以采用的同事：示例市审核员甲、示例市审核员乙。" in text
    assert "采用这一版" not in text
    text = sign_in(client, first).post(step(loaded, "adopt"), follow=True).content.decode()
    assert "示例市审核员甲采用了导入的草稿" in text
    assert "可以发布的同事：示例市审核员乙。" in text
    assert "发布这一版" not in text
    text = sign_in(client, second).get(page(loaded)).content.decode()
    assert "发布这一版" in text
    text = client.post(step(loaded, "publish"), follow=True).content.decode()
    assert "第 1 版已经生效。" in text


def test_the_page_says_where_only_one_person_is_there(client, loaded, first):
    text = sign_in(client, first).get(page(loaded)).content.decode()
    assert "采用和发布要由两位同事分别办理，现在只有一位。" in text


def test_publishing_past_the_page_is_refused_with_a_sentence(client, loaded, first):
    text = sign_in(client, first).post(step(loaded, "publish"), follow=True).content.decode()
    assert "要先由一位同事采用，再由另一位同事发布" in text


def test_loaded_drafts_are_marked_in_the_list_of_the_city(client, loaded, first):
    version_add(CityRate(city="2301", year=2025, item="5.4", rate=Decimal("0.4")), actor=first)
    text = sign_in(client, first).get(reverse("console:applications_cityrate_changelist")).content.decode()
    assert text.count("导入，待采用") == 1
    assert text.count(">草稿<") == 1


def test_the_list_costs_the_same_however_many_drafts_were_loaded(
    client, keeper, first, django_assert_num_queries, django_assert_max_num_queries
):
    load(keeper)
    url = reverse("console:applications_cityrate_changelist")
    sign_in(client, first).get(url)
    with django_assert_max_num_queries(15) as one:
        client.get(url)
    for version in range(2, 20):
        load(keeper, version=version)
    with django_assert_num_queries(len(one)):
        client.get(url)


# --- Together ------------------------------------------------------------------------------------

LIST = "console:applications_cityrate_changelist"


def load_three(keeper):
    return [load(keeper, item=item) for item in ("3.3", "5.4", "5.5")]


def press(client, action, rows):
    where = reverse("console:applications_cityrate_together", args=[action])
    return client.post(where, {"row": [row.pk for row in rows]}, follow=True).content.decode()


def test_three_rates_of_a_file_are_adopted_and_published_together(client, keeper, first, second):
    rows = load_three(keeper)
    text = sign_in(client, first).get(reverse(LIST)).content.decode()
    assert "哈尔滨市 2025 年度有 3 项比例从文件导入，等一位同事采用" in text
    assert "已采用 3 项比例。" in press(client, "adopt", rows)
    assert "采用这" not in client.get(reverse(LIST)).content.decode()
    text = sign_in(client, second).get(reverse(LIST)).content.decode()
    assert "哈尔滨市 2025 年度有 3 项比例的草稿，等您核对后发布" in text
    assert "已发布 3 项比例。" in press(client, "publish", rows)
    assert {row.rate for row in city_rates([2025]).values()} == {Decimal("0.4")}
    assert len(city_rates([2025])) == 3


def test_where_one_of_them_is_refused_none_is_published(client, keeper, first, second):
    rows = load_three(keeper)
    for row in rows[:2]:
        version_adopt(row, actor=first)
    text = press(sign_in(client, second), "publish", rows)
    assert "没有发布：哈尔滨市 2025 5.5：这一版是导入的" in text
    assert city_rates([2025]) == {}


def test_nothing_is_offered_or_done_for_another_city(client, keeper):
    rows = load_three(keeper)
    sign_in(client, make_user("heihe", role=Role.CITY_COMMERCE, city="2311"))
    assert "采用这" not in client.get(reverse(LIST)).content.decode()
    assert "没有选中的比例" in press(client, "adopt", rows)
    assert not Event.objects.filter(kind="setting.adopted").exists()


def test_of_several_drafts_of_a_rate_the_newest_is_offered(client, keeper, first):
    load(keeper)
    newer = load(keeper, version=2, rate=Decimal("0.3"))
    [group] = sign_in(client, first).get(reverse(LIST)).context["groups"]
    assert group.rows == [newer]
