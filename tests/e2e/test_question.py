"""A question to the enterprise, answered on a phone with a photo: the officer reads both and approves."""

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import Claim, State, YearSettings
from tests.e2e.steps import decide, desk_do, desk_open, sign_in
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow
from tests.support.files import PNG
from tests.support.look import page_faults

pytestmark = pytest.mark.xdist_group("browser")


def ask(page, claim):
    desk_open(page, claim.number)
    follow(page.get_by_role("button", name="询问企业"))
    page.get_by_label("要问企业什么").fill("展位费包括搭建押金吗？请拍合同第 3 页。")
    assert page_faults(page) == []
    desk_do(page.get_by_role("button", name="询问企业"), "已询问企业")


def answer(page, claim):
    """From the to-do of the year, over a network that fails once, to the answer with a photo."""
    page.goto("/my/2025/")
    follow(page.get_by_role("link", name="去答复"))
    expect(page.get_by_text("展位费包括搭建押金吗？")).to_be_visible()
    page.get_by_label("您的答复").fill("不包括押金，见合同第 3 页照片。")
    # What was typed survives a page that was closed or could not be sent.
    page.goto(f"/claims/{claim.number}/")
    follow(page.get_by_role("link", name="去答复"))
    expect(page.get_by_label("您的答复")).to_have_value("不包括押金，见合同第 3 页照片。")
    photo = {"name": "合同第3页.png", "mimeType": "image/png", "buffer": PNG}
    page.locator("#ev-answer .pick--camera input[type=file]").set_input_files([photo])
    expect(page.locator("#ev-answer").get_by_role("link", name="合同第3页.png")).to_be_visible()
    assert page_faults(page) == []
    follow(page.get_by_role("button", name="提交答复"))
    expect(page.get_by_text("答复已提交，审核继续")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('unsaved:')).length") == 0


def test_an_officer_asks_the_firm_answers_on_a_phone_and_the_claim_is_approved(
    page_desktop, page_phone, live_worker
):
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    firm = make_firm()
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "100000"}, particulars=exhibition())
    office = sign_in(page_desktop, make_user("commerce", role=Role.COMMERCE))
    phone = sign_in(page_phone, owner_of(firm))

    ask(office, claim)
    answer(phone, claim)
    desk_open(office, claim.number)
    expect(office.get_by_text("企业已答复").first).to_be_visible()
    expect(office.get_by_text("不包括押金，见合同第 3 页照片。").first).to_be_visible()
    expect(office.get_by_role("link", name="合同第3页.png").first).to_be_visible()
    decide(office, claim.number, "按此金额通过")
    assert Claim.objects.get(pk=claim.pk).state == State.FINANCE_REVIEW
