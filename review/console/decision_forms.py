"""What a decision asks for: nothing where a claim is passed, a reason where it is not."""

from datetime import date

from django import forms

from applications.forms.fields import DayField, form_field
from applications.official import year_settings
from applications.places import places_of
from measures import declaration
from review.flags import LONGEST_REASON
from review.verification import lines_to_verify

_WRITTEN = {"required": "请写明理由，企业和后续审核人员都会看到。"}
_LONGEST = 2000
_LONGEST_NOTE = 300
MOST_DAYS = 60


def _reason(label="理由", help_text=""):
    area = forms.Textarea({"rows": 4})
    return forms.CharField(
        label=label, help_text=help_text, max_length=_LONGEST, widget=area, error_messages=_WRITTEN
    )


class ReasonForm(forms.Form):
    """A reason in words."""

    reason = _reason(help_text="企业和后续审核人员都会看到。请写明依据和事实。")

    def __init__(self, data=None, *, claim):
        super().__init__(data)
        self.claim = claim

    def step_data(self):
        """What the transition takes besides the reason."""
        return {}


class ReturnForm(ReasonForm):
    """What the enterprise has to correct: in general, by when, and at which facts and documents."""

    days = forms.IntegerField(label="补正期限（工作日）", min_value=1, max_value=MOST_DAYS)

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        self.fields["reason"].label = "需要补正什么"
        self.fields["reason"].help_text = "企业会看到。请说清楚缺什么、错在哪里、怎样改。"
        self.fields["days"].initial = year_settings(claim.year).return_days
        self.places = {}
        for path, label in places_of(claim).items():
            self.places[f"note:{path}"] = path
            self.fields[f"note:{path}"] = forms.CharField(
                label=label, required=False, max_length=_LONGEST_NOTE
            )

    @property
    def notes(self):
        """The bound fields for notes on single facts and documents."""
        return [self[name] for name in self.places]

    @property
    def notes_given(self):
        """Whether there is a note to be seen."""
        return any(field.value() for field in self.notes)

    def step_data(self):
        notes = {path: self.cleaned_data[name] for name, path in self.places.items()}
        return {
            "days": self.cleaned_data["days"],
            "fields": {path: note for path, note in notes.items() if note},
        }


class DismissForm(forms.Form):
    """What a reviewer has found out about one flag."""

    def __init__(self, flag_id, data=None):
        super().__init__(data, prefix=f"flag-{flag_id}")
        self.flag_id = flag_id
        self.fields["reason"] = forms.CharField(
            label="说明",
            help_text="企业看不到，后续审核人员会看到。请写明核对了什么、结论是什么。",
            max_length=LONGEST_REASON,
            widget=forms.Textarea({"rows": 3}),
            error_messages={"required": "请写明核对了什么、结论是什么。"},
        )


class ExtendForm(ReasonForm):
    """A later day for the correction."""

    until = DayField(label="新的补正期限", help_text="到这一天结束为止。")

    field_order = ["until", "reason"]

    def __init__(self, data=None, *, claim):
        super().__init__(data, claim=claim)
        self.fields["reason"].label = "延长的原因"

    def day(self):
        """The day that was given."""
        return date.fromisoformat(self.cleaned_data["until"])


class VerifyForm(forms.Form):
    """Verified values beside declared facts: a value and its reason for each line; left empty, the declared one counts."""

    def __init__(self, claim, in_force, data=None):
        super().__init__(data)
        self.lines = {line.path: line for line in lines_to_verify(claim)}
        for path, line in self.lines.items():
            row = in_force.get(path)
            value, reason = f"value:{path}", f"reason:{path}"
            label = f"{line.row}，{line.label}" if line.row else line.label
            self.fields[value] = _value_field(line.field)
            self.fields[value].label = f"核定：{label}"
            self.fields[value].widget.attrs["aria-label"] = f"核定：{label}"
            self.fields[reason] = forms.CharField(label=f"核定理由：{label}", required=False, max_length=500)
            if row is not None:
                self.fields[value].initial = _typed(row.value)
                self.fields[reason].initial = row.reason

    def pair(self, path):
        """The bound fields of one line: value and reason."""
        return self[f"value:{path}"], self[f"reason:{path}"]

    def given(self, path):
        """What was typed for a line, as the contract writes it, and its reason; None where it was left empty."""
        value = self.cleaned_data[f"value:{path}"]
        if value in (None, ""):
            return None, ""
        if isinstance(self.lines[path].field, declaration.Flag):
            value = value == "true"
        return value, self.cleaned_data[f"reason:{path}"]


def _value_field(declared):
    """The form field of a fact, never required and without its help: the declaration's own, small enough for a table."""
    if isinstance(declared, declaration.Flag):
        field = forms.ChoiceField(choices=[("", "—"), ("true", "是"), ("false", "否")])
    else:
        field = form_field(declared, strict=False, registers=None)
    field.required, field.help_text = False, ""
    if not isinstance(field, forms.ChoiceField):
        # A plain control: the blank placeholder lets the stylesheet tell an empty field from a filled one.
        attrs = {"placeholder": " ", "autocomplete": "off"}
        if isinstance(declared, declaration.Amount):
            attrs["inputmode"] = "decimal"
        field.widget = forms.TextInput(attrs)
    return field


def _typed(value):
    return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
