"""Signing in and out, the lock after wrong passwords, and the own password."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.roles import Role
from accounts.views import csrf_failure
from tests.factories import make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-password"
SIGN_IN = "/accounts/sign-in/"


def sign_in(client, username, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": username, "password": password, **more})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_a_clerk_begins_in_my_year(client):
    answer = sign_in(client, owner_of(make_firm()).username)
    assert (answer.status_code, answer.url) == (302, reverse("portal:my_year"))


def test_an_officer_begins_in_the_console(client):
    make_user("commerce", role=Role.COMMERCE)
    assert sign_in(client, "commerce").url == "/console/"


def test_one_goes_back_to_the_page_that_asked_for_the_sign_in(client):
    make_user("colleague")
    assert sign_in(client, "colleague", next="/measures/3/?a=1").url == "/measures/3/?a=1"


@pytest.mark.parametrize(
    "elsewhere",
    ["//elsewhere.example/", "http" + "s://elsewhere.example/", "javascript:go()", "/\\elsewhere.example"],
)
def test_nobody_is_sent_to_another_site(client, elsewhere):
    make_user("colleague")
    assert sign_in(client, "colleague", next=elsewhere).url == reverse("portal:my_year")


def test_a_page_that_needs_a_sign_in_says_so_and_keeps_its_address(client):
    asked = client.get(reverse("portal:enterprise"), follow=True)
    assert asked.redirect_chain[0][0] == f"{SIGN_IN}?next=/enterprise/"
    assert "登录已经过期" in asked.content.decode()
    assert 'name="next" value="/enterprise/"' in asked.content.decode()


def test_a_name_that_is_far_too_long_is_answered_like_any_other_that_is_wrong(client):
    answer = sign_in(client, "x" * 5000)
    assert answer.status_code == 200
    assert "用户名或密码不对" in answer.content.decode()


def test_an_unknown_name_and_a_wrong_password_are_told_alike(client):
    make_user("colleague")
    texts = []
    for username in ("colleague", "nobody"):
        answer = sign_in(client, username, "wrong")
        texts.append(answer.context["form"].non_field_errors())
        assert f'value="{username}"' in answer.content.decode()
    assert texts[0] == texts[1] == ["用户名或密码不对。请核对大小写后再试，连续输错会暂时锁定。"]


def test_an_inactive_person_is_told_the_same(client):
    user = make_user("colleague")
    user.is_active = False
    user.save()
    answer = sign_in(client, "colleague")
    assert "用户名或密码不对" in answer.content.decode()
    assert not is_signed_in(client)


def test_empty_fields_are_asked_for_by_name(client):
    text = sign_in(client, "", "").content.decode()
    assert "请填写用户名。" in text
    assert "请填写密码。" in text


def test_five_wrong_passwords_lock_the_name_and_say_for_how_long(client):
    make_user("colleague")
    answers = [sign_in(client, "colleague", "wrong") for _ in range(5)]
    assert [answer.status_code for answer in answers[:4]] == [200] * 4
    assert answers[4].status_code == 429
    text = answers[4].content.decode()
    assert "连续输错 5 次" in text
    assert "30 分钟" in text
    assert sign_in(client, "colleague").status_code == 429
    assert not is_signed_in(client)


def test_the_lock_binds_one_name_from_one_address(client):
    make_user("colleague")
    owner = owner_of(make_firm())
    for _ in range(5):
        sign_in(client, "colleague", "wrong")
    assert sign_in(client, owner.username).status_code == 302
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert sign_in(elsewhere, "colleague").status_code == 302


def test_signing_out_takes_a_post(client):
    client.force_login(make_user("colleague"))
    assert client.get("/accounts/sign-out/").status_code == 405
    assert is_signed_in(client)
    answer = client.post("/accounts/sign-out/", follow=True)
    assert not is_signed_in(client)
    assert answer.redirect_chain == [("/", 302)]
    assert "您已退出。" in answer.content.decode()


def change(client, old=PASSWORD, new="another-long-password", again=None):
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return client.post("/accounts/password/", data)


def test_the_own_password_is_changed_and_this_session_goes_on(client):
    client.force_login(user := make_user("colleague"))
    assert change(client).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another-long-password")
    assert client.get("/accounts/password/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"old": "wrong"}, "现在的密码不对"),
        ({"again": "something-else"}, "两次输入的密码不一样"),
        ({"new": "short"}, "10"),
        ({"new": "8642097531864"}, "密码"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_chinese(client, fields, words):
    client.force_login(user := make_user("colleague"))
    answer = change(client, **fields)
    assert answer.status_code == 200
    errors = [text for texts in answer.context["form"].errors.values() for text in texts]
    assert any(words in text for text in errors)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in errors)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_password_page_is_for_people_who_are_signed_in(client):
    assert client.get("/accounts/password/").url == f"{SIGN_IN}?next=/accounts/password/"


def test_a_form_without_a_token_is_told_what_to_do():
    answer = csrf_failure(_anonymous_request(), reason="no cookie")
    assert answer.status_code == 403
    assert "刚才的操作没有执行" in answer.content.decode()
    assert Client(enforce_csrf_checks=True).post(SIGN_IN, {}).status_code == 403


def _anonymous_request():
    request = RequestFactory().post(SIGN_IN)
    request.user = AnonymousUser()
    return request
