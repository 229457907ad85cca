"""年度统计: the year's story on one page, to be read and printed by those who answer for the policy, and as a spreadsheet."""

import io
from decimal import Decimal

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.readings import file_taken
from applications.workbooks import XLSX
from review.charts import Group as ChartGroup
from review.charts import Series, bar, columns, scale_of
from review.console.access import office_page
from review.console.budget_chosen import YEARS
from review.console.imports import file_answer
from review.notices import payer_name
from review.sheets.annual import annual_file
from review.statistics import pace_of, stays_of, story_of
from review.statistics.story import SIZES, SMALL, years_of
from review.visibility import MONEY_READERS, claims_with_money, payers_seen

_APPROVED, _PAID = Series("批准", 3), Series("拨付", 1)


@require_safe
@office_page(*MONEY_READERS)
def statistics(request):
    """The story of `?year=`; of the newest year without it."""
    claims = claims_with_money(request.user)
    years = years_of(claims)
    year = _year(request.GET.get("year"), years)
    found = claims.filter(year=year)
    story = story_of(year, claims)
    context = {
        "story": story,
        "years": sorted({*years, year}, reverse=True),
        "at": timezone.now(),
        "scope": _scope(request.user),
        "chart": _chart(story) if story.by_month else None,
        "measures": _with_bars(story.by_measure),
        "cities": _with_bars(story.by_city),
        "sizes": _with_bars(story.by_size),
        "small": next((group for group in story.by_size if group.key == SMALL), None),
        "small_words": SIZES[SMALL],
        "small_share": _share(story),
        "pace": pace_of(found),
        "stays": stays_of(found),
    }
    return render(request, "console/statistics.html", context)


@require_safe
@office_page(*MONEY_READERS)
def statistics_sheet(request):
    """The same as a spreadsheet."""
    claims = claims_with_money(request.user)
    years = years_of(claims)
    year = _year(request.GET.get("year"), years)
    if year not in years:
        raise Http404
    found = claims.filter(year=year)
    name = f"{year}年度外贸支持资金年度报告.xlsx"
    content = annual_file(story_of(year, claims), pace_of(found), stays_of(found), scope=_scope(request.user))
    file_taken(name=name, topic="statistics", user=request.user, source_ip=request.META["REMOTE_ADDR"])
    return file_answer(io.BytesIO(content), name, XLSX)


def _year(text, years):
    """The year that an address asks for, by default the newest with claims; raises Http404 for what is no year at all."""
    if not text:
        return years[0] if years else timezone.localdate().year - 1
    if not (text.isascii() and text.isdigit()) or int(text[:5]) not in YEARS:
        raise Http404
    return int(text)


def _scope(user):
    """Whose money the story tells of: all of it, or what the person's own cities bear."""
    seen = payers_seen(user)
    return (
        "省级和各市（地）承担的资金"
        if seen is None
        else "、".join(f"{payer_name(p)}承担的资金" for p in sorted(seen))
    )


def _chart(story):
    """Approved and paid by month; what was taken back in a month is in the table alone."""
    groups, before = [], None
    for each in story.by_month:
        month = each.month
        groups.append(
            ChartGroup(
                label=f"{month.month} 月",
                title=f"{month.year} 年 {month.month} 月",
                amounts=(each.approved_cny, each.paid_cny),
                below=str(month.year) if month.year != before else "",
            )
        )
        before = month.year
    best = max(story.by_month, key=lambda each: each.paid_cny)
    label = "各月批准和拨付的金额。"
    if best.paid_cny > 0:
        label += f"拨付最多的是 {best.month.year} 年 {best.month.month} 月。"
    return columns((_APPROVED, _PAID), groups, label=label)


def _with_bars(groups):
    """[(Group, Bar)]: of what was approved, the part that is paid, in the scale of the table."""
    scale = scale_of([group.approved_cny, group.paid_cny] for group in groups)
    return [
        (
            group,
            bar(
                [(1, group.paid_cny), (3, max(group.approved_cny - group.paid_cny, Decimal(0)))], scale=scale
            ),
        )
        for group in groups
    ]


def _share(story):
    """Percent of the firms that filed, and of the money approved, that are of small firms; None without either."""
    small = next((group for group in story.by_size if group.key == SMALL), None)
    if small is None or not story.total.firms:
        return None
    firms = Decimal(small.firms * 100) / story.total.firms
    money = small.approved_cny * 100 / story.total.approved_cny if story.total.approved_cny else Decimal(0)
    return {
        "count": small.firms,
        "firms": firms.quantize(Decimal("0.1")),
        "money": money.quantize(Decimal("0.1")),
    }
