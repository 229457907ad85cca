"""Handing an enterprise over whose staff have left: who may, to whom, and what it means for whom."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Mail
from accounts.roles import Role
from applications.bank_accounts import Account, account_change, change_pending
from applications.claims import draft_save
from applications.errors import NotAllowed, Refused
from applications.leaving import firm_hand_over
from applications.membership import join_request_make
from applications.models import Membership
from applications.visibility import claims_of_firm, firm_of
from tests.factories import NOW, make_claim, make_firm, make_period, make_user, owner_of

pytestmark = pytest.mark.django_db
REASON = "原负责人已离职，企业来函并电话核实。"


@pytest.fixture
def admin():
    return make_user("admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def firm():
    return make_firm()


def clerk(firm, name="clerk"):
    user = make_user(name, name=f"示例{name}")
    Membership.objects.create(user=user, enterprise=firm, since=NOW)
    return user


def asking(firm, name="asking"):
    user = make_user(name, name=f"示例{name}")
    join_request_make(enterprise=firm, user=user)
    return user


def hand_over(firm, admin, person, **more):
    return firm_hand_over(
        enterprise_id=firm.pk, actor=admin, person_id=person.pk, **{"reason": REASON, **more}
    )


def typed(person, owner="leaves", reason=REASON):
    return {"person": person.pk, "owner": owner, "reason": reason}


def test_a_clerk_becomes_the_owner_and_the_former_one_is_out_at_once(client, firm, admin):
    former, new = owner_of(firm), clerk(firm)
    former.email = "former@firm.example"
    former.save()
    draft = make_claim(firm, "5.1", make_period(), submit=False)
    client.force_login(former)
    assert client.get(f"/claims/{draft.number}/").status_code == 200
    hand_over(firm, admin, new)
    assert owner_of(firm) == new
    assert firm_of(type(former).objects.get(pk=former.pk)) is None
    assert client.get(f"/claims/{draft.number}/").status_code == 302
    assert list(claims_of_firm(type(new).objects.get(pk=new.pk))) == [draft]
    assert "不再是" in Mail.objects.get(to="former@firm.example").subject


def test_somebody_who_has_asked_to_join_can_take_the_firm_over(firm, admin):
    new = asking(firm)
    hand_over(firm, admin, new)
    assert owner_of(firm) == new
    request = new.join_requests.get()
    assert (request.answer, request.answered_by) == ("accepted", admin)


def test_drafts_of_somebody_who_has_left_go_on_with_the_firm(firm, admin):
    former, new = owner_of(firm), asking(firm)
    draft = make_claim(firm, "5.1", make_period(), submit=False)
    hand_over(firm, admin, new)
    draft_save(claim_id=draft.pk, actor=new, draft={"facts": {"booth_cny": "1"}, "particulars": {}})
    with pytest.raises(NotAllowed):
        draft_save(claim_id=draft.pk, actor=former, draft={"facts": {}, "particulars": {}})


def test_the_former_owner_may_stay_as_a_clerk(firm, admin):
    former, new = owner_of(firm), clerk(firm)
    hand_over(firm, admin, new, owner_stays=True)
    assert firm.memberships.get(user=former, ended_at=None).role == Membership.Role.CLERK
    assert firm.memberships.filter(role=Membership.Role.OWNER, ended_at=None).count() == 1


def test_it_is_recorded_with_the_reason_and_the_firm_reads_no_officers_name(client, firm, admin):
    new = clerk(firm)
    former = owner_of(firm)
    hand_over(firm, admin, new)
    event = firm.events.get(kind="enterprise.handed_over")
    assert (event.actor, event.data["reason"], event.data["before"]) == (admin, REASON, former.name)
    client.force_login(new)
    page = client.get("/enterprise/history/").content.decode()
    assert "平台管理员" in page
    assert REASON in page
    assert admin.name not in page


@pytest.mark.parametrize("role", [Role.COMMERCE, Role.FINANCE, Role.AUDITOR, Role.DATA])
def test_only_administrators_hand_over(firm, role):
    with pytest.raises(NotAllowed):
        hand_over(firm, make_user("officer", role=role), clerk(firm))


def test_nobody_hands_a_firm_to_themselves_or_one_that_they_act_for(firm, admin):
    join_request_make(enterprise=firm, user=admin)
    with pytest.raises(NotAllowed):
        hand_over(firm, admin, admin)
    admin.join_requests.all().delete()
    Membership.objects.create(user=admin, enterprise=firm, since=NOW)
    with pytest.raises(NotAllowed):
        hand_over(firm, admin, clerk(firm))


def test_nobody_else_can_be_given_a_firm(firm, admin):
    busy = owner_of(make_firm("示例乙公司"))
    join_request = asking(firm, "elsewhere")
    Membership.objects.create(user=join_request, enterprise=make_firm("示例丙公司"), since=NOW)
    gone = clerk(firm, "gone")
    firm.memberships.filter(user=gone).update(ended_at=NOW)
    closed = clerk(firm, "closed")
    closed.is_active = False
    closed.save()
    for person in (make_user("stranger"), busy, join_request, gone, closed, owner_of(firm)):
        with pytest.raises(Refused) as refusal:
            hand_over(firm, admin, person)
        assert refusal.value.field == "person"


def test_a_reason_is_needed(firm, admin):
    with pytest.raises(Refused) as refusal:
        hand_over(firm, admin, clerk(firm), reason=" ")
    assert refusal.value.field == "reason"


def test_a_change_of_account_that_lost_its_confirmer_begins_to_wait(firm, admin):
    colleague = clerk(firm)
    account = Account(firm.name, "示例银行", "6222000000001234")
    account_change(enterprise_id=firm.pk, actor=colleague, account=account, at=NOW + timedelta(hours=1))
    assert change_pending(firm.pk).waits_until is None
    hand_over(firm, admin, colleague)
    assert change_pending(firm.pk).waits_until is not None


# --- The pages -------------------------------------------------------------------------------------


def test_the_administrator_finds_the_firm_and_hands_it_over(client, firm, admin):
    new = clerk(firm)
    client.force_login(admin)
    listed = client.get(reverse("review:firms"), {"q": firm.credit_code})
    assert owner_of(firm).name in listed.content.decode()
    address = reverse("review:firm", args=[firm.pk])
    page = client.get(address).content.decode()
    assert "示例clerk（用户名 clerk，经办人" in page
    assert "6200" not in page
    answer = client.post(address, typed(new), follow=True)
    assert f"{firm}已移交给{new}" in answer.content.decode()


def test_a_form_that_is_not_complete_comes_back_as_typed(client, firm, admin):
    new = clerk(firm)
    client.force_login(admin)
    answer = client.post(reverse("review:firm", args=[firm.pk]), typed(new, owner="", reason="原因"))
    assert answer.status_code == 409
    assert "请选择原负责人是否仍在企业" in answer.content.decode()
    assert "原因</textarea>" in answer.content.decode()


def test_without_anybody_to_take_over_the_page_says_what_to_do(client, firm, admin):
    client.force_login(admin)
    assert "没有可以接手的人" in client.get(reverse("review:firm", args=[firm.pk])).content.decode()


def test_auditors_read_and_do_nothing(client, firm):
    new = clerk(firm)
    account = Account(firm.name, "示例银行", "6222000000001234")
    account_change(enterprise_id=firm.pk, actor=new, account=account)
    client.force_login(make_user("auditor", role=Role.AUDITOR))
    address = reverse("review:firm", args=[firm.pk])
    page = client.get(address).content.decode()
    assert "移交企业" not in page
    assert "登记新的收款账户" in page
    assert client.post(address, typed(new)).status_code == 403


def test_the_list_costs_the_same_however_long_it_is(client, firm, admin):
    client.force_login(admin)

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(reverse("review:firms"))
        return len(found)

    few = queries()
    for number in range(15):
        clerk(make_firm(f"示例公司{number}"), f"clerk{number}")
    assert queries() == few
