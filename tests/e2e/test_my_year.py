"""My year in a browser: what is filed and what could be, with and without scripts, on a screen, a phone and paper."""

import io
import unicodedata

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from accounts.roles import Role
from applications.lifecycle import transition
from applications.models import DualCirculationEntry, OverseasWarehouse
from applications.trade_figures import figures_derive
from tests.e2e.steps import sign_in
from tests.factories import (
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_month,
    make_period,
    make_user,
    owner_of,
)
from tests.support.browser import follow
from tests.support.look import page_faults

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def firm(live_server):
    """Filed: an exhibition, and another that came back. Not filed: a draft, a warehouse, a list; and a year that runs."""
    firm, period = make_firm("示例黑土粮油进出口集团有限公司"), make_period()
    commerce = make_user("commerce", role=Role.COMMERCE)
    make_figures(firm, cross_border_cny="12000000", import_cny="0", export_cny="90000000")
    make_month(firm.credit_code, "2026-03", cny="43000000.00", supervision_code="9610")
    figures_derive({(firm.credit_code, 2026)})
    OverseasWarehouse.objects.create(
        number="HWC-1", name="示例海外仓", operator_code=firm.credit_code, designated_on="2025-03-01"
    )
    DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    make_claim(firm, "5.1", period, facts={"booth_cny": "300000"}, particulars=exhibition())
    returned = make_claim(firm, "5.2", period, facts={"booth_cny": "1000"}, particulars=exhibition())
    transition(claim_id=returned.pk, action="return", actor=commerce, reason="照片看不清展位号。")
    make_claim(
        firm, "5.3", period, facts={"participation_cny": "20000"}, particulars=exhibition(), submit=False
    )
    return firm


@pytest.mark.parametrize("screen", [pytest.param("page_desktop", marks=pytest.mark.slow), "page_phone"])
def test_the_year_shows_what_is_worth_filing_and_can_leave_it_out_of_the_bar(firm, request, screen):
    page = sign_in(request.getfixturevalue(screen), owner_of(firm))
    page.goto("/my/2025/")
    expect(page.get_by_role("heading", name="连同还没有申报的 4 件")).to_be_visible()
    expect(page.get_by_role("img", name="其中还没有申报的占")).to_be_visible()
    expect(page.get_by_role("heading", name="2026 年离下一档还有多远")).to_be_visible()
    expect(page.get_by_text("照片看不清展位号。")).to_be_visible()
    first = page.locator("section[aria-labelledby=h-g] tbody tr").first
    expect(first).to_contain_text("3.4 省级海外仓一次性奖励")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page_faults(page) == []
    follow(page.get_by_role("link", name="只看已申报的"))
    expect(page.get_by_role("heading", name="已申报 2 件")).to_be_visible()
    assert page_faults(page) == []


def test_the_year_fits_on_one_sheet_of_paper(firm, page_desktop):
    page = sign_in(page_desktop, owner_of(firm))
    page.goto("/my/2025/")
    sheets = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert len(sheets) == 1
    # Chromium writes some characters as the radicals that look the same.
    words = "".join(unicodedata.normalize("NFKC", sheets[0].extract_text()).split())
    assert all(each in words for each in ("示例黑土粮油进出口集团有限公司", "总额度", "5.1", "全年多得"))
    assert "可以申报的事项" not in words


def test_the_year_works_without_scripts(firm, new_page):
    page = sign_in(new_page(java_script_enabled=False), owner_of(firm))
    page.goto("/my/2025/")
    follow(page.get_by_role("link", name="只看已申报的"))
    expect(page.get_by_role("heading", name="已申报 2 件")).to_be_visible()
    follow(page.get_by_role("link", name="加上未申报的"))
    follow(page.locator("section[aria-labelledby=h-g]").get_by_role("link", name="查看并确认 3.4"))
    expect(page.get_by_role("heading", name="省级海外仓一次性奖励")).to_be_visible()
