"""Locking a batch: everything wrong is said at once, payments are made, money is committed, appropriations hold."""

import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from applications.errors import NotAllowed, Refused, Stale
from applications.ledger import balances
from applications.lifecycle import claims_lock, perform
from applications.models import (
    BankAccount,
    Claim,
    EnterpriseYear,
    Event,
    LedgerEntry,
    Message,
    Notice,
    NoticeLine,
    Objection,
    State,
)
from review.appropriations import appropriation_add
from review.budget import Key, budget_left
from review.models import Payment, PaymentLine, PayoutBatch, ShortageDecision
from review.payouts import batch_lock, batch_make, batch_withdraw, line_drop, lines_add
from review.payouts.payments import payments_grouped
from tests.factories import NOW, make_appropriation
from tests.review.batch_world import (
    INSURER,
    finance_world,
    locked,
    made,
    members_of,
    noticed,
    payable_claims,
)
from tests.support.threads import together

pytestmark = pytest.mark.django_db
FIVE = Key(5, 2025, Claim.PROVINCE)


@pytest.fixture
def world():
    """The people of the province's finance, with money for everything."""
    return finance_world()


def refusal_of(world, batch):
    """What a lock is refused with."""
    with pytest.raises(Refused) as refused:
        batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    batch.refresh_from_db()
    assert batch.standing == "draft"
    assert not Payment.objects.exists()
    return refused.value.message


# --- Payments --------------------------------------------------------------------------------------


def test_each_line_is_a_payment_of_its_own_in_the_order_of_the_batch(world):
    batch = locked(world, payable_claims(world, 3))
    lines = list(batch.lines.order_by("pk").select_related("payment", "claim"))
    assert [line.payment.position for line in lines] == [1, 2, 3]
    assert [line.claim.item for line in lines] == ["4.1", "5.1", "7.2"]
    for line in lines:
        account = BankAccount.objects.get(enterprise=line.claim.enterprise_id)
        paid_to = (line.payment.payee_name, line.payment.payee_bank, line.payment.payee_account)
        assert paid_to == (account.holder, account.bank, account.number)
        assert paid_to == (line.payee_name, line.payee_bank, line.payee_account)
        assert line.payment.amount_cny == line.amount_cny


def test_what_goes_to_one_insurer_is_one_payment_with_its_claims(world):
    other = INSURER | {"payee_account": "99990000"}
    payees = [INSURER, {}, INSURER, other]
    claims = payable_claims(world, 4, each=lambda n: {"item": "7.1", "particulars": payees[n]})
    batch = locked(world, claims)
    payments = list(batch.payments.order_by("position"))
    assert [payment.amount_cny for payment in payments] == [140000, 70000, 70000]
    assert payments[0].payee_name == "示例保险公司"
    assert {line.claim_id for line in payments[0].lines.all()} == {claims[0].pk, claims[2].pk}


def test_two_claims_of_one_firm_stay_two_payments(world):
    first, second = payable_claims(world, 2)
    Claim.objects.filter(pk=second.pk).update(enterprise=first.enterprise_id, item="7.3")
    assert locked(world, [first, second]).payments.count() == 2


class _Line:
    """A line and its claim as grouping sees them."""

    def __init__(self, pk, payee, amount):
        self.pk = self.claim_id = pk
        self.payee, self.amount_cny = payee, amount
        self.claim, self.particulars = self, None
        self.rule = type("Rule", (), {"payee": staticmethod(lambda _: payee)})


@given(
    st.lists(
        st.tuples(st.sampled_from([None, "甲", "乙"]), st.decimals("0.01", 10**9, places=2)), max_size=40
    )
)
def test_grouping_keeps_every_line_once_and_the_total_to_the_fen(drawn):
    lines = [
        _Line(number, (name, "行", "1") if name else None, amount)
        for number, (name, amount) in enumerate(drawn)
    ]
    groups = payments_grouped(lines, {line.pk: line.payee or ("企业", "行", str(line.pk)) for line in lines})
    members = [line for _, group in groups for line in group]
    assert sorted(line.pk for line in members) == [line.pk for line in lines]
    assert sum(line.amount_cny for line in members) == sum(line.amount_cny for line in lines)
    names = {name for name, _ in drawn if name}
    assert len(groups) == len(names) + sum(1 for name, _ in drawn if not name)


# --- The bulk path ---------------------------------------------------------------------------------


def _trace(claim_ids):
    """What a lock leaves behind, without keys and names of batches."""
    events = Event.objects.filter(claim__in=claim_ids, kind="claim.committed").order_by("pk")
    entries = LedgerEntry.objects.filter(claim__in=claim_ids).order_by("pk")
    claims = Claim.objects.filter(pk__in=claim_ids).order_by("pk")
    return (
        [(e.kind, e.at, e.actor_id, e.source_ip, e.topic, e.data | {"batch": ""}) for e in events],
        [(e.year, e.kind, e.amount_cny, e.at) for e in entries],
        [(c.state, c.state_since, c.waiting_on, c.committed_cny, c.payout_failed) for c in claims],
        Message.objects.filter(enterprise__claims__in=claim_ids).count(),
    )


def test_many_lines_are_committed_as_each_by_itself_would_be(world):
    together_, single = payable_claims(world, 4), payable_claims(world, 4)
    members_of([*together_, *single])
    batch = locked(world, together_)
    lines = {line.claim.number: line for line in batch.lines.select_related("claim")}
    for (claim, year), model in zip(claims_lock([c.pk for c in single]), together_, strict=True):
        line = lines[model.number]
        data = {"amount": line.amount_cny, "batch": "B", "topic": "batch:B"}
        data["account"] = f"{claim.enterprise.bank_accounts.get().number[-4:]}"
        perform(claim, year, "commit", actor=world.checker, data=data, at=NOW)
    bulk, by_one = _trace([c.pk for c in together_]), _trace([c.pk for c in single])
    for trace in (bulk, by_one):
        for event in trace[0]:
            event[-1].pop("account")
    assert bulk == by_one
    for claim in Claim.objects.filter(pk__in=[c.pk for c in together_]):
        assert claim.last_event == Event.objects.filter(claim=claim).latest("pk").pk
        assert balances(claim.pk)["committed_cny"] == claim.committed_cny == Decimal("70000.00")


def test_making_locking_and_withdrawing_cost_the_same_queries_for_any_number_of_lines(world):
    counts = []
    warm = locked(world, payable_claims(world, 1))
    batch_withdraw(batch_id=warm.pk, actor=world.maker, reason="示例", at=NOW)
    for size in (3, 60):
        claims = payable_claims(world, size)
        with CaptureQueriesContext(connection) as making:
            batch = made(world, claims)
        with CaptureQueriesContext(connection) as locking:
            batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
        with CaptureQueriesContext(connection) as withdrawing:
            batch_withdraw(batch_id=batch.pk, actor=world.maker, reason="示例", at=NOW)
        counts.append([len(each) for each in (making, locking, withdrawing)])
    assert counts[0] == counts[1]
    assert max(counts[0]) < 60


def test_thousands_of_lines_lock_in_seconds(world):
    claims = payable_claims(world, 1000)
    began = time.perf_counter()
    batch = made(world, claims)
    batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    assert time.perf_counter() - began < 12
    assert batch.lines.filter(payment__isnull=False).count() == 1000


# --- Filling a draft -------------------------------------------------------------------------------


def test_every_claim_that_cannot_be_put_in_is_named(world):
    claims = payable_claims(world, 3)
    other = made(world, claims[:1])
    Claim.objects.filter(pk=claims[1].pk).update(state=State.COMMERCE_REVIEW)
    with pytest.raises(Refused) as refused:
        made(world, claims)
    assert f"{claims[0].number} 已在批次 {other.number} 中" in refused.value.message
    assert f"{claims[1].number} 现在不是" in refused.value.message
    assert claims[2].number not in refused.value.message
    assert PayoutBatch.objects.count() == 1


def test_a_batch_takes_what_the_decision_in_a_shortage_leaves():
    world = finance_world(money=None)
    make_appropriation(5, amount="100000.00", actor=world.maker)
    claims = payable_claims(world, 2, each=lambda n: {"item": "5.1"})
    with pytest.raises(Refused, match="没有可拨付的金额：预算不足"):
        made(world, claims)
    shared(world, dict(zip(claims, (70000, 30000), strict=True)))
    batch = locked(world, claims)
    assert [line.amount_cny for line in batch.lines.order_by("pk")] == [Decimal(70000), Decimal(30000)]
    assert budget_left([FIVE]) == {FIVE: 0}


def test_claims_are_added_to_a_draft_and_dropped_again(world):
    claims = payable_claims(world, 3)
    batch = made(world, claims[:1])
    lines_add(batch_id=batch.pk, claim_ids=[c.pk for c in claims[1:]], actor=world.third, at=NOW)
    batch.refresh_from_db()
    assert (batch.line_count, batch.total_cny) == (3, Decimal("210000.00"))
    line_drop(line_id=batch.lines.last().pk, actor=world.third)
    batch.refresh_from_db()
    assert (batch.line_count, batch.total_cny) == (2, Decimal("140000.00"))
    batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    with pytest.raises(Stale, match="已锁定"):
        lines_add(batch_id=batch.pk, claim_ids=[claims[2].pk], actor=world.maker)
    with pytest.raises(Stale, match="已锁定"):
        line_drop(line_id=batch.lines.first().pk, actor=world.maker)


def test_who_puts_claims_into_a_batch_does_not_lock_it(world):
    claims = payable_claims(world, 2)
    batch = made(world, claims[:1])
    lines_add(batch_id=batch.pk, claim_ids=[claims[1].pk], actor=world.checker, at=NOW)
    for person, words in ((world.maker, "编制人以外"), (world.checker, "您给这个批次补充过申报")):
        with pytest.raises(NotAllowed, match=words):
            batch_lock(batch_id=batch.pk, actor=person, at=NOW)
    assert batch_lock(batch_id=batch.pk, actor=world.third, at=NOW).line_count == 2


# --- Checks ----------------------------------------------------------------------------------------


def test_nothing_is_locked_without_an_appropriation():
    world = finance_world(money=None)
    claims = payable_claims(world, 1, each=lambda n: {"item": "5.1"})
    make_appropriation(5, amount="70000.00", actor=world.maker)
    batch = made(world, claims)
    make_appropriation(5, amount="-70000.00", actor=world.maker)
    message = refusal_of(world, batch)
    assert "2025 年度措施五还没有预算。请先在“预算”中录入预算文件" in message


def test_a_batch_may_take_the_last_fen_of_an_appropriation_and_no_more():
    world = finance_world(money=None)
    make_appropriation(5, amount="140000.00", actor=world.maker)
    batch = made(world, payable_claims(world, 2, each=lambda n: {"item": "5.1"}))
    Claim.objects.update(state=State.COMMERCE_REVIEW)
    assert "预算" not in refusal_of(world, batch), "claims that left payable make no shortage"
    make_appropriation(5, amount="-0.01", actor=world.maker)
    assert "2025 年度措施五本批次 140,000.00 元，预算只剩 139,999.99 元" in refusal_of(world, batch)
    make_appropriation(5, amount="0.01", actor=world.maker)
    Claim.objects.update(state=State.PAYABLE)
    batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    assert budget_left([FIVE]) == {FIVE: 0}


def test_a_firm_gets_no_more_than_its_limit_for_a_year(world):
    [claim] = payable_claims(world, 1, limit="69999.99")
    message = refusal_of(world, made(world, [claim]))
    assert "连同本批次共 70,000.00 元，超过总额度 69,999.99 元" in message
    EnterpriseYear.objects.update(limit_cny="70000.00")
    batch_lock(batch_id=PayoutBatch.objects.get().pk, actor=world.checker, at=NOW)


def test_what_was_demanded_back_makes_room_under_the_limit(world):
    first, second = payable_claims(world, 2, limit="70000.00")
    Claim.objects.filter(pk=second.pk).update(
        enterprise=first.enterprise_id, state=State.PAID, paid_cny="70000.00", demanded_cny="69999.99"
    )
    batch = made(world, [first])
    assert "超过总额度" in refusal_of(world, batch)
    Claim.objects.filter(pk=second.pk).update(demanded_cny="70000.00")
    batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)


def test_a_claim_with_an_open_objection_or_without_a_notice_that_is_over_is_held(world):
    claims = payable_claims(world, 3)
    batch = made(world, claims)
    NoticeLine.objects.filter(claim=claims[0]).delete()
    line = NoticeLine.objects.get(claim=claims[1])
    Objection.objects.create(
        number="Y1", line=line, claim=claims[1], name="示例", contact="示例", text="示例", filed_at=NOW
    )
    running = noticed(world, claims[2:], standing="published", number="GS2025-0002")
    message = refusal_of(world, batch)
    for claim, words in zip(claims, ("没有公示过", "有异议还没有处理", "公示还没有结束"), strict=True):
        assert f"{claim.number}：{words}" in message
    Notice.objects.filter(pk=running.pk).update(standing="closed", closed_at=NOW)
    assert "公示还没有结束" not in refusal_of(world, batch)


def test_all_that_is_wrong_stands_in_one_answer_with_its_rows(world):
    claims = payable_claims(world, 4)
    batch = made(world, claims)
    BankAccount.objects.filter(enterprise=claims[0].enterprise_id).update(bank="")
    EnterpriseYear.objects.filter(enterprise=claims[1].enterprise_id).update(requested=1)
    Claim.objects.filter(pk=claims[2].pk).update(locked_cny="60000.00")
    Claim.objects.filter(pk=claims[3].pk).update(state=State.APPROVED)
    message = refusal_of(world, batch)
    position = {line.claim_id: n for n, line in enumerate(batch.lines.order_by("pk"), start=1)}
    for claim, words in zip(
        claims, ("缺少户名或开户行", "正在重新计算", "超过还应拨付的 60,000.00 元", "“已批准”"), strict=True
    ):
        assert f"第 {position[claim.pk]} 行 {claim.number}：" in message
        assert words in message


# --- Withdrawing -----------------------------------------------------------------------------------


def test_a_withdrawn_batch_gives_its_money_back_with_entries_and_keeps_its_sheet(world):
    claims = payable_claims(world, 3)
    batch = locked(world, claims)
    batch_withdraw(batch_id=batch.pk, actor=world.third, reason="账户有误", at=NOW)
    batch.refresh_from_db()
    assert (batch.standing, bool(batch.file)) == ("withdrawn", True)
    for claim in Claim.objects.all():
        assert (claim.state, claim.committed_cny) == (State.PAYABLE, 0)
        assert balances(claim.pk)["committed_cny"] == 0
        assert Event.objects.get(claim=claim, kind="claim.released").data["reason"] == "账户有误"
    assert not PaymentLine.objects.filter(live=True).exists()
    assert EnterpriseYear.objects.filter(requested=1).count() == 3, "the years are to be settled again"


# --- Two at once -----------------------------------------------------------------------------------


def shared(world, shares):
    """A decision by which the claims of `shares` ({claim: yuan}) are paid of measure 5."""
    decision = ShortageDecision.objects.create(
        number="D1", measure=5, year=2025, payer="province", method="in_order", available_cny="100000.00",
        owed_cny="200000.00", reason="示例", decided_by=world.maker, decided_at=NOW,
    )  # fmt: skip
    for claim, share in shares.items():
        decision.shares.create(claim=claim, owed_cny=claim.owed_cny, share_cny=share, drawn_cny=0)


@pytest.mark.django_db(transaction=True)
def test_two_batches_that_are_locked_at_once_cannot_spend_the_same_money():
    world = finance_world(money=None)
    make_appropriation(5, amount="200000.00", actor=world.maker)
    claims = payable_claims(world, 4, amount="50000.00", each=lambda n: {"item": "5.1"})
    first, second = made(world, claims[:2]), made(world, claims[2:])
    make_appropriation(5, amount="-100000.00", actor=world.maker)
    shared(world, dict(zip(claims, (50000, 50000, 0, 0), strict=True)))
    results = together(
        lambda: batch_lock(batch_id=first.pk, actor=world.checker),
        lambda: batch_lock(batch_id=second.pk, actor=world.third),
    )
    assert sorted(type(result).__name__ for result in results) == ["PayoutBatch", "Refused"]
    assert sum(claim.committed_cny for claim in Claim.objects.all()) == Decimal("100000.00")
    assert budget_left([FIVE]) == {FIVE: 0}


@pytest.mark.django_db(transaction=True)
def test_an_appropriation_that_is_cut_while_a_batch_takes_it_gives_to_one_of_them():
    world = finance_world(money=None)
    make_appropriation(5, amount="100000.00", actor=world.maker)
    batch = made(world, payable_claims(world, 2, amount="50000.00", each=lambda n: {"item": "5.1"}))
    cut = {"measure": 5, "year": 2025, "payer": Claim.PROVINCE, "document": "示例", "document_on": NOW.date()}
    results = together(
        lambda: batch_lock(batch_id=batch.pk, actor=world.checker),
        lambda: appropriation_add(**cut, amount=Decimal("-50000.00"), actor=world.third),
    )
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert budget_left([FIVE])[FIVE] >= 0


@pytest.mark.django_db(transaction=True)
def test_adding_and_dropping_while_the_batch_is_locked_changes_nothing_that_was_sealed():
    world = finance_world()
    claims = payable_claims(world, 3)
    batch = made(world, claims[:2])
    line = batch.lines.first()
    together(
        lambda: batch_lock(batch_id=batch.pk, actor=world.checker),
        lambda: lines_add(batch_id=batch.pk, claim_ids=[claims[2].pk], actor=world.maker),
        lambda: line_drop(line_id=line.pk, actor=world.maker),
    )
    batch = PayoutBatch.objects.get()
    live = batch.lines.filter(live=True)
    assert batch.total_cny == sum(line.amount_cny for line in live)
    if batch.standing == "locked":
        assert {line.claim.state for line in live} == {State.COMMITTED}
        assert sum(p.amount_cny for p in batch.payments.all()) == batch.total_cny


def test_the_account_that_was_checked_is_the_one_that_is_paid(world):
    """Another account comes into force at the moment in which the batch has looked at the present one."""
    [claim] = payable_claims(world, 1)
    checked, batch = BankAccount.objects.get(enterprise=claim.enterprise), made(world, [claim])
    looked = []

    def change(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not looked and 'FROM "applications_bankaccount"' in sql and "in_force" in params:
            looked.append(sql)
            BankAccount.objects.filter(pk=checked.pk).update(number="没有核对过")
        return result

    with connection.execute_wrapper(change):
        batch_lock(batch_id=batch.pk, actor=world.checker, at=NOW)
    assert looked
    assert BankAccount.objects.get(pk=checked.pk).number == "没有核对过"
    payment, line = Payment.objects.get(), PaymentLine.objects.get()
    assert payment.payee_account == line.payee_account == checked.number


def test_a_batch_has_one_payer(world):
    make_appropriation(payer="2301", actor=world.maker)
    claims = payable_claims(world, 2, each=lambda n: {"item": "5.4", "payer": "2301"} if n else {})
    with pytest.raises(Refused, match="不是本支付方"):
        made(world, claims)
    batch_make(payer="2301", claim_ids=[claims[1].pk], title="", actor=world.cityfin, at=NOW)
