"""From approved claims to money in accounts: notices, batches, the sealed sheet, and what the bank reports."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from applications.bank_accounts import Account, account_change, change_confirm
from applications.errors import NotAllowed, Refused, Stale
from applications.ledger import balances
from applications.lifecycle import transition as step
from applications.models import BankAccount, Claim, Event, Holiday, Notice, State, YearSettings
from applications.notices import notices_close
from applications.portal.account_note import account_note, change_note
from review.bank.accounts import account_confirm, accounts_waiting
from review.bank.reports import payment_report
from review.models import PaymentLine, PayoutBatch
from review.notices import claims_to_publish, notice_close_by_hand, notice_publish
from review.payouts import batch_lock, batch_make, batch_withdraw, claims_to_pay, line_drop
from tests.factories import (
    NOW,
    exhibition,
    make_appropriation,
    make_claim,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.threads import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Commerce, two finance officers of the province and one of a city; working days of 2026 known, and money for all."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    make_appropriation(actor=make_user("treasurer"))
    return {
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
        "finance2": make_user("finance2", role=Role.FINANCE),
        "cityfin": make_user("cityfin", role=Role.CITY_FINANCE, city="2301"),
    }


def approved(people, *, name="示例甲公司", booth="100000", firm=None, period=None):
    """A claim that finance has approved, with 70% of the booth locked."""
    firm = firm or make_firm(name)
    period = period or make_period(title=f"{name} 2025")
    claim = make_claim(firm, "5.1", period, facts={"booth_cny": booth}, particulars=exhibition(f"{name}展会"))
    step(claim_id=claim.pk, action="approve", actor=people["commerce"], at=NOW)
    step(claim_id=claim.pk, action="finance_approve", actor=people["finance"], at=NOW)
    return settle_all(claim)


def published(people, *claims):
    """A notice with these claims."""
    return notice_publish(
        payer="province",
        year=2025,
        claim_ids=[claim.pk for claim in claims],
        title="2025 年度第一次公示",
        actor=people["finance"],
        at=NOW,
    )


def payable(people, **fields):
    """A claim whose notice is over."""
    claim = approved(people, **fields)
    published(people, claim)
    notices_close(today=date(2026, 3, 20))
    claim.refresh_from_db()
    return claim


def locked_batch(people, *claims):
    """A batch made by one finance officer and locked by another."""
    batch = batch_make(
        payer="province", claim_ids=[c.pk for c in claims], title="第一批", actor=people["finance"], at=NOW
    )
    return batch_lock(batch_id=batch.pk, actor=people["finance2"], at=NOW)


def test_a_notice_counts_five_working_days_from_the_day_after_publication(people):
    notice = published(people, approved(people))
    assert (notice.first_day, notice.last_day, notice.certain) == (date(2026, 3, 3), date(2026, 3, 9), True)


def test_a_notice_closes_by_itself_only_when_its_last_day_is_over(people):
    claim = approved(people)
    notice = published(people, claim)
    assert notices_close(today=notice.last_day) == 0
    assert notices_close(today=notice.last_day + timedelta(days=1)) == 1
    claim.refresh_from_db()
    assert claim.state == State.PAYABLE
    assert notices_close(today=date(2026, 4, 1)) == 0, "a second pass changes nothing"


def test_a_notice_over_unknown_holidays_waits_for_finance(people):
    Holiday.objects.all().delete()
    notice = published(people, approved(people))
    assert notice.certain is False
    assert notices_close(today=date(2026, 4, 1)) == 0
    with pytest.raises(Refused, match="才满期限"):
        notice_close_by_hand(notice_id=notice.pk, actor=people["finance"], at=NOW)
    for stranger in ("commerce", "cityfin"):
        with pytest.raises(NotAllowed, match="省财政厅"):
            notice_close_by_hand(notice_id=notice.pk, actor=people[stranger], at=NOW + timedelta(days=10))
    notice_close_by_hand(notice_id=notice.pk, actor=people["finance"], at=NOW + timedelta(days=10))
    assert Notice.objects.get().standing == "closed"


def test_a_notice_is_about_one_payer_and_year(people):
    claim = approved(people)
    for year in (2024, 10**9):
        with pytest.raises(Refused, match="不属于这次公示"):
            notice_publish(
                payer="province", year=year, claim_ids=[claim.pk], title="示例公示", actor=people["finance"]
            )
    assert not Notice.objects.exists()


def test_a_claim_locked_at_zero_is_never_published(people):
    firm, period = make_firm(), make_period()
    whole = make_claim(firm, "5.1", period, facts={"booth_cny": "500000"}, particulars=exhibition("一"))
    none = make_claim(firm, "5.3", period, facts={"participation_cny": "9"}, particulars=exhibition("二"))
    for claim in (whole, none):
        step(claim_id=claim.pk, action="approve", actor=people["commerce"], at=NOW)
        step(claim_id=claim.pk, action="finance_approve", actor=people["finance"], at=NOW)
        settle_all(claim)
    assert none.locked_cny == 0
    assert list(claims_to_publish("province")) == [whole]
    with pytest.raises(Refused, match="不需要公示"):
        published(people, none)


def test_money_goes_out_once_and_every_balance_agrees(people):
    claim = payable(people)
    batch = locked_batch(people, claim)
    claim.refresh_from_db()
    assert (claim.state, claim.committed_cny) == (State.COMMITTED, Decimal("70000.00"))
    payment = batch.payments.get()
    payment_report(payment_id=payment.pk, result="paid", actor=people["finance"], reference="0001", at=NOW)
    settle_all(claim)
    assert (claim.state, claim.paid_cny, claim.committed_cny) == (State.PAID, Decimal("70000.00"), 0)
    paid = Event.objects.get(claim=claim, kind="claim.paid")
    assert paid.data["account"] == claim.enterprise.bank_accounts.get().number[-4:]
    assert balances(claim.pk) == {
        "payable_cny": Decimal("70000.00"),
        "locked_cny": Decimal("70000.00"),
        "committed_cny": Decimal("0.00"),
        "paid_cny": Decimal("70000.00"),
        "demanded_cny": Decimal("0.00"),
    }
    assert PayoutBatch.objects.get().standing == "settled"
    with pytest.raises(Stale, match="已拨付"):
        payment_report(payment_id=payment.pk, result="paid", actor=people["finance"])
    assert not claims_to_pay("province").exists()


def test_a_failed_payment_keeps_the_lock_and_goes_into_a_later_batch(people):
    claim = payable(people)
    batch = locked_batch(people, claim)
    with pytest.raises(Refused, match="原因"):
        payment_report(payment_id=batch.payments.get().pk, result="failed", actor=people["finance"], at=NOW)
    payment_report(
        payment_id=batch.payments.get().pk, result="failed", actor=people["finance"], note="账号不符", at=NOW
    )
    settle_all(claim)
    assert (claim.state, claim.payout_failed, claim.locked_cny) == (State.PAYABLE, True, Decimal("70000.00"))
    assert balances(claim.pk)["committed_cny"] == 0
    with pytest.raises(Refused, match="账户还没有核对"):
        locked_batch(people, claim)
    PayoutBatch.objects.filter(standing="draft").first().lines.update(live=False, result="dropped")
    [waiting] = accounts_waiting(["province"])
    account_confirm(
        payment_id=waiting.payment.pk, mark=waiting.mark, note="银行录错", actor=people["finance"], at=NOW
    )
    again = locked_batch(people, claim)
    payment_report(payment_id=again.payments.get().pk, result="paid", actor=people["finance"], at=NOW)
    settle_all(claim)
    assert (claim.state, claim.payout_failed) == (State.PAID, False)


def test_a_withdrawn_batch_gives_its_claims_back(people):
    claim = payable(people)
    batch = locked_batch(people, claim)
    batch_withdraw(batch_id=batch.pk, actor=people["finance"], reason="开户行停业", at=NOW)
    settle_all(claim)
    assert (claim.state, claim.committed_cny) == (State.PAYABLE, 0)
    with pytest.raises(Stale):
        batch_withdraw(batch_id=batch.pk, actor=people["finance"], reason="再次")


def test_nobody_locks_the_batch_that_they_made(people):
    claim = payable(people)
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="", actor=people["finance"])
    with pytest.raises(NotAllowed, match="另一位财政人员"):
        batch_lock(batch_id=batch.pk, actor=people["finance"])
    with pytest.raises(NotAllowed, match="省财政厅"):
        batch_lock(batch_id=batch.pk, actor=people["cityfin"])


def test_everything_that_is_wrong_with_a_batch_is_said_at_once(people):
    first, second = payable(people), payable(people, name="示例乙公司")
    BankAccount.objects.filter(enterprise=first.enterprise).update(number="12-34")
    BankAccount.objects.filter(enterprise=second.enterprise).update(standing="former")
    with pytest.raises(Refused) as refusal:
        locked_batch(people, first, second)
    assert "8 至 32 位" in refusal.value.message
    assert "没有收款账户" in refusal.value.message
    assert PayoutBatch.objects.get().standing == "draft"


def test_a_claim_that_leaves_payable_drops_out_of_its_draft_batch(people):
    claim = payable(people)
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="", actor=people["finance"])
    step(claim_id=claim.pk, action="re_examine", actor=people["finance"], reason="发票有疑问。")
    batch.refresh_from_db()
    assert (batch.line_count, batch.total_cny) == (0, 0)
    assert Event.objects.filter(kind="batch.line_dropped", data__automatic=True).exists()
    claim.refresh_from_db()
    assert (claim.state, claim.locked_cny, claim.notice_withdrawn) == (State.COMMERCE_REVIEW, None, True)


def test_a_line_can_be_taken_out_of_a_draft(people):
    claim = payable(people)
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="", actor=people["finance"])
    line_drop(line_id=batch.lines.get().pk, actor=people["finance"])
    assert list(claims_to_pay("province")) == [claim]


def test_the_database_itself_allows_one_live_line_per_claim(people):
    claim = payable(people)
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="", actor=people["finance"])
    with pytest.raises(IntegrityError, match="payment_line_one_live_per_claim"), transaction.atomic():
        PaymentLine.objects.create(batch=batch, claim=claim, amount_cny=1)


def test_the_account_in_force_at_locking_is_paid_and_a_pending_one_is_only_mentioned(people):
    claim = payable(people)
    account = BankAccount.objects.get(enterprise=claim.enterprise)
    BankAccount.objects.create(
        enterprise=claim.enterprise,
        holder="示例甲公司",
        bank="示例银行",
        number="99999999",
        created_at=NOW,
        created_by=account.created_by,
    )
    line = locked_batch(people, claim).lines.get()
    assert line.payee_account == account.number


def test_a_claim_in_a_batch_names_the_account_that_the_batch_was_locked_with(people):
    claim = payable(people)
    old = BankAccount.objects.get(enterprise=claim.enterprise)
    assert f"尾号 {old.tail}" in account_note(claim)
    locked_batch(people, claim)
    claim.refresh_from_db()
    colleague = make_user("colleague")
    claim.enterprise.memberships.create(user=colleague, since=NOW)
    change = account_change(
        enterprise_id=claim.enterprise_id,
        actor=owner_of(claim.enterprise),
        account=Account(claim.enterprise.name, "示例银行", "6222000000001234"),
    )
    assert "不受影响" in change_note(claim).text
    change_confirm(change_id=change.pk, actor=colleague)
    assert f"尾号 {old.tail}" in account_note(claim)
    assert change_note(claim) is None


@pytest.mark.django_db(transaction=True)
def test_two_people_adding_one_claim_to_two_batches_at_once_one_wins(people):
    claim = payable(people)
    results = together(
        lambda: batch_make(payer="province", claim_ids=[claim.pk], title="甲", actor=people["finance"]),
        lambda: batch_make(payer="province", claim_ids=[claim.pk], title="乙", actor=people["finance2"]),
    )
    assert sorted(type(result).__name__ for result in results) == ["PayoutBatch", "Refused"]
    assert PaymentLine.objects.filter(live=True).count() == PayoutBatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_locking_one_batch_at_once_one_wins(people):
    claim = payable(people)
    third = make_user("finance3", role=Role.FINANCE)
    batch = batch_make(payer="province", claim_ids=[claim.pk], title="", actor=people["finance"])
    results = together(
        lambda: batch_lock(batch_id=batch.pk, actor=people["finance2"]),
        lambda: batch_lock(batch_id=batch.pk, actor=third),
    )
    assert sorted(type(result).__name__ for result in results) == ["PayoutBatch", "Stale"]
    assert Claim.objects.get().committed_cny == Decimal("70000.00")
    assert Event.objects.filter(kind="batch.locked").count() == 1
