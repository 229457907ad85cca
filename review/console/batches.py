"""Payout batches: made, checked, locked by a second person, exported, and reported on."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.models import Event
from applications.record import event_add
from applications.workbooks import XLSX
from measures.money import grouped
from review.console.access import office_page
from review.console.notices import FINANCE, chosen_claims
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_name, payers_of
from review.payees import payees_of
from review.payouts import (
    TITLES,
    batch_lock,
    batch_make,
    batch_withdraw,
    claims_to_pay,
    line_drop,
)
from review.payouts.checks import batch_checks

ROWS = 20


def batches_visible(user):
    """Finance sees the batches of its own payer; auditors see all."""
    if user.has_post(Role.AUDITOR):
        return PayoutBatch.objects.all()
    return PayoutBatch.objects.filter(payer__in=payers_of(user))


def _counted(found):
    """Batches without their files, with `failed`: how many payments the bank did not make."""
    failed = Count("lines", filter=Q(lines__result=PaymentLine.Result.FAILED))
    return found.defer("file").annotate(failed=failed).order_by("-made_at", "-pk")


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batches(request):
    """Batches, newest first, and what can be paid now."""
    listed = _counted(batches_visible(request.user)).select_related("maker", "checker")
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    groups = []
    for payer in sorted(payers_of(request.user)):
        claims = list(claims_to_pay(payer))
        if claims:
            total = sum(claim.owed_cny for claim in claims)
            groups.append({"payer": payer, "name": payer_name(payer), "count": len(claims), "total": total})
    return render(request, "console/batches.html", {"page": page, "groups": groups})


@office_page(*FINANCE)
def batch_new(request, payer):
    """Chooses the payable claims of a batch."""
    if payer not in payers_of(request.user):
        raise Http404
    claims = list(claims_to_pay(payer))
    chosen = chosen_claims(request)
    title = request.POST.get("title", "外贸支持资金")[:60]
    refusal = None
    if request.method == "POST":
        try:
            made = batch_make(
                payer=payer,
                claim_ids=sorted(chosen),
                title=title,
                actor=request.user,
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as error:
            refusal = error
        else:
            messages.success(request, f"批次 {made.number} 已编制，请由另一位财政人员核对并锁定。")
            return redirect("review:batch", number=made.number)
    if request.method != "POST":
        chosen = {claim.pk for claim in claims}
    payees = payees_of(claims)
    context = {
        "payer_name": payer_name(payer),
        "rows": [(claim, payees[claim.pk]) for claim in claims],
        "chosen": chosen,
        "chosen_total": sum(claim.owed_cny for claim in claims if claim.pk in chosen),
        "title": title,
        "refusal": refusal,
    }
    return render(request, "console/batch_new.html", context, status=409 if refusal else 200)


def _batch(request, number):
    return get_object_or_404(_counted(batches_visible(request.user)), number=number)


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch(request, number):
    """One batch: its lines, its checks while it is a draft, and what the bank has reported."""
    return _batch_page(request, _batch(request, number))


def _batch_page(request, found, refusal=None):
    lines = list(found.lines.select_related("claim__enterprise").order_by("pk"))
    live = [line for line in lines if line.live]
    draft = found.standing == PayoutBatch.Standing.DRAFT
    payees = payees_of([line.claim for line in lines]) if draft else {}
    for line in lines:
        stored = (line.payee_name, line.payee_bank, line.payee_account)
        line.payee = payees.get(line.claim_id, stored)
    checks = batch_checks(found, live) if draft else []
    own = found.payer in payers_of(request.user)
    reported = any(line.result in (PaymentLine.Result.PAID, PaymentLine.Result.FAILED) for line in lines)
    open_standing = found.standing in (PayoutBatch.Standing.DRAFT, PayoutBatch.Standing.LOCKED)
    context = {
        "batch": found,
        "payer_name": payer_name(found.payer),
        "lines": lines,
        "checks": checks,
        "problems": sum(len(check.problems) for check in checks),
        "events": _events(found),
        "own": own,
        "may_bundle": request.user.has_post(Role.AUDITOR),
        "is_draft": draft,
        "may_lock": own and draft and found.maker_id != request.user.pk,
        "may_report": own and found.standing == PayoutBatch.Standing.LOCKED,
        "may_withdraw": own and open_standing and not reported,
        "refusal": refusal,
    }
    return render(request, "console/batch.html", context, status=409 if refusal else 200)


def _events(found):
    rows = Event.objects.filter(topic=f"batch:{found.number}").select_related("actor").order_by("-pk")
    return [
        {
            "when": row.at,
            "title": TITLES[row.kind],
            "text": "，".join(
                filter(None, [row.actor.name if row.actor else "系统", _event_words(row.data)])
            ),
        }
        for row in rows
    ]


def _event_words(data):
    if "claim" in data:
        return f"{data['claim']}{'（申报已退回重审）' if data.get('automatic') else ''}"
    return data.get("reason", "")


@require_POST
@office_page(*FINANCE)
def batch_act(request, number, action):
    """Locks or withdraws the batch, drops one of its lines, or records what the bank did with one."""
    if action not in _ACTIONS:
        raise Http404
    found = _batch(request, number)
    try:
        message = _ACTIONS[action](request, found)
    except Refused as error:
        return _batch_page(request, _batch(request, number), refusal=error)
    messages.success(request, message)
    return redirect("review:batch", number=number)


def _by(request):
    return {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}


def _lock(request, found):
    locked = batch_lock(batch_id=found.pk, **_by(request))
    return f"批次已锁定，共 {locked.line_count} 笔，{grouped(locked.total_cny)} 元。请下载拨付表。"


def _withdraw(request, found):
    batch_withdraw(batch_id=found.pk, reason=request.POST.get("reason", ""), **_by(request))
    return "批次已撤销，其中的申报回到待拨付。"


def _line(request, found):
    line = request.POST.get("line", "")
    if not line.isdecimal() or len(line) > 18:
        raise Http404
    return get_object_or_404(found.lines, pk=line).pk


def _drop(request, found):
    line_drop(line_id=_line(request, found), **_by(request))
    return "已移出，这件申报仍是待拨付。"


_ACTIONS = {"lock": _lock, "withdraw": _withdraw, "drop": _drop}


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch_file(request, number):
    """The sealed spreadsheet, as it was stored when the batch was locked; who took it is recorded."""
    found = get_object_or_404(batches_visible(request.user), number=number)
    if not found.file:
        raise Http404
    event_add(kind="batch.downloaded", topic=f"batch:{found.number}", **_by(request))
    response = HttpResponse(bytes(found.file), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"资金拨付表-{found.number}.xlsx")
    response["Cache-Control"] = "private, no-store"
    return response
