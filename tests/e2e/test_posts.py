"""A piece of everybody's work in a real browser: the city that decides and pays its own item, a department's officer on a
telephone, an administrator with a deputy for somebody on leave, and an auditor who takes the proof away."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from applications.models import CityRate, Holiday, YearSettings
from applications.support import support_request_file
from review.audit.check import bundle_check
from tests.e2e.steps import COMPUTED, decide, desk_open, sign_in_by_hand
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def period(live_worker):
    """An open period; nobody is drawn for a second check."""
    today = timezone.localdate()
    Holiday.objects.create(day=today.replace(month=1, day=1), kind="off")
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return make_period(deadline=today + timedelta(days=30))


def test_a_city_decides_its_own_item_and_its_finance_publishes_it(period, new_page):
    CityRate.objects.create(city="2301", year=2025, item="5.5", rate=Decimal("0.5"), published_at=NOW)
    claim = make_claim(make_firm(), "5.5", period, facts={"brand_cny": "80000"})
    other = make_claim(make_firm("示例乙公司", city="2311"), "5.5", period, facts={"brand_cny": "70000"})
    commerce = sign_in_by_hand(
        new_page(viewport={"width": 390, "height": 844}),
        make_user("city", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员甲"),
    )
    commerce.goto("/console/queue/")
    expect(commerce.get_by_role("link", name=claim.enterprise.name)).to_be_visible()
    expect(commerce.get_by_text(other.enterprise.name)).to_have_count(0)
    decide(commerce, claim.number, "按此金额通过", amount="40,000.00")
    assert commerce.goto(f"/console/claims/{other.number}/").status == 404

    finance = sign_in_by_hand(
        new_page(), make_user("cityfin", role=Role.CITY_FINANCE, city="2301", name="示例市财政员甲")
    )
    decide(finance, claim.number, "批准并锁定金额", amount="40,000.00")
    finance.goto("/console/notices/")
    follow(finance.get_by_role("link", name="选择并发布公示").first)
    expect(finance.get_by_text(claim.number)).to_be_visible()
    follow(finance.get_by_role("button", name="预览公示"))
    finance.get_by_label("已核对名单和金额").check()
    follow(finance.get_by_role("button", name="发布公示"))
    expect(finance.get_by_text("40,000.00").first).to_be_visible()
    claim.refresh_from_db()
    other.refresh_from_db()
    assert (claim.state, claim.payer, claim.locked_cny) == ("in_notice", "2301", Decimal("40000.00"))
    assert other.state == "commerce_review"


def test_an_officer_of_customs_asks_back_answers_and_hands_over_on_a_phone(transactional_db, page_phone):
    today = timezone.localdate()
    Holiday.objects.create(day=today.replace(month=1, day=1), kind="off")
    firm = make_firm()
    asked = [
        support_request_file(
            enterprise=firm,
            item="11.1",
            actor=owner_of(firm),
            facts={"refunds": [{"accepted_on": today.isoformat()}]},
            particulars={"details": details},
        )
        for details in ("示例口岸放行慢。", "示例退税没有到账。")
    ]
    page = sign_in_by_hand(
        page_phone, make_user("customs", role=Role.DEPARTMENT, department="customs", name="示例海关经办员")
    )
    page.goto("/console/support/")
    follow(page.locator(f'a[href="/console/support/{asked[0].number}/"]').first)
    expect(page.get_by_text("示例口岸放行慢。")).to_be_visible()
    follow(page.get_by_role("button", name="请企业补充"))
    expect(page.locator(".is-bad, .error-summary").first).to_be_visible()
    page.locator("[name=text]").first.fill("请说明是哪个口岸。")
    follow(page.get_by_role("button", name="请企业补充"))
    expect(page.get_by_text("已请企业补充，期限暂停计算。")).to_be_visible()
    page.locator("[name=text]").first.fill("已协调，今天放行。")
    follow(page.get_by_role("button", name="答复企业"))
    expect(page.get_by_text("已协调，今天放行。")).to_be_visible()

    page.goto("/console/support/")
    follow(page.locator(f'a[href="/console/support/{asked[1].number}/"]').first)
    page.get_by_text("转交其他部门").click()
    page.get_by_label("转交给").select_option("tax")
    page.locator("details [name$=text]").fill("属于退税。")
    follow(page.get_by_role("button", name="确认转交"))
    expect(page.get_by_text("省税务局牵头")).to_be_visible()
    for each in asked:
        each.refresh_from_db()
    assert [each.state for each in asked] == ["answered", "routed"]
    assert [each.lead for each in asked] == ["customs", "tax"]


def test_a_deputy_decides_for_somebody_on_leave_and_the_record_says_so(period, new_page):
    claim = make_claim(make_firm(), "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())
    absent = make_user("absent", role=Role.COMMERCE, name="示例休假审核员")
    stand_in = make_user("standin", role=Role.DEPARTMENT, department="tax", name="示例代班员")
    admin = sign_in_by_hand(new_page(), make_user("admin", role=Role.ADMINISTRATOR, name="示例管理员"))
    admin.goto(f"/console/data/accounts/user/{stand_in.pk}/change/")
    admin.locator("[name=posts-1-role]").select_option("commerce")
    admin.locator("[name=posts-1-deputy_for]").select_option(str(absent.pk))
    follow(admin.get_by_role("button", name="保存", exact=True))
    expect(admin.get_by_role("link", name=re.compile("代理要填止的日期"))).to_be_visible()
    until = timezone.localdate() + timedelta(days=7)
    admin.locator("[name=posts-1-ends_on]").fill(until.isoformat())
    follow(admin.get_by_role("button", name="保存", exact=True))
    expect(admin.get_by_text("代理要填止的日期")).to_have_count(0)

    deputy = sign_in_by_hand(new_page(), stand_in)
    decide(deputy, claim.number, "按此金额通过", amount="70,000.00")
    desk_open(deputy, claim.number)
    expect(deputy.get_by_text("代理示例休假审核员").first).to_be_visible()


def test_an_auditor_reads_changes_nothing_and_takes_the_proof_away(period, new_page, tmp_path):
    claim = make_claim(make_firm(), "5.1", period, facts={"booth_cny": "100000"}, particulars=exhibition())
    page = sign_in_by_hand(new_page(), make_user("auditor", role=Role.AUDITOR, name="示例审计员"))
    page.goto("/console/claims/")
    follow(page.get_by_role("link", name=claim.enterprise.name))
    expect(page.locator(".action-bar")).to_have_count(0)
    page.get_by_text("制作核查包").click()
    page.get_by_label("附上证明材料文件本身").check()
    follow(page.get_by_role("button", name="制作", exact=True))
    link = page.get_by_role("link", name=re.compile("下载"))
    expect(link).to_be_visible(timeout=COMPUTED)
    with page.expect_download() as download:
        link.click()
    path = tmp_path / "bundle.zip"
    download.value.save_as(path)
    members, problems = bundle_check(path)
    assert members > 8
    assert problems == []
    page.goto("/console/audit/")
    expect(page.get_by_text("示例审计员").first).to_be_visible()
    expect(page.get_by_text("核查包").first).to_be_visible()
