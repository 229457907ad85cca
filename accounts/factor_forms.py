"""Forms of the second factor: a code at sign-in, a new app, and the proof that somebody still has the present one."""

from django import forms

from accounts.second_factor import FORM

#: Longer than any code with the spaces and hyphens that people type.
MOST_LETTERS = 40


def code_field(label, *, digits=False, help_text=""):
    """A field for a code. The keyboard of digits is for the app's codes alone; recovery codes have letters."""
    attrs = {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
    if digits:
        attrs["inputmode"] = "numeric"
    return forms.CharField(
        label=label,
        max_length=MOST_LETTERS,
        help_text=help_text,
        error_messages={"required": f"请填写{label}。", "max_length": FORM},
        widget=forms.TextInput(attrs),
    )


class CodeForm(forms.Form):
    """The code at sign-in: of the app, or a recovery code in the same field."""

    code = code_field("验证码", help_text="验证器里本平台的 6 位数字。手机不在身边的，填写一个恢复码。")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # A page with an error puts the focus on what was wrong.
        self.fields["code"].widget.attrs["autofocus"] = not self.is_bound


class ProofForm(forms.Form):
    """The present factor once more, before anything about it changes."""

    proof = code_field("现在的验证码", help_text="现在的验证器里的 6 位数字，或者一个恢复码。")


class SetForm(forms.Form):
    """A new app: the code that it shows, and what proves who asks. `checks` is "proof", "password" or nothing."""

    code = code_field("验证器显示的 6 位数字", digits=True)

    def __init__(self, user, *args, checks="", **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if checks == "proof":
            self.fields["proof"] = code_field(
                "原来的验证码",
                help_text="原来的验证器里的 6 位数字。旧手机不在的，填写一个恢复码。",
            )
        if checks == "password":
            self.fields["password"] = forms.CharField(
                label="登录密码",
                strip=False,
                help_text="确认是您本人。",
                widget=forms.PasswordInput({"autocomplete": "current-password"}),
                error_messages={"required": "请填写登录密码。"},
            )

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("密码不对，请重新输入。")
        return password
