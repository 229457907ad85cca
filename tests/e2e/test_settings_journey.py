"""A year's settings in the browser: drafted, mended, replayed, published by another, and named on the claim."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import CityRate, Claim, YearSettings
from applications.official import city_rates
from tests.e2e.steps import COMPUTED, sign_in
from tests.factories import NOW, make_claim, make_figures, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow

pytestmark = pytest.mark.xdist_group("browser")

YEAR = 2025
SETTINGS = "/console/data/applications/yearsettings/"


@pytest.fixture
def people(live_worker):
    """Two holders of the post "data and rules", commerce, and a firm that gets 500,000 yuan under 4.2."""
    YearSettings.objects.create(year=YEAR, second_check_percent=0, published_at=NOW)
    firm = make_firm()
    make_figures(firm, YEAR, export_cny="100000000", local_product_export_cny="100000000")
    claim = make_claim(firm, "4.2", make_period(YEAR), facts={"bank_fees_cny": "1000000"})
    return SimpleNamespace(
        drafter=make_user("data1", role=Role.DATA, name="示例数据员甲"),
        publisher=make_user("data2", role=Role.DATA, name="示例数据员乙"),
        commerce=make_user("commerce", role=Role.COMMERCE, name="示例审核员甲"),
        clerk=owner_of(firm),
        claim=claim,
    )


def test_a_draft_is_mended_replayed_published_by_another_and_named_on_the_claim(new_page, people):
    drafter, publisher = sign_in(new_page(), people.drafter), sign_in(new_page(), people.publisher)
    draft = draft_lower_rate(drafter)
    replay(drafter)
    assert Claim.objects.get().payable_cny == Decimal("500000.00")

    publisher.goto(draft)
    panel = publisher.locator("section[aria-labelledby=replay]")
    expect(panel).to_contain_text("合计减少 200,000.00 元")
    expect(publisher.locator(".changes")).to_contain_text("新增 1039")
    follow(publisher.get_by_role("button", name="发布这一版"))
    expect(publisher.get_by_text("第 2 版已经生效。")).to_be_visible()

    clerk = sign_in(new_page(), people.clerk)
    clerk.goto(f"/claims/{people.claim.number}/")
    expect(clerk.get_by_text("按 2025 年度设置第 2 版计算。")).to_be_visible(timeout=COMPUTED)
    expect(clerk.locator("section[aria-labelledby=h-w]")).to_contain_text("300,000.00")
    desk = sign_in(new_page(), people.commerce)
    desk.goto(f"/console/claims/{people.claim.number}/")
    follow(desk.get_by_role("link", name="2025 年度设置第 2 版"))
    expect(desk.locator("h1")).to_have_text("2025 年度设置 第 2 版")


def draft_lower_rate(page):
    """Drafts version 2: a wrong code is answered at its field, everything else typed stays. Returns the draft's address."""
    page.goto(SETTINGS)
    follow(page.get_by_role("link", name="2025"))
    follow(page.get_by_role("button", name="起草新版本"))
    page.get_by_label("4.1、4.2 补贴比例").fill("30")
    codes = page.get_by_label("跨境电商监管方式")
    kept = codes.input_value()
    codes.fill(f"{kept}\n103")
    follow(page.get_by_role("button", name="保存草稿"))
    expect(page.locator("#id_cross_border_codes_error")).to_have_text(
        "第 6 行“103”：监管方式代码是四位数字。"
    )
    expect(page.get_by_label("4.1、4.2 补贴比例")).to_have_value("30")
    codes.fill(f"{kept}\n1039")
    follow(page.get_by_role("button", name="保存草稿"))
    expect(page.get_by_text("已保存第 2 版草稿。")).to_be_visible()
    return page.url


def replay(page):
    """Presses 试算 and follows the bar to the result, which the page shows by itself."""
    follow(page.get_by_role("button", name="试算"))
    expect(page.locator("h1")).to_contain_text("试算")
    firms = page.locator("section[aria-labelledby=firms]")
    expect(firms.get_by_role("row", name="示例甲公司")).to_contain_text("−200,000.00", timeout=COMPUTED)
    expect(page.locator(".figures").first).to_contain_text("300,000.00")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载结果").click()
    assert download.value.suggested_filename == "试算结果-2025 年度设置第 2 版.xlsx"


def test_two_people_of_a_city_put_the_rates_of_a_file_in_force(new_page, page_phone, people):
    """The second of them on a phone."""
    for item in ("3.3", "5.4", "5.5"):
        CityRate.objects.create(
            city="2301", year=YEAR, item=item, rate="0.4", created_by=people.drafter, source="示例比例.xlsx"
        )
    city1, city2 = (
        make_user(name, role=Role.CITY_COMMERCE, city="2301", name=f"示例市审核员{name}")
        for name in ("city1", "city2")
    )
    first = sign_in(new_page(), city1)
    first.goto("/console/data/applications/cityrate/")
    expect(first.get_by_text("导入，待采用")).to_have_count(3)
    follow(first.get_by_role("button", name="采用这 3 项"))
    expect(first.get_by_text("已采用 3 项比例。")).to_be_visible()
    expect(first.get_by_role("button", name="发布这 3 项")).to_have_count(0)
    second = sign_in(page_phone, city2)
    second.goto("/console/data/applications/cityrate/")
    follow(second.get_by_role("button", name="发布这 3 项"))
    expect(second.get_by_text("已发布 3 项比例。")).to_be_visible()
    assert len(city_rates([YEAR])) == 3
