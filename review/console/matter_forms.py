"""Forms about matters of the joint conference."""

from datetime import date

from django import forms

from accounts.departments import Department
from applications.forms.fields import DayField

_LONGEST = "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"
_CHOOSE = "请选择部门。"


def _words(label, *, required, help_text="", rows=4):
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=4000,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"required": required, "max_length": _LONGEST},
    )


class _DueField(DayField):
    """A day as a date; a day of a claim is stored as text."""

    def clean(self, value):
        text = super().clean(value)
        return date.fromisoformat(text) if text else None


def _day(label, help_text):
    return _DueField(label=label, help_text=help_text, error_messages={"required": "请填写日期。"})


class _Plain(forms.Form):
    use_required_attribute = False


class MatterForm(_Plain):
    """A new matter: what it is about, who owns it, who else takes part, and by when."""

    title = forms.CharField(
        label="事项",
        help_text="一句话说明要解决什么。",
        max_length=200,
        error_messages={"required": "请写明事项。", "max_length": _LONGEST},
    )
    text = _words("情况", required="请说明情况。", help_text="问题出在哪里，已经做过什么，希望议定什么。")
    owner = forms.ChoiceField(
        label="牵头部门",
        choices=[("", "请选择"), *Department.choices],
        error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
    )
    partners = forms.MultipleChoiceField(
        label="配合部门",
        choices=Department.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个配合部门。", "invalid_choice": _CHOOSE},
    )
    due_on = _day("办理期限", "选择一个工作日。")


class NoteForm(_Plain):
    """What a department has done."""

    text = _words("跟进情况", required="请写明跟进情况。", help_text="参加的部门都会看到，企业看不到。")


class ChangeForm(_Plain):
    """Another owner or date, and why."""

    owner = forms.ChoiceField(
        label="牵头部门", choices=Department.choices, error_messages={"required": _CHOOSE}
    )
    due_on = _day("办理期限", "选择一个工作日。")
    reason = _words("原因", required="请写明原因。", rows=2)


class CloseForm(_Plain):
    """What came of the matter."""

    text = _words("办理结果", required="请写明办理结果。", help_text="议定了什么，由谁落实。", rows=3)


class ReopenForm(_Plain):
    """Why a closed matter is taken up again, and by when."""

    text = _words("重新办理的原因", required="请写明原因。", rows=3)
    due_on = _day("新的办理期限", "选择一个工作日。")
