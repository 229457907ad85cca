"""What the games of all roles have in common: finding claims and people, and calling services as pages do."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st

from applications.errors import Refused
from applications.models import Claim, EnterpriseYear, Event, LedgerEntry, Notice, State
from review.models import PaymentLine
from tests.applications.life.world import CITY, PROVINCE
from tests.factories import declared, exhibition
from tests.support.machine import PlayedMachine

ZERO = Decimal("0.00")
AMOUNTS = ("computed_cny", "capped_cny", "after_overlap_cny", "payable_cny")
#: The step that brings a claim on, and the office that takes it.
NEXT = {
    State.CITY_REVIEW: ("city_pass", "city"),
    State.COMMERCE_REVIEW: ("approve", "commerce"),
    State.SECOND_CHECK: ("confirm", "commerce"),
    State.FINANCE_REVIEW: ("finance_approve", "finance"),
}
#: What can be filed: firm, item, year, and the fact that an amount is filled into ("" where official data say all).
SLOTS = (
    ("a", "5.1", 2025, "booth_cny"),
    ("a", "5.2", 2025, "freight_cny"),
    ("a", "5.3", 2025, "participation_cny"),
    ("a", "7.1", 2025, "premium_cny"),
    ("a", "5.5", 2025, "brand_cny"),
    ("a", "1.1", 2025, ""),
    ("a", "2.1", 2025, ""),
    ("a", "2.1", 2024, ""),
    ("b", "5.1", 2025, "booth_cny"),
    ("b", "2.1", 2025, ""),
)
slots = st.sampled_from(SLOTS)
amounts = st.sampled_from(["1000", "99999.99", "150000.01", "400000", "900000", "6000000"])
picks = st.integers(0, 11)
#: How many steps a claim is brought on at once: 4 to a lock, 6 to a payable amount, 8 to money paid.
stages = st.sampled_from([0, 2, 4, 4, 6, 8, 8])


class Means(PlayedMachine):
    """A machine whose people act an hour after each other."""

    def attempt(self, call, *args, **fields):
        """Calls a service an hour later than the last. A refusal must have changed nothing; returns whether it was done."""
        self.at += timedelta(hours=1)
        before = everything()
        try:
            call(*args, **fields, at=self.at)
        except Refused:
            assert everything() == before, "a refused action changes nothing"
            return False
        return True

    def claim(self, pick, **where):
        """One of the claims that there are, or None."""
        claims = list(Claim.objects.filter(**where).order_by("pk"))
        return claims[pick % len(claims)] if claims else None

    def waits(self, claim):
        """Whether the claim's year waits to be settled."""
        return EnterpriseYear.objects.get(enterprise=claim.enterprise_id, year=claim.year).is_computing

    def owner(self, claim):
        return self.world.people["owner_a" if claim.enterprise_id == self.world.firms["a"].pk else "owner_b"]

    def office(self, claim, kind):
        """The two people who could take a step on the claim."""
        if kind == "city":
            names = CITY["commerce"] if claim.city == "2301" else ("heihe", "heihe")
        else:
            names = (CITY if claim.is_city_run else PROVINCE)[kind]
        return [self.world.people[name] for name in names]

    def what(self, slot, amount, other):
        _, item, _, fact = slot
        facts = {fact: amount} if fact else ({"platform": "P1"} if item == "2.1" else {})
        return declared(facts, exhibition(f"示例展会{item}") if item in ("5.1", "5.2", "5.3") else {}, other)

    def finance(self, payer):
        """The two people of a payer's finance."""
        return [self.world.people[name] for name in (PROVINCE if payer == "province" else CITY)["finance"]]


def everything():
    """What a refused action and a second settlement must leave as it is."""
    return (
        list(Claim.objects.order_by("pk").values_list("state", "last_event", "locked_cny", *AMOUNTS)),
        list(Claim.objects.order_by("pk").values_list("committed_cny", "paid_cny", "facts", "eligibility")),
        Event.objects.exclude(topic__startswith="figures").count(),
        LedgerEntry.objects.count(),
        list(PaymentLine.objects.order_by("pk").values_list("live", "result")),
        list(Notice.objects.order_by("pk").values_list("standing")),
    )
