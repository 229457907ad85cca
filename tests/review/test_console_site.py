"""The console's frame: who sees which entries and pages, people and posts, the page of rules."""

import pytest
from django.forms.models import inlineformset_factory
from django.urls import reverse

from accounts.models import Post, User
from accounts.roles import Role
from applications.models import CityRate, Event
from measures import registry
from review.console.people import PostFormSet
from review.console.rules import NUMBERS, constants, number_words
from review.console.site import console
from review.navigation import bar, first_page
from tests.factories import make_user

pytestmark = pytest.mark.django_db

PLACE = {
    Role.CITY_COMMERCE: {"city": "2301"},
    Role.CITY_FINANCE: {"city": "2301"},
    Role.DEPARTMENT: {"department": "customs"},
}


def officer(role):
    return make_user(f"{role}1", role=role, **PLACE.get(role, {}))


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


# --- Who sees what, written by hand --------------------------------------------------------------

REGISTERS = (
    "tradefigures",
    "registeredenterprise",
    "platform",
    "platformmember",
    "overseaswarehouse",
    "dualcirculationentry",
    "agriculturalexporter",
    "discreditedenterprise",
    "pastaward",
    "lprrate",
    "holiday",
)
SETTINGS = ("yearsettings", "filingperiod")
PROVINCE = (Role.COMMERCE, Role.FINANCE, Role.DATA, Role.AUDITOR)
CITY = (Role.CITY_COMMERCE, Role.CITY_FINANCE)

#: {page: (who reads, who adds)}
PAGES = {
    **{f"applications_{name}": (PROVINCE, (Role.DATA,)) for name in REGISTERS},
    **{f"applications_{name}": ((*PROVINCE, *CITY), (Role.DATA,)) for name in SETTINGS},
    "applications_cityrate": ((*PROVINCE, *CITY), (Role.CITY_COMMERCE,)),
    "applications_deadlineextension": ((*PROVINCE, Role.CITY_COMMERCE), (Role.COMMERCE,)),
    "accounts_user": ((Role.AUDITOR, Role.ADMINISTRATOR), (Role.ADMINISTRATOR,)),
}


@pytest.mark.parametrize("role", Role)
def test_each_post_reads_and_adds_what_the_table_says(client, role):
    sign_in(client, officer(role))
    for page, (readers, keepers) in PAGES.items():
        reads = client.get(reverse(f"console:{page}_changelist")).status_code
        adds = client.get(reverse(f"console:{page}_add")).status_code
        assert (page, reads, adds) == (page, 200 if role in readers else 403, 200 if role in keepers else 403)


def test_no_page_of_the_data_office_is_missing_from_the_table():
    registered = {f"{model._meta.app_label}_{model._meta.model_name}" for model in console._registry}
    assert registered == set(PAGES)


def test_nobody_deletes_anything(client):
    for role in Role:
        person = sign_in(client, officer(role))
        CityRate.objects.get_or_create(city="2301", year=2025, item="3.3", rate=0)
        for model in console._registry:
            name = f"console:{model._meta.app_label}_{model._meta.model_name}_delete"
            row = model.objects.first()
            if row is not None:
                assert person.post(reverse(name, args=[row.pk]), {"post": "yes"}).status_code == 403


def test_strangers_sign_in_first_and_clerks_are_told_that_the_page_is_not_theirs(client):
    for name in (
        "console:data",
        "console:applications_tradefigures_changelist",
        "review:start",
        "review:rules",
    ):
        assert reverse("accounts:sign_in") in client.get(reverse(name), follow=True).redirect_chain[-1][0]
    sign_in(client, make_user("clerk"))
    for name in (
        "console:data",
        "console:applications_tradefigures_changelist",
        "review:start",
        "review:rules",
    ):
        assert client.get(reverse(name), follow=True).status_code == 403


# --- The bar -------------------------------------------------------------------------------------

ENTRIES = {
    Role.CITY_COMMERCE: "审核队列 申报查询 企业核验 应享未享 公示 服务事项 更多 异议 联席会议 工作周报 补发 数据与名单 规则",
    Role.CITY_FINANCE: "审核队列 申报查询 公示 预算 拨付批次 服务事项 更多 工作周报 年度统计 总额账 追回和补发 数据与名单 规则",
    Role.COMMERCE: "审核队列 申报查询 企业核验 应享未享 公示 预算 服务事项 更多 异议 联席会议 工作周报 年度统计 总额账 追回和补发 数据与名单 规则",
    Role.FINANCE: "审核队列 申报查询 公示 预算 拨付批次 服务事项 更多 联席会议 工作周报 年度统计 总额账 追回和补发 数据与名单 规则",
    Role.DATA: "应享未享 数据导入 数据与名单 规则",
    Role.DEPARTMENT: "服务事项 联席会议 规则",
    Role.AUDITOR: "申报查询 企业核验 应享未享 公示 预算 拨付批次 服务事项 操作记录 更多 异议 联席会议 工作周报 年度统计 总额账 追回和补发 数据导入 数据与名单 规则",
    Role.ADMINISTRATOR: "数据与名单 操作记录 企业人员 规则",
}


@pytest.mark.parametrize("role", Role)
def test_the_bar_shows_each_post_its_own_entries_and_each_opens(client, role):
    person = officer(role)
    page = sign_in(client, person).get(reverse("review:rules"))
    entries, rare = page.context["console_nav"], page.context["console_more"]
    shown = [*entries, *([(None, "更多", False, None)] if rare else []), *rare]
    assert " ".join(label for _, label, _, _ in shown) == ENTRIES[role]
    for url, _, _, _ in [*entries, *rare]:
        assert client.get(url).status_code == 200


def test_the_console_leads_everybody_to_the_first_entry(client):
    for role, entries in ENTRIES.items():
        person = officer(role)
        sign_in(client, person)
        answer = client.get(reverse("review:start"), follow=True)
        assert answer.request["PATH_INFO"] == first_page(person)
        assert entries.startswith(answer.context["console_nav"][0][1])


def test_an_entry_is_current_on_the_pages_below_it(rf):
    request = rf.get(reverse("console:applications_holiday_changelist"))
    request.user = officer(Role.DATA)
    assert [label for _, label, current, _ in bar(request) if current] == ["数据与名单"]


@pytest.mark.parametrize(("role", "entry"), [(Role.COMMERCE, "审核队列"), (Role.AUDITOR, "申报查询")])
def test_a_desk_belongs_to_the_queue_of_whoever_has_one(rf, role, entry):
    person = officer(role)
    for address, current in (
        (reverse("review:claim", args=["2025-5.1-00001"]), entry),
        (reverse("review:search"), "申报查询"),
    ):
        request = rf.get(address)
        request.user = person
        assert [label for _, label, is_current, _ in bar(request) if is_current] == [current]


def test_the_front_page_lists_what_a_post_keeps_and_what_it_reads(client):
    page = sign_in(client, officer(Role.DATA)).get(reverse("console:data")).content.decode()
    assert "海关统计与名单" in page
    assert "用户与岗位" not in page
    page = sign_in(client, officer(Role.ADMINISTRATOR)).get(reverse("console:data")).content.decode()
    assert "用户与岗位" in page
    assert "海关统计与名单" not in page


# --- People --------------------------------------------------------------------------------------


@pytest.fixture
def administrator():
    return officer(Role.ADMINISTRATOR)


def person_form(user, *rows, **changes):
    """What the page of a person sends: the person's own fields, and (post or None, fields) for each row."""
    data = {"username": user.username, "name": user.name, "phone": user.phone, "is_active": "on", **changes}
    data |= {"posts-TOTAL_FORMS": len(rows), "posts-INITIAL_FORMS": sum(post is not None for post, _ in rows)}
    for number, (post, fields) in enumerate(rows):
        row = {"id": post.pk if post else "", "user": user.pk, "starts_on": "2026-01-01", **fields}
        data |= {f"posts-{number}-{name}": value for name, value in row.items()}
    return {name: value for name, value in data.items() if value is not None}


def page_of(user):
    return reverse("console:accounts_user_change", args=[user.pk])


def test_an_administrator_sets_posts_and_each_change_is_recorded(client, administrator):
    colleague = make_user("colleague")
    sign_in(client, administrator)
    row = {"role": Role.COMMERCE, "starts_on": "2026-01-01"}
    assert client.post(page_of(colleague), person_form(colleague, (None, row))).status_code == 302
    assert colleague.posts.get().role == Role.COMMERCE
    event = Event.objects.get(topic=f"user:{colleague.pk}")
    assert event.kind == "user.changed"
    assert event.data["changes"] == {"posts": [[], ["省商务厅（2026-01-01 起）"]]}
    history = client.get(reverse("console:accounts_user_history", args=[colleague.pk])).content.decode()
    assert "省商务厅（2026-01-01 起）" in history


def test_a_citys_post_needs_its_city_and_says_so_at_the_row(client, administrator):
    colleague = make_user("colleague")
    sign_in(client, administrator)
    answer = client.post(page_of(colleague), person_form(colleague, (None, {"role": Role.CITY_COMMERCE})))
    assert "市级岗位要选市（地），其他岗位不选。" in answer.content.decode()
    assert not colleague.posts.exists()


def test_a_deputy_stands_in_for_somebody_until_a_day(client, administrator):
    colleague, absent = make_user("colleague"), officer(Role.FINANCE)
    sign_in(client, administrator)
    row = {"role": Role.FINANCE, "deputy_for": absent.pk}
    answer = client.post(page_of(colleague), person_form(colleague, (None, row)))
    assert "代理要填止的日期，到期自动结束。" in answer.content.decode()
    client.post(page_of(colleague), person_form(colleague, (None, {**row, "ends_on": "2026-12-31"})))
    assert colleague.posts.get().deputy_for == absent
    words = Event.objects.get(topic=f"user:{colleague.pk}").data["changes"]["posts"][1]
    assert words == [f"省财政厅（2026-01-01 至 2026-12-31，代理{absent}）"]


def test_nobody_stands_in_for_somebody_at_a_post_that_is_not_theirs(client, administrator):
    colleague, absent = make_user("colleague"), officer(Role.FINANCE)
    sign_in(client, administrator)
    row = {"role": Role.COMMERCE, "deputy_for": absent.pk, "ends_on": "2026-12-31"}
    answer = client.post(page_of(colleague), person_form(colleague, (None, row)))
    assert "这位同事没有这个岗位" in answer.content.decode()
    assert not colleague.posts.exists()


def test_nobody_sets_their_own_posts(client, administrator):
    own = administrator.posts.get()
    sign_in(client, administrator)
    rows = (own, {"role": Role.ADMINISTRATOR}), (None, {"role": Role.FINANCE})
    client.post(page_of(administrator), person_form(administrator, *rows, is_active=None))
    administrator.refresh_from_db()
    assert administrator.is_active
    assert [post.role for post in Post.objects.filter(user=administrator)] == [Role.ADMINISTRATOR]


def test_posts_are_read_as_words_where_they_cannot_be_set(client, administrator):
    """One's own page, and every page for an auditor."""
    page = sign_in(client, administrator).get(page_of(administrator)).content.decode()
    assert '<td data-l="岗位">系统管理</td>' in page
    page = sign_in(client, officer(Role.AUDITOR)).get(page_of(administrator)).content.decode()
    assert '<td data-l="岗位">系统管理</td>' in page
    assert "重设密码" not in page


def test_an_administrator_removes_another_while_one_remains(client, administrator):
    other = make_user("other", role=Role.ADMINISTRATOR)
    sign_in(client, administrator)
    taken = other.posts.get(), {"role": Role.ADMINISTRATOR, "DELETE": "on"}
    assert client.post(page_of(other), person_form(other, taken)).status_code == 302
    assert not other.posts.exists()


@pytest.mark.parametrize(
    "change",
    [{"DELETE": "on"}, {"ends_on": "2026-12-31"}, {"role": Role.COMMERCE}],
    ids=["taken", "ended", "other"],
)
def test_the_last_administrator_stays_even_where_two_remove_each_other(administrator, change):
    """The one who comes second has lost the post when the page is checked, whatever it said when it was opened."""
    formset = inlineformset_factory(
        User, Post, formset=PostFormSet, fields=("role", "starts_on", "ends_on"), fk_name="user"
    )
    row = administrator.posts.get(), {"role": Role.ADMINISTRATOR, "starts_on": "2020-01-01", **change}
    bound = formset(person_form(administrator, row), instance=administrator, prefix="posts")
    assert not bound.is_valid()
    assert "这是最后一位系统管理员" in bound.non_form_errors()[0]


def test_an_account_of_the_last_administrator_is_not_closed(administrator):
    formset = inlineformset_factory(
        User, Post, formset=PostFormSet, fields=("role", "starts_on"), fk_name="user"
    )
    administrator.is_active = False
    row = administrator.posts.get(), {"role": Role.ADMINISTRATOR, "starts_on": "2020-01-01"}
    assert not formset(person_form(administrator, row), instance=administrator, prefix="posts").is_valid()


def test_a_new_person_gets_a_password_that_holds(client, administrator):
    sign_in(client, administrator)
    url = reverse("console:accounts_user_add")
    rows = {"posts-TOTAL_FORMS": 0, "posts-INITIAL_FORMS": 0}
    typed = {"username": "newcomer", "name": "示例新人", "password": "12345", **rows}
    assert client.post(url, typed).status_code == 200
    assert not User.objects.filter(username="newcomer").exists()
    client.post(url, {**typed, "password": "a-long-password"})
    assert User.objects.get(username="newcomer").check_password("a-long-password")
    event = Event.objects.get(kind="user.added")
    assert "password" not in event.data["changes"]


def test_an_administrator_resets_a_password_and_that_ends_the_sessions(client, administrator):
    colleague = officer(Role.COMMERCE)
    theirs = sign_in(type(client)(), colleague)
    assert theirs.get(reverse("console:data")).status_code == 200
    sign_in(client, administrator)
    url = reverse("console:accounts_user_password", args=[colleague.pk])
    new = "another-long-password"
    client.post(url, {"new_password1": new, "new_password2": new})
    colleague.refresh_from_db()
    assert colleague.check_password(new)
    assert Event.objects.get(kind="user.password_reset").topic == f"user:{colleague.pk}"
    assert theirs.get(reverse("console:data")).status_code == 302


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_reset_passwords(client, role):
    colleague = make_user("colleague")
    sign_in(client, officer(role))
    url = reverse("console:accounts_user_password", args=[colleague.pk])
    assert client.post(url, {"new_password1": "x", "new_password2": "x"}).status_code == 403


# --- Rules ---------------------------------------------------------------------------------------


def test_the_page_of_rules_shows_every_item_with_its_sentence(client):
    page = sign_in(client, officer(Role.DATA)).get(reverse("review:rules")).content.decode()
    for code, item in registry.ITEMS.items():
        assert f"{code}　{item.title}" in page
        assert registry.CLAUSES[code][1] in page


def test_every_number_that_a_rule_names_is_shown():
    for item in registry.ITEMS.values():
        named = {name for cls in type(item).__mro__ for name, value in vars(cls).items() if name.isupper()}
        assert {name for name in named if getattr(item, name) is not None} == set(constants(item))
    assert {name for item in registry.ITEMS.values() for name in constants(item)} == set(NUMBERS)


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [
        ("1.1", "THRESHOLD", "1 亿元"),
        ("1.1", "REWARD_PER_UNIT", "3 万元"),
        ("2.1", "REWARDS", "国家级 200 万元，省级 100 万元"),
        ("3.2", "RATE", "30%"),
        ("3.5", "LEAST_FIRMS", "15 家"),
        ("7.1", "MOST_EXPORTS_USD", "1,000 万美元"),
        ("7.2", "RAISE", "10 个百分点"),
        ("11.1", "TARGET_DAYS", "6 个工作日"),
    ],
)
def test_numbers_are_written_with_their_units(code, name, words):
    assert number_words(name, constants(registry.item(code))[name]) == words
