"""Changing the account that money goes to: two people of the firm, or three working days where there is only one."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from applications.account_waits import WAITING_DAYS
from applications.bank_accounts import (
    Account,
    account_change,
    accounts_due,
    change_confirm,
    change_decline,
    change_pending,
    change_to_confirm,
    change_withdraw,
    change_words,
)
from applications.errors import NotAllowed, Refused, Stale
from applications.leaving import membership_end, membership_leave, owner_hand_over
from applications.models import BankAccount, Holiday, Membership
from applications.tasks import bank_accounts_due
from review.people import user_recorded, user_values
from tests.factories import NOW, SHANGHAI, make_firm, make_user, owner_of
from tests.support.threads import together

S = BankAccount.Standing
#: The day after the firm came: its people were there before.
LATER = NOW + timedelta(days=1)
NEW = Account("示例甲公司", "示例银行", "6222 0000 0000 1234")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def holidays_known(db):
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")


@pytest.fixture
def firm():
    return make_firm()


@pytest.fixture
def owner(firm):
    return owner_of(firm)


def member(firm, name="colleague", *, since=NOW):
    user = make_user(name)
    Membership.objects.create(user=user, enterprise=firm, role=Membership.Role.CLERK, since=since)
    return user


@pytest.fixture
def colleague(firm):
    return member(firm)


def change(firm, actor, account=NEW, *, at=LATER, **more):
    return account_change(enterprise_id=firm.pk, actor=actor, account=account, at=at, **more)


def in_force(firm):
    return firm.bank_accounts.get(standing=S.IN_FORCE)


def at(day, hour=0, minute=5, month=3):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


# --- Registering -----------------------------------------------------------------------------------


def test_a_verified_firm_keeps_its_account_until_the_new_one_comes_into_force(firm, owner):
    old = in_force(firm)
    assert change(firm, owner).standing == S.PENDING
    assert in_force(firm) == old


def test_any_member_registers_a_change_and_nobody_else(firm, owner, colleague):
    assert change(firm, colleague).created_by == colleague
    for person in (make_user("stranger"), owner_of(make_firm("示例乙公司"))):
        with pytest.raises(NotAllowed):
            change(firm, person)


def test_a_second_change_waits_until_the_first_is_dealt_with(firm, owner, colleague):
    change(firm, owner)
    other = Account("示例甲公司", "示例银行", "62000000000000022")
    with pytest.raises(Refused, match="先撤回"):
        change(firm, colleague, other)
    assert change_pending(firm.pk).number == "6222000000001234"


def test_an_unverified_firm_gets_the_new_account_at_once():
    firm = make_firm(verified=False)
    old = in_force(firm)
    new = change(firm, owner_of(firm))
    old.refresh_from_db()
    assert in_force(firm) == new
    assert (old.standing, old.ended_at, new.in_force_from) == (S.FORMER, LATER, LATER)


def test_the_first_account_of_a_verified_firm_waits_too():
    firm = make_firm(account=False)
    assert change(firm, owner_of(firm)).standing == S.PENDING


@pytest.mark.parametrize("number", ["1234567", "1" * 33, "6200-00O0-0000", "账号", ""])
def test_a_number_that_is_none_is_refused(firm, owner, number):
    with pytest.raises(Refused, match="8 到 32 位数字"):
        change(firm, owner, Account("示例甲公司", "示例银行", number))


@pytest.mark.parametrize("number", ["12345678", "1" * 32, "６２２２ 0000 0000", "6222\u200b 0000 \u202a0000"])
def test_eight_to_thirty_two_digits_are_a_number(firm, owner, number):
    change(firm, owner, Account("示例甲公司", "示例银行", number))
    plain = "".join(letter for letter in number.replace("６２２２", "6222") if letter.isdecimal())
    assert firm.bank_accounts.filter(number=plain).exists()


def test_digits_are_shown_in_groups_of_four_and_the_tail_alone_elsewhere():
    account = BankAccount(number="62220000000012345")
    assert (account.grouped, account.tail) == ("6222 0000 0000 1234 5", "2345")


def test_the_same_account_again_is_no_change(firm, owner):
    same = in_force(firm)
    with pytest.raises(Refused, match="正在使用"):
        change(firm, owner, Account(same.holder, same.bank, same.number))


def test_a_holder_other_than_the_firm_needs_words_which_stay_with_the_change(firm, owner):
    other = Account("示例母公司", NEW.bank, NEW.number)
    with pytest.raises(Refused) as refusal:
        change(firm, owner, other, words="  ")
    assert refusal.value.field == "words"
    made = change(firm, owner, other, words="款项由母公司统一收取。")
    assert change_words(made) == "款项由母公司统一收取。"


def test_brackets_and_spaces_make_no_other_holder():
    firm = make_firm("示例甲（哈尔滨）公司")
    assert change(firm, owner_of(firm), Account("示例甲(哈尔滨) 公司", NEW.bank, NEW.number)).pk


def test_what_nobody_sees_is_left_out_of_a_name_and_rare_letters_stay(firm, owner):
    made = change(
        firm,
        owner,
        Account("\ufeff示例甲\u200b公\x0b司\uffff", "示例\n银行\u202e\ue5e5\U00031350", NEW.number),
    )
    assert (made.holder, made.bank) == ("示例甲公司", "示例银行\ue5e5\U00031350")


def test_a_name_of_nothing_that_can_be_seen_is_none(firm, owner):
    with pytest.raises(Refused, match="户名和开户行"):
        change(firm, owner, Account("\u200b\ufeff", "示例银行", NEW.number))


def test_the_database_allows_one_account_in_force_and_one_pending(firm, owner):
    pending = change(firm, owner)
    pending.standing = S.IN_FORCE
    with pytest.raises(IntegrityError), transaction.atomic():
        pending.save()
    pending.pk, pending.standing = None, S.PENDING
    with pytest.raises(IntegrityError), transaction.atomic():
        pending.save()


# --- Two people ------------------------------------------------------------------------------------


def test_another_member_confirms_and_the_new_account_is_in_force(firm, owner, colleague):
    old, new = in_force(firm), change(firm, owner)
    assert (new.waits_until, change_to_confirm(colleague), change_to_confirm(owner)) == (None, new, None)
    change_confirm(change_id=new.pk, actor=colleague, at=LATER)
    old.refresh_from_db()
    new = in_force(firm)
    assert (new.number, new.answered_by, new.in_force_from) == ("6222000000001234", colleague, LATER)
    assert (old.standing, old.ended_at) == (S.FORMER, LATER)
    assert change_to_confirm(colleague) is None


def test_the_owner_confirms_what_a_clerk_has_registered(firm, owner, colleague):
    new = change(firm, colleague)
    change_confirm(change_id=new.pk, actor=owner)
    assert in_force(firm) == new


def test_nobody_confirms_a_change_of_their_own(firm, owner, colleague):
    new = change(firm, owner)
    with pytest.raises(NotAllowed, match="由您登记"):
        change_confirm(change_id=new.pk, actor=owner)
    with pytest.raises(NotAllowed, match="由您登记"):
        change_decline(change_id=new.pk, actor=owner)


@pytest.mark.parametrize(("seconds", "may"), [(-1, True), (0, False), (1, False)])
def test_who_came_with_or_after_the_change_cannot_confirm_it(firm, owner, seconds, may):
    member(firm, "first")
    late = member(firm, "late", since=LATER + timedelta(seconds=seconds))
    new = change(firm, owner)
    assert (change_to_confirm(late) == new) is may
    if may:
        change_confirm(change_id=new.pk, actor=late)
    else:
        with pytest.raises(NotAllowed, match="登记之后才加入"):
            change_confirm(change_id=new.pk, actor=late)


def test_who_has_left_and_come_back_is_new(firm, owner, colleague):
    new = change(firm, owner)
    membership_end(membership_id=firm.memberships.get(user=colleague).pk, actor=owner, at=LATER)
    Membership.objects.create(user=colleague, enterprise=firm, since=LATER)
    with pytest.raises(NotAllowed):
        change_confirm(change_id=new.pk, actor=colleague)


def test_strangers_neither_confirm_nor_decline_nor_withdraw(firm, owner, colleague):
    new = change(firm, owner)
    for person in (make_user("stranger"), owner_of(make_firm("示例乙公司"))):
        for service in (change_confirm, change_decline, change_withdraw):
            with pytest.raises(NotAllowed):
                service(change_id=new.pk, actor=person)


def test_a_declined_change_leaves_the_account_as_it_is(firm, owner, colleague):
    old, new = in_force(firm), change(firm, owner)
    change_decline(change_id=new.pk, actor=colleague, reason="账号不对。", at=LATER)
    new.refresh_from_db()
    assert (new.standing, new.answered_by, new.ended_at, in_force(firm)) == (
        S.DECLINED,
        colleague,
        LATER,
        old,
    )
    assert firm.events.last().data["reason"] == "账号不对。"
    assert change(firm, owner).standing == S.PENDING


def test_words_that_are_too_long_are_refused_and_never_cut(firm, owner, colleague):
    other = Account("示例旧名公司", NEW.bank, NEW.number)
    with pytest.raises(Refused, match="最多 200 个字，现在有 201 个") as refusal:
        change(firm, owner, other, words="长" * 201)
    assert refusal.value.field == "words"
    new = change(firm, owner, other, words="长" * 200)
    with pytest.raises(Refused, match="最多 200 个字，现在有 201 个") as refusal:
        change_decline(change_id=new.pk, actor=colleague, reason="长" * 201)
    assert (refusal.value.field, change_pending(firm.pk)) == ("reason", new)
    change_decline(change_id=new.pk, actor=colleague, reason="长" * 200)
    assert firm.events.get(kind="enterprise.account_declined").data["reason"] == "长" * 200


def test_registrant_and_owner_take_a_change_back_and_other_clerks_do_not(firm, owner, colleague):
    other = member(firm, "other")
    new = change(firm, colleague)
    with pytest.raises(NotAllowed, match="登记人或企业负责人"):
        change_withdraw(change_id=new.pk, actor=other)
    change_withdraw(change_id=new.pk, actor=colleague)
    again = change(firm, colleague)
    change_withdraw(change_id=again.pk, actor=owner)
    assert list(firm.bank_accounts.filter(standing=S.WITHDRAWN)) == [new, again]


def test_what_was_dealt_with_is_told_and_not_done_again(firm, owner, colleague):
    new = change(firm, owner)
    change_confirm(change_id=new.pk, actor=colleague)
    for service, actor in (
        (change_confirm, colleague),
        (change_decline, colleague),
        (change_withdraw, owner),
    ):
        with pytest.raises(Stale, match=f"{colleague}.*使用中"):
            service(change_id=new.pk, actor=actor)


# --- Three working days ----------------------------------------------------------------------------


def test_where_nobody_else_can_confirm_the_change_waits_three_working_days(firm, owner):
    old, new = in_force(firm), change(firm, owner, at=at(5, 16))
    assert (WAITING_DAYS, new.waits_until, new.waits_certain) == (3, date(2026, 3, 10), True)
    assert accounts_due(at=at(10, 23, 59)) == 0
    assert in_force(firm) == old
    assert accounts_due(at=at(11)) == 1
    assert in_force(firm) == new
    assert accounts_due(at=at(11)) == 0
    event = firm.events.last()
    assert (event.kind, event.actor) == ("enterprise.account_in_force", None)


def test_holidays_do_not_count(firm, owner):
    Holiday.objects.create(day=date(2026, 3, 4), kind="off")
    Holiday.objects.create(day=date(2026, 3, 7), kind="work")
    assert change(firm, owner, at=at(3, 9)).waits_until == date(2026, 3, 7)


def test_a_change_that_somebody_can_confirm_waits_for_ever(firm, owner, colleague):
    change(firm, owner)
    assert accounts_due(at=at(1, month=12)) == 0


def test_the_wait_begins_when_the_last_who_could_confirm_has_left(firm, owner, colleague):
    other = member(firm, "other")
    new = change(firm, owner, at=at(3, 9))
    membership_leave(user=other, at=at(4, 9))
    assert change_pending(firm.pk).waits_until is None
    membership_end(membership_id=firm.memberships.get(user=colleague).pk, actor=owner, at=at(9, 9))
    assert change_pending(firm.pk).waits_until == date(2026, 3, 12)
    assert accounts_due(at=at(12)) == 0
    assert accounts_due(at=at(13)) == 1
    assert in_force(firm) == new


def test_a_clerk_who_registers_and_leaves_lets_the_owner_decide(firm, owner, colleague):
    new = change(firm, colleague)
    membership_leave(user=colleague, at=LATER)
    assert change_to_confirm(owner) == new
    change_decline(change_id=new.pk, actor=owner)


def test_a_new_owner_who_came_after_the_change_may_take_it_back(firm, owner):
    new = change(firm, owner, at=at(3, 9))
    late = member(firm, "late", since=at(3, 10))
    owner_hand_over(membership_id=firm.memberships.get(user=late).pk, actor=owner, at=at(3, 11))
    assert change_pending(firm.pk).waits_until == date(2026, 3, 6)
    change_withdraw(change_id=new.pk, actor=late)


def test_nothing_happens_by_itself_on_a_day_that_is_only_expected(firm, owner):
    Holiday.objects.all().delete()
    new = change(firm, owner, at=at(5, 16))
    assert (new.waits_until, new.waits_certain) == (date(2026, 3, 10), False)
    assert accounts_due(at=at(20)) == 0
    Holiday.objects.create(day=date(2026, 3, 10), kind="off")
    assert accounts_due(at=at(11)) == 0
    new.refresh_from_db()
    assert (new.waits_until, new.waits_certain) == (date(2026, 3, 11), True)
    assert accounts_due(at=at(12)) == 1


def test_a_colleague_whose_login_is_closed_is_not_waited_for(firm, owner, colleague):
    new = change(firm, owner, at=at(3, 9))
    assert new.waits_until is None
    administrator, before = make_user("admin", role=Role.ADMINISTRATOR), user_values(colleague)
    colleague.is_active = False
    colleague.save()
    user_recorded(colleague, before=before, actor=administrator, at=at(4, 9))
    assert accounts_due(at=at(4, 10)) == 0
    new.refresh_from_db()
    assert new.waits_until == date(2026, 3, 9)
    assert [accounts_due(at=at(day)) for day in (9, 10)] == [0, 1]


def test_two_changes_of_two_firms_come_into_force_each_by_itself(firm, owner):
    second = make_firm("示例乙公司")
    change(firm, owner, at=at(3, 9))
    change(second, owner_of(second), Account("示例乙公司", "示例银行", "6222000000004321"), at=at(4, 9))
    assert [accounts_due(at=at(day)) for day in (6, 7, 8, 10)] == [0, 1, 0, 1]


def test_the_sweep_of_the_worker_puts_it_in_force(firm, owner):
    new = change(firm, owner, at=at(3, 9))
    bank_accounts_due()
    assert in_force(firm) == new


# --- Recorded --------------------------------------------------------------------------------------


def test_every_step_is_recorded_with_the_tails_of_the_numbers_alone(firm, owner, colleague):
    old = in_force(firm)
    change_withdraw(change_id=change(firm, owner).pk, actor=owner)
    change_confirm(change_id=change(firm, owner).pk, actor=colleague)
    kinds = ["changed", "withdrawn", "changed", "confirmed"]
    events = list(firm.events.order_by("pk"))
    assert [event.kind for event in events] == [f"enterprise.account_{kind}" for kind in kinds]
    for event in events:
        assert event.data["before"]["tail"] == old.tail
        assert event.data["after"] == {"holder": "示例甲公司", "bank": "示例银行", "tail": "1234"}
        assert old.number not in str(event.data)
        assert "6222000000001234" not in str(event.data)


# --- At the same moment ----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_confirming_and_withdrawing_at_once_one_happens(firm, owner, colleague):
    for number in range(1, 5):
        old, new = in_force(firm), change(firm, owner, Account("示例甲公司", "示例银行", f"{number}" * 12))
        results = together(
            lambda pk=new.pk: change_confirm(change_id=pk, actor=colleague),
            lambda pk=new.pk: change_withdraw(change_id=pk, actor=owner),
        )
        assert sum(isinstance(result, Stale) for result in results) == 1
        new.refresh_from_db()
        assert (new.standing, in_force(firm)) in [(S.IN_FORCE, new), (S.WITHDRAWN, old)]


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_registered_at_once_one_is_pending(firm, owner, colleague):
    results = together(
        lambda: change(firm, owner),
        lambda: change(firm, colleague, Account("示例甲公司", "示例银行", "6222000000009999")),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert firm.bank_accounts.filter(standing=S.PENDING).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_confirmer_who_is_removed_at_that_moment_has_confirmed_or_has_not(firm, owner, colleague):
    new = change(firm, owner)
    membership = firm.memberships.get(user=colleague)
    confirmed, _ = together(
        lambda: change_confirm(change_id=new.pk, actor=colleague),
        lambda: membership_end(membership_id=membership.pk, actor=owner),
    )
    new.refresh_from_db()
    if isinstance(confirmed, Refused):
        assert (new.standing, new.waits_until is None) == (S.PENDING, False)
    else:
        assert new.standing == S.IN_FORCE


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_put_a_change_in_force_once(firm, owner):
    change(firm, owner, at=at(3, 9))
    assert sorted(together(lambda: accounts_due(at=at(9)), lambda: accounts_due(at=at(9)))) == [0, 1]
    assert firm.events.filter(kind="enterprise.account_in_force").count() == 1
