"""A returned claim on a phone: the reviewer names what to correct, the firm corrects just that and sees what will change."""

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import Claim, State, YearSettings
from tests.e2e.steps import desk_do, desk_open, expect_amount, sign_in
from tests.factories import NOW, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow
from tests.support.files import PDF
from tests.support.look import page_faults

pytestmark = pytest.mark.xdist_group("browser")

PARTICULARS = {
    "exhibition_name": "示例东京食品展",
    "country": "JP",
    "starts_on": "2025-09-16",
    "ends_on": "2025-09-19",
    "organiser": "示例主办单位",
    "travellers": 2,
    "invoices": [
        {"invoice_number": "1", "cost": "booth_cny", "amount_cny": "100000.00", "paid_on": "2025-08-01"}
    ],
}


def send_back(page, claim):
    """Commerce names the booth, the invoices and the photos."""
    desk_open(page, claim.number)
    follow(page.get_by_role("button", name="退回补正"))
    page.get_by_label("需要补正什么").fill("展位费含押金，照片看不清。")
    page.get_by_text("指出要改的项目和材料").click()
    for place, words in (
        ("booth_cny", "押金不属于展位费。"),
        ("invoices", "请按发票填写。"),
        ("ev-photos", "看不清展位号。"),
    ):
        page.locator(f'[name="note:{place}"]').fill(words)
    assert page_faults(page) == []
    desk_do(page.get_by_role("button", name="退回补正"), f"{claim.number}：已办理“退回补正”")


def correct(page, claim):
    """Only what was named has inputs; the new photo goes up from the phone."""
    page.goto(f"/claims/{claim.number}/")
    follow(page.get_by_role("link", name="去补正"))
    expect(page.get_by_text("只有下面各项可以修改")).to_be_visible()
    expect(page.locator("[name=organiser]")).to_have_count(0)
    expect(page.locator("#ev-invoices input[type=file]")).to_have_count(0)
    page.get_by_role("link", name="展位费", exact=True).click()
    page.locator("[name=booth_cny]").fill("90000")
    expect(page.locator("#estimate .result .amount")).to_have_text("63,000.00元")
    page.locator('[name="invoices-0-amount_cny"]').fill("90000")
    photo = {"name": "展位.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.locator("#ev-photos input[type=file]").first.set_input_files([photo])
    expect(page.locator("#ev-photos").get_by_role("link", name="展位.pdf")).to_be_visible()
    assert page_faults(page) == []


def look_over(page):
    """What will change, what it brings, and words to the reviewer."""
    follow(page.get_by_role("button", name="检查并提交"))
    expect(page.get_by_role("heading", name="核对改动，再重新提交")).to_be_visible()
    rows = page.locator("section[aria-labelledby=h-changes] tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("押金不属于展位费。")
    expect(rows.last).to_contain_text("新增 展位.pdf")
    expect(page.locator("section[aria-labelledby=h-sum]")).to_contain_text("70,000.00")
    assert page_faults(page) == []
    page.get_by_label("给审核人员的说明").fill("已扣除押金，照片已重拍。")
    follow(page.get_by_role("button", name="返回修改"))
    expect(page.locator("[name=booth_cny]")).to_have_value("90000")
    follow(page.get_by_role("button", name="检查并提交"))
    expect(page.get_by_label("给审核人员的说明")).to_have_value("已扣除押金，照片已重拍。")
    page.locator("[name=statement]").check()
    follow(page.get_by_role("button", name="确认重新提交"))


def test_a_return_is_corrected_on_a_phone_and_compared_for_firm_and_reviewer(
    page_desktop, page_phone, live_worker
):
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    firm = make_firm()
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "100000.00"}, particulars=PARTICULARS)
    office = sign_in(page_desktop, make_user("commerce", role=Role.COMMERCE))
    phone = sign_in(page_phone, owner_of(firm))

    send_back(office, claim)
    correct(phone, claim)
    look_over(phone)
    expect_amount(phone, claim.number, "63,000.00")

    desk_open(office, claim.number)
    corrected = office.locator("section[aria-labelledby=r12]")
    row = corrected.locator("tr", has_text="押金不属于展位费。")
    expect(row.locator("del")).to_have_text("100,000.00")
    expect(row.locator("ins")).to_have_text("90,000.00")
    expect(corrected).to_contain_text("已扣除押金，照片已重拍。")
    assert Claim.objects.get(pk=claim.pk).state == State.COMMERCE_REVIEW
