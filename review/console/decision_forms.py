"""What smaller steps ask for: an answer to a flag, and verified values with their reasons."""

from django import forms

from applications.forms.fields import form_field
from measures import declaration
from review.flags import LONGEST_REASON
from review.verification import lines_to_verify


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
            attrs |= {"inputmode": "decimal", "data-money": "short"}
        field.widget = forms.TextInput(attrs)
    return field


def _typed(value):
    return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
