"""The whole way in a real browser: from the sign-up of a firm to the opened payout sheet and the money marked as paid."""

import hashlib
import io
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.roles import Role
from applications.ledger import balances
from applications.models import Claim, Enterprise, Holiday, Notice, TradeFigures, YearSettings
from applications.notices import notices_close
from measures import registry
from tests.e2e.steps import (
    COMPUTED,
    PASSWORD,
    claim_file,
    decide,
    desk_do,
    desk_open,
    expect_amount,
    expect_year,
    sign_in_by_hand,
    yuan,
)
from tests.factories import NOW, credit_code, make_appropriation, make_period, make_user
from tests.support.browser import follow
from tests.support.files import PDF, PNG

pytestmark = pytest.mark.xdist_group("browser")

YEAR = 2025
FIRM = "示例松江进出口有限公司"
CODE = credit_code(900)
ACCOUNT = "6200000000000000017"
#: 70% of 224,500.55 is 157,150.385, rounded down.
EXHIBITION = {
    "booth_cny": "96000.55",
    "freight_cny": "58600.00",
    "travel_cny": "43800.00",
    "lodging_cny": "26100.00",
}
DECLARED = "157,150.38"
#: The same with 40,000 for travel: 70% of 220,700.55.
VERIFIED = "154,490.38"
#: 35 whole millions of cross-border trade.
CROSS_BORDER = "350,000.00"
TOTAL = "504,490.38"
TOTAL_IN_WORDS = "伍拾万肆仟肆佰玖拾元零叁角捌分"


@dataclass
class Way:
    """What the journey has come to: pages of the people in it, and the numbers of the two claims."""

    clerk: object
    exhibition: str = ""
    cross_border: str = ""

    @property
    def numbers(self):
        """Both claims."""
        return (self.exhibition, self.cross_border)


@pytest.fixture
def people(live_beat):
    """Officers of every post on the way, an open period, and what customs knows about the firm."""
    today = timezone.localdate()
    YearSettings.objects.create(year=YEAR, second_check_percent=0, published_at=NOW)
    for year in (today.year, today.year + 1):
        Holiday.objects.create(day=date(year, 1, 1), kind="off")
    make_period(YEAR, city_first_check=True, deadline=today + timedelta(days=30))
    TradeFigures.objects.create(
        credit_code=CODE, name=FIRM, year=YEAR, cross_border_cny=Decimal("35600000.00")
    )
    make_appropriation(year=YEAR, actor=make_user("treasurer"))
    return SimpleNamespace(
        city=make_user("city", role=Role.CITY_COMMERCE, city="2301", name="示例市审核员甲"),
        commerce=make_user("commerce", role=Role.COMMERCE, name="示例审核员甲"),
        finance=make_user("finance", role=Role.FINANCE, name="示例财政员甲"),
        finance2=make_user("finance2", role=Role.FINANCE, name="示例财政员乙"),
    )


def test_a_firm_signs_up_files_and_is_paid_to_the_fen(new_page, people):
    way = Way(clerk=new_page())
    sign_up(way.clerk)
    city = sign_in_by_hand(new_page(), people.city)
    verify_firm(city)
    file_both(way)
    for number in way.numbers:
        decide(city, number, "初审通过")
    verify_lower_and_approve(sign_in_by_hand(new_page(), people.commerce), way)
    finance = sign_in_by_hand(new_page(), people.finance)
    decide(finance, way.exhibition, "批准并锁定金额", amount=VERIFIED)
    decide(finance, way.cross_border, "批准并锁定金额", amount=CROSS_BORDER)
    publish(finance, way)
    expect_public(new_page(), way)
    let_the_notice_end(way)

    address = make_batch(finance, way)
    checker = sign_in_by_hand(new_page(), people.finance2)
    book = lock_and_download(checker, address)
    expect_book(book, checker, way)
    mark_as_paid(finance, address, way)
    expect_paid(way)


# --- The firm --------------------------------------------------------------------------------------


def sign_up(page):
    """The person's account, then the firm with its papers and its bank account."""
    page.goto("/")
    follow(page.get_by_role("link", name="注册", exact=True))
    for label, value in (
        ("用户名", "clerk"),
        ("姓名", "示例经办人"),
        ("手机号码", "0451-00000000"),
        ("电子邮箱", "clerk@firm.example"),
        ("密码", PASSWORD),
        ("再输入一次密码", PASSWORD),
    ):
        page.get_by_label(label, exact=True).fill(value)
    follow(page.get_by_role("button", name="建立账号并继续"))
    for label, value in (
        ("统一社会信用代码", CODE.lower()),
        ("企业名称", FIRM),
        ("地址", "示例路 1 号"),
        ("联系人", "示例联系人"),
        ("联系电话", "0451-00000000"),
        ("户名", FIRM),
        ("开户行", "示例银行哈尔滨示例支行"),
        ("账号", "6200 0000 0000 0000 017"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("所在市（地）").select_option(label="哈尔滨市")
    licence = {"name": "营业执照.png", "mimeType": "image/png", "buffer": PNG}
    letter = {"name": "授权书.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.get_by_label("营业执照", exact=True).set_input_files([licence])
    page.get_by_label("授权书", exact=True).set_input_files([letter])
    follow(page.get_by_role("button", name="登记企业"))
    expect(page.get_by_text("企业已登记，正在等待核验")).to_be_visible()


def verify_firm(page):
    """The city's officer finds the firm in the list, sees its papers, and confirms them."""
    follow(page.get_by_role("link", name="企业核验"))
    follow(page.get_by_role("link", name=FIRM))
    expect(page.locator(".viewer img")).to_be_visible()
    follow(page.get_by_role("button", name="核验通过"))
    expect(page.get_by_text("已核验").first).to_be_visible()


def file_both(way):
    """An exhibition typed in by hand, and a reward that official data have prepared."""
    way.exhibition = claim_file(way.clerk, YEAR, "5.1", EXHIBITION, expected=DECLARED)
    way.cross_border = claim_file(way.clerk, YEAR, "3.1", {}, expected=CROSS_BORDER)
    expect_amount(way.clerk, way.exhibition, DECLARED)
    expect_amount(way.clerk, way.cross_border, CROSS_BORDER)


# --- The offices -----------------------------------------------------------------------------------


def verify_lower_and_approve(page, way):
    """Commerce counts less for travel, says why, and passes both; the firm sees the value and the reason."""
    desk_open(page, way.exhibition)
    expect(page.locator(".action-bar .amount")).to_have_text(f"{DECLARED}元", timeout=COMPUTED)
    page.get_by_label("核定：国际间交通费").fill("40000")
    page.get_by_label("核定理由：国际间交通费").fill("一张机票不是参展人员的。")
    desk_do(page.get_by_role("button", name="保存核定数"), "核定数已保存")
    decide(page, way.exhibition, "按此金额通过", amount=VERIFIED)
    decide(page, way.cross_border, "按此金额通过", amount=CROSS_BORDER)

    expect_amount(way.clerk, way.exhibition, VERIFIED)
    row = way.clerk.locator("section[aria-labelledby=h-v] tr").filter(has_text="国际间交通费")
    expect(row.locator("ins")).to_have_text("40,000.00")
    expect(row).to_contain_text("一张机票不是参展人员的。")


def publish(page, way):
    """Finance sees what is approved, with its sum, and publishes it."""
    desk_open(page, way.cross_border)
    follow(page.get_by_role("link", name="公示", exact=True))
    follow(page.get_by_role("link", name="选择并发布公示"))
    expect(page.locator("[data-bulk-sum]")).to_have_text(f"已选 2 件，合计 {TOTAL} 元")
    follow(page.get_by_role("button", name="预览公示"))
    page.get_by_label("已核对名单和金额").check()
    follow(page.get_by_role("button", name="发布公示"))
    expect(page.get_by_text("公示已发布")).to_be_visible()
    expect(page.locator(".figures .wide dd").first).to_have_text(f"{TOTAL}元")
    expect(page.locator(".figures").get_by_text(TOTAL_IN_WORDS)).to_be_visible()


def expect_public(page, way):
    """Anybody reads the list: firm, items and amounts, but no account. The firm sees that it is published."""
    page.goto("/notices/")
    follow(page.locator("tbody a"))
    table = page.locator("section[aria-labelledby=lines] table")
    for code, amount in (("5.1", VERIFIED), ("3.1", CROSS_BORDER)):
        row = table.locator("tbody tr").filter(has_text=registry.item(code).title)
        expect(row).to_contain_text(FIRM)
        expect(row).to_contain_text(CODE)
        expect(row.locator("td.num").last).to_have_text(amount)
    expect(table.locator("tfoot td.num")).to_have_text(TOTAL)
    expect(page.locator("body")).not_to_contain_text(ACCOUNT)
    way.clerk.goto(f"/claims/{way.exhibition}/")
    expect(way.clerk.locator(".page-head .state")).to_have_text("公示中")


def let_the_notice_end(way):
    """On its last day the notice stands, the day after it ends, and the money is owed."""
    notice = Notice.objects.get()
    assert notice.certain
    assert notices_close(today=notice.last_day) == 0
    assert notices_close(today=notice.last_day + timedelta(days=1)) == 1
    for number in way.numbers:
        way.clerk.goto(f"/claims/{number}/")
        expect(way.clerk.locator(".page-head .state")).to_have_text("待拨付")


def make_batch(page, way):
    """One finance officer makes the batch and may not lock it. Returns its address."""
    follow(page.get_by_role("link", name="拨付批次"))
    follow(page.get_by_role("link", name="编制批次"))
    expect(page.locator("[data-bulk-sum]")).to_have_text(f"已选 2 件，合计 {TOTAL} 元")
    expect(page.locator("tbody tr").filter(has_text=way.exhibition)).to_contain_text(ACCOUNT)
    follow(page.get_by_role("button", name="编制批次"))
    expect(page.get_by_text("请由另一位财政人员核对并锁定")).to_be_visible()
    passed = [*["通过 2 笔"] * 7, "通过 1 家次", "通过 2 项"]
    expect(page.locator(".checks li")).to_have_text([re.compile(words) for words in passed])
    expect(page.get_by_role("button", name="锁定批次")).to_have_count(0)
    return page.url


def lock_and_download(page, address):
    """Another one locks it and takes the sealed sheet, which is the one whose sum the page shows."""
    page.goto(address)
    follow(page.get_by_role("button", name="锁定批次"))
    expect(page.get_by_text(f"批次已锁定，共 2 笔，{TOTAL} 元")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载拨付表").click()
    content = download.value.path().read_bytes()
    expect(page.get_by_text(hashlib.sha256(content).hexdigest())).to_be_visible()
    return load_workbook(io.BytesIO(content))


# --- The sheet against the pages -------------------------------------------------------------------


def rows_of(sheet, head=3):
    """The rows between the headings in row `head` and the total, as {heading: cell}."""
    heads = [cell.value for cell in sheet[head]]
    rows = []
    for cells in sheet.iter_rows(min_row=head + 1):
        if cells[0].value == "合计":
            return rows, cells[-1], sheet.cell(row=cells[0].row + 1, column=1)
        rows.append(dict(zip(heads, cells, strict=True)))
    raise AssertionError("the sheet has no total")


def sums(cells, form="#,##0.00"):
    """Amounts of cells that are numbers of a format, exactly."""
    cells = list(cells)
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("n", form)}
    return [Decimal(str(cell.value)) for cell in cells]


def expect_book(book, batch_page, way):
    """Every cell that matters says what the firm's own pages and the page of the batch say."""
    detail, total, words = rows_of(book["资金拨付明细表"])
    summary, summary_total, summary_words = rows_of(book["资金分配汇总表"])
    lines = {row["申报编号"].value: row for row in detail}
    assert set(lines) == set(way.numbers)
    for number, code in ((way.exhibition, "5.1"), (way.cross_border, "3.1")):
        row, rule = lines[number], registry.item(code)
        assert [row[name].value for name in ("企业名称", "统一社会信用代码", "市（地）", "年度")] == [
            *(FIRM, CODE, "哈尔滨市", str(YEAR))
        ]
        assert [row[name].value for name in ("户名", "开户行", "账号")] == [
            *(FIRM, "示例银行哈尔滨示例支行", ACCOUNT)
        ]
        assert row["事项"].value == f"{code} {rule.title}"
        assert {row[name].data_type for name in ("统一社会信用代码", "账号", "申报编号")} == {"s"}
        assert sums([row["金额（元）"]]) == [portal_amount(way.clerk, number)]
        shown = batch_page.locator("tbody tr").filter(has_text=number).locator('td[data-l="金额"]')
        assert sums([row["金额（元）"]]) == [yuan(shown.inner_text())]

    figures = batch_page.locator(".figures .wide dd")
    assert sums([total]) == [yuan(figures.first.inner_text())] == [yuan(TOTAL)]
    assert sum(sums(row["金额（元）"] for row in detail)) == yuan(TOTAL)
    assert words.value == summary_words.value == f"合计大写（人民币）：{figures.last.inner_text()}"
    assert words.value.endswith(TOTAL_IN_WORDS)
    [city] = summary
    assert (city["市（地）"].value, city["笔数"].value) == ("哈尔滨市", 2)
    in_wan = [city["措施三（万元）"], city["措施五（万元）"], city["合计（万元）"], summary_total]
    assert [amount * 10000 for amount in sums(in_wan, "#,##0.000000")] == [
        *(yuan(CROSS_BORDER), yuan(VERIFIED), yuan(TOTAL), yuan(TOTAL))
    ]
    asked, asked_total, asked_words = rows_of(book["财政直接支付申请书"], 5)
    assert [row["银行账号"].value for row in asked] == [ACCOUNT] * 2
    assert (sums([asked_total]), asked_words.value) == ([yuan(TOTAL)], words.value)


def portal_amount(page, number):
    """What the firm's own page of a claim shows as payable."""
    page.goto(f"/claims/{number}/")
    return yuan(page.locator("section[aria-labelledby=h-w] .section-head .amount").inner_text())


# --- The money -------------------------------------------------------------------------------------


def mark_as_paid(page, address, way):
    """Finance enters what the bank did, line by line; with the last one the batch is done."""
    for number in way.numbers:
        page.goto(address)
        row = page.locator("tbody tr").filter(has_text=number)
        follow(row.get_by_role("link", name=re.compile("记录第 . 笔支付的结果")))
        page.get_by_label("成功").check()
        page.get_by_label("银行流水号").fill(f"SLYH-{number}")
        follow(page.get_by_role("button", name="记录结果"))
        expect(page.locator(".page-head .state")).to_have_text("已拨付")
    page.goto(address)
    expect(page.locator(".page-head .state")).to_have_text("已办结")


def expect_paid(way):
    """The firm sees its money; every balance of the ledger agrees with it."""
    rows = {
        way.exhibition: (VERIFIED, "0.00", VERIFIED),
        way.cross_border: (CROSS_BORDER, "0.00", CROSS_BORDER),
    }
    expect_year(way.clerk, YEAR, rows, payable=TOTAL, cut="0.00")
    table = way.clerk.locator("section[aria-labelledby=h-i] table")
    expect(table.locator("tbody .state")).to_have_text(["已拨付", "已拨付"])
    expect(table.locator('tfoot td[data-l="已拨付"]')).to_have_text(TOTAL)

    firm = Enterprise.objects.get(credit_code=CODE)
    for number, amount in ((way.exhibition, VERIFIED), (way.cross_border, CROSS_BORDER)):
        claim = Claim.objects.get(number=number, enterprise=firm)
        found = balances(claim.pk)
        assert found == {
            "payable_cny": yuan(amount),
            "locked_cny": yuan(amount),
            "committed_cny": 0,
            "paid_cny": yuan(amount),
            "demanded_cny": 0,
        }
        assert found == {name: getattr(claim, name) for name in found}
