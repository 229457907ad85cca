"""The pages of customs figures: what the keeper sees of each year, closing and reopening, differences as a file."""

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.roles import Role
from applications.figures_years import year_close
from applications.models import FiguresYear
from applications.trade_figures import figures_derive
from tests.factories import (
    NOW,
    make_claim,
    make_figures,
    make_firm,
    make_month,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper(officers):
    return make_user("keeper", role=Role.DATA, name="示例数据员")


@pytest.fixture
def firm():
    return make_firm()


def detail(firm, month="2025-03", **row):
    """A row of monthly detail, added up."""
    make_month(firm.credit_code, month, **row)
    figures_derive({(firm.credit_code, int(month[:4]))})


def page(client, name="figures_years", *args):
    answer = client.get(reverse(f"review:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_front_page_leads_to_it_and_says_who_keeps_it(sign_in, keeper, officers):
    for user, word in ((keeper, "维护"), (officers.auditor, "查看")):
        text = sign_in(user).get(reverse("console:data")).content.decode()
        row = text[text.index(reverse("review:figures_years")) :]
        assert word in row[: row.index("</tr>")]
    assert (
        reverse("review:figures_years") not in sign_in(officers.city).get("/console/data/").content.decode()
    )


def test_each_year_says_what_is_there_and_what_is_missing(sign_in, keeper, firm):
    client = sign_in(keeper)
    assert "还没有海关数据" in page(client)
    for month in ("2025-01", "2025-02", "2025-04"):
        detail(firm, month)
    make_figures(firm, 2024)
    text = page(client)
    for words in ("暂计", "没有明细", "1 至 2 月、4 月", "3 月、5 至 12 月"):
        assert words in text
    assert "请先确认海关没有这些月份的数据" in page(client, "figures_year", 2025)


def test_the_keeper_closes_a_year_and_opens_it_again_for_a_reason(sign_in, keeper, firm):
    detail(firm, cny="12000000", supervision_code="9610")
    claim = make_claim(firm, "3.1", make_period())
    client = sign_in(keeper)
    assert "将重新计算 1 个企业年度" in page(client, "figures_year", 2025)
    said = client.post(reverse("review:figures_year_close", args=[2025]), follow=True).content.decode()
    assert "2025 年度已关闭" in said
    assert "涉及 1 个企业年度" in said
    assert settle_all(claim).payable_cny == 120000
    again = client.post(reverse("review:figures_year_close", args=[2025]))
    assert (again.status_code, "已经关闭" in again.content.decode()) == (409, True)
    reopen = reverse("review:figures_year_reopen", args=[2025])
    unsaid = client.post(reopen, {"reason": " "})
    assert (unsaid.status_code, "请写明重新开放的原因" in unsaid.content.decode()) == (409, True)
    said = client.post(reopen, {"reason": "海关更正了 3 月。"}, follow=True).content.decode()
    assert "已重新开放" in said
    assert "海关更正了 3 月。" in said
    assert settle_all(claim).payable_cny == 0


def test_readers_see_no_button_and_a_year_without_anything_does_not_exist(sign_in, officers, firm):
    detail(firm)
    for reader in (officers.commerce, officers.finance, officers.auditor):
        client = sign_in(reader)
        assert "关闭这一年" not in page(client, "figures_year", 2025)
        assert client.get(reverse("review:figures_year", args=[2019])).status_code == 404
        assert client.post(reverse("review:figures_year_close", args=[2025])).status_code == 403
    assert not FiguresYear.objects.filter(closed_at__isnull=False).exists()


def test_a_year_that_is_not_over_says_when_it_can_be_closed(sign_in, keeper, firm):
    detail(firm, "2099-01")
    assert "2099 年还没有结束" in page(sign_in(keeper), "figures_year", 2099)
    answer = sign_in(keeper).post(reverse("review:figures_year_close", args=[2099]))
    assert (answer.status_code, "还没有结束" in answer.content.decode()) == (409, True)


def test_differences_stand_on_the_page_and_in_a_file_the_largest_first(sign_in, officers, firm):
    other = make_firm("=示例(乙)公司")
    detail(firm, cny="500.00")
    detail(other, cny="90.00")
    make_figures(firm, export_cny="400.50")
    make_figures(other, export_cny="1000")
    client = sign_in(officers.auditor)
    text = page(client, "figures_year", 2025)
    assert text.index("−910.00") < text.index("99.50")
    answer = client.get(reverse("review:figures_year_differences", args=[2025]))
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:3] == ("统一社会信用代码", "企业名称", "年度")
    assert [row[0] for row in rows[1:]] == [other.credit_code, firm.credit_code]
    assert rows[1][1:] == ("=示例(乙)公司", 2025, "出口额", "元", 1000, 90, -910)
    assert sheet["B2"].data_type == "s", "no name becomes a formula"


def test_a_year_costs_as_many_queries_with_one_difference_as_with_fifty(sign_in, keeper):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            page(sign_in(keeper), "figures_year", 2025)
        return len(captured)

    counts = []
    for number in (1, 49):
        for index in range(number):
            one = make_firm(f"示例{number}号{index}公司")
            detail(one)
            make_figures(one, export_cny="7")
        counts.append(queries())
    assert counts[0] == counts[1]


def test_the_page_of_a_firm_tells_loaded_added_up_and_provisional_figures_apart(
    sign_in, officers, keeper, firm
):
    make_figures(firm, 2025, export_cny="1234567")
    detail(firm, "2025-02", usd="777")
    detail(firm, "2026-02", cny="888")
    text = page(sign_in(officers.commerce), "enterprise", firm.pk)
    assert "1,234,567.00 元" in text
    assert text.count("暂计</span>") == 5 + 6, "five figures of 2025 were not loaded, none of 2026"
    year_close(year=2025, actor=keeper, at=NOW)
    text = page(sign_in(officers.commerce), "enterprise", firm.pk)
    assert text.count("海关月度明细汇总") == 5
    assert text.count("暂计</span>") == 6


def my_year(firm, year):
    client = Client()
    client.force_login(owner_of(firm))
    answer = client.get(reverse("portal:my_year", args=[year]))
    assert answer.status_code == 200
    return answer


def test_a_verified_firm_sees_provisional_figures_with_their_months_and_a_closed_year_none(keeper, firm):
    detail(firm, "2025-01", cny="700")
    detail(firm, "2025-03", cny="34")
    answer = my_year(firm, 2025)
    text = answer.content.decode()
    assert "暂计" in text
    assert "734.00 元" in text
    assert "1 月、3 月合计" in text
    year_close(year=2025, actor=keeper, at=NOW)
    assert "暂计" not in my_year(firm, 2025).content.decode()


def test_a_firm_that_has_not_been_verified_sees_no_figure_and_no_year_of_them():
    firm = make_firm(verified=False)
    detail(firm, "2025-01", cny="700")
    make_claim(firm, "1.1", make_period(2024), submit=False)
    assert my_year(firm, 2024).context["years"] == [2024]
    assert "暂计" not in my_year(firm, 2025).content.decode()


def test_years_with_detail_alone_are_offered_but_are_not_where_a_firm_starts(firm):
    make_claim(firm, "1.1", make_period())
    detail(firm, "2026-01")
    assert my_year(firm, 2025).context["years"] == [2026, 2025]
    client = Client()
    client.force_login(owner_of(firm))
    assert client.get(reverse("portal:my_year"))["Location"] == reverse("portal:my_year", args=[2025])
