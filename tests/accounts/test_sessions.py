"""Where somebody is signed in: noted, shown, ended; and what a browser may keep of pages made for one person."""

import re
from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.devices import UNKNOWN, device_words
from accounts.models import Mail, SignIn
from accounts.roles import Role
from accounts.sign_ins import KEPT, SEEN, SEEN_EVERY, sign_ins_sweep
from tests.factories import make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

PAGE = "/accounts/sessions/"
PASSWORD = "a-long-password"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


def sign_in(username="colleague", *, agent=WINDOWS, address="10.1.2.3", client=None, password=PASSWORD):
    client = client or Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    client.post("/accounts/sign-in/", {"username": username, "password": password})
    return client


def is_signed_in(client):
    return client.get("/accounts/me/").status_code == 200


@pytest.fixture
def user():
    user = make_user("colleague")
    user.email = "colleague@firm.example"
    user.save()
    return user


# --- Noted ---------------------------------------------------------------------------------------


def test_a_sign_in_is_noted_with_its_browser_and_address(user):
    client = sign_in()
    found = SignIn.objects.get()
    assert (found.user, found.session_key) == (user, client.session.session_key)
    assert (found.source_ip, found.device, found.end) == ("10.1.2.3", WINDOWS, "")


def test_a_failed_try_is_no_sign_in(user):
    sign_in(password="wrong")
    assert not SignIn.objects.exists()


def test_signing_out_ends_it(user):
    client = sign_in()
    client.post("/accounts/sign-out/")
    found = SignIn.objects.get()
    assert (found.end, found.session_key) == (SignIn.End.SIGNED_OUT, "")


def seen_before(client, time):
    """As if the person had been noted that long ago."""
    SignIn.objects.update(seen_at=timezone.now() - time)
    session = client.session
    session[SEEN] = (timezone.now() - time).timestamp()
    session.save()


@pytest.mark.parametrize(("margin", "noted"), [(timedelta(seconds=-5), False), (timedelta(seconds=5), True)])
def test_the_last_time_is_noted_every_five_minutes(user, margin, noted):
    client = sign_in()
    seen_before(client, SEEN_EVERY + margin)
    client.get("/")
    assert (timezone.now() - SignIn.objects.get().seen_at < timedelta(minutes=1)) is noted


def test_in_between_a_page_costs_no_query_more(user, settings, django_assert_max_num_queries):
    client = sign_in()
    with django_assert_max_num_queries(50) as noting:
        client.get("/measures/")
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if "SignedIn" not in each]
    with django_assert_max_num_queries(50) as without:
        client.get("/measures/")
    assert len(noting) == len(without)


def test_a_session_that_nobody_noted_is_noted_at_the_next_page(user):
    client = sign_in()
    SignIn.objects.all().delete()
    seen_before(client, SEEN_EVERY)
    client.get("/")
    assert SignIn.objects.get().session_key == client.session.session_key


def test_a_password_changed_elsewhere_leaves_no_trace_of_a_dead_session(user):
    client = sign_in()
    seen_before(client, SEEN_EVERY)
    user.set_password("another-long-password")
    user.save()
    SignIn.objects.all().delete()
    client.get("/")
    assert not SignIn.objects.exists()


# --- Shown ---------------------------------------------------------------------------------------


def test_the_page_marks_this_browser_and_lists_the_others_after_it(user):
    sign_in(agent=PHONE, address="10.9.9.9")
    text = sign_in().get(PAGE).content.decode()
    here, other = re.findall(r'<th scope="row"><b>([^<]+)</b>', text)
    assert (here, other) == ("Windows 电脑上的 Chrome", "iPhone 上的 Safari")
    assert text.index("本机") < text.index(other)
    assert "10.9.9.9" in text


def test_a_session_that_has_run_out_is_not_shown_as_going_on(user):
    other = sign_in(agent=PHONE)
    Session.objects.filter(session_key=other.session.session_key).update(expire_date=timezone.now())
    client = sign_in()
    assert len(client.get(PAGE).context["now"]) == 1
    sign_ins_sweep()
    assert "长时间未操作" in client.get(PAGE).content.decode()


def test_failed_tries_stand_in_the_history_at_their_time(user):
    sign_in(password="wrong", address="10.6.6.6", agent=PHONE)
    sign_in("somebody-else", password="wrong", address="10.5.5.5")
    client = sign_in()
    text = client.get(PAGE).content.decode()
    assert "没有登录成功" in text
    assert "10.6.6.6" in text
    assert "10.5.5.5" not in text


def test_the_history_is_paged_and_ends_after_ninety_days(user, django_assert_max_num_queries):
    client = sign_in()
    now = timezone.now()
    for days in (*range(1, 31), 89, 91):
        began = now - timedelta(days=days)
        SignIn.objects.create(user=user, began_at=began, seen_at=began, ended_at=began, end="signed_out")
    with django_assert_max_num_queries(15) as first:
        answer = client.get(PAGE)
    assert answer.context["past"].paginator.count == 31
    assert len(answer.context["rows"]) == 20
    SignIn.objects.filter(ended_at__lt=now - timedelta(days=1.5)).delete()
    with django_assert_max_num_queries(len(first)):
        assert len(client.get(PAGE).context["rows"]) == 1
    assert client.get(PAGE + "?page=nowhere").status_code == 200


def test_officers_see_it_in_their_own_frame(client):
    client.force_login(make_user("commerce", role=Role.COMMERCE))
    assert "审核端" in client.get(PAGE).content.decode()
    client.force_login(owner_of(make_firm()))
    assert "我的年度" in client.get(PAGE).content.decode()


def test_nobody_sees_anybody_elses(user):
    sign_in(address="10.9.9.9")
    make_user("stranger")
    assert "10.9.9.9" not in sign_in("stranger").get(PAGE).content.decode()


# --- Ended ---------------------------------------------------------------------------------------


def test_ending_one_signs_out_that_browser_alone(user):
    phone, third, client = sign_in(agent=PHONE), sign_in(), sign_in()
    found = SignIn.objects.get(session_key=phone.session.session_key)
    answer = client.post(f"{PAGE}{found.pk}/end/", follow=True)
    assert "已结束“iPhone 上的 Safari”的登录" in answer.content.decode()
    assert [is_signed_in(each) for each in (phone, third, client)] == [False, True, True]
    found.refresh_from_db()
    assert found.end == SignIn.End.ENDED
    again = client.post(f"{PAGE}{found.pk}/end/", follow=True)
    assert "这个登录已经结束" in again.content.decode()


def test_ending_all_others_leaves_this_one(user):
    others = [sign_in(agent=PHONE), sign_in()]
    client = sign_in()
    answer = client.post(f"{PAGE}end/", follow=True)
    assert "已结束其他 2 处登录" in answer.content.decode()
    assert [is_signed_in(each) for each in (*others, client)] == [False, False, True]
    assert "没有其他登录" in client.post(f"{PAGE}end/", follow=True).content.decode()


def test_this_browser_is_not_ended_here(user):
    client = sign_in()
    answer = client.post(f"{PAGE}{SignIn.objects.get().pk}/end/", follow=True)
    assert "请点页面顶部的“退出”" in answer.content.decode()
    assert is_signed_in(client)


def test_nobody_ends_anybody_elses(user):
    client = sign_in()
    make_user("stranger")
    stranger = sign_in("stranger")
    assert stranger.post(f"{PAGE}{user.sign_ins.get().pk}/end/").status_code == 404
    stranger.post(f"{PAGE}end/")
    assert is_signed_in(client)


def test_a_request_under_way_does_not_bring_an_ended_session_back(user):
    phone, client = sign_in(agent=PHONE), sign_in()
    session = phone.session
    session["late"] = True
    client.post(f"{PAGE}end/")
    with pytest.raises(UpdateError):
        session.save()
    assert not is_signed_in(phone)


def test_changing_the_password_ends_the_others_and_this_one_goes_on_under_a_new_key(user):
    phone, client = sign_in(agent=PHONE), sign_in()
    before = client.session.session_key
    new = "another-long-password"
    client.post("/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert [is_signed_in(each) for each in (phone, client)] == [False, True]
    assert client.session.session_key != before
    assert len(client.get(PAGE).context["now"]) == 1
    ends = dict(SignIn.objects.values_list("device", "end"))
    assert ends == {PHONE: SignIn.End.PASSWORD, WINDOWS: ""}


def test_the_sweep_notes_when_sessions_ran_out_and_forgets_old_ones(user):
    now = timezone.now()
    for name in ("expired", "gone", "alive"):
        sign_in(agent=name)
    over = now - timedelta(hours=3)
    keys = dict(SignIn.objects.values_list("device", "session_key"))
    Session.objects.filter(session_key=keys["expired"]).update(expire_date=over)
    Session.objects.filter(session_key=keys["gone"]).delete()
    for days in (KEPT.days - 1, KEPT.days + 1):
        old = now - timedelta(days=days)
        SignIn.objects.create(user=user, began_at=old, seen_at=old, ended_at=old, end="expired", device="old")
    assert sign_ins_sweep(at=now) == 2
    assert sign_ins_sweep(at=now) == 0
    ended = dict(SignIn.objects.exclude(device="old").values_list("device", "ended_at"))
    assert ended == {"expired": over, "gone": now, "alive": None}
    assert SignIn.objects.filter(device="old").count() == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == [keys["alive"]]


# --- New devices ---------------------------------------------------------------------------------


def test_the_first_sign_in_of_all_is_told_to_nobody(user):
    sign_in()
    assert not Mail.objects.exists()


def test_a_browser_never_seen_before_is_told_once(user):
    sign_in()
    phone = sign_in(agent=PHONE, address="10.7.7.7")
    body = Mail.objects.get(subject="您的账号在一台新设备上登录").body
    assert "iPhone 上的 Safari" in body
    assert "10.7.7.7" in body
    phone.post("/accounts/sign-out/")
    phone.defaults["REMOTE_ADDR"] = "10.8.8.8"
    sign_in(client=phone)
    assert Mail.objects.count() == 1


def test_the_same_browser_and_address_without_its_cookie_is_not_told(user):
    sign_in()
    sign_in()
    assert not Mail.objects.exists()


def test_another_person_at_a_known_browser_is_new_there(user):
    sign_in()
    stranger = make_user("stranger")
    stranger.email = "stranger@firm.example"
    stranger.save()
    sign_in("stranger")
    client = sign_in(agent=PHONE)
    client.post("/accounts/sign-out/")
    Mail.objects.all().delete()
    sign_in("stranger", client=client)
    assert Mail.objects.get().to == "stranger@firm.example"


def test_the_cookie_goes_to_the_sign_in_page_alone_and_a_forged_one_means_nothing(user):
    client = sign_in()
    cookie = client.cookies["known"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/accounts/sign-in/", True, "Lax")
    forger = Client(HTTP_USER_AGENT=PHONE, REMOTE_ADDR="10.7.7.7")
    forger.cookies["known"] = f"{user.pk}:made:up"
    sign_in(client=forger)
    assert Mail.objects.count() == 1


# --- What browsers keep --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address", ["/", "/measures/", "/accounts/me/", "/enterprise/", "/nowhere/", "/my/2025/"]
)
def test_no_browser_keeps_a_page_of_somebody_who_is_signed_in(client, address):
    client.force_login(owner_of(make_firm()))
    assert "no-store" in client.get(address)["Cache-Control"]


@pytest.mark.parametrize("address", ["/console/queue/", "/console/data/", "/console/rules/"])
def test_no_browser_keeps_a_page_of_the_console(client, address):
    client.force_login(make_user("commerce", role=Role.COMMERCE))
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_public_pages_may_be_kept(client):
    assert "Cache-Control" not in client.get("/measures/")


def test_the_session_gets_a_new_key_at_the_sign_in(user):
    client = Client()
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    sign_in(client=client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


# --- Devices in words ----------------------------------------------------------------------------

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Windows 电脑上的 Chrome"),
        (f"{WINDOWS} Edg/130.0.0.0", "Windows 电脑上的 Edge"),
        (f"{WINDOWS} QIHU 360SE", "Windows 电脑上的 360 浏览器"),
        (f"{WINDOWS} SE 2.X MetaSr 1.0", "Windows 电脑上的搜狗浏览器"),
        (f"{WINDOWS} QQBrowser/13.0", "Windows 电脑上的 QQ 浏览器"),
        ("Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; rv:11.0) like Gecko", "Windows 电脑上的 IE"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Linux 电脑上的 Firefox"),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.4 Safari/605.1.15",
            "苹果电脑上的 Safari",
        ),
        (PHONE, "iPhone 上的 Safari"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) {_WEBKIT} Mobile/15E148 MicroMessenger/8.0.49",
            "iPhone 上的微信",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; V2241A) {_WEBKIT} Version/4.0 Chrome/120.0 Mobile Safari/537.36 "
            "wxwork/4.1.22 MicroMessenger/7.0.1",
            "安卓手机上的企业微信",
        ),
        (f"Mozilla/5.0 (Linux; Android 13; Tab) {_WEBKIT} Chrome/120.0 Safari/537.36", "安卓设备上的 Chrome"),
        (
            f"Mozilla/5.0 (Phone; OpenHarmony 5.0) {_WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1 HuaweiBrowser/5.0",
            "鸿蒙设备上的华为浏览器",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Something/1.0", "Windows 电脑，浏览器无法识别"),
        ("Firefox/128.0", "Firefox，设备无法识别"),
        ("curl/8.5.0", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_browser_is_named_as_its_owner_would(agent, words):
    assert device_words(agent) == words
