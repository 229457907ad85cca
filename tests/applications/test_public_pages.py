"""The pages that anybody may read: home, measures, notices."""

import gzip
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.models import DeadlineExtension, Notice, NoticeLine, YearSettings
from applications.portal import words
from applications.portal.faq import GROUPS
from applications.portal.glossary import GLOSSARY
from applications.portal.situations import SITUATIONS, items_of
from applications.reference import packaged_reference
from measures import registry
from measures.contract import parse_case
from measures.evaluation import evaluate
from measures.examples import EXAMPLES, LIMIT_EXCEEDED
from measures.explanation import step_text
from measures.money import in_wan
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
    assert set(words._MEASURES) == {each.number for each in registry.MEASURES if len(each.items) > 1}
    for sentence in (*words._SENTENCES.values(), *words._MEASURES.values()):
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


def test_words_of_a_measure_follow_the_rules_of_its_items(monkeypatch):
    monkeypatch.setattr(type(registry.item("5.3")), "RATE", Decimal("0.45"))
    assert "线上展会补参展费的 45%" in words.measure_words(registry.MEASURES[4])


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


def in_days(days, length=30):
    today = timezone.localdate()
    return {"opens_on": today + timedelta(days=days), "deadline": today + timedelta(days=days + length)}


def test_a_period_that_opens_soon_is_announced(client):
    make_period(2025, title="2025 年度第二批", **in_days(9))
    text = text_of(client, "/")
    assert "即将受理：2025 年度第二批" in text
    assert "<b>9</b>" in text
    assert "现在没有正在受理" not in text


def test_a_period_that_has_ended_is_named(client):
    make_period(2025, title="2025 年度第一批", **in_days(-40, 10))
    assert "2025 年度第一批已于" in text_of(client, "/")


def test_a_firm_sees_its_own_extension(client):
    firm, period = make_firm(), make_period(2025, **in_days(-40, 10))
    DeadlineExtension.objects.create(
        period=period, enterprise=firm, until=timezone.localdate() + timedelta(days=3), reason="示例",
        granted_by=owner_of(firm), granted_at=NOW,
    )  # fmt: skip
    assert "正在受理：" not in text_of(client, "/")
    client.force_login(owner_of(firm))
    text = text_of(client, "/")
    assert "<b>3</b>" in text
    assert "您的企业延长至" in text
    assert "登录后申报这一项" not in text_of(client, "/measures/1/")
    assert "申报这一项" in text_of(client, "/measures/1/")


def test_newcomers_are_led_and_a_firm_sees_what_waits_for_it(client):
    firm, period = make_firm(), make_period(2025)
    assert "三步办理" in text_of(client, "/")
    client.force_login(owner_of(firm))
    assert "现在没有等您办理的申报" in text_of(client, "/")
    make_claim(firm, "5.1", period, submit=False)
    text = text_of(client, "/")
    assert "有 1 件申报等您办理" in text
    assert 'href="/my/"' in text
    assert "三步办理" not in text


def test_a_firm_that_is_not_verified_reads_what_it_can_do(client):
    firm = make_firm(verified=False)
    client.force_login(owner_of(firm))
    assert "正在核验" in text_of(client, "/")


def test_somebody_without_a_firm_is_led_to_it_and_an_officer_to_the_console(client):
    client.force_login(make_user("person"))
    assert 'href="/sign-up/enterprise/"' in text_of(client, "/")
    client.force_login(make_user("commerce", role=Role.COMMERCE))
    text = text_of(client, "/")
    assert "进入工作台" in text
    assert "三步办理" not in text


def test_home_costs_the_same_for_few_claims_and_periods_and_for_many(client):
    firm, counts = make_firm(), []
    client.force_login(owner_of(firm))
    client.get("/")
    for year in (2022, 2023):
        period = make_period(year, **in_days(-3))
        for number in range(3 * (year - 2021)):
            make_claim(firm, "5.1", period, particulars=exhibition(f"展会{number}"), submit=False)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("address", ["/", "/measures/", "/measures/5/", "/help/", "/calculator/?items=7.2"])
def test_a_first_visit_is_under_200_kb_compressed(client, address):
    text = text_of(client, address)
    files = {name for name in re.findall(r'(?:href|src)="/static/([^"#]+)', text) if "samples/" not in name}
    assert any(name.endswith(".css") for name in files)
    parts = [text.encode(), *(Path(finders.find(name)).read_bytes() for name in files)]
    assert sum(len(gzip.compress(part)) for part in parts) < 200_000


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
    article = re.sub(r"<a .*?</a>|<[^>]+>", "", text)
    for paragraph in measure.article.split("\n"):
        assert paragraph in article
    for sentence in measure.clauses.values():
        assert f"<mark>{sentence}</mark>" in text
    for item in measure.items:
        assert item.title in text
        assert item.support or item.cap_description in text
        assert all(document.label in text and document.reason in text for document in item.evidence)
        assert all(reading.text in text for reading in readings_for(item.code))


@pytest.mark.parametrize("code", EXAMPLES)
def test_the_example_of_an_item_is_what_the_rules_compute(client, code):
    call_command("seed_reference", verbosity=0)
    answer = client.get(f"/measures/{registry.measure_of(code).number}/")
    result = evaluate(parse_case(EXAMPLES[code].case(answer.context["year"])), packaged_reference()).claims[0]
    text = answer.content.decode()
    assert f"<b>可得 {result.payable:,.2f} 元</b>" in text
    for step in result.steps:
        assert step_text(step) in text


def test_an_example_follows_the_rate_that_the_province_has_set(client):
    call_command("seed_reference", verbosity=0)
    year = timezone.localdate().year - 1
    YearSettings.objects.create(year=year, version=9, bank_cost_rate="0.4", published_at=NOW)
    assert "× 40% =" in text_of(client, "/measures/4/")


def test_what_goes_into_an_example_is_named_in_the_words_of_the_form(client):
    text = text_of(client, "/measures/5/")
    for label, value in (
        ("展位费", "12 万元"),
        ("已获其他省级支持", "2 万元"),
        ("市（地）补贴比例", "40%（假定）"),
    ):
        assert f"<dt>{label}</dt><dd>{value}</dd>" in text


@pytest.mark.parametrize(
    ("days", "words_"),
    [
        (0, "正在受理"),
        (-20, "今天是最后一天"),
        (5, "还有 5 天"),
        (-60, "已截止"),
        (None, "还没有公布受理时间"),
    ],
)
def test_an_item_says_when_it_can_be_filed(client, days, words_):
    if days is not None:
        make_period(2025, items=["6.1"], **in_days(days, 20))
    assert words_ in text_of(client, "/measures/6/")
    assert "还没有公布受理时间" in text_of(client, "/measures/2/")


def test_a_support_item_says_who_answers_and_in_how_many_days(client):
    YearSettings.objects.create(year=timezone.localdate().year, version=9, support_days=8, published_at=NOW)
    text = text_of(client, "/measures/8/")
    assert "8 个工作日内答复" in text
    assert "由省发改委牵头答复" in text


def test_a_measure_costs_the_same_however_many_items_it_has(client):
    counts = []
    for number in (1, 5, 3):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/measures/{number}/")
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


# --- What may concern me ---------------------------------------------------------------------------


def test_every_item_is_found_by_something_that_a_firm_is_or_has():
    assert items_of(SITUATIONS) == list(registry.ITEMS.values())
    for situation in SITUATIONS.values():
        assert set(situation.items) <= set(registry.ITEMS)
        assert not re.search(r"\d", situation.label)


def test_what_is_ticked_leads_to_items_and_to_their_calculation_together(client):
    answer = client.get("/measures/?is=fair&is=loan&is=unheard")
    assert [each["item"].code for each in answer.context["found"]] == ["4.1", "4.2", "5.1", "5.2"]
    text = answer.content.decode()
    assert 'href="/calculator/?items=4.1&amp;items=4.2&amp;items=5.1&amp;items=5.2"' in text
    assert 'value="fair" checked' in text


def test_a_need_leads_to_a_request(client):
    text = text_of(client, "/measures/?is=refund")
    assert "服务事项，全年受理" in text
    assert "放在一起测算" not in text


# --- Questions and answers -------------------------------------------------------------------------


QUESTIONS = [each for group in GROUPS for each in group.questions]


def test_there_are_questions_enough_and_each_has_an_anchor_of_its_own(client):
    assert len(QUESTIONS) >= 25
    assert len({each.key for each in (*QUESTIONS, *GROUPS)}) == len(QUESTIONS) + len(GROUPS)
    text = text_of(client, "/help/")
    for question in QUESTIONS:
        assert f'id="{question.key}"' in text
        assert f'href="#{question.key}"' in text
    assert "{" not in re.sub(r"<script.*?</script>|<meta[^>]*>", "", text)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda each: each.key)
def test_an_answer_holds_no_number_of_its_own_and_leads_somewhere(question):
    for text in (question.title, *question.answer):
        outside = re.sub(r"\{[^}]*\}|[1-7]\.[1-5]|24:00", "", text)
        assert not re.search(r"[0-9%]", outside), outside
    assert question.clause in ("", *registry.CLAUSES)
    assert all(reverse(name) for _, name in question.links)


def test_words_are_explained_once_and_without_numbers():
    assert len({word for word, _ in GLOSSARY}) == len(GLOSSARY)
    assert not any(re.search(r"\d", meaning.replace("5.1", "")) for _, meaning in GLOSSARY)


@pytest.mark.parametrize("address", ["/", "/help/"])
def test_answers_lead_officers_to_no_page_of_a_firm(client, address):
    own = ('href="/my/"', 'href="/enterprise/"')
    assert any(link in text_of(client, address) for link in own)
    client.force_login(make_user("officer", role=Role.COMMERCE))
    assert not any(link in text_of(client, address) for link in own)


def test_answers_follow_limits_and_settings(client, settings):
    settings.EVIDENCE_MAX_BYTES = 7 * 1024 * 1024
    YearSettings.objects.create(year=timezone.localdate().year, version=9, return_days=13, published_at=NOW)
    text = text_of(client, "/help/")
    assert "每个文件不超过 7 MB" in text
    assert "13 个工作日内补正" in text


def test_the_example_of_the_limit_is_computed(client):
    call_command("seed_reference", verbosity=0)
    result = evaluate(parse_case(LIMIT_EXCEEDED.case(2025)), packaged_reference())
    text = text_of(client, "/help/")
    assert f"总额度是 {in_wan(result.limit)}" in text
    assert f"只能得到 {in_wan(result.claims[1].payable)}" in text


@pytest.mark.parametrize(
    ("query", "key", "near"),
    [("总额度", "limit", False), ("退回 补正", "returned", False), ("忘了密码怎么登陆", "password", True)],
)
def test_a_search_finds_answers_and_what_comes_nearest(client, query, key, near):
    answer = client.get("/help/", {"q": query})
    assert key in [each.question.key for each in answer.context["found"]]
    assert answer.context["near"] is near


@pytest.mark.parametrize("query", ["zzz", "<script>", "%", "长" * 500, "\0"])
def test_a_search_for_anything_gets_a_page(client, query):
    text = text_of(client, "/help/?" + urlencode({"q": query}))
    assert "没有找到" in text
    assert "<script>" not in text


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


def test_measures_have_one_name_on_public_pages_whether_read_or_chosen(client, notice):
    text = text_of(client, f"/notices/{notice.number}/")
    assert "措施五　支持多渠道拓展国际市场" in text
    assert "5 支持多渠道" not in text
    for page in (text, text_of(client, "/notices/")):
        assert '<option value="5">措施五　支持多渠道拓展国际市场</option>' in page


def test_to_choose_from_there_is_what_notices_have(client, notice):
    for address in ("/notices/", f"/notices/{notice.number}/"):
        text = text_of(client, address)
        codes = re.findall(r'<option value="([^"]+)"', text)
        assert codes == ["5", "5.1", "2301", "2311"], address
        assert '<option value="7" selected>' in text_of(client, f"{address}?item=7"), (
            "what is looked for stays"
        )


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
