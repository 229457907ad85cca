"""A firm's account in a browser: a colleague is invited by mail, joins with a phone, and confirms a new bank account."""

import re
from email import message_from_string

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.mail import mails_sweep
from accounts.roles import Role
from applications.bank_accounts import Account, account_change
from applications.invitations import invitation_make
from applications.membership import join_request_make
from applications.models import BankAccount
from tests.e2e.steps import PASSWORD, sign_in
from tests.factories import NOW, make_firm, make_user, owner_of
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]
EMAIL = "colleague@firm.example"
LONG_NAME = "示例大兴安岭地区绿色食品与林下产品国际贸易及跨境物流综合服务（集团）股份有限公司"


@pytest.fixture
def folder(settings, tmp_path):
    """The folder that mail goes to, as in `make run`; tests otherwise keep it in memory."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    return tmp_path


def letter_to(address, folder):
    """The text of the newest mail to an address, as it lies in the folder."""
    mails_sweep()
    found = []
    for path in sorted(folder.glob("*.log"), key=lambda each: each.stat().st_mtime):
        message = message_from_string(path.read_text(encoding="utf-8"))
        if message["To"] == address:
            found.append(message.get_payload(decode=True).decode())
    return found[-1]


def path_in(text):
    """The address in a letter, without the host that the tests do not have."""
    return re.search(r"https?://[^/\s]+(/invitation/\S+)", text).group(1)


def invite(page):
    page.goto("/enterprise/")
    follow(page.get_by_role("link", name="邀请同事"))
    follow(page.get_by_role("button", name="发送邀请"))
    expect(page.locator(".error-summary")).to_contain_text("请填写电子邮箱")
    page.get_by_label("姓名").fill("示例同事")
    page.get_by_label("电子邮箱").fill(EMAIL)
    assert page_faults(page) == []
    follow(page.get_by_role("button", name="发送邀请"))
    expect(page.get_by_text(f"邀请已发往 {EMAIL}")).to_be_visible()
    assert page_faults(page) == []


def join(page, path):
    page.goto(path)
    expect(page).to_have_url(re.compile(r"/invitation/$"))
    expect(page.get_by_label("电子邮箱")).to_have_value(EMAIL)
    assert page_faults(page) == []
    page.get_by_label("用户名").fill("colleague")
    page.get_by_label("手机号码").fill("0451-00000000")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="建立账号并加入企业"))
    expect(page.get_by_text("您已加入示例甲公司")).to_be_visible()


def register_account(page):
    page.goto("/enterprise/")
    follow(page.get_by_role("link", name="变更账户"))
    page.get_by_label("开户行").fill("示例银行哈尔滨示例支行")
    page.get_by_label("账号").fill("6222 0000 0000 1234")
    follow(page.get_by_role("button", name="登记新账户"))
    expect(page.get_by_role("heading", name="等待同事确认")).to_be_visible()
    assert page_faults(page) == []


def confirm_account(page):
    page.goto("/enterprise/")
    follow(page.get_by_role("link", name="去核对"))
    expect(page.get_by_text("6222 0000 0000 1234")).to_be_visible()
    assert page_faults(page) == []
    follow(page.get_by_role("button", name="确认变更"))
    expect(page.get_by_text("收款账户变更已确认")).to_be_visible()
    assert page_faults(page) == []


def test_a_colleague_comes_by_mail_and_confirms_the_new_account(folder, new_page, page_phone):
    firm = make_firm()
    owner = sign_in(new_page(viewport={"width": 1280, "height": 900}), owner_of(firm))
    invite(owner)
    join(page_phone, path_in(letter_to(EMAIL, folder)))
    register_account(owner)
    confirm_account(page_phone)
    account = firm.bank_accounts.get(standing=BankAccount.Standing.IN_FORCE)
    assert (account.number, account.answered_by.username) == ("6222000000001234", "colleague")
    owner.goto("/enterprise/")
    follow(owner.get_by_role("link", name="查看全部记录"))
    record = owner.locator("table tbody tr")
    for words in ("确认收款账户变更", "登记新的收款账户", "接受邀请，加入企业", "邀请同事加入"):
        expect(record.filter(has_text=words)).to_have_count(1)
    assert page_faults(owner) == []
    page_phone.goto("/enterprise/history/")
    assert page_faults(page_phone) == []


@pytest.fixture
def busy_firm(live_server):
    """A firm with the longest name, a colleague, somebody who asks, an invitation, and a change to be confirmed."""
    firm = make_firm(LONG_NAME)
    colleague = make_user("colleague", name="示例同事")
    firm.memberships.create(user=colleague, since=NOW)
    join_request_make(enterprise=firm, user=make_user("asking", name="示例来人"))
    address = "a-colleague-with-a-very-long-address.of-the-firm@firm.example"
    invitation_make(enterprise_id=firm.pk, actor=owner_of(firm), name="示例新人", email=address)
    account = Account(f"{LONG_NAME}财务共享服务中心", "示例银行哈尔滨示例支行", "6" * 32)
    account_change(enterprise_id=firm.pk, actor=colleague, account=account, words="由财务中心收款。")
    return firm


def faults(page, addresses):
    found = {}
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        if here := page_faults(page):
            found[address] = here
    return found


@pytest.mark.parametrize("screen", [pytest.param("page_desktop", marks=pytest.mark.slow), "page_phone"])
def test_every_page_about_a_firms_people_and_accounts_is_in_order(busy_firm, request, screen):
    page = sign_in(request.getfixturevalue(screen), owner_of(busy_firm))
    own = ("enterprise", "enterprise_history", "account_change", "invite", "invitation")
    assert faults(page, [reverse(f"portal:{name}") for name in own]) == {}
    sign_in(page, busy_firm.memberships.get(user__username="colleague").user)
    assert faults(page, [reverse("portal:enterprise"), reverse("portal:account_change")]) == {}
    sign_in(page, make_user("admin", role=Role.ADMINISTRATOR))
    console = [reverse("review:firms"), reverse("review:firm", args=[busy_firm.pk])]
    assert faults(page, console) == {}
