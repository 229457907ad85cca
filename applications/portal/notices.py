"""Public notices, for anybody: names and amounts, no accounts and no telephone numbers."""

from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.cities import City
from applications.calendar import working_days_waited
from applications.visibility import notices_public
from measures import registry

IN_THE_LIST = Q(lines__withdrawn_at=None)
A_PAGE = 20


def notices(request):
    """All notices, the newest first."""
    found = (
        notices_public()
        .annotate(count=Count("lines", filter=IN_THE_LIST), sum=Sum("lines__amount_cny", filter=IN_THE_LIST))
        .order_by("-published_at", "-pk")
    )
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/notices.html", {"page": page})


def notice(request, number):
    """One notice with its lines as published; what has been withdrawn is marked and does not add up."""
    found = get_object_or_404(notices_public(), number=number)
    lines = found.lines.all()
    name, city = request.GET.get("q", "").strip(), request.GET.get("city", "")
    if name:
        lines = lines.filter(Q(enterprise_name__icontains=name) | Q(credit_code__iexact=name))
    if city in City.values:
        lines = lines.filter(city=city)
    lines = list(lines)
    counted = [line for line in lines if line.withdrawn_at is None]
    context = {
        "notice": found,
        "office": _office(found.payer),
        "lines": [
            {"line": line, "item": registry.item(line.item), "city": City(line.city).label} for line in lines
        ],
        "count": len(counted),
        "firms": len({line.credit_code for line in counted}),
        "sum": sum((line.amount_cny for line in counted), Decimal("0.00")),
        "cities": City.choices,
        "filtered": bool(name or city),
        "q": name,
        "city": city,
        "day_number": _day_number(found),
        "policy": registry,
    }
    return render(request, "portal/notice.html", context)


def _office(payer):
    """Who publishes: province, or commerce and finance of the city that pays."""
    if payer not in City.values:
        return "省商务厅、省财政厅"
    return f"{City(payer).label}商务局、财政局"


def _day_number(found):
    """Which working day of its period a running notice is in; 0 before the first."""
    today = timezone.localdate()
    if found.closed_at or today > found.last_day:
        return found.days
    return min(found.days, working_days_waited(since=found.published_at, until=today))
