"""The pages that anybody may read: home, measures, notices."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from applications.models import Notice, NoticeLine
from applications.portal import words
from measures import registry
from measures.readings import readings_for
from tests.factories import (
    NOW,
    SHANGHAI,
    exhibition,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
)

pytestmark = pytest.mark.django_db


def text_of(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


# --- Words -----------------------------------------------------------------------------------------


def test_every_item_has_words_and_none_of_them_holds_a_number_of_its_own():
    assert set(words._SENTENCES) == set(registry.ITEMS)
    for sentence in words._SENTENCES.values():
        outside = re.sub(r"\{[^}]*\}", "", sentence)
        assert not re.search(r"[0-9%]", outside), sentence


@pytest.mark.parametrize("item", registry.ITEMS.values(), ids=lambda item: item.code)
def test_words_are_one_line_of_sentences(item):
    sentence = words.item_words(item)
    assert sentence.endswith("。")
    assert "{" not in sentence


def test_words_follow_the_rule(monkeypatch):
    item = registry.item("1.1")
    monkeypatch.setattr(type(item), "REWARD_PER_UNIT", Decimal("40000.00"))
    assert "奖 4 万元" in words.item_words(item)


TOPS = {
    1: "现有企业最高 300 万元，当年新引入企业最高 500 万元",
    3: "分项计算，单项最高 100 万元",
    4: "单个企业每年最高 200 万元",
    5: "5.1 至 5.3 合计每年最高 30 万元",
    7: "分项计算，单项最高 150 万元",
    8: "",
}


@pytest.mark.parametrize("number", TOPS)
def test_the_most_that_a_measure_pays(number):
    assert words.measure_top(registry.MEASURES[number - 1]) == TOPS[number]


# --- Home ------------------------------------------------------------------------------------------


def test_home_shows_the_twelve_measures_to_anybody(client):
    text = text_of(client, "/")
    for measure in registry.MEASURES:
        assert measure.title in text
        assert f'href="/measures/{measure.number}/"' in text


def test_home_counts_the_days_that_an_open_period_has_left(client):
    make_period(2025, deadline=timezone.localdate() + timedelta(days=17), title="2025 年度第一批")
    text = text_of(client, "/")
    assert "正在受理：2025 年度第一批" in text
    assert "<b>17</b>" in text


def test_on_its_last_day_a_period_ends_today(client):
    make_period(2025, deadline=timezone.localdate())
    assert "<b>今天</b>" in text_of(client, "/")


def test_without_an_open_period_home_says_so(client):
    make_period(2025, published_at=None, title="还没有发布的批次")
    text = text_of(client, "/")
    assert "现在没有正在受理的申报批次" in text
    assert "还没有发布的批次" not in text


def test_the_quick_calculation_is_the_rule_itself(client):
    text = text_of(client, "/?now=414600000.00&before=270600000&kind=existing")
    assert "420,000.00" in text
    assert "肆拾贰万元整" in text
    assert "依据：措施第一条" in text


def test_the_quick_calculation_says_why_nothing_is_paid(client):
    assert "暂不符合条件" in text_of(client, "/?now=100000000&before=100000000")


def test_the_quick_calculation_knows_the_higher_cap_of_introduced_firms(client):
    assert "5,000,000.00" in text_of(client, "/?now=9000000000&before=0&kind=introduced")


def test_what_cannot_be_read_is_said_at_its_field(client):
    text = text_of(client, "/?now=2.61万元&before=")
    assert "2.61 万元请填 26100。" in text
    assert 'value="2.61万元"' in text


# --- Measures --------------------------------------------------------------------------------------


def test_the_list_quotes_the_closing_note(client):
    assert registry.CLOSING_NOTE in text_of(client, "/measures/")


@pytest.mark.parametrize("measure", registry.MEASURES, ids=lambda measure: measure.title)
def test_a_measure_is_shown_whole(client, measure):
    text = text_of(client, f"/measures/{measure.number}/")
    for paragraph in measure.article.split("\n"):
        assert paragraph in text
    for item in measure.items:
        assert item.title in text
        assert item.support or item.cap_description in text
        assert all(document.label in text for document in item.evidence)
        assert all(reading.text in text for reading in readings_for(item.code))


@pytest.mark.parametrize("number", [0, 13, 99])
def test_there_is_no_other_measure(client, number):
    assert client.get(f"/measures/{number}/").status_code == 404


# --- Notices ---------------------------------------------------------------------------------------


@pytest.fixture
def notice():
    firm, other = make_firm(), make_firm("示例乙公司", city="2311")
    period = make_period()
    facts = {"booth_cny": "100000"}
    lines = [(firm, "70000.00", None), (other, "35000.50", None), (firm, "1.00", NOW)]
    claims = [
        make_claim(
            each, "5.1", period, facts=facts, particulars=exhibition(f"示例展会{number}"), settle=False
        )
        for number, (each, _, _) in enumerate(lines)
    ]
    found = Notice.objects.create(
        number="2025-001",
        title="2025 年度第一次拟支持名单公示",
        year=2025,
        payer="province",
        published_at=datetime(2026, 3, 6, 10, 0, tzinfo=SHANGHAI),
        published_by=make_user("finance", role=Role.FINANCE),
        days=5,
        first_day=date(2026, 3, 9),
        last_day=date(2026, 3, 13),
    )
    for claim, (each, amount, withdrawn) in zip(claims, lines, strict=True):
        NoticeLine.objects.create(
            notice=found,
            claim=claim,
            enterprise_name=each.name,
            credit_code=each.credit_code,
            city=each.city,
            item=claim.item,
            amount_cny=amount,
            withdrawn_at=withdrawn,
        )
    return found


def test_an_empty_list_of_notices_says_so(client):
    assert "还没有公示" in text_of(client, "/notices/")


def test_the_list_counts_what_is_in_a_notice_now(client, notice):
    text = text_of(client, "/notices/")
    assert "105,000.50" in text
    assert '<td class="num" data-l="项数">2</td>' in text
    assert notice.title in text_of(client, "/")


def test_a_notice_is_read_by_anybody_without_accounts_and_telephones(client, notice):
    text = text_of(client, f"/notices/{notice.number}/")
    for words_ in ("示例甲公司", "示例乙公司", "黑河市", "5.1 线下境外展会补贴", "70,000.00", "105,000.50"):
        assert words_ in text
    firm = notice.lines.first().claim.enterprise
    for private in (
        firm.bank_accounts.get().number,
        firm.contact_phone,
        firm.contact_name,
        owner_of(firm).name,
    ):
        assert private not in text


def test_a_withdrawn_line_stays_marked_and_does_not_add_up(client, notice):
    text = text_of(client, f"/notices/{notice.number}/")
    assert "已撤出公示" in text
    assert '<del class="diff">1.00</del>' in text
    assert "（2 项，2 家企业）" in text


def test_a_notice_is_searched_by_firm_and_city(client, notice):
    found = text_of(client, f"/notices/{notice.number}/?q=乙公司")
    assert "示例乙公司" in found
    assert "示例甲公司" not in found
    assert "35,000.50" in found
    assert "示例乙公司" not in text_of(client, f"/notices/{notice.number}/?city=2301")
    assert "名单里没有找到" in text_of(client, f"/notices/{notice.number}/?q=没有这家")


def test_a_closed_notice_says_when_it_ended(client, notice):
    notice.standing, notice.closed_at = Notice.Standing.CLOSED, datetime(2026, 3, 14, tzinfo=SHANGHAI)
    notice.save()
    assert "结束。" in text_of(client, f"/notices/{notice.number}/")


def test_there_is_no_other_notice(client, notice):
    assert client.get("/notices/2025-002/").status_code == 404


def test_a_notice_costs_the_same_for_few_lines_and_many(client, notice):
    counts = []
    line = notice.lines.first()
    for more in (0, 30):
        for _ in range(more):
            line.pk, line.withdrawn_at = None, NOW
            line.save(force_insert=True)
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/notices/{notice.number}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("today", "words_"),
    [
        (date(2026, 3, 6), "3 月 9 日开始，共 5 个工作日。"),
        (date(2026, 3, 9), "<b>1</b><span>个工作日，共 5 个</span>"),
        (date(2026, 3, 13), "<b>5</b><span>个工作日，共 5 个</span>"),
    ],
)
def test_the_working_day_of_a_running_notice_is_counted(client, notice, monkeypatch, today, words_):
    monkeypatch.setattr(timezone, "localdate", lambda *_, **__: today)
    assert words_ in text_of(client, f"/notices/{notice.number}/")
