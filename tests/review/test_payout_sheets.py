"""The sheets of a batch, read back: every sum agrees with every other, text stays text, and finance can sign them."""

import hashlib
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from applications.models import BankAccount, Enterprise
from measures.money import in_words
from review.models import PayoutBatch
from review.sheets.payout import city_rows, controls_of
from tests.review.batch_world import INSURER, finance_world, locked, payable_claims

pytestmark = pytest.mark.django_db
SHEETS = ["资金拨付明细表", "资金分配汇总表", "财政直接支付申请书"]


@pytest.fixture
def world():
    """The people of the province's finance, with money for everything."""
    return finance_world()


def book_of(batch):
    """The sealed workbook, as somebody opens it who has downloaded it."""
    return load_workbook(io.BytesIO(bytes(PayoutBatch.objects.get(pk=batch.pk).file)))


def table(sheet):
    """(rows as {heading: value}, 合计 as {heading: value}, what stands below)."""
    lines = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(n for n, line in enumerate(lines) if line[0] in ("序号", "市（地）", "支付序号"))
    end = next(n for n, line in enumerate(lines) if line[0] == "合计")
    rows = [dict(zip(lines[head], line, strict=True)) for line in lines[head + 1 : end]]
    below = [value for line in lines[end + 1 :] for value in line if value]
    return rows, dict(zip(lines[head], lines[end], strict=True)), below


def money(value):
    """What a cell holds, exactly."""
    return Decimal(str(value))


def test_every_sum_of_every_sheet_agrees(world):
    def each(n):
        item = ("1.1", "5.1", "7.1")[n % 3]
        return {
            "item": item,
            "locked_cny": Decimal("33333.33") + n,
            "particulars": INSURER if n % 3 == 2 else {},
        }

    batch = locked(world, payable_claims(world, 8, each=each))
    book = book_of(batch)
    assert book.sheetnames == [*SHEETS, "合并支付清单"]
    rows, total, below = table(book["资金拨付明细表"])
    assert sum(money(row["金额（元）"]) for row in rows) == money(total["金额（元）"]) == batch.total_cny
    assert below[0] == f"合计大写（人民币）：{in_words(batch.total_cny)}"
    assert below[1:4] == ["制表：示例财政员甲", "复核：示例财政员乙", "负责人："]
    rows, total, below = table(book["资金分配汇总表"])
    assert sum(money(row["合计（万元）"]) for row in rows) * 10000 == batch.total_cny
    assert money(total["合计（万元）"]) * 10000 == batch.total_cny
    assert (sum(row["笔数"] for row in rows), total["笔数"]) == (8, 8)
    measures = [name for name in total if name.startswith("措施")]
    assert measures == ["措施一（万元）", "措施五（万元）", "措施七（万元）"]
    for name in measures:
        assert sum(money(row[name]) for row in rows) == money(total[name])
    for row in rows:
        assert sum(money(row[name]) for name in measures) == money(row["合计（万元）"])
    assert below[0].endswith(in_words(batch.total_cny))
    rows, total, below = table(book["财政直接支付申请书"])
    assert len(rows) == batch.payments.count() == 7
    assert sum(money(row["金额（元）"]) for row in rows) == money(total["金额（元）"]) == batch.total_cny
    assert below[0].endswith(in_words(batch.total_cny))
    rows, total, _ = table(book["合并支付清单"])
    joined = batch.payments.get(payee_name="示例保险公司")
    assert {row["支付序号"] for row in rows} == {joined.position}
    assert money(total["金额（元）"]) == joined.amount_cny


def test_the_application_names_who_asks_the_year_the_document_and_each_payee(world):
    [claim] = payable_claims(world, 1, each=lambda n: {"item": "5.1"})
    batch = locked(world, [claim], document="示例财指〔2026〕7号")
    sheet = book_of(batch)["财政直接支付申请书"]
    above = [cell.value for row in sheet["A2:F4"] for cell in row if cell.value]
    assert above == [
        "申请单位：省财政厅",
        "预算年度：2025",
        "文号：示例财指〔2026〕7号",
        f"批次号：{batch.number}　申请日期：2026-03-02",
        "资金名称：示例第一批",
        "金额单位：元",
    ]
    rows, _, below = table(sheet)
    account = BankAccount.objects.get(enterprise=claim.enterprise_id)
    assert rows == [
        {
            "序号": 1,
            "收款人全称": account.holder,
            "开户银行": account.bank,
            "银行账号": account.number,
            "用途": f"2025 年度外贸支持资金 5.1 境外展会 {claim.number}",
            "金额（元）": 70000,
        }
    ]
    assert "申请单位（盖章）：" in below
    assert "支付机构审核（盖章）：" in below


def test_no_cell_is_a_formula_whatever_a_firm_is_called(world):
    claims = payable_claims(world, 3)
    for claim, name in zip(claims, ("=HYPERLINK(1)", "+86", "@SUM(A1)"), strict=True):
        Enterprise.objects.filter(pk=claim.enterprise_id).update(name=name)
        BankAccount.objects.filter(enterprise=claim.enterprise_id).update(holder=name)
    book = book_of(locked(world, claims, title="=1+1", document="-2"))
    rows, _, _ = table(book["资金拨付明细表"])
    assert (
        {row["企业名称"] for row in rows}
        == {"=HYPERLINK(1)", "+86", "@SUM(A1)"}
        == {row["户名"] for row in rows}
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    head = [cell.value for cell in book["资金拨付明细表"][3]]
    for name in ("统一社会信用代码", "账号", "申报编号", "年度"):
        cell = book["资金拨付明细表"].cell(4, head.index(name) + 1)
        assert (cell.data_type, cell.number_format) == ("s", "@")
    amounts = book["资金分配汇总表"]
    assert amounts["C4"].number_format == "#,##0.000000"
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows.startswith("$1:$")


def test_the_hash_is_that_of_the_file(world):
    batch = PayoutBatch.objects.get(pk=locked(world, payable_claims(world, 1)).pk)
    assert hashlib.sha256(bytes(batch.file)).hexdigest() == batch.file_sha256
    assert batch.controls == {"measures": {"5": [1, "70000.00"]}, "cities": {"2301": [1, "70000.00"]}}


class _Line:
    """A line as totals see it: an item, a city, an amount."""

    def __init__(self, item, city, amount):
        self.item, self.city, self.amount_cny, self.claim = item, city, amount, self


LINES = st.lists(
    st.builds(
        _Line,
        st.sampled_from(["1.1", "3.2", "5.1", "5.3", "7.1"]),
        st.sampled_from(["2301", "2302", "2311", "2327"]),
        st.decimals("0.01", 10**9, places=2),
    ),
    max_size=60,
)


@given(LINES)
@settings(max_examples=60)
def test_totals_by_city_and_measure_lose_no_fen(lines):
    total = sum((line.amount_cny for line in lines), Decimal(0))
    rows, controls = city_rows(lines), controls_of(lines)
    assert sum((sum(row.amounts.values()) for row in rows), Decimal(0)) == total
    assert sum(row.count for row in rows) == len(lines)
    for kind in ("measures", "cities"):
        assert sum(count for count, _ in controls[kind].values()) == len(lines)
        assert sum(Decimal(amount) for _, amount in controls[kind].values()) == total
