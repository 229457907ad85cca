"""操作记录: who did what, searchable and as a file; and the chain of daily digests, to be kept outside."""

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.jobs import job_add
from applications.models import Event, JobState
from applications.readings import file_taken
from applications.record import event_add
from applications.visibility import audit_files_of
from review.audit.export import EXPORT, MOST_ROWS
from review.audit.listing import lines_of
from review.audit.search import events_found, events_page
from review.audit.titles import GROUPS, LIST_EXPORTED
from review.console.access import office_page
from review.console.job_files import file_context, file_given_up, file_handed_out
from review.console.progress import progress_answer
from review.models import DayDigest

READERS = (Role.AUDITOR, Role.ADMINISTRATOR)
ROWS = 50
DIGESTS = 7
#: Where one waits for a file that a worker writes.
PAGE = "review:audit_job"


class AuditFilter(forms.Form):
    """What one can look for; everything is optional."""

    q = forms.CharField(
        label="企业、信用代码、申报或批次编号",
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    person = forms.CharField(label="经手人姓名或用户名", required=False, max_length=50)
    group = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *GROUPS])
    since = forms.DateField(
        label="从", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label="到", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    address = forms.GenericIPAddressField(
        label="来源地址", required=False, error_messages={"invalid": "请填写完整的网络地址，例如 10.1.2.3。"}
    )

    def clean(self):
        values = super().clean()
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", "不能早于开始的日期。")
        return values

    @property
    def asked(self):
        """What is asked for, as JSON data; a filter that cannot be read hides nothing."""
        self.is_valid()
        texts = {name: str(value) for name, value in self.cleaned_data.items() if value}
        return {name: text for name, text in texts.items() if name not in self.errors}

    def found(self):
        """The events that fit; where too much is meant, none, and the form says so."""
        try:
            return events_found(self.asked)
        except Refused as refusal:
            self.add_error(
                "person" if "person" in self.asked and "q" not in self.asked else "q", refusal.message
            )
            return Event.objects.none()


@require_safe
@office_page(*READERS)
def audit(request):
    """The list, newest first; `?before=` continues it below an event."""
    form = AuditFilter(request.GET)
    found, before = form.found(), request.GET.get("before", "")
    before = int(before) if before.isdecimal() and len(before) <= 18 else None
    events, more = events_page(found, before=before, size=ROWS)
    yesterday = timezone.localdate() - timedelta(days=1)
    digests = list(DayDigest.objects.order_by("-day")[:DIGESTS])
    context = {
        "filter": form,
        "asked": form.asked,
        "lines": lines_of(events, request.user),
        "older": events[-1].pk if more else None,
        "is_newest": before is None,
        "most": MOST_ROWS,
        "digests": digests,
        "is_behind": not digests or digests[0].day < yesterday,
    }
    return render(request, "console/audit.html", context)


@require_POST
@office_page(*READERS)
def audit_export(request):
    """Has the filtered list written as a spreadsheet; that it was asked for is recorded."""
    form = AuditFilter(request.POST)
    form.found()
    if form.errors:
        messages.error(request, "筛选条件有误，没有导出。请改正后再试。")
        return redirect("review:audit")
    by = {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}
    event_add(kind=LIST_EXPORTED, topic="audit", data={"asked": form.asked}, **by)
    return redirect(PAGE, job_add(work=EXPORT, params={"asked": form.asked}, **by).pk)


@require_safe
@office_page(*READERS)
def audit_digests(request):
    """The whole chain as a text file, which is to be kept where nobody who owns the database can change it."""
    lines = ["# 每日摘要（SHA-256）：日期、摘要、操作记录条数、总额账条数。请保存在系统外。"]
    lines += [
        f"{each.day} {each.digest} {each.events} {each.entries}" for each in DayDigest.objects.order_by("day")
    ]
    name = f"每日摘要-{timezone.localdate():%Y%m%d}.txt"
    file_taken(name=name, topic="audit", user=request.user, source_ip=request.META["REMOTE_ADDR"])
    response = HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response


# --- Files that a worker writes ------------------------------------------------------------------


def _job_of(request, pk):
    return get_object_or_404(audit_files_of(request.user), pk=pk)


def _name(job):
    return job.result.get("name") or f"操作记录-{timezone.localtime(job.created_at):%Y%m%d-%H%M}.xlsx"


@require_safe
@office_page(*READERS)
def audit_job(request, pk):
    """How far the file is; the file once it is there."""
    job = _job_of(request, pk)
    context = {
        **file_context(job, "review:audit"),
        "is_list": job.work == EXPORT,
        "most": MOST_ROWS,
        "name": _name(job) if job.state == JobState.DONE else "",
    }
    return render(request, "console/audit_job.html", context)


@require_safe
@office_page(*READERS)
def audit_progress(request, pk):
    """How far the file is, for the script that moves the bar."""
    return progress_answer(_job_of(request, pk))


@require_safe
@office_page(*READERS)
def audit_file(request, pk):
    """The file, for whoever asked for it; that it was taken is recorded."""
    return file_handed_out(request, _job_of(request, pk), page=PAGE, name=_name, topic="audit")


@require_POST
@office_page(*READERS)
def audit_cancel(request, pk):
    """Ends the writing of a file that nobody waits for any more."""
    return file_given_up(request, _job_of(request, pk), page=PAGE)
