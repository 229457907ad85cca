"""工作周报: the page, the spreadsheet, and the claims behind a figure."""

import io
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from applications.readings import file_taken
from applications.workbooks import XLSX
from measures.money import grouped
from review.console.access import READERS, office_page
from review.console.imports import file_answer
from review.queue import claims_listed
from review.waiting import waiting_days_add
from review.weekly.behind import FIGURES, claims_behind, lists_claims
from review.weekly.columns import DEPARTMENT_COLUMNS, NOTES, OFFICE_COLUMNS, PERSON_COLUMNS
from review.weekly.offices import OFFICES
from review.weekly.report import weekly_report
from review.weekly.sheet import report_file
from review.weekly.weeks import week_named

ROWS = 20


@require_safe
@office_page(*READERS)
def report(request):
    """The week of `?week=2026-W12`; this week without it."""
    found = weekly_report(request.user, week_named(request.GET.get("week")))
    tables = (
        ("offices", "各单位", OFFICE_COLUMNS, found.offices, found.total),
        ("people", "审核人员", PERSON_COLUMNS, found.people, None),
        ("departments", "服务事项", DEPARTMENT_COLUMNS, found.departments, found.departments_total),
    )
    context = {
        "week": found.week,
        "is_empty": found.is_empty,
        "tables": [_table(request.user, found.week, *table) for table in tables if table[3]],
        "notes": NOTES,
    }
    return render(request, "console/report.html", context)


@require_safe
@office_page(*READERS)
def report_sheet(request):
    """The same as a spreadsheet."""
    week = week_named(request.GET.get("week"))
    name = f"工作周报-{week.name}.xlsx"
    content = report_file(weekly_report(request.user, week))
    file_taken(name=name, topic="report", user=request.user, source_ip=request.META["REMOTE_ADDR"])
    return file_answer(io.BytesIO(content), name, XLSX)


@require_safe
@office_page(*READERS)
def report_claims(request):
    """The claims behind a figure: `?week=`, `office=`, `figure=`, and `person=` for one person's."""
    week, office = week_named(request.GET.get("week")), OFFICES.get(request.GET.get("office"))
    figure, named = request.GET.get("figure", ""), request.GET.get("person", "")
    person = _person(named)
    claims = None
    if office and (person or not named):
        claims = claims_behind(request.user, week, office, figure, person and person.pk)
    if claims is None:
        raise Http404
    page = Paginator(claims_listed(claims).order_by("-submitted_at", "-pk"), ROWS).get_page(
        request.GET.get("page")
    )
    waiting_days_add(page.object_list)
    context = {"week": week, "office": office, "person": person, "figure": FIGURES[figure], "page": page}
    return render(request, "console/report_claims.html", context)


def _person(text):
    """The person that an address names, or None."""
    return User.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 10 else None


def _table(user, week, key, title, columns, rows, total):
    """What the template draws: headings, and rows of cells."""
    headings = [column.heading(week) for column in columns]
    listed = {
        office: lists_claims(user, office)
        for office in {getattr(row, "office", None) for row in rows}
        if office
    }

    def cells(row, linked):
        return [
            _cell(week, column, heading, row, linked)
            for column, heading in zip(columns, headings, strict=True)
        ]

    return {
        "key": key,
        "title": title,
        "columns": list(zip(columns, headings, strict=True)),
        "rows": [cells(row, listed.get(getattr(row, "office", None), False)) for row in rows],
        "total": cells(total, False) if total else None,
    }


def _cell(week, column, heading, row, linked):
    value = column.take(row)
    link = ""
    if linked and column.figure and value:
        asked = {"week": week.name, "office": row.office.key, "figure": column.figure}
        asked |= {"person": row.person} if hasattr(row, "person") else {}
        link = f"{reverse('review:report_claims')}?{urlencode(asked)}"
    return {
        "title": heading,
        "kind": column.kind,
        "text": _text(column, value),
        "none": not value,
        "url": link,
    }


def _text(column, value):
    if value is None:
        return "—"
    return grouped(value) if column.kind == "money" else str(value)
