"""A firm of which money is demanded back, and the officers who deal with it."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from accounts.models import User
from accounts.roles import Role
from applications.lifecycle import transition
from applications.models import (
    Claim,
    Demand,
    Enterprise,
    EnterpriseYear,
    FilingPeriod,
    TradeFigures,
    YearSettings,
)
from applications.settlement.mark import years_mark
from review.verification import value_verify
from tests.factories import (
    NOW,
    exhibition,
    make_claim,
    make_figures,
    make_firm,
    make_period,
    make_user,
    settle_all,
)

#: A day after the money was paid, and after the demand.
LATER = NOW + timedelta(days=1)


@dataclass
class World:
    """`growth`: a claim of 1.1 whose 600,000.00 yuan were paid; with `imports_become` it comes to less, or more."""

    firm: Enterprise
    period: FilingPeriod
    growth: Claim
    commerce: User
    commerce2: User
    finance: User
    finance2: User

    def fresh(self):
        """The claim as it is stored."""
        self.growth.refresh_from_db()
        return self.growth

    def imports_become(self, yuan):
        """Other customs figures of the firm, and everything settled."""
        TradeFigures.objects.filter(credit_code=self.firm.credit_code, year=2025).update(
            import_cny=Decimal(yuan)
        )
        years_mark(EnterpriseYear.objects.all())
        settle_all()
        return self.fresh()

    def demand(self):
        """The demand that is open."""
        return Demand.objects.get(claim=self.growth, closed_at=None)

    def step(self, claim, action, actor=None, **more):
        """One transition, and everything settled."""
        transition(claim_id=claim.pk, action=action, actor=actor, at=NOW, **more)
        return settle_all(claim)

    def approved(self, claim):
        """Commerce and finance approve the claim."""
        self.step(claim, "approve", self.commerce)
        return self.step(claim, "finance_approve", self.finance)

    def payable(self, claim):
        """The claim approved, noticed, and waiting for its money."""
        self.approved(claim)
        self.step(claim, "publish", self.finance, data={"notice": "GS2025-001"})
        return self.step(claim, "close_notice")

    def committed(self, claim, amount=None):
        """The payable claim in a batch."""
        claim.refresh_from_db()
        data = {"amount": amount or claim.owed_cny, "batch": "BF2026-0001", "topic": "batch:BF2026-0001"}
        return self.step(claim, "commit", self.finance, data=data)

    def paid(self, claim):
        """What of the claim is in a batch is paid by the bank."""
        claim.refresh_from_db()
        data = {
            "amount": claim.committed_cny,
            "batch": "BF2026-0001",
            "topic": "batch:BF2026-0001",
            "result": "paid",
        }
        full = claim.committed_cny + claim.paid_cny == claim.locked_cny
        return self.step(claim, "pay" if full else "release", self.finance, data=data)

    def expo(self, name="示例展会", booth="100000"):
        """A claim of 5.1, of which 70 % of the booth is paid."""
        return make_claim(
            self.firm, "5.1", self.period, facts={"booth_cny": booth}, particulars=exhibition(name)
        )

    def verify(self, claim, booth, reason="重复开票。"):
        """Commerce corrects what a claim of 5.1 declared, and everything is settled."""
        value_verify(
            claim_id=claim.pk, path="booth_cny", value=booth, reason=reason, actor=self.commerce2, at=LATER
        )
        return settle_all(claim)


def world_make(*, paid=True):
    """The World; with `paid`, the 600,000.00 yuan have arrived."""
    YearSettings.objects.create(year=2025, second_check_percent=0, published_at=NOW)
    firm, period = make_firm(), make_period()
    make_figures(firm, 2024, import_cny="0", export_cny="0")
    make_figures(firm, import_cny="200000000", export_cny="0")
    people = {
        name: make_user(name, role=Role.COMMERCE if name.startswith("commerce") else Role.FINANCE)
        for name in ("commerce", "commerce2", "finance", "finance2")
    }
    world = World(firm, period, make_claim(firm, "1.1", period), **people)
    if paid:
        world.payable(world.growth)
        world.committed(world.growth)
        world.paid(world.growth)
    return world
