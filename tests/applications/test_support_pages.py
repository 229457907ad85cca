"""Support items in pages: filing, the exchange of words, and whose they are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.departments import Department
from accounts.roles import Role
from applications.models import SupportRequest, YearSettings
from applications.support import support_answer, support_ask, support_request_file
from measures import registry
from tests.factories import make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

TEXTS = {"subject": "班列舱位不足", "details": "四月需要六个集装箱的舱位。"}


@pytest.fixture
def firm(client):
    firm = make_firm()
    client.force_login(owner_of(firm))
    return firm


def filed(firm, item="8.1", facts=None):
    return support_request_file(enterprise=firm, item=item, actor=owner_of(firm), facts=facts or TEXTS)


def lead_of(request):
    return make_user(f"lead{request.pk}", role=Role.DEPARTMENT, department=request.lead)


def test_a_second_press_of_the_button_leads_to_the_request_that_there_is(client, firm):
    first = client.post("/support/new/8.1/", TEXTS)
    again = client.post("/support/new/8.1/", TEXTS, follow=True)
    assert again.redirect_chain[0][0] == first.url
    assert "没有重复提交" in again.content.decode()
    client.post("/support/new/8.1/", {**TEXTS, "details": "五月也需要舱位。"})
    assert SupportRequest.objects.count() == 2


def test_the_same_words_later_are_another_request(firm):
    first = filed(firm)
    support_request_file(
        enterprise=firm,
        item="8.1",
        actor=owner_of(firm),
        facts=TEXTS,
        once=True,
        at=first.created_at + timedelta(minutes=11),
    )
    assert SupportRequest.objects.count() == 2


def test_the_form_says_in_how_many_working_days_an_answer_is_due(client, firm):
    year = timezone.localdate().year
    assert "10 个工作日内答复" in client.get("/support/new/8.1/").content.decode()
    YearSettings.objects.create(year=year, support_days=7, published_at=timezone.now())
    assert "7 个工作日内答复" in client.get("/support/new/8.1/").content.decode()


@pytest.mark.parametrize("item", ["8.1", "9.1", "10.1", "12.1"])
def test_a_request_is_filed_and_shows_its_route(client, firm, item):
    answer = client.post(f"/support/new/{item}/", TEXTS, follow=True)
    request = SupportRequest.objects.get()
    assert answer.redirect_chain == [(f"/support/{request.number}/", 302)]
    text = answer.content.decode()
    for department in registry.measure_of(item).departments:
        assert department in text
    assert TEXTS["details"] in text
    assert request.number in client.get("/support/").content.decode()


def refunds(*rows, **more):
    data = {"refunds-TOTAL_FORMS": len(rows), "refunds-INITIAL_FORMS": 0, **more}
    for index, (accepted, refunded) in enumerate(rows):
        data |= {f"refunds-{index}-accepted_on": accepted, f"refunds-{index}-refunded_on": refunded}
    return data


def test_refund_times_come_in_rows_and_show_their_average(client, firm):
    data = refunds(("2026-03-02", "2026-03-09"), ("20260312", ""), details="一笔还没有到账。")
    data["refunds-0-declaration_number"] = "示例0001"
    client.post("/support/new/11.1/", data)
    request = SupportRequest.objects.get()
    assert request.facts["facts"]["refunds"] == [
        {"accepted_on": "2026-03-02", "refunded_on": "2026-03-09"},
        {"accepted_on": "2026-03-12"},
    ]
    assert request.outcome["open"] == 1
    text = client.get(f"/support/{request.number}/").content.decode()
    assert "6 个工作日以内" in text
    assert "示例0001" in text


def test_a_list_without_a_row_is_asked_for_one(client, firm):
    answer = client.post("/support/new/11.1/", refunds(("", "")))
    assert "“退税申报”至少要填一行。" in answer.content.decode()
    assert not SupportRequest.objects.exists()


@pytest.mark.parametrize(
    ("row", "field", "sentence"),
    [
        (("2026-03-09", "2026-03-02"), "refunded_on", "不能早于“受理日期”2026-03-09。"),
        (("2099-03-02", ""), "accepted_on", "这一天还没有到，请核对。"),
    ],
)
def test_a_wrong_day_of_a_row_stands_in_the_summary_and_at_its_field(client, firm, row, field, sentence):
    answer = client.post("/support/new/11.1/", refunds(row))
    text = answer.content.decode()
    assert answer.context["errors"][0][0] == f"id_refunds-0-{field}"
    assert f'href="#id_refunds-0-{field}"' in text
    assert text.count(sentence) == 2
    assert not SupportRequest.objects.exists()


def test_rows_come_and_go_without_scripts(client, firm):
    two = refunds(("2026-03-02", ""), ("2026-03-12", ""))
    more = client.post("/support/new/11.1/", {**two, "add_row": "refunds"}).content.decode()
    assert 'name="refunds-2-accepted_on"' in more
    assert "error-summary" not in more
    less = client.post("/support/new/11.1/", {**two, "remove_row": "refunds-0"}).content.decode()
    assert 'name="refunds-1-accepted_on"' not in less
    assert "2026-03-12" in less
    assert "2026-03-02" not in less
    assert not SupportRequest.objects.exists()


def test_an_empty_request_is_asked_to_say_something(client, firm):
    answer = client.post("/support/new/8.1/", {"subject": "", "details": "四月的舱位。"})
    assert list(answer.context["form"].errors) == ["subject"]
    assert "四月的舱位。" in answer.content.decode()
    assert not SupportRequest.objects.exists()


def test_an_unverified_firm_is_told_and_keeps_what_it_typed(client):
    client.force_login(owner_of(make_firm(verified=False)))
    answer = client.post("/support/new/8.1/", TEXTS)
    assert "没有通过核验" in answer.content.decode()
    assert TEXTS["details"] in answer.content.decode()
    assert "提交并转交部门" not in answer.content.decode()


@pytest.mark.parametrize("item", ["1.1", "13.1", "x"])
def test_there_is_no_request_for_what_is_no_support_item(client, firm, item):
    assert client.get(f"/support/new/{item}/").status_code == 404


def test_the_firm_answers_a_question(client, firm):
    request = filed(firm)
    support_ask(request_id=request.pk, officer=lead_of(request), text="请说明发运站。")
    address = f"/support/{request.number}/"
    assert "请说明发运站。" in client.get(address).content.decode()
    assert "还剩 10 个工作日" in client.get(address).content.decode()
    empty = client.post(f"{address}reply/", {"text": " "})
    assert empty.status_code == 422
    assert "请写明内容" in empty.content.decode()
    client.post(f"{address}reply/", {"text": "示例站。"})
    request.refresh_from_db()
    assert request.state == "routed"
    assert "示例站。" in client.get(address).content.decode()


def test_the_firm_closes_or_contradicts_an_answer(client, firm):
    request = filed(firm)
    support_answer(request_id=request.pk, officer=lead_of(request), text="已协调。")
    address = f"/support/{request.number}/"
    assert "确认办结" in client.get(address).content.decode()
    client.post(f"{address}close/")
    request.refresh_from_db()
    assert request.state == "closed"
    client.post(f"{address}reopen/", {"text": "又出现了。"})
    request.refresh_from_db()
    assert request.state == "reopened"


def test_what_is_no_longer_possible_gets_a_sentence_and_keeps_the_words(client, firm):
    request = filed(firm)
    answer = client.post(f"/support/{request.number}/reopen/", {"text": "我写了很多。"})
    assert answer.status_code == 409
    assert "还在办理" in answer.content.decode()
    assert "我写了很多。" in answer.content.decode()
    closed = client.post(f"/support/{request.number}/close/", follow=True)
    assert "已办结" in closed.content.decode()
    again = client.post(f"/support/{request.number}/close/", follow=True)
    assert "这件服务事项已经办结。" in again.content.decode()


def test_another_firms_request_does_not_exist(client, firm):
    number = filed(make_firm("示例乙公司"), facts={"subject": "示例乙公司的事", "details": "。"}).number
    assert client.get(f"/support/{number}/").status_code == 404
    for action in ("reply", "reopen", "close"):
        assert client.post(f"/support/{number}/{action}/", {"text": "。"}).status_code == 404
    assert "示例乙公司的事" not in client.get("/support/").content.decode()


def test_the_list_costs_the_same_for_one_and_for_twenty(client, firm):
    filed(firm)
    counts = []
    for more in (0, 19):
        for _ in range(more):
            filed(firm)
        with CaptureQueriesContext(connection) as queries:
            client.get("/support/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_empty_list_says_what_to_do(client, firm):
    assert "还没有提出服务事项" in client.get("/support/").content.decode()


def test_a_request_is_written_as_text_and_never_as_markup(client, firm):
    request = filed(firm, facts={"subject": "<b>标题</b>", "details": "<script>go()</script>"})
    text = client.get(f"/support/{request.number}/").content.decode()
    assert "<b>标题</b>" not in text
    assert "<script>go()" not in text
    assert Department(request.lead).label in text
