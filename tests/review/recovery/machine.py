"""One firm with claims that share a cap and a limit; commerce and finance of province and city, and the bank around it."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from applications.errors import Refused
from applications.ledger import balances
from applications.lifecycle import transition
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
from review.reversals import obstacle, receipt_reverse
from review.supplements import rooms_of, supplement_consent, supplement_grant, supplement_refuse
from review.verification import value_verify
from tests.factories import NOW
from tests.measures.oracle import oracle
from tests.review.recovery.second_reading import case_of_year, claims_of_year, harm_of, locked_at
from tests.support.machine import PlayedMachine

FEN, ZERO = Decimal("0.01"), Decimal("0.00")
SHARES = st.sampled_from([FEN, Decimal("0.5"), Decimal(1), Decimal(1)])
PICKS = st.integers(0, 11)
COLUMNS = ("payable_cny", "locked_cny", "committed_cny", "paid_cny", "demanded_cny")
AMOUNTS = ("ceiling_cny", "computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")
#: The fact that an audit corrects, by item.
COSTS = {"5.1": "booth_cny", "5.5": "brand_cny"}
#: Where money that was paid can come back from the bank without the claim being paid in full.
PARTLY_PAID = (State.APPROVED, State.IN_NOTICE, State.PAYABLE, State.COMMITTED)


def share_of(amount, share):
    """A fen, half, or all of an amount."""
    return max(FEN, amount if share == 1 else share if share == FEN else (amount * share).quantize(FEN))


class RecoveryMachine(PlayedMachine):
    """Services are called as pages call them; batches are left out, so that any part of a lock can be paid."""

    def __init__(self):
        super().__init__()
        self.vouchers = 0
        #: What the bank has paid and not given back, payment by payment, by claim.
        self.payments = {self.world.growth.pk: [Decimal("600000.00")]}

    # --- Means -----------------------------------------------------------------------------------

    def later(self):
        self.at += timedelta(minutes=1)
        return self.at

    def claim(self, pick):
        claims = list(Claim.objects.order_by("pk"))
        return claims[pick % len(claims)]

    def demand(self, pick):
        demands = list(Demand.objects.filter(closed_at=None).order_by("pk"))
        return demands[pick % len(demands)]

    def someone_owes(self):
        return Demand.objects.filter(closed_at=None).exists()

    def office(self, claim, kind):
        """Somebody of the payer's commerce or finance: "commerce", "commerce2", "finance" or "finance2"."""
        return getattr(self.world, kind if claim.payer == Claim.PROVINCE else f"city{kind}")

    def step(self, claim, action, kind=None, **more):
        actor = self.office(claim, kind) if kind else None
        transition(claim_id=claim.pk, action=action, actor=actor, at=self.later(), **more)
        self.quiet()

    # --- What is corrected -----------------------------------------------------------------------

    @rule(units=st.integers(0, 40))
    def figures_are_corrected(self, units):
        TradeFigures.objects.filter(year=2025).update(import_cny=Decimal(units) * 10_000_000)
        years_mark(EnterpriseYear.objects.all(), send=False)
        self.quiet()

    @rule(pick=PICKS, cost=st.integers(0, 45))
    def an_audit_corrects_a_claim(self, pick, cost):
        claims = list(Claim.objects.filter(item__in=COSTS).order_by("pk"))
        claim = claims[pick % len(claims)]
        path, value = COSTS[claim.item], str(cost * 10_000 + 1)
        with suppress(Refused):
            value_verify(
                claim_id=claim.pk, path=path, value=value, reason="核查。",
                actor=self.office(claim, "commerce2"), at=self.later(),
            )  # fmt: skip
        self.quiet()

    # --- On the way to the money -----------------------------------------------------------------

    @rule(pick=PICKS, share=SHARES)
    def the_claim_goes_on(self, pick, share):
        """The next step: the approval anew, the notice, the batch, the bank."""
        claim = self.claim(pick)
        if claim.state == State.COMMERCE_REVIEW and claim.eligibility == "awarded":
            self.step(claim, "approve", "commerce")
        elif claim.state == State.FINANCE_REVIEW:
            self.step(claim, "finance_approve", "finance")
        elif claim.state == State.APPROVED and claim.owed_cny:
            self.step(claim, "publish", "finance", data={"notice": "GS2025-001"})
        elif claim.state == State.IN_NOTICE:
            self.step(claim, "close_notice")
        elif claim.state == State.PAYABLE and claim.owed_cny:
            amount = share_of(claim.owed_cny, share)
            batch = {"batch": "BF2026-0001", "topic": "batch:BF2026-0001"}
            self.step(claim, "commit", "finance", data={"amount": amount, **batch})
        elif claim.state == State.COMMITTED:
            self.the_bank_reports(claim, "paid")

    @rule(pick=PICKS, far=st.integers(2, 6))
    def the_claim_goes_far(self, pick, far):
        for _ in range(far):
            self.the_claim_goes_on(pick, Decimal(1))

    @rule(pick=PICKS)
    def a_payment_fails(self, pick):
        claim = self.claim(pick)
        if claim.state == State.COMMITTED:
            self.the_bank_reports(claim, "failed")

    def the_bank_reports(self, claim, result):
        amount = claim.committed_cny
        batch = {"batch": "BF2026-0001", "topic": "batch:BF2026-0001", "result": result}
        full = result == "paid" and amount + claim.paid_cny == claim.locked_cny
        if result == "paid":
            self.payments.setdefault(claim.pk, []).append(amount)
        self.step(claim, "pay" if full else "release", "finance", data={"amount": amount, **batch})

    @rule(pick=PICKS, which=PICKS)
    def the_bank_gives_back(self, pick, which):
        """A whole payment comes back; never more than is still paid, as the firm may have paid back a part itself."""
        claim = self.claim(pick)
        payments = self.payments.get(claim.pk)
        if not payments or claim.state not in (State.PAID, *PARTLY_PAID):
            return
        amount = payments[which % len(payments)]
        action = "bank_return" if claim.state == State.PAID else "part_return"
        try:
            data = {"amount": amount, "topic": "return:示例"}
            self.step(claim, action, "finance", reason="账号已注销。", data=data)
        except Refused:
            assert amount > claim.paid_cny
        else:
            payments.remove(amount)

    # --- What is demanded back -------------------------------------------------------------------

    @precondition(someone_owes)
    @rule(pick=PICKS, share=SHARES)
    def money_comes_in(self, pick, share):
        demand = self.demand(pick)
        self.vouchers += 1
        receipt_add(
            demand_id=demand.pk, amount=share_of(demand.claim.demanded_cny, share),
            received_on=self.later().date(), reference=f"凭证{self.vouchers}",
            actor=self.office(demand.claim, "finance"), at=self.at,
        )  # fmt: skip
        self.quiet()

    @rule(pick=PICKS)
    def a_receipt_is_reversed(self, pick):
        """Any receipt of money that counts, of a demand open or closed; its voucher is entered for something else later."""
        rows = list(Receipt.objects.filter(against=None, reversed_at=None).order_by("pk"))
        if not rows:
            return
        row = rows[pick % len(rows)]
        claim = row.demand.claim
        asked = {"reason": "录错金额。", "actor": self.office(claim, "finance2"), "at": self.later()}
        try:
            receipt_reverse(receipt_id=row.pk, **asked)
        except Refused:
            assert obstacle(row, claim)
            assert claim.locked_cny is None
        else:
            self.vouchers -= self.vouchers == int(row.reference.removeprefix("凭证"))
            self.quiet()

    @precondition(someone_owes)
    @rule(pick=PICKS, which=PICKS, share=SHARES)
    def a_later_payment_is_kept_back(self, pick, which, share):
        demand = self.demand(pick)
        choices = offset_choices(demand)
        if choices:
            choice = choices[which % len(choices)]
            offset_add(
                demand_id=demand.pk, claim_id=choice.claim.pk, amount=share_of(choice.most, share),
                reason="示例理由。", actor=self.office(demand.claim, "finance"), at=self.later(),
            )  # fmt: skip
            self.quiet()

    @precondition(someone_owes)
    @rule(pick=PICKS, share=SHARES)
    def instalments_are_agreed(self, pick, share):
        demand = self.demand(pick)
        first = share_of(demand.claim.demanded_cny, share)
        rest = demand.claim.demanded_cny - first
        if rest:
            days = [(NOW + timedelta(days=days)).date() for days in (400, 430)]
            plan_set(
                demand_id=demand.pk, parts=list(zip(days, (first, rest), strict=True)), reason="示例理由。",
                actor=self.office(demand.claim, "finance"), at=self.later(),
            )  # fmt: skip

    # --- What is added ---------------------------------------------------------------------------

    @rule(pick=PICKS, at_once=st.booleans())
    def commerce_consents(self, pick, at_once):
        claim = self.claim(pick)
        if claim.locked_cny is None:
            return
        room = rooms_of([claim])[claim.pk]
        with suppress(Refused):
            found = supplement_consent(
                claim_id=claim.pk, amount=room.most, note="更正。", actor=self.office(claim, "commerce2"),
                at=self.later(),
            )  # fmt: skip
            assert room.most > 0
            if at_once:
                self.finance_decides(found.pk, granted=True)

    @rule(pick=PICKS, granted=st.sampled_from([True, True, True, False]))
    def finance_decides_later(self, pick, granted):
        waiting = list(Supplement.objects.filter(standing="consented").order_by("pk"))
        if waiting:
            with suppress(Refused):
                self.finance_decides(waiting[pick % len(waiting)].pk, granted=granted)

    def finance_decides(self, key, *, granted):
        """What is granted is within what the second reading leaves, and takes nothing from any other claim."""
        found = Supplement.objects.select_related("claim").get(pk=key)
        asked = {"reason": "补发。", "actor": self.office(found.claim, "finance2"), "at": self.later()}
        if not granted:
            supplement_refuse(supplement_id=key, **asked)
            return
        claims = claims_of_year()
        case, number = case_of_year(claims), claims.index(found.claim)
        higher = found.claim.locked_cny + found.amount_cny
        demanded = list(Claim.objects.order_by("pk").values_list("demanded_cny", flat=True))
        supplement_grant(supplement_id=key, amount=found.amount_cny, **asked)
        self.quiet()
        after = case_of_year(claims_of_year())
        assert after == locked_at(case, number, higher)
        locks = [claim.locked_cny for claim in claims_of_year()]
        assert not harm_of(oracle(case), oracle(after), locks, number)
        assert list(Claim.objects.order_by("pk").values_list("demanded_cny", flat=True)) == demanded

    # --- What always holds -----------------------------------------------------------------------

    @invariant()
    def the_year_is_what_the_second_reading_says(self):
        claims, year = claims_of_year(), EnterpriseYear.objects.get()
        said = oracle(case_of_year(claims))
        assert (said["limit_cny"], said["total_cny"]) == (str(year.limit_cny), str(year.total_cny))
        for claim, found in zip(claims, said["claims"], strict=True):
            stored = {name: getattr(claim, name) for name in AMOUNTS}
            assert {name: value if value is None else str(value) for name, value in stored.items()} == {
                name: found[name] for name in AMOUNTS
            }

    @invariant()
    def what_is_kept_stays_within_the_limit(self):
        limit = EnterpriseYear.objects.get().limit_cny or ZERO
        assert sum((claim.paid_cny - claim.demanded_cny for claim in Claim.objects.all()), ZERO) <= limit

    @invariant()
    def columns_are_sums_of_entries_and_never_below_zero(self):
        for claim in Claim.objects.all():
            columns = {name: getattr(claim, name) or ZERO for name in COLUMNS}
            assert balances(claim.pk) == columns
            assert min(columns.values()) >= 0
            assert claim.demanded_cny <= claim.paid_cny
            assert claim.paid_cny + claim.committed_cny <= (claim.locked_cny or ZERO)

    @invariant()
    def a_demand_is_open_exactly_where_something_is_demanded(self):
        owing = set(Claim.objects.filter(demanded_cny__gt=0).values_list("pk", flat=True))
        rows = demands_with_plans(Demand.objects.filter(closed_at=None))
        assert sorted(row.claim_id for row in rows) == sorted(owing)
        for row in rows:
            standing = standing_of(row)
            assert min(part.open for part in standing.parts) >= 0
            assert (
                sum((part.open for part in standing.parts), ZERO) == standing.open == row.claim.demanded_cny
            )
            assert Letter.objects.filter(claim=row.claim_id, kind="demand").exists()

    @invariant()
    def no_fen_is_lost(self):
        """What the bank paid and the firm has not given back is what is paid; what was kept back only changed places."""
        for claim in Claim.objects.all():
            by_bank = sum(self.payments.get(claim.pk, []), ZERO)
            kept_back = sum((row.amount_cny for row in Receipt.objects.filter(against=claim)), ZERO)
            came_in = sum(
                (row.amount_cny for row in Receipt.objects.filter(demand__claim=claim, reversed_at=None)),
                ZERO,
            )
            assert claim.paid_cny == by_bank + kept_back - came_in
        offsets = LedgerEntry.objects.filter(kind="payment", topic__startswith="offset:")
        taken = LedgerEntry.objects.filter(kind="offset")
        assert sum((e.amount_cny for e in offsets), ZERO) == -sum((e.amount_cny for e in taken), ZERO)
