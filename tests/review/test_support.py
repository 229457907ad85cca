"""Requests of measures 8 to 12 on the departments' side."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from applications.errors import Refused
from applications.models import Message, SupportState
from applications.support import support_hand_over, support_reply, support_request_file
from tests.factories import make_firm, make_user, owner_of
from tests.support.threads import together

pytestmark = pytest.mark.django_db
LIST = "review:support"


def asked_of(firm, item="11.1", subject="示例诉求"):
    facts = {"refunds": [{"accepted_on": "2025-03-03"}]} if item == "11.1" else {"subject": subject}
    return support_request_file(enterprise=firm, item=item, actor=owner_of(firm), facts=facts)


@pytest.fixture
def asked(officers):
    """A request about tax refunds: led by customs, seen by commerce and tax."""
    return asked_of(make_firm())


@pytest.fixture
def tax(officers):
    return make_user("tax", role=Role.DEPARTMENT, department="tax", name="示例税务经办")


def act(client, asked, do, text="已经联系，请查收。"):
    answer = client.post(reverse("review:support_request", args=[asked.number]), {"do": do, "text": text})
    asked.refresh_from_db()
    return answer


@pytest.mark.parametrize(
    ("name", "status"),
    [("customs", 200), ("commerce", 200), ("auditor", 200), ("finance", 404), ("city", 404), ("admin", 403)],
)
def test_the_departments_that_the_measure_names_see_a_request(officers, sign_in, asked, name, status):
    client = sign_in(getattr(officers, name))
    assert client.get(reverse("review:support_request", args=[asked.number])).status_code == status
    listed = client.get(reverse(LIST))
    assert listed.status_code == (403 if status == 403 else 200)
    if status != 403:
        assert (asked in listed.context["page"]) is (status == 200)


def test_whoever_answers_reads_every_row_that_the_enterprise_declared(officers, sign_in):
    firm = make_firm()
    asked = support_request_file(
        enterprise=firm,
        item="11.1",
        actor=owner_of(firm),
        facts={
            "refunds": [
                {"accepted_on": "2026-03-02", "refunded_on": "2026-03-09"},
                {"accepted_on": "2026-03-12", "refunded_on": None},
            ]
        },
        particulars={"refunds": [{"declaration_number": "示例0001"}, {}]},
    )
    text = (
        sign_in(officers.customs).get(reverse("review:support_request", args=[asked.number])).content.decode()
    )
    for cell in ("2026-03-02", "2026-03-09", "示例0001", "2026-03-12", "—"):
        assert f">{cell}</td>" in text
    assert firm.credit_code in text


def test_a_citys_commerce_office_sees_the_requests_of_its_firms(officers, sign_in):
    asked = asked_of(make_firm(city="2311"), item="12.1")
    for name, seen in (("heihe", True), ("city", False)):
        assert (asked in sign_in(getattr(officers, name)).get(reverse(LIST)).context["page"]) is seen


def test_the_leads_answer_makes_it_answered(officers, sign_in, asked):
    client = sign_in(officers.customs)
    assert act(client, asked, "answer").status_code == 302
    assert asked.state == SupportState.ANSWERED
    text = client.get(reverse("review:support_request", args=[asked.number])).content.decode()
    assert "已经联系，请查收。" in text
    assert "自动办结" in text
    assert asked in client.get(reverse(LIST), {"tab": "answered"}).context["page"]


def test_another_departments_answer_stands_beside_it(officers, sign_in, asked, tax):
    assert act(sign_in(tax), asked, "answer").status_code == 302
    assert asked.state == SupportState.ROUTED
    assert asked.messages.get().department == "tax"


def test_asking_back_stops_the_clock_until_the_firm_replies(officers, sign_in, asked):
    client = sign_in(officers.customs)
    assert act(client, asked, "ask", "请补充受理通知。").status_code == 302
    assert asked.state == SupportState.ASKED
    listed = client.get(reverse(LIST), {"tab": "asked"})
    assert f"还剩 {asked.days_left} 个工作日" in listed.content.decode()
    refused = act(client, asked, "ask", "再补充。")
    assert refused.status_code == 409
    assert "再补充。" in refused.content.decode()
    support_reply(request_id=asked.pk, actor=owner_of(asked.enterprise), text="已补充。")
    assert asked in client.get(reverse(LIST)).context["page"]


def test_an_empty_word_is_refused_at_its_place(officers, sign_in, asked):
    answer = act(sign_in(officers.customs), asked, "answer", " ")
    assert answer.status_code == 409
    assert "请写明内容" in answer.content.decode()
    assert not asked.messages.exists()


def test_an_auditor_reads_and_cannot_answer(officers, sign_in, asked):
    client = sign_in(officers.auditor)
    page = client.get(reverse("review:support_request", args=[asked.number]))
    assert not page.context["may_answer"]
    assert act(client, asked, "answer").status_code == 403
    assert not asked.messages.exists()


def test_refund_times_are_shown_with_their_target(officers, sign_in, asked):
    page = sign_in(officers.customs).get(reverse("review:support_request", args=[asked.number]))
    text = page.content.decode()
    assert "6 个工作日" in text
    assert "暂时算不出" in text
    assert "1 笔" in text


def test_requests_are_found_by_firm_number_and_subject(officers, sign_in, asked):
    client = sign_in(officers.customs)
    for words, hits in ((asked.number, 1), (asked.enterprise.name, 1), ("没有的词", 0)):
        assert len(client.get(reverse(LIST), {"q": words}).context["page"].object_list) == hits


def test_twenty_requests_cost_as_many_queries_as_one(officers, sign_in, asked):
    client, counts = sign_in(officers.customs), []
    for number in (0, 19):
        for index in range(number):
            asked_of(make_firm(f"示例{index}公司"))
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(reverse(LIST)).context["page"]) == number + 1
        counts.append(len(queries))
    assert counts[0] == counts[1]


# --- Handing over ----------------------------------------------------------------------------------


def hand_over(client, asked, to, text="退税由税务部门办理。"):
    address = reverse("review:support_request", args=[asked.number])
    answer = client.post(address, {"do": "hand_over", "hand-to": to, "hand-text": text})
    asked.refresh_from_db()
    return answer


def test_the_lead_hands_over_and_the_clock_runs_on(officers, sign_in, asked, tax):
    due = asked.due_on
    assert hand_over(sign_in(officers.customs), asked, "tax").status_code == 302
    assert (asked.lead, asked.state, asked.due_on) == ("tax", SupportState.ROUTED, due)
    assert asked.route == ["省税务局", "哈尔滨海关", "省商务厅"]
    own = sign_in(owner_of(asked.enterprise)).get(reverse("portal:support_request", args=[asked.number]))
    assert "已转交省税务局办理。原因：退税由税务部门办理。" in own.content.decode()
    told = Message.objects.filter(support_request=asked).latest("pk")
    assert told.title == "已转交省税务局办理"
    assert act(sign_in(tax), asked, "answer").status_code == 302
    assert asked.state == SupportState.ANSWERED


def test_a_department_that_the_measure_does_not_name_can_take_over(officers, sign_in, asked):
    exchange = make_user("exchange", role=Role.DEPARTMENT, department="exchange")
    client = sign_in(exchange)
    assert asked not in client.get(reverse(LIST)).context["page"]
    assert hand_over(sign_in(officers.customs), asked, "exchange").status_code == 302
    assert asked in client.get(reverse(LIST), {"tab": "mine"}).context["page"]
    assert asked in sign_in(officers.customs).get(reverse(LIST), {"tab": "partner"}).context["page"]


def test_only_the_lead_hands_over_and_gives_a_reason(officers, sign_in, asked, tax):
    assert hand_over(sign_in(tax), asked, "commerce").status_code == 403
    refused = hand_over(sign_in(officers.customs), asked, "tax", " ")
    assert refused.status_code == 409
    assert "请写明转交的原因" in refused.content.decode()
    refused = hand_over(sign_in(officers.customs), asked, "")
    assert "退税由税务部门办理。" in refused.content.decode()
    assert asked.lead == "customs"


def test_while_the_firm_has_the_ball_nothing_is_handed_over(officers, sign_in, asked):
    client = sign_in(officers.customs)
    act(client, asked, "ask")
    refused = hand_over(client, asked, "tax")
    assert refused.status_code == 409
    assert "不能转交" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_people_hand_over_at_once_and_one_is_told(officers):
    asked = asked_of(make_firm())
    results = together(
        *(
            lambda to=to: support_hand_over(
                request_id=asked.pk, officer=officers.customs, to=to, text="不属于本部门。"
            )
            for to in ("tax", "exchange")
        )
    )
    assert sum(isinstance(each, Refused) for each in results) == 1
    assert asked.messages.count() == 1


# --- The list --------------------------------------------------------------------------------------


def test_the_list_separates_what_is_ours_late_and_nearly_due(officers, sign_in, asked, tax):
    client = sign_in(officers.customs)

    def shown(**wanted):
        return asked in client.get(reverse(LIST), wanted).context["page"]

    assert shown(tab="mine")
    assert not shown(tab="partner")
    assert asked in sign_in(tax).get(reverse(LIST), {"tab": "partner"}).context["page"]
    for days, tab, words in ((-7, "late", "已超过"), (0, "nearly", "今天到期")):
        asked.due_on = timezone.localdate() + timedelta(days=days)
        asked.save()
        assert shown(tab=tab)
        assert words in client.get(reverse(LIST)).content.decode()
    assert not shown(tab="late")


def test_the_list_is_filtered_by_item_city_and_state(officers, sign_in, asked):
    client = sign_in(officers.customs)
    asks = (
        ({"item": "11.1"}, 1), ({"item": "12.1"}, 0), ({"city": "2301"}, 1), ({"city": "2311"}, 0),
        ({"state": "routed"}, 1), ({"state": "closed"}, 0), ({"state": "nonsense"}, 1),
    )  # fmt: skip
    for wanted, hits in asks:
        page = client.get(reverse(LIST), {"tab": "all", **wanted}).context["page"]
        assert len(page.object_list) == hits, wanted
