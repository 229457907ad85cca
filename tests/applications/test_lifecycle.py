"""The life of a claim, step by step, through the services that pages use."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import User
from accounts.roles import Role
from applications.claims import claim_submit, claim_withdraw, draft_open
from applications.errors import NotAllowed, Refused, Stale
from applications.ledger import balances
from applications.lifecycle import TRANSITIONS, claim_token
from applications.lifecycle import transition as step
from applications.lifecycle.possible import actions_possible
from applications.models import Claim, EnterpriseYear, Event, State, YearSettings
from applications.record import event_add
from tests.factories import (
    NOW,
    UNMET,
    declared,
    exhibition,
    give_evidence,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

pytestmark = pytest.mark.django_db

BOOTH = {"booth_cny": "100000"}


@pytest.fixture
def officers():
    """One person for each stage, and none of the year's claims drawn for a second check."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    return {
        "city": make_user("city", role=Role.CITY_COMMERCE, city="2301"),
        "city2": make_user("city2", role=Role.CITY_COMMERCE, city="2301"),
        "heihe": make_user("heihe", role=Role.CITY_COMMERCE, city="2311"),
        "commerce": make_user("commerce", role=Role.COMMERCE),
        "commerce2": make_user("commerce2", role=Role.COMMERCE),
        "finance": make_user("finance", role=Role.FINANCE),
        "cityfin": make_user("cityfin", role=Role.CITY_FINANCE, city="2301"),
    }


def approve_all(claim, officers, *, finance=True):
    """Commerce and finance approve the claim, each settled before."""
    step(claim_id=claim.pk, action="approve", actor=officers["commerce"], at=NOW)
    settle_all()
    if finance:
        step(claim_id=claim.pk, action="finance_approve", actor=officers["finance"], at=NOW)
        settle_all()
    claim.refresh_from_db()
    return claim


def test_a_claim_goes_from_draft_to_approved_and_its_amount_is_locked(officers):
    firm = make_firm()
    claim = make_claim(firm, "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    assert (claim.state, claim.payable_cny) == (State.COMMERCE_REVIEW, Decimal("70000.00"))
    approve_all(claim, officers)
    assert (claim.state, claim.locked_cny) == (State.APPROVED, Decimal("70000.00"))
    assert balances(claim.pk)["locked_cny"] == balances(claim.pk)["payable_cny"] == Decimal("70000.00")
    kinds = list(Event.objects.filter(claim=claim).values_list("kind", flat=True))
    assert kinds == [
        "claim.created",
        "claim.submitted",
        "claim.settled",
        "claim.commerce_approved",
        "claim.finance_approved",
    ]


def test_the_city_checks_first_where_the_period_says_so_but_never_for_city_run_items(officers):
    firm, period = make_firm(), make_period(city_first_check=True)
    assert make_claim(firm, "5.3", period, particulars=exhibition()).state == State.CITY_REVIEW
    city_run = make_claim(firm, "5.5", period, facts={"brand_cny": "1"})
    assert (city_run.state, city_run.payer) == (State.COMMERCE_REVIEW, "2301")


def test_city_run_items_are_decided_by_their_own_city(officers):
    claim = make_claim(make_firm(), "5.5", make_period(), facts={"brand_cny": "1"})
    for outsider in ("commerce", "heihe", "finance", "cityfin"):
        with pytest.raises(NotAllowed):
            step(claim_id=claim.pk, action="return", actor=officers[outsider], reason="请补充。")
    step(claim_id=claim.pk, action="return", actor=officers["city"], reason="请补充。")


def test_an_ineligible_claim_cannot_be_approved(officers):
    claim = make_claim(make_firm(), "6.1", make_period())
    assert claim.eligibility == "ineligible"
    with pytest.raises(Refused, match="不符合条件"):
        step(claim_id=claim.pk, action="approve", actor=officers["commerce"])


def test_nothing_is_approved_while_the_year_waits_to_be_settled(officers):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition(), settle=False)
    with pytest.raises(Refused, match="重新计算"):
        step(claim_id=claim.pk, action="approve", actor=officers["commerce"])


def test_one_person_does_not_decide_at_two_stages(officers):
    both = officers["commerce"]
    both.posts.create(role=Role.FINANCE, starts_on=NOW.date() - timedelta(days=9))
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    approve_all(claim, officers, finance=False)
    with pytest.raises(NotAllowed, match="另一位同事"):
        step(claim_id=claim.pk, action="finance_approve", actor=both)


def test_a_member_of_the_firm_does_not_review_its_claims(officers):
    owner = make_user("officer-owner", role=Role.COMMERCE)
    claim = make_claim(make_firm(owner=owner), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    with pytest.raises(NotAllowed, match="您是这家企业的经办人"):
        step(claim_id=claim.pk, action="approve", actor=owner)


def test_who_filed_a_claim_does_not_decide_it_after_leaving_the_firm(officers):
    firm = make_firm()
    claim = make_claim(firm, "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    firm.memberships.update(user=officers["commerce2"])
    late = make_claim(firm, "5.2", claim.period, facts={"booth_cny": "1000"}, particulars=exhibition())
    firm.memberships.update(ended_at=NOW)
    with pytest.raises(NotAllowed, match="代企业办理过"):
        step(claim_id=late.pk, action="approve", actor=officers["commerce2"])
    step(claim_id=claim.pk, action="approve", actor=officers["commerce2"])


def test_a_drawn_claim_is_checked_by_a_second_commerce_officer(officers):
    YearSettings.objects.create(year=2025, version=2, second_check_percent=100, published_at=NOW)
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    approve_all(claim, officers, finance=False)
    assert claim.state == State.SECOND_CHECK
    with pytest.raises(NotAllowed):
        step(claim_id=claim.pk, action="confirm", actor=officers["commerce"])
    step(claim_id=claim.pk, action="send_back", actor=officers["commerce2"], reason="请核对发票。")
    YearSettings.objects.create(year=2025, version=3, second_check_percent=0, published_at=NOW)
    approve_all(claim, officers, finance=False)
    assert claim.state == State.SECOND_CHECK, "once drawn, always drawn"
    step(claim_id=claim.pk, action="confirm", actor=officers["commerce2"])


def test_a_stale_page_is_told_what_happened_meanwhile_and_does_nothing(officers):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    token = claim_token(claim)
    step(claim_id=claim.pk, action="return", actor=officers["commerce"], reason="缺发票。", token=token)
    with pytest.raises(Stale, match="退回补正"):
        step(claim_id=claim.pk, action="approve", actor=officers["commerce2"], token=token)
    claim.refresh_from_db()
    assert claim.state == State.RETURNED
    assert Event.objects.filter(claim=claim, kind="claim.returned").count() == 1


@pytest.mark.parametrize(("kind", "moves"), [("claim.verified", True), ("claim.noted", False)])
def test_every_event_of_a_claim_but_a_quiet_one_changes_its_token(kind, moves):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    token = claim_token(claim)
    event_add(kind=kind, claim=claim)
    assert (claim_token(claim) != token) == moves
    assert claim_token(Claim.objects.get(pk=claim.pk)) == claim_token(claim)


def test_a_settlement_that_changes_nothing_changes_no_token(officers):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    token = claim_token(claim)
    EnterpriseYear.objects.update(requested=9)
    assert claim_token(settle_all(claim)) == token


def test_a_corrected_claim_goes_back_to_the_stage_that_returned_it_and_keeps_its_place(officers):
    firm = make_firm()
    claim = make_claim(firm, "5.1", make_period(city_first_check=True), facts=BOOTH, particulars=exhibition())
    first = claim.first_submitted_at
    step(claim_id=claim.pk, action="city_pass", actor=officers["city"])
    step(claim_id=claim.pk, action="return", actor=officers["commerce"], reason="金额有误。", at=NOW)
    claim.refresh_from_db()
    assert claim.return_due_on == NOW.date() + timedelta(days=14)
    again = declared({"booth_cny": "90000"}, exhibition())
    claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=again, at=NOW + timedelta(days=1))
    settle_all(claim)
    assert (claim.state, claim.first_submitted_at) == (State.COMMERCE_REVIEW, first)
    assert claim.payable_cny == Decimal("63000.00")


def test_a_withdrawn_claim_gives_back_its_place_in_the_limit_and_its_subject(officers):
    firm, period = make_firm(), make_period()
    claim = make_claim(firm, "5.1", period, facts=BOOTH, particulars=exhibition())
    claim_withdraw(claim_id=claim.pk, actor=owner_of(firm))
    settle_all(claim)
    assert balances(claim.pk)["payable_cny"] == 0
    assert EnterpriseYear.objects.get().total_cny == 0
    again = make_claim(firm, "5.1", period, facts=BOOTH, particulars=exhibition())
    assert again.pk != claim.pk


def test_a_second_draft_for_the_same_item_and_year_opens_the_first():
    firm, period = make_firm(), make_period()
    first, created = draft_open(enterprise=firm, item="1.1", period=period, actor=owner_of(firm))
    second, again = draft_open(enterprise=firm, item="1.1", period=period, actor=owner_of(firm))
    assert (created, again, first.pk) == (True, False, second.pk)


def test_the_database_itself_allows_one_live_claim_per_subject():
    claim = make_claim(make_firm(), "1.1", make_period(), submit=False)
    claim.pk, claim.number = None, "2025-1.1-99999"
    with pytest.raises(IntegrityError, match="claim_one_live_per_subject"), transaction.atomic():
        claim.save(force_insert=True)


def test_an_unverified_firm_cannot_submit():
    with pytest.raises(Refused, match="核验"):
        make_claim(make_firm(verified=False), "6.1", make_period())


def test_after_the_deadline_only_an_extension_lets_a_firm_submit_and_the_claim_says_so():
    firm = make_firm()
    period = make_period(deadline=NOW.date() - timedelta(days=1))
    claim = make_claim(firm, "6.1", period, submit=False)
    give_evidence(claim)
    with pytest.raises(Refused, match="截止"):
        claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=declared(), at=NOW)
    period.extensions.create(
        enterprise=firm, until=NOW.date(), reason="数据更正", granted_by=owner_of(firm), granted_at=NOW
    )
    assert claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=declared(), at=NOW).late


def test_missing_evidence_is_named():
    firm = make_firm()
    claim, _ = draft_open(enterprise=firm, item="5.1", period=make_period(), actor=owner_of(firm))
    with pytest.raises(Refused, match="参展合同与展位确认书") as refusal:
        claim_submit(claim_id=claim.pk, actor=owner_of(firm), declared=declared(BOOTH, exhibition()), at=NOW)
    assert refusal.value.field == "ev-booth_contract"


def test_whoever_decided_takes_the_decision_back_while_nothing_has_happened_since(officers):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    approve_all(claim, officers)
    with pytest.raises(NotAllowed, match="只有作出决定的人"):
        step(claim_id=claim.pk, action="recall", actor=officers["commerce"])
    step(claim_id=claim.pk, action="recall", actor=officers["finance"])
    settle_all(claim)
    assert (claim.state, claim.locked_cny) == (State.FINANCE_REVIEW, None)
    with pytest.raises(Refused, match="不能收回"):
        step(claim_id=claim.pk, action="recall", actor=officers["finance"])


@pytest.mark.parametrize("other", [Role.AUDITOR, Role.FINANCE])
def test_who_has_left_the_post_takes_no_decision_of_it_back(officers, other):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    step(claim_id=claim.pk, action="approve", actor=officers["commerce"])
    officers["commerce"].posts.update(role=other)
    former = User.objects.get(pk=officers["commerce"].pk)
    claim.refresh_from_db()
    assert "recall" not in [each.action for each, _ in actions_possible(claim, former)]
    with pytest.raises(NotAllowed, match="不在作出这个决定的岗位"):
        step(claim_id=claim.pk, action="recall", actor=former)


def test_a_rejected_claim_can_be_reconsidered_once_by_another_officer(officers):
    firm = make_firm()
    claim = make_claim(firm, "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    step(claim_id=claim.pk, action="reject", actor=officers["commerce"], reason="不在支持范围。", data=UNMET)
    step(claim_id=claim.pk, action="reconsider", actor=owner_of(firm), reason="补充了合同。")
    settle_all(claim)
    assert claim.payable_cny == Decimal("70000.00")
    with pytest.raises(NotAllowed, match="复议"):
        step(claim_id=claim.pk, action="approve", actor=officers["commerce"])
    step(claim_id=claim.pk, action="reject", actor=officers["commerce2"], reason="维持原决定。", data=UNMET)
    with pytest.raises(Refused, match="一次"):
        step(claim_id=claim.pk, action="reconsider", actor=owner_of(firm), reason="再次申请。")


@pytest.mark.parametrize(
    "data", [None, {"grounds": [{"code": "not_met"}]}, {"grounds": [{"code": "not_met", "clause": "99"}]}]
)
def test_a_rejection_names_a_clause_of_the_policy(officers, data):
    claim = make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    with pytest.raises(Refused, match="依据的条款") as refusal:
        step(claim_id=claim.pk, action="reject", actor=officers["commerce"], reason="不符合。", data=data)
    claim.refresh_from_db()
    assert (refusal.value.field, claim.state) == ("clause", State.COMMERCE_REVIEW)


def test_an_amount_that_changes_after_commerce_approved_goes_back_to_commerce(officers):
    firm = make_firm()
    figures = make_figures(firm, import_cny="200000000", export_cny="0")
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    claim = make_claim(firm, "1.1", make_period())
    approve_all(claim, officers, finance=False)
    figures.import_cny = Decimal("150000000")
    figures.save()
    EnterpriseYear.objects.update(requested=99)
    settle_all(claim)
    assert (claim.state, claim.payable_cny) == (State.COMMERCE_REVIEW, Decimal("450000.00"))
    event = Event.objects.get(kind="claim.amount_changed")
    assert event.data["old"]["computed_cny"] == "600000.00"
    assert event.data["new"]["computed_cny"] == "450000.00"


def test_when_only_the_limit_changes_the_claim_stays_with_finance(officers):
    firm, period = make_firm(), make_period()
    make_claim(firm, "7.1", period, facts={"premium_cny": "100000"})
    make_figures(firm, import_cny="0", export_cny="1", export_usd="1")
    EnterpriseYear.objects.update(requested=50)
    settle_all()
    other = Claim.objects.get(item="7.1")
    claim = make_claim(firm, "5.3", period, facts={"participation_cny": "400000"}, particulars=exhibition())
    approve_all(claim, officers, finance=False)
    assert (other.payable_cny, claim.payable_cny) == (Decimal("100000.00"), Decimal("200000.00"))
    claim_withdraw(claim_id=other.pk, actor=owner_of(firm))
    make_claim(firm, "5.1", period, facts={"booth_cny": "200000"}, particulars=exhibition("示例乙展会"))
    settle_all(claim)
    assert claim.state == State.FINANCE_REVIEW


def test_a_locked_claim_entitled_to_less_is_unlocked_while_nothing_is_committed(officers):
    firm = make_firm()
    figures = make_figures(firm, import_cny="200000000", export_cny="0")
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    claim = approve_all(make_claim(firm, "1.1", make_period()), officers)
    figures.import_cny = Decimal("150000000")
    figures.save()
    EnterpriseYear.objects.update(requested=99)
    settle_all(claim)
    assert (claim.state, claim.locked_cny) == (State.COMMERCE_REVIEW, None)
    assert claim.payable_cny == Decimal("450000.00")
    assert balances(claim.pk)["payable_cny"] == Decimal("450000.00")
    assert balances(claim.pk)["locked_cny"] == 0


def test_a_lock_of_which_something_is_paid_falls_and_the_rest_is_demanded_back(officers):
    firm = make_firm()
    figures = make_figures(firm, import_cny="200000000", export_cny="0")
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    claim = approve_all(make_claim(firm, "1.1", make_period()), officers)
    Claim.objects.filter(pk=claim.pk).update(paid_cny=Decimal("500000"), state=State.PAYABLE)
    figures.import_cny = Decimal("150000000")
    figures.save()
    EnterpriseYear.objects.update(requested=99)
    settle_all(claim)
    assert (claim.locked_cny, claim.demanded_cny) == (Decimal("500000.00"), Decimal("50000.00"))
    figures.import_cny = Decimal("200000000")
    figures.save()
    EnterpriseYear.objects.update(requested=199)
    settle_all(claim)
    assert (claim.locked_cny, claim.demanded_cny) == (Decimal("500000.00"), Decimal("0.00"))


def test_a_late_claim_with_a_higher_ceiling_does_not_move_what_finance_approved(officers):
    firm, period = make_firm(), make_period()
    early = make_claim(firm, "5.1", period, facts={"booth_cny": "500000"}, particulars=exhibition())
    approve_all(early, officers)
    make_figures(firm, import_cny="200000000", export_cny="0")
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    late = make_claim(firm, "1.1", period)
    settle_all(early)
    assert (early.locked_cny, late.payable_cny) == (Decimal("300000.00"), Decimal("600000.00"))


@pytest.mark.parametrize("table", ["applications_event", "applications_ledgerentry", "applications_letter"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_or_delete_the_record(officers, table, sql):
    make_claim(make_firm(), "5.1", make_period(), facts=BOOTH, particulars=exhibition())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="can only be added"), transaction.atomic():
            cursor.execute(sql.format(table))


def test_every_transition_starts_and_ends_in_states_and_is_named_in_chinese():
    for action, row in TRANSITIONS.items():
        assert row.sources
        assert row.targets
        assert row.action == action
        assert row.label.isascii() is False
