"""Which payable claims a batch can take: by filing period, year, notice, measure and city."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Exists, OuterRef

from accounts.cities import City
from applications.models import Claim, FilingPeriod, Notice, NoticeLine, State
from measures import registry
from review.measure_names import measure_name, measure_number, measure_title
from review.models import PaymentLine
from review.shortage import payable_now


def claims_to_pay(payer):
    """Payable claims of a payer that stand in no live batch."""
    live = PaymentLine.objects.filter(claim=OuterRef("pk"), live=True)
    payable = Claim.objects.filter(~Exists(live), state=State.PAYABLE, payer=payer)
    return payable.select_related("enterprise").order_by("year", "item", "city", "first_submitted_at", "pk")


@dataclass(frozen=True)
class Scope:
    """What somebody chooses by; everything empty is all that can be paid. `measures` are numbers, `cities` codes."""

    year: int | None = None
    period: int | None = None
    notice: int | None = None
    measures: tuple = ()
    cities: tuple = ()

    def among(self, claims):
        """The claims of a queryset that fit."""
        if self.year:
            claims = claims.filter(year=self.year)
        if self.period:
            claims = claims.filter(period=self.period)
        if self.notice:
            lines = NoticeLine.objects.filter(notice=self.notice, withdrawn_at=None, claim=OuterRef("pk"))
            claims = claims.filter(Exists(lines))
        if self.measures:
            items = [item.code for number in self.measures for item in registry.MEASURES[number - 1].items]
            claims = claims.filter(item__in=items)
        if self.cities:
            claims = claims.filter(city__in=self.cities)
        return claims

    def words(self):
        """The choice in words, part by part."""
        parts = [f"{self.year} 年度"] if self.year else []
        if self.period:
            parts.append(f"申报批次“{FilingPeriod.objects.get(pk=self.period).title}”")
        if self.notice:
            notice = Notice.objects.get(pk=self.notice)
            parts.append(f"公示 {notice.number}")
        parts += ["、".join(map(measure_name, self.measures))] if self.measures else []
        parts += ["、".join(City(code).label for code in self.cities)] if self.cities else []
        return parts or ["全部待拨付"]


@dataclass
class Sum:
    """A number of claims and what can be paid of them now, in yuan."""

    label: str
    count: int = 0
    amount_cny: Decimal = Decimal("0.00")


@dataclass
class Offer:
    """What can be put into a batch: `claims` in order, `now` {claim id: yuan}, those with nothing payable now included."""

    claims: list = field(default_factory=list)
    now: dict = field(default_factory=dict)

    @property
    def ids(self):
        """The claims of which something can be paid now."""
        return {claim.pk for claim in self.claims if self.now[claim.pk]}

    def sums(self, chosen):
        """[Sum] by measure over the chosen ids, and their total as a Sum."""
        by_measure, total = defaultdict(lambda: Sum("")), Sum("合计")
        for claim in self.claims:
            if claim.pk in chosen:
                for each in (by_measure[measure_number(claim)], total):
                    each.count += 1
                    each.amount_cny += self.now[claim.pk]
        for number, each in by_measure.items():
            each.label = measure_title(number)
        return [by_measure[number] for number in sorted(by_measure)], total


#: What a list of claims shows; computations and declared facts stay where they are.
_SHOWN = (
    "number", "item", "year", "city", "payer", "state", "particulars", "locked_cny", "locked_at", "committed_cny",
    "paid_cny", "enterprise__name", "first_submitted_at", "payout_failed",
)  # fmt: skip


def offer(payer):
    """The Offer of a payer, in a number of queries that does not grow with it."""
    claims = list(claims_to_pay(payer).only(*_SHOWN))
    return Offer(claims, payable_now(claims))


def scope_stored(scope, offered, taken):
    """What a batch keeps of how it was chosen: the parts, and how many of what fitted were taken.

    `offered` are the ids that fitted and could be paid, `taken` those that were taken.
    """
    words = scope.words()
    inside, others = len(offered & taken), len(taken - offered)
    words.append(
        f"全部 {inside} 件" if offered <= taken else f"符合条件的 {len(offered)} 件中选取 {inside} 件"
    )
    if others:
        words.append(f"另选 {others} 件")
    return {
        "year": scope.year,
        "period": scope.period,
        "notice": scope.notice,
        "measures": list(scope.measures),
        "cities": list(scope.cities),
        "words": "；".join(words),
    }
