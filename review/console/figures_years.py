"""The customs figures year by year: what is there, where figures and detail differ, and closing a year."""

import io

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from accounts.roles import Role
from applications.calendar import months_text
from applications.errors import NotAllowed, Refused
from applications.figures_years import (
    TITLES,
    Differences,
    closing_refusal,
    enterprise_years_moved,
    may_close,
    year_close,
    year_reopen,
    year_topic,
    years_standing,
)
from applications.imports.sheets_out import head_cell, print_setup, value_put, widths_set
from applications.models import Event
from applications.readings import file_taken
from applications.workbooks import XLSX
from measures.official import FIGURE_LABELS
from review.console.access import office_page
from review.console.base import PROVINCE
from review.console.official import REGISTERS
from review.console.site import Page, console

ROWS = 50
#: Differences that one spreadsheet holds, the largest first.
MOST_EXPORTED = 20_000
#: Heading and width in characters.
_COLUMNS = (
    ("统一社会信用代码", 22),
    ("企业名称", 34),
    ("年度", 8),
    ("指标", 20),
    ("单位", 8),
    ("年度数", 20),
    ("月度明细合计", 20),
    ("相差", 20),
)

console.pages.append(
    Page(
        group=REGISTERS,
        title="统计年度",
        note="每年有哪些海关数据，年度数与月度明细是否一致，什么时候按月度明细计算奖补。",
        name="review:figures_years",
        readers=PROVINCE,
        keepers=frozenset({Role.DATA}),
    )
)


class ReopenForm(forms.Form):
    """Why a closed year is made provisional again."""

    reason = forms.CharField(
        label="原因",
        help_text="记入变更记录，例如：海关更正了 6 月的数据。",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明重新开放的原因，会记入变更记录。"},
    )


@require_safe
@office_page(*PROVINCE)
def figures_years(request):
    """Every year with customs figures, newest first."""
    return render(
        request, "console/figures_years.html", {"years": [_words(each) for each in years_standing()]}
    )


@require_safe
@office_page(*PROVINCE)
def figures_year(request, year):
    """One year: what is there, the differences a page at a time, and closing or reopening it."""
    return _page(request, year)


@require_POST
@office_page(Role.DATA)
def figures_year_close(request, year):
    """Makes what adds up from detail count for awards."""
    return _act(request, year_close, year, "已关闭，月度明细合计可以用于奖补")


@require_POST
@office_page(Role.DATA)
def figures_year_reopen(request, year):
    """Makes it provisional again, for a reason."""
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _page(request, year, form=form, status=409)
    done = "已重新开放，月度明细合计只作参考"
    return _act(request, year_reopen, year, done, form=form, reason=form.cleaned_data["reason"])


def _act(request, act, year, done, *, form=None, **more):
    try:
        years = act(year=year, actor=request.user, source_ip=request.META["REMOTE_ADDR"], **more)
    except Refused as refusal:
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _page(request, year, form=form, refusal=refusal.message, status=status)
    messages.success(request, f"{year} 年度{done}。")
    if years:
        messages.info(request, f"涉及 {years} 个企业年度，正在重新计算。")
    return redirect("review:figures_year", year)


def _page(request, year, *, form=None, refusal="", status=200):
    standing = next((each for each in years_standing() if each.year == year), None)
    if standing is None:
        raise Http404("no figures of this year")
    keeps = may_close(request.user)
    why_not = "" if standing.closed else closing_refusal(year)
    context = {
        "standing": _words(standing),
        "page": Paginator(Differences(year), ROWS).get_page(request.GET.get("page")),
        "most": MOST_EXPORTED,
        "keeps": keeps,
        "why_not": why_not,
        "moved": enterprise_years_moved(year).count() if keeps and not why_not else 0,
        "form": form or ReopenForm(),
        "refusal": refusal,
        "events": [
            (event, TITLES[event.kind])
            for event in Event.objects.filter(topic=year_topic(year)).select_related("actor").order_by("-pk")
        ],
    }
    return render(request, "console/figures_year.html", context, status=status)


def _words(standing):
    """The standing with its months as words."""
    standing.months_text = months_text(standing.months)
    standing.missing_text = months_text(standing.missing)
    return standing


@require_safe
@office_page(*PROVINCE)
def figures_year_differences(request, year):
    """The differences of a year as a spreadsheet, the largest first."""
    file = io.BytesIO()
    _book(year).save(file)
    file.seek(0)
    name = f"年度数与月度明细的差异-{year}.xlsx"
    file_taken(
        name=name, topic=f"differences:{year}", user=request.user, source_ip=request.META["REMOTE_ADDR"]
    )
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def _book(year):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"{year}年差异")
    sheet.freeze_panes = "A2"
    widths_set(sheet, [width for _, width in _COLUMNS])
    print_setup(sheet)
    sheet.append([head_cell(sheet, title) for title, _ in _COLUMNS])
    for each in Differences(year)[:MOST_EXPORTED]:
        label, unit = FIGURE_LABELS[each.figure]
        values = (each.credit_code, each.name, year, label, unit, each.loaded, each.added_up, each.more)
        sheet.append([_cell(sheet, value) for value in values])
    return book


def _cell(sheet, value):
    cell = WriteOnlyCell(sheet)
    value_put(cell, value)
    return cell
