"""Forms about money: what a document appropriates, and how too little of it is shared."""

from django import forms

from review.appropriations import DOCUMENT_LENGTH, NOTE_LENGTH
from review.budget import measures_of
from review.console.money_fields import DateField, YuanField, sent_whole
from review.measure_names import measure_title
from review.models import ShortageDecision
from review.shortage import REASON_LENGTH

_LONGEST = "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"
MORE, LESS = "more", "less"
#: More digits are no key of an entry.
_DIGITS = 19


class AppropriationForm(forms.Form):
    """What a document gives to one measure, or takes away from it."""

    use_required_attribute = False

    measure = forms.TypedChoiceField(
        label="措施",
        coerce=int,
        error_messages={"required": "请选择措施。", "invalid_choice": "请选择措施。"},
    )
    way = forms.ChoiceField(
        label="增减",
        choices=[(MORE, "增加预算"), (LESS, "减少预算")],
        initial=MORE,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择增加还是减少。", "invalid_choice": "请选择增加还是减少。"},
    )
    amount = YuanField(
        label="金额",
        minus="请填正数。减少预算的，请在上面选择“减少预算”。",
        help_text="文件里给这条措施的金额，单位是元。",
        error_messages={"required": "请填写金额。"},
    )
    document = forms.CharField(
        label="文号",
        max_length=DOCUMENT_LENGTH,
        help_text="例如 黑财指〔2026〕1号。",
        error_messages={"required": "请填写文号。", "max_length": _LONGEST},
    )
    document_on = DateField(label="发文日期", error_messages={"required": "请填写发文日期。"})
    note = forms.CharField(
        label="说明",
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"max_length": _LONGEST},
    )
    again = forms.BooleanField(label="仍然录入：这是同一文件的另一笔", required=False)
    #: The newest entry that the page listed: what a second click sends once more has been entered since.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, payer, data=None, **more):
        super().__init__(data, **more)
        sent_whole(self, "document", "note")
        names = [(measure.number, measure_title(measure.number)) for measure in measures_of(payer)]
        self.fields["measure"].choices = [("", "请选择"), *names]

    def clean(self):
        """The amount with its sign, as `appropriation_add` takes it."""
        cleaned = super().clean()
        if cleaned.get("amount") is not None and cleaned.get("way") == LESS:
            cleaned["amount"] = -cleaned["amount"]
        return cleaned

    def entry(self):
        """What `appropriation_add` takes, of a form that is valid."""
        names = ("measure", "amount", "document", "document_on", "note", "again")
        seen = self.cleaned_data["seen"]
        return {name: self.cleaned_data[name] for name in names} | {
            "seen": int(seen) if seen.isdecimal() and len(seen) < _DIGITS else 0
        }


class ShortageForm(forms.Form):
    """How too little money is shared, and why."""

    use_required_attribute = False

    method = forms.ChoiceField(
        label="分配方式",
        choices=ShortageDecision.Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择一种分配方式。", "invalid_choice": "请选择一种分配方式。"},
    )
    reason = forms.CharField(
        label="依据",
        max_length=REASON_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        help_text="写明会议纪要、批示或文件，以及文号。审计时会看到。",
        error_messages={"required": "请写明依据，例如会议纪要或文号。", "max_length": _LONGEST},
    )

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        sent_whole(self, "reason")
