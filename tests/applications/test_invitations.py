"""Inviting a colleague by mail: what goes out, whom the link lets in, and what it gives away."""

import logging
import re
from datetime import timedelta
from threading import Event
from time import sleep

import pytest
from django.contrib.sessions.models import Session
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Mail, User
from accounts.roles import Role
from applications.errors import NotAllowed, Refused, Stale
from applications.invitations import (
    MOST_A_DAY,
    MOST_A_DAY_UNCHECKED,
    MOST_TO_ONE,
    VALID,
    invitation_accept,
    invitation_fault,
    invitation_make,
    invitation_send_again,
    invitation_withdraw,
    invitations_open,
    invitations_shown,
    secret_hash,
)
from applications.leaving import firm_hand_over, membership_leave, owner_hand_over
from applications.membership import join_request_answer, join_request_make
from applications.models import Invitation, JoinRequest, Membership
from applications.visibility import firm_of
from tests.factories import NOW, make_firm, make_user, owner_of
from tests.support.threads import together

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
EMAIL = "new@firm.example"
SIGN_UP = {
    "username": "newcomer",
    "name": "示例新人",
    "phone": "0451-00000000",
    "email": EMAIL,
    "password": "a-long-password",
    "password_again": "a-long-password",
}


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def owner(firm):
    return owner_of(firm)


def invite(firm, email=EMAIL, *, at=None, name="示例新人"):
    return invitation_make(enterprise_id=firm.pk, actor=owner_of(firm), name=name, email=email, at=at)


def secret_of():
    """The secret in the link of the newest invitation's mail."""
    return re.search(r"/invitation/([\w-]+)", Mail.objects.filter(secret=True).last().body).group(1)


def opened(client):
    """The page of the newest invitation, after its link."""
    return client.get(f"/invitation/{secret_of()}/", follow=True)


def text_of(answer):
    return answer.content.decode()


# --- Inviting --------------------------------------------------------------------------------------


def test_the_mail_names_firm_and_inviter_and_the_table_keeps_no_secret(firm, owner):
    invitation = invite(firm, at=NOW)
    mail = Mail.objects.get()
    assert (mail.to, mail.secret) == (EMAIL, True)
    for words in (firm.name, owner.name, "http://", "只能使用一次"):
        assert words in mail.body
    assert "示例新人" not in mail.body
    assert invitation.secret_hash == secret_hash(secret_of())
    assert secret_of() not in str(vars(invitation))
    assert invitation.expires_at == NOW + VALID == NOW + timedelta(days=7)
    assert len(secret_of()) >= 43


def test_the_record_says_whom_and_nothing_of_the_secret(firm, owner):
    invite(firm)
    event = firm.events.get()
    assert (event.kind, event.actor, event.data) == (
        "enterprise.invited",
        owner,
        {"invited": "示例新人", "email": EMAIL},
    )


def test_only_the_owner_invites(firm):
    clerk = make_user("clerk")
    Membership.objects.create(user=clerk, enterprise=firm, since=NOW)
    for person in (clerk, make_user("stranger"), owner_of(make_firm("示例乙公司"))):
        with pytest.raises(NotAllowed):
            invitation_make(enterprise_id=firm.pk, actor=person, name="", email=EMAIL)


def test_one_invitation_to_an_address_is_open_however_it_is_written(firm):
    invite(firm, at=NOW)
    with pytest.raises(Refused, match="已经邀请过") as refusal:
        invite(firm, "NEW@firm.example", at=NOW)
    assert refusal.value.field == "email"
    invite(firm, "other@firm.example", at=NOW)
    invite(make_firm("示例乙公司"), at=NOW)


def test_after_it_has_expired_the_address_can_be_invited_anew(firm):
    first = invite(firm, at=NOW)
    with pytest.raises(Refused):
        invite(firm, at=NOW + VALID - SECOND)
    second = invite(firm, at=NOW + VALID)
    assert list(invitations_open(firm, at=NOW + VALID)) == [second]
    assert invitations_shown(firm, at=NOW + VALID) == [second]
    first.refresh_from_db()
    assert "重新发送过" in invitation_fault(first)


def test_the_inviter_never_learns_who_has_an_account(client, firm, owner):
    User.objects.create_user("known", email=EMAIL, password="a-long-password", name="示例某人")
    client.force_login(owner)
    for email in (EMAIL, "unknown@firm.example"):
        answer = client.post("/enterprise/people/invite/", {"name": "示例", "email": email}, follow=True)
        assert f"邀请已发往 {email}，7 天内有效。" in text_of(answer)
    assert Mail.objects.count() == 2


def test_sending_again_ends_the_link_before(client, firm, owner):
    first = invite(firm, at=NOW)
    old = secret_of()
    second = invitation_send_again(invitation_id=first.pk, actor=owner, at=NOW + SECOND)
    assert Mail.objects.count() == 2
    assert secret_of() != old
    assert second.expires_at == NOW + SECOND + VALID
    assert "最新一封" in text_of(client.get(f"/invitation/{old}/", follow=True))
    with pytest.raises(Stale):
        invitation_send_again(invitation_id=first.pk, actor=owner)


def test_nobody_is_flooded(firm, owner):
    invitation = invite(firm, at=NOW)
    for number in range(1, MOST_TO_ONE):
        invitation = invitation_send_again(invitation_id=invitation.pk, actor=owner, at=NOW + number * SECOND)
    with pytest.raises(Refused, match=f"最多向同一个邮箱发 {MOST_TO_ONE} 封"):
        invitation_send_again(invitation_id=invitation.pk, actor=owner, at=NOW + timedelta(hours=23))
    invitation_send_again(invitation_id=invitation.pk, actor=owner, at=NOW + timedelta(hours=25))


@pytest.mark.parametrize(("verified", "most"), [(True, MOST_A_DAY), (False, MOST_A_DAY_UNCHECKED)])
def test_a_firm_sends_so_many_a_day(verified, most):
    firm = make_firm(verified=verified)
    for number in range(most):
        invite(firm, f"new{number}@firm.example", at=NOW)
    with pytest.raises(Refused, match=f"最多发 {most} 份"):
        invite(firm, at=NOW)
    invite(firm, at=NOW + timedelta(days=1))


# --- Accepting -------------------------------------------------------------------------------------


def test_whoever_accepts_is_a_clerk_and_their_requests_go(firm, owner):
    invitation, person = invite(firm, at=NOW), make_user("person")
    join_request_make(enterprise=firm, user=person)
    join_request_make(enterprise=make_firm("示例乙公司"), user=person)
    invitation_accept(invitation_id=invitation.pk, user=person, at=NOW)
    assert firm_of(person) == firm
    assert firm.memberships.get(user=person).role == Membership.Role.CLERK
    assert not person.join_requests.exists()
    event = firm.events.last()
    assert (event.kind, event.actor, event.data["name"]) == (
        "enterprise.invitation_accepted",
        person,
        person.name,
    )


@pytest.mark.parametrize(("late", "may"), [(-SECOND, True), (0 * SECOND, False)])
def test_a_link_lets_in_until_it_expires(firm, late, may):
    invitation, person = invite(firm, at=NOW), make_user("person")
    if may:
        invitation_accept(invitation_id=invitation.pk, user=person, at=NOW + VALID + late)
    else:
        with pytest.raises(Stale, match="过期"):
            invitation_accept(invitation_id=invitation.pk, user=person, at=NOW + VALID + late)
    assert (firm_of(person) == firm) is may


def test_a_used_or_withdrawn_invitation_lets_nobody_in(firm, owner):
    used, gone = invite(firm), invite(firm, "gone@firm.example")
    invitation_accept(invitation_id=used.pk, user=make_user("first"))
    invitation_withdraw(invitation_id=gone.pk, actor=owner)
    for invitation, words in ((used, "已经使用过"), (gone, "已经撤回")):
        with pytest.raises(Stale, match=words):
            invitation_accept(invitation_id=invitation.pk, user=make_user(f"late{invitation.pk}"))
        with pytest.raises(Stale):
            invitation_withdraw(invitation_id=invitation.pk, actor=owner)


def test_who_acts_for_a_firm_cannot_accept_another(firm):
    invitation, busy = invite(firm), owner_of(make_firm("示例乙公司"))
    with pytest.raises(Refused, match="已经是一家企业"):
        invitation_accept(invitation_id=invitation.pk, user=busy)
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_invitations_of_somebody_who_is_out_let_nobody_in(firm, owner):
    invitation, clerk = invite(firm), make_user("clerk")
    Membership.objects.create(user=clerk, enterprise=firm, since=NOW)
    owner_hand_over(membership_id=firm.memberships.get(user=clerk).pk, actor=owner)
    assert list(invitations_open(firm)) == [invitation]
    membership_leave(user=owner)
    assert not invitations_open(firm).exists()
    assert firm.events.filter(kind="enterprise.invitation_withdrawn", actor=None).count() == 1


def test_an_owner_whom_the_administrator_replaces_leaves_no_open_door(firm):
    invite(firm)
    asked = make_user("asked")
    join_request_make(enterprise=firm, user=asked)
    firm_hand_over(
        enterprise_id=firm.pk,
        actor=make_user("admin", role=Role.ADMINISTRATOR),
        person_id=asked.pk,
        reason="原负责人已离职。",
    )
    assert not invitations_open(firm).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_accept_at_once_one_is_let_in(firm):
    invitation = invite(firm)
    people = [make_user("first"), make_user("second")]
    results = together(
        *(lambda user=user: invitation_accept(invitation_id=invitation.pk, user=user) for user in people)
    )
    assert sum(isinstance(result, Stale) for result in results) == 1
    assert firm.memberships.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_accepting_and_withdrawing_at_once_one_happens(firm, owner):
    invitation, person = invite(firm), make_user("person")
    results = together(
        lambda: invitation_accept(invitation_id=invitation.pk, user=person),
        lambda: invitation_withdraw(invitation_id=invitation.pk, actor=owner),
    )
    assert sum(isinstance(result, Stale) for result in results) == 1
    invitation.refresh_from_db()
    assert (invitation.accepted_at is None) is (firm.memberships.count() == 1)


@pytest.mark.django_db(transaction=True)
def test_accepting_while_another_owner_answers_the_persons_request_waits_and_is_refused(firm):
    invitation, other = invite(firm), make_firm("示例乙公司")
    person, is_being_answered = make_user("person"), Event()
    asked = join_request_make(enterprise=other, user=person)

    def answer():
        with transaction.atomic():
            JoinRequest.objects.select_for_update().get(pk=asked.pk)
            is_being_answered.set()
            sleep(0.3)
            join_request_answer(request_id=asked.pk, actor=owner_of(other), accept=True)

    def accept():
        assert is_being_answered.wait(60)
        return invitation_accept(invitation_id=invitation.pk, user=person)

    results = together(answer, accept)
    assert isinstance(results[1], Refused)
    assert firm_of(User.objects.get(pk=person.pk)) == other


# --- The page behind the link ----------------------------------------------------------------------


def test_anybody_reads_who_invites_to_what(client, firm, owner):
    invite(firm)
    answer = opened(client)
    for words in (firm.name, firm.credit_code, owner.name, "还没有账号", "登录并继续"):
        assert words in text_of(answer)
    assert f'value="{EMAIL}"' in text_of(answer)


def test_the_secret_leaves_the_address_at_once(client, firm):
    invite(firm)
    answer = client.get(f"/invitation/{secret_of()}/")
    assert answer.url == reverse("portal:invitation") == "/invitation/"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert secret_of() not in text_of(client.get("/invitation/"))


def test_no_log_of_ours_has_the_secret(client, firm, caplog):
    invite(firm)
    with caplog.at_level(logging.DEBUG):
        opened(client)
        client.post("/invitation/", {"username": "x"})
        for address in (f"/invitation/{secret_of()}/", f"/invitation/{secret_of()}"):
            assert client.post(address).url == client.get(address).url == "/invitation/"
            assert Client(enforce_csrf_checks=True).post(address).status_code == 302
    assert secret_of() not in caplog.text


def test_a_newcomer_makes_an_account_and_is_in(client, firm):
    invite(firm)
    opened(client)
    answer = client.post("/invitation/", SIGN_UP, follow=True)
    assert f"您已加入{firm.name}" in text_of(answer)
    user = User.objects.get(username="newcomer")
    assert firm_of(user) == firm
    assert firm.invitations.get().accepted_by == user
    assert "已经使用过" in text_of(opened(client))


def test_a_wrong_form_comes_back_as_typed_and_makes_nobody(client, firm):
    invite(firm)
    opened(client)
    answer = client.post("/invitation/", {**SIGN_UP, "phone": "没有"})
    assert "电话只填数字" in text_of(answer)
    assert 'value="newcomer"' in text_of(answer)
    assert "a-long-password" not in text_of(answer)
    assert not User.objects.filter(username="newcomer").exists()


def test_an_invitation_that_ends_while_one_types_makes_no_account(client, firm, owner):
    invitation = invite(firm)
    opened(client)
    invitation_withdraw(invitation_id=invitation.pk, actor=owner)
    answer = client.post("/invitation/", SIGN_UP)
    assert answer.status_code == 409
    assert "已经撤回" in text_of(answer)
    assert not User.objects.filter(username="newcomer").exists()


def test_who_has_an_account_signs_in_first_and_comes_back(client, firm):
    person = make_user("person")
    invite(firm)
    assert "/accounts/sign-in/?next=/invitation/" in text_of(opened(client))
    answer = client.post(
        "/accounts/sign-in/?next=/invitation/",
        {"username": "person", "password": "a-long-password"},
        follow=True,
    )
    assert "接受邀请，加入企业" in text_of(answer)
    assert firm_of(person) is None
    answer = client.post("/invitation/", {"accept": "1"}, follow=True)
    assert f"您已加入{firm.name}" in text_of(answer)
    assert firm.memberships.filter(user=person, ended_at=None).exists()


def test_reading_alone_accepts_nothing(client, firm):
    person = make_user("person")
    invite(firm)
    client.force_login(person)
    opened(client)
    client.post("/invitation/")
    assert firm_of(person) is None


def test_the_wrong_person_reads_what_to_do(client, firm, owner):
    invite(firm)
    client.force_login(owner_of(make_firm("示例乙公司")))
    text = text_of(opened(client))
    assert "您已经在为另一家企业办理" in text
    assert "示例乙公司" in text
    refused = client.post("/invitation/", {"accept": "1"})
    assert refused.status_code == 409
    client.force_login(owner)
    assert "您已经是这家企业的人员" in text_of(opened(client))


@pytest.mark.parametrize("secret", ["wrong", "x" * 300])
def test_a_link_that_is_none_says_what_to_do(client, secret):
    text = text_of(client.get(f"/invitation/{secret}/", follow=True))
    assert "没有找到这份邀请" in text
    assert "没有找到这份邀请" in text_of(client.get("/invitation/"))


def test_a_link_that_is_none_begins_no_session(client):
    client.get("/invitation/wrong/")
    assert not Session.objects.exists()


def test_an_expired_link_says_what_to_do(client, firm):
    invite(firm, at=NOW - timedelta(days=400))
    assert "重新发送" in text_of(opened(client))


def test_too_many_forms_from_one_address_are_stopped(client, firm, settings):
    settings.SIGN_UP_TRIES = 1
    invite(firm)
    opened(client)
    client.post("/invitation/", {**SIGN_UP, "phone": "没有"})
    answer = client.post("/invitation/", SIGN_UP)
    assert answer.status_code == 429
    assert 'value="newcomer"' in text_of(answer)
    assert Invitation.objects.get().accepted_at is None
