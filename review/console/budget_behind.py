"""The claims behind a figure of the budget."""

from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.cities import City
from review import keyset
from review.budget import measures_of
from review.budget_figures import QUANTITIES, Behind, claims_behind, parts_add
from review.console.access import office_page
from review.console.budget_chosen import YEARS, budget_chosen
from review.measure_names import measure_title
from review.notices import payer_name
from review.visibility import MONEY_READERS


@require_safe
@office_page(*MONEY_READERS)
def budget_claims(request):
    """The claims behind a figure: `?figure=`, narrowed by `measure=`, `city=`, `first=` and `last=`. Their sum is the figure."""
    behind = _behind(request)
    claims = claims_behind(behind)
    pieces = [claims.filter(state=state) for state in sorted(behind.states)]
    page = keyset.page_of(
        pieces,
        keyset.AMOUNT,
        request.GET,
        listed=lambda rows: parts_add(rows.select_related("enterprise"), behind),
    )
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    context = {
        "behind": behind,
        "payer_name": payer_name(behind.payer),
        "measure": measure_title(behind.measure) if behind.measure else "",
        "city": City(behind.city).label if behind.city else "",
        "sums": claims.aggregate(count=Count("pk"), amount=Sum("part_cny")),
        "page": page,
        "filter": {"query": asked.urlencode()},
        "budget_url": f"{reverse('review:budget')}?{urlencode({'year': behind.year, 'payer': behind.payer})}",
    }
    return render(request, "console/budget_claims.html", context)


def _behind(request):
    """The figure that the address names; 404 for none."""
    year, payer = budget_chosen(request)
    asked = request.GET
    quantity, measure, city = (
        QUANTITIES.get(asked.get("figure")),
        asked.get("measure", ""),
        asked.get("city", ""),
    )
    borne = {str(each.number): each.number for each in measures_of(payer)}
    if quantity is None or (measure and measure not in borne) or (city and city not in City.values):
        raise Http404
    days = _days(asked) if quantity.key in ("approved", "paid") else (None, None)
    return Behind(quantity, year, payer, borne.get(measure), city, *days)


def _days(asked):
    if not asked.get("first") and not asked.get("last"):
        return None, None
    try:
        first, last = date.fromisoformat(asked.get("first", "")), date.fromisoformat(asked.get("last", ""))
    except ValueError:
        raise Http404 from None
    if not (first <= last and first.year in YEARS and last.year in YEARS):
        raise Http404
    return first, last
