"""Filing in the browser: every money item from an empty form to the amount that the rules give."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from applications.models import (
    AgriculturalExporter,
    CityRate,
    Claim,
    DualCirculationEntry,
    FilingPeriod,
    LprRate,
    OverseasWarehouse,
    Platform,
    PlatformMember,
)
from applications.reference import packaged_reference
from measures import contract, registry
from tests.e2e.steps import (
    COMPUTED,
    PASSWORD,
    draft_begin,
    fill,
    give_evidence,
    prepared_confirm,
    sign_in,
    submit,
)
from tests.factories import NOW, make_claim, make_figures, make_firm, make_period, owner_of
from tests.support.browser import follow
from tests.support.files import PDF

YEAR = 2025


@dataclass(frozen=True)
class Filing:
    """What the registers say about the firm and what its clerk types, both in the words of the evaluation contract."""

    facts: dict = field(default_factory=dict)
    trade: dict = field(default_factory=dict)
    last_year: dict = field(default_factory=dict)
    enterprise: dict = field(default_factory=dict)
    city_rate: str = ""


LOANS = [
    {"principal_cny": "5000000.00", "issued_on": "2025-03-01", "interest_paid_cny": "160000.00"},
    {
        "principal_cny": "2000000.00",
        "issued_on": "2024-11-20",
        "repaid_on": "2025-06-30",
        "interest_paid_cny": "20000.00",
    },
]
FILINGS = {
    "1.1": Filing(
        trade={"import_cny": "200000000.00", "export_cny": "150000000.00"},
        last_year={"import_cny": "100000000.00", "export_cny": "95000000.00"},
    ),
    "2.1": Filing({"platform": "P1"}, enterprise={"trade_platforms": [{"id": "P1", "level": "national"}]}),
    "3.1": Filing(trade={"cross_border_cny": "35600000.00"}),
    "3.2": Filing({"site": "shop.example", "site_trade_cny": "12000000.00", "construction_cny": "333333.33"}),
    "3.3": Filing({"entry_fee_cny": "10000.00", "promotion_cny": "25000.50"}, city_rate="0.45"),
    "3.4": Filing({"warehouse": "W1"}, enterprise={"overseas_warehouses": ["W1"]}),
    "3.5": Filing({"served_smes": 15, "trade_handled_cny": "300000000.00"}),
    "4.1": Filing(
        {"landed_cny": "80000000.00", "bank_fees_cny": "12345.67", "loans": LOANS},
        trade={"resource_import_cny": "120000000.00"},
    ),
    "4.2": Filing(
        {"bank_fees_cny": "4000.00", "loans": LOANS[:1]}, trade={"local_product_export_cny": "50000000.00"}
    ),
    "5.1": Filing(
        {
            "booth_cny": "96000.00",
            "freight_cny": "58600.00",
            "travel_cny": "43800.00",
            "lodging_cny": "26100.00",
        }
    ),
    "5.2": Filing({"booth_cny": "400000.00", "freight_cny": "58600.00"}),
    "5.3": Filing({"participation_cny": "33333.33"}),
    "5.4": Filing({"credit_report_cny": "8000.00", "online_promotion_cny": "9000.00"}, city_rate="0.5"),
    "5.5": Filing(
        {"brand_cny": "1000.00", "trademark_cny": "20000.00", "certification_cny": "30000.00"},
        city_rate="0.7",
    ),
    "6.1": Filing(enterprise={"dual_circulation": True}),
    "7.1": Filing({"premium_cny": "88888.88"}, trade={"export_usd": "10000000.00"}),
    "7.2": Filing(
        {
            "premiums": [
                {"premium_cny": "100000.00", "market": "JP", "new_mode": True},
                {"premium_cny": "50000.01", "market": "RU", "new_mode": False},
            ]
        },
        enterprise={"platform_member": True},
    ),
    "7.3": Filing({"premium_cny": "77777.77"}, last_year={"export_usd": "500000.00"}),
}


def test_every_money_item_has_a_filing():
    assert set(FILINGS) == {code for code, item in registry.ITEMS.items() if not item.support}


def expected_answer(code, filing):
    """What the rules say, asked as any program would ask them."""
    case = {
        "year": YEAR,
        "enterprise": filing.enterprise,
        "trade": {str(YEAR): filing.trade, str(YEAR - 1): filing.last_year},
        "settings": {"city_rates": {code: filing.city_rate} if filing.city_rate else {}},
        "claims": [{"id": "a", "item": code, "facts": filing.facts}],
    }
    [claim] = contract.answer(case, packaged_reference())["claims"]
    assert claim["status"] == "awarded"
    return f"{Decimal(claim['payable_cny']):,.2f}"


def seed(firm, code, filing):
    """The same in the registers of the database."""
    make_period(YEAR)
    make_figures(firm, YEAR, **filing.trade)
    make_figures(firm, YEAR - 1, **filing.last_year)
    LprRate.objects.bulk_create(
        LprRate(published_on=day, one_year_percent=percent)
        for day, percent in packaged_reference().lpr.publications()
    )
    known = {"operator_code": firm.credit_code, "designated_on": date(YEAR, 5, 1)}
    for platform in filing.enterprise.get("trade_platforms", []):
        Platform.objects.create(number=platform["id"], name="示例平台", level=platform["level"], **known)
    for number in filing.enterprise.get("overseas_warehouses", []):
        OverseasWarehouse.objects.create(number=number, name="示例海外仓", **known)
    if filing.enterprise.get("platform_member"):
        PlatformMember.objects.create(credit_code=firm.credit_code, platform_number="P9")
    if filing.enterprise.get("agricultural_exporter"):
        AgriculturalExporter.objects.create(credit_code=firm.credit_code)
    if filing.enterprise.get("dual_circulation"):
        DualCirculationEntry.objects.create(credit_code=firm.credit_code)
    if filing.city_rate:
        CityRate.objects.create(city=firm.city, year=YEAR, item=code, rate=filing.city_rate, published_at=NOW)


#: One of each kind: official figures alone, and rows of loans. All are filed in the slow set; what their forms ask and pay is tested without a browser for every item.
AT_ONCE = frozenset({"1.1", "4.1"})


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=() if code in AT_ONCE else pytest.mark.slow) for code in FILINGS]
)
def test_an_item_is_filed_and_shows_the_amount_of_the_rules(page_desktop, live_worker, code):
    page, rule, filing = page_desktop, registry.item(code), FILINGS[code]
    firm = make_firm()
    seed(firm, code, filing)
    amount = expected_answer(code, filing)
    sign_in(page, owner_of(firm))

    page.goto(f"/my/{YEAR}/")
    if rule.prepared:
        prepared_confirm(page, code, expected=amount)
    else:
        follow(page.locator(f'form[action="/claims/new/{code}/"] button'))
        fill(page, rule, filing.facts)
        give_evidence(page, rule)
        expect(page.locator("#estimate .amount")).to_contain_text(amount)
        submit(page)

    claim = Claim.objects.get(enterprise=firm)
    expect(page).to_have_url(re.compile(rf"/claims/{re.escape(claim.number)}/$"))
    expect(page.locator("section[aria-labelledby=h-w] .section-head .amount")).to_have_text(
        f"{amount}元", timeout=COMPUTED
    )
    claim.refresh_from_db()
    assert f"{claim.payable_cny:,.2f}" == amount


def start(page, code):
    """A firm's clerk in front of an empty form; returns the firm."""
    firm = make_firm()
    seed(firm, code, FILINGS[code])
    sign_in(page, owner_of(firm))
    page.goto(f"/my/{YEAR}/")
    follow(page.locator(f'form[action="/claims/new/{code}/"] button'))
    return firm


def test_a_claim_with_rows_is_filed_without_scripts_from_the_home_page_on_a_phone(new_page, live_worker):
    page = new_page(java_script_enabled=False, viewport={"width": 390, "height": 800})
    rule, filing = registry.item("7.2"), FILINGS["7.2"]
    firm = make_firm()
    seed(firm, "7.2", filing)
    earlier = make_claim(firm, "7.1", FilingPeriod.objects.get(), facts={"premium_cny": "1000"}, submit=True)
    page.goto("/")
    follow(page.get_by_role("link", name="登录").first)
    page.get_by_label("用户名").fill(owner_of(firm).username)
    page.get_by_label("密码").fill(PASSWORD)
    follow(page.get_by_role("button", name="登录"))
    follow(page.get_by_role("link", name="我的年度").first)
    draft_begin(page, YEAR, "7.2")
    fill(page, rule, filing.facts)

    # A row more, and out with it again: everything typed comes back each time.
    rows = page.locator("[data-rows=premiums] [data-row]")
    follow(page.locator("[data-rows=premiums] [data-row-add]"))
    expect(rows).to_have_count(3)
    follow(rows.nth(2).get_by_role("button", name="删除这一行"))
    expect(rows).to_have_count(2)
    expect(page.locator("[name=premiums-1-premium_cny]")).to_have_value("50000.01")
    follow(page.locator(".action-bar").get_by_role("button", name="保存", exact=True))
    expect(page.locator("#estimate .result .amount")).to_contain_text(expected_answer("7.2", filing))
    expect(page.locator("#filing-left")).to_have_text("还差 3 处")

    # Several files at once, one of them taken out and put back, and one of an earlier claim.
    files = [
        {"name": f"保单{n}.pdf", "mimeType": "application/pdf", "buffer": PDF + f"%{n}".encode()}
        for n in range(2)
    ]
    policies, receipts = page.locator("#ev-policies"), page.locator("#ev-premium_receipts")
    policies.locator("input[type=file]").first.set_input_files(files)
    follow(page.get_by_role("button", name="保存，并上传选好的文件"))
    expect(policies.get_by_role("link", name="保单1.pdf")).to_be_visible()
    follow(policies.get_by_role("button", name="移除").first)
    expect(policies).to_contain_text("已移除 保单0.pdf")
    follow(policies.get_by_role("button", name="放回"))
    expect(policies.get_by_role("link", name="保单0.pdf")).to_be_visible()
    follow(receipts.get_by_role("button", name="从以往材料中选"))
    expect(page.get_by_role("heading", name="从以往材料中选")).to_be_visible()
    expect(page.locator("form.choice")).to_contain_text(f"用在 {earlier.number}")
    page.get_by_role("checkbox").first.check()
    follow(page.get_by_role("button", name="使用勾选的文件"))
    expect(receipts).to_have_class("is-ok")
    # One of the premiums is for a new mode of trade.
    proof = {"name": "订单.pdf", "mimeType": "application/pdf", "buffer": PDF + b"%order"}
    page.locator("#ev-new_mode input[type=file]").first.set_input_files([proof])
    follow(page.get_by_role("button", name="保存，并上传选好的文件"))
    expect(page.locator("#filing-left")).to_have_text("都填好了")
    submit(page)
    claim = Claim.objects.get(enterprise=firm, item="7.2")
    expect(page).to_have_url(re.compile(rf"/claims/{re.escape(claim.number)}/$"))
    amount = page.locator("section[aria-labelledby=h-w] .section-head .amount")
    for _ in range(COMPUTED // 500):
        if amount.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(amount).to_have_text(f"{expected_answer('7.2', filing)}元")


def test_a_file_given_twice_is_asked_about_and_taken_out_in_place(page_desktop, transactional_db):
    page = page_desktop
    start(page, "5.4")
    files = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": PDF}
    contract_row, invoices = page.locator("#ev-contract"), page.locator("#ev-invoices")
    contract_row.locator("input[type=file]").first.set_input_files([files])
    expect(contract_row).to_have_class("is-ok")
    invoices.locator("input[type=file]").first.set_input_files([files])
    expect(invoices).to_contain_text("这个文件已用于“服务合同”")
    invoices.locator("button", has_text="仍然使用").click()
    expect(invoices).to_have_class("is-ok")
    invoices.get_by_role("button", name="移除").click()
    expect(invoices).to_contain_text("尚未上传")
    expect(page).to_have_url(re.compile(r"/edit/$"))


def test_what_was_typed_is_there_after_closing_the_page(page_desktop, transactional_db):
    page = page_desktop
    firm = start(page, "5.4")
    page.locator("[name=credit_report_cny]").fill("8000")
    expect(page.locator("#estimate .amount")).to_contain_text("4,000.00")
    expect(page.locator("[data-saved]")).to_contain_text("已保存")
    page.goto(f"/my/{YEAR}/")
    page.goto(f"/claims/{Claim.objects.get(enterprise=firm).number}/edit/")
    expect(page.locator("[name=credit_report_cny]")).to_have_value("8000")
