"""Registering a firm, its people, its check and its accounts, through the services."""

import pytest

from accounts.roles import Role
from applications.bank_accounts import Account, account_change
from applications.enterprises import (
    Profile,
    enterprise_refuse,
    enterprise_register,
    enterprise_update,
    enterprise_verify,
)
from applications.errors import NotAllowed, Refused
from applications.leaving import membership_end
from applications.membership import join_request_answer, join_request_make, join_request_withdraw
from applications.models import BankAccount, Enterprise, EvidenceFile, JoinRequest, Membership
from applications.record import EVENT_TITLES
from applications.visibility import firm_of
from tests.factories import NOW, credit_code, make_firm, make_user, owner_of

pytestmark = pytest.mark.django_db

ACCOUNT = Account(holder="示例甲公司", bank="示例银行", number="6200 0000 0000 0001")


def paper(user, name="示例营业执照.pdf"):
    return EvidenceFile.objects.create(
        sha256=f"{user.pk:064d}",
        name=name,
        content_type="application/pdf",
        size=1000,
        uploaded_by=user,
        uploaded_at=NOW,
    )


def profile(**fields):
    values = {
        "name": "示例甲公司",
        "city": "2301",
        "contact_name": "示例联系人",
        "contact_phone": "0451-00000000",
    }
    return Profile(**{**values, **fields})


def register(user, *, code=None, **fields):
    return enterprise_register(
        user=user,
        credit_code=code or credit_code(900),
        profile=profile(**fields),
        account=ACCOUNT,
        at=NOW,
    )


def clerk_of(firm, username="colleague"):
    colleague = make_user(username)
    request = join_request_make(enterprise=firm, user=colleague, at=NOW)
    join_request_answer(request_id=request.pk, actor=owner_of(firm), accept=True, at=NOW)
    return colleague


# --- Registering -----------------------------------------------------------------------------------


def test_the_first_person_is_the_owner_of_an_unverified_firm():
    owner = make_user("owner")
    firm = register(owner, licence=paper(owner), authorisation=paper(owner))
    assert not firm.is_verified
    assert firm.created_at == NOW
    assert firm.memberships.get().role == Membership.Role.OWNER
    assert firm.memberships.get().since == NOW


def test_registering_takes_the_papers_over_and_records_who_did_it():
    owner = make_user("owner")
    firm = register(owner, licence=paper(owner), authorisation=paper(owner))
    assert {file.enterprise_id for file in EvidenceFile.objects.all()} == {firm.pk}
    event = firm.events.get()
    assert (event.kind, event.actor, event.at) == ("enterprise.registered", owner, NOW)


def test_the_code_is_stored_in_its_normal_form():
    code = credit_code(900)
    firm = register(make_user("owner"), code=f" {code.lower()} ")
    assert firm.credit_code == code


def test_a_malformed_code_is_refused_at_its_field():
    with pytest.raises(Refused) as refusal:
        register(make_user("owner"), code="91")
    assert refusal.value.field == "credit_code"


def test_a_known_code_never_makes_a_second_firm():
    register(make_user("owner"))
    with pytest.raises(Refused, match="申请加入") as refusal:
        register(make_user("stranger"))
    assert refusal.value.field == "credit_code"
    assert Enterprise.objects.count() == 1
    assert BankAccount.objects.count() == 1


def test_who_acts_for_a_firm_cannot_register_another():
    owner = make_user("owner")
    register(owner)
    with pytest.raises(Refused, match="已经是一家企业"):
        register(owner, code=credit_code(901))


# --- Joining and leaving ---------------------------------------------------------------------------


def test_asking_twice_is_one_request():
    firm, colleague = make_firm(), make_user("colleague")
    first = join_request_make(enterprise=firm, user=colleague)
    assert join_request_make(enterprise=firm, user=colleague) == first
    assert firm_of(colleague) is None


def test_an_accepted_colleague_is_a_clerk():
    firm = make_firm()
    colleague = clerk_of(firm)
    assert firm_of(colleague) == firm
    assert firm.memberships.get(user=colleague).role == Membership.Role.CLERK


def test_a_declined_person_stays_outside_and_may_ask_again():
    firm, stranger = make_firm(), make_user("stranger")
    request = join_request_make(enterprise=firm, user=stranger)
    join_request_answer(request_id=request.pk, actor=owner_of(firm), accept=False)
    assert firm_of(stranger) is None
    assert join_request_make(enterprise=firm, user=stranger) != request


def test_only_the_owner_answers():
    firm = make_firm()
    colleague = clerk_of(firm)
    request = join_request_make(enterprise=firm, user=make_user("stranger"))
    for person in (colleague, request.user, owner_of(make_firm("示例乙公司"))):
        with pytest.raises(NotAllowed):
            join_request_answer(request_id=request.pk, actor=person, accept=True)


def test_an_answer_stands():
    firm = make_firm()
    request = join_request_make(enterprise=firm, user=make_user("stranger"))
    join_request_answer(request_id=request.pk, actor=owner_of(firm), accept=False)
    with pytest.raises(Refused, match="未同意"):
        join_request_answer(request_id=request.pk, actor=owner_of(firm), accept=True)


def test_an_answer_to_a_request_that_was_taken_back_is_refused_and_brings_nothing_back():
    firm, person = make_firm(), make_user("colleague")
    request = join_request_make(enterprise=firm, user=person)
    join_request_withdraw(request_id=request.pk, user=person)
    with pytest.raises(Refused, match="撤回了这份申请"):
        join_request_answer(request_id=request.pk, actor=owner_of(firm), accept=True)
    assert not JoinRequest.objects.exists()
    assert firm_of(person) is None


def test_who_has_joined_elsewhere_meanwhile_cannot_be_accepted():
    first, second, person = make_firm(), make_firm("示例乙公司"), make_user("colleague")
    requests = [join_request_make(enterprise=firm, user=person) for firm in (first, second)]
    join_request_answer(request_id=requests[0].pk, actor=owner_of(first), accept=True)
    with pytest.raises(Refused, match="已经是一家企业"):
        join_request_answer(request_id=requests[1].pk, actor=owner_of(second), accept=True)
    requests[1].refresh_from_db()
    assert requests[1].answer == JoinRequest.Answer.OPEN


def test_a_request_for_the_wrong_firm_can_be_taken_back_by_its_maker_alone():
    request = join_request_make(enterprise=make_firm(), user=make_user("colleague"))
    with pytest.raises(Refused):
        join_request_withdraw(request_id=request.pk, user=make_user("stranger"))
    join_request_withdraw(request_id=request.pk, user=request.user)
    assert not JoinRequest.objects.exists()


def test_the_owner_removes_a_clerk_whose_membership_is_kept():
    firm = make_firm()
    colleague = clerk_of(firm)
    membership = firm.memberships.get(user=colleague)
    with pytest.raises(NotAllowed):
        membership_end(membership_id=membership.pk, actor=colleague)
    membership_end(membership_id=membership.pk, actor=owner_of(firm), at=NOW)
    membership.refresh_from_db()
    assert membership.ended_at == NOW
    with pytest.raises(Refused, match="已经不是"):
        membership_end(membership_id=membership.pk, actor=owner_of(firm))


def test_the_owner_cannot_be_removed():
    firm = make_firm()
    with pytest.raises(Refused, match="不能移除自己"):
        membership_end(membership_id=firm.memberships.get().pk, actor=owner_of(firm))


# --- The check -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "city", "may"),
    [
        (Role.COMMERCE, "", True),
        (Role.CITY_COMMERCE, "2301", True),
        (Role.CITY_COMMERCE, "2311", False),
        (Role.CITY_FINANCE, "2301", False),
        (Role.FINANCE, "", False),
        (Role.AUDITOR, "", False),
        (Role.DATA, "", False),
    ],
)
def test_city_or_province_commerce_checks_a_firm(role, city, may):
    firm, officer = make_firm(verified=False), make_user("officer", role=role, city=city)
    if may:
        firm = enterprise_verify(enterprise_id=firm.pk, officer=officer, at=NOW)
        assert (firm.is_verified, firm.verified_by, firm.verified_at) == (True, officer, NOW)
    else:
        with pytest.raises(NotAllowed):
            enterprise_verify(enterprise_id=firm.pk, officer=officer)


def test_nobody_checks_the_own_firm():
    commerce = make_user("commerce", role=Role.COMMERCE)
    firm = make_firm(verified=False, owner=commerce)
    with pytest.raises(NotAllowed, match="您是这家企业"):
        enterprise_verify(enterprise_id=firm.pk, officer=commerce)


def test_a_refusal_says_why_and_a_corrected_firm_is_looked_at_again():
    firm, commerce = make_firm(verified=False), make_user("commerce", role=Role.COMMERCE)
    with pytest.raises(Refused) as refusal:
        enterprise_refuse(enterprise_id=firm.pk, officer=commerce, note="  ")
    assert refusal.value.field == "note"
    enterprise_refuse(enterprise_id=firm.pk, officer=commerce, note="授权书没有盖章。")
    firm = enterprise_update(
        enterprise_id=firm.pk, actor=owner_of(firm), profile=profile(name="示例新名公司")
    )
    assert firm.verification == Enterprise.Verification.PENDING
    assert firm.name == "示例新名公司"
    assert enterprise_verify(enterprise_id=firm.pk, officer=commerce).is_verified


def test_what_has_been_checked_does_not_change_by_itself():
    firm = make_firm()
    firm = enterprise_update(
        enterprise_id=firm.pk,
        actor=owner_of(firm),
        profile=profile(name="示例另一公司", city="2311", contact_name="示例新联系人"),
    )
    assert (firm.name, firm.city, firm.contact_name) == ("示例甲公司", "2301", "示例新联系人")
    assert firm.is_verified


def test_a_checked_firm_is_not_checked_twice():
    firm, commerce = make_firm(), make_user("commerce", role=Role.COMMERCE)
    with pytest.raises(Refused, match="已核验"):
        enterprise_refuse(enterprise_id=firm.pk, officer=commerce, note="理由。")


def test_every_event_of_a_firm_has_a_title():
    firm = make_firm(verified=False)
    clerk_of(firm)
    account_change(enterprise_id=firm.pk, actor=owner_of(firm), account=ACCOUNT)
    enterprise_verify(enterprise_id=firm.pk, officer=make_user("commerce", role=Role.COMMERCE))
    assert set(firm.events.values_list("kind", flat=True)) <= set(EVENT_TITLES)
    assert firm.events.count() == 4
