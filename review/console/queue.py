"""The queue: what waits for an officer, oldest and largest first."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.marks import office_marks
from review.console.access import DECIDERS, office_page
from review.console.worklist import claim_url, worklist_read
from review.keyset import page_of
from review.models import SavedFilter
from review.queue import OFFICE, RETURNED, claims_listed, late_counts, tab_counts, tabs_of
from review.saved_filters import filters_saved
from review.waiting import NEARLY, waiting_days_add


@require_safe
@office_page(*DECIDERS)
def queue(request):
    """One view of the queue, filtered and sorted, a page at a time; the number of queries does not depend on the rows."""
    user = request.user
    work = worklist_read(user, request.GET)
    page = page_of(work.pieces, work.filter.order, request.GET, listed=claims_listed)
    for claim in waiting_days_add(page.rows):
        claim.desk_url = claim_url(claim.number, work.query)
        claim.marks = office_marks(claim)
        claim.found_by = work.filter.found_by.get(claim.pk, "")
    counts, (late, near) = tab_counts(user), late_counts(user)
    context = {
        "tabs": [(tab, counts.get(tab), work.filter.query_in([("tab", tab.key)])) for tab in tabs_of(user)],
        "tab": work.tab,
        "returned": work.tab is RETURNED,
        "late": late,
        "near": near,
        "late_query": f"tab={OFFICE.key}&due=late",
        "near_query": f"tab={OFFICE.key}&due=near",
        "filter": work.filter,
        "place": SavedFilter.Place.QUEUE,
        "saved": filters_saved(user, SavedFilter.Place.QUEUE),
        "everywhere": _everywhere(work.filter),
        "nearly": NEARLY,
        "page": page,
        "today": timezone.localdate(),
        "first": page.rows[0] if page.rows else None,
        "bulk": work.tab.in_review and bool(page.rows),
    }
    return render(request, "console/queue.html", context)


def _everywhere(chosen):
    """The search for the same words, over all claims."""
    words = chosen.asked.get("q", "")
    page = reverse("review:search")
    return f"{page}?{urlencode({'q': words})}" if words else page
