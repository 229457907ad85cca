"""Public notices, for anybody: names and amounts, no accounts and no telephone numbers."""

from django.core.paginator import Paginator
from django.db.models import Count, F, Q, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import condition, require_safe

from accounts.cities import City
from applications.calendar import working_days_waited
from applications.models import Notice, NoticeLine
from applications.notice_files import KINDS, notice_file, notice_tag
from applications.notice_list import lines_searched, office_of, rows_of, sums_of
from applications.notices import is_running
from applications.visibility import notices_public
from measures import registry

IN_THE_LIST = Q(lines__withdrawn_at=None)
A_PAGE, LINES_A_PAGE = 20, 100
#: Seconds for which a browser, or a proxy on the way, may show again what somebody without an account has been shown.
_FRESH, _FILE_FRESH = 60, 300


def _shown(request, template, context):
    """A page that may be kept for a moment, unless somebody is signed in: then it names the person."""
    response = render(request, template, context)
    if not request.user.is_authenticated:
        patch_cache_control(response, public=True, max_age=_FRESH)
    return response


def _search(request):
    """What is looked for: words, an item or a measure, a city; what is neither is left out."""
    item, city = request.GET.get("item", ""), request.GET.get("city", "")
    known = {code for code, _ in _items()}
    return {
        "q": request.GET.get("q", "").strip()[:120],
        "item": item if item in known else "",
        "city": city if city in City.values else "",
    }


def _items():
    """[(code, label)] of the measures with money and their items, as a list to choose from."""
    found = []
    for item in registry.ITEMS.values():
        if item.support:
            continue
        measure = registry.measure_of(item.code)
        if (str(measure.number), measure.named) not in found:
            found.append((str(measure.number), measure.named))
        found.append((item.code, f"　{item.code} {item.title}"))
    return found


def _choices(lines, search):
    """What there is to choose from: measures, items and cities that the lines have, and what is looked for already."""
    pairs = list(lines.order_by().values_list("item", "city").distinct())
    codes = {item for item, _ in pairs} | {search["item"]}
    measures = {str(registry.measure_of(item).number) for item, _ in pairs}
    cities = {city for _, city in pairs} | {search["city"]}
    return {
        "items": [(code, label) for code, label in _items() if code in codes | measures],
        "cities": [(code, label) for code, label in City.choices if code in cities],
    }


@require_safe
def notices(request):
    """All notices, those that run before those that are over; where firms or items are looked for, those that have them."""
    search = _search(request)
    found = notices_public().annotate(
        count=Count("lines", filter=IN_THE_LIST), sum=Sum("lines__amount_cny", filter=IN_THE_LIST)
    )
    if any(search.values()):
        lines = lines_searched(NoticeLine.objects.all(), **search)
        found = found.filter(pk__in=lines.values("notice_id"))
    running = found.filter(standing=Notice.Standing.PUBLISHED).order_by("-published_at", "-pk")
    ended = found.filter(standing=Notice.Standing.CLOSED).order_by("-published_at", "-pk")
    page = Paginator(ended, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "running": list(running) if page.number == 1 else [],
        "page": page,
        **_choices(NoticeLine.objects.all(), search),
        "filtered": any(search.values()),
        "query": "&".join(f"{name}={value}" for name, value in search.items() if value),
        **search,
    }
    return _shown(request, "portal/notices.html", context)


@require_safe
def notice(request, number):
    """One notice with its lines as published; what has been withdrawn is marked and does not add up."""
    found = get_object_or_404(notices_public(), number=number)
    search = _search(request)
    lines = lines_searched(found.lines.annotate(objected=F("claim__objected")), **search)
    page = Paginator(lines.order_by("pk"), LINES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "notice": found,
        "office": office_of(found.payer),
        "page": page,
        "rows": rows_of(page.object_list, first=page.start_index()),
        "sums": sums_of(lines),
        **_choices(found.lines, search),
        "filtered": any(search.values()),
        "is_running": is_running(found),
        "day_number": _day_number(found),
        "policy": registry,
        **search,
    }
    return _shown(request, "portal/notice.html", context)


def _tag(request, number, kind):
    return notice_tag(get_object_or_404(notices_public(), number=number), kind)


@require_safe
@condition(etag_func=_tag)
def notice_list(request, number, kind):
    """The list of a notice as a file, xlsx or pdf, for anybody."""
    found = get_object_or_404(notices_public(), number=number)
    response = HttpResponse(notice_file(found, kind), content_type=KINDS[kind])
    response["Content-Disposition"] = content_disposition_header(True, f"{found.title} {found.number}.{kind}")
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"public, max-age={_FILE_FRESH}"
    return response


def _day_number(found):
    """Which working day of its period a running notice is in; 0 before the first."""
    today = timezone.localdate()
    if found.closed_at or today > found.last_day:
        return found.days
    return min(found.days, working_days_waited(since=found.published_at, until=today))
