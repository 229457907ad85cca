"""The form by which anybody objects to a line of a public notice."""

import re

from django import forms

from applications.models import Objection

#: Somebody who can be asked about it: a telephone number or an address of mail.
_REACHED = re.compile(r"(\d[\s-]*){7,}|[^\s@]+@[^\s@]+\.[^\s@]+")
LEAST_WORDS = 10
_LONG = "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"


def _length(name):
    return Objection._meta.get_field(name).max_length


class ObjectionForm(forms.Form):
    """Who objects, how to reach them, and why."""

    use_required_attribute = False

    name = forms.CharField(
        label="姓名或单位名称",
        max_length=_length("name"),
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": "请填写您的姓名或者单位名称。", "max_length": _LONG},
    )
    contact = forms.CharField(
        label="联系方式",
        help_text="电话或者电子邮箱，核查时可能需要向您核实。例如 0451-00000000。",
        max_length=_length("contact"),
        widget=forms.TextInput({"autocomplete": "tel"}),
        error_messages={"required": "请填写电话或者电子邮箱。", "max_length": _LONG},
    )
    text = forms.CharField(
        label="异议内容和事实依据",
        help_text="请写明哪里不属实，依据是什么。不要写与这一项无关的个人信息。",
        max_length=_length("text"),
        widget=forms.Textarea({"rows": 8}),
        error_messages={"required": "请写明异议的内容和事实依据。", "max_length": _LONG},
    )

    def clean_contact(self):
        """Something that looks like a telephone number or an address of mail."""
        contact = self.cleaned_data["contact"]
        if not _REACHED.search(contact):
            raise forms.ValidationError(
                "看不出是电话还是电子邮箱。请填写至少 7 位的电话号码，或者完整的邮箱地址。"
            )
        return contact

    def clean_text(self):
        """A word or two cannot be looked into."""
        text = self.cleaned_data["text"]
        if len("".join(text.split())) < LEAST_WORDS:
            raise forms.ValidationError(f"请写得具体一些，至少 {LEAST_WORDS} 个字，才能核查。")
        return text
