"""Payout batches: listed, looked at, locked by a second person, withdrawn, and reported on."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Role
from applications.errors import Refused
from applications.models import Event
from applications.record import actor_words
from measures.money import grouped
from review.bank.accounts import accounts_waiting
from review.bank.columns import reference_normal
from review.bank.payments import return_references_of_all
from review.console.access import office_page
from review.console.batch_forms import NamedForm, WithdrawForm
from review.console.batch_shown import controls_shown, draft_shown, lines_shown, sealed_shown
from review.console.notices import FINANCE
from review.models import PaymentLine, PayoutBatch
from review.notices import payer_name, payers_of
from review.payouts import TITLES, batch_lock, batch_rename, batch_withdraw, line_drop, why_not_lock
from review.payouts.choosing import offer
from review.visibility import batches_visible

ROWS = 20
#: Lines that left a batch and are shown at once.
_DROPPED = 50
R = PaymentLine.Result
S = PayoutBatch.Standing


def account_payers(user):
    """The payers whose accounts a person sees in full; None for all of them."""
    return None if user.has_post(Role.AUDITOR) else payers_of(user)


def _counted(found):
    """Batches without their files, with `failed`: how many payments the bank did not make."""
    failed = Count("lines", filter=Q(lines__result=R.FAILED))
    return found.defer("file").annotate(failed=failed).order_by("-made_at", "-pk")


class BatchFilter(forms.Form):
    """What one looks for among batches; everything is optional."""

    q = forms.CharField(
        label="批次号、名称、文号、申报编号或银行流水号",
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    standing = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *S.choices])
    year = forms.TypedChoiceField(label="申报年度", required=False, coerce=int, empty_value=None)
    payer = forms.ChoiceField(label="支付方", required=False)

    def __init__(self, data, seen):
        super().__init__(data)
        years = seen.order_by("lines__claim__year").values_list("lines__claim__year", flat=True).distinct()
        self.fields["year"].choices = [("", "全部"), *((year, year) for year in years if year)]
        payers = list(seen.order_by("payer").values_list("payer", flat=True).distinct())
        self.fields["payer"].choices = [("", "全部"), *((payer, payer_name(payer)) for payer in payers)]
        if len(payers) < 2:
            del self.fields["payer"]
        self.is_valid()

    def among(self, found):
        """The batches that fit."""
        asked = self.cleaned_data
        for name in ("standing", "payer"):
            if asked.get(name):
                found = found.filter(**{name: asked[name]})
        if asked.get("year"):
            found = found.filter(pk__in=PaymentLine.objects.filter(claim__year=asked["year"]).values("batch"))
        if words := asked.get("q"):
            of_claim = PaymentLine.objects.filter(claim__number__iexact=words).values("batch")
            reference = reference_normal(words)
            of_bank = PaymentLine.objects.filter(bank_reference=reference).values("batch")
            back = return_references_of_all().items()
            returned = [number for (number, _), each in back if each == reference]
            named = Q(number__icontains=words) | Q(title__icontains=words) | Q(document__icontains=words)
            paid = Q(pk__in=of_claim) | Q(pk__in=of_bank) | Q(number__in=returned)
            found = found.filter(named | paid)
        return found


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batches(request):
    """Batches, newest first, and what can be paid now."""
    seen = batches_visible(request.user)
    asked = BatchFilter(request.GET, seen)
    listed = _counted(asked.among(seen)).select_related("maker", "checker")
    page = Paginator(listed, ROWS).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    for each in page.object_list:
        each.payer_name = payer_name(each.payer)
    groups = []
    for payer in sorted(payers_of(request.user)):
        offered = offer(payer)
        if offered.claims:
            _, total = offered.sums(offered.ids)
            waiting = len(offered.claims) - total.count
            groups.append({"payer": payer, "name": payer_name(payer), "total": total, "waiting": waiting})
    context = {
        "page": page,
        "groups": groups,
        "filter": asked,
        "filtered": any(asked.cleaned_data.get(name) for name in asked.fields),
        "several": "payer" in asked.fields,
        "accounts": len(accounts_waiting(account_payers(request.user))),
    }
    return render(request, "console/batches.html", context)


def _batch(request, number):
    visible = _counted(batches_visible(request.user)).select_related("maker", "checker")
    return get_object_or_404(visible, number=number)


@require_safe
@office_page(*FINANCE, Role.AUDITOR)
def batch(request, number):
    """One batch: its lines, its checks while it is a draft, and what the bank has reported."""
    return _batch_page(request, _batch(request, number))


def _batch_page(request, found, refusal=None, typed=None, status=200):
    """`typed` {action: form} is what somebody has just sent and could not be done."""
    typed = typed or {}
    draft, own = found.standing == S.DRAFT, found.payer in payers_of(request.user)
    shown = draft_shown(request, found) if draft else sealed_shown(request, found)
    dropped = lines_shown(found).filter(result=R.DROPPED, payment=None) if found.file_sha256 or draft else []
    counted = (
        lines_shown(found) if found.standing == S.WITHDRAWN else lines_shown(found).exclude(result=R.DROPPED)
    )
    why_not = why_not_lock(found, request.user) if draft and own else ""
    reported = PaymentLine.objects.filter(batch=found).exclude(result__in=[R.WAITING, R.DROPPED]).exists()
    context = {
        "batch": found,
        "payer_name": payer_name(found.payer),
        "shown": shown,
        "page": shown.page,
        "failed_checks": sum(1 for check in shown.checks if check.problems),
        "passed_checks": sum(1 for check in shown.checks if not check.problems),
        "controls": controls_shown(shown.controls),
        "firms": counted.order_by().values("claim__enterprise").distinct().count(),
        "payments": found.payments.count(),
        "dropped": list(dropped[:_DROPPED]),
        "events": _events(found),
        "own": own,
        "may_bundle": request.user.has_post(Role.AUDITOR),
        "is_draft": draft,
        "may_lock": own and draft and not why_not,
        "why_not": why_not,
        "may_report": own and found.standing == S.LOCKED,
        "may_withdraw": own and found.standing in (S.DRAFT, S.LOCKED) and not reported,
        "only_wrong": draft and request.GET.get("show") == "problems",
        "refusal": refusal,
        "named": typed.get("rename") or NamedForm(initial={"title": found.title, "document": found.document}),
        "withdraw": typed.get("withdraw") or WithdrawForm(),
    }
    return render(request, "console/batch.html", context, status=status)


def _events(found):
    rows = Event.objects.filter(topic=f"batch:{found.number}").select_related("actor").order_by("-pk")
    return [
        {
            "when": row.at,
            "title": TITLES.get(row.kind, row.kind),
            "text": "，".join(filter(None, [actor_words(row), _event_words(row.kind, row.data)])),
        }
        for row in rows[:100]
    ]


def _event_words(kind, data):
    if "claim" in data:
        return f"{data['claim']}{'（申报不再待拨付）' if data.get('automatic') else ''}"
    if kind == "batch.renamed":
        return f"{data['title']}{'，文号 ' + data['document'] if data['document'] else ''}"
    if kind == "batch.verified":
        agrees = data["intact"] and not data["count"]
        return f"{data['cells']} 个单元格一致" if agrees else f"有 {data['count']} 处不一致"
    if "total" in data and "count" in data:
        return f"{data['count']} 件，合计 {grouped(Decimal(data['total']))} 元"
    return data.get("reason", "")


@require_POST
@office_page(*FINANCE)
def batch_act(request, number, action):
    """Locks, renames or withdraws the batch, drops one of its lines, or records what the bank did with one."""
    if action not in _ACTIONS:
        raise Http404
    found = _batch(request, number)
    typed = {action: _FORMS[action](request.POST)} if action in _FORMS else {}
    if not all(form.is_valid() for form in typed.values()):
        return _batch_page(request, found, typed=typed, status=422)
    try:
        message = _ACTIONS[action](request, found, typed.get(action))
    except Refused as error:
        return _batch_page(request, _batch(request, number), refusal=error, typed=typed, status=409)
    messages.success(request, message)
    return redirect("review:batch", number=number)


def _by(request):
    return {"actor": request.user, "source_ip": request.META["REMOTE_ADDR"]}


def _lock(request, found, _):
    locked = batch_lock(batch_id=found.pk, seen=request.POST.get("seen"), **_by(request))
    return f"批次已锁定，共 {locked.line_count} 笔，{grouped(locked.total_cny)} 元。请下载拨付表。"


def _rename(request, found, form):
    batch_rename(batch_id=found.pk, **form.cleaned_data, **_by(request))
    return "名称和文号已修改。"


def _withdraw(request, found, form):
    batch_withdraw(batch_id=found.pk, seen=request.POST.get("token"), **form.cleaned_data, **_by(request))
    return "批次已撤销，其中的申报回到待拨付。"


def _line(request, found):
    line = request.POST.get("line", "")
    if not line.isdecimal() or len(line) > 18:
        raise Http404
    return get_object_or_404(found.lines, pk=line).pk


def _drop(request, found, _):
    line_drop(line_id=_line(request, found), **_by(request))
    return "已移出，这件申报仍是待拨付。"


_ACTIONS = {
    "lock": _lock,
    "rename": _rename,
    "withdraw": _withdraw,
    "drop": _drop,
}
_FORMS = {"rename": NamedForm, "withdraw": WithdrawForm}
