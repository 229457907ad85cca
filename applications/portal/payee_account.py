"""A corrected account of a claim's payee other than the firm, given after money for it did not arrive."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render

from applications.bank_accounts import Account
from applications.errors import Refused
from applications.forms.enterprise import AskingForm
from applications.models import PayeeAccount
from applications.payees import (
    payee_account_give,
    payee_account_pending,
    payee_account_wanted,
    payee_named,
)
from applications.portal.access import firm_required
from applications.portal.failed_payment import failed_payment
from applications.visibility import claims_of_firm


class PayeeAccountForm(AskingForm):
    """The account as the payee itself gives it, with a paper that shows it."""

    holder = forms.CharField(label="户名", max_length=120, help_text="与收款单位在银行的开户名称一字不差。")
    bank = forms.CharField(
        label="开户行", max_length=120, help_text="写到支行，例如：某某银行哈尔滨某某支行。"
    )
    number = forms.CharField(
        label="账号",
        max_length=60,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "code"}),
        help_text="8 到 32 位数字，中间的空格可以保留。",
    )
    file = forms.FileField(
        label="证明材料",
        help_text="收款单位盖章的账户说明或更正函。PDF、JPEG、PNG 或 OFD，不超过 20 MB。",
        error_messages={
            "missing": "请选择证明材料，例如收款单位盖章的账户说明。",
            "invalid": "文件没有传完，请重新选择。",
            "empty": "文件是空的，请重新选择。",
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].error_messages["required"] = self.fields["file"].error_messages["missing"]

    def account(self):
        """The valid form as the service takes it."""
        return Account(**{name: self.cleaned_data[name] for name in ("holder", "bank", "number")})


@firm_required
def payee_account(request, number):
    """What was wrong with the last payment, the account that was given, and the form of another one."""
    claims = claims_of_firm(request.user).select_related("enterprise", "period")
    claim = get_object_or_404(claims, number=number)
    if not claim.rule.payee(claim.particulars):
        raise Http404("paid to the firm itself")
    now = payee_named(claim)
    if request.method != "POST":
        form = PayeeAccountForm(initial={"holder": now[0], "bank": now[1]})
        return _page(request, claim, now, form)
    form = PayeeAccountForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            payee_account_give(
                claim_id=claim.pk,
                actor=request.user,
                account=form.account(),
                upload=form.cleaned_data["file"],
                source_ip=request.META["REMOTE_ADDR"],
            )
        except Refused as refusal:
            form.add_error(refusal.field or None, refusal.message)
        else:
            messages.success(request, "更正的账户已提交，财政部门核对后再次拨付。您现在不需要做什么。")
            return redirect("portal:claim", claim.number)
    claim.refresh_from_db()
    return _page(request, claim, now, form, status=422)


def _page(request, claim, now, form, *, status=200):
    context = {
        "claim": claim,
        "rule": claim.rule,
        "failed": failed_payment(claim),
        "holder": now[0],
        "bank": now[1],
        "tail": now[2][-4:],
        "pending": payee_account_pending(claim),
        "wanted": payee_account_wanted(claim),
        "refused": claim.payee_accounts.filter(standing=PayeeAccount.Standing.REFUSED).last(),
        "form": form,
    }
    return render(request, "portal/payee_account.html", context, status=status)
