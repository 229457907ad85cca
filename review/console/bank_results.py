"""What the bank reports on a batch: the sheet to fill in, its upload with everything that is wrong, its confirmation."""

import io
from collections import Counter
from pathlib import Path

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.imports.files import file_keep, file_path
from applications.imports.problems import FileRefused
from applications.imports.refused import refused_write
from applications.imports.template import template_write
from applications.record import event_add
from applications.workbooks import XLSX
from measures.money import grouped
from review.bank.columns import SHEET, WORDS, R
from review.bank.importing import (
    PREFIX,
    SheetRefused,
    pending_forget,
    result_import,
    result_imported,
    result_preview,
)
from review.bank.payments import payments_known
from review.bank.reports import REPORTABLE
from review.console.access import office_page
from review.console.imports import file_answer
from review.console.notices import FINANCE
from review.models import BankResult
from review.notices import payer_name, payers_of
from review.visibility import batches_visible

#: Faults and failed payments that the page shows.
SHOWN = 200
_SALT, _MARKED_SALT = "bank-result", "bank-result-marked"
#: Seconds for which what was looked at can be confirmed.
_LOOKED_AT = 24 * 3600
_CSV = "text/csv; charset=utf-8"


class ResultForm(forms.Form):
    """The bank's sheet."""

    file = forms.FileField(
        label="回执文件",
        help_text="xlsx 或 CSV，不超过 20 MB。先核对，您确认后才导入。",
        widget=forms.FileInput({"accept": ".xlsx,.csv,.txt", "data-max-bytes": 20 * 1024 * 1024}),
        error_messages={
            "required": "请选择银行回执文件。",
            "missing": "请选择银行回执文件。",
            "invalid": "文件没有传完，请重新选择。",
            "empty": "文件是空的，请重新选择。",
        },
    )

    def clean_file(self):
        """Not larger than what is kept of an upload."""
        upload = self.cleaned_data["file"]
        if upload.size > 20 * 1024 * 1024:
            raise forms.ValidationError("文件超过 20 MB，不像一个批次的回执。请核对后重新选择。")
        return upload


def reported_batch(request, number):
    """The batch, if the bank has something to report on it and this person may see its accounts."""
    batches = batches_visible(request.user).filter(standing__in=REPORTABLE).defer("file")
    return get_object_or_404(batches.select_related("maker", "checker"), number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*FINANCE, Role.AUDITOR)
def batch_results(request, number):
    """The sheets of a batch so far and the next one; POST looks at a file without changing anything."""
    batch = reported_batch(request, number)
    if request.method != "POST":
        return _page(request, batch, ResultForm())
    _acting(request, batch)
    form = ResultForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, batch, form, status=422)
    upload = form.cleaned_data["file"]
    pending_forget()
    name, sha256, _ = file_keep(upload.file, PREFIX)
    before = result_imported(batch, sha256)
    if before:
        file_path(name).unlink()
        return _page(request, batch, ResultForm(), before=before)
    try:
        preview = result_preview(batch=batch, path=file_path(name))
    except FileRefused as refusal:
        file_path(name).unlink()
        form.add_error("file", refusal.message)
        return _page(request, batch, form, status=422)
    return _looked_at(request, batch, preview, name, upload.name)


def _acting(request, batch):
    """Whoever only reads gets no further."""
    if batch.payer not in payers_of(request.user):
        raise Http404


def _looked_at(request, batch, preview, name, title, refusal=None):
    """What the sheet would do, to be confirmed; or everything that is wrong with it, to be taken home and mended."""
    shown = {"preview": preview, "title": title, "refusal": refusal}
    if preview.comparison.faults:
        token = signing.dumps([batch.number, name, title], salt=_MARKED_SALT)
        return _page(request, batch, ResultForm(), **shown, token=token, status=422)
    token = signing.dumps([batch.number, name, title, preview.mark], salt=_SALT)
    return _page(request, batch, ResultForm(), **shown, token=token, status=409 if refusal else 200)


def _token_read(request, batch, salt):
    """(name of the kept file, what else the page's token says); (None, ()) where it is another batch's or the file is gone."""
    try:
        number, name, *rest = signing.loads(request.POST.get("token", ""), salt=salt, max_age=_LOOKED_AT)
    except signing.BadSignature:
        return None, ()
    return (name, rest) if number == batch.number and file_path(name).is_file() else (None, ())


@require_POST
@office_page(*FINANCE)
def batch_results_marked(request, number):
    """The sheet that was looked at, with every cell marked that is wrong by now; who took it is recorded."""
    batch = reported_batch(request, number)
    _acting(request, batch)
    name, rest = _token_read(request, batch, _MARKED_SALT)
    if name is None:
        messages.error(request, "核对过的文件已经不在了。请重新上传后再下载。")
        return redirect("review:batch_results", number)
    [title] = rest
    preview, marked = result_preview(batch=batch, path=file_path(name)), io.BytesIO()
    refused_write(SHEET, file_path(name), preview.comparison.faults, marked, every=True)
    marked.seek(0)
    event_add(
        kind="batch.result_marked",
        topic=f"batch:{batch.number}",
        actor=request.user,
        source_ip=request.META["REMOTE_ADDR"],
        data={"file": title, "faults": len(preview.comparison.faults)},
    )
    return file_answer(marked, f"{Path(title).stem}-标出错误.xlsx", XLSX)


@require_POST
@office_page(*FINANCE)
def batch_results_confirm(request, number):
    """Imports the sheet that was looked at; where something has happened meanwhile, it is shown as it is now."""
    batch = reported_batch(request, number)
    _acting(request, batch)
    name, rest = _token_read(request, batch, _SALT)
    if name is None:
        messages.error(request, "核对过的文件已经不在了，没有导入。请重新上传。")
        return redirect("review:batch_results", number)
    title, mark = rest
    try:
        stored = result_import(
            batch_id=batch.pk,
            path=file_path(name),
            name=title,
            mark=mark,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _confirmed_too_late(request, batch, name, title, refusal)
    file_path(name).unlink(missing_ok=True)
    messages.success(request, f"已导入：{_told(stored)}。")
    return redirect("review:batch_results", number)


def _confirmed_too_late(request, batch, name, title, refusal):
    """What a confirmation that came to nothing shows: the sheet beside the batch as it is now."""
    batch = reported_batch(request, batch.number)
    if isinstance(refusal, SheetRefused):
        refusal = Refused("核对之后批次的结果有了变化，这张表现在有不一致的地方，没有导入。")
    preview = result_preview(batch=batch, path=file_path(name))
    if not preview.comparison.new and not preview.comparison.faults:
        file_path(name).unlink(missing_ok=True)
        return _page(request, batch, ResultForm(), refusal=refusal, status=409)
    return _looked_at(request, batch, preview, name, title, refusal)


def _told(stored):
    """The sums of a sheet in one line."""
    parts = [
        (WORDS[R.PAID], stored.paid_count, stored.paid_cny),
        (WORDS[R.FAILED], stored.failed_count, stored.failed_cny),
        (WORDS[R.RETURNED], stored.returned_count, stored.returned_cny),
    ]
    return "，".join(f"{word} {count} 笔 {grouped(sum)} 元" for word, count, sum in parts if count)


def _page(request, batch, form, *, preview=None, title="", token="", refusal=None, before=None, status=200):
    known = payments_known(batch)
    results = Counter(payment.result for payment in known.values())
    context = {
        "batch": batch,
        "payer_name": payer_name(batch.payer),
        "form": form,
        "may_act": batch.payer in payers_of(request.user),
        "count": len(known),
        "waiting": results[R.WAITING],
        "preview": preview,
        "title": title,
        "token": token,
        "refusal": refusal,
        "before": before,
        "columns": SHEET.columns,
        "imported": BankResult.objects.filter(batch=batch).defer("file").select_related("imported_by"),
        **(_preview_context(preview, known) if preview else {}),
    }
    return render(request, "console/bank/results.html", context, status=status)


def _preview_context(preview, known):
    found = preview.comparison
    rows = [(WORDS[result], sum.count, sum.amount_cny) for result, sum in preview.sums.items()]
    bad = {fault.row for fault in found.faults}
    return {
        "faults": found.faults[:SHOWN],
        "fault_count": len(found.faults),
        "bad_rows": len(bad),
        # Lines may be left empty too where the result is known already: nothing of them is to come.
        "still_open": sum(known[line.position].result == R.WAITING for line in found.open),
        "good_rows": len(found.new) + len(found.same) + len(found.open),
        "sums": rows,
        "new_count": len(found.new),
        "new_sum": sum(row[2] for row in rows),
        "failed": [
            (line, known[line.position], WORDS[line.result]) for line in found.new if line.result != R.PAID
        ][:SHOWN],
    }


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_template(request, number):
    """The sheet to fill in, with every payment of the batch and what is known of it."""
    batch, file = reported_batch(request, number), io.BytesIO()
    rows = [
        [
            batch.number,
            known.position,
            known.payee_name,
            known.payee_account,
            known.amount_cny,
            WORDS.get(known.result),
            known.note or None,
            known.return_reference or known.reference or None,
            known.day,
        ]
        for known in payments_known(batch).values()
    ]
    template_write(SHEET, file, rows)
    file.seek(0)
    return file_answer(file, f"银行回执-{batch.number}.xlsx", XLSX)


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_result_file(request, number, pk):
    """A sheet as it was imported, byte for byte; who took it is recorded."""
    batch = reported_batch(request, number)
    stored = get_object_or_404(BankResult, batch=batch, pk=pk)
    event_add(
        kind="batch.result_taken",
        topic=f"batch:{batch.number}",
        actor=request.user,
        source_ip=request.META["REMOTE_ADDR"],
        data={"file": stored.name, "sha256": stored.file_sha256},
    )
    data = bytes(stored.file)
    response = HttpResponse(data, content_type=XLSX if data[:2] == b"PK" else _CSV)
    response["Content-Disposition"] = content_disposition_header(True, stored.name)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
