"""The form by which anybody asks whether a paper is genuine."""

from django import forms

from applications.letters.check import LENGTH, check_code_read


class VerifyForm(forms.Form):
    """Number and check code as they stand on the paper; how they are written does not matter."""

    number = forms.CharField(
        label="文书编号",
        help_text="印在文书标题下面，例如 2025-5.1-00214-S1。",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": "请填写文书编号，它印在标题下面和每页的左下角。"},
    )
    code = forms.CharField(
        label="校验码",
        help_text="12 位字母和数字，不分大小写，中间的短横可以不填。",
        max_length=60,
        widget=forms.TextInput(
            {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}
        ),
        error_messages={"required": "请填写校验码，它印在每页的左下角，编号的后面。"},
    )
    use_required_attribute = False

    def clean_code(self):
        """A code of another length is a slip, and says nothing about any paper."""
        code = check_code_read(self.cleaned_data["code"])
        if len(code) != LENGTH:
            raise forms.ValidationError(f"校验码是 {LENGTH} 位，您填了 {len(code)} 位，请对照纸面核对。")
        return code
