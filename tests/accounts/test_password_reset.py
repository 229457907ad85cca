"""A new password by mail: who gets a link, what the link opens, and what nobody learns from asking."""

import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from redis import Redis

from accounts.models import Mail, SignIn, User
from accounts.passwords import MOST_AN_HOUR, reset_mail
from accounts.roles import Role
from accounts.views.password import MOST_AN_HOUR as MOST_REQUESTS
from applications.models import Event
from tests.factories import make_user

pytestmark = pytest.mark.django_db

ASK = "/accounts/password/reset/"
NEW = "another-long-password"


def person(username="colleague", email="colleague@firm.example", **fields):
    user = make_user(username, **fields)
    user.email = email
    user.save()
    return user


def link_in(mail):
    """The path of the one link in a mail."""
    (link,) = re.findall(re.escape(settings.SITE_URL) + r"(/accounts/\S+)", mail.body)
    return link


def form_behind(client, link):
    """The address that a link leads to, token and all gone."""
    answer = client.get(link)
    assert answer.status_code == 302
    return answer.url


def set_new(client, link, password=NEW, again=None):
    return client.post(
        form_behind(client, link), {"new_password1": password, "new_password2": again or password}
    )


def waiting():
    """What has been handed to workers, as it lies at the broker."""
    with Redis.from_url(settings.REDIS_URL) as broker:
        return broker.lrange(settings.CELERY_TASK_DEFAULT_QUEUE, 0, -1)


# --- Asking --------------------------------------------------------------------------------------


def test_whoever_asks_gets_the_same_answer_whether_there_is_such_an_account_or_not(client):
    person()
    answers = [client.post(ASK, {"who": who}) for who in ("colleague", "nobody", "nobody@firm.example")]
    assert {(answer.status_code, answer.url) for answer in answers} == {
        (302, reverse("accounts:password_reset_sent"))
    }
    assert "如果有这个账号" in client.get(answers[0].url).content.decode()


def test_the_request_itself_looks_nothing_up(client, django_assert_num_queries):
    person()
    before = len(waiting())
    for who in ("colleague", "nobody"):
        with django_assert_num_queries(0):
            client.post(ASK, {"who": who})
    assert len(waiting()) == before + 2
    assert Mail.objects.count() == 0


def test_an_empty_question_is_told_what_to_fill_in(client):
    assert "请填写用户名，或者账号登记的邮箱。" in client.post(ASK, {"who": " "}).content.decode()


def test_one_network_address_asks_only_so_often(client):
    for _ in range(MOST_REQUESTS):
        assert client.post(ASK, {"who": "nobody"}).status_code == 302
    answer = client.post(ASK, {"who": "nobody"})
    assert answer.status_code == 429
    assert "请过一小时再试" in answer.content.decode()
    assert 'value="nobody"' in answer.content.decode()
    assert Client(REMOTE_ADDR="10.1.2.3").post(ASK, {"who": "nobody"}).status_code == 302


def test_without_a_broker_the_page_says_that_nothing_was_sent(client, monkeypatch):
    def refused(*_, **__):
        raise ConnectionRefusedError

    monkeypatch.setattr("celery.current_app.send_task", refused)
    answer = client.post(ASK, {"who": "colleague"})
    assert answer.status_code == 503
    assert "请过几分钟再试" in answer.content.decode()


# --- The mail ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["colleague", "COLLEAGUE", "colleague@firm.example", "Colleague@Firm.example"]
)
def test_a_link_goes_to_the_address_of_the_account(typed):
    person()
    assert reset_mail(typed) == 1
    mail = Mail.objects.get()
    assert (mail.to, mail.secret) == ("colleague@firm.example", True)
    assert "账号 colleague（示例人员colleague）" in mail.body


def test_two_accounts_with_one_address_get_one_mail_with_a_line_each(client):
    for username in ("colleague", "owner"):
        person(username)
    assert reset_mail("colleague@firm.example") == 2
    body = Mail.objects.get().body
    links = re.findall(r"/accounts/password/new/\S+", body)
    names = [client.get(form_behind(client, link)).context["form"].user.username for link in links]
    assert names == ["colleague", "owner"]


def test_by_user_name_only_that_account_gets_a_link():
    for username in ("colleague", "owner"):
        person(username)
    assert reset_mail("owner") == 1
    assert "colleague（" not in Mail.objects.get().body


@pytest.mark.parametrize("fields", [{"is_active": False}, {"email": ""}])
def test_a_closed_account_and_one_without_an_address_get_nothing(fields):
    User.objects.filter(pk=person().pk).update(**fields)
    assert reset_mail("colleague") == 0
    assert reset_mail("") == 0
    assert Mail.objects.count() == 0


def test_one_account_gets_only_so_many_links_an_hour_whoever_asks():
    person()
    counts = [reset_mail(who) for who in ("colleague", "colleague@firm.example") * MOST_AN_HOUR]
    assert sum(counts) == Mail.objects.count() == MOST_AN_HOUR


def test_an_officer_gets_a_link_like_everybody_else(client):
    person("commerce", role=Role.COMMERCE)
    reset_mail("commerce")
    set_new(client, link_in(Mail.objects.get()))
    assert User.objects.get().check_password(NEW)


# --- The link ------------------------------------------------------------------------------------


@pytest.fixture
def link():
    person()
    reset_mail("colleague")
    return link_in(Mail.objects.get())


def test_the_new_password_is_set_and_asked_for_at_the_sign_in(client, link):
    answer = set_new(client, link)
    assert (answer.status_code, answer.url) == (302, "/accounts/sign-in/")
    assert "请用新密码登录" in client.get(answer.url).content.decode()
    assert "_auth_user_id" not in client.session
    assert User.objects.get().check_password(NEW)


def test_no_page_has_the_token_in_its_address_and_none_is_kept(client, link):
    token = link.rstrip("/").rpartition("/")[2]
    answer = client.get(form_behind(client, link))
    assert token not in answer.request["PATH_INFO"]
    assert token not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    ("password", "again", "words"),
    [
        (NEW, "something-else", "两次输入的密码不一样"),
        ("short", None, "密码太短，至少要 10 位。"),
        ("colleague1", None, "用户名"),
    ],
)
def test_a_password_that_will_not_do_is_refused_and_the_link_still_holds(
    client, link, password, again, words
):
    answer = set_new(client, link, password, again)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert set_new(client, link).status_code == 302


def unusable(client, link):
    answer = client.get(link)
    return answer.status_code == 200 and "这个链接不能再用" in answer.content.decode()


def test_a_weak_password_is_told_where_it_is_typed_first(client, link):
    page = set_new(client, link, "12345").context["form"]
    assert "new_password1" in page.errors
    assert "new_password2" not in page.errors


def test_a_link_works_once(client, link):
    set_new(client, link)
    assert unusable(client, link)


@pytest.mark.parametrize(("minutes", "ended"), [(119, False), (121, True)])
def test_a_link_ends_after_two_hours(client, monkeypatch, minutes, ended):
    user = person()
    early = timezone.localtime().replace(tzinfo=None) - timedelta(minutes=minutes)
    with monkeypatch.context() as patch:
        patch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda _: early)
        reset_mail(user.username)
    assert unusable(client, link_in(Mail.objects.get())) is ended


def test_a_link_ends_when_the_account_is_closed_or_its_address_changes(client, link):
    for change in ({"is_active": False}, {"is_active": True, "email": "new@firm.example"}):
        User.objects.update(**change)
        assert unusable(client, link)


@pytest.mark.parametrize("address", ["MQ/x-y", "%E4%BD%A0/x", "OTk5/set-password"])
def test_a_made_up_link_says_what_to_do(client, address):
    answer = client.get(f"/accounts/password/new/{address}/")
    assert "这个链接不能再用" in answer.content.decode()
    assert reverse("accounts:password_reset") in answer.content.decode()


# --- Afterwards ----------------------------------------------------------------------------------


def test_all_sessions_end_the_lock_is_lifted_and_a_mail_tells_of_it(client, link):
    user = User.objects.get()
    elsewhere = Client()
    elsewhere.force_login(user)
    for _ in range(5):
        client.post("/accounts/sign-in/", {"username": "colleague", "password": "wrong"})
    assert AccessAttempt.objects.exists()
    # Signing in has made the first link invalid.
    reset_mail("colleague")
    set_new(client, link_in(Mail.objects.last()))
    assert elsewhere.get("/accounts/me/").status_code == 302
    assert user.sign_ins.get().end == SignIn.End.PASSWORD
    assert not AccessAttempt.objects.exists()
    told = Mail.objects.last()
    assert (told.to, told.subject, told.secret) == ("colleague@firm.example", "您的登录密码已经更改", False)
    signed_in = client.post("/accounts/sign-in/", {"username": "colleague", "password": NEW})
    assert signed_in.status_code == 302


def test_the_record_says_that_the_link_was_used(client, link):
    set_new(client, link)
    event = Event.objects.get()
    user = User.objects.get()
    assert (event.kind, event.actor, event.topic) == ("user.password_mailed", user, f"user:{user.pk}")


def test_a_password_changed_by_its_owner_is_told_by_mail_too(client):
    client.force_login(person())
    data = {"old_password": "a-long-password", "new_password1": NEW, "new_password2": NEW}
    assert client.post("/accounts/password/", data).status_code == 302
    assert Mail.objects.get().subject == "您的登录密码已经更改"
    assert Event.objects.get().kind == "user.password_changed"
