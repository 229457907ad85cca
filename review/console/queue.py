"""The queue: what waits for an officer, oldest and largest first."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Role
from review.console.access import DECIDERS, office_page
from review.console.filters import ClaimFilter
from review.queue import (
    HANDLED,
    RETURNED,
    claims_in_tab,
    claims_listed,
    tab_counts,
    tabs_of,
    waiting_days_add,
)

ROWS = 20


@require_safe
@office_page(*DECIDERS)
def queue(request):
    """One tab of the queue, filtered, a page at a time; the number of queries does not depend on the rows."""
    user, tabs = request.user, tabs_of(request.user)
    tab = next((each for each in tabs if each.key == request.GET.get("tab")), tabs[0])
    chosen = ClaimFilter(request.GET, fields=_filters(user, tab))
    page = Paginator(claims_listed(chosen.apply(claims_in_tab(user, tab))), ROWS).get_page(
        request.GET.get("page")
    )
    waiting_days_add(page.object_list)
    counts = tab_counts(user)
    context = {
        "tabs": [(each, counts.get(each)) for each in tabs],
        "tab": tab,
        "keep": [("tab", tab.key)],
        "filter": chosen,
        "page": page,
        "today": timezone.localdate(),
        "first": page.object_list[0] if page.object_list else None,
        "bulk": tab not in (RETURNED, HANDLED) and page.paginator.count > 0,
    }
    return render(request, "console/queue.html", context)


def _filters(user, tab):
    """A city's officers see one city; only what an officer handled lies in many states."""
    names = ["q", "item", "waited", "least", "flags"]
    if user.has_post(Role.COMMERCE, Role.FINANCE):
        names.append("city")
    if tab is HANDLED or user.has_post(Role.CITY_COMMERCE):
        names.append("state")
    return names
