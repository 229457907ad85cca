"""The own second factor: set up, replaced, taken away, and its recovery codes."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import segno
from django.core import checks
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.checks import PASSWORD_ALONE, second_factor_is_required
from accounts.errors import CodeRefused
from accounts.models import Mail, RecoveryCode
from accounts.recovery_codes import ALPHABET, recovery_code_read
from accounts.roles import Role
from accounts.second_factor import factor_set
from applications.models import Event
from tests.accounts.conftest import START
from tests.factories import make_firm, make_user, owner_of
from tests.support.factor import STEP, app_for, app_shows, key_shows, recovery_for, wrong_for

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-password"
SIGN_IN, CODE = "/accounts/sign-in/", "/accounts/sign-in/code/"
PAGE, SET, REMOVE = (
    "/accounts/second-factor/",
    "/accounts/second-factor/set/",
    "/accounts/second-factor/remove/",
)
CODES, FILE = "/accounts/second-factor/codes/", "/accounts/second-factor/codes/file/"


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def password(client):
    return client.post(SIGN_IN, {"username": "commerce", "password": PASSWORD})


def signed_in(app=None, client=None):
    """A browser in which the officer is signed in, with a code where there is an app."""
    client = client or Client()
    password(client)
    if app:
        client.post(CODE, {"code": app_shows(app)})
    assert client.get("/console/rules/").status_code == 200
    return client


def offered(client):
    """The key that the page offers, in hexadecimal digits."""
    page = client.get(SET)
    assert page.status_code == 200
    return client.session["factor_offered"]["key"]


def shown(answer):
    """The recovery codes on a page."""
    return re.findall(r"<li>([A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4})</li>", answer.content.decode())


def kinds():
    return list(Event.objects.filter(kind__startswith="user.").order_by("pk").values_list("kind", flat=True))


# --- Setting up --------------------------------------------------------------------------------------


def test_who_must_have_an_app_sets_it_up_and_is_signed_in_by_it(client, officer, required):
    client.post(SIGN_IN, {"username": "commerce", "password": PASSWORD, "next": "/console/rules/"})
    before = client.session.session_key
    key = offered(client)
    answer = client.post(SET, {"code": key_shows(key)})
    assert len(shown(answer)) == 10
    assert 'href="/console/rules/"' in answer.content.decode(), "and goes on where the person wanted"
    assert client.get("/console/rules/").status_code == 200
    assert client.session.session_key != before
    assert officer.sign_ins.get().factor == "app"
    assert kinds() == ["user.second_factor_added"]
    assert Mail.objects.get(subject="您的账号添加了验证器").to == officer.email


def test_the_picture_says_platform_name_and_key(client, officer):
    signed_in(client=client)
    key = offered(client)
    page = client.get(SET).content.decode()
    address = re.search(r'href="(otpauth:[^"]+)"', page)[1].replace("&amp;", "&")
    parts = urlsplit(address)
    assert (parts.netloc, unquote(parts.path)) == ("totp", "/龙江外贸政策兑现平台:commerce")
    told = parse_qs(parts.query)
    assert (told["issuer"], told["digits"], told["period"]) == (["龙江外贸政策兑现平台"], ["6"], ["30"])
    letters = "".join(re.findall(r"<span>([A-Z2-7]{4})</span>", page))
    assert told["secret"] == [letters]
    assert TOTPDevice(key=key).bin_key.hex() == key
    drawn = re.search(r'd="([^"]+)"', segno.make(address, error="l", micro=False).svg_inline(border=4))[1]
    assert f'd="{drawn}"' in page


def test_the_page_breaks_no_rule_of_the_security_policy(client, officer):
    signed_in(client=client)
    page = client.get(SET).content.decode()
    assert "style=" not in page
    assert "<style" not in page


def test_the_same_key_is_offered_again_in_one_browser_and_another_one_in_another(officer):
    here, there = signed_in(), signed_in()
    assert offered(here) == offered(here)
    assert offered(here) != offered(there)


def test_a_key_that_was_offered_an_hour_ago_is_replaced(client, officer, clock):
    signed_in(client=client)
    key = offered(client)
    clock.shift(timedelta(hours=1))
    answer = client.post(SET, {"code": key_shows(key), "password": PASSWORD}, follow=True)
    assert "二维码已经换新" in answer.content.decode()
    assert offered(client) != key


@pytest.mark.parametrize(("steps", "kept"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_only_a_right_code_sets_the_app_up(client, officer, steps, kept):
    signed_in(client=client)
    key = offered(client)
    answer = client.post(SET, {"code": key_shows(key, steps=steps), "password": PASSWORD})
    assert ("验证码不对" in answer.content.decode()) is not kept
    assert TOTPDevice.objects.exists() is kept
    assert RecoveryCode.objects.exists() is kept


def test_the_code_that_set_the_app_up_does_not_sign_in_as_well(client, officer):
    signed_in(client=client)
    key = offered(client)
    client.post(SET, {"code": key_shows(key), "password": PASSWORD})
    other = Client()
    password(other)
    assert "已经用过" in other.post(CODE, {"code": key_shows(key)}).content.decode()


def test_an_open_browser_alone_sets_nothing_up(client, officer):
    signed_in(client=client)
    key = offered(client)
    answer = client.post(SET, {"code": key_shows(key), "password": "wrong"})
    assert "密码不对" in answer.content.decode()
    assert not TOTPDevice.objects.exists()


def test_passwords_are_not_tried_without_end(client, officer):
    signed_in(client=client)
    offered(client)
    answers = [client.post(SET, {"code": "123456", "password": "wrong"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]


def test_sessions_elsewhere_end_and_this_one_goes_on_under_another_key(officer):
    here, there = signed_in(), signed_in()
    before = here.session.session_key
    here.post(SET, {"code": key_shows(offered(here)), "password": PASSWORD})
    assert here.get("/console/rules/").status_code == 200
    assert here.session.session_key != before
    assert there.get("/console/rules/").status_code == 302
    assert [each.end for each in officer.sign_ins.exclude(ended_at=None)] == ["factor"]


def test_who_has_an_app_and_gave_only_the_password_sets_up_no_other(client, officer):
    app = app_for(officer)
    password(client)
    assert client.get(SET).url == CODE
    assert client.post(SET, {"code": app_shows(app)}).url == CODE


def test_of_two_windows_one_sets_up_and_the_other_is_told(officer):
    factor_set(user=officer, key="00" * 20, step=1)
    with pytest.raises(CodeRefused, match="另一个窗口"):
        factor_set(user=officer, key="11" * 20, step=1)
    assert TOTPDevice.objects.get().key == "00" * 20


def test_the_page_loaded_again_shows_no_codes(client, officer):
    signed_in(client=client)
    form = {"code": key_shows(offered(client)), "password": PASSWORD}
    assert shown(client.post(SET, form))
    again = client.post(SET, form, follow=True)
    assert again.redirect_chain == [(PAGE, 302)]
    assert "恢复码只显示一次" in again.content.decode()
    assert shown(again) == shown(client.get(PAGE)) == []


def test_a_clerk_may_have_one_too(client, clock):
    client.force_login(owner_of(make_firm()))
    answer = client.post(SET, {"code": key_shows(offered(client)), "password": PASSWORD})
    assert len(shown(answer)) == 10
    assert "已添加" in client.get("/accounts/me/").content.decode()


# --- Another telephone -------------------------------------------------------------------------------


@pytest.fixture
def app(officer):
    return app_for(officer)


def test_another_app_takes_the_place_of_the_first_for_who_still_has_it(app, clock):
    client = signed_in(app)
    clock.shift(STEP)
    key, old_key = offered(client), app.key
    answer = client.post(SET, {"code": key_shows(key), "proof": app_shows(app)})
    assert len(shown(answer)) == 10
    app.refresh_from_db()
    assert app.key == key != old_key
    assert app.created_at == app.last_used_at == START + timedelta(seconds=STEP)
    assert kinds() == ["user.second_factor_replaced"]
    assert client.get("/console/rules/").status_code == 200
    clock.shift(STEP)
    other = Client()
    password(other)
    other.post(CODE, {"code": key_shows(old_key)})
    assert other.get("/console/rules/").status_code == 302


def test_another_app_takes_a_recovery_code_and_makes_the_others_useless(app, officer):
    codes = recovery_for(officer, START)
    client = signed_in(app)
    answer = client.post(SET, {"code": key_shows(offered(client)), "proof": codes[0]})
    assert len(set(shown(answer)) - set(codes)) == 10
    assert kinds() == ["user.recovery_code_used", "user.second_factor_replaced"]
    assert officer.recovery_codes.filter(used_at=None).count() == 10


@pytest.mark.parametrize("proof", ["", "wrong", "used"])
def test_without_the_present_factor_nothing_is_replaced(app, proof):
    client, key = signed_in(app), app.key
    typed = {"": "", "wrong": wrong_for(app), "used": app_shows(app)}[proof]
    answer = client.post(SET, {"code": key_shows(offered(client)), "proof": typed})
    assert answer.status_code == 200
    assert "error-summary" in answer.content.decode()
    app.refresh_from_db()
    assert app.key == key


def test_a_wrong_code_of_the_new_app_uses_up_no_recovery_code(app, officer):
    codes = recovery_for(officer, START)
    client = signed_in(app)
    key = offered(client)
    client.post(SET, {"code": key_shows(key, steps=5), "proof": codes[0]})
    assert officer.recovery_codes.filter(used_at=None).count() == 10


# --- Recovery codes ----------------------------------------------------------------------------------


def test_new_recovery_codes_need_the_present_factor_and_replace_the_old(app, officer, clock):
    old = recovery_for(officer, START)
    client = signed_in(app)
    clock.shift(STEP)
    assert "验证码不对" in client.post(CODES, {"proof": wrong_for(app)}).content.decode()
    clock.shift(STEP)
    new = shown(client.post(CODES, {"proof": app_shows(app)}))
    assert len(new) == 10
    assert not set(new) & set(old)
    assert kinds() == ["user.recovery_codes_renewed"]
    other = Client()
    password(other)
    assert "恢复码不对" in other.post(CODE, {"code": old[0]}).content.decode()


def test_the_codes_on_the_page_are_given_as_a_file_and_others_are_not(app, officer):
    codes = recovery_for(officer, START)
    strange = recovery_for(make_user("finance", role=Role.FINANCE), START)
    client = signed_in(app)
    file = client.post(FILE, {"code": [*codes, strange[0]]})
    text = file.content.decode("utf-8-sig")
    assert file["Content-Type"] == "text/plain; charset=utf-8"
    assert "attachment" in file["Content-Disposition"]
    assert text.splitlines()[-10:] == codes
    assert client.post(FILE, {"code": strange}).url == PAGE
    assert client.post(FILE).url == PAGE


def test_codes_have_no_letter_that_is_taken_for_another(officer):
    assert not set("O0I1L") & set(ALPHABET)
    assert recovery_code_read("０") == recovery_code_read("ABCD-EFGH-JKM0") == ""
    assert recovery_code_read("ａbcd–efgh jkmn") == "ABCDEFGHJKMN"


# --- Taken away --------------------------------------------------------------------------------------


def test_where_it_is_not_required_the_app_can_be_taken_away(app, officer, clock):
    recovery_for(officer, START)
    client = signed_in(app)
    clock.shift(STEP)
    assert client.post(REMOVE, {"proof": app_shows(app)}).url == PAGE
    assert not TOTPDevice.objects.exists()
    assert not RecoveryCode.objects.exists()
    assert kinds() == ["user.second_factor_removed"]
    assert Mail.objects.filter(subject="您的账号取消了验证器").exists()
    assert client.get("/console/rules/").status_code == 200
    signed_in()


def test_where_it_is_required_it_stays(app, required, clock):
    client = signed_in(app)
    clock.shift(STEP)
    assert "取消验证器" not in client.get(PAGE).content.decode()
    answer = client.post(REMOVE, {"proof": app_shows(app)}, follow=True)
    assert "不能取消" in answer.content.decode()
    assert TOTPDevice.objects.exists()


def test_without_an_app_there_is_nothing_to_take_away_or_renew(officer):
    client = signed_in()
    assert client.get(REMOVE).url == client.get(CODES).url == PAGE


# --- Somebody else was here ----------------------------------------------------------------------------


def test_not_me_ends_all_others_and_asks_for_another_password(officer):
    here, there = signed_in(), signed_in()
    answer = here.post("/accounts/sessions/not-me/", follow=True)
    assert answer.redirect_chain == [("/accounts/password/", 302)]
    assert "已结束其他 1 处登录。请现在更改密码" in answer.content.decode()
    assert there.get("/console/rules/").status_code == 302


# --- Before a deployment -------------------------------------------------------------------------------


@pytest.mark.parametrize(("required", "said"), [(True, []), (False, [PASSWORD_ALONE])])
def test_a_production_that_does_without_is_warned(settings, required, said):
    settings.SECOND_FACTOR_REQUIRED = required
    assert second_factor_is_required(None) == said
    found = checks.run_checks(tags=[checks.Tags.security], include_deployment_checks=True)
    assert (PASSWORD_ALONE in found) == (not required)
