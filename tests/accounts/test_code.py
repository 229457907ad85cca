"""The second step of signing in: nobody is signed in before the code, and each code lets in once."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.models import Mail, SignIn
from accounts.passwords import reset_link
from accounts.pending import VALID
from accounts.roles import Role
from accounts.second_factor import MOST_COUNTED, TOLD_AFTER
from applications.models import Event
from tests.accounts.conftest import START
from tests.factories import make_firm, make_user, owner_of
from tests.support.factor import STEP, app_for, app_shows, recovery_for, wrong_for

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-password"
SIGN_IN, CODE, SET = "/accounts/sign-in/", "/accounts/sign-in/code/", "/accounts/second-factor/set/"


@pytest.fixture
def app(officer):
    return app_for(officer)


def password(client, username="commerce", **more):
    return client.post(SIGN_IN, {"username": username, "password": PASSWORD, **more})


def give(client, code):
    return client.post(CODE, {"code": code})


def is_signed_in(client):
    return "_auth_user_id" in client.session


def says(answer, words):
    assert answer.status_code == 200
    return words in answer.content.decode()


# --- Between password and code -----------------------------------------------------------------------


def test_the_password_alone_signs_an_officer_in_to_nothing(client, app):
    assert password(client).url == CODE
    assert not is_signed_in(client)
    assert not SignIn.objects.exists()
    for address in (
        "/console/",
        "/console/queue/",
        "/accounts/me/",
        "/my/",
        "/evidence/1/",
        "/accounts/sessions/",
    ):
        assert client.get(address).url.startswith(SIGN_IN), address
    assert client.get("/console/data/").url.startswith("/console/data/login/")
    assert "登录" in client.get("/").content.decode(), "the portal knows nobody"


def test_the_code_signs_in_and_leads_where_the_person_wanted(client, app):
    password(client, next="/console/rules/?a=1")
    assert says(client.get(CODE), "填写验证码")
    assert give(client, app_shows(app)).url == "/console/rules/?a=1"
    assert client.get("/console/rules/").status_code == 200
    assert SignIn.objects.get().factor == "app"


def test_without_a_wish_an_officer_begins_in_the_console(client, app):
    password(client)
    assert give(client, app_shows(app)).url == "/console/"


@pytest.mark.parametrize(
    "elsewhere", ["//elsewhere.example/", "http" + "s://elsewhere.example/", "/\\elsewhere.example"]
)
def test_nobody_is_sent_to_another_site_after_the_code(client, app, elsewhere):
    password(client, next=elsewhere)
    assert give(client, app_shows(app)).url == "/console/"


def test_the_session_gets_a_new_key_at_each_step(client, app):
    client.get(SIGN_IN)
    keys = [client.session.session_key]
    password(client)
    keys.append(client.session.session_key)
    give(client, app_shows(app))
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_a_session_key_known_before_is_of_no_use_after_the_code(client, app):
    password(client)
    known = client.cookies["sessionid"].value
    give(client, app_shows(app))
    other = Client()
    other.cookies["sessionid"] = known
    assert other.get("/console/").status_code == 302
    assert other.get(CODE).url == SIGN_IN


@pytest.mark.parametrize(("late", "url"), [(-1, "/console/"), (0, SIGN_IN)])
def test_the_password_counts_for_fifteen_minutes(client, app, clock, late, url):
    password(client)
    clock.shift(VALID + timedelta(seconds=late))
    assert give(client, app_shows(app)).url == url
    assert is_signed_in(client) == (late < 0)


def test_a_password_changed_meanwhile_has_to_be_given_again(client, app, officer):
    password(client)
    officer.set_password("another-long-password")
    officer.save()
    assert give(client, app_shows(app)).url == SIGN_IN
    assert not is_signed_in(client)


def test_an_account_closed_meanwhile_does_not_get_in(client, app, officer):
    password(client)
    officer.is_active = False
    officer.save()
    assert give(client, app_shows(app)).url == SIGN_IN


def test_the_page_of_the_code_is_for_who_gave_the_password(client, app):
    assert client.get(CODE).url == SIGN_IN
    assert give(client, app_shows(app)).url == SIGN_IN


def test_a_second_window_and_the_back_button_lead_on_once_signed_in(client, app):
    password(client)
    give(client, app_shows(app))
    assert client.get(CODE).url == "/console/"
    assert give(client, app_shows(app)).url == "/console/"
    assert client.get(SIGN_IN).url == "/console/"


def test_the_page_is_kept_by_no_browser(client, app):
    password(client)
    assert "no-store" in client.get(CODE)["Cache-Control"]


def test_a_clerk_is_not_asked(client, clock):
    assert password(client, owner_of(make_firm()).username).url == "/my/"
    assert is_signed_in(client)


def test_a_clerk_who_has_set_one_up_is_asked(client, clock):
    owner = owner_of(make_firm())
    app = app_for(owner)
    assert password(client, owner.username).url == CODE
    assert give(client, app_shows(app)).url == "/my/"


def test_signing_in_with_a_code_from_a_new_browser_is_told_by_mail_once(client, app, clock):
    for agent in ("Mozilla/5.0 (Windows NT 10.0) Firefox/1", "Mozilla/5.0 (Macintosh) Firefox/1"):
        other = Client(HTTP_USER_AGENT=agent)
        for _ in range(2):
            password(other)
            give(other, app_shows(app))
            other.post("/accounts/sign-out/")
            clock.shift(STEP)
    assert [mail.subject for mail in Mail.objects.all()] == ["您的账号在一台新设备上登录"]


# --- Codes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("second", [0, 29])
@pytest.mark.parametrize(("steps", "lets_in"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(client, app, clock, second, steps, lets_in):
    clock.shift(second)
    password(client)
    give(client, app_shows(app, steps=steps))
    assert is_signed_in(client) == lets_in


def test_the_tolerance_does_not_follow_a_wandering_clock(client, app, clock):
    for _ in range(3):
        password(client)
        give(client, app_shows(app, steps=1))
        assert is_signed_in(client)
        client.post("/accounts/sign-out/")
        clock.shift(2 * STEP)
    password(client)
    give(client, app_shows(app, steps=2))
    assert not is_signed_in(client)


def test_a_code_lets_in_once(client, app):
    password(client)
    give(client, app_shows(app))
    other = Client()
    password(other)
    assert says(give(other, app_shows(app)), "这个验证码已经用过")
    assert not is_signed_in(other)


def test_a_code_before_the_one_that_was_used_does_not_count_any_more(client, app):
    password(client)
    give(client, app_shows(app))
    other = Client()
    password(other)
    give(other, app_shows(app, steps=-1))
    assert not is_signed_in(other)


@pytest.mark.parametrize("typed", ["{} {}", " {}{} ", "{}　{}"])
def test_spaces_do_not_matter(client, app, typed):
    password(client)
    code = app_shows(app)
    give(client, typed.format(code[:3], code[3:]))
    assert is_signed_in(client)


def test_full_width_digits_are_digits(client, app):
    password(client)
    give(client, app_shows(app).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)}))
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "typed", ["", "12345", "1234567", "+12345", "1_2345", "abcdef", "1" * 41, "٣٣٣٣٣٣", "-123456"]
)
def test_what_cannot_be_a_code_is_said_and_not_counted(client, app, typed):
    password(client)
    answer = give(client, typed)
    assert says(answer, "请填写")
    assert not is_signed_in(client)
    app.refresh_from_db()
    assert app.throttling_failure_count == 0


def test_another_persons_code_does_not_let_in(client, app):
    other = app_for(make_user("finance", role=Role.FINANCE))
    password(client)
    give(client, app_shows(other))
    assert not is_signed_in(client)


# --- Too many ----------------------------------------------------------------------------------------


def test_wrong_codes_make_one_wait_and_the_page_says_until_when(client, app, clock):
    password(client)
    for wait in (1, 2):
        assert says(give(client, wrong_for(app)), "验证码不对")
        clock.shift(wait)
    assert says(give(client, wrong_for(app)), "请在 09:00:08 之后再试。"), "four seconds, rounded up"
    assert says(give(client, app_shows(app)), "连续输错了 3 次。请在 09:00:08 之后再试。")
    assert not is_signed_in(client), "a right code is not even looked at"
    clock.shift(4)
    give(client, app_shows(app))
    assert is_signed_in(client)
    app.refresh_from_db()
    assert app.throttling_failure_count == 0


def test_another_browser_and_another_sign_in_have_to_wait_as_well(client, app, clock):
    password(client)
    for wait in (1, 2, 0):
        give(client, wrong_for(app))
        clock.shift(wait)
    other = Client(REMOTE_ADDR="10.9.9.9")
    password(other)
    assert says(give(other, app_shows(app)), "连续输错了 3 次")


def test_the_wait_stops_growing_after_half_an_hour(client, app, clock):
    app.throttling_failure_count, app.throttling_failure_timestamp = MOST_COUNTED, START - timedelta(hours=1)
    app.save()
    password(client)
    assert says(give(client, wrong_for(app)), "请在 09:34:09 之后再试。")
    app.refresh_from_db()
    assert app.throttling_failure_count == MOST_COUNTED


def test_wrong_recovery_codes_count_like_wrong_codes(client, app, officer, clock):
    recovery_for(officer, START)
    password(client)
    for count in range(3):
        assert says(give(client, "ABCD-EFGH-JKMN"), "恢复码不对")
        clock.shift(2**count)
    give(client, "ABCD-EFGH-JKMN")
    assert says(give(client, app_shows(app)), "连续输错了 4 次")


def test_the_person_is_told_once_that_somebody_knows_the_password(client, app, clock):
    password(client)
    for count in range(TOLD_AFTER + 1):
        give(client, wrong_for(app))
        clock.shift(2**count)
    mail = Mail.objects.get()
    assert mail.subject == "有人连续输错您账号的验证码"
    assert "可能已经知道您的密码" in mail.body
    assert Event.objects.filter(kind="user.second_factor_tried").count() == 1


def test_a_wrong_code_stands_in_the_history_apart_from_a_wrong_password(client, app):
    client.post(SIGN_IN, {"username": "commerce", "password": "wrong"})
    password(client)
    give(client, wrong_for(app))
    with time_machine.travel(START + timedelta(minutes=1), tick=False):
        give(client, app_shows(app))
        page = client.get("/accounts/sessions/").content.decode()
    assert page.count("没有登录成功") == 2
    assert "密码对，验证码不对" in page
    assert "用户名或密码不对" in page
    assert "密码和验证码" in page


# --- Recovery codes ----------------------------------------------------------------------------------


def test_a_recovery_code_lets_in_once_and_is_told_by_mail(client, app, officer):
    codes = recovery_for(officer, START)
    password(client)
    assert give(client, codes[3]).url == "/console/"
    assert SignIn.objects.get().factor == "recovery"
    event, mail = Event.objects.get(kind="user.recovery_code_used"), Mail.objects.get()
    assert (event.data, event.topic) == ({"left": 9}, f"user:{officer.pk}")
    assert "还有 9 个恢复码" in mail.body
    other = Client()
    password(other)
    assert says(give(other, codes[3]), "恢复码不对，或者已经用过")
    assert not is_signed_in(other)


def test_a_recovery_code_is_read_whatever_its_hyphens_and_letters(client, app, officer):
    code = recovery_for(officer, START)[0]
    password(client)
    give(client, f" {code.replace('-', ' ').lower()} ")
    assert is_signed_in(client)


def test_a_recovery_code_of_somebody_else_does_not_let_in(client, app, officer):
    codes = recovery_for(make_user("finance", role=Role.FINANCE), START)
    password(client)
    give(client, codes[0])
    assert not is_signed_in(client)


def test_only_digests_of_recovery_codes_are_kept(officer):
    codes = recovery_for(officer, START)
    kept = {
        value
        for row in officer.recovery_codes.values_list("digest", flat=True)
        for value in (row, row.upper())
    }
    assert len(set(codes)) == 10 == officer.recovery_codes.count()
    assert not kept & {code.replace("-", "") for code in codes}


# --- Required or not ---------------------------------------------------------------------------------


def test_where_it_is_not_required_an_officer_without_an_app_signs_in_with_the_password(client, officer):
    assert password(client).url == "/console/"
    assert client.get("/console/rules/").status_code == 200
    assert SignIn.objects.get().factor == ""


def test_where_it_is_required_an_officer_without_an_app_sets_one_up_first(client, officer, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert password(client, next="/console/rules/").url == SET
    assert not is_signed_in(client)
    assert client.get("/console/").url.startswith(SIGN_IN)
    assert client.get(CODE).url == SET
    assert says(client.get(SET), "添加好以前不能打开审核端")


def test_where_it_is_required_clerks_sign_in_as_before(client, clock, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    assert password(client, owner_of(make_firm()).username).url == "/my/"
    assert client.get("/my/", follow=True).status_code == 200


def test_a_clerk_who_is_given_a_post_meanwhile_is_asked_at_the_next_click(client, clock, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    owner = owner_of(make_firm())
    password(client, owner.username)
    owner.posts.create(role=Role.COMMERCE, starts_on=timezone.localdate())
    assert client.get("/console/rules/?a=1").url == SET
    assert not is_signed_in(client)
    assert SignIn.objects.get().ended_at is not None


def test_an_officer_who_signed_in_before_it_was_required_is_asked_at_the_next_click(
    client, officer, settings
):
    password(client)
    settings.SECOND_FACTOR_REQUIRED = True
    assert client.post("/console/bulk/").url == SET
    assert not is_signed_in(client)


def test_a_session_whose_app_is_gone_is_asked_again(client, app, officer):
    password(client)
    give(client, app_shows(app))
    app.delete()
    app_for(officer)
    assert client.get("/console/rules/").url == CODE


def test_a_new_password_by_mail_does_not_get_around_the_code(client, app, officer):
    link = reset_link(officer).partition("/accounts/")[2]
    form = client.get(f"/accounts/{link}").url
    client.post(form, {"new_password1": "another-long-password", "new_password2": "another-long-password"})
    assert not is_signed_in(client)
    answer = client.post(SIGN_IN, {"username": "commerce", "password": "another-long-password"})
    assert answer.url == CODE
    assert not is_signed_in(client)
