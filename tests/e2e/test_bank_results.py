"""A bank's sheet with errors, mended and confirmed; the firm corrects its account on a phone; finance pays into it later."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from applications.bank_accounts import accounts_due
from applications.models import Claim, EnterpriseYear, State
from review.bank.reports import payment_report
from tests.e2e.steps import sign_in
from tests.review.bank.sheets import csv_bytes, row_of
from tests.review.batch_world import INSURER, finance_world, locked, members_of, payable_claims
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def upload(page, batch, rows):
    """Chooses a sheet and has it looked at."""
    file = {"name": "回执.csv", "mimeType": "text/csv", "buffer": csv_bytes(rows)}
    page.goto(reverse("review:batch_results", args=[batch.number]))
    page.get_by_label("回执文件").set_input_files(file)
    follow(page.get_by_role("button", name="上传并核对"))


def test_a_payment_that_failed_arrives_in_a_later_batch(page_desktop, new_page):
    world = finance_world()
    claims = payable_claims(world, 2)
    members_of(claims)
    batch = locked(world, claims)
    first, second = batch.payments.select_related("batch").order_by("position")
    claim = first.lines.get().claim

    finance = sign_in(page_desktop, world.maker)
    upload(finance, batch, [row_of(first, "失败", reason=""), row_of(second, amount_cny="7.00")])
    expect(finance.get_by_text("有 2 处不对")).to_be_visible()
    expect(finance.get_by_text("第2行“原因”没有填写")).to_be_visible()
    expect(finance.get_by_text("拨付表上是 70,000.00 元")).to_be_visible()

    upload(finance, batch, [row_of(first, "失败"), row_of(second)])
    follow(finance.get_by_role("button", name="确认导入 2 笔结果"))
    expect(finance.get_by_text("已导入：成功 1 笔 70,000.00 元，失败 1 笔 70,000.00 元。")).to_be_visible()

    clerk = sign_in(new_page(), claim.enterprise.memberships.get().user)
    clerk.set_viewport_size(PHONE)
    clerk.goto(reverse("portal:claim", args=[claim.number]))
    expect(clerk.get_by_text("银行说明的原因：户名与账号不符。")).to_be_visible()
    follow(clerk.get_by_role("link", name="核对收款账户"))
    clerk.goto(reverse("portal:account"))
    clerk.get_by_label("开户行").fill("示例银行哈尔滨道里支行")
    clerk.get_by_label("账号").fill("6200 9999 0000 1111")
    follow(clerk.get_by_role("button", name="登记新账户"))
    assert accounts_due(at=timezone.now() + timedelta(days=40)) == 1

    finance.goto(reverse("review:accounts_waiting"))
    expect(finance.get_by_role("cell", name=re.compile("6200999900001111"))).to_be_visible()
    follow(finance.get_by_role("button", name="确认付到新账户"))
    expect(finance.get_by_text("账户已确认")).to_be_visible()

    EnterpriseYear.objects.update(settled=F("requested"))
    again = locked(world, [Claim.objects.get(pk=claim.pk)])
    assert again.payments.get().payee_account == "6200999900001111"
    finance.goto(reverse("review:batch_payment", args=[again.number, 1]))
    finance.get_by_label("成功").check()
    follow(finance.get_by_role("button", name="记录结果"))
    expect(finance.locator(".page-head .state")).to_have_text("已拨付")
    claim.refresh_from_db()
    assert (claim.state, claim.paid_cny) == (State.PAID, Decimal("70000.00"))

    clerk.goto(reverse("portal:claim", args=[claim.number]))
    expect(clerk.get_by_text("办理完毕").first).to_be_visible()


def test_the_pages_about_a_payment_that_failed_are_in_order(page_desktop):
    world = finance_world()
    claims = payable_claims(world, 1, each=lambda n: {"item": "7.1", "particulars": INSURER})
    members_of(claims)
    batch = locked(world, claims)
    payment = batch.payments.get()
    payment_report(payment_id=payment.pk, result="failed", note="户名与账号不符", actor=world.maker)
    claim = Claim.objects.get()
    pages = (
        (claim.enterprise.memberships.get().user, reverse("portal:payee_account", args=[claim.number])),
        (claim.enterprise.memberships.get().user, reverse("portal:claim", args=[claim.number])),
        (world.maker, reverse("review:accounts_waiting")),
        (world.maker, reverse("review:batch_payment", args=[batch.number, payment.position])),
    )
    for user, address in pages:
        sign_in(page_desktop, user).goto(address)
        for screen in (DESKTOP, PHONE):
            page_desktop.set_viewport_size(screen)
            assert page_faults(page_desktop) == [], address
