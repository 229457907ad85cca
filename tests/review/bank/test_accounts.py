"""After money did not arrive, the account of the next payment is looked at by the payer's finance."""

from datetime import timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from accounts.models import User
from applications.bank_accounts import Account, account_change, accounts_due
from applications.errors import NotAllowed, Refused, Stale
from applications.lifecycle import claim_token
from applications.models import (
    BankAccount,
    Claim,
    EnterpriseYear,
    Event,
    Membership,
    Message,
    PayeeAccount,
)
from applications.payees import payee_account_give, payee_named
from applications.portal.failed_payment import Stage, failed_payment
from applications.portal.year_rows import claim_rows
from review.bank.accounts import account_confirm, account_confirmed, account_refuse, accounts_waiting
from review.models import AccountConfirmation
from review.payees import payees_of
from tests.review.bank.conftest import LATER
from tests.review.batch_world import INSURER, locked, members_of, payable_claims
from tests.support.files import PDF

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(world):
    """A claim of a firm with a member, whose payment failed."""
    [claim] = payable_claims(world, 1)
    members_of([claim])
    return fail(world, claim)


@pytest.fixture
def insured(world):
    """Two claims of two firms that one insurer is paid for in one payment, which failed."""
    claims = payable_claims(world, 2, each=lambda n: {"item": "7.1", "particulars": INSURER})
    members_of(claims)
    payment = locked(world, claims).payments.get()
    world.report(payment_id=payment.pk, result="failed", note="账号不符")
    return list(Claim.objects.select_related("enterprise").order_by("pk"))


def fail(world, claim, note="户名与账号不符"):
    payment = locked(world, [claim]).payments.get()
    world.report(payment_id=payment.pk, result="failed", note=note)
    EnterpriseYear.objects.update(settled=F("requested"))
    claim.refresh_from_db()
    return claim


def waiting():
    return accounts_waiting(["province"])


def confirm(world, row, **fields):
    values = {"note": "与银行核实无误", "actor": world.maker, "at": LATER, **fields}
    return account_confirm(payment_id=row.payment.pk, mark=row.mark, **values)


def clerk_of(claim):
    return Membership.objects.get(enterprise=claim.enterprise_id).user


def new_account(claim, number="6200999900001111"):
    """The firm changes its account by the ordinary way, and the waiting time is over."""
    account_change(
        enterprise_id=claim.enterprise_id,
        actor=clerk_of(claim),
        account=Account(claim.enterprise.name, "示例银行新支行", number),
        at=LATER,
    )
    change = BankAccount.objects.get(standing="pending")
    accounts_due(at=LATER + timedelta(days=30))
    change.refresh_from_db()
    return change


def give(claim, number="5555444433332222", name="更正函.pdf"):
    return payee_account_give(
        claim_id=claim.pk,
        actor=clerk_of(claim),
        account=Account("示例保险公司", "示例银行上海分行", number),
        upload=SimpleUploadedFile(name, PDF),
        at=LATER,
    )


def test_nothing_that_failed_is_paid_again_before_the_account_is_confirmed(world, failed):
    assert account_confirmed([failed]) == set()
    [row] = waiting()
    assert row.is_same
    with pytest.raises(Refused, match="账户没有变"):
        confirm(world, row, note=" ")
    confirm(world, row)
    assert account_confirmed([failed]) == {failed.pk}
    assert waiting() == []


def test_pages_opened_before_an_account_was_confirmed_are_stale(world, failed):
    token = claim_token(Claim.objects.get(pk=failed.pk))
    confirm(world, waiting()[0])
    assert claim_token(Claim.objects.get(pk=failed.pk)) != token


def test_a_claim_that_never_failed_needs_no_confirmation(world):
    claims = payable_claims(world, 2)
    assert account_confirmed(claims) == {claim.pk for claim in claims}


def test_a_confirmation_counts_for_just_that_account(world, failed):
    confirm(world, waiting()[0])
    change = new_account(failed)
    assert change.standing == "in_force"
    assert account_confirmed([failed]) == set()
    [row] = waiting()
    assert (row.was_confirmed, row.is_same) == (True, False)
    assert row.new == (failed.enterprise.name, "示例银行新支行", "6200999900001111")
    confirm(world, row, note="")
    assert account_confirmed([failed]) == {failed.pk}
    assert AccountConfirmation.objects.get().payee_account == "6200999900001111"


def test_another_failure_needs_another_confirmation(world, failed):
    confirm(world, waiting()[0])
    fail(world, failed)
    assert account_confirmed([failed]) == set()
    assert len(waiting()) == 1


def test_who_confirms_what_has_changed_meanwhile_is_told(world, failed):
    [row] = waiting()
    new_account(failed)
    with pytest.raises(Stale, match="刚刚有了变化"):
        confirm(world, row)
    [now] = waiting()
    confirm(world, now)
    with pytest.raises(Stale, match="已由同事处理"):
        confirm(world, now)


def test_only_finance_of_the_payer_confirms(world, failed):
    with pytest.raises(NotAllowed, match="省财政厅"):
        confirm(world, waiting()[0], actor=world.cityfin)
    assert accounts_waiting(["2301"]) == []
    assert len(accounts_waiting(None)) == 1


@pytest.mark.parametrize("answer", [account_confirm, account_refuse])
def test_who_acts_for_one_of_the_firms_does_not_confirm_the_account_that_it_gave(world, insured, answer):
    give(insured[1])
    maker = User.objects.get(pk=world.maker.pk)
    insured[1].enterprise.memberships.create(user=maker, role="clerk", since=LATER)
    [row] = [row for row in waiting() if row.given]
    with pytest.raises(NotAllowed, match="另一位同事"):
        answer(payment_id=row.payment.pk, mark=row.mark, actor=maker, note="核实无误", at=LATER)
    answer(payment_id=row.payment.pk, mark=row.mark, actor=world.checker, note="核实无误", at=LATER)


def test_a_corrected_account_of_the_insurer_counts_once_it_is_confirmed(world, insured):
    first = insured[0]
    given = give(first)
    assert payee_named(first)[2] == INSURER["payee_account"]
    rows = waiting()
    assert sorted(row.new[2] for row in rows) == sorted(["5555444433332222", INSURER["payee_account"]])
    row = next(row for row in rows if row.given)
    confirm(world, row, note="")
    given.refresh_from_db()
    assert (given.standing, given.decided_by) == ("in_force", world.maker)
    assert payees_of(insured)[first.pk] == ("示例保险公司", "示例银行上海分行", "5555444433332222")
    assert account_confirmed(insured) == {first.pk}


def test_two_claims_with_the_same_corrected_account_are_confirmed_together(world, insured):
    for claim in insured:
        give(claim)
    [row] = waiting()
    assert len(row.lines) == len(row.given) == 2
    confirm(world, row, note="")
    assert account_confirmed(insured) == {claim.pk for claim in insured}
    assert set(PayeeAccount.objects.values_list("standing", flat=True)) == {"in_force"}


def test_a_corrected_account_that_is_not_taken_goes_back_with_the_reason(world, insured):
    claim = insured[0]
    give(claim)
    row = next(row for row in waiting() if row.given)
    refuse = partial(account_refuse, payment_id=row.payment.pk, mark=row.mark, actor=world.maker, at=LATER)
    with pytest.raises(Refused, match="为什么不采用"):
        refuse(note="")
    refuse(note="没有盖章")
    assert payee_named(claim)[2] == INSURER["payee_account"]
    message = Message.objects.get(kind="claim.payee_account_refused")
    assert "没有盖章。" in message.text
    claim.refresh_from_db()
    failed = failed_payment(claim)
    assert failed.stage is Stage.FIRM
    assert "上次提交的更正账户没有采用：没有盖章。" in failed.to_do
    assert give(claim, name="更正函二.pdf").standing == "pending"


def test_the_list_of_the_year_says_who_has_a_failed_payment_as_its_page_does(world, failed):
    assert holder_listed(failed) == "等待您核对账户"
    new_account(failed)
    assert holder_listed(failed) == "省财政厅"
    confirm(world, waiting()[0])
    assert holder_listed(failed) == "省财政厅"


def holder_listed(claim):
    [row] = claim_rows([claim], is_computing=False, closing={})
    return row.holder


def test_a_later_account_replaces_the_one_that_still_waits(insured):
    first = give(insured[0])
    give(insured[0], number="1111222233334444")
    first.refresh_from_db()
    assert first.standing == "replaced"
    assert PayeeAccount.objects.get(standing="pending").number == "1111222233334444"


@pytest.mark.parametrize(
    ("account", "field"),
    [
        (("示例保险公司", "示例银行", "123"), "number"),
        (("", "示例银行", "5555444433332222"), "holder"),
        (tuple(INSURER.values()), "number"),
    ],
)
def test_what_is_no_better_account_is_refused_at_its_field(insured, account, field):
    claim = insured[0]
    with pytest.raises(Refused) as refused:
        payee_account_give(
            claim_id=claim.pk,
            actor=clerk_of(claim),
            account=Account(*account),
            upload=SimpleUploadedFile("更正函.pdf", PDF),
            at=LATER,
        )
    assert refused.value.field == field


def test_an_account_is_asked_for_only_while_money_waits_for_it(world, insured):
    claim = insured[0]
    Claim.objects.filter(pk=claim.pk).update(payout_failed=False)
    with pytest.raises(Stale, match="没有需要更正"):
        give(claim)
    with pytest.raises(NotAllowed):
        payee_account_give(
            claim_id=claim.pk,
            actor=clerk_of(insured[1]),
            account=Account("示例", "示例", "5555444433332222"),
            upload=SimpleUploadedFile("更正函.pdf", PDF),
        )


def test_the_firm_reads_what_was_wrong_and_who_has_it_now(world, failed):
    first = failed_payment(failed)
    assert first.stage is Stage.FIRM
    assert first.what.startswith("70,000.00 元没有转入尾号")
    assert first.what.endswith("银行说明的原因：户名与账号不符。")
    assert [hint[:2] for hint in first.hints] == ["户名", "账号"]
    new_account(failed)
    second = failed_payment(failed)
    assert (second.stage, second.hints) == (Stage.OFFICE, [])
    assert "新账户（尾号 1111）已生效。" in second.to_do
    confirm(world, waiting()[0], note="", at=LATER + timedelta(days=31))
    third = failed_payment(failed)
    assert (third.stage, third.action) == (Stage.CONFIRMED, "")
    assert "财政部门已核对账户（尾号 1111）" in third.to_do
    assert Event.objects.filter(kind="claim.account_confirmed").count() == 1


def test_the_list_costs_the_same_for_one_account_and_for_many(world, failed, django_assert_max_num_queries):
    for claim in payable_claims(world, 6):
        fail(world, claim)
    with django_assert_max_num_queries(9):
        assert len(waiting()) == 7
