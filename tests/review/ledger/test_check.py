"""The check of the ledger: what the services do agrees, and each rule names what somebody has changed behind them."""

import io
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.jobs import job_run
from applications.models import Demand, EnterpriseYear, Receipt, Supplement
from applications.notices import left_behind_release, notice_close
from applications.recovery.receipts import receipt_add
from applications.settlement.mark import years_mark
from review.ledger.check import CHECK, check_start, ledger_check
from review.ledger.rules import RULES
from review.models import LedgerCheck, ShortageDecision, ShortageShare
from review.reversals import receipt_reverse
from review.tasks import ledger_check as nightly
from review.verification import value_verify
from tests.factories import NOW, make_user, settle_all

pytestmark = pytest.mark.django_db

#: What somebody with the database in his hands might do, by the rule that names it first. Names in braces are ids.
BROKEN = {
    "balance_payable": "UPDATE applications_claim SET payable_cny = payable_cny - 0.01 WHERE id = {approved}",
    "balance_locked": "UPDATE applications_claim SET locked_cny = locked_cny + 0.01 WHERE id = {approved}",
    "balance_committed": "UPDATE applications_claim SET committed_cny = committed_cny - 0.01 WHERE id = {committed}",
    "balance_paid": "UPDATE applications_claim SET paid_cny = paid_cny - 0.01 WHERE id = {paid}",
    "balance_demanded": "UPDATE applications_claim SET demanded_cny = 0.01 WHERE id = {paid}",
    "not_negative": (
        "INSERT INTO applications_ledgerentry (enterprise_id, year, claim_id, kind, amount_cny, at, topic) "
        "SELECT enterprise_id, year, id, 'demand', -0.01, now(), '' FROM applications_claim WHERE id = {paid}"
    ),
    "within_lock": (
        "UPDATE applications_ledgerentry SET amount_cny = amount_cny - 0.01 WHERE claim_id = {paid} AND kind = 'lock'"
    ),
    "own_year": "UPDATE applications_ledgerentry SET year = 2024 WHERE claim_id = {filed}",
    "state_committed": "UPDATE applications_claim SET state = 'payable' WHERE id = {committed}",
    "state_paid": "UPDATE applications_claim SET state = 'paid' WHERE id = {failed}",
    "committed_lines": "UPDATE review_paymentline SET amount_cny = amount_cny + 1 WHERE claim_id = {committed}",
    "paid_lines": "UPDATE review_paymentline SET amount_cny = amount_cny + 1 WHERE claim_id = {paid}",
    "committed_entries": (
        "UPDATE applications_ledgerentry SET topic = 'batch:BF0' WHERE claim_id = {committed} AND kind = 'commitment'"
    ),
    "paid_entries": (
        "UPDATE applications_ledgerentry SET topic = 'batch:BF0' WHERE claim_id = {paid} AND kind = 'payment'"
    ),
    "one_live_line": (
        "DROP INDEX payment_line_one_live_per_claim; INSERT INTO review_paymentline (batch_id, claim_id, amount_cny, "
        "payee_name, payee_bank, payee_account, result, result_note, bank_reference, live) "
        "VALUES ({settled_batch}, {committed}, 1, '', '', '', 'waiting', '', '', true)"
    ),
    "live_lines": "UPDATE review_payoutbatch SET standing = 'withdrawn' WHERE id = {locked_batch}",
    "batch_total": "UPDATE review_payoutbatch SET total_cny = total_cny + 0.01 WHERE id = {settled_batch}",
    "batch_count": "UPDATE review_payoutbatch SET line_count = line_count + 1 WHERE id = {drawn_up}",
    "batch_payments": "UPDATE review_payment SET amount_cny = amount_cny + 0.01 WHERE batch_id = {settled_batch}",
    "payment_lines": "UPDATE review_paymentline SET payment_id = NULL WHERE claim_id = {paid}",
    "seal": "UPDATE review_payoutbatch SET file = file || 'x'::bytea WHERE id = {locked_batch}",
    "in_notice": (
        "UPDATE applications_notice SET standing = 'closed', closed_at = now() - interval '3 hours' WHERE id = {notice}; "
        "UPDATE applications_enterpriseyear SET settled_at = now() - interval '3 hours'"
    ),
    "notice_lines": "UPDATE applications_claim SET state = 'approved' WHERE id = {in_notice}",
    "paid_after_notice": "DELETE FROM applications_noticeline WHERE claim_id = {paid}",
    "demanded_paid": (
        "INSERT INTO applications_ledgerentry (enterprise_id, year, claim_id, kind, amount_cny, at, topic) "
        "SELECT enterprise_id, year, id, 'demand', paid_cny + 0.01, now(), '' FROM applications_claim WHERE id = {paid}"
    ),
    "objected": "UPDATE applications_claim SET objected = true WHERE id = {in_notice}",
    "within_budget": "UPDATE review_appropriation SET amount_cny = 1 WHERE payer = 'province' AND measure = 5",
    "within_limit": "UPDATE applications_enterpriseyear SET limit_cny = 63000.34 WHERE enterprise_id = {paid_firm}",
    "year_total": "UPDATE applications_enterpriseyear SET total_cny = 0 WHERE enterprise_id = {paid_firm}",
}


def break_open(year, sql):
    """Changes the database as nobody could through the product: no trigger is asked."""
    ids = {name: claim.pk for name, claim in year.claims.items()} | {
        "settled_batch": year.settled.pk,
        "locked_batch": year.batch.pk,
        "drawn_up": year.drawn_up.pk,
        "notice": year.notice.pk,
        "paid_firm": year.claims["paid"].enterprise_id,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for statement in sql.format(**ids).split("; "):
            cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def broken(outcome):
    return {problem.rule for problem in outcome.problems}


def texts(outcome, rule):
    return [problem.text for problem in outcome.problems if problem.rule == rule]


def test_everything_that_the_services_do_agrees(year):
    outcome = ledger_check()
    assert [problem.text for problem in outcome.problems] == []
    assert (outcome.count, outcome.claims) == (0, 10)
    assert outcome.counts[1:5] == ["申报 10 件", "企业年度 10 个", "批次 4 个", "拨付明细 5 笔"]


def test_what_somebody_changes_is_named_by_its_rule(year):
    missed = {}
    for rule, sql in BROKEN.items():
        with transaction.atomic():
            break_open(year, sql)
            outcome = ledger_check()
            if rule not in broken(outcome) or outcome.count < len(outcome.problems):
                missed[rule] = outcome.problems
            transaction.set_rollback(True)
    assert missed == {}


def test_money_that_was_spent_without_any_appropriation_is_named(year):
    break_open(year, "DELETE FROM review_appropriation WHERE payer = 'province' AND measure = 5")
    assert texts(ledger_check(), "within_budget") == [
        "省财政厅 2025 年度第 5 条措施：预算指标 0.00 元，已列入批次和已拨付 119,000.35 元。"
    ]


def test_the_sentence_says_whose_what_expected_and_found(year):
    break_open(year, BROKEN["balance_paid"])
    number = year.claims["paid"].number
    assert texts(ledger_check(), "balance_paid") == [
        f"申报 {number} 的已拨付：总额账各笔合计 63,000.35 元，申报上是 63,000.34 元。"
    ]


def test_states_payers_and_batches_are_named_in_words(year):
    for rule in ("state_committed", "within_budget", "committed_entries"):
        break_open(year, BROKEN[rule])
    outcome, number = ledger_check(), year.claims["committed"].number
    assert texts(outcome, "state_committed") == [
        f"申报 {number} 现在是“待拨付”，已列入批次的金额是 56,000.00 元，两者不符。"
    ]
    assert texts(outcome, "within_budget") == [
        "省财政厅 2025 年度第 5 条措施：预算指标 1.00 元，已列入批次和已拨付 119,000.35 元。"
    ]
    assert f"申报 {number} 在批次 BF0：有效的拨付明细 0.00 元，总额账列入 56,000.00 元。" in texts(
        outcome, "committed_entries"
    )


def test_what_stays_behind_in_a_notice_that_is_over_is_nothing_wrong_until_the_next_pass(year):
    claim = year.claims["in_notice"]
    years_mark(EnterpriseYear.objects.filter(enterprise=claim.enterprise_id))
    for count in (0, 1):
        notice_close(notice_id=year.notice.pk)
        claim.refresh_from_db()
        assert claim.state == "in_notice", "it was being settled when its notice ended"
        assert broken(ledger_check()) == set()
        if not count:
            settle_all()
    left_behind_release()
    claim.refresh_from_db()
    assert claim.state == "payable"
    assert broken(ledger_check()) == set()


def demand_of(claim, *, closed=False):
    return Demand.objects.create(
        number=f"ZH-{claim.pk}",
        claim=claim,
        raised_at=NOW,
        due_on=NOW.date(),
        closed_at=NOW if closed else None,
    )


def test_a_demand_without_a_balance_and_a_balance_without_a_demand_are_named(year):
    demand_of(year.claims["paid"])
    break_open(year, "UPDATE applications_claim SET demanded_cny = 5 WHERE id = {city}")
    assert texts(ledger_check(), "open_demands") == [
        f"申报 {year.claims['paid'].number}：待追回 0.00 元，没有了结的追回有 1 项。",
        f"申报 {year.claims['city'].number}：待追回 5.00 元，没有了结的追回有 0 项。",
    ]


def test_what_came_in_but_was_not_entered_is_named_on_both_sides(year):
    paid, other = year.claims["paid"], year.claims["payable"]
    Receipt.objects.create(
        demand=demand_of(paid, closed=True), enterprise=paid.enterprise, amount_cny=7, received_on=NOW.date(),
        against=other, note="示例", recorded_by=year.people.finance, recorded_at=NOW,
    )  # fmt: skip
    outcome = ledger_check()
    assert texts(outcome, "receipts") == [
        f"申报 {paid.number}：登记的追回到账和抵扣合计 7.00 元，总额账是 0.00 元。"
    ]
    assert texts(outcome, "offsets") == [
        f"申报 {other.number}：用于抵扣的登记合计 7.00 元，总额账上因抵扣拨付 0.00 元。"
    ]
    assert len(texts(outcome, "paid_lines")) == 2


@pytest.fixture
def reversed_receipt(year):
    """1,000.00 yuan were recorded on a demand of the paid claim and reversed, and 10.00 recorded instead."""
    claim, people = year.claims["paid"], year.people
    value_verify(claim_id=claim.pk, path="booth_cny", value="80000", reason="核查。", actor=people.commerce)
    settle_all()
    demand = Demand.objects.get(claim=claim)
    day, by = timezone.localdate(), {"actor": people.finance}
    given = {"demand_id": demand.pk, "received_on": day, "reference": "示例凭证1", **by}
    wrong = receipt_add(amount=Decimal("1000.00"), **given)
    receipt_reverse(receipt_id=wrong.pk, reason="金额录错。", **by)
    receipt_add(amount=Decimal("10.00"), **given)
    settle_all()
    return demand


_FREE = (
    "ALTER TABLE applications_receipt DROP CONSTRAINT receipt_reversed_by_somebody_with_reason; "
    "DROP INDEX receipt_once_per_voucher_of_a_firm"
)
#: What breaks which rule about a reversal, and the sentence.
BROKEN_REVERSALS = {
    "UPDATE applications_ledgerentry SET amount_cny = amount_cny - 1 WHERE kind = 'receipt' AND amount_cny > 0": (
        "reversals",
        "已冲销的到账合计 1,000.00 元，总额账冲回 999.00 元。",
    ),
    f"{_FREE}; UPDATE applications_receipt SET reversed_at = NULL WHERE reversed_at IS NOT NULL": (
        "reversals",
        "已冲销的到账合计 0.00 元，总额账冲回 1,000.00 元。",
    ),
    "UPDATE applications_ledgerentry SET amount_cny = amount_cny - 1 WHERE kind = 'receipt' AND amount_cny < -999": (
        "demand_receipts",
        "登记过的到账和抵扣（包括已冲销的）合计 1,010.00 元，总额账记入 1,011.00 元。",
    ),
    f"{_FREE}; UPDATE applications_receipt SET reversed_at = now() WHERE reversed_at IS NULL": (
        "receipts",
        "登记的追回到账和抵扣合计 0.00 元，总额账是 10.00 元。",
    ),
}


def test_a_receipt_that_was_reversed_agrees_and_comes_to_nothing(year, reversed_receipt):
    assert [problem.text for problem in ledger_check().problems] == []
    for sql, (rule, sentence) in BROKEN_REVERSALS.items():
        with transaction.atomic():
            break_open(year, sql)
            assert any(text.endswith(sentence) for text in texts(ledger_check(), rule)), sql
            transaction.set_rollback(True)


def test_a_granted_supplement_without_its_entry_is_named(year):
    who = {"consented_by": year.people.commerce, "consented_at": NOW, "consent_note": "示例"}
    Supplement.objects.create(claim=year.claims["paid"], amount_cny=3, **who)
    assert ledger_check().problems == [], "what has only been consented to changes nothing"
    Supplement.objects.update(standing="granted", decided_by=year.people.finance, decided_at=NOW)
    assert broken(ledger_check()) == {"supplements"}


def test_a_shortage_whose_parts_do_not_add_up_is_named_three_times(year):
    decision = ShortageDecision.objects.create(
        number="FP-1", measure=5, year=2025, payer="province", method="in_order", available_cny=10, owed_cny=40,
        reason="示例", decided_by=year.people.finance, decided_at=NOW,
    )  # fmt: skip
    ShortageShare.objects.create(
        decision=decision, claim=year.claims["payable"], owed_cny=30, share_cny=9, drawn_cny=0
    )
    outcome = ledger_check()
    assert [problem.text for problem in outcome.problems] == [
        "预算分配 FP-1：可分配 10.00 元，各件所得合计 9.00 元。",
        "预算分配 FP-1：各件应拨付合计 30.00 元，决定上是 40.00 元。",
        "预算分配 FP-1：各件没有得到的合计 21.00 元，总额账是 0.00 元。",
    ]


def test_every_rule_is_broken_by_a_test():
    elsewhere = {
        "open_demands",
        "receipts",
        "demand_receipts",
        "reversals",
        "offsets",
        "supplements",
        "shares",
        "shares_owed",
        "shortage_entries",
    }
    assert {rule.name for rule in RULES} == set(BROKEN) | elsewhere


@pytest.mark.parametrize("rule", ["within_limit", "demanded_paid"])
def test_a_year_that_waits_to_be_settled_is_not_judged_as_a_whole(year, rule):
    break_open(year, BROKEN[rule])
    firm = year.claims["paid"].enterprise_id
    EnterpriseYear.objects.filter(enterprise=firm).update(requested=9)
    assert not broken(ledger_check()) & {"within_limit", "demanded_paid", "year_total"}


def test_one_year_is_checked_by_itself(year):
    break_open(year, BROKEN["balance_paid"])
    assert broken(ledger_check(year=2024)) == set()
    assert "balance_paid" in broken(ledger_check(year=2025))
    assert ledger_check(year=2024).claims == 0


def test_the_check_is_one_query(year):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        ledger_check()
    assert len(queries) == 1


def test_no_more_than_a_hundred_problems_of_a_rule_are_named_and_all_are_counted(year, monkeypatch):
    break_open(year, "UPDATE applications_claim SET payable_cny = 1")
    whole = ledger_check()
    assert whole.count == len(whole.problems) >= 10
    from review.ledger import check

    monkeypatch.setattr(check, "MOST_NAMED", 2)
    monkeypatch.setattr(check, "_STATEMENT", check._statement())
    named = ledger_check()
    assert len(texts(named, "balance_payable")) == 2
    assert named.count == whole.count


# --- By hand, every night, and by a worker --------------------------------------------------------


def run(*arguments):
    out = io.StringIO()
    status = 0
    try:
        call_command("ledger", *arguments, stdout=out)
    except SystemExit as left:
        status = left.code
    return status, out.getvalue().splitlines()


def test_the_command_says_what_was_counted_and_that_all_agrees(year):
    status, lines = run("check")
    assert status == 0
    assert lines[0].startswith("核对了总额账 ")
    assert "申报 10 件" in lines[0]
    assert lines[-1] == "全部相符。"


def test_the_command_says_what_does_not_agree_and_ends_with_one(year):
    break_open(year, BROKEN["balance_paid"])
    status, lines = run("check", "--year", "2025")
    assert status == 1
    assert any(year.claims["paid"].number in line for line in lines)
    assert lines[-1] == "有 3 处不符。"
    assert not LedgerCheck.objects.exists(), "what is tried by hand is not what ran at night"


def test_the_night_keeps_what_it_found_once_a_day(year):
    break_open(year, BROKEN["balance_paid"])
    nightly()
    kept = LedgerCheck.objects.get()
    assert (kept.claims, kept.count) == (10, 3)
    assert {"rule", "text", "claim"} == set(kept.problems[0])
    nightly()
    assert LedgerCheck.objects.count() == 1, "the next run of the same day finds it done"


def test_a_check_that_is_under_way_is_not_started_twice(year):
    first = check_start(actor=year.people.auditor)
    assert check_start(actor=year.people.finance) == first
    assert job_run(first.pk) == "done"
    assert LedgerCheck.objects.get().count == 0
    assert check_start(actor=make_user("later")).pk != first.pk
    assert first.work == CHECK
