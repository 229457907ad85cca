"""Keeping a view of the queue or of the search under a name, and forgetting it."""

from django.contrib import messages
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from applications.errors import Refused
from review.console.access import READERS, office_page
from review.console.filters import CURSORS
from review.models import SavedFilter
from review.saved_filters import filter_delete, filter_save

_PAGES = {SavedFilter.Place.QUEUE: "review:queue", SavedFilter.Place.SEARCH: "review:search"}


@require_POST
@office_page(*READERS)
def filter_keep(request):
    """Keeps the posted `query` of a page (`place`) under `name` and goes back to it."""
    place = request.POST.get("place")
    if place not in _PAGES:
        raise Http404
    query = _without_page(request.POST.get("query", ""))
    try:
        kept = filter_save(actor=request.user, place=place, name=request.POST.get("name", ""), query=query)
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, f"已保存常用筛选“{kept.name}”。")
    return redirect(_address(place, query))


@require_POST
@office_page(*READERS)
def filter_drop(request, pk):
    """Forgets one of the person's own filters."""
    dropped = filter_delete(actor=request.user, filter_id=pk)
    if dropped is None:
        raise Http404
    messages.success(request, f"已删除常用筛选“{dropped.name}”。")
    return redirect(_address(dropped.place, _without_page(request.POST.get("query", ""))))


def _without_page(query):
    """A view, not one page of it."""
    kept = QueryDict(query, mutable=True)
    for name in CURSORS:
        kept.pop(name, None)
    return kept.urlencode()


def _address(place, query):
    page = reverse(_PAGES[place])
    return f"{page}?{query}" if query else page
