"""Messages in the portal: by whom they can be read, what is new, and what waits to be done."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.messages import reminders_send
from applications.messages.reading import messages_read, unread_count
from applications.models import Message
from applications.record import event_add
from applications.support import support_request_file
from tests.factories import NOW, exhibition, make_claim, make_firm, make_period, owner_of

from .steps import do, newest, on, returned

pytestmark = pytest.mark.django_db


def read(client, **parameters):
    answer = client.get(reverse("portal:messages"), parameters)
    assert answer.status_code == 200
    return answer


def titles(answer):
    return [row["message"].title for row in answer.context["rows"]]


def test_without_messages_the_page_says_so(as_owner):
    assert "还没有消息" in read(as_owner).content.decode()


def test_unread_messages_are_counted_in_words_on_every_page(as_owner, claim):
    for address in (reverse("portal:messages"), reverse("portal:home"), reverse("portal:enterprise")):
        assert "（1 条未读）" in as_owner.get(address).content.decode()


def test_people_without_a_firm_have_no_messages_and_pay_no_query(client, commerce):
    client.force_login(commerce)
    with CaptureQueriesContext(connection) as queries:
        text = client.get(reverse("portal:home")).content.decode()
    assert "未读" not in text
    assert not [query for query in queries if "applications_message" in query["sql"]]


def test_opening_a_message_marks_it_for_oneself_alone_and_leads_to_its_claim(
    as_owner, owner, colleague, firm, claim
):
    Message.objects.update(created_at=timezone.now())
    answer = as_owner.get(reverse("portal:message", args=[newest(firm).pk]))
    assert answer.url == reverse("portal:claim", args=[claim.number])
    assert unread_count(owner) == 0
    assert unread_count(colleague) == 1


def test_a_message_leads_to_what_it_is_about(as_owner, owner, firm):
    request = support_request_file(
        enterprise=firm, item="8.1", actor=owner, facts={"subject": "一", "details": "二"}
    )
    event_add(kind="enterprise.verified", enterprise_id=firm.pk)
    make_period(opens_on=date(2026, 3, 2))
    reminders_send(at=on("2026-03-02"))
    leads = [
        as_owner.get(reverse("portal:message", args=[each.pk])).url for each in Message.objects.order_by("pk")
    ]
    assert leads == [
        reverse("portal:support_request", args=[request.number]),
        reverse("portal:enterprise"),
        reverse("portal:my_year", args=[2025]),
    ]


def test_a_mail_leads_through_sign_in_to_the_message(client, firm, claim):
    address = reverse("portal:message", args=[newest(firm).pk])
    assert client.get(address).url == f"/accounts/sign-in/?next={address}"


def test_another_firm_finds_nothing(client, firm, claim):
    other = make_firm("示例乙公司")
    client.force_login(owner_of(other))
    assert titles(read(client)) == []
    assert client.get(reverse("portal:message", args=[newest(firm).pk])).status_code == 404
    client.post(reverse("portal:messages_seen"), {"message": newest(firm).pk})
    assert unread_count(owner_of(firm)) == 1


def test_who_joins_later_reads_old_messages_and_is_not_told_that_they_are_new(client, firm, claim, colleague):
    client.force_login(colleague)
    answer = read(client)
    assert len(titles(answer)) == 1
    assert "未读</span>" not in answer.content.decode()
    assert unread_count(colleague) == 0
    assert titles(read(client, show="unread")) == []


def test_one_or_all_are_marked_as_read_and_the_list_stays_where_it_was(as_owner, owner, firm, period):
    for number in range(3):
        make_claim(firm, "5.2", period, facts={"booth_cny": "1"}, particulars=exhibition(f"展会{number}"))
    answer = as_owner.post(
        reverse("portal:messages_seen"), {"message": newest(firm).pk, "show": "unread", "page": "2"}
    )
    assert answer.url == "/messages/?show=unread&page=2"
    assert unread_count(owner) == 2
    answer = as_owner.post(reverse("portal:messages_seen"), follow=True)
    assert "2 条消息已标为已读。" in answer.content.decode()
    assert unread_count(owner) == 0
    assert "没有未读消息" in as_owner.post(reverse("portal:messages_seen"), follow=True).content.decode()


@pytest.mark.parametrize("typed", ["x", "-1", "９", "1" * 30, "1.5"])
def test_what_is_no_number_marks_nothing(as_owner, owner, claim, typed):
    answer = as_owner.post(reverse("portal:messages_seen"), {"message": typed, "page": typed, "show": typed})
    assert answer.status_code == 302
    assert read(as_owner, page=typed, show=typed).status_code == 200
    assert unread_count(owner) == 1


def test_marking_twice_is_the_same_as_once(owner, firm, claim):
    assert messages_read(user=owner) == 1
    assert messages_read(user=owner) == 0


def test_the_list_can_be_narrowed_to_a_topic(as_owner, firm, claim):
    event_add(kind="enterprise.verified", enterprise_id=firm.pk)
    assert titles(read(as_owner, show="firm")) == ["企业核验通过"]
    assert titles(read(as_owner, show="progress")) == ["境外展会：已收到申报"]
    assert titles(read(as_owner, show="money")) == []


def test_what_waits_to_be_done_is_listed_until_it_is_done(as_owner, firm, claim, commerce):
    returned(claim, commerce)
    assert len(titles(read(as_owner, show="act"))) == 1
    assert "待办理" in read(as_owner).content.decode()
    do("recall", claim, commerce)
    assert titles(read(as_owner, show="act")) == []
    assert "已处理" in read(as_owner).content.decode()
    returned(claim, commerce, at=NOW + timedelta(hours=1))
    assert len(titles(read(as_owner, show="act"))) == 1, "the first return asks for nothing any more"


def test_the_list_costs_the_same_number_of_queries_for_one_message_and_for_many(
    as_owner, firm, period, claim
):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            read(as_owner)
        return len(queries)

    before = cost()
    for number in range(25):
        make_claim(
            firm,
            "5.2",
            period,
            facts={"booth_cny": "1"},
            particulars=exhibition(f"展会{number}"),
            settle=False,
        )
    assert cost() == before
    assert "上一页" in read(as_owner, page="2").content.decode()
    assert len(titles(read(as_owner, page="2"))) == 6


def test_more_than_a_hundred_are_not_counted_out(as_owner, owner, firm):
    Message.objects.bulk_create(
        Message(enterprise=firm, kind="enterprise.verified", title="示例", created_at=NOW) for _ in range(150)
    )
    assert unread_count(owner) == 100
    assert "（99 条以上未读）" in read(as_owner).content.decode()


def test_a_title_with_marks_of_the_page_is_shown_as_it_is(as_owner, firm):
    Message.objects.create(enterprise=firm, kind="enterprise.verified", title="<b>示例</b>", created_at=NOW)
    assert "&lt;b&gt;示例" in read(as_owner).content.decode()
