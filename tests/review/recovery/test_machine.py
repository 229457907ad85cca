"""Corrections down and up, payments, receipts, offsets and supplements in any order: the promises hold after each step."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import Phase
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from applications.ledger import balances
from applications.models import (
    Claim,
    Demand,
    EnterpriseYear,
    LedgerEntry,
    Letter,
    Receipt,
    State,
    Supplement,
    TradeFigures,
)
from applications.recovery.receipts import receipt_add
from applications.recovery.standing import demands_with_plans, standing_of
from applications.recovery.terms import plan_set
from applications.settlement.mark import years_mark
from review.offsets import offset_add, offset_choices
from review.supplements import rooms_of, supplement_consent, supplement_grant
from review.verification import value_verify
from tests.factories import NOW, make_appropriation
from tests.support.machine import PlayedMachine, play

pytestmark = pytest.mark.django_db

FEN, ZERO = Decimal("0.01"), Decimal("0.00")
SHARES = st.sampled_from([FEN, Decimal("0.5"), Decimal(1)])


def share_of(amount, share):
    """A fen, half, or all of an amount."""
    return max(FEN, amount if share == 1 else share if share == FEN else (amount * share).quantize(FEN))


class RecoveryMachine(PlayedMachine):
    """One firm with 1.1 and two exhibitions that share a cap; commerce, finance and the bank around it."""

    def __init__(self):
        super().__init__()
        self.vouchers = 0
        #: What the bank has paid, by claim.
        self.by_bank = {self.world.growth.pk: Decimal("600000.00")}

    def later(self):
        self.at += timedelta(minutes=1)
        return self.at

    def demands(self):
        return list(Demand.objects.filter(closed_at=None).order_by("pk"))

    @rule(units=st.integers(0, 40))
    def figures_are_corrected(self, units):
        TradeFigures.objects.filter(year=2025).update(import_cny=Decimal(units) * 10_000_000)
        years_mark(EnterpriseYear.objects.all(), send=False)
        self.quiet()

    @rule(which=st.integers(0, 1), booth=st.integers(0, 45))
    def an_audit_corrects_a_claim(self, which, booth):
        claim = Claim.objects.filter(item="5.1").order_by("pk")[which]
        drawn = claim.committed_cny or claim.paid_cny
        value = str(booth * 10_000 + 1)
        in_force = claim.verified_values.filter(lapsed_at=None).first()
        if claim.state not in (State.COMMITTED, State.PAID) and not (claim.state == State.PAYABLE and drawn):
            return
        if in_force is None or in_force.value != value:
            value_verify(
                claim_id=claim.pk, path="booth_cny", value=value, reason="核查。",
                actor=self.world.commerce2, at=self.later(),
            )  # fmt: skip
            self.quiet()

    @rule(which=st.integers(0, 2), share=SHARES)
    def the_claim_goes_on(self, which, share):
        """The next step on the way to the money: the approval anew, the notice, the batch, the bank."""
        claim = Claim.objects.order_by("pk")[which]
        world, name = self.world, claim.state
        if name == State.COMMERCE_REVIEW and claim.eligibility == "awarded":
            world.step(claim, "approve", world.commerce)
        elif name == State.FINANCE_REVIEW:
            world.step(claim, "finance_approve", world.finance)
        elif name == State.APPROVED and claim.owed_cny:
            world.step(claim, "publish", world.finance, data={"notice": "GS2025-001"})
        elif name == State.IN_NOTICE:
            world.step(claim, "close_notice")
        elif name == State.PAYABLE and claim.owed_cny:
            world.committed(claim, share_of(claim.owed_cny, share))
        elif name == State.COMMITTED:
            self.by_bank[claim.pk] = self.by_bank.get(claim.pk, ZERO) + claim.committed_cny
            world.paid(claim)

    @precondition(lambda self: self.demands())
    @rule(share=SHARES)
    def money_comes_in(self, share):
        demand, at = self.demands()[0], self.later()
        self.vouchers += 1
        receipt_add(
            demand_id=demand.pk, amount=share_of(demand.claim.demanded_cny, share),
            received_on=max(at, demand.raised_at).date(), reference=f"凭证{self.vouchers}",
            actor=self.world.finance, at=max(at, demand.raised_at),
        )  # fmt: skip
        self.quiet()

    @precondition(lambda self: self.demands())
    @rule(share=SHARES)
    def a_later_payment_is_kept_back(self, share):
        for demand in self.demands():
            for choice in offset_choices(demand):
                offset_add(
                    demand_id=demand.pk, claim_id=choice.claim.pk, amount=share_of(choice.most, share),
                    reason="示例理由。", actor=self.world.finance, at=self.later(),
                )  # fmt: skip
                self.quiet()
                return

    @precondition(lambda self: self.demands())
    @rule(share=SHARES)
    def instalments_are_agreed(self, share):
        demand = self.demands()[0]
        first = share_of(demand.claim.demanded_cny, share)
        rest = demand.claim.demanded_cny - first
        if rest:
            days = [(NOW + timedelta(days=days)).date() for days in (400, 430)]
            plan_set(
                demand_id=demand.pk, parts=list(zip(days, (first, rest), strict=True)), reason="示例理由。",
                actor=self.world.finance, at=self.later(),
            )  # fmt: skip

    @rule(which=st.integers(0, 2))
    def more_is_added(self, which):
        claim = Claim.objects.order_by("pk")[which]
        if claim.locked_cny is None:
            return
        room = rooms_of([claim])[claim.pk]
        if room.obstacle or not room.most:
            return
        before, others = EnterpriseYear.objects.get(), Claim.objects.exclude(pk=claim.pk).order_by("pk")
        payable = list(others.values_list("payable_cny", flat=True))
        open_one = Supplement.objects.filter(claim=claim, standing="consented").first()
        found = open_one or supplement_consent(
            claim_id=claim.pk, amount=room.most, note="更正。", actor=self.world.commerce2, at=self.later()
        )
        supplement_grant(
            supplement_id=found.pk, amount=found.amount_cny, reason="补发。", actor=self.world.finance2,
            at=self.later(),
        )  # fmt: skip
        self.quiet()
        after = EnterpriseYear.objects.get()
        assert after.limit_cny >= before.limit_cny
        assert after.total_cny <= after.limit_cny, "a supplement never lifts the year above its limit"
        left = others.values_list("payable_cny", flat=True)
        assert all(now >= was for now, was in zip(left, payable, strict=True)), "nor takes from other claims"

    @invariant()
    def what_is_kept_stays_within_the_limit(self):
        row = EnterpriseYear.objects.get()
        claims = Claim.objects.all()
        assert sum((c.paid_cny - c.demanded_cny for c in claims), ZERO) <= (row.limit_cny or ZERO)

    @invariant()
    def columns_are_sums_of_entries(self):
        for claim in Claim.objects.all():
            assert {
                name: value
                for name, value in balances(claim.pk).items()
                if value != (getattr(claim, name) or 0)
            } == {}

    @invariant()
    def a_demand_is_open_exactly_where_something_is_demanded(self):
        owing = set(Claim.objects.filter(demanded_cny__gt=0).values_list("pk", flat=True))
        rows = demands_with_plans(Demand.objects.filter(closed_at=None))
        assert sorted(row.claim_id for row in rows) == sorted(owing)
        for row in rows:
            standing = standing_of(row)
            assert (
                sum((part.open for part in standing.parts), ZERO) == standing.open == row.claim.demanded_cny
            )
            assert Letter.objects.filter(claim=row.claim_id, kind="demand").exists()

    @invariant()
    def nothing_is_paid_twice_and_nothing_comes_back_twice(self):
        for claim in Claim.objects.all():
            kept_back = sum((r.amount_cny for r in Receipt.objects.filter(against=claim)), ZERO)
            came_in = sum((r.amount_cny for r in Receipt.objects.filter(demand__claim=claim)), ZERO)
            assert claim.paid_cny == self.by_bank.get(claim.pk, ZERO) + kept_back - came_in
            assert claim.paid_cny + claim.committed_cny <= (claim.locked_cny or ZERO)
        offsets = LedgerEntry.objects.filter(kind="payment", topic__startswith="offset:")
        taken = LedgerEntry.objects.filter(kind="offset")
        assert sum((e.amount_cny for e in offsets), ZERO) == -sum((e.amount_cny for e in taken), ZERO)


@pytest.fixture
def played(world):
    """`world` with two exhibitions on their way and money for measure 5."""
    make_appropriation(5, amount=Decimal("10000000.00"), actor=world.finance)
    make_appropriation(1, amount=Decimal("10000000.00"), actor=world.finance)
    world.payable(world.expo("甲展会", booth="300000"))
    world.payable(world.expo("乙展会", booth="100000"))
    return world


def test_whatever_is_corrected_paid_and_given_back_the_promises_hold(played):
    play(
        RecoveryMachine,
        played,
        max_examples=4,
        stateful_step_count=20,
        derandomize=True,
        phases=[Phase.generate],
    )


@pytest.mark.slow
def test_whatever_is_corrected_for_long_the_promises_hold(played):
    play(RecoveryMachine, played, max_examples=60, stateful_step_count=60, derandomize=False, print_blob=True)
