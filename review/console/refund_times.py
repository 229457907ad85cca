"""The page on refund times: a chart by month and area, and the same numbers as a table."""

from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.cities import City
from accounts.roles import Role
from review.console.access import office_page
from review.refund_times import (
    TARGETS,
    RefundYear,
    reads_refund_times,
    refund_year,
    refund_years,
    refunds_reported,
)

#: Of the chart, in pixels: the floor that columns stand on, and how high the highest is.
FLOOR, HIGH = 200, 160
#: In percent of the chart's width.
#: What is left at the right is for the names of the targets.
MONTH, COLUMN, MARGIN = Decimal(90) / 12, Decimal("2.4"), Decimal("1.2")


@require_safe
@office_page(Role.COMMERCE, Role.DEPARTMENT, Role.AUDITOR)
def refund_times(request):
    """The averages of a year (`?year=`), of one city's firms where `?city=` names it."""
    if not reads_refund_times(request.user):
        raise PermissionDenied
    city = request.GET.get("city", "")
    city = city if city in City.values else ""
    refunds = refunds_reported(city)
    years = refund_years(refunds) or [timezone.localdate().year]
    asked = request.GET.get("year", "")
    year = next((each for each in years if str(each) == asked), years[0])
    found = refund_year(refunds, year)
    context = {
        "year": year,
        "years": years,
        "city": city,
        "cities": City.choices,
        "found": found,
        "areas": [("自贸区外", 2, found.outside), ("自贸区内", 4, found.inside)],
        "columns": columns(found),
        "lines": [(target, _top(Decimal(target), found.highest)) for target in sorted(TARGETS.values())],
        "months": [(month.number, _percent(MONTH * month.number - MONTH / 2)) for month in found.months],
        "floor": FLOOR,
    }
    return render(request, "console/refund_times.html", context)


def columns(found: RefundYear):
    """The columns of the chart, each with its place: x and width in percent, y and height in pixels."""
    drawn = []
    for month in found.months:
        left = MONTH * (month.number - 1) + MARGIN
        for place, (fill, each) in enumerate(((2, month.outside), (4, month.inside))):
            if each.average is not None:
                top = _top(each.average, found.highest)
                x = left + place * (COLUMN + Decimal("0.3"))
                drawn.append(
                    {
                        "fill": fill,
                        "x": _percent(x),
                        "middle": _percent(x + COLUMN / 2),
                        "width": COLUMN,
                        "y": top,
                        "height": FLOOR - top,
                        "label_y": top - 5,
                        "average": each.average.normalize(),
                        "over": not each.met,
                        "over_height": _top(Decimal(each.target), found.highest) - top,
                    }
                )
    return drawn


def _top(days, highest):
    """The height of a number of working days, in pixels from above."""
    return FLOOR - int(days * HIGH / highest)


def _percent(value):
    return value.quantize(Decimal("0.01"))
