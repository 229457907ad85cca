"""The joint conference: its list, who puts what on it, and what becomes of a matter."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.errors import NotAllowed, Refused, Stale
from applications.models import Event, Holiday, Membership
from applications.support import support_request_file
from review.matters import (
    last_step,
    matter_change,
    matter_close,
    matter_note,
    matter_raise,
    matter_reopen,
    usual_due,
)
from review.models import JointMatter
from tests.factories import NOW, make_firm, owner_of
from tests.support.threads import together

pytestmark = pytest.mark.django_db
LIST = "review:matters"
DUE = date(2026, 3, 31)


def raised(officers, **changes):
    values = {
        "title": "示例口岸预约时间长",
        "text": "高峰期要等五天。",
        "owner": "customs",
        "partners": ["commerce", "transport"],
        "due_on": DUE,
        "actor": officers.commerce,
        "at": NOW,
    }
    return matter_raise(**{**values, **changes})


def asked_of(firm, item="12.1"):
    return support_request_file(
        enterprise=firm, item=item, actor=owner_of(firm), facts={"subject": "示例诉求"}, at=NOW
    )


def post(client, matter, action, **fields):
    fields = {f"{action}-{name}": value for name, value in fields.items()}
    return client.post(
        reverse("review:matter_act", args=[matter.number, action]), {"seen": last_step(matter), **fields}
    )


@pytest.fixture
def matter(officers):
    return raised(officers)


# --- Putting a matter on the list ------------------------------------------------------------------


def test_commerce_puts_a_matter_on_the_list_in_the_page(officers, sign_in):
    client = sign_in(officers.commerce)
    form = client.get(reverse("review:matter_new")).context["form"]
    due = form.initial["due_on"]
    assert due == usual_due(timezone.localdate()).isoformat()
    given = {"title": "示例事项", "text": "情况", "owner": "tax", "partners": ["customs"], "due_on": due}
    answer = client.post(reverse("review:matter_new"), given, follow=True)
    made = JointMatter.objects.get()
    assert made.number == f"LX-{timezone.localdate().year}-001"
    assert made.partners == ["customs"]
    text = answer.content.decode()
    assert "示例事项" in text
    assert "省税务局" in text
    assert Event.objects.get(topic=f"matter:{made.number}").kind == "matter.raised"


def test_what_was_typed_stays_where_something_is_wrong(officers, sign_in):
    given = {"title": "示例事项", "text": "", "owner": "tax", "partners": ["customs"], "due_on": "2020-01-01"}
    answer = sign_in(officers.commerce).post(reverse("review:matter_new"), given)
    assert answer.status_code == 422
    assert "请说明情况" in answer.content.decode()
    answer = sign_in(officers.commerce).post(reverse("review:matter_new"), {**given, "text": "情况"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "办理期限不能早于今天" in text
    assert 'value="示例事项"' in text
    assert not JointMatter.objects.exists()


@pytest.mark.parametrize("day", [date(2026, 3, 28), date(2026, 3, 30)])
def test_a_date_that_is_no_working_day_is_refused_with_the_next_one(officers, day):
    Holiday.objects.create(day=date(2026, 3, 30), kind="off")
    with pytest.raises(Refused, match=r"不是工作日.*3 月 31 日") as refused:
        raised(officers, due_on=day)
    assert refused.value.field == "due_on"


def test_one_department_alone_is_no_matter_of_the_conference(officers):
    with pytest.raises(Refused, match="配合部门"):
        raised(officers, partners=["customs"])


def test_an_office_raises_only_what_it_takes_part_in(officers):
    assert raised(officers, actor=officers.customs).raised_by == officers.customs
    with pytest.raises(NotAllowed):
        raised(officers, owner="tax", partners=["finance"], actor=officers.customs)
    with pytest.raises(NotAllowed):
        raised(officers, actor=officers.auditor)


def test_a_firms_request_goes_on_the_list_and_the_firm_sees_it(officers, sign_in):
    firm = make_firm()
    asked = asked_of(firm)
    client = sign_in(officers.commerce)
    page = client.get(reverse("review:support_request", args=[asked.number]))
    address = f"{reverse('review:matter_new')}?request={asked.number}"
    assert address in page.content.decode()
    form = client.get(address).context["form"]
    assert (form.initial["title"], form.initial["owner"]) == ("示例诉求", "commerce")
    given = {**form.initial, "text": "情况", "partners": ["customs"]}
    assert client.post(address, given).status_code == 302
    made = JointMatter.objects.get()
    assert made.support_request == asked
    own = sign_in(owner_of(firm)).get(reverse("portal:support_request", args=[asked.number])).content.decode()
    assert "已列入联席会议" in own
    assert made.number in own
    assert client.get(address).url == reverse("review:matter", args=[made.number])


def test_a_request_leads_to_its_matter_only_those_who_may_open_it(officers, sign_in):
    asked = asked_of(make_firm())
    made = raised(officers, request_id=asked.pk, owner="customs", partners=["commerce"])
    page, address = reverse("review:support_request", args=[asked.number]), f"/matters/{made.number}/"
    for user, leads in ((officers.customs, True), (officers.finance, False)):
        text = sign_in(user).get(page).content.decode()
        assert made.number in text
        assert (address in text) is leads


def test_a_request_is_listed_once(officers):
    asked = asked_of(make_firm())
    raised(officers, request_id=asked.pk)
    with pytest.raises(Stale, match="已经列入联席会议"):
        raised(officers, request_id=asked.pk)


def test_a_request_that_was_not_routed_to_an_office_is_not_its_to_list(officers):
    asked = asked_of(make_firm(), item="10.1")
    with pytest.raises(NotAllowed):
        raised(officers, request_id=asked.pk, actor=officers.customs)


def test_whoever_works_for_the_firm_does_not_list_its_request(officers):
    firm = make_firm()
    asked = asked_of(firm)
    Membership.objects.create(user=officers.commerce, enterprise=firm, role="clerk", since=NOW)
    with pytest.raises(NotAllowed):
        raised(officers, request_id=asked.pk)


# --- Who sees and does what ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [("commerce", 200), ("customs", 200), ("auditor", 200), ("finance", 404), ("city", 404), ("admin", 403)],
)
def test_the_named_departments_commerce_and_auditors_see_a_matter(officers, sign_in, matter, name, status):
    client = sign_in(getattr(officers, name))
    assert client.get(reverse("review:matter", args=[matter.number])).status_code == status
    if status != 403:
        assert (matter in client.get(reverse(LIST)).context["page"]) is (status == 200)


def test_a_city_sees_the_matters_of_its_own_firms(officers, sign_in):
    asked = asked_of(make_firm(city="2311"))
    made = raised(officers, request_id=asked.pk, partners=["commerce", "city"])
    for name, seen in (("heihe", True), ("city", False)):
        assert (made in sign_in(getattr(officers, name)).get(reverse(LIST)).context["page"]) is seen
    assert matter_note(matter_id=made.pk, text="已走访。", actor=officers.heihe)
    with pytest.raises(NotAllowed):
        matter_note(matter_id=made.pk, text="已走访。", actor=officers.city)


def test_a_named_department_adds_what_it_did_and_cannot_close(officers, sign_in, matter):
    client = sign_in(officers.customs)
    page = client.get(reverse("review:matter", args=[matter.number]))
    assert page.context["may_note"]
    assert not page.context["may_change"]
    assert post(client, matter, "note", text="已增加周末时段。").status_code == 302
    assert "已增加周末时段。" in client.get(reverse(LIST)).content.decode()
    answer = post(client, matter, "close", text="完成。")
    assert answer.status_code == 403
    assert "由省商务厅管理" in answer.content.decode()


def test_an_auditor_reads_and_writes_nothing(officers, sign_in, matter):
    client = sign_in(officers.auditor)
    page = client.get(reverse("review:matter", args=[matter.number]))
    assert not page.context["may_note"]
    assert not page.context["may_change"]
    assert post(client, matter, "note", text="看过。").status_code == 403


def test_commerce_changes_owner_and_date_with_a_reason(officers, sign_in, matter):
    due = usual_due(timezone.localdate())
    client = sign_in(officers.commerce)
    refused = post(client, matter, "change", owner="transport", due_on=due.isoformat(), reason="")
    assert refused.status_code == 422
    assert "请写明原因" in refused.content.decode()
    done = post(client, matter, "change", owner="transport", due_on=due.isoformat(), reason="职责在交通。")
    assert done.status_code == 302
    matter.refresh_from_db()
    assert (matter.owner, matter.partners, matter.due_on) == ("transport", ["commerce", "customs"], due)
    note = matter.notes.get().text
    assert "牵头部门由哈尔滨海关改为省交通运输厅" in note
    assert "原因：职责在交通。" in note


def test_a_change_that_changes_nothing_is_refused(officers, matter):
    with pytest.raises(Refused, match="没有改变"):
        matter_change(
            matter_id=matter.pk, owner="customs", due_on=DUE, reason="无", seen=0, actor=officers.commerce
        )


def test_a_matter_is_closed_and_taken_up_again(officers, sign_in, matter):
    client = sign_in(officers.commerce)
    assert post(client, matter, "close", text="已议定。").status_code == 302
    matter.refresh_from_db()
    assert matter.standing == "closed"
    assert matter in client.get(reverse(LIST), {"tab": "closed"}).context["page"]
    assert post(client, matter, "note", text="补充。").status_code == 409
    due = usual_due(timezone.localdate())
    assert post(client, matter, "reopen", text="问题又出现。", due_on=due.isoformat()).status_code == 302
    matter.refresh_from_db()
    assert (matter.standing, matter.closed_at, matter.due_on) == ("open", None, due)
    kinds = list(Event.objects.filter(topic=f"matter:{matter.number}").values_list("kind", flat=True))
    assert set(kinds) == {"matter.raised", "matter.closed", "matter.reopened"}


def test_an_open_matter_is_not_taken_up_again(officers, matter):
    with pytest.raises(Refused, match="还在办理"):
        matter_reopen(matter_id=matter.pk, text="再来", due_on=DUE, seen=0, actor=officers.commerce, at=NOW)


def test_whoever_acts_on_an_old_page_is_told(officers, matter):
    matter_note(matter_id=matter.pk, text="新的情况。", actor=officers.customs)
    with pytest.raises(Stale, match="别人已经更新"):
        matter_close(matter_id=matter.pk, text="完成。", seen=0, actor=officers.commerce)
    matter.refresh_from_db()
    assert matter.standing == "open"


@pytest.mark.django_db(transaction=True)
def test_two_people_close_at_once_and_one_is_told(officers):
    matter = raised(officers)
    results = together(
        *(
            lambda person=person: matter_close(matter_id=matter.pk, text="完成。", seen=0, actor=person)
            for person in (officers.commerce, officers.commerce2)
        )
    )
    assert sum(isinstance(each, Refused) for each in results) == 1
    assert matter.notes.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_list_one_request_at_once_and_it_is_listed_once(officers):
    asked = asked_of(make_firm())
    results = together(
        *(
            lambda person=person: raised(officers, request_id=asked.pk, actor=person)
            for person in (officers.commerce, officers.commerce2)
        )
    )
    assert sum(isinstance(each, Stale) for each in results) == 1
    assert JointMatter.objects.count() == 1


# --- The list --------------------------------------------------------------------------------------


def test_what_is_late_or_nearly_so_stands_out_in_words(officers, sign_in):
    today = timezone.localdate()
    made = [raised(officers, title=f"示例{number}", due_on=usual_due(today)) for number in range(3)]
    for each, days in ((made[0], -7), (made[1], 0)):
        JointMatter.objects.filter(pk=each.pk).update(due_on=today + timedelta(days=days))
    client = sign_in(officers.commerce)
    page = client.get(reverse(LIST))
    assert list(page.context["page"]) == made
    text = page.content.decode()
    assert "已超过 " in text
    assert "今天到期" in text
    assert "还剩 20 个工作日" in text
    counts = {key: count for key, _, count in page.context["tabs"]}
    assert counts == {"open": 3, "late": 1, "nearly": 1, "closed": 0}
    for tab, hit in (("late", made[0]), ("nearly", made[1])):
        assert list(client.get(reverse(LIST), {"tab": tab}).context["page"]) == [hit]


def test_matters_are_found_by_words_and_owner(officers, sign_in, matter):
    client = sign_in(officers.commerce)
    asks = ({"q": matter.number}, 1), ({"q": "没有的词"}, 0), ({"owner": "customs"}, 1), ({"owner": "tax"}, 0)
    for asked, hits in asks:
        assert len(client.get(reverse(LIST), asked).context["page"].object_list) == hits
    assert "没有找到" in client.get(reverse(LIST), {"q": "没有的词"}).content.decode()


def test_an_empty_list_says_so(officers, sign_in):
    assert "这里没有联席会议事项" in sign_in(officers.commerce).get(reverse(LIST)).content.decode()


def test_twenty_matters_cost_as_many_queries_as_one(officers, sign_in):
    client, counts = sign_in(officers.customs), []
    for number in (1, 19):
        for _ in range(number):
            made = raised(officers)
            matter_note(matter_id=made.pk, text="跟进。", actor=officers.customs)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]
