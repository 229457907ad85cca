"""Signing up in a browser: a person and a firm, a wrong check digit, a colleague who joins, and the lock."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from applications.models import Enterprise, Membership
from tests.factories import credit_code, make_firm, make_user, owner_of
from tests.support.browser import follow

pytestmark = pytest.mark.django_db(transaction=True)

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PASSWORD = "a-long-password"


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, Path]:
    """Licence and letter of authorisation as files to choose."""
    found = {}
    for number, (field, name) in enumerate(
        [("licence", "示例营业执照.pdf"), ("authorisation", "示例授权书.pdf")]
    ):
        found[field] = tmp_path / name
        found[field].write_bytes(PDF + b"\n" * number)
    return found


def sign_up_person(page: Page, username: str) -> None:
    page.goto("/")
    follow(page.get_by_role("link", name="注册", exact=True))
    page.get_by_label("用户名").fill(username)
    page.get_by_label("姓名").fill(f"示例人员{username}")
    page.get_by_label("手机号码").fill("0451-00000000")
    page.get_by_label("电子邮箱").fill(f"{username}@firm.example")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="建立账号并继续"))
    expect(page.get_by_role("heading", level=1)).to_have_text("登记企业")


def fill_firm(page: Page, code: str, papers: dict[str, Path]) -> None:
    page.get_by_label("统一社会信用代码").fill(code)
    page.get_by_label("企业名称").fill("示例甲公司")
    page.get_by_label("所在市（地）").select_option(label="黑河市")
    page.get_by_label("地址", exact=True).fill("示例路 1 号")
    page.get_by_label("联系人").fill("示例联系人")
    page.get_by_label("联系电话").fill("0451-00000000")
    page.get_by_label("户名").fill("示例甲公司")
    page.get_by_label("开户行").fill("示例银行黑河示例支行")
    page.get_by_label("账号").fill("6200 0000 0000 0001")
    for field, path in papers.items():
        page.locator(f"#id_{field}").set_input_files(path)


def register(page: Page) -> None:
    follow(page.get_by_role("button", name="登记企业"))


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(password)
    follow(page.get_by_role("button", name="登录"))


def test_a_firm_signs_up_and_a_colleague_joins_it(new_page, papers):
    owner = new_page()
    sign_up_person(owner, "owner")
    right = credit_code(900)
    fill_firm(owner, right[:-1] + ("0" if right[-1] != "0" else "1"), papers)
    register(owner)
    expect(owner.locator(".error").first).to_contain_text("信用代码第 18 位与前 17 位对不上")
    expect(owner.get_by_label("已对照营业执照，代码就是这样")).not_to_be_checked()
    expect(owner.get_by_label("账号")).to_have_value("6200 0000 0000 0001")
    expect(owner.get_by_text("示例营业执照.pdf")).to_be_visible()
    owner.get_by_label("统一社会信用代码").fill(f" {right.lower()}")
    register(owner)
    expect(owner.get_by_role("heading", level=1)).to_have_text("示例甲公司")
    expect(owner.get_by_text("企业正在核验。")).to_be_visible()
    firm = Enterprise.objects.get()
    assert (firm.credit_code, firm.city, firm.check_digit_confirmed) == (right, "2311", False)

    colleague = new_page()
    sign_up_person(colleague, "colleague")
    colleague.get_by_label("统一社会信用代码").fill(right)
    register(colleague)
    follow(colleague.get_by_role("button", name="申请加入这家企业"))
    expect(colleague.get_by_role("heading", name="等待“示例甲公司”的负责人答复")).to_be_visible()

    owner.goto("/enterprise/")
    follow(owner.get_by_role("button", name="同意加入"))
    expect(owner.get_by_text("示例人员colleague已加入本企业。")).to_be_visible()
    colleague.goto("/enterprise/")
    expect(colleague.get_by_role("heading", level=1)).to_have_text("示例甲公司")
    assert Membership.objects.filter(enterprise=firm, ended_at=None).count() == 2


def test_a_wrong_check_digit_can_be_confirmed(page_phone, papers):
    sign_up_person(page_phone, "owner")
    right = credit_code(901)
    wrong = right[:-1] + ("0" if right[-1] != "0" else "1")
    fill_firm(page_phone, wrong, papers)
    register(page_phone)
    page_phone.get_by_label("已对照营业执照，代码就是这样").check()
    register(page_phone)
    expect(page_phone.get_by_role("heading", level=1)).to_have_text("示例甲公司")
    assert Enterprise.objects.get().check_digit_confirmed


def test_wrong_passwords_lock_and_the_page_says_what_to_do(page_desktop):
    make_user("colleague")
    for _ in range(5):
        sign_in(page_desktop, "colleague", "wrong")
    expect(page_desktop.get_by_role("heading", name="登录暂时锁定")).to_be_visible()
    expect(page_desktop.get_by_text("30 分钟内不能从这里登录")).to_be_visible()


def test_the_calculator_answers_while_one_types(page_desktop):
    page_desktop.goto("/calculator/?items=5.1&year=2025")
    page_desktop.get_by_label("展位费").fill("100000")
    expect(page_desktop.locator("#result .result .amount")).to_have_text("70,000.00元")
    follow(page_desktop.get_by_role("button", name="加上"))
    expect(page_desktop.get_by_label("展位费")).to_have_value("100000")
    follow(page_desktop.get_by_role("button", name="测算", exact=True).last)
    expect(page_desktop.locator("#result .result .amount")).to_have_text("70,000.00元")


def test_a_request_with_two_refunds_is_filed_by_adding_a_row(page_desktop):
    firm = make_firm()
    sign_in(page_desktop, owner_of(firm).username)
    page_desktop.goto("/support/new/11.1/")
    page_desktop.get_by_label("受理日期").fill("2026-03-02")
    page_desktop.get_by_role("button", name="添加一行退税").click()
    page_desktop.get_by_label("受理日期").nth(1).fill("2026-03-12")
    follow(page_desktop.get_by_role("button", name="提交并转交部门"))
    expect(page_desktop.get_by_text("由哈尔滨海关牵头办理")).to_be_visible()
    assert len(firm.support_requests.get().facts["facts"]["refunds"]) == 2
