"""Budget: what a payer's year comes to, the claims behind each figure, and the page as a spreadsheet."""

import io
from datetime import date
from urllib.parse import urlencode

from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.cities import City
from accounts.ui import percent
from applications.models import Claim
from applications.readings import file_taken
from applications.workbooks import XLSX
from measures.money import grouped
from review import charts, keyset
from review.budget import budget_topic, measures_of
from review.budget_figures import (
    QUANTITIES,
    Behind,
    claims_behind,
    overview,
    parts_add,
    spans,
    years_of_budget,
)
from review.console.access import office_page
from review.console.imports import file_answer
from review.measure_names import measure_title
from review.notices import payer_name, payers_of
from review.sheets.budget import budget_file
from review.shortage import standings_of
from review.visibility import MONEY_READERS, payers_seen

#: Years that an address may name.
YEARS = range(2000, 2101)
_APPROVED, _COMMITTED, _PAID = 4, 3, 1
#: The figures of the table in its order, with those behind which there are claims.
_COLUMNS = ("appropriated", "claimed", "approved", "committed", "paid", "balance", "forecast")


def payers_to_choose(user):
    """[(payer, name)] of those whose money the person may see, the province first."""
    seen = payers_seen(user)
    return [
        (payer, payer_name(payer))
        for payer in (Claim.PROVINCE, *City.values)
        if seen is None or payer in seen
    ]


def payer_or_404(user, payer, year):
    """Raises 404 for a payer that there is not, or whose money is not for this person, and for no year at all."""
    if payer not in dict(payers_to_choose(user)) or year not in YEARS:
        raise Http404
    return payer


def _chosen(request):
    """(year, payer) that the address asks for; by default the newest year and the own office."""
    payers, years = payers_to_choose(request.user), years_of_budget(timezone.localdate())
    own = sorted(payers_of(request.user), reverse=True)
    payer = request.GET.get("payer") or (own[0] if own else payers[0][0])
    year = request.GET.get("year") or str(years[0] if years else timezone.localdate().year - 1)
    if not (year.isdecimal() and len(year) == 4):
        raise Http404
    return int(year), payer_or_404(request.user, payer, int(year))


@require_safe
@office_page(*MONEY_READERS)
def budget(request):
    """The figures of `?year=` and `?payer=`, by measure, by city and over time, each leading to its claims."""
    year, payer = _chosen(request)
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
        "groups": _groups(found),
        "cells": _cells(found, found.total),
        "rows": _measure_rows(found),
        "notes": [quantity for quantity in QUANTITIES.values() if quantity.key != "owed"],
        "cities": _city_rows(found),
        "city_cells": _cells(found, found.total, names=("approved", "paid")),
        "shortages": [_shortage(key, standing) for key, standing in short.items()],
        "way": way,
        "chart": _chart(found, way, periods) if periods else None,
        "is_empty": found.total == type(found.total)(),
    }
    return render(request, "console/budget.html", context)


def _cells(found, figures, *, names=_COLUMNS, **narrowed):
    """What the table draws of Figures: name, label, amount, and the address of the claims behind it ("" for none)."""
    return [
        {
            "name": name,
            "label": _LABELS[name],
            "amount": getattr(figures, name),
            "url": behind_url(found.year, found.payer, name, **narrowed) if name in QUANTITIES else "",
        }
        for name in names
    ]


def _groups(found):
    """The totals that stand above the table, each with a note: what may be spent, and what it may come to."""
    used = "还没有预算指标"
    if found.total.appropriated > 0:
        used = f"占预算 {found.total.approved * 100 / found.total.appropriated:.1f}%"
    notes = {
        "appropriated": "预算指标合计",
        "approved": used,
        "committed": "银行还没有回执",
        "paid": "银行已回执",
        "balance": "预算减已批准",
        "claimed": "限额后，扣除其他支持前",
        "reviewing": "还在审核或补正",
        "forecast": "已批准加审核中",
    }
    spent = ("appropriated", "approved", "committed", "paid", "balance")
    expected = ("claimed", "reviewing", "forecast")
    return [
        [cell | {"note": notes[cell["name"]]} for cell in _cells(found, found.total, names=names)]
        for names in (spent, expected)
    ]


_LABELS = {
    "appropriated": "预算",
    "balance": "结余",
    **{name: quantity.label for name, quantity in QUANTITIES.items()},
}


def behind_url(year, payer, figure, **narrowed):
    """The address of the claims behind a figure."""
    asked = {"year": year, "payer": payer, "figure": figure, **narrowed}
    return f"{reverse('review:budget_claims')}?{urlencode(asked)}"


def _measure_rows(found):
    scale = charts.scale_of((f.approved, f.appropriated) for f in found.measures.values())
    rows = []
    for number, figures in found.measures.items():
        parts = [
            (_PAID, figures.paid),
            (_COMMITTED, figures.committed),
            (_APPROVED, figures.owed),
        ]
        used = percent(figures.approved, figures.appropriated)
        label = f"预算使用 {used.normalize():f}%"
        if figures.is_short:
            label = f"已批准超出预算 {grouped(figures.lacking)} 元"
        rows.append(
            {
                "name": measure_title(number),
                "figures": figures,
                "cells": _cells(found, figures, measure=number),
                "bar": charts.bar(parts, scale=scale, mark=figures.appropriated, label=label),
            }
        )
    return rows


def _city_rows(found):
    """By city, the largest first; the bar is decoration, its numbers stand beside it."""
    scale = charts.scale_of((figures.approved,) for figures in found.cities.values())
    rows = [
        {
            "name": City(city).label,
            "approved": figures.approved,
            "cells": _cells(found, figures, names=("approved", "paid"), city=city),
            "bar": charts.bar(
                [(_PAID, figures.paid), (_APPROVED, figures.approved - figures.paid)], scale=scale
            ),
        }
        for city, figures in found.cities.items()
        if figures.approved or figures.paid
    ]
    return sorted(rows, key=lambda row: -row["approved"])


def _shortage(key, standing):
    return {
        "name": measure_title(key.measure),
        "standing": standing,
        "lacking": -standing.budget.balance,
        "url": shortage_url(key),
    }


def shortage_url(key):
    """The address of a key's shortage."""
    return reverse("review:shortage", args=[key.year, key.payer, key.measure])


def _chart(found, way, periods):
    """Approvals and payments side by side, by week or by month."""
    most = max(periods, key=lambda span: span.approved)
    word = {"week": "周", "month": "月"}[way]
    name = f"{_title(way, most)}{'开始的一周' if way == 'week' else ''}"
    finding = f"{_day(periods[0].first)}至{_day(periods[-1].last)}各{word}批准与拨付金额。"
    if most.approved:
        finding += f"批准最多的是{name}，{grouped(most.approved)} 元。"
    series = (charts.Series("批准", _APPROVED), charts.Series("拨付", _PAID))
    return charts.columns(
        series, [_group(found, way, span) for span in periods], label=f"{finding}数字见下表。"
    )


def _group(found, way, span):
    narrowed = {"first": span.first, "last": span.last}
    urls = [behind_url(found.year, found.payer, name, **narrowed) for name in ("approved", "paid")]
    label = f"{span.first.month}-{span.first.day:02d}" if way == "week" else f"{span.first.month} 月"
    begins = span.first.month == 1 and (way == "month" or span.first.day <= 7)
    return charts.Group(
        label=label,
        title=_title(way, span),
        amounts=(span.approved, span.paid),
        links=tuple(urls),
        below=str(span.first.year) if begins else "",
    )


def _title(way, span):
    return _day(span.first) if way == "week" else f"{span.first.year} 年 {span.first.month} 月"


def _day(day):
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


@require_safe
@office_page(*MONEY_READERS)
def budget_claims(request):
    """The claims behind a figure: `?figure=`, narrowed by `measure=`, `city=`, `first=` and `last=`. Their sum is the figure."""
    behind = _behind(request)
    claims = claims_behind(behind)
    pieces = [claims.filter(state=state) for state in sorted(behind.states)]
    page = keyset.page_of(
        pieces,
        keyset.AMOUNT,
        request.GET,
        listed=lambda rows: parts_add(rows.select_related("enterprise"), behind),
    )
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    context = {
        "behind": behind,
        "payer_name": payer_name(behind.payer),
        "measure": measure_title(behind.measure) if behind.measure else "",
        "city": City(behind.city).label if behind.city else "",
        "sums": claims.aggregate(count=Count("pk"), amount=Sum("part_cny")),
        "page": page,
        "filter": {"query": asked.urlencode()},
        "budget_url": f"{reverse('review:budget')}?{urlencode({'year': behind.year, 'payer': behind.payer})}",
    }
    return render(request, "console/budget_claims.html", context)


def _behind(request):
    """The figure that the address names; 404 for none."""
    year, payer = _chosen(request)
    asked = request.GET
    quantity, measure, city = (
        QUANTITIES.get(asked.get("figure")),
        asked.get("measure", ""),
        asked.get("city", ""),
    )
    borne = {str(each.number): each.number for each in measures_of(payer)}
    if quantity is None or (measure and measure not in borne) or (city and city not in City.values):
        raise Http404
    days = _days(asked) if quantity.key in ("approved", "paid") else (None, None)
    return Behind(quantity, year, payer, borne.get(measure), city, *days)


def _days(asked):
    if not asked.get("first") and not asked.get("last"):
        return None, None
    try:
        first, last = date.fromisoformat(asked.get("first", "")), date.fromisoformat(asked.get("last", ""))
    except ValueError:
        raise Http404 from None
    if not (first <= last and first.year in YEARS and last.year in YEARS):
        raise Http404
    return first, last


@require_safe
@office_page(*MONEY_READERS)
def budget_sheet(request):
    """The page as a spreadsheet; who took it is recorded."""
    year, payer = _chosen(request)
    name = f"预算执行情况-{year}-{payer_name(payer)}.xlsx"
    content = budget_file(overview(year, payer), *spans(year, payer), at=timezone.now())
    file_taken(
        name=name, topic=budget_topic(year, payer), user=request.user, source_ip=request.META["REMOTE_ADDR"]
    )
    return file_answer(io.BytesIO(content), name, XLSX)
