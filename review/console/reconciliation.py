"""Reconciliation: the bank's results beside batches and ledger, for one batch and for a payer's year, on pages and as xlsx."""

import io

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Role
from applications.workbooks import XLSX
from review.bank.columns import R
from review.bank.reconcile import (
    PATIENCE,
    payments_of,
    payments_told,
    reconciliation_batches,
    reconciliation_year,
    reconciliation_years,
)
from review.console.access import office_page
from review.console.bank_results import reported_batch
from review.console.imports import file_answer
from review.console.notices import FINANCE
from review.notices import payer_name
from review.sheets.reconciliation import batch_reconciliation_file, year_reconciliation_file
from review.visibility import batches_visible

#: Payments on one page.
ROWS = 100
_LABELS = (
    (R.PAID, "已拨付"),
    (R.FAILED, "未成功"),
    (R.RETURNED, "退汇"),
    (R.WAITING, "没有结果"),
)


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_reconciliation(request, number):
    """One batch: sums by result, what has to agree, and every payment; `result` shows those of one result alone."""
    batch = reported_batch(request, number)
    [row] = reconciliation_batches([batch])
    wanted = request.GET.get("result", "")
    found = payments_of(batch, wanted if wanted in R.values else None)
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    context = {
        "batch": batch,
        "payer_name": payer_name(batch.payer),
        "row": row,
        "sums": [(result, label, row.sums[result]) for result, label in _LABELS],
        "wanted": wanted,
        "page": page,
        "payments": payments_told(batch, page.object_list),
        "patience": PATIENCE,
    }
    return render(request, "console/bank/batch_reconciliation.html", context)


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_reconciliation_sheet(request, number):
    """The same as xlsx."""
    batch = reported_batch(request, number)
    [row] = reconciliation_batches([batch])
    data = batch_reconciliation_file(row, payments_told(batch), at=timezone.now())
    return file_answer(io.BytesIO(data), f"银行对账表-{batch.number}.xlsx", XLSX)


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def reconciliation(request):
    """The batches of a payer and year; the newest year where none is chosen."""
    years, found = _asked(request)
    context = {
        "years": [(payer, year, payer_name(payer)) for payer, year in years],
        "found": found,
        "payer_name": payer_name(found.payer) if found else "",
        "sums": [(label, found.total(name)) for name, label in _SUMS] if found else [],
        "patience": PATIENCE,
    }
    return render(request, "console/bank/reconciliation.html", context)


_SUMS = (("paid", "已拨付"), ("failed", "未成功"), ("returned", "退汇"), ("waiting", "没有结果"))


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def reconciliation_sheet(request):
    """A payer's year as xlsx."""
    _, found = _asked(request)
    if found is None:
        raise Http404
    data = year_reconciliation_file(found, at=timezone.now())
    name = f"银行对账汇总表-{payer_name(found.payer)}-{found.year}.xlsx"
    return file_answer(io.BytesIO(data), name, XLSX)


def _asked(request):
    """(the years that this person may see, the Year that was asked for, or the newest one; None without any)."""
    batches = batches_visible(request.user)
    years = reconciliation_years(batches)
    if not years:
        return years, None
    asked = request.GET.get("of", "")
    payer, year = next((pair for pair in years if f"{pair[0]}-{pair[1]}" == asked), years[0])
    return years, reconciliation_year(batches, payer, year)
