"""What forms without words of their own say about wrong input."""

import pytest
from django import forms

from accounts.models import User


class Asking(forms.Form):
    """One field of each sort, as a page would declare it without a thought about its errors."""

    words = forms.CharField(max_length=3)
    mail = forms.EmailField(required=False)
    count = forms.IntegerField(required=False, min_value=1, max_value=60)
    choice = forms.ChoiceField(choices=[("a", "甲")], required=False)
    several = forms.MultipleChoiceField(choices=[("a", "甲")], required=False)
    person = forms.ModelChoiceField(User.objects.none(), required=False)
    day = forms.DateField(required=False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("words", "", "请填写这一项。"),
        ("words", "示例示例", "最多 3 个字，现在有 4 个。"),
        ("mail", "clerk", "邮箱地址不完整，例如 name@firm.example。"),
        ("count", "²", "请填整数，例如 15。"),
        ("count", "0", "不能小于 1。"),
        ("count", "61", "不能大于 60。"),
        ("choice", "<b>", "请从列出的选项中选择。"),
        ("several", ["<b>"], "请从列出的选项中选择。"),
        ("person", "7", "请从列出的选项中选择。"),
        ("day", "2025-02-30", "日期请写成 2025-09-16 的样子。"),
    ],
)
def test_wrong_input_is_answered_in_plain_words(field, typed, sentence):
    assert Asking({"words": "示例", field: typed}).errors == {field: [sentence]}


def test_a_page_whose_hidden_counters_are_missing_says_what_to_do():
    rows = forms.formset_factory(Asking)({})
    assert rows.non_form_errors() == ["这一页的内容不完整，请刷新后再填。"]
