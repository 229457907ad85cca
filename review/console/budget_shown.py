"""What the budget's page draws: figures that lead to the claims behind them, bars, and columns over time."""

from urllib.parse import urlencode

from django.urls import reverse

from accounts.cities import City
from accounts.ui import percent
from measures.money import grouped
from review import charts
from review.budget_figures import QUANTITIES
from review.measure_names import measure_title

_APPROVED, _COMMITTED, _PAID = 4, 3, 1
#: The figures of the table in its order, with those behind which there are claims.
_COLUMNS = ("appropriated", "claimed", "approved", "committed", "paid", "balance", "forecast")


def cells(found, figures, *, names=_COLUMNS, **narrowed):
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


def groups(found):
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
        [cell | {"note": notes[cell["name"]]} for cell in cells(found, found.total, names=names)]
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


def measure_rows(found):
    """By measure: the figures, and a bar in which what exceeds the appropriation is hatched."""
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
                "cells": cells(found, figures, measure=number),
                "bar": charts.bar(parts, scale=scale, mark=figures.appropriated, label=label),
            }
        )
    return rows


def city_rows(found):
    """By city, the largest first; the bar is decoration, its numbers stand beside it."""
    scale = charts.scale_of((figures.approved,) for figures in found.cities.values())
    rows = [
        {
            "name": City(city).label,
            "approved": figures.approved,
            "cells": cells(found, figures, names=("approved", "paid"), city=city),
            "bar": charts.bar(
                [(_PAID, figures.paid), (_APPROVED, figures.approved - figures.paid)], scale=scale
            ),
        }
        for city, figures in found.cities.items()
        if figures.approved or figures.paid
    ]
    return sorted(rows, key=lambda row: -row["approved"])


def shortage_shown(key, standing):
    """A measure whose appropriation does not suffice: by how much, and where it is shared."""
    return {
        "name": measure_title(key.measure),
        "standing": standing,
        "lacking": -standing.budget.balance,
        "url": shortage_url(key),
    }


def shortage_url(key):
    """The address of a key's shortage."""
    return reverse("review:shortage", args=[key.year, key.payer, key.measure])


def chart_of(found, way, periods):
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
