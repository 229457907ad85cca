"""What forms say about wrong input where they have no words of their own.

Django's sentences speak of variables and valid options; these say what to do.
"""

from django import forms
from django.core import validators

_NONE_SUCH = "请从列出的选项中选择。"
_FILE = "请选择文件。"
_BROKEN_PAGE = "这一页的内容不完整，请刷新后再填。"

_OF_FIELDS = {
    forms.Field: {"required": "请填写这一项。"},
    forms.ChoiceField: {"required": "请选择一项。", "invalid_choice": _NONE_SUCH},
    forms.MultipleChoiceField: {"invalid_choice": _NONE_SUCH, "invalid_list": _NONE_SUCH},
    forms.ModelChoiceField: {"invalid_choice": _NONE_SUCH},
    forms.ModelMultipleChoiceField: {
        "invalid_choice": _NONE_SUCH,
        "invalid_list": _NONE_SUCH,
        "invalid_pk_value": _NONE_SUCH,
    },
    forms.IntegerField: {"invalid": "请填整数，例如 15。"},
    forms.DecimalField: {"invalid": "请只填数字，例如 0.35。"},
    forms.DateField: {"invalid": "日期请写成 2025-09-16 的样子。"},
    forms.DateTimeField: {"invalid": "时间请写成 2025-09-16 09:30 的样子。"},
    forms.FileField: {
        "required": _FILE,
        "invalid": _FILE,
        "missing": _FILE,
        "empty": "文件是空的，请重新选择。",
    },
    forms.BaseFormSet: {"missing_management_form": _BROKEN_PAGE},
}
_OF_VALIDATORS = {
    validators.MaxLengthValidator: "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MinLengthValidator: "至少 %(limit_value)d 个字，现在有 %(show_value)d 个。",
    validators.MaxValueValidator: "不能大于 %(limit_value)s。",
    validators.MinValueValidator: "不能小于 %(limit_value)s。",
    validators.EmailValidator: "邮箱地址不完整，例如 name@firm.example。",
}


def form_words_set():
    """Puts the sentences in the place of Django's, for every form that is defined from now on."""
    for kind, words in _OF_FIELDS.items():
        kind.default_error_messages.update(words)
    for kind, sentence in _OF_VALIDATORS.items():
        kind.message = sentence
