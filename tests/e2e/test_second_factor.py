"""The second factor in browsers: set up and used without scripts on a telephone, and its pages in order."""

import re
import time
from base64 import b32decode

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from tests.e2e.steps import PASSWORD
from tests.factories import make_user
from tests.support.browser import follow
from tests.support.factor import app_for, app_shows, key_shows, wrong_for
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SCREENS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


def password_give(page, user):
    page.goto("/accounts/sign-in/?next=/console/rules/")
    page.get_by_label("用户名").fill(user.username)
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录"))


def key_of(page):
    """What somebody types who cannot scan the picture, in hexadecimal digits."""
    return b32decode("".join(page.locator("#letters span").all_inner_texts())).hex()


def test_an_officer_sets_the_app_up_and_signs_in_with_it_on_a_telephone_without_scripts(
    live_server, new_page, settings
):
    settings.SECOND_FACTOR_REQUIRED = True
    officer = make_user("commerce", role=Role.COMMERCE)
    page = new_page(java_script_enabled=False, **PHONE)
    password_give(page, officer)
    expect(page.get_by_role("heading", level=1)).to_have_text("添加验证器")
    expect(page.get_by_role("img", name="添加验证器的二维码")).to_be_visible()
    page.goto("/console/rules/")
    expect(page.get_by_role("heading", level=1)).to_have_text("登录")
    page.goto("/accounts/second-factor/set/")
    key = key_of(page)
    page.get_by_label("验证器显示的 6 位数字").fill("12 34")
    follow(page.get_by_role("button", name="保存验证器"))
    expect(page.locator(".error-summary")).to_contain_text("验证码不对")
    assert key_of(page) == key, "the picture that was scanned is still the right one"
    page.get_by_label("验证器显示的 6 位数字").fill(key_shows(key))
    follow(page.get_by_role("button", name="保存验证器"))
    expect(page.locator(".codes li")).to_have_count(10)
    codes = page.locator(".codes li").all_inner_texts()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载文本文件").click()
    assert codes[0] in download.value.path().read_text(encoding="utf-8-sig")
    follow(page.get_by_role("link", name="已经保存，继续"))
    expect(page).to_have_url(re.compile(r"/console/rules/$"))
    follow(page.get_by_role("button", name="退出"))

    password_give(page, officer)
    expect(page.get_by_role("heading", level=1)).to_have_text("填写验证码")
    page.get_by_label("验证码").fill(codes[0].lower())
    follow(page.get_by_role("button", name="登录"))
    expect(page).to_have_url(re.compile(r"/console/rules/$"))
    page.goto("/accounts/sessions/")
    expect(page.get_by_text("密码和恢复码")).to_be_visible()


@pytest.mark.slow
def test_the_pages_of_the_second_factor_are_in_order(live_server, new_page, settings):
    found = {}
    officer, newcomer = make_user("commerce", role=Role.COMMERCE), make_user("finance", role=Role.FINANCE)
    app = app_for(officer)
    settings.SECOND_FACTOR_REQUIRED = True

    def look(page, name):
        for screen in SCREENS:
            page.set_viewport_size(screen)
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
            found[name, screen["width"]] = page_faults(page)

    page = new_page()
    password_give(page, newcomer)
    look(page, "set")
    key = key_of(page)
    page.locator("[name=code]").fill("12")
    follow(page.get_by_role("button", name="保存验证器"))
    look(page, "set wrong")
    page.locator("[name=code]").fill(key_shows(key))
    follow(page.get_by_role("button", name="保存验证器"))
    look(page, "codes")

    page = new_page()
    password_give(page, officer)
    look(page, "code")
    page.locator("[name=code]").fill(wrong_for(app))
    follow(page.get_by_role("button", name="登录"))
    expect(page.locator(".error-summary")).to_be_visible()
    look(page, "code wrong")
    time.sleep(1.1)
    page.locator("[name=code]").fill(app_shows(app))
    follow(page.get_by_role("button", name="登录"))
    for name in ("second_factor", "second_factor_set", "recovery_codes", "sessions", "me"):
        page.goto(reverse(f"accounts:{name}"))
        look(page, name)
    settings.SECOND_FACTOR_REQUIRED = False
    page.goto(reverse("accounts:second_factor_remove"))
    look(page, "second_factor_remove")
    assert {key: faults for key, faults in found.items() if faults} == {}
