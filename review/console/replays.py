"""The pages of replays: how far one is, who gains and who loses, and the same as a spreadsheet."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.cities import City
from accounts.roles import Role
from applications.errors import Refused
from applications.models import CityRate, FilingPeriod, JobState
from applications.workbooks import XLSX
from review.console.access import office_page
from review.console.controls import item_title
from review.console.progress import progress_answer, progress_of
from review.notices import payer_name
from review.publishing import is_holder, setting_event
from review.replay import (
    PROVINCE,
    draft_of,
    draft_words,
    outdated,
    replay_cancel,
    replay_start,
    replays_visible,
)
from review.replay_budget import budget_effects
from review.replay_file import replay_file
from review.replay_sums import (
    ORDERS,
    firm_lines,
    firms,
    item_rows,
    measures_moving,
    moves,
    payers_named,
    sums_read,
)
from review.visibility import MONEY_READERS, payers_seen

ROWS = 50
#: What was in force where no version was.
NO_VERSION = {"yearsettings": "默认设置", "cityrate": "没有规定比例时", "filingperiod": ""}
READERS = (*PROVINCE, Role.CITY_COMMERCE, Role.CITY_FINANCE)


def _replay(request, pk):
    found = replays_visible(request.user).select_related("job", "asked_by")
    return get_object_or_404(found, pk=pk)


@require_safe
@office_page(*READERS)
def replay(request, pk):
    """One replay: its progress, or what it found."""
    found = _replay(request, pk)
    draft, job = draft_of(found), found.job
    context = {
        "replay": found,
        "job": job,
        "draft": draft,
        "draft_url": _draft_url(draft),
        "list_url": reverse(f"console:applications_{found.model}_changelist"),
        "list_name": draft._meta.verbose_name,
        "name": draft_words(draft),
        "scope": _scope(draft),
        "is_period": isinstance(draft, FilingPeriod),
        "no_version": NO_VERSION[found.model],
        "has_table": bool(found.totals.get("claims")),
        "holds": is_holder(request.user, draft),
        "is_open_draft": not draft.is_published,
        "progress": progress_of(job) if job.is_open else None,
        "done": job.state == JobState.DONE,
        "totals": found.totals,
    }
    if context["done"]:
        context |= _result(request, found, draft)
    return render(request, "console/replay.html", context)


def _result(request, found, draft):
    context = {"outdated": [] if draft.is_published else outdated(found, draft)}
    if not found.totals.get("claims"):
        return context | {"nothing": f"{_scope(draft)}里还没有提交的。"}
    context["effects"] = _effects(request.user, found, draft)
    order, words = request.GET.get("order", ""), request.GET.get("q", "").strip()[:60]
    order, everybody = order if order in ORDERS else "most", request.GET.get("all") == "1"
    listed = firms(found, order=order, words=words, everybody=everybody)
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    lines = firm_lines(found, [row["enterprise"] for row in rows])
    for row in rows:
        row["city"] = City(row["enterprise__city"]).label
        row["lines"] = [(line, payer_name(line.payer)) for line in lines.get(row["enterprise"], ())]
    return context | {
        "sums": sums_read(found.totals),
        "measures": measures_moving(found.totals),
        "still": [row for row in item_rows(found.totals) if not moves(row)],
        "payers": payers_named(found.totals),
        "page": page,
        "rows": rows,
        "orders": [(name, label) for name, (label, _) in ORDERS.items()],
        "order": order,
        "words": words,
        "everybody": everybody,
    }


def _effects(user, found, draft):
    """What the draft does to the budgets that the person may see; a published one has had its effect."""
    if draft.is_published or not user.has_post(*MONEY_READERS):
        return []
    return budget_effects(found, payers_seen(user))


def _scope(draft):
    """Which claims a replay of the draft looks at, in words."""
    if isinstance(draft, CityRate):
        title = item_title(draft.item)
        return f"{draft.get_city_display()} {draft.year} 年度申报了 {title}的企业，在该市（地）的全部申报"
    return f"{draft.year} 年度的全部申报"


def _draft_url(draft):
    return reverse(f"console:applications_{draft._meta.model_name}_change", args=[draft.pk])


@require_safe
@office_page(*READERS)
def replay_progress(request, pk):
    """How far it is, for the script of the page."""
    return progress_answer(_replay(request, pk).job)


@require_POST
@office_page(*READERS)
def replay_act(request, pk, action):
    """Ends a replay that is under way, or begins another one of the same draft."""
    if action not in ("cancel", "again"):
        raise Http404
    found = _replay(request, pk)
    if not is_holder(request.user, draft_of(found)):
        raise PermissionDenied
    try:
        if action == "cancel":
            replay_cancel(found, actor=request.user)
        else:
            found = replay_start(draft_of(found), actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("review:replay", pk=found.pk)


@require_safe
@office_page(*READERS)
def replay_sheet(request, pk):
    """The result as a spreadsheet; who took it is recorded."""
    found = _replay(request, pk)
    draft = draft_of(found)
    if not found.totals.get("claims"):
        raise Http404
    setting_event(
        "setting.replay_taken", draft, {}, request.user, None, request.META["REMOTE_ADDR"], replay=found.pk
    )
    response = HttpResponse(replay_file(found, _effects(request.user, found, draft)), content_type=XLSX)
    name = f"试算结果-{draft_words(draft)}.xlsx"
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response
