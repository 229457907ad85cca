"""A second factor that somebody has lost, reset by an administrator; and how a person signed in, for those who watch."""

from datetime import timedelta

import pytest
from axes.models import AccessFailureLog
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Mail, SignIn
from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.models import Event
from review.people import second_factor_reset
from tests.factories import make_user
from tests.support.factor import app_for, app_shows, recovery_for

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-password"
CODE = "/accounts/sign-in/code/"


@pytest.fixture
def administrator():
    return make_user("administrator", role=Role.ADMINISTRATOR)


@pytest.fixture
def colleague():
    colleague = make_user("colleague", role=Role.FINANCE)
    colleague.email = "colleague@office.example"
    colleague.save()
    return colleague


def sign_in(user, client=None):
    """With the password, and a code where there is an app."""
    client = client or Client()
    client.post("/accounts/sign-in/", {"username": user.username, "password": PASSWORD})
    app = TOTPDevice.objects.filter(user=user).first()
    if app:
        client.post(CODE, {"code": app_shows(app)})
    return client


def page(name, user):
    return reverse(f"console:accounts_user_{name}", args=[user.pk])


def test_an_administrator_resets_the_second_factor_of_somebody_who_lost_it(client, administrator, colleague):
    app_for(colleague)
    recovery_for(colleague, timezone.now())
    theirs = sign_in(colleague)
    sign_in(administrator, client)
    assert "重置验证器" in client.get(page("change", colleague)).content.decode()
    assert "没有用过的恢复码" in client.get(page("second_factor", colleague)).content.decode()
    answer = client.post(page("second_factor", colleague), {"reason": "手机丢失，已当面核对。"}, follow=True)
    assert "已重置" in answer.content.decode()
    assert not TOTPDevice.objects.exists()
    assert not colleague.recovery_codes.exists()
    assert theirs.get("/console/rules/").status_code == 302
    event = Event.objects.get(kind="user.second_factor_reset")
    assert (event.actor, event.topic, event.data) == (
        administrator,
        f"user:{colleague.pk}",
        {"reason": "手机丢失，已当面核对。"},
    )
    mail = Mail.objects.get(subject="管理员重置了您账号的验证器")
    assert mail.to == colleague.email
    history = client.get(page("history", colleague)).content.decode()
    assert "重置验证器" in history
    assert "理由：手机丢失，已当面核对。" in history


def test_a_reset_leads_to_a_new_app_where_one_is_required(client, administrator, colleague, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    app_for(colleague)
    second_factor_reset(colleague, reason="示例", actor=administrator)
    client.post("/accounts/sign-in/", {"username": "colleague", "password": PASSWORD})
    assert client.get(CODE).url == "/accounts/second-factor/set/"


def test_a_reset_needs_its_reason(client, administrator, colleague):
    app_for(colleague)
    sign_in(administrator, client)
    for reason in ("", "   "):
        answer = client.post(page("second_factor", colleague), {"reason": reason})
        assert "请填写理由" in answer.content.decode()
    with pytest.raises(Refused, match="请填写理由"):
        second_factor_reset(colleague, reason=" ", actor=administrator)
    assert TOTPDevice.objects.exists()


def test_nobody_resets_their_own(client, administrator):
    app_for(administrator)
    sign_in(administrator, client)
    assert "重置验证器" not in client.get(page("change", administrator)).content.decode()
    assert "不能自己重置" in client.get(page("second_factor", administrator)).content.decode()
    answer = client.post(page("second_factor", administrator), {"reason": "示例"}, follow=True)
    assert "请另一位系统管理员重置" in answer.content.decode()
    assert TOTPDevice.objects.exists()


@pytest.mark.parametrize("role", [Role.COMMERCE, Role.FINANCE, Role.DATA, Role.AUDITOR])
def test_only_administrators_reset(client, colleague, role):
    app_for(colleague)
    officer = make_user("officer", role=role)
    client.force_login(officer)
    assert client.post(page("second_factor", colleague), {"reason": "示例"}).status_code == 403
    with pytest.raises(NotAllowed):
        second_factor_reset(colleague, reason="示例", actor=officer)
    assert TOTPDevice.objects.exists()


def test_where_there_is_none_nothing_is_reset(client, administrator, colleague):
    sign_in(administrator, client)
    assert "不用重置" in client.get(page("second_factor", colleague)).content.decode()
    with pytest.raises(Refused, match="没有验证器"):
        second_factor_reset(colleague, reason="示例", actor=administrator)
    assert not Event.objects.filter(kind="user.second_factor_reset").exists()


def test_a_password_that_an_administrator_sets_does_not_take_the_second_factor_away(
    client, administrator, colleague
):
    app_for(colleague)
    sign_in(administrator, client)
    client.post(
        page("password", colleague),
        {"new_password1": "another-long-password", "new_password2": "another-long-password"},
    )
    other = Client()
    answer = other.post("/accounts/sign-in/", {"username": "colleague", "password": "another-long-password"})
    assert answer.url == CODE


def test_the_list_of_people_says_who_has_one_in_as_many_queries_for_many(client, administrator, colleague):
    client.force_login(administrator)
    address = reverse("console:accounts_user_changelist")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).content.decode().count("已添加") == 0
    app_for(colleague)
    for number in range(5):
        app_for(make_user(f"officer{number}", role=Role.COMMERCE))
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).content.decode().count("已添加") == 6
    assert len(few) == len(many)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_administrators_and_auditors_see_how_somebody_signed_in(client, colleague, role):
    app = app_for(colleague)
    theirs = sign_in(colleague)
    theirs.post("/accounts/sign-out/")
    Client().post("/accounts/sign-in/", {"username": "colleague", "password": "wrong"})
    again = sign_in(colleague)
    assert again.get("/accounts/me/").status_code == 302, "the code has been used"
    TOTPDevice.objects.filter(pk=app.pk).update(last_t=0, throttling_failure_count=0)
    sign_in(colleague)
    client.force_login(make_user("watcher", role=role))
    text = client.get(page("sign_ins", colleague)).content.decode()
    assert text.count("没有登录成功") == 2
    for words in ("密码对，验证码不对", "用户名或密码不对", "密码和验证码", "退出"):
        assert words in text


def test_the_history_is_bounded_in_time_and_paged(client, administrator, colleague):
    now = timezone.now()
    past = {"user": colleague, "seen_at": now, "ended_at": now, "end": "expired"}
    SignIn.objects.bulk_create(SignIn(began_at=now - timedelta(hours=n), **past) for n in range(60))
    SignIn.objects.create(began_at=now - timedelta(days=91), **past)
    old = AccessFailureLog.objects.create(username="colleague", path_info="/accounts/sign-in/")
    AccessFailureLog.objects.filter(pk=old.pk).update(attempt_time=now - timedelta(days=91))
    client.force_login(administrator)
    first = client.get(page("sign_ins", colleague)).content.decode()
    assert "第 1—50 次" in first
    assert "共 60 次" in first
    assert "第 51—60 次" in client.get(page("sign_ins", colleague), {"page": 2}).content.decode()
