"""A public visitor objects on a phone without scripts, an officer decides, and the money goes on."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from applications.models import Claim, State
from applications.notices import notices_close
from tests.e2e.steps import sign_in
from tests.review.conftest import officers as officers_of_both_sides
from tests.review.notice_world import approved, holidays_known, line_of
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}
officers = officers_of_both_sides


def looked_at(page, *addresses):
    """Faults of pages, by address."""
    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = page_faults(page)
    return {address: faults for address, faults in found.items() if faults}


def test_from_the_notice_to_an_objection_its_decision_and_the_money(
    officers, page_desktop, page_phone, new_page
):
    holidays_known()
    claim, other = approved(officers), approved(officers, name="别的展会")

    finance = page_desktop
    sign_in(finance, officers.finance)
    finance.goto("/console/notices/new/province/2025/")
    assert page_faults(finance) == []
    follow(finance.get_by_role("button", name="预览公示"))
    expect(finance.get_by_role("heading", name=re.compile("^预览："))).to_be_visible()
    assert page_faults(finance) == []
    finance.get_by_label("已核对名单和金额").check()
    follow(finance.get_by_role("button", name="发布公示"))
    expect(finance.get_by_text("公示已发布")).to_be_visible()
    assert page_faults(finance) == []

    visitor = new_page(viewport=PHONE, java_script_enabled=False)
    visitor.goto("/notices/")
    follow(visitor.get_by_role("link", name=re.compile("拟支持名单公示")))
    follow(visitor.get_by_role("link", name=f"对{claim.enterprise.name}的 5.1 提出异议"))
    follow(visitor.get_by_role("button", name="提交异议"))
    expect(visitor.get_by_role("heading", name="请补全后再提交")).to_be_visible()
    visitor.get_by_label("姓名或单位名称").fill("示例来信人")
    visitor.get_by_label("联系方式").fill("0451-12345678")
    visitor.get_by_label("异议内容和事实依据").fill("展位发票的金额与展会公布的价格不符，请核查。")
    follow(visitor.get_by_role("button", name="提交异议"))
    expect(visitor.get_by_text("已经收到您的异议")).to_be_visible()
    receipt = visitor.get_by_label("这一页的地址").input_value()

    notice = line_of(claim).notice
    line = line_of(other)
    form = f"/notices/{notice.number}/lines/{line.pk}/objection/"
    assert looked_at(page_phone, "/notices/", f"/notices/{notice.number}/", form, receipt) == {}

    notices_close(today=notice.last_day + timedelta(days=1))
    assert Claim.objects.get(pk=other.pk).state == State.PAYABLE
    assert Claim.objects.get(pk=claim.pk).state == State.IN_NOTICE

    officer = new_page(viewport={"width": 1280, "height": 900})
    sign_in(officer, officers.commerce2)
    officer.goto("/console/objections/")
    assert page_faults(officer) == []
    follow(officer.get_by_role("link", name="YY2025-00001"))
    expect(officer.get_by_text("示例来信人")).to_be_visible()
    assert page_faults(officer) == []
    officer.get_by_label("异议不成立，按公示的结果办理").check()
    officer.get_by_label("核查情况和处理意见").fill("已核对合同、发票和付款凭证，金额属实。")
    follow(officer.get_by_role("button", name="记录处理结果"))
    expect(officer.get_by_text("异议不成立，已记录。")).to_be_visible()
    assert Claim.objects.get(pk=claim.pk).state == State.PAYABLE

    visitor.goto(receipt)
    expect(visitor.get_by_text("已核对合同、发票和付款凭证，金额属实。")).to_be_visible()
