"""Budget: what a payer's year comes to, and the page as a spreadsheet."""

import io
from urllib.parse import urlencode

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.readings import file_taken
from applications.workbooks import XLSX
from review.budget import budget_topic
from review.budget_figures import QUANTITIES, overview, spans, years_of_budget
from review.console.access import office_page
from review.console.budget_chosen import budget_chosen, payers_to_choose
from review.console.budget_shown import cells, chart_of, city_rows, groups, measure_rows, shortage_shown
from review.console.imports import file_answer
from review.notices import payer_name, payers_of
from review.sheets.budget import budget_file
from review.shortage import standings_of
from review.visibility import MONEY_READERS


@require_safe
@office_page(*MONEY_READERS)
def budget(request):
    """The figures of `?year=` and `?payer=`, by measure, by city and over time, each leading to its claims."""
    year, payer = budget_chosen(request)
    found = overview(year, payer)
    way, periods = spans(year, payer)
    short = standings_of(found.short())
    context = {
        "year": year,
        "years": sorted({*years_of_budget(timezone.localdate()), year}, reverse=True),
        "payer": payer,
        "payers": payers_to_choose(request.user),
        "payer_name": payer_name(payer),
        "may_enter": payer in payers_of(request.user),
        "now": timezone.now(),
        "query": urlencode({"year": year, "payer": payer}),
        "total": found.total,
        "groups": groups(found),
        "cells": cells(found, found.total),
        "rows": measure_rows(found),
        "notes": [quantity for quantity in QUANTITIES.values() if quantity.key != "owed"],
        "cities": city_rows(found),
        "city_cells": cells(found, found.total, names=("approved", "paid")),
        "shortages": [shortage_shown(key, standing) for key, standing in short.items()],
        "way": way,
        "chart": chart_of(found, way, periods) if periods else None,
        "is_empty": found.total == type(found.total)(),
    }
    return render(request, "console/budget.html", context)


@require_safe
@office_page(*MONEY_READERS)
def budget_sheet(request):
    """The page as a spreadsheet; who took it is recorded."""
    year, payer = budget_chosen(request)
    name = f"预算执行情况-{year}-{payer_name(payer)}.xlsx"
    content = budget_file(overview(year, payer), *spans(year, payer), at=timezone.now())
    file_taken(
        name=name, topic=budget_topic(year, payer), user=request.user, source_ip=request.META["REMOTE_ADDR"]
    )
    return file_answer(io.BytesIO(content), name, XLSX)
