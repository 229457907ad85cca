"""My year: what the enterprise has claimed and where it stands, what is to be done, and what can still be filed."""

from functools import cached_property

from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone

from applications.ahead import ahead, shortfalls, year_that_runs
from applications.estimate import year_sources
from applications.models import EnterpriseYear, State
from applications.models.states import LIVE_STATES
from applications.offers import offers
from applications.official import filing_periods_for
from applications.portal.access import firm_required
from applications.portal.year_items import foreseen, open_items
from applications.portal.year_rows import bar_filed, bar_of_all, claim_rows, totals
from applications.portal.year_todos import Clock, closing_days, todos
from applications.settlement.load import claims_load
from applications.trade_figures import years_provisional
from applications.visibility import claims_of_firm, firm_of
from applications.what_if import what_if
from measures.case import FIRST_YEAR, LAST_YEAR
from measures.registry import CLAUSES

#: Value of `view` that leaves out of the bar what has not been filed.
FILED = "filed"


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
    page = YearPage(request.user, firm, year, periods)
    shown = {*years, year, *_years_with_detail(firm)}
    context = page.context(only_filed=request.GET.get("view") == FILED)
    return render(request, "portal/my_year.html", context | {"years": sorted(shown, reverse=True)})


def _years(user, periods):
    """Years with claims or an open period, newest first; last year where there is neither."""
    claimed = claims_of_firm(user).order_by().values_list("year", flat=True).distinct()
    years = {*claimed, *(period.year for period in periods)} or {timezone.localdate().year - 1}
    return sorted(years, reverse=True)


def _years_with_detail(firm):
    """Years of which the firm can see provisional figures."""
    return years_provisional(firm.credit_code) if firm.is_verified else ()


class YearPage:
    """Everything about one year of a firm, each thing read and evaluated once."""

    def __init__(self, user, firm, year, periods):
        self.user, self.firm, self.year, self.periods = user, firm, year, periods
        self.today = timezone.localdate()
        settled = EnterpriseYear.objects.filter(enterprise=firm, year=year)
        self.settled = settled.select_related("limit_claim").first()
        self.claims = list(claims_of_firm(user).filter(year=year).select_related("period").order_by("pk"))
        self.source, self.next_source = year_sources(firm, (year, year + 1))
        self.offered = offers(enterprise=firm, year=year, claims=self.claims, source=self.source)
        if not firm.is_verified:
            claims_load({(firm.pk, year): self.source})
        self.closing = closing_days(self.claims)

    @cached_property
    def is_computing(self):
        """Whether amounts of the year are being computed again."""
        return bool(self.settled and self.settled.is_computing)

    @cached_property
    def foreseen(self):
        """What will be open; None where something can be filed now or the time is over."""
        return foreseen(self.periods, self.year, self.claims, self.offered)

    @cached_property
    def what_if(self):
        """The year with all drafts that can still be submitted and all that is prepared."""
        drafts = [
            claim
            for claim in self.claims
            if claim.state == State.DRAFT and self.closing[claim.pk] >= self.today
        ]
        return what_if(source=self.source, drafts=drafts, offered=[offer for offer, _ in self._offered])

    @cached_property
    def _offered(self):
        """(Offer, the period in which it can be filed, or None), each prepared item once."""
        found = {}
        for open_one in [*self._open, *([self.foreseen] if self.foreseen else [])]:
            for offer in open_one.offered:
                found.setdefault((offer.item.code, offer.subject), (offer, open_one.period))
        return list(found.values())

    @cached_property
    def _open(self):
        periods = [period for period in self.periods if period.year == self.year]
        lacking = shortfalls(self.source) if self.firm.is_verified else {}
        return open_items(periods, self.claims, self.offered, lacking=lacking)

    @cached_property
    def openings(self):
        """{Further id: the open period in which a prepared item can be filed}."""
        periods = {(offer.item.code, offer.subject): period for offer, period in self._offered}
        return {
            one.id: periods[one.item.code, one.offer.subject]
            for one in self.what_if.further
            if one.offer and periods[one.item.code, one.offer.subject]
        }

    @property
    def ahead(self):
        """How far the next awards are in the year that still runs: this one or the next."""
        if not self.firm.is_verified:
            return None
        source = year_that_runs([self.source, self.next_source], today=self.today)
        if source is None:
            return None
        if source is self.source:
            return ahead(source, inputs=self.what_if.inputs)
        claims_load({(self.firm.pk, source.row.year): source})
        return ahead(source)

    def context(self, *, only_filed):
        """Everything that the template asks for; `only_filed` leaves out of the bar what has not been filed."""
        found = self.what_if
        figures = self.source.trade.get(self.year) if self.firm.is_verified else None
        has_what_if = bool(found.inputs[len(self.source.claims) :])
        filed = bar_filed(self.claims, self.settled)
        bar = bar_of_all(self.source.claims, found) if has_what_if and not only_filed else filed
        rows = claim_rows(self.claims, is_computing=self.is_computing, closing=self.closing, bar=bar)
        return {
            "firm": self.firm,
            "year": self.year,
            "rows": rows,
            "totals": totals(rows),
            "bar": bar,
            "has_what_if": has_what_if,
            "only_filed": only_filed,
            "has_filed": bool(filed and filed.rows),
            "what_if": found,
            "gains": [(one, self.openings.get(one.id)) for one in found.further],
            "settled": self.settled,
            "is_computing": self.is_computing,
            "todos": self.todos(),
            "open_items": self._open,
            "foreseen": self.foreseen,
            "ahead": self.ahead,
            "provisional": figures.provisional if figures else None,
            "without_figures": self.firm.is_verified and figures is None,
            "limit_clause": CLAUSES["limit"],
            "all_over": bool(self.claims) and not any(claim.state in LIVE_STATES for claim in self.claims),
            "may_reconsider": any(
                claim.state == State.REJECTED and not claim.reconsidered for claim in self.claims
            ),
            "today": self.today,
        }

    def todos(self):
        """What waits for the enterprise, in the order of dates."""
        return todos(
            user=self.user,
            claims=self.claims,
            further=self.what_if.further,
            openings=self.openings,
            closing=self.closing,
            clock=Clock(self.today, self.source.reference.calendar),
        )
