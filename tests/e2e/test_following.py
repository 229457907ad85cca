"""Following a claim on a phone, without scripts: the message, the claim behind it, and the choice of mail."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Mail
from accounts.roles import Role
from applications.lifecycle import transition
from tests.e2e.steps import sign_in
from tests.factories import exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]


def test_a_clerk_hears_of_a_return_opens_it_and_switches_a_topic_off(new_page):
    firm, commerce = make_firm(), make_user("commerce", role=Role.COMMERCE)
    owner = owner_of(firm)
    owner.email = "owner@firm.example"
    owner.save()
    claim = make_claim(firm, "5.1", make_period(), facts={"booth_cny": "520000"}, particulars=exhibition())
    transition(
        claim_id=claim.pk, action="return", actor=commerce, reason="发票缺第 2 页。", at=timezone.now()
    )
    assert "退回补正" in Mail.objects.get().subject

    page = new_page(viewport={"width": 390, "height": 844}, is_mobile=True, java_script_enabled=False)
    sign_in(page, owner).goto("/my/2025/")
    follow(page.get_by_role("link", name="消息 （2 条未读）"))
    follow(page.get_by_role("link", name="待办理"))
    follow(page.get_by_role("link", name="境外展会：退回补正"))
    expect(page.get_by_role("heading", level=1)).to_have_text("线下境外展会补贴")
    expect(page.get_by_text("您补正并重新提交")).to_be_visible()
    expect(page.get_by_text("发票缺第 2 页。")).to_be_visible()

    follow(page.get_by_role("link", name="（1 条未读）"))
    follow(page.get_by_role("button", name="全部标为已读"))
    expect(page.get_by_role("status")).to_contain_text("1 条消息已标为已读。")
    expect(page.get_by_role("link", name="未读）")).to_have_count(0)

    follow(page.get_by_role("link", name="邮件设置"))
    page.get_by_label("申报进度").uncheck()
    follow(page.get_by_role("button", name="保存设置"))
    expect(page.get_by_label("申报进度")).not_to_be_checked()
    expect(page.get_by_label("资金")).to_be_checked()
