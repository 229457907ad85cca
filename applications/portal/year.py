"""My year: what the enterprise has claimed and where it stands, what is to be done, and what can still be filed."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from applications.marks import claim_marks
from applications.models import Claim, EnterpriseYear, FilingPeriod, State
from applications.models.states import COUNTED_STATES, EDITABLE_STATES, LIVE_STATES
from applications.offers import Likely, Offer, offers
from applications.official import filing_periods_for
from applications.portal.access import firm_required
from applications.trade_figures import figures_provisional, years_provisional
from applications.visibility import claims_of_firm, firm_of
from measures import registry
from measures.case import FIRST_YEAR, LAST_YEAR

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ClaimRow:
    """One claim in the list. Amounts are yuan, None while nothing has been computed; `fill` colours its part of the bar."""

    claim: Claim
    marks: list
    fill: int = 0

    @property
    def cut(self):
        """What the combined limit takes away; a locked claim may keep more than it would get."""
        found = self.claim
        return None if found.payable_cny is None else max(found.after_overlap_cny - found.payable_cny, ZERO)

    @property
    def label(self):
        """The short name in the bar."""
        return self.claim.item

    @property
    def payable(self):
        """What the bar draws."""
        return self.claim.payable_cny


@dataclass(frozen=True)
class Todo:
    """A claim that waits for the enterprise, and what a prepared one would bring where that is known."""

    claim: Claim
    until: date
    offer: Offer | None = None


@dataclass
class OpenItems:
    """What can be filed in a period: prepared items that would bring money, items that official data make likely, all
    others, and prepared ones that would bring nothing."""

    period: FilingPeriod | None
    offered: list[Offer] = field(default_factory=list)
    likely: list[Likely] = field(default_factory=list)
    others: list = field(default_factory=list)
    unfit: list[Offer] = field(default_factory=list)


@firm_required
def my_year(request, year=None):
    """One year of the enterprise; without a year, the newest that has anything in it."""
    firm = firm_of(request.user)
    periods = list(filing_periods_for(firm, timezone.localdate()))
    years = _years(request.user, periods)
    if year is None:
        return redirect("portal:my_year", years[0])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Http404("no such year")
    settled = EnterpriseYear.objects.filter(enterprise=firm, year=year).select_related("limit_claim").first()
    claims = list(claims_of_firm(request.user).filter(year=year).select_related("period").order_by("pk"))
    is_computing = bool(settled and settled.is_computing)
    bar, rows = claim_rows(claims, is_computing=is_computing)
    offered = offers(enterprise=firm, year=year, claims=claims)
    context = {
        "firm": firm,
        "year": year,
        "years": sorted({*years, year, *_years_with_detail(firm)}, reverse=True),
        "rows": rows,
        "bar": bar,
        "settled": settled,
        "is_computing": is_computing,
        "totals": _totals(rows),
        "todos": todos(claims, offered),
        "open_items": open_items([period for period in periods if period.year == year], claims, offered),
        "foreseen": foreseen(periods, year, claims, offered),
        "provisional": figures_provisional(firm.credit_code, year) if firm.is_verified else None,
    }
    return render(request, "portal/my_year.html", context)


def _years(user, periods):
    """Years with claims or an open period, newest first; last year where there is neither."""
    claimed = claims_of_firm(user).order_by().values_list("year", flat=True).distinct()
    years = {*claimed, *(period.year for period in periods)} or {timezone.localdate().year - 1}
    return sorted(years, reverse=True)


def _years_with_detail(firm):
    """Years of which the firm can see provisional figures."""
    return years_provisional(firm.credit_code) if firm.is_verified else ()


def claim_rows(claims, *, is_computing):
    """(rows of the bar in the order in which the limit is filled, all rows in the order of the page)."""
    counted = [claim for claim in claims if claim.state in COUNTED_STATES and claim.after_overlap_cny]
    counted += [claim for claim in claims if claim.locked_cny and claim not in counted]
    order = {claim.pk: number for number, claim in enumerate(sorted(counted, key=_filling_order), 1)}
    rows = [
        ClaimRow(claim, claim_marks(claim, computing=is_computing), order.get(claim.pk, 0))
        for claim in sorted(claims, key=lambda each: (each.state not in LIVE_STATES, each.item, each.pk))
    ]
    bar = sorted((row for row in rows if row.fill), key=lambda row: row.fill)
    return bar, rows


def _filling_order(claim):
    """Locked ones first, then by ceiling and amount, then as filed: the order of the combined limit."""
    return (
        claim.locked_cny is None,
        -(claim.ceiling_cny or ZERO),
        -(claim.after_overlap_cny or ZERO),
        claim.first_submitted_at,
        claim.pk,
    )


def _totals(rows):
    """Sums of what has been computed, None where nothing has."""
    computed = [row for row in rows if row.payable is not None and row.claim.state in COUNTED_STATES]
    if not computed:
        return None
    return {
        "after_overlap": sum((row.claim.after_overlap_cny for row in computed), ZERO),
        "cut": sum((row.cut for row in computed), ZERO),
        "payable": sum((row.payable for row in computed), ZERO),
        "paid": sum((row.claim.paid_cny for row in rows), ZERO),
        "count": len(computed),
    }


def todos(claims, offered):
    """What waits for the enterprise: corrections first, then drafts."""
    waiting = [claim for claim in claims if claim.state in EDITABLE_STATES]
    closing, found = {}, []
    for claim in sorted(waiting, key=lambda each: (each.state != State.RETURNED, each.item, each.pk)):
        if claim.state == State.RETURNED:
            found.append(Todo(claim, claim.return_due_on))
            continue
        period = claim.period
        if period not in closing:
            closing[period] = period.closing_day(claim.enterprise_id)
        about_firm = not claim.rule.facts
        found.append(Todo(claim, closing[period], offered.best(claim.item) if about_firm else None))
    return found


def open_items(periods, claims, offered):
    """An OpenItems for each period; `offered` are the YearOffers of `applications.offers`.

    Left out is what has a live claim that names no subject: what is claimed once a year, and drafts just begun, which
    a new claim would only open again.
    """
    taken = {claim.item for claim in claims if claim.state in LIVE_STATES and not claim.subject}
    found = []
    for period in periods:
        items = OpenItems(period)
        for code, item in registry.ITEMS.items():
            if item.support or code in taken or (period and period.items and code not in period.items):
                continue
            _sort_in(items, item, offered)
        found.append(items)
    return found


def foreseen(periods, year, claims, offered):
    """What official data open in a year that cannot be filed yet; None where it can be, or could be and is over."""
    today = timezone.localdate()
    known = FilingPeriod.objects.filter(year=year, published_at__isnull=False)
    if any(period.year == year for period in periods) or known.filter(deadline__lt=today).exists():
        return None
    [items] = open_items([None], claims, offered)
    return items if items.offered or items.likely else None


def _sort_in(items, item, offered):
    if item.code in offered.likely:
        items.likely.append(offered.likely[item.code])
    elif item.code not in offered.prepared:
        items.others.append(item)
    for offer in offered.prepared.get(item.code, []):
        (items.offered if offer.payable else items.unfit).append(offer)
