"""What happens at the same moment on two screens, in two workers, or in both."""

import random
from datetime import date
from decimal import Decimal
from functools import partial
from threading import Thread

import pytest
from django.db import connections, transaction
from django.db.models import F, Sum

from accounts.roles import Role
from applications.claims import claim_submit, claim_withdraw, draft_open, draft_save
from applications.errors import Refused, Stale
from applications.ledger import balances
from applications.lifecycle import bulk_transition, claim_token
from applications.lifecycle import transition as step
from applications.models import (
    Claim,
    EnterpriseYear,
    Event,
    Holiday,
    Membership,
    Notice,
    Platform,
    State,
    TradeFigures,
    YearSettings,
)
from applications.notices import notice_close
from applications.official_changes import official_save
from applications.settlement.mark import subjects_mark, years_mark
from applications.settlement.run import years_settle, years_settle_safely
from applications.settlement.year import year_settle_all
from config.embedded.processes import wait_until
from review.bank.reports import payment_report
from review.models import PaymentLine, PayoutBatch
from review.notices import claims_to_publish, notice_publish
from review.payouts import batch_lock, batch_make, batch_withdraw, claims_to_pay, line_drop
from tests.factories import (
    NOW,
    UNMET,
    declared,
    exhibition,
    make_appropriation,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)
from tests.support.threads import together

pytestmark = pytest.mark.django_db(transaction=True)

BOOTH = {"booth_cny": "400000"}
ROUNDS = 50


@pytest.fixture
def people():
    """Two people for each office; nobody is drawn for a second check."""
    for year in (2024, 2025):
        YearSettings.objects.create(year=year, second_check_percent=0, published_at=NOW)
    Holiday.objects.create(day=date(2026, 1, 1), kind="off")
    roles = {"commerce": Role.COMMERCE, "finance": Role.FINANCE}
    return {
        f"{name}{number}": make_user(f"{name}{number}", role=role)
        for name, role in roles.items()
        for number in (1, 2)
    }


def expo(firm, period, name, **fields):
    """A settled claim of 5.1 for a booth of 400,000 yuan: 280,000 of the 300,000 that 5.1 to 5.3 share."""
    return make_claim(firm, "5.1", period, facts=BOOTH, particulars=exhibition(name), **fields)


def refusals(results):
    return [result for result in results if isinstance(result, Refused)]


# --- Filing --------------------------------------------------------------------------------------


def colleagues(firm):
    """The owner and a second clerk."""
    clerk = make_user("colleague")
    Membership.objects.create(user=clerk, enterprise=firm, role=Membership.Role.CLERK, since=NOW)
    return owner_of(firm), clerk


def test_two_clerks_who_open_the_same_item_at_once_get_the_same_claim():
    firm, period = make_firm(), make_period()
    results = together(
        *(
            partial(draft_open, enterprise=firm, item="1.1", period=period, actor=clerk)
            for clerk in colleagues(firm)
        )
    )
    assert sorted(created for _, created in results) == [False, True]
    assert Claim.objects.count() == 1
    assert Event.objects.filter(kind="claim.created").count() == 1


def test_two_clerks_who_submit_the_same_claim_at_once_submit_it_once():
    firm, period = make_firm(), make_period()
    claim = expo(firm, period, "示例展会", submit=False)
    what = declared(BOOTH, exhibition())
    results = together(
        *(
            partial(claim_submit, claim_id=claim.pk, actor=clerk, declared=what, at=NOW)
            for clerk in colleagues(firm)
        )
    )
    assert [type(refusal) for refusal in refusals(results)] == [Stale]
    assert Event.objects.filter(kind="claim.submitted").count() == 1
    assert EnterpriseYear.objects.get().requested == 1


def test_two_clerks_who_submit_two_drafts_about_one_exhibition_at_once_leave_one_claim():
    firm, period = make_firm(), make_period()
    drafts = [expo(firm, period, name, submit=False) for name in ("甲", "乙")]
    what = declared(BOOTH, exhibition("丙"))
    results = together(
        *(
            partial(claim_submit, claim_id=draft.pk, actor=clerk, declared=what, at=NOW)
            for draft, clerk in zip(drafts, colleagues(firm), strict=True)
        )
    )
    [refusal] = refusals(results)
    assert "同一对象已有一件有效的申报" in refusal.message
    assert sorted(Claim.objects.values_list("state", flat=True)) == ["commerce_review", "draft"]


# --- Deciding ------------------------------------------------------------------------------------


def test_two_officers_who_approve_one_claim_at_once_approve_it_once(people):
    claim = expo(make_firm(), make_period(), "示例展会")
    token = claim_token(claim)
    results = together(
        *(
            partial(step, claim_id=claim.pk, action="approve", actor=people[name], token=token)
            for name in ("commerce1", "commerce2")
        )
    )
    [refusal] = refusals(results)
    assert isinstance(refusal, Stale)
    assert Event.objects.filter(kind="claim.commerce_approved").count() == 1


def test_approving_and_withdrawing_at_once_does_one_of_them(people):
    firm = make_firm()
    claim = expo(firm, make_period(), "示例展会")
    results = together(
        partial(
            step,
            claim_id=claim.pk,
            action="reject",
            actor=people["commerce1"],
            reason="示例理由。",
            data=UNMET,
        ),
        partial(claim_withdraw, claim_id=claim.pk, actor=owner_of(firm)),
    )
    assert len(refusals(results)) == 1
    settle_all(claim)
    assert claim.state in (State.REJECTED, State.WITHDRAWN)
    assert balances(claim.pk)["payable_cny"] == 0


@pytest.mark.parametrize("attempt", range(6))
def test_an_approval_that_races_a_settlement_approves_what_the_settlement_found(people, attempt):
    firm = make_firm()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, import_cny="200000000", export_cny="0")
    claim = make_claim(firm, "1.1", make_period())
    TradeFigures.objects.filter(year=2025).update(import_cny=150000000)
    years_mark(EnterpriseYear.objects.all())
    key = EnterpriseYear.objects.get().pk
    together(
        partial(years_settle, [key]),
        partial(step, claim_id=claim.pk, action="approve", actor=people["commerce1"]),
        partial(years_settle_safely, [key]),
    )
    settle_all(claim)
    assert claim.payable_cny == Decimal("450000.00")
    if claim.state == State.FINANCE_REVIEW:
        assert claim.approved_steps["computed_cny"] == "450000.00"
    else:
        assert claim.state == State.COMMERCE_REVIEW
    assert Event.objects.filter(kind="claim.settled").count() == 2


def in_finance(people, firm, period, *names):
    """Claims of one firm that commerce has approved; the shared cap cuts all but the first."""
    claims = [expo(firm, period, name) for name in names]
    for claim in claims:
        step(claim_id=claim.pk, action="approve", actor=people["commerce1"], at=NOW)
    settle_all()
    return claims


@pytest.mark.parametrize("attempt", range(4))
def test_the_second_of_two_finance_approvals_at_once_waits_until_the_first_is_settled(people, attempt):
    claims = in_finance(people, make_firm(), make_period(), "甲", "乙")
    results = together(
        *(
            partial(step, claim_id=claim.pk, action="finance_approve", actor=people["finance1"])
            for claim in claims
        )
    )
    [refusal] = refusals(results)
    assert "重新计算" in refusal.message


@pytest.mark.parametrize("attempt", range(4))
def test_two_finance_approvals_of_one_enterprise_at_once_keep_within_the_limit(people, attempt):
    firm, period = make_firm(), make_period()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    figures = make_figures(firm, import_cny="100000000", export_cny="0", export_usd="1")
    growth = make_claim(firm, "1.1", period)
    premium = make_claim(firm, "7.1", period, facts={"premium_cny": "250000"})
    claims = [growth, premium, *in_finance(people, firm, period, "甲")]
    for claim in claims[:2]:
        step(claim_id=claim.pk, action="approve", actor=people["commerce1"], at=NOW)
    settle_all()
    figures.import_cny = Decimal("90000000")
    together(
        *(
            partial(step, claim_id=claim.pk, action="finance_approve", actor=people["finance1"])
            for claim in claims
        ),
        partial(official_save, figures, actor=people["commerce2"]),
        partial(years_settle_safely, [EnterpriseYear.objects.get().pk]),
    )
    settle_all()
    year = EnterpriseYear.objects.get()
    assert year.limit_cny == Decimal("300000.00"), "without 1.1 the limit is that of the exhibitions"
    locks = Claim.objects.aggregate(sum=Sum("locked_cny"))["sum"] or 0
    assert locks <= year.limit_cny
    assert year.total_cny <= year.limit_cny


def test_a_bulk_approval_beside_a_single_one_locks_each_claim_once(people):
    firm = make_firm()
    claims = in_finance(people, firm, make_period(), "甲", "乙")
    steps = [(claim.pk, claim_token(Claim.objects.get(pk=claim.pk))) for claim in claims]
    together(
        partial(
            bulk_transition,
            enterprise_id=firm.pk,
            year=2025,
            steps=steps,
            action="finance_approve",
            actor=people["finance1"],
        ),
        partial(step, claim_id=claims[0].pk, action="finance_approve", actor=people["finance2"]),
    )
    settle_all()
    for claim in claims:
        assert Event.objects.filter(claim=claim, kind="claim.finance_approved").count() <= 1
        claim.refresh_from_db()
        assert balances(claim.pk)["locked_cny"] == (claim.locked_cny or 0)
    assert Claim.objects.aggregate(sum=Sum("locked_cny"))["sum"] <= Decimal("300000.00")


# --- Settling ------------------------------------------------------------------------------------


def test_workers_that_settle_one_year_at_once_settle_it_once(people):
    claim = expo(make_firm(), make_period(), "示例展会", settle=False)
    key = EnterpriseYear.objects.get().pk
    results = together(*[partial(years_settle, [key])] * 4)
    assert sorted(results) == [0, 0, 0, 1]
    assert Event.objects.filter(claim=claim, kind="claim.settled").count() == 1


def test_marks_that_come_at_once_are_all_counted():
    claim = expo(make_firm(), make_period(), "示例展会")
    before = EnterpriseYear.objects.get().requested
    together(*[partial(years_mark, EnterpriseYear.objects.all())] * 5)
    assert EnterpriseYear.objects.get().requested == before + 5
    settle_all(claim)


# --- Everything at once --------------------------------------------------------------------------


def test_a_year_that_is_made_while_official_data_change_settles_on_the_new_data():
    """The change looks for the years it touches; a year made right then must not slip past it."""
    firm, period = make_firm(), make_period()
    figures = make_figures(firm, cross_border_cny="20000000")
    filing = Thread(target=_file_elsewhere, args=(firm, period))
    with transaction.atomic():
        figures.cross_border_cny = Decimal("30000000")
        official_save(figures, actor=owner_of(firm))
        filing.start()
        assert wait_until(_somebody_waits_at_the_gate, seconds=60)
    filing.join(60)
    assert settle_all(Claim.objects.get()).payable_cny == Decimal("300000.00")


def _file_elsewhere(firm, period):
    try:
        make_claim(firm, "3.1", period)
    finally:
        connections.close_all()


def _somebody_waits_at_the_gate():
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0] > 0


def crowd(people):
    """Two firms with claims in all stages, two of each about the same platform in different years."""
    firms = [make_firm(f"示例{name}公司") for name in "甲乙"]
    periods = {year: make_period(year, deadline=date(2027, 12, 31)) for year in (2024, 2025)}
    for year in periods:
        make_appropriation(year=year, actor=people["finance1"])
    for number, firm in enumerate(firms):
        make_figures(firm, 2024, import_cny="0", export_cny="0")
        make_figures(firm, import_cny="200000000", export_cny="0", export_usd="1")
        Platform.objects.create(
            number=f"P{number}",
            name="示例平台",
            level="national",
            operator_code=firm.credit_code,
            designated_on=date(2023, 1, 1),
        )
        make_claim(firm, "1.1", periods[2025])
        make_claim(firm, "7.1", periods[2025], facts={"premium_cny": "500000"})
        for year in (2024, 2025):
            make_claim(firm, "2.1", periods[year], facts={"platform": f"P{number}"})
        for name in ("甲", "乙"):
            expo(firm, periods[2025], name)
    return firms, periods


def somebody_acts(people, number):
    """One thing that somebody could do now, chosen by the number; the claims are read when it is done."""
    dice = random.Random(number)
    claims = list(Claim.objects.order_by("pk"))
    claim = dice.choice(claims)
    commerce, finance = people[f"commerce{dice.choice('12')}"], people[f"finance{dice.choice('12')}"]
    act = partial(step, claim_id=claim.pk, reason="示例理由。")
    owner = owner_of(claim.enterprise)
    submitted = declared(claim.facts, claim.particulars)
    chunk = list(EnterpriseYear.objects.values_list("pk", flat=True))
    payable = [each.pk for each in claims_to_pay("province")]
    published = [each.pk for each in claims_to_publish("province").filter(year=2025)]
    drafts = list(PayoutBatch.objects.filter(standing="draft").order_by("pk"))
    lines = list(PaymentLine.objects.filter(live=True).order_by("pk"))
    figures = dice.choice(list(TradeFigures.objects.filter(year=2025).order_by("pk")))
    figures.import_cny = dice.choice([Decimal("50000000"), Decimal("300000000")])
    choices = [
        *[partial(act, action="approve", actor=commerce)] * 4,
        *[partial(act, action="finance_approve", actor=finance)] * 4,
        partial(act, action="return", actor=commerce),
        partial(act, action="recall", actor=finance),
        partial(act, action="re_examine", actor=finance),
        partial(claim_submit, claim_id=claim.pk, actor=owner, declared=submitted, at=NOW),
        partial(draft_save, claim_id=claim.pk, actor=owner, draft={"facts": claim.facts}),
        *[partial(years_settle, chunk)] * 3,
        *[partial(years_settle_safely, chunk)] * 3,
        partial(year_settle_all, 2025, everything=True, inline=True, chunk=2),
        partial(years_mark, EnterpriseYear.objects.all()),
        partial(subjects_mark),
        partial(official_save, figures, actor=commerce),
    ]
    if published:
        choices += [
            partial(
                notice_publish,
                payer="province",
                year=2025,
                claim_ids=dice.sample(published, len(published)),
                title="示例公示",
                actor=finance,
            )
        ] * 4
    for notice in Notice.objects.filter(standing="published").order_by("pk"):
        choices += [partial(notice_close, notice_id=notice.pk)] * 3
    if payable:
        make = partial(batch_make, payer="province", title="", actor=finance)
        choices += [partial(make, claim_ids=dice.sample(payable, len(payable)))] * 3
    for batch in drafts:
        choices += [partial(batch_lock, batch_id=batch.pk, actor=finance)] * 3
        choices += [partial(batch_withdraw, batch_id=batch.pk, actor=finance, reason="示例理由。")]
    for line in lines[:3]:
        choices += [partial(line_drop, line_id=line.pk, actor=finance)]
        if line.payment_id:
            report = partial(payment_report, payment_id=line.payment_id, note="示例说明", actor=finance)
            choices += [partial(report, result="paid"), partial(report, result="failed")]
    return dice.choice(choices)


def test_whatever_is_done_at_once_nobody_waits_for_ever_and_the_money_agrees(people):
    crowd(people)
    settle_all()
    for number in range(ROUNDS):
        together(*(somebody_acts(people, 10 * number + place) for place in range(4)))
    subjects_mark()
    settle_all()
    assert not EnterpriseYear.objects.filter(requested__gt=F("settled")).exists()
    for claim in Claim.objects.all():
        assert balances(claim.pk) == {name: getattr(claim, name) or 0 for name in balances(claim.pk)}
    for year in EnterpriseYear.objects.all():
        claims = Claim.objects.filter(enterprise=year.enterprise, year=year.year)
        sums = claims.aggregate(paid=Sum("paid_cny"), demanded=Sum("demanded_cny"))
        assert sums["paid"] - sums["demanded"] <= year.limit_cny
    for batch in PayoutBatch.objects.exclude(standing="withdrawn"):
        lines = batch.lines.exclude(result="dropped").aggregate(sum=Sum("amount_cny"))
        assert batch.total_cny == (lines["sum"] or 0)


def test_locks_that_move_each_others_years_at_once_do_not_block_each_other(people):
    firms, _ = crowd(people)
    settle_all()
    claims = list(Claim.objects.filter(item="2.1").order_by("pk"))
    random.Random(1).shuffle(claims)
    for claim in claims:
        step(claim_id=claim.pk, action="approve", actor=people["commerce1"], at=NOW)
    settle_all()
    for _ in range(3):
        together(
            *(
                partial(step, claim_id=claim.pk, action="finance_approve", actor=people["finance1"])
                for claim in claims
            )
        )
        settle_all()
        keys = Claim.objects.filter(item="2.1", locked_cny__gt=0).values_list("lifetime_key", flat=True)
        assert len(set(keys)) == len(keys) == len(firms), "one year of each platform is paid"
        locked = list(Claim.objects.filter(item="2.1", locked_cny__gt=0))
        together(
            *(partial(step, claim_id=claim.pk, action="recall", actor=people["finance1"]) for claim in locked)
        )
        settle_all()
        assert not Claim.objects.filter(item="2.1", locked_cny__gt=0).exists()
        for claim in Claim.objects.filter(item="2.1", state=State.COMMERCE_REVIEW):
            step(claim_id=claim.pk, action="approve", actor=people["commerce1"], at=NOW)
        settle_all()
