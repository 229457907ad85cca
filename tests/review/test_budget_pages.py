"""The budget's pages: figures that add up, the claims behind each, entering documents, and deciding about a shortage."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from applications.ledger import entry_add
from applications.models import Claim, Event, LedgerKind
from review.budget_figures import QUANTITIES, Behind, claims_behind, overview, spans
from review.models import Appropriation, ShortageDecision
from review.shortage import shortage_simulate
from tests.factories import NOW, make_appropriation, make_period
from tests.review.budget_world import FIVE, locked_claim, locked_claims, money

pytestmark = pytest.mark.django_db
PAGE = "/console/budget/?year=2025&payer=province"
DOCUMENTS = "/console/budget/2025/province/documents/"
SHORTAGE = "/console/budget/2025/province/5/"


def text(response):
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


@pytest.fixture
def period():
    """The period that all claims are filed in."""
    return make_period()


@pytest.fixture
def money_out(period):
    """Claims of two measures, two cities and two payers on their way, some of them paid."""
    first = locked_claim("100000", locked="70000", paid="50000.01", period=period, city="2311")
    entry_add(claim=first, kind=LedgerKind.PAYMENT, amount=money("60000.01"), at=NOW + timedelta(days=9))
    entry_add(claim=first, kind=LedgerKind.RECEIPT, amount=money("-10000"), at=NOW + timedelta(days=16))
    second = locked_claim("50000", locked="35000", committed="10000", period=period)
    third = locked_claim("50000", locked="9999.99", period=period, item="7.2", at=NOW + timedelta(days=8))
    locked_claim("50000", locked="8000", period=period, payer="2301", item="5.4")
    reviewed = locked_claim("30000", locked="0", period=period)
    Claim.objects.filter(pk=reviewed.pk).update(
        state="commerce_review", locked_cny=None, locked_at=None, payable_cny=money("21000.05")
    )
    make_appropriation(5, amount="100000")
    make_appropriation(7, amount="50000", document="示例指〔2026〕2号")
    return first, second, third, reviewed


def test_the_table_adds_up_by_measure_and_by_city(money_out):
    found = overview(2025, "province")
    for name in ("claimed", "approved", "committed", "paid", "forecast"):
        whole = getattr(found.total, name)
        assert sum(getattr(figures, name) for figures in found.measures.values()) == whole
        assert sum(getattr(figures, name) for figures in found.cities.values()) == whole
    assert (found.total.approved, found.total.paid) == (money("114999.99"), money("50000.01"))
    assert found.total.forecast == money("136000.04")
    assert (found.total.appropriated, found.total.balance) == (150000, money("35000.01"))
    assert [key.measure for key in found.short()] == [5]


@pytest.mark.parametrize("figure", sorted(QUANTITIES))
def test_the_claims_behind_a_figure_add_up_to_it(money_out, figure):
    found = overview(2025, "province")

    def behind(**narrowed):
        claims = claims_behind(Behind(QUANTITIES[figure], 2025, "province", **narrowed))
        return sum((claim.part_cny for claim in claims), Decimal(0))

    assert behind() == getattr(found.total, figure)
    for number, figures in found.measures.items():
        assert behind(measure=number) == getattr(figures, figure)
    for city, figures in found.cities.items():
        assert behind(city=city) == getattr(figures, figure)


def test_weeks_add_up_to_what_is_approved_and_paid_and_lead_to_their_claims(money_out):
    way, found = spans(2025, "province")
    total = overview(2025, "province").total
    assert way == "week"
    assert [span.first for span in found] == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16)]
    assert sum(span.approved for span in found) == total.approved
    assert sum(span.paid for span in found) == total.paid
    assert [span.paid for span in found] == [0, money("60000.01"), -10000]
    for span in found:
        for figure, amount in (("approved", span.approved), ("paid", span.paid)):
            asked = Behind(QUANTITIES[figure], 2025, "province", None, "", span.first, span.last)
            assert sum(claim.part_cny for claim in claims_behind(asked)) == amount


def test_a_longer_time_is_shown_by_months_without_gaps(period):
    locked_claim("100000", locked="1", period=period, at=NOW)
    locked_claim("100000", locked="2", period=period, at=NOW + timedelta(days=100))
    way, found = spans(2025, "province")
    assert way == "month"
    assert [(span.first.month, span.last.day, span.approved) for span in found] == [
        (3, 31, 1),
        (4, 30, 0),
        (5, 31, 0),
        (6, 30, 2),
    ]


def test_the_page_says_every_figure_and_what_is_short(money_out, officers, sign_in):
    client = sign_in(officers.finance)
    page = client.get(PAGE)
    said = text(page)
    assert "2025 年度预算" in said
    assert "措施五" in said
    assert "已批准金额超出预算 5,000.00 元" in said
    assert "−5,000.00" in said
    assert "136,000.04" in said
    assert said.count("114,999.99") >= 3
    assert reverse("review:shortage", args=[2025, "province", 5]) in page.content.decode()


def test_every_number_leads_to_a_list_that_says_the_same_number(money_out, officers, sign_in):
    client = sign_in(officers.auditor)
    page = client.get(PAGE).content.decode()
    links = set(re.findall(r'<a href="(/console/budget/claims/[^"]+)">([\d,.]+)</a>', page))
    assert len(links) > 15
    for address, number in links:
        assert f"合计 {number} 元" in text(client.get(unescape(address))), address


@pytest.mark.parametrize(
    "broken",
    ["year=1e3", "year=99999", "payer=2399", "payer=x", "figure=x", "figure=paid&measure=8", "figure=paid&city=9999",
     "figure=paid&first=2026-13-01&last=2026-01-01", "figure=paid&first=2026-02-01", "figure=paid&first=2026-02-01&last=2026-01-01",
     "figure=approved&first=9999-12-31&last=9999-12-31"],
)  # fmt: skip
def test_an_address_that_names_nothing_is_not_found(officers, sign_in, broken):
    assert sign_in(officers.finance).get(f"/console/budget/claims/?{broken}").status_code == 404


def test_an_empty_year_says_so(officers, sign_in):
    said = text(sign_in(officers.commerce).get("/console/budget/"))
    assert "这一年还没有预算和申报" in said
    assert "还没有批准的申报" in said


def test_a_city_sees_its_own_money_alone(money_out, officers, sign_in):
    client = sign_in(officers.cityfin)
    own = text(client.get("/console/budget/?year=2025"))
    assert "哈尔滨市财政局" in own
    assert "8,000.00" in own
    assert "省财政厅" not in own
    for path in (PAGE, DOCUMENTS, SHORTAGE, "/console/budget/2025/2311/documents/"):
        assert client.get(path).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_claims(period, officers, sign_in):
    client = sign_in(officers.finance)
    make_appropriation(amount="100")
    counts = []
    for _ in range(2):
        locked_claims(period, *["100"] * 4)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(PAGE)
        counts.append(len(queries))
    assert counts[0] == counts[1] < 30


# --- Documents -----------------------------------------------------------------------------------


TYPED = {
    "measure": "5",
    "way": "more",
    "amount": "1,200,000.50",
    "document": "示例财指〔2026〕9 号",
    "document_on": "2026-01-05",
    "note": "提前下达",
}


def test_a_document_is_entered_and_stands_in_the_list(officers, sign_in):
    client = sign_in(officers.finance)
    page = client.post(DOCUMENTS, TYPED, follow=True)
    assert "措施五" in text(page)
    assert "增加 1,200,000.50 元" in text(page)
    assert Appropriation.objects.get().entered_by == officers.finance
    page = client.post(DOCUMENTS, TYPED | {"way": "less", "amount": "0.50"}, follow=True)
    assert "减少 0.50 元" in text(page)
    assert "−0.50" in text(page)
    assert "1,200,000.00" in text(page)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"amount": "120 万"}, "1200000"),
        ({"amount": ""}, "请填写金额"),
        ({"amount": "0"}, "要大于 0"),
        ({"amount": "-500"}, "减少预算的，请在上面选择"),
        ({"amount": "－500"}, "减少预算的，请在上面选择"),
        ({"amount": "=1+1"}, "请只填数字"),
        ({"amount": "100.123"}, "小数点后最多两位"),
        ({"amount": "1234567890123"}, "要小于 1000 亿元"),
        ({"document": "长" * 81}, "最多 80 个字，现在有 81 个"),
        ({"note": "注" * 301}, "最多 300 个字，现在有 301 个"),
        ({"way": "less"}, "最多可以减少 0.00 元"),
        ({"document": ""}, "请填写文号"),
        ({"document_on": "昨天"}, "日期请写成"),
        ({"document_on": "2099-01-01"}, "发文日期还没有到"),
        ({"measure": "9"}, "请选择措施"),
        ({"way": "x"}, "请选择增加还是减少"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(officers, sign_in, wrong, said):
    answer = sign_in(officers.finance).post(DOCUMENTS, TYPED | wrong)
    assert answer.status_code == 422
    assert said in text(answer)
    page = answer.content.decode()
    for value in {
        name: value for name, value in (TYPED | wrong).items() if name in ("amount", "document", "note")
    }.values():
        assert value in unescape(page)
    assert not Appropriation.objects.exists()


def test_a_document_entered_twice_is_asked_about_and_nothing_typed_is_lost(officers, sign_in):
    client = sign_in(officers.finance)
    client.post(DOCUMENTS, TYPED)
    assert "仍然录入" not in text(client.get(DOCUMENTS))
    answer = client.post(DOCUMENTS, TYPED)
    assert answer.status_code == 422
    assert "示例财指〔2026〕9 号 已经给这条措施增加 1,200,000.50 元" in text(answer)
    assert "1,200,000.50" in answer.content.decode()
    assert 'name="again"' in answer.content.decode()
    assert Appropriation.objects.count() == 1
    again = TYPED | {"again": "on", "seen": shown_as_newest(answer)}
    assert client.post(DOCUMENTS, again).status_code == 302
    assert Appropriation.objects.count() == 2


@pytest.mark.parametrize("seen", [None, "", "x", "9" * 30])
def test_another_sum_of_a_document_is_entered_once_however_often_it_is_sent(officers, sign_in, seen):
    client = sign_in(officers.finance)
    client.post(DOCUMENTS, TYPED)
    again = TYPED | {"again": "on", "seen": shown_as_newest(client.post(DOCUMENTS, TYPED))}
    client.post(DOCUMENTS, again)
    answer = client.post(DOCUMENTS, again if seen is None else again | {"seen": seen})
    assert answer.status_code == 422
    assert "刚由" in text(answer)
    assert "1,200,000.50 元，这次没有再录" in text(answer)
    assert Appropriation.objects.count() == 2
    assert client.post(DOCUMENTS, again | {"seen": shown_as_newest(answer)}).status_code == 302
    assert Appropriation.objects.count() == 3


def shown_as_newest(response):
    return re.search(r'name="seen" value="([0-9]+)"', response.content.decode())[1]


def test_what_is_pasted_too_long_is_sent_whole_instead_of_being_cut_off_silently(officers, sign_in):
    page = sign_in(officers.finance).get(DOCUMENTS).content.decode()
    for name in ("document", "note"):
        assert "maxlength" not in re.search(rf"<(?:input|textarea)[^>]*name=\"{name}\"[^>]*>", page)[0]


def test_the_documents_page_adds_up_to_the_budget(money_out, officers, sign_in):
    said, total = text(sign_in(officers.finance).get(DOCUMENTS)), overview(2025, "province").total
    assert f"合计 {total.appropriated:,} {total.committed:,} {total.paid:,} {total.left:,}" in said


def test_readers_see_the_documents_and_no_form(officers, sign_in):
    make_appropriation(5, actor=officers.finance)
    for person in (officers.commerce, officers.auditor):
        client = sign_in(person)
        page = client.get(DOCUMENTS).content.decode()
        assert "示例指〔2026〕1号" in page
        assert "id_amount" not in page
        assert client.post(DOCUMENTS, TYPED).status_code == 403
    assert sign_in(officers.finance).get("/console/budget/2025/2301/documents/").status_code == 200
    assert sign_in(officers.finance).post("/console/budget/2025/2301/documents/", TYPED).status_code == 403


# --- Shortage ------------------------------------------------------------------------------------


def test_both_ways_stand_side_by_side_before_one_is_chosen(period, officers, sign_in):
    locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    client = sign_in(officers.finance)
    said = text(client.get(SHORTAGE))
    assert "还没有决定怎样分配" in said
    for number in ("80.00", "40.00", "100.00", "20.00", "30.00"):
        assert number in said
    token = shortage_simulate(FIVE).token
    answer = client.post(
        SHORTAGE, {"method": "proportional", "reason": "示例纪要〔2026〕3 号", "token": token}, follow=True
    )
    assert "分配 FP2025-5-001" in text(answer)
    assert "示例纪要〔2026〕3 号" in text(answer)
    assert "现在按分配 FP2025-5-001（按比例）拨付" in text(client.get(SHORTAGE))
    assert "以后批准的申报要等下一次分配" in text(client.get(PAGE))
    assert Event.objects.filter(kind="budget.shortage_decided").count() == 1


def test_a_page_that_is_no_longer_true_decides_nothing_and_keeps_the_reason(period, officers, sign_in):
    locked_claims(period, "100", "50")
    make_appropriation(5, amount="120")
    typed = {"method": "in_order", "reason": "示例纪要", "token": shortage_simulate(FIVE).token}
    make_appropriation(5, amount="1")
    answer = sign_in(officers.finance).post(SHORTAGE, typed)
    assert answer.status_code == 409
    assert "预算或申报的金额刚刚有变化，您的决定没有执行" in text(answer)
    assert "示例纪要" in answer.content.decode()
    assert not ShortageDecision.objects.exists()


@pytest.mark.parametrize(
    ("typed", "said"), [({"method": ""}, "请选择一种分配方式"), ({"reason": ""}, "请写明依据")]
)
def test_a_decision_without_method_or_reason_is_refused_at_its_field(period, officers, sign_in, typed, said):
    locked_claims(period, "100")
    make_appropriation(5, amount="50")
    whole = {"method": "in_order", "reason": "示例纪要", "token": shortage_simulate(FIVE).token}
    answer = sign_in(officers.finance).post(SHORTAGE, whole | typed)
    assert answer.status_code == 422
    assert said in text(answer)
    assert not ShortageDecision.objects.exists()


def test_readers_see_the_simulation_and_decide_nothing(period, officers, sign_in):
    locked_claims(period, "100")
    make_appropriation(5, amount="50")
    client = sign_in(officers.commerce)
    assert "采用这种分配" not in text(client.get(SHORTAGE))
    assert client.post(SHORTAGE, {"method": "in_order", "reason": "x"}).status_code == 403


def test_a_page_without_shortage_says_that_nothing_is_to_be_done(period, officers, sign_in):
    make_appropriation(5, amount="50")
    said = text(sign_in(officers.finance).get(SHORTAGE))
    assert "预算足够" in said
    assert "没有待拨付的申报" in said


# --- The spreadsheet -----------------------------------------------------------------------------


def test_the_spreadsheet_says_the_same_numbers(money_out, officers, sign_in):
    answer = sign_in(officers.finance).get("/console/budget/file/?year=2025&payer=province")
    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["按措施", "按市（地）", "按周", "预算指标"]
    total = overview(2025, "province").total
    names = ("appropriated", "claimed", "approved", "committed", "paid", "balance", "forecast")
    assert _sums(book["按措施"]) == [getattr(total, name) for name in names]
    assert _sums(book["按市（地）"]) == [
        getattr(total, n) for n in names if n not in ("appropriated", "balance")
    ]
    assert _sums(book["按周"]) == [total.approved, total.paid]
    assert _sums(book["预算指标"]) == [total.appropriated]
    taken = Event.objects.get(kind="file.taken")
    assert taken.topic == "budget:2025-province"


def _sums(sheet):
    row = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "合计")
    return [Decimal(str(cell)).quantize(Decimal("0.01")) for cell in row if isinstance(cell, int | float)]
