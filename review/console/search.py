"""The search over all claims that an officer may read."""

from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.roles import Role
from applications.models import FilingPeriod
from applications.visibility import claims_for_office
from review import keyset
from review.console.access import READERS, office_page
from review.console.filters import ClaimFilter
from review.finding import number_in_full
from review.models import SavedFilter
from review.queue import claims_listed
from review.saved_filters import filters_saved

ORDERS = (keyset.NEWEST, keyset.AMOUNT, keyset.CITY, keyset.FIRM)
_FIELDS = ("q", "flags", "kind", "year", "period", "item", "state", "least", "most")
_EVERYWHERE = (Role.COMMERCE, Role.FINANCE, Role.AUDITOR)


@require_safe
@office_page(*READERS)
def search(request):
    """Claims in any state but drafts, newest submission first. The full number of a claim leads straight to it."""
    user, place = request.user, SavedFilter.Place.SEARCH
    claims = claims_for_office(user)
    number = number_in_full(request.GET.get("q", ""))
    if number and claims.filter(number=number).exists():
        return redirect("review:claim", number)
    years = FilingPeriod.objects.order_by("-year").values_list("year", flat=True).distinct()
    names = [*_FIELDS, "city"] if user.has_post(*_EVERYWHERE) else _FIELDS
    chosen = ClaimFilter(request.GET, user=user, fields=names, orders=ORDERS, years=years)
    page = keyset.page_of(chosen.apply([claims]), chosen.order, request.GET, listed=claims_listed)
    for claim in page:
        claim.desk_url = reverse("review:claim", args=[claim.number])
        claim.found_by = chosen.found_by.get(claim.pk, "")
    context = {"filter": chosen, "page": page, "place": place, "saved": filters_saved(user, place)}
    return render(request, "console/search.html", context)
