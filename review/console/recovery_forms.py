"""Forms about demands: what came in, instalments, more time, and what is kept back from a later payment."""

from decimal import Decimal

from django import forms
from django.utils import timezone

from applications.recovery.receipts import NOTE_LENGTH, REFERENCE_LENGTH
from applications.recovery.terms import FEWEST, MOST, REASON_LENGTH
from measures.money import grouped
from review.console.money_fields import DateField, YuanField, sent_whole
from review.reversals import REASON_LENGTH as REVERSAL_LENGTH

_LONGEST = "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"


class _Plain(forms.Form):
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sent_whole(self, *({"reference", "note", "reason"} & set(self.fields)))


def _reason(label, help_text):
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明理由，企业会看到。", "max_length": _LONGEST},
    )


class ReceiptForm(_Plain):
    """Money that the enterprise has paid back, as the bank's voucher says."""

    amount = YuanField(label="到账金额", error_messages={"required": "请填写到账金额。"})
    received_on = DateField(
        label="到账日期", help_text="银行凭证上的日期。", error_messages={"required": "请填写到账日期。"}
    )
    reference = forms.CharField(
        label="银行凭证号",
        max_length=REFERENCE_LENGTH,
        help_text="同一个凭证号只能登记一次；一笔到账退回几件的，在后面加 -1、-2。",
        error_messages={"required": "请填写银行凭证号。", "max_length": _LONGEST},
    )
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": _LONGEST},
    )
    checked = forms.BooleanField(
        label="已对照银行凭证核对金额、日期和凭证号",
        help_text="登记后不能修改；登记错了的，冲销以后重新登记。",
        error_messages={"required": "请对照银行凭证核对后勾选。"},
    )


class ReversalForm(_Plain):
    """Why a receipt that was recorded wrongly is reversed."""

    #: What was open when the page was made: a page of before decides nothing.
    seen = forms.DecimalField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(
        label="冲销的原因",
        help_text="企业会看到，例如金额录错，或者登记在了别的追回上。",
        max_length=REVERSAL_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "请写明冲销的原因，企业会看到。", "max_length": _LONGEST},
    )
    checked = forms.BooleanField(
        label="已对照银行凭证核对，确认这笔登记有误",
        help_text="冲销不能撤回；企业会收到消息。",
        error_messages={"required": "请对照银行凭证核对后勾选。"},
    )


class PartForm(_Plain):
    """One instalment."""

    due_on = DateField(label="期限", error_messages={"required": "请填写这一期的期限。"})
    amount = YuanField(label="金额", error_messages={"required": "请填写这一期的金额。"})


class PlanForm(_Plain):
    """Why the demand may be paid back in parts; the parts are PARTS."""

    #: The plan that the page showed.
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = _reason("约定分期的理由", "企业会看到，例如企业的书面申请和还款能力。")


class ExtendForm(_Plain):
    """A later day."""

    due_on = DateField(
        label="新的期限", help_text="要晚于现在的期限。", error_messages={"required": "请填写新的期限。"}
    )
    reason = _reason("延长期限的理由", "企业会看到。")


class OffsetForm(_Plain):
    """From which payable claim how much is kept back; `choices` are `review.offsets.Choice`."""

    claim = forms.TypedChoiceField(
        label="从哪件申报抵扣",
        coerce=int,
        error_messages={
            "required": "请选择一件申报。",
            "invalid_choice": "这件申报现在不能抵扣，请重新选择。",
        },
    )
    #: What was open when the page was made: a second press or a page of before decides nothing.
    seen = forms.DecimalField(widget=forms.HiddenInput, required=False)
    amount = YuanField(label="抵扣金额", error_messages={"required": "请填写抵扣金额。"})
    reason = _reason("决定抵扣的理由", "企业会看到。")

    def __init__(self, *args, choices=(), **kwargs):
        super().__init__(*args, **kwargs)
        named = [
            (c.claim.pk, f"{c.claim.number} {c.claim.rule.short_title}，最多 {grouped(c.most)} 元")
            for c in choices
        ]
        self.fields["claim"].choices = [("", "请选择"), *named]
        if len(named) == 1:
            self.fields["claim"].initial = named[0][0]


class _Parts(forms.BaseFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        form.empty_permitted = False


PARTS = forms.formset_factory(PartForm, formset=_Parts, extra=0, max_num=MOST, absolute_max=MOST)


def parts_initial(standing):
    """The rows that the plan's form starts with, which add up to what is open: what is left of the plan in force, or two halves.

    A day that has passed is left out, as a plan cannot name it.
    """
    left = [part for part in standing.parts if part.open] if standing.is_in_parts else []
    if len(left) >= FEWEST:
        day = today()
        return [
            {"due_on": due if (due := part.due_on.isoformat()) >= day else "", "amount": str(part.open)}
            for part in left
        ]
    half = (standing.open / 2).quantize(Decimal("0.01"))
    return [{"amount": str(half)}, {"amount": str(standing.open - half)}]


def parts_posted(data):
    """The posted rows with one added or removed where a button without scripts asked for it, and whether one did."""
    values = data.copy()
    count = values.get("parts-TOTAL_FORMS", "")
    count = min(int(count), MOST) if count.isdecimal() and len(count) <= 4 else 0
    if values.get("add_row"):
        values["parts-TOTAL_FORMS"] = str(min(count + 1, MOST))
        return values, True
    gone = values.get("remove_row", "").removeprefix("parts-")
    if gone.isdecimal() and int(gone) < count:
        for number in range(int(gone), count - 1):
            for name in ("due_on", "amount"):
                values[f"parts-{number}-{name}"] = values.get(f"parts-{number + 1}-{name}", "")
        values["parts-TOTAL_FORMS"] = str(count - 1)
        return values, True
    return values, False


def today():
    """The day that a form about today's business starts with."""
    return timezone.localdate().isoformat()
