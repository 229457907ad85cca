"""An enterprise's other claims beside one of them: how the limit is shared this year, and what there was in other years."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.models import Claim
from applications.models.states import COUNTED_STATES
from applications.portal.year_rows import Bar, BarRow, bar_filed
from applications.visibility import claims_for_office
from measures.money import ZERO

#: Claims of other years that the desk lists.
MOST_EARLIER = 5
#: What a list of claims shows; the rest of a claim is large.
_SHOWN = (
    "number", "item", "year", "subject", "state", "enterprise", "computed_cny", "after_overlap_cny", "payable_cny",
    "ceiling_cny", "locked_cny", "paid_cny", "first_submitted_at",
)  # fmt: skip


@dataclass
class YearClaim:
    """One claim of the year; `fill` colours its part of the bar (0: it has none). Amounts are yuan, None where it has none."""

    claim: Claim
    is_this: bool = False
    fill: int = 0

    @property
    def subject(self):
        """What the claim is about, as people read it; "" where the item has one claim a year."""
        return self.claim.subject.replace("|", "，")

    @property
    def before(self):
        """What the claim comes to before the combined limit."""
        return self.claim.after_overlap_cny if self.claim.state in COUNTED_STATES else None

    @property
    def payable(self):
        """What is payable of it."""
        return self.claim.payable_cny if self.claim.state in COUNTED_STATES else None

    @property
    def cut(self):
        """What the combined limit takes away; a locked claim may keep more than it would get."""
        if self.payable is None or self.before is None:
            return None
        return max(self.before - self.payable, ZERO)


@dataclass
class FirmYear:
    """What an officer may read of the enterprise: the year's bar and claims, some of other years, and how many in all."""

    bar: Bar | None = None
    rows: list = field(default_factory=list)
    #: What claims that the officer may not read take of the year, yuan.
    unread: Decimal = ZERO
    earlier: list = field(default_factory=list)
    total: int = 0

    @property
    def this(self):
        """The claim itself among the rows."""
        return next((row for row in self.rows if row.is_this), None)

    @property
    def others(self):
        """How many other claims of the year there are."""
        return len(self.rows) - 1


def firm_year(claim, user, year):
    """The FirmYear of a claim, as far as a person may read the enterprise's claims; `year` is its EnterpriseYear.

    Three queries, however many claims there are.
    """
    readable = claims_for_office(user).filter(enterprise=claim.enterprise_id)
    of_year = list(readable.filter(year=claim.year).only(*_SHOWN).order_by("first_submitted_at", "pk"))
    earlier = readable.exclude(year=claim.year).only(*_SHOWN).order_by("-year", "-first_submitted_at", "-pk")
    bar = _bar(of_year, year)
    fills = {row.about: row.fill for row in bar.rows} if bar else {}
    order = {number: place for place, number in enumerate(fills)}
    rows = [YearClaim(each, each.pk == claim.pk, fills.get(each.number, 0)) for each in of_year]
    rows.sort(key=lambda row: order.get(row.claim.number, len(order)))
    return FirmYear(bar, rows, _unread(of_year, year), list(earlier[:MOST_EARLIER]), readable.count())


def _unread(claims, year):
    """What is payable to the enterprise this year beside these claims; nothing while it is being computed."""
    if year.is_computing or year.total_cny is None:
        return ZERO
    known = sum((each.payable_cny or ZERO for each in claims if each.state in COUNTED_STATES), ZERO)
    return max(year.total_cny - known, ZERO)


def _bar(claims, year):
    """The bar of what may be read, and of all the rest together as its last part; None where there is nothing to draw."""
    bar, unread = bar_filed(claims, year), _unread(claims, year)
    if bar is None:
        return None
    rows = bar.rows
    if unread:
        rest = BarRow("其他", "您不能查看的申报", "", "", unread, unread, len(rows) + 1)
        rows = (*rows, rest)
    return Bar(rows, bar.limit, bar.setter) if rows else None
