"""What officers and firms do, and what changes around a claim before it is settled again."""

from decimal import Decimal

from applications.claims import claim_submit
from applications.lifecycle import transition as step
from applications.models import CityRate, EnterpriseYear, TradeFigures
from applications.settlement.mark import years_mark
from tests.factories import NOW, exhibition, make_claim, owner_of, settle_all

BOOTH = {"booth_cny": "100000"}


def approve(claim, officers, *, finance=True):
    """Commerce and finance approve the claim, each on settled amounts."""
    step(claim_id=claim.pk, action="approve", actor=officers["commerce"], at=NOW)
    if finance:
        step(claim_id=claim.pk, action="finance_approve", actor=officers["finance"], at=NOW)
    return settle_all(claim)


def return_it(claim, officers):
    """Commerce returns the claim for correction."""
    step(claim_id=claim.pk, action="return", actor=officers["commerce"], reason="请核对展位费。", at=NOW)


def correct(claim, what):
    """The owner submits the returned claim again."""
    claim_submit(claim_id=claim.pk, actor=owner_of(claim.enterprise), declared=what, at=NOW)
    return settle_all(claim)


def again():
    """Everything is settled anew."""
    years_mark(EnterpriseYear.objects.all())
    settle_all()


def expo(firm, period, name, **fields):
    """A claim of 5.1 for a booth of 100,000 yuan: 70,000."""
    return make_claim(firm, "5.1", period, particulars=exhibition(name), **{"facts": BOOTH, **fields})


def figures_change(firm, year=2025, **figures):
    """Other customs figures, and everything settled."""
    TradeFigures.objects.filter(credit_code=firm.credit_code, year=year).update(**figures)
    again()


def rate(city, value, **fields):
    CityRate.objects.create(
        city=city, year=2025, item="5.5", rate=Decimal(value), **{"published_at": NOW, **fields}
    )


def premium(firm, period):
    """A claim of 7.2 for 1000 yuan to a market that is not a key one: 500 without any extra."""
    rows = [{"premium_cny": "1000", "market": "US", "new_mode": False}]
    return make_claim(firm, "7.2", period, facts={"premiums": rows})
