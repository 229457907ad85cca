"""The combined limit in a real browser: it cuts several claims, follows a correction, and leaves locked money alone.

The year of one firm. Its non-platform insurance (7.2, ceiling 1,500,000) sets the limit until large growth (1.1, ceiling
3,000,000) is filed; an exhibition (5.1) and a national award (6.1) take what the limit leaves them.
"""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.roles import Role
from applications.ledger import balances
from applications.models import (
    Claim,
    DualCirculationEntry,
    FilingPeriod,
    PlatformMember,
    State,
    YearSettings,
)
from review.extensions import deadline_extend
from tests.e2e.steps import (
    COMPUTED,
    claim_file,
    decide,
    desk_do,
    desk_open,
    expect_amount,
    expect_year,
    sign_in,
    submit,
)
from tests.factories import NOW, make_figures, make_firm, make_period, make_user, owner_of
from tests.support.browser import follow

pytestmark = pytest.mark.xdist_group("browser")

YEAR = 2025
TYPED_WRONG, TYPED_RIGHT = "16500003.30", "1650000.33"
#: 80% of the first line and 60% of the second: 13,230,002.646 as typed at first, 1,350,000.27 as corrected.
INSURANCE = {
    "premiums": [
        {"premium_cny": TYPED_WRONG, "market": "JP", "new_mode": True},
        {"premium_cny": "50000.01", "market": "RU", "new_mode": False},
    ]
}
#: 70% of 224,500.55.
EXHIBITION = {
    "booth_cny": "96000.55",
    "freight_cny": "58600.00",
    "travel_cny": "43800.00",
    "lodging_cny": "26100.00",
}
WORDS = "保费比保险单上多了一位，请对照保险单核对。"


@pytest.fixture
def firm(live_worker):
    """A verified firm with all that its registers and customs know; large growth comes to light later."""
    today = timezone.localdate()
    YearSettings.objects.create(year=YEAR, second_check_percent=0, published_at=NOW)
    make_period(YEAR, deadline=today + timedelta(days=30))
    made = make_firm()
    make_figures(made, YEAR - 1, import_cny="100000000", export_cny="95000000")
    make_figures(made, YEAR, import_cny="200000000", export_cny="150000000")
    PlatformMember.objects.create(credit_code=made.credit_code, platform_number="P9")
    DualCirculationEntry.objects.create(credit_code=made.credit_code)
    return made


@pytest.fixture
def people(firm):
    """Two officers of the province."""
    return SimpleNamespace(
        commerce=make_user("commerce", role=Role.COMMERCE, name="示例审核员甲"),
        finance=make_user("finance", role=Role.FINANCE, name="示例财政员甲"),
    )


@pytest.mark.slow
def test_the_limit_cuts_follows_a_correction_and_leaves_locked_money_alone(new_page, firm, people):
    clerk = sign_in(new_page(), owner_of(firm))
    commerce, finance = sign_in(new_page(), people.commerce), sign_in(new_page(), people.finance)
    numbers = file_three(clerk)
    insurance, exhibition, award = numbers
    rows = {
        insurance: ("1,500,000.00", "0.00", "1,500,000.00"),
        exhibition: ("157,150.38", "−157,150.38", "0.00"),
        award: ("200,000.00", "−200,000.00", "0.00"),
    }
    expect_year(clerk, YEAR, rows, payable="1,500,000.00", cut="−357,150.38")

    send_back(commerce, insurance)
    correct(clerk, insurance)
    rows |= {
        insurance: ("1,350,000.27", "0.00", "1,350,000.27"),
        exhibition: ("157,150.38", "−7,150.65", "149,999.73"),
    }
    expect_year(clerk, YEAR, rows, payable="1,500,000.00", cut="−207,150.65")
    expect_amount(clerk, exhibition, "149,999.73")
    expect(clerk.locator("section[aria-labelledby=h-w] .steps")).to_contain_text("−7,150.65")

    for number, (_, _, payable) in rows.items():
        decide(commerce, number, "按此金额通过", amount=payable)
    decide(finance, insurance, "批准并锁定金额", amount="1,350,000.27")
    decide(finance, exhibition, "批准并锁定金额", amount="149,999.73")
    expect_year(clerk, YEAR, rows, payable="1,500,000.00", cut="−207,150.65")

    growth = file_late(clerk, firm, people)
    rows |= {
        award: ("200,000.00", "0.00", "200,000.00"),
        growth: ("450,000.00", "0.00", "450,000.00"),
    }
    expect_year(clerk, YEAR, rows, payable="2,150,000.00", cut="−7,150.65")
    expect_locked(finance, numbers)


def file_three(page):
    """The three claims, in the order of the limit: what each shows before it is filed takes the earlier ones in."""
    insurance = claim_file(page, YEAR, "7.2", INSURANCE, expected="1,500,000.00")
    expect_amount(page, insurance, "1,500,000.00")
    exhibition = claim_file(page, YEAR, "5.1", EXHIBITION, expected="0.00")
    award = claim_file(page, YEAR, "6.1", {}, expected="0.00")
    return insurance, exhibition, award


def send_back(page, number):
    """Commerce returns the claim with words at the premium that looks wrong."""
    desk_open(page, number)
    follow(page.get_by_role("button", name="退回补正"))
    page.get_by_label("需要补正什么").fill("保费与保险单不一致。")
    page.get_by_text("指出要改的项目和材料").click()
    page.locator('[name="note:premiums[0].premium_cny"]').fill(WORDS)
    desk_do(page.get_by_role("button", name="退回补正"), f"{number}：已办理“退回补正”")


def correct(page, number):
    """The firm finds the words at the field, corrects it and sends the claim again, without new evidence."""
    page.goto(f"/my/{YEAR}/")
    follow(page.get_by_role("link", name=f"去补正 {number}"))
    expect(page.get_by_text("审核退回补正：保费与保险单不一致。")).to_be_visible()
    row = page.locator("#rows-premiums [data-row]").first
    expect(row.locator(".callout--act")).to_have_text(f"审核意见：{WORDS}")
    premium = page.locator('[name="premiums-0-premium_cny"]')
    expect(premium).to_have_value(TYPED_WRONG)
    premium.fill(TYPED_RIGHT)
    expect(page.locator("#estimate .result .amount")).to_have_text("1,350,000.27元")
    submit(page, button="确认重新提交")
    expect_amount(page, number, "1,350,000.27")
    expect(page.locator(".page-head .state")).to_have_text("商务审核")


def file_late(page, firm, people):
    """After the deadline only the firm with a recorded extension files; its claim has the higher ceiling and says late."""
    FilingPeriod.objects.update(deadline=timezone.localdate() - timedelta(days=1))
    page.goto(f"/my/{YEAR}/")
    expect(page.locator('form[action="/claims/new/1.1/"]')).to_have_count(0)
    deadline_extend(
        enterprise=firm,
        period=FilingPeriod.objects.get(),
        until=timezone.localdate() + timedelta(days=5),
        reason="海关数据更正。",
        actor=people.commerce,
    )
    number = claim_file(page, YEAR, "1.1", {}, expected="450,000.00")
    expect_amount(page, number, "450,000.00")
    expect(page.locator(".page-head")).to_contain_text("逾期提交")
    return number


def expect_locked(page, numbers):
    """What finance approved is what it was; what finance still has shows its new amount and stays with finance."""
    amounts = ("1,350,000.27", "149,999.73", "200,000.00")
    states = (State.APPROVED, State.APPROVED, State.FINANCE_REVIEW)
    for number, amount, state in zip(numbers, amounts, states, strict=True):
        claim = Claim.objects.get(number=number)
        expected = Decimal(amount.replace(",", ""))
        locked = expected if state == State.APPROVED else None
        assert (claim.state, claim.payable_cny, claim.locked_cny) == (state, expected, locked)
        assert balances(claim.pk)["locked_cny"] == (locked or 0)
        desk_open(page, number)
        steps = page.locator("section[aria-labelledby=r2]")
        expect(steps.locator(".steps .was").last).to_contain_text(amount, timeout=COMPUTED)
        expect(page.locator("section[aria-labelledby=r6]")).to_contain_text("3,000,000.00 元")
    decide(page, numbers[2], "批准并锁定金额", amount="200,000.00")
