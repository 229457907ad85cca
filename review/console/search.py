"""The search over all claims that an officer may read."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Role
from applications.models import FilingPeriod
from applications.visibility import claims_for_office
from review.console.access import READERS, office_page
from review.console.filters import ClaimFilter
from review.queue import claims_listed

ROWS = 20
_EVERYWHERE = (Role.COMMERCE, Role.FINANCE, Role.AUDITOR)


@require_safe
@office_page(*READERS)
def search(request):
    """Claims in any state but drafts, newest submission first."""
    names = ["q", "year", "item", "state", "least"]
    if request.user.has_post(*_EVERYWHERE):
        names.append("city")
    years = FilingPeriod.objects.order_by("-year").values_list("year", flat=True).distinct()
    chosen = ClaimFilter(request.GET, fields=names, years=years)
    claims = chosen.apply(claims_for_office(request.user)).order_by("-submitted_at", "-pk")
    page = Paginator(claims_listed(claims), ROWS).get_page(request.GET.get("page"))
    return render(request, "console/search.html", {"filter": chosen, "page": page})
