"""One payment of a batch: whom it pays, for which claims, what the bank said, and recording a result by hand."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.roles import Role
from applications.errors import Refused
from review.bank.columns import NOTE_MOST, REFERENCE_MOST, WORDS, R
from review.bank.compare import result_conflict
from review.bank.payments import payments_known
from review.bank.reports import payment_report
from review.console.access import office_page
from review.console.bank_results import reported_batch
from review.console.notices import FINANCE
from review.models import AccountConfirmation, Payment, PaymentLine
from review.notices import payer_name, payers_of


class ReportForm(forms.Form):
    """One result, as the bank gives it."""

    use_required_attribute = False

    result = forms.ChoiceField(
        label="结果",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结果。", "invalid_choice": "请选择结果。"},
    )
    note = forms.CharField(
        label="原因",
        required=False,
        max_length=NOTE_MOST,
        widget=forms.Textarea({"rows": 2}),
        help_text="失败和退汇必须填写，例如户名与账号不符。企业会看到。",
    )
    reference = forms.CharField(label="银行流水号", required=False, max_length=REFERENCE_MOST)
    on = forms.DateField(
        label="日期",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="银行付款、失败或退汇的日期。",
        error_messages={
            "required": "请填写日期，例如 2022-03-01。",
            "invalid": "不是日期。请写成 2022-03-01。",
        },
    )

    def __init__(self, known, *args, **kwargs):
        super().__init__(*args, **kwargs)
        follow = (R.RETURNED,) if known.result == R.PAID else (R.PAID, R.FAILED)
        self.fields["result"].choices = [(str(result), WORDS[result]) for result in follow]
        self.fields["on"].initial = timezone.localdate()
        if known.result == R.PAID:
            self.fields["result"].initial = str(R.RETURNED)
            self.fields["reference"].label = "退汇流水号"
            self.fields["reference"].help_text = "银行退回这笔款项的流水号；原来付款的流水号另外保留。"
        for name in ("note", "reference"):
            self.fields[name].error_messages["max_length"] = (
                "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"
            )


@require_http_methods(["GET", "HEAD", "POST"])
@office_page(*FINANCE, Role.AUDITOR)
def batch_payment(request, number, position):
    """The payment; POST records what the bank did with it."""
    batch = reported_batch(request, number)
    payment = get_object_or_404(Payment, batch=batch, position=position)
    if request.method != "POST":
        return _page(request, batch, payment)
    if batch.payer not in payers_of(request.user):
        raise Http404
    known = _known(payment)
    form = ReportForm(known, request.POST)
    if why := _overtaken(known, request.POST.get("result")):
        return _page(request, batch, payment, form=form, overtaken=True, refusal=why, status=409)
    if not form.is_valid():
        return _page(request, batch, payment, form=form, status=422)
    try:
        payment_report(
            payment_id=payment.pk,
            actor=request.user,
            source_ip=request.META["REMOTE_ADDR"],
            **form.cleaned_data,
        )
    except Refused as refusal:
        if refusal.field in form.fields:
            form.add_error(refusal.field, refusal.message)
            return _page(request, batch, payment, form=form, status=422)
        return _page(request, batch, payment, form=form, refusal=refusal.message, status=409)
    word = WORDS[form.cleaned_data["result"]]
    messages.success(request, f"第 {position} 笔支付已记录为{word}。")
    return redirect("review:batch_payment", number, position)


def _known(payment):
    return payments_known(payment.batch, [payment.position])[payment.position]


def _overtaken(known, sent):
    """What a colleague has recorded since the page was made that this result comes from, as a sentence; "" where nothing was.

    Its form asks for something else by now: what was typed must not stand in it.
    """
    if known.result != R.PAID or sent not in (R.PAID, R.FAILED):
        return ""
    conflict = result_conflict(known, sent) or f"已记录为{WORDS[known.result]}。"
    return f"第 {known.position} 笔{conflict}刚才的操作没有执行。"


def _page(request, batch, payment, *, form=None, overtaken=False, refusal="", status=200):
    known = _known(payment)
    lines = list(payment.lines.select_related("claim__enterprise").order_by("pk"))
    may_act = batch.payer in payers_of(request.user) and known.result in (R.WAITING, R.PAID)
    confirmed = AccountConfirmation.objects.filter(line__payment=payment).select_related("confirmed_by")
    context = {
        "batch": batch,
        "payment": payment,
        "payer_name": payer_name(batch.payer),
        "known": known,
        "word": WORDS.get(known.result, PaymentLine.Result(known.result).label),
        "lines": lines,
        "form": (ReportForm(known) if form is None or overtaken else form) if may_act else None,
        "typed": form if form is not None and (overtaken or not may_act) else None,
        "typed_word": WORDS.get(form.data.get("result")) if form is not None else "",
        "refusal": refusal,
        "confirmations": confirmed,
        "failed": known.result in (R.FAILED, R.RETURNED),
    }
    return render(request, "console/bank/payment.html", context, status=status)
