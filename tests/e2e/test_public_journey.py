"""From the front page to an amount and its address, as somebody who has never been here; on a screen and on a phone."""

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from tests.factories import make_period
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_period(live_server):
    call_command("seed_reference", verbosity=0)
    return make_period(2025)


@pytest.mark.parametrize("screen", ["page_desktop", "page_phone"])
def test_a_newcomer_finds_an_item_and_passes_its_amount_on(open_period, new_page, request, screen):
    page = request.getfixturevalue(screen)
    page.goto("/")
    page.get_by_label("境外展会的费用").check()
    page.get_by_label("海外买家资信调查的费用").check()
    follow(page.get_by_role("button", name="查看可能适用的事项"))
    assert page_faults(page) == []
    follow(page.get_by_role("link", name="线下境外展会补贴").first)
    page.get_by_text("算一个例子").first.click()
    expect(page.get_by_text("可得 131,200.00 元")).to_be_visible()
    assert page_faults(page) == []
    follow(page.get_by_role("link", name="测算这一项").first)
    page.get_by_label("展位费").fill("100000")
    expect(page.locator("#result").get_by_text("70,000.00").first).to_be_visible()
    page.get_by_text("打印，或者发给别人").click()
    page.get_by_role("button", name="复制链接").click()
    expect(page.get_by_text("已复制").or_(page.get_by_text("已选中"))).to_be_visible()
    assert page_faults(page) == []
    link = page.get_by_label("打开这个链接").input_value()

    plain = new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    plain.goto(link)
    expect(plain.locator("#result").get_by_text("70,000.00").first).to_be_visible()
    plain.get_by_text("打印，或者发给别人").click()
    expect(plain.get_by_label("打开这个链接")).to_have_value(link)
    expect(plain.get_by_role("button", name="复制链接")).to_be_hidden()


@pytest.mark.parametrize("screen", ["page_desktop", "page_phone"])
def test_an_answer_is_found_by_searching(open_period, request, screen):
    page = request.getfixturevalue(screen)
    page.goto("/help/")
    assert page_faults(page) == []
    page.get_by_label("查找问题或者用语").fill("总额度")
    follow(page.get_by_role("button", name="查找"))
    expect(page.get_by_role("heading", name="年度总额度是什么")).to_be_visible()
    assert page_faults(page) == []
