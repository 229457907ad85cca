"""Official data from files: the kinds, their templates and exports, uploading, and the loads so far."""

import io
import tempfile

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.files import megabytes
from applications.imports.export import export_rows, export_write, export_years
from applications.imports.kinds import KINDS
from applications.imports.loads import EXPORT, load_upload
from applications.imports.template import template_write
from applications.jobs import job_add
from applications.models import DataLoad
from applications.record import event_add
from applications.uploads import takes_files_up_to
from applications.visibility import loads_for_office
from applications.workbooks import XLSX
from review.console.access import office_page
from review.console.site import console

ROWS = 20
READERS = (Role.DATA, Role.AUDITOR)
#: Up to so many rows an export is made while one waits; a longer one is work for a worker.
AT_ONCE = 10_000
TYPES = {"xlsx": XLSX, "zip": "application/zip"}


class UploadForm(forms.Form):
    """The file to load."""

    file = forms.FileField(
        label="文件",
        widget=forms.FileInput({"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": "请选择要导入的文件。",
            "missing": "请选择要导入的文件。",
            "invalid": "文件没有传完，请重新选择。",
            "empty": "文件是空的，请重新选择。",
        },
    )

    def __init__(self, *args):
        super().__init__(*args)
        most = settings.IMPORT_MAX_BYTES
        self.fields["file"].help_text = f"xlsx 或 CSV，不超过 {megabytes(most)} MB。先检查，您确认后才导入。"
        self.fields["file"].widget.attrs["data-max-bytes"] = most


class LoadFilter(forms.Form):
    """Which loads are listed."""

    kind = forms.ChoiceField(label="数据", required=False)
    stage = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *DataLoad.Stage.choices])

    def __init__(self, data):
        super().__init__(data)
        self.fields["kind"].choices = [("", "全部"), *((kind.name, kind.title) for kind in KINDS.values())]

    def apply(self, loads):
        """The loads that fit; what cannot be read hides nothing."""
        self.is_valid()
        return loads.filter(**{name: value for name, value in self.cleaned_data.items() if value})

    @property
    def is_used(self):
        """Whether anything is asked for."""
        return any(self.data.get(name) for name in self.fields)


def kind_or_404(name):
    """The kind of a name in an address."""
    if name not in KINDS:
        raise Http404
    return KINDS[name]


@require_safe
@office_page(*READERS)
def imports(request):
    """Every kind with its last load, and all loads, the newest first."""
    loads = loads_for_office(request.user)
    form = LoadFilter(request.GET)
    listed = form.apply(loads).select_related("uploaded_by").order_by("-pk")
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    for load in page.object_list:
        load.kind_title = KINDS[load.kind].title
    context = {
        "kinds": _with_last_load(loads),
        "page": page,
        "filter": form,
        "keep": [],
        "may_load": request.user.has_post(Role.DATA),
    }
    return render(request, "console/imports/imports.html", context)


def _with_last_load(loads):
    stored = loads.filter(stage=DataLoad.Stage.STORED).select_related("uploaded_by")
    last = {load.kind: load for load in stored.order_by("kind", "-stored_at").distinct("kind")}
    return [(kind, purpose_of(kind), last.get(kind.name)) for kind in KINDS.values()]


def purpose_of(kind):
    """What a kind of data is for, in the words of its own page if it has one, otherwise of its template."""
    if console.is_registered(kind.model):
        return console.get_model_admin(kind.model).note
    return kind.notes[0]


def _rows_address(kind):
    """Where the stored rows of a kind can be looked at, or nothing."""
    if console.is_registered(kind.model):
        return reverse(f"console:applications_{kind.model._meta.model_name}_changelist")
    return ""


@takes_files_up_to("IMPORT_MAX_BYTES", Role.DATA)
@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*READERS)
def import_kind(request, kind):
    """One kind: its columns, template and export; POST uploads a file."""
    kind, may_load = kind_or_404(kind), request.user.has_post(Role.DATA)
    if request.method != "POST":
        return _kind_page(request, kind, UploadForm())
    if not may_load:
        raise PermissionDenied
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            load = load_upload(
                kind=kind,
                upload=form.cleaned_data["file"],
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            return redirect("review:load", load.pk)
    return _kind_page(request, kind, form, status=422)


def _kind_page(request, kind, form, *, status=200):
    loads = loads_for_office(request.user).filter(kind=kind.name).select_related("uploaded_by")
    context = {
        "kind": kind,
        "purpose": purpose_of(kind),
        "rows_address": _rows_address(kind),
        "form": form,
        "may_load": request.user.has_post(Role.DATA),
        "loads": loads.order_by("-pk")[:5],
        "count": export_rows(kind).count(),
        "years": export_years(kind),
    }
    return render(request, "console/imports/kind.html", context, status=status)


@require_safe
@office_page(*READERS)
def import_template(request, kind):
    """The template of a kind."""
    kind, file = kind_or_404(kind), io.BytesIO()
    template_write(kind, file)
    file.seek(0)
    return file_answer(file, f"{kind.title}导入模板.xlsx", XLSX)


@require_POST
@office_page(*READERS)
def import_export(request, kind):
    """The stored rows of a kind, of all years or one: at once where they are few, otherwise as work to be waited for."""
    kind, asked = kind_or_404(kind), request.POST.get("year", "")
    year = next((year for year in export_years(kind) if str(year) == asked), None)
    count = export_rows(kind, year).count()
    if not count:
        messages.error(request, "还没有可以导出的数据。")
        return redirect("review:import_kind", kind.name)
    by = {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}
    event_add(kind="official.exported", topic=f"export:{kind.name}", data={"year": year, "rows": count}, **by)
    if count > AT_ONCE:
        job = job_add(work=EXPORT, params={"kind": kind.name, "year": year}, **by)
        return redirect("review:export", job.pk)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    _, ending = export_write(kind, file, year=year)
    file.seek(0)
    return file_answer(file, export_name(kind, year, ending), TYPES[ending])


def export_name(kind, year, ending):
    """What an export is called."""
    return f"{kind.title}{f'-{year}' if year else ''}.{ending}"


def file_answer(file, name, content_type):
    """A file to be saved, that no browser keeps or shows."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
