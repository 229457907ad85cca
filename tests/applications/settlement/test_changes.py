"""What a settlement does to approvals, locks and payments when amounts change, and after decisions taken back."""

from decimal import Decimal

import pytest

from applications.claims import claim_submit
from applications.errors import NotAllowed, Refused
from applications.ledger import balances
from applications.lifecycle import transition as step
from applications.models import Claim, EnterpriseYear, Event, LedgerEntry, State
from tests.factories import (
    NOW,
    UNMET,
    declared,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    owner_of,
    settle_all,
)

from .steps import again, approve, expo, figures_change

pytestmark = pytest.mark.django_db


# --- What changes before and after approvals -----------------------------------------------------


def test_a_change_before_any_approval_is_settled_in_place(officers, growth):
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.payable_cny) == (State.COMMERCE_REVIEW, Decimal("450000.00"))
    event = Event.objects.filter(kind="claim.settled").order_by("pk").last()
    assert (event.data["old"]["payable_cny"], event.data["new"]["payable_cny"]) == ("600000.00", "450000.00")


def test_a_change_after_commerce_approved_falls_back_and_loses_the_approval(officers, growth):
    approve(growth, officers, finance=False)
    figures_change(growth.enterprise, import_cny=Decimal("250000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.approved_steps) == (State.COMMERCE_REVIEW, None), "more is a change too"
    data = Event.objects.get(kind="claim.amount_changed").data
    assert (data["old"]["computed_cny"], data["new"]["computed_cny"]) == ("600000.00", "750000.00")


def test_a_lock_that_is_entitled_to_more_stays_as_it_is(officers, growth):
    approve(growth, officers)
    figures_change(growth.enterprise, import_cny=Decimal("250000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.locked_cny, growth.payable_cny) == (
        State.APPROVED,
        Decimal("600000.00"),
        Decimal("600000.00"),
    )
    assert growth.after_overlap_cny == Decimal("750000.00")


def test_a_lock_that_is_entitled_to_less_is_lifted_and_both_amounts_are_recorded(officers, growth):
    approve(growth, officers)
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.state, growth.locked_cny, growth.payable_cny) == (
        State.COMMERCE_REVIEW,
        None,
        Decimal("450000.00"),
    )
    unlocked = Event.objects.get(kind="claim.unlocked")
    assert unlocked.data["locked_cny"] == "600000.00"
    kinds = dict(
        LedgerEntry.objects.filter(claim=growth, kind__in=["lock", "unlock"]).values_list(
            "kind", "amount_cny"
        )
    )
    assert kinds == {"lock": Decimal("600000.00"), "unlock": Decimal("-600000.00")}


def paid(claim, officers, amount):
    """Money has gone out and part of it has come back, so that `amount` of the lock is paid and the rest is owed."""
    approve(claim, officers)
    whole = claim.locked_cny
    Claim.objects.filter(pk=claim.pk).update(state=State.PAYABLE)
    for action, data in (
        ("commit", {"amount": whole, "batch": "BF", "topic": "batch:BF"}),
        ("pay", {"amount": whole, "batch": "BF", "topic": "batch:BF"}),
    ):
        step(claim_id=claim.pk, action=action, actor=officers["finance"], data=data, at=NOW)
    if amount < whole:
        give_back(claim, officers, whole - amount)
    return settle_all(claim)


def give_back(claim, officers, amount):
    step(
        claim_id=claim.pk,
        action="bank_return",
        actor=officers["finance"],
        reason="账号已注销。",
        data={"amount": amount, "topic": "return:1"},
        at=NOW,
    )


def test_what_is_paid_above_the_entitlement_is_demanded_and_the_demand_follows_later_settlements(
    officers, growth
):
    paid(growth, officers, Decimal("600000.00"))
    demands = []
    for imports in ("150000000", "120000000", "170000000", "300000000"):
        figures_change(growth.enterprise, import_cny=Decimal(imports))
        growth.refresh_from_db()
        assert growth.locked_cny == Decimal("600000.00"), "what is paid is never unlocked"
        assert balances(growth.pk)["demanded_cny"] == growth.demanded_cny
        demands.append(growth.demanded_cny)
    assert demands == [Decimal("150000.00"), Decimal("240000.00"), Decimal("90000.00"), Decimal("0.00")]
    assert EnterpriseYear.objects.get().overpaid_cny == 0


def test_a_lock_partly_paid_falls_to_its_entitlement_and_no_demand_arises(officers, growth):
    paid(growth, officers, Decimal("100000.00"))
    assert (growth.state, growth.owed_cny) == (State.PAYABLE, Decimal("500000.00"))
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.locked_cny, growth.demanded_cny, growth.owed_cny) == (
        Decimal("450000.00"),
        Decimal("0.00"),
        Decimal("350000.00"),
    )
    reduced = Event.objects.get(kind="claim.lock_reduced")
    assert (reduced.data["old"], reduced.data["new"]) == ("600000.00", "450000.00")


def test_a_lock_that_falls_to_what_is_paid_is_paid_in_full(officers, growth):
    paid(growth, officers, Decimal("500000.00"))
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    growth.refresh_from_db()
    assert (growth.locked_cny, growth.demanded_cny) == (Decimal("500000.00"), Decimal("50000.00"))
    assert growth.state == State.PAID, "nothing is owed any more"


def test_the_bank_does_not_return_more_than_was_paid(officers, growth):
    paid(growth, officers, Decimal("600000.00"))
    with pytest.raises(Refused, match="退汇"):
        give_back(growth, officers, Decimal("600000.01"))
    with pytest.raises(Refused, match="退汇"):
        give_back(growth, officers, Decimal("0.00"))


def test_what_the_limit_no_longer_covers_is_taken_from_the_latest_lock(officers):
    firm, period = make_firm(), make_period()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, import_cny="100000000", export_cny="0", export_usd="1")
    growth = make_claim(firm, "1.1", period)
    for name in ("甲", "乙"):
        expo(firm, period, name, facts={"booth_cny": "200000"})
    premium = make_claim(firm, "7.1", period, facts={"premium_cny": "100000"})
    for claim in Claim.objects.order_by("pk"):
        approve(claim, officers)
    figures_change(firm, import_cny=Decimal("0"))
    states = {claim.pk: claim.locked_cny for claim in Claim.objects.all()}
    assert states[growth.pk] is None, "no longer entitled to anything itself"
    assert states[premium.pk] is None, "locked last"
    first, second = Claim.objects.filter(item="5.1").order_by("pk")
    assert (first.locked_cny, second.locked_cny) == (Decimal("140000.00"), Decimal("140000.00"))
    premium.refresh_from_db()
    assert premium.payable_cny == Decimal("20000.00")


# --- Decisions taken back ------------------------------------------------------------------------


def test_a_claim_sent_back_by_mistake_returns_to_finance_with_the_approval_that_commerce_gave(
    officers, growth
):
    approve(growth, officers, finance=False)
    step(claim_id=growth.pk, action="send_back", actor=officers["finance"], reason="示例理由。", at=NOW)
    step(claim_id=growth.pk, action="recall", actor=officers["finance"], at=NOW)
    again()
    growth.refresh_from_db()
    assert growth.state == State.FINANCE_REVIEW
    step(claim_id=growth.pk, action="finance_approve", actor=officers["finance"], at=NOW)


def test_finance_cannot_lock_an_amount_that_changed_while_a_sent_back_claim_was_with_commerce(
    officers, growth
):
    approve(growth, officers, finance=False)
    step(claim_id=growth.pk, action="send_back", actor=officers["finance"], reason="示例理由。", at=NOW)
    figures_change(growth.enterprise, import_cny=Decimal("150000000"))
    step(claim_id=growth.pk, action="recall", actor=officers["finance"], at=NOW)
    with pytest.raises(Refused):
        step(claim_id=growth.pk, action="finance_approve", actor=officers["finance"], at=NOW)
    settle_all(growth)
    assert growth.state == State.COMMERCE_REVIEW


@pytest.mark.parametrize("action", ["reject", "approve"])
def test_whoever_rejected_a_claim_does_not_decide_its_reconsideration(officers, action):
    firm = make_firm()
    claim = expo(firm, make_period(), "示例展会")
    step(
        claim_id=claim.pk,
        action="reject",
        actor=officers["commerce"],
        reason="示例理由。",
        data=UNMET,
        at=NOW,
    )
    step(claim_id=claim.pk, action="reconsider", actor=owner_of(firm), reason="示例理由。", at=NOW)
    settle_all()
    again = {"claim_id": claim.pk, "action": action, "reason": "示例理由。", "at": NOW}
    again["data"] = UNMET if action == "reject" else None
    with pytest.raises(NotAllowed, match="复议"):
        step(**again, actor=officers["commerce"])
    step(**again, actor=officers["commerce2"])


def test_a_stranger_learns_nothing_by_submitting_the_claim_of_another_firm():
    claim = expo(make_firm(verified=False), make_period(), "示例展会", submit=False)
    with pytest.raises(NotAllowed):
        claim_submit(claim_id=claim.pk, actor=make_user("stranger"), declared=declared({"?": "1"}), at=NOW)
