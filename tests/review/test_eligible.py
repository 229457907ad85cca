"""应享未享: who is listed and who is not, who may read it, and the list as a file."""

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.roles import Role
from applications.claims import claim_withdraw
from applications.jobs import job_run
from applications.lifecycle import transition as step
from applications.matching.compute import matches_compute_all
from applications.models import Enterprise, Event, Job, TradeFigures
from applications.official_changes import Change, official_changed
from review.console import eligible
from tests.applications.matching.builders import (
    ALICE,
    BOB,
    CAROL,
    enterprise,
    figures,
    platform,
    save,
    warehouse,
)
from tests.factories import (
    NOW,
    UNMET,
    credit_code,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
)

pytestmark = pytest.mark.django_db

YEAR = 2025


@pytest.fixture
def data(officers):
    return make_user("data", role=Role.DATA, name="示例数据员甲")


@pytest.fixture
def world(officers):
    """Alice of Harbin and Bob of Heihe have not signed up; Carol is known to no register of enterprises."""
    enterprise(ALICE, city="2301", name="示例甲未注册公司", phone="0451-00000001")
    enterprise(BOB, city="2311", name="示例乙未注册公司")
    figures(ALICE, YEAR, cross_border_cny="35600000", local_product_export_cny="60000000")
    figures(BOB, YEAR, cross_border_cny="10000000")
    figures(CAROL, YEAR, export_usd="350000")
    matches_compute_all()


def listed(client, **query):
    """[(credit code, item)] of a page of the list, in its order."""
    page = client.get(reverse("review:eligible"), query)
    assert page.status_code == 200
    return [(match.match_year.credit_code, match.item) for match in page.context["page"]]


def text_of(client, **query):
    return client.get(reverse("review:eligible"), query).content.decode()


# --- Who is listed ---------------------------------------------------------------------------------


def test_what_is_certain_comes_first_and_the_largest_amount_before(world, officers, sign_in):
    commerce = sign_in(officers.commerce)
    assert listed(commerce) == [(ALICE, "3.1"), (BOB, "3.1"), (ALICE, "4.2"), (CAROL, "7.1")]
    page = commerce.get(reverse("review:eligible"))
    assert page.context["totals"] == {"firms": 3, "sure": 2, "maybe": 2, "sum_cny": Decimal("450000.00")}
    text = page.content.decode()
    for words in (
        "示例甲未注册公司",
        ALICE,
        "哈尔滨市",
        "未注册",
        "0451-00000001",
        "350,000.00",
        "还需要企业提供：银行手续费、融资贷款。",
    ):
        assert words in text
    assert "市（地）不详" in text, "no register knows where Carol is"


def test_a_firm_that_has_filed_is_gone_and_comes_back_when_it_withdraws(officers, sign_in):
    firm, period, commerce = make_firm(), make_period(YEAR), sign_in(officers.commerce)
    figures(firm.credit_code, YEAR, cross_border_cny="35600000")
    matches_compute_all()
    assert listed(commerce) == [(firm.credit_code, "3.1")]
    draft = make_claim(firm, "3.1", period, submit=False)
    assert listed(commerce) == [(firm.credit_code, "3.1")], "a draft has not been filed"
    claim_withdraw(claim_id=draft.pk, actor=owner_of(firm), at=NOW)
    claim = make_claim(firm, "3.1", period)
    assert listed(commerce) == []
    step(claim_id=claim.pk, action="return", actor=officers.commerce, reason="请补正。", at=NOW)
    assert listed(commerce) == [], "it has been filed, whoever has it"
    claim_withdraw(claim_id=claim.pk, actor=owner_of(firm), at=NOW)
    assert listed(commerce) == [(firm.credit_code, "3.1")]


def test_a_firm_whose_claim_was_rejected_is_listed_and_says_so(officers, sign_in):
    firm, commerce = make_firm(), sign_in(officers.commerce)
    figures(firm.credit_code, YEAR, cross_border_cny="35600000")
    claim = make_claim(firm, "3.1", make_period(YEAR))
    step(claim_id=claim.pk, action="reject", actor=officers.commerce, reason="示例理由。", data=UNMET, at=NOW)
    matches_compute_all()
    assert listed(commerce) == [(firm.credit_code, "3.1")]
    assert "曾申报，不予支持" in text_of(commerce)


def test_a_claim_for_another_subject_or_year_takes_nothing_from_the_list(officers, sign_in):
    firm, commerce = make_firm(), sign_in(officers.commerce)
    warehouse(firm.credit_code, "W1")
    warehouse(firm.credit_code, "W2")
    for year in (2024, YEAR):
        figures(firm.credit_code, year, cross_border_cny="35600000")
    make_claim(firm, "3.4", make_period(YEAR), facts={"warehouse": "W1"})
    make_claim(firm, "3.1", make_period(2024, deadline=date(2027, 12, 31)))
    matches_compute_all()
    assert listed(commerce, year=YEAR) == [(firm.credit_code, "3.4"), (firm.credit_code, "3.1")]
    assert [match[1] for match in listed(commerce, year=2024)] == ["3.4"], "W2 alone: W1 is paid only once"


def test_what_is_paid_once_is_gone_from_every_year_once_anybody_has_filed_it(officers, sign_in):
    """The platform passed from Alice, who had not signed up, to a firm that files it; another level is another award."""
    firm, commerce = make_firm(), sign_in(officers.commerce)
    figures(ALICE, 2024)
    figures(ALICE, YEAR)
    row = platform(ALICE, "P1", year=2023)
    matches_compute_all()
    assert listed(commerce, year=2024) == listed(commerce, year=YEAR) == [(ALICE, "2.1")]
    row.operator_code = firm.credit_code
    save(row)
    make_claim(firm, "2.1", make_period(2024, deadline=date(2027, 12, 31)), facts={"platform": "P1"})
    matches_compute_all()
    assert listed(commerce, year=2024) == listed(commerce, year=YEAR) == []
    platform(firm.credit_code, "P1", level="national", year=YEAR)
    matches_compute_all()
    assert listed(commerce, year=YEAR) == [(firm.credit_code, "2.1")]


def test_without_anything_to_list_the_page_says_so(officers, sign_in):
    text = text_of(sign_in(officers.commerce))
    assert "没有应享未享的企业" in text
    assert f"应享未享 {timezone.localdate().year - 1}" in text


def test_while_data_are_being_matched_the_page_says_so(world, officers, sign_in):
    commerce = sign_in(officers.commerce)
    assert "正在重新比对" not in text_of(commerce)
    figures(ALICE, YEAR - 1)
    assert "正在重新比对" in text_of(commerce)


# --- Filters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"item": "4.2"}, [(ALICE, "4.2")]),
        ({"city": "2311"}, [(BOB, "3.1")]),
        ({"standing": "certain"}, [(ALICE, "3.1"), (BOB, "3.1")]),
        ({"standing": "likely", "city": "2301"}, [(ALICE, "4.2")]),
        ({"registered": "yes"}, []),
        ({"registered": "no", "item": "7.1"}, [(CAROL, "7.1")]),
        ({"q": "乙未注册"}, [(BOB, "3.1")]),
        ({"q": ALICE[:17].lower()}, [(ALICE, "3.1"), (ALICE, "4.2")]),
        ({"q": "没有这家企业"}, []),
        ({"item": "9.9", "standing": "x", "year": "x", "city": "9999"}, [(ALICE, "3.1"), (BOB, "3.1"), (ALICE, "4.2"), (CAROL, "7.1")]),
    ],
)  # fmt: skip
def test_filters_leave_what_is_asked_for(world, officers, sign_in, query, found):
    assert listed(sign_in(officers.commerce), **query) == found


def test_a_filter_that_finds_nothing_offers_the_way_back(world, officers, sign_in):
    text = text_of(sign_in(officers.commerce), q="没有这家企业")
    assert "没有找到" in text
    assert "清除筛选" in text


def test_the_year_that_is_filed_for_is_shown_first(officers, sign_in):
    commerce = sign_in(officers.commerce)
    for year in (2023, 2024, 2025):
        figures(ALICE, year)
    assert commerce.get(reverse("review:eligible")).context["year"] == 2025
    make_period(2024, deadline=date(2099, 12, 31))
    assert commerce.get(reverse("review:eligible")).context["year"] == 2024
    assert commerce.get(reverse("review:eligible"), {"year": 2023}).context["year"] == 2023


def test_only_items_with_official_grounds_are_to_choose_from(officers, sign_in):
    choices = (
        sign_in(officers.commerce).get(reverse("review:eligible")).context["filter"]["item"].field.choices
    )
    assert [code for code, _ in choices] == [
        "",
        "1.1",
        "2.1",
        "3.1",
        "3.4",
        "4.1",
        "4.2",
        "6.1",
        "7.1",
        "7.2",
        "7.3",
    ]


# --- Who may read it -------------------------------------------------------------------------------


def test_a_city_sees_its_own_firms_by_the_register_else_by_their_sign_up(world, officers, sign_in, data):
    Enterprise.objects.create(
        credit_code=CAROL, name="示例丙公司", city="2301", contact_name="示例联系人", contact_phone="0451-3",
        created_at=NOW,
    )  # fmt: skip
    Enterprise.objects.create(
        credit_code=BOB, name="示例乙公司", city="2301", contact_name="示例联系人", contact_phone="0456-2",
        created_at=NOW,
    )  # fmt: skip
    assert listed(sign_in(officers.city)) == [(ALICE, "3.1"), (ALICE, "4.2"), (CAROL, "7.1")]
    assert listed(sign_in(officers.heihe)) == [(BOB, "3.1")], "the register knows better than the firm"
    for everybody in (officers.auditor, data):
        assert len(listed(sign_in(everybody))) == 4
    assert "city" not in sign_in(officers.city).get(reverse("review:eligible")).context["filter"].fields
    assert listed(sign_in(officers.city), city="2311") == listed(sign_in(officers.city))
    assert "示例联系人" in text_of(sign_in(officers.heihe))


def test_who_holds_no_such_post_sees_nothing(world, officers, sign_in):
    for person in (officers.finance, officers.cityfin, officers.customs, officers.admin):
        assert sign_in(person).get(reverse("review:eligible")).status_code == 403
        assert sign_in(person).post(reverse("review:eligible_export")).status_code == 403


def test_the_page_of_a_firm_is_linked_for_those_who_may_open_it(officers, sign_in, data):
    firm = make_firm()
    figures(firm.credit_code, YEAR, cross_border_cny="35600000")
    matches_compute_all()
    link = reverse("review:enterprise", args=[firm.pk])
    assert link in text_of(sign_in(officers.commerce))
    assert link not in text_of(sign_in(data))
    assert firm.credit_code in text_of(sign_in(data))


# --- Much at once ----------------------------------------------------------------------------------


def test_the_list_costs_the_same_number_of_queries_for_one_row_and_for_fifty(officers, sign_in, monkeypatch):
    monkeypatch.setattr(eligible, "ROWS", 50)
    commerce = sign_in(officers.commerce)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = len(listed(commerce))
        return rows, len(queries)

    figures(ALICE, YEAR, cross_border_cny="35600000")
    matches_compute_all()
    listed(commerce)
    one, few = cost()
    for number in range(60):
        figures(credit_code(2000 + number), YEAR, cross_border_cny="35600000")
    make_firm()
    matches_compute_all()
    fifty, many = cost()
    assert (one, fifty) == (1, 50)
    assert few == many
    assert many < 20


def test_pages_follow_each_other_without_a_gap(officers, sign_in):
    for number in range(45):
        figures(credit_code(2000 + number), YEAR, cross_border_cny="35600000")
    matches_compute_all()
    commerce = sign_in(officers.commerce)
    rows = [row for page in (1, 2, 3) for row in listed(commerce, page=page)]
    assert len(rows) == len(set(rows)) == 45
    assert "共 45 项" in text_of(commerce)


# --- The list as a file ----------------------------------------------------------------------------


def exported(client, **query):
    """The rows of the spreadsheet, headings first."""
    answer = client.post(reverse("review:eligible_export"), query)
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    return sheet, list(sheet.iter_rows(values_only=True))


def test_the_list_as_a_spreadsheet_holds_what_the_page_holds(world, officers, sign_in):
    sheet, rows = exported(sign_in(officers.commerce), year=YEAR)
    assert rows[0] == (
        "企业名称", "统一社会信用代码", "市（地）", "年度", "事项", "对象", "结论", "金额（元）", "依据", "还需要企业提供",
        "是否注册", "联系人", "联系电话",
    )  # fmt: skip
    assert [(row[1], row[4][:3], row[7]) for row in rows[1:]] == [
        (ALICE, "3.1", 350000),
        (BOB, "3.1", 100000),
        (ALICE, "4.2", None),
        (CAROL, "7.1", None),
    ]
    assert rows[1][6] == "仅凭官方数据可以支付"
    assert rows[3][9] == "银行手续费、融资贷款"
    assert rows[1][12] == "0451-00000001"
    assert sheet["B2"].data_type == "s"
    assert sheet["B2"].number_format == "@"
    assert sheet["H2"].number_format == "#,##0.00"
    assert sheet.freeze_panes == "A2"


def test_the_filters_and_the_post_hold_for_the_spreadsheet_too(world, officers, sign_in):
    assert len(exported(sign_in(officers.commerce), year=YEAR, standing="certain")[1]) == 3
    assert [row[1] for row in exported(sign_in(officers.heihe), year=YEAR, city="2301")[1][1:]] == [BOB]


@pytest.mark.parametrize("name", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "示例\x0b公司\x00"])
def test_nothing_in_the_spreadsheet_can_run(officers, sign_in, name):
    enterprise(ALICE, name=name.replace("\x00", ""))
    figures(ALICE, YEAR, cross_border_cny="35600000")
    matches_compute_all()
    sheet, rows = exported(sign_in(officers.commerce), year=YEAR)
    assert sheet["A2"].data_type == "s"
    assert rows[1][0] == name.replace("\x0b", "").replace("\x00", "")


def test_an_export_is_recorded_and_shown(world, officers, sign_in):
    commerce = sign_in(officers.commerce)
    exported(commerce, year=YEAR, city="2301")
    event = Event.objects.get(kind="eligible.exported")
    assert (event.actor, event.data) == (
        officers.commerce,
        {"asked": {"year": YEAR, "city": "2301"}, "rows": 2},
    )
    assert "示例审核员甲，2025 年度，2 项" in text_of(sign_in(officers.auditor))
    assert "最近导出" not in text_of(sign_in(officers.city)), "a city sees its own"


def test_nothing_to_export_says_so_and_leaves_no_record(officers, sign_in):
    answer = sign_in(officers.commerce).post(reverse("review:eligible_export"), follow=True)
    assert "没有可以导出的企业" in answer.content.decode()
    assert not Event.objects.filter(kind="eligible.exported").exists()


def test_a_long_list_is_written_by_a_worker_and_taken_by_whoever_asked(world, officers, sign_in, monkeypatch):
    monkeypatch.setattr(eligible, "AT_ONCE", 3)
    commerce = sign_in(officers.commerce)
    answer = commerce.post(reverse("review:eligible_export"), {"year": YEAR, "standing": ""})
    job = Job.objects.get()
    assert answer["Location"] == reverse("review:eligible_job", args=[job.pk])
    assert "正在整理文件" in commerce.get(answer["Location"]).content.decode()
    assert commerce.get(reverse("review:eligible_progress", args=[job.pk])).json()["open"]
    assert commerce.get(reverse("review:eligible_file", args=[job.pk])).status_code == 404
    job_run(job.pk)
    assert "共 4 项" in commerce.get(answer["Location"]).content.decode()
    file = commerce.get(reverse("review:eligible_file", args=[job.pk]))
    assert len(list(load_workbook(io.BytesIO(file.getvalue())).active.iter_rows())) == 5
    for other in (officers.commerce2, officers.city):
        assert sign_in(other).get(answer["Location"]).status_code == 404


def test_a_long_list_can_be_given_up(world, officers, sign_in, monkeypatch):
    monkeypatch.setattr(eligible, "AT_ONCE", 3)
    commerce = sign_in(officers.commerce)
    commerce.post(reverse("review:eligible_export"), {"year": YEAR})
    job = Job.objects.get()
    page = commerce.post(reverse("review:eligible_cancel", args=[job.pk]), follow=True)
    assert "导出已取消。" in page.content.decode()
    assert job_run(job.pk) is None


def test_the_city_of_a_worker_s_list_is_that_of_whoever_asked(world, officers, sign_in, monkeypatch):
    monkeypatch.setattr(eligible, "AT_ONCE", 1)
    heihe = sign_in(officers.city)
    heihe.post(reverse("review:eligible_export"), {"year": YEAR})
    job = Job.objects.get()
    job_run(job.pk)
    file = heihe.get(reverse("review:eligible_file", args=[job.pk]))
    rows = list(load_workbook(io.BytesIO(file.getvalue())).active.iter_rows(values_only=True))
    assert {row[1] for row in rows[1:]} == {ALICE}


def test_a_thousand_rows_and_more_come_in_order_and_each_once(officers, sign_in):
    rows = [
        TradeFigures(credit_code=credit_code(3000 + number), year=YEAR, cross_border_cny=10_000_000 + number)
        for number in range(1100)
    ]
    TradeFigures.objects.bulk_create(rows)
    official_changed([Change(None, row) for row in rows], actor=None, at=NOW)
    matches_compute_all()
    found = [row[1] for row in exported(sign_in(officers.commerce), year=YEAR)[1][1:]]
    assert found == sorted(row.credit_code for row in rows)
