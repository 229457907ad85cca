"""Money that comes back, in a browser: finance records it and agrees parts, the firm reads what is left, and every page is in order."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from applications.models import Enterprise
from applications.recovery.receipts import receipt_add
from tests.e2e.steps import sign_in
from tests.factories import make_appropriation, owner_of, settle_all
from tests.recovery_world import world_make
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]

LONG_NAME = "示例大兴安岭地区绿色食品与林下产品国际贸易及跨境物流综合服务（集团）股份有限公司"
#: A year in which every day is still to come, and not too far off.
SOON = timezone.localdate().year + 1
SCREENS = ({"width": 1280, "height": 900}, {"width": 390, "height": 844})


@pytest.fixture
def owing():
    """150,000.00 yuan are demanded of a firm with a long name, which is owed 70,000.00 for an exhibition."""
    world = world_make()
    Enterprise.objects.update(name=LONG_NAME)
    make_appropriation(5, amount=Decimal("1000000.00"), actor=world.finance)
    world.imports_become("150000000")
    world.payable(world.expo())
    return world


def in_order(page, *addresses):
    """The addresses hold no fault on a screen and on a phone; every form that is folded in is opened."""
    found = {}
    for screen in SCREENS:
        page.set_viewport_size(screen)
        for address in addresses:
            page.goto(address)
            page.evaluate("document.querySelectorAll('main details').forEach((each) => { each.open = true })")
            if faults := page_faults(page):
                found[f"{address} {screen['width']}"] = faults
    page.set_viewport_size(SCREENS[0])
    assert found == {}


def test_finance_records_what_comes_back_and_the_firm_reads_what_is_left(page_desktop, new_page, owing):
    page, number = sign_in(page_desktop, owing.finance), owing.demand().number
    one = reverse("review:demand", args=[number])
    in_order(page, "/console/recovery/", "/console/recovery/?tab=closed", one, "/console/supplements/")
    page.goto(one)
    page.get_by_text("登记到账", exact=True).first.click()
    page.get_by_label("到账金额").fill("150000.01")
    page.get_by_label("银行凭证号").fill("示例凭证 1")
    page.get_by_label("已对照银行凭证核对").check()
    follow(page.get_by_role("button", name="登记到账"))
    expect(page.get_by_label("到账金额")).to_have_value("150000.01")
    expect(page.locator("form").get_by_text("不能超过现在待退回的 150,000.00 元").first).to_be_visible()
    page.get_by_label("到账金额").fill("50000")
    page.get_by_label("已对照银行凭证核对").check()
    follow(page.get_by_role("button", name="登记到账"))
    expect(page.get_by_text("已登记到账 50,000.00 元。")).to_be_visible()
    page.get_by_text("约定分期", exact=True).first.click()
    for row, (day, amount) in enumerate(((f"{SOON}-01-05", "60000"), (f"{SOON}-02-05", "40000"))):
        page.locator(f"[name=parts-{row}-due_on]").fill(day)
        page.locator(f"[name=parts-{row}-amount]").fill(amount)
    page.get_by_label("约定分期的理由").fill("企业书面申请，资金周转困难。")
    follow(page.get_by_role("button", name="约定分期"))
    expect(page.get_by_text("已约定分 2 期退回")).to_be_visible()
    in_order(page, one)
    firm = sign_in(new_page(), owner_of(owing.firm))
    claim = reverse("portal:claim", args=[owing.growth.number])
    in_order(firm, claim, reverse("portal:my_year", args=[2025]))
    firm.goto(claim)
    section = firm.locator("section", has=firm.get_by_role("heading", name="待追回：需要退回的款项"))
    expect(section).to_contain_text("100,000.00")
    expect(section).to_contain_text(number)
    expect(section).to_contain_text("示例凭证 1")


def test_a_receipt_is_reversed_on_a_page_that_is_in_order_and_keeps_what_was_typed(
    page_desktop, new_page, owing
):
    make_appropriation(1, actor=owing.finance)
    receipt = receipt_add(
        demand_id=owing.demand().pk, amount=Decimal("150000.00"), received_on=timezone.localdate(),
        reference="示例凭证 20260001", note="企业一次退回。", actor=owing.finance,
    )  # fmt: skip
    settle_all()
    page, number = sign_in(page_desktop, owing.finance2), receipt.demand.number
    one = reverse("review:demand", args=[number])
    page.goto(one)
    follow(page.get_by_role("link", name="示例凭证 20260001"))
    address = page.url
    in_order(page, address)
    page.goto(address)
    page.get_by_label("冲销的原因").fill("登记在了别的追回上。")
    follow(page.get_by_role("button", name="冲销到账 150,000.00 元"))
    expect(page.get_by_text("请对照银行凭证核对后勾选").first).to_be_visible()
    expect(page.get_by_label("冲销的原因")).to_have_value("登记在了别的追回上。")
    page.get_by_label("已对照银行凭证核对").check()
    follow(page.get_by_role("button", name="冲销到账 150,000.00 元"))
    expect(page.get_by_text("已冲销到账 150,000.00 元，企业会收到消息。")).to_be_visible()
    in_order(page, one, address)
    firm = sign_in(new_page(), owner_of(owing.firm))
    claim = reverse("portal:claim", args=[owing.growth.number])
    in_order(firm, claim)
    firm.goto(claim)
    section = firm.locator("section", has=firm.get_by_role("heading", name="待追回：需要退回的款项"))
    expect(section).to_contain_text("已冲销，不再计入")


def test_a_supplement_is_in_order_for_commerce_and_for_finance(page_desktop, new_page):
    world = world_make()
    Enterprise.objects.update(name=LONG_NAME)
    world.imports_become("300000000")
    address = reverse("review:supplement", args=[world.growth.number])
    page = sign_in(page_desktop, world.commerce2)
    in_order(page, "/console/supplements/", address)
    page.goto(address)
    page.get_by_label("同意补发的理由").fill("海关数据更正。")
    follow(page.get_by_role("button", name="同意补发 300,000.00 元"))
    expect(page.get_by_text("已同意补发 300,000.00 元")).to_be_visible()
    finance = sign_in(new_page(), world.finance2)
    in_order(finance, address)
    finance.goto(address)
    finance.get_by_label("决定补发的理由").fill("同意补发。")
    follow(finance.get_by_role("button", name="决定补发 300,000.00 元"))
    expect(finance.get_by_text("已决定补发 300,000.00 元")).to_be_visible()
    in_order(finance, "/console/supplements/?tab=decided")
