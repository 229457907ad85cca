"""The own account in browsers: a session ended from another one, a new password by mail, and the back button."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Mail, SignIn
from accounts.passwords import reset_link
from accounts.roles import Role
from config.embedded.processes import wait_until
from tests.e2e.steps import sign_in, sign_in_by_hand
from tests.factories import make_firm, make_user, owner_of
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]

NEW = "another-long-password"
#: Seconds until the worker has written a mail.
MAILED = 60
#: A phone's browser says so itself.
PHONE = "Mozilla/5.0 (Linux; Android 14; V2241A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"


@pytest.fixture
def owner(live_server):
    owner = owner_of(make_firm())
    owner.email = "owner@firm.example"
    owner.save()
    return owner


def test_a_session_is_ended_from_another_browser(owner, new_page):
    computer, phone = new_page(), new_page(user_agent=PHONE)
    for page in (phone, computer):
        sign_in_by_hand(page, owner)
    phone.goto("/enterprise/")
    follow(computer.locator(".who").get_by_role("link", name="我的账号").first)
    expect(computer.get_by_text("现在有 2 处登录")).to_be_visible()
    follow(computer.get_by_role("link", name="查看登录记录"))
    row = computer.get_by_role("row").filter(has_text="安卓手机上的 Chrome")
    follow(row.get_by_role("button", name="结束"))
    expect(computer.get_by_text("已结束“安卓手机上的 Chrome”的登录")).to_be_visible()
    follow(phone.get_by_role("link", name="我的年度"))
    expect(phone.get_by_role("heading", level=1)).to_have_text("登录")
    computer.reload()
    expect(computer.get_by_role("heading", level=1)).to_have_text("登录记录")


@pytest.fixture
def link_mailed():
    """Waits for the mail that a worker puts into the folder of mails, and gives the path of its link."""
    folder = Path(settings.EMAIL_FILE_PATH)
    pattern = re.escape(settings.SITE_URL) + r"(/accounts/password/new/\S+)"
    old = set(folder.glob("*.log"))

    def wait():
        links = []

        def come():
            texts = [path.read_text(encoding="utf-8") for path in set(folder.glob("*.log")) - old]
            links[:] = re.findall(pattern, "".join(texts))
            return bool(links)

        assert wait_until(come, seconds=MAILED)
        return links[0]

    return wait


def test_a_forgotten_password_is_set_anew_on_a_phone(owner, page_phone, live_worker, link_mailed):
    page_phone.goto("/accounts/sign-in/")
    follow(page_phone.get_by_role("link", name="通过邮件设置新密码"))
    page_phone.get_by_label("用户名或电子邮箱").fill("owner@firm.example")
    follow(page_phone.get_by_role("button", name="发送链接"))
    expect(page_phone.get_by_role("heading", level=1)).to_have_text("请查看邮箱")
    page_phone.goto(link_mailed())
    expect(page_phone).to_have_url(re.compile(r"/set-password/$"))
    page_phone.get_by_label("新密码", exact=True).fill(NEW)
    page_phone.get_by_label("再输入一次新密码").fill(NEW)
    follow(page_phone.get_by_role("button", name="设置新密码"))
    expect(page_phone.get_by_text("请用新密码登录")).to_be_visible()
    page_phone.get_by_label("用户名").fill(owner.username)
    page_phone.get_by_label("密码", exact=True).fill(NEW)
    follow(page_phone.get_by_role("button", name="登录"))
    expect(page_phone.get_by_role("button", name="退出")).to_be_visible()
    live_worker.drain()
    assert Mail.objects.get(secret=True).body == "", "a link that lets somebody in is forgotten once sent"


def test_the_back_button_restores_a_form_and_after_signing_out_shows_nothing(owner, page_desktop):
    page = sign_in_by_hand(page_desktop, owner)
    page.goto("/support/new/8.1/")
    text = page.locator("main textarea").first
    text.fill("每周缺 2 个 40 尺箱位。")
    page.goto("/measures/")
    page.go_back()
    expect(text).to_have_value("每周缺 2 个 40 尺箱位。")
    follow(page.get_by_role("button", name="退出"))
    expect(page.get_by_text("您已退出。")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")


@pytest.mark.parametrize("screen", [pytest.param("page_desktop", marks=pytest.mark.slow), "page_phone"])
def test_the_pages_of_the_own_account_fit_and_name_everything(owner, request, screen):
    page = request.getfixturevalue(screen)
    officer = make_user("commerce", role=Role.COMMERCE)
    found = {}
    for address in ("password_reset", "password_reset_sent"):
        page.goto(reverse(f"accounts:{address}"))
        found[address] = page_faults(page)
    for name, link in (("new", reset_link(owner)), ("used", "/accounts/password/new/MQ/x-y/")):
        page.goto(link.removeprefix(settings.SITE_URL))
        found[name] = page_faults(page)
    for person in (owner, officer):
        past = SignIn.objects.create(
            user=person, device=PHONE, source_ip="2001:db8:85a3:8d3:1319:8a2e:370:7348",
            began_at=person.date_joined, seen_at=person.date_joined, ended_at=person.date_joined, end="expired",
        )  # fmt: skip
        for user in (person, person):
            sign_in(page, user)
        for address in ("me", "address", "address_confirm", "password", "sessions", "second_factor"):
            page.goto(reverse(f"accounts:{address}"))
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            found[f"{person} {address}"] = page_faults(page)
        past.delete()
    assert {key: faults for key, faults in found.items() if faults} == {}
