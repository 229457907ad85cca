"""One load of official data: how far it is, what is in the file, the decision, and what it brought."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import NotAllowed, Refused
from applications.imports.files import file_path
from applications.imports.kinds import KINDS
from applications.imports.loads import (
    CHECKABLE,
    STORE,
    changes_of,
    load_cancel,
    load_confirm,
    load_discard,
    load_recheck,
    load_topic,
    stored_before,
)
from applications.load_claims import load_claims, load_claims_totals
from applications.models import DataLoad, Event, JobState
from applications.record import event_add, event_title
from applications.visibility import claims_for_office, loads_for_office
from applications.workbooks import XLSX
from review.console.access import office_page
from review.console.imports import READERS, file_answer
from review.console.progress import progress_answer, progress_of

Stage = DataLoad.Stage
CLAIMS = 50
_STEPS = ("上传文件", "检查", "确认", "导入")
#: How many of the steps are behind a load, and the icon of the one that it is at.
_AT = {
    Stage.CHECKING: (1, "spin"),
    Stage.UNREADABLE: (1, "alert"),
    Stage.CHECKED: (2, "eye"),
    Stage.STORING: (3, "spin"),
    Stage.STORED: (4, ""),
}


def _load_of(request, pk):
    loads = loads_for_office(request.user).select_related("job", "uploaded_by")
    return get_object_or_404(loads, pk=pk)


@require_safe
@office_page(*READERS)
def load(request, pk):
    """One load, whatever its stage."""
    return _page(request, _load_of(request, pk))


def _page(request, found, *, refusal="", status=200):
    kind, report, stage, job = KINDS[found.kind], found.report, found.stage, found.job
    counted = "rows" in report and stage in (Stage.CHECKED, Stage.STORING, Stage.STORED)
    context = {
        "load": found,
        "kind": kind,
        "report": report,
        "counted": counted,
        "refusal": refusal,
        "stages": _stages(stage),
        "progress": progress_of(job) if job and job.is_open else None,
        "notes": _notes(found, job),
        "events": _events(found),
        "may_load": request.user.has_post(Role.DATA),
        "may_recheck": stage in CHECKABLE,
    }
    if counted:
        context |= _preview(report, kind)
    if stage == Stage.CHECKED:
        context |= {
            "changes": changes_of(report),
            "good": report["rows"] - report["refused_rows"],
            "before": stored_before(found),
        }
    if stage == Stage.STORED:
        context |= _result(request, found)
    return render(request, "console/imports/load.html", context, status=status)


def _stages(stage):
    """The steps of a load, for the line above the page; nothing where it has come to another end."""
    if stage not in _AT:
        return []
    behind, icon = _AT[stage]
    marks = ["done"] * behind + ["now"] + ["todo"] * len(_STEPS)
    return [
        {"title": title, "status": mark, "icon": icon} for title, mark in zip(_STEPS, marks, strict=False)
    ]


def _notes(found, job):
    """What became of the last work on a load, where the stage alone does not tell: (kind of callout, text)."""
    if found.stage == Stage.FAILED:
        return [("bad", job.message)]
    if found.stage == Stage.CANCELLED:
        return [("", "这次导入已经取消或放弃，没有改动任何数据。")]
    if found.stage == Stage.CHECKED and job.work == STORE and job.state == JobState.CANCELLED:
        return [("", "刚才的导入已经取消，没有改动任何数据。可以再次确认，也可以放弃。")]
    if found.stage == Stage.CHECKED and job.work == STORE:
        return [("act", "确认之后又有行未通过检查，所以没有导入，也没有改动任何数据。请看最新结果，再决定。")]
    return []


def _preview(report, kind):
    """What the file holds, beside the kind's columns."""
    units = report["units"]
    absent = [column for column in kind.columns if column.heading not in report["columns"]]
    return {
        "columns": [(given, ours, units.get(ours, "")) for given, ours in report["headings"]],
        "absent": [column.heading for column in absent],
        "heads": [(heading, units.get(heading, "")) for heading in report["columns"]],
        "faults": [{**fault, "message": _bare(fault)} for fault in report["refused"]],
        "warnings": sorted(report["warnings"], key=lambda each: each.get("row", 0)),
    }


def _bare(fault):
    """What is wrong with a cell, without the row and the column, which have columns of their own in the table."""
    return fault["message"].removeprefix(f"第{fault['row']}行").removeprefix(f"“{fault['column']}”")


def _result(request, found):
    """What the load brought: the claims whose amounts moved, those that were approved or paid first."""
    page = Paginator(load_claims(found), CLAIMS).get_page(request.GET.get("page"))
    numbers = [row.claim_id for row in page.object_list]
    visible = set(claims_for_office(request.user).filter(pk__in=numbers).values_list("pk", flat=True))
    for row in page.object_list:
        row.may_open = row.claim_id in visible
    totals = load_claims_totals(found)
    return {
        "page": page,
        "totals": totals,
        "settled": totals["noted"] - totals["waiting"],
        "difference": totals["after"] - totals["before"],
        "drafts": reverse("console:applications_cityrate_changelist") if found.kind == "city-rates" else "",
    }


def _events(found):
    rows = Event.objects.filter(topic=load_topic(found)).select_related("actor").order_by("-pk")
    return [
        {
            "when": row.at,
            "title": event_title(row),
            "text": "，".join(filter(None, [row.actor.name if row.actor else "系统", _said(row.data)])),
        }
        for row in rows
    ]


_COUNTED = (
    ("rows", "共 {} 行"),
    ("new", "新增 {}"),
    ("changed", "改变 {}"),
    ("unchanged", "相同 {}"),
    ("removed", "删除 {}"),
    ("refused_rows", "未通过 {}"),
)


def _said(data):
    if "good_rows" in data:
        return "只导入通过的行" if data["good_rows"] else "全部导入"
    return "，".join(
        words.format(f"{data[name]:,}") for name, words in _COUNTED if data.get(name) is not None
    )


@require_safe
@office_page(*READERS)
def load_progress(request, pk):
    """How far the work on a load is."""
    found = _load_of(request, pk)
    if found.job is None:
        raise Http404
    return progress_answer(found.job)


@require_POST
@office_page(Role.DATA)
def load_act(request, pk, action):
    """Confirms, cancels, gives up a load, or has it checked again."""
    if action not in _ACTIONS:
        raise Http404
    found = _load_of(request, pk)
    service, sentence = _ACTIONS[action]
    more = {"good_rows": "good_rows" in request.POST} if action == "confirm" else {}
    try:
        service(
            load_id=found.pk,
            token=request.POST.get("token", ""),
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
            **more,
        )
    except Refused as refusal:
        status = 403 if isinstance(refusal, NotAllowed) else 409
        return _page(request, _load_of(request, pk), refusal=refusal.message, status=status)
    if sentence:
        messages.success(request, sentence)
    return redirect("review:load", pk)


_ACTIONS = {
    "confirm": (load_confirm, ""),
    "recheck": (load_recheck, ""),
    "cancel": (load_cancel, ""),
    "discard": (load_discard, "已放弃这次导入，没有改动任何数据。"),
}


@require_safe
@office_page(*READERS)
def load_file(request, pk):
    """The file as it was uploaded; who took it is recorded."""
    found = _load_of(request, pk)
    return _kept_file(request, found, found.file_path, found.file_name, "load.file_taken")


@require_safe
@office_page(*READERS)
def load_refused(request, pk):
    """The refused rows as a spreadsheet; who took it is recorded."""
    found = _load_of(request, pk)
    stem = found.file_name.rpartition(".")[0] or found.file_name
    return _kept_file(
        request, found, found.refused_path, f"{stem}-未通过的行.xlsx", "load.refused_taken", XLSX
    )


def _kept_file(request, found, kept, name, event, content_type="application/octet-stream"):
    if not kept:
        raise Http404
    try:
        file = file_path(kept).open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    event_add(kind=event, topic=load_topic(found), actor=request.user, source_ip=request.META["REMOTE_ADDR"])
    return file_answer(file, name, content_type)
