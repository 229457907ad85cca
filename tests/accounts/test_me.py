"""The own account: name, telephone, and a mail address that counts once its mailbox has answered."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, User
from accounts.profile import VALID, address_ask
from accounts.roles import Role
from accounts.views.me import MOST_AN_HOUR
from applications.models import Event
from tests.factories import make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

ME = "/accounts/me/"
MAIL = "/accounts/me/mail/"
CONFIRM = "/accounts/me/mail/confirm/"
PASSWORD = "a-long-password"


@pytest.fixture
def user():
    user = owner_of(make_firm())
    user.email = "old@firm.example"
    user.save()
    return user


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def ask(client, address="new@firm.example", password=PASSWORD):
    return client.post(MAIL, {"address": address, "password": password})


def link_to(address):
    body = Mail.objects.filter(to=address).last().body
    (link,) = re.findall(re.escape(settings.SITE_URL) + r"(/accounts/me/mail/confirm/\S+)", body)
    return link


def open_and_confirm(client, address="new@firm.example"):
    client.get(link_to(address))
    return client.post(CONFIRM, follow=True)


# --- Name and telephone --------------------------------------------------------------------------


def test_the_name_in_the_frame_leads_to_the_own_account(signed_in, user):
    text = signed_in.get("/").content.decode()
    assert re.search(rf'<a class="long" href="{ME}"[^>]*>.*{user.name}', text)


def test_who_acts_for_a_firm_finds_the_mail_settings_there(signed_in):
    address = reverse("portal:message_settings")
    assert address in signed_in.get(ME).content.decode()
    signed_in.force_login(make_user("colleague"))
    assert address not in signed_in.get(ME).content.decode()


def test_name_and_telephone_are_stored_and_recorded(signed_in, user):
    was = user.name
    signed_in.post(ME, {"name": " 示例  新名 ", "phone": "0451-11111111"})
    user.refresh_from_db()
    assert (user.name, user.phone) == ("示例 新名", "0451-11111111")
    event = Event.objects.get()
    assert (event.kind, event.actor, event.topic) == ("user.changed", user, f"user:{user.pk}")
    assert event.data == {"changes": {"name": [was, "示例 新名"], "phone": ["", "0451-11111111"]}}


def test_nothing_changed_is_said_and_not_recorded(signed_in, user):
    answer = signed_in.post(ME, {"name": user.name, "phone": ""}, follow=True)
    assert "资料没有变化" in answer.content.decode()
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("name", "phone", "words"),
    [(" ", "", "请填写姓名。"), ("示例", "abc", "电话只填数字"), ("长" * 51, "", "50")],
)
def test_what_will_not_do_is_said_and_the_frame_keeps_the_stored_name(signed_in, user, name, phone, words):
    answer = signed_in.post(ME, {"name": name, "phone": phone})
    assert words in answer.content.decode()
    assert f"<b>{user.name}</b>" in answer.content.decode()


def test_an_officers_name_is_kept_by_the_administrators(client):
    officer = make_user("commerce", role=Role.COMMERCE)
    client.force_login(officer)
    text = client.get(ME).content.decode()
    assert "由平台管理员维护" in text
    assert "审核端" in text
    client.post(ME, {"name": "示例冒名", "phone": "0451-11111111"})
    officer.refresh_from_db()
    assert (officer.name, officer.phone) == ("示例人员commerce", "0451-11111111")


def test_administrators_read_what_people_changed(client, signed_in, user):
    ask(signed_in)
    open_and_confirm(signed_in)
    client.force_login(make_user("admin", role=Role.ADMINISTRATOR))
    text = client.get(f"/console/data/accounts/user/{user.pk}/history/").content.decode()
    assert "old@firm.example" in text
    assert "new@firm.example" in text


# --- Mail address --------------------------------------------------------------------------------


def test_a_new_address_counts_only_after_its_link_was_opened_and_confirmed(signed_in, user):
    answer = ask(signed_in)
    assert answer.url == ME
    assert "确认邮件已发到 new@firm.example" in signed_in.get(ME).content.decode()
    user.refresh_from_db()
    assert user.email == "old@firm.example"
    opened = signed_in.get(link_to("new@firm.example"), follow=True)
    assert opened.redirect_chain == [(CONFIRM, 302)]
    assert "new@firm.example" in opened.content.decode()
    user.refresh_from_db()
    assert user.email == "old@firm.example", "opening alone changes nothing: programs open links too"
    assert "邮箱已更换为 new@firm.example" in signed_in.post(CONFIRM, follow=True).content.decode()
    user.refresh_from_db()
    assert user.email == "new@firm.example"
    assert "确认邮件已发到" not in signed_in.get(ME).content.decode()


def test_the_old_address_is_told_without_being_given_the_new_one(signed_in, user):
    ask(signed_in)
    open_and_confirm(signed_in)
    told = Mail.objects.get(to="old@firm.example")
    assert told.subject == "您的电子邮箱已经更换"
    assert "n•••@firm.example" in told.body
    assert "new@" not in told.body


def test_a_first_address_is_told_to_nobody_else(client):
    client.force_login(make_user("colleague"))
    assert "还没有登记邮箱" in client.get(ME).content.decode()
    ask(client)
    open_and_confirm(client)
    assert User.objects.get().email == "new@firm.example"
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "password", "words"),
    [
        ("new@firm.example", "wrong", "密码不对，请重新输入。"),
        ("new@firm.example", "", "请填写登录密码。"),
        ("nonsense", PASSWORD, "邮箱地址不完整"),
        ("", PASSWORD, "请填写新的电子邮箱。"),
        ("old@firm.example", PASSWORD, "这就是现在的邮箱"),
    ],
)
def test_what_will_not_do_sends_nothing_and_keeps_the_address_typed(signed_in, address, password, words):
    answer = ask(signed_in, address, password)
    text = answer.content.decode()
    assert words in text
    assert not address or f'value="{address}"' in text
    assert f'value="{PASSWORD}"' not in text
    assert not Mail.objects.exists()


def test_passwords_cannot_be_guessed_here_without_end(signed_in):
    for _ in range(MOST_AN_HOUR):
        assert ask(signed_in, password="wrong").status_code == 200
    answer = ask(signed_in)
    assert answer.status_code == 429
    assert "请过一小时再试" in answer.content.decode()
    assert not Mail.objects.exists()


def test_whoever_is_not_signed_in_signs_in_first_and_the_token_is_in_no_address(signed_in, user):
    ask(signed_in)
    link = link_to("new@firm.example")
    elsewhere = Client()
    answer = elsewhere.get(link, follow=True)
    assert answer.redirect_chain[-1][0] == f"/accounts/sign-in/?next={CONFIRM}"
    data = {"username": user.username, "password": PASSWORD, "next": CONFIRM}
    answer = elsewhere.post("/accounts/sign-in/", data, follow=True)
    assert "使用新邮箱" in answer.content.decode()


def test_another_person_can_do_nothing_with_the_link(signed_in, user):
    ask(signed_in)
    stranger = Client()
    stranger.force_login(make_user("stranger"))
    assert "这个链接不能再用" in open_and_confirm(stranger).content.decode()
    user.refresh_from_db()
    assert user.email == "old@firm.example"
    assert User.objects.get(username="stranger").email == ""


def test_of_two_links_the_first_that_is_used_ends_the_other(signed_in, user):
    ask(signed_in, "new@firm.example")
    ask(signed_in, "newer@firm.example")
    open_and_confirm(signed_in, "newer@firm.example")
    assert "这个链接不能再用" in open_and_confirm(signed_in, "new@firm.example").content.decode()
    user.refresh_from_db()
    assert user.email == "newer@firm.example"


@pytest.mark.parametrize(("late", "ends"), [(timedelta(minutes=-1), False), (timedelta(minutes=1), True)])
def test_a_link_ends_after_a_day(signed_in, user, monkeypatch, late, ends):
    early = (timezone.now() - VALID - late).timestamp()
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: early)
        address_ask(user=user, address="new@firm.example")
    answer = signed_in.get(link_to("new@firm.example"), follow=True)
    assert ("这个链接不能再用" in answer.content.decode()) is ends


def test_a_made_up_link_stores_nothing(client):
    client.get(f"{CONFIRM}made-up/")
    assert "sessionid" not in client.cookies


def test_names_stand_in_mails_as_they_are(signed_in, user):
    user.name = "示例 <b> & “甲”"
    user.save()
    ask(signed_in)
    assert "示例 <b> & “甲”" in Mail.objects.get().body
