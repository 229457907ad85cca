"""Forms of a person's own account: password, a link to a new one, name and telephone, mail address."""

from django import forms
from django.contrib.auth.forms import PasswordChangeForm, SetPasswordForm

from .forms import PASSWORD_HELP, PASSWORDS_DIFFER, phone_clean
from .models import User

ADDRESS_INVALID = "邮箱地址不完整，例如 name@firm.example。"
_LABELS = {
    "old_password": "现在的密码",
    "new_password1": "新密码",
    "new_password2": "再输入一次新密码",
}


def _say(form):
    """Labels, help and errors of the password fields that a form of Django's has, in our words."""
    for name in form.fields.keys() & _LABELS.keys():
        field, label = form.fields[name], _LABELS[name]
        field.label, field.help_text = label, ""
        field.error_messages["required"] = f"请填写{label}。"
    form.fields["new_password1"].help_text = PASSWORD_HELP
    form.fields["new_password2"].error_messages["required"] = "请再输入一次新密码。"


class _ToldAtTheFirst:
    """What is wrong with the new password itself is said where it is typed first, not where it is repeated."""

    def validate_password_for_user(self, user, password_field_name="new_password1"):
        super().validate_password_for_user(user, "new_password1")


class OwnPasswordForm(_ToldAtTheFirst, PasswordChangeForm):
    """Changes the own password; the present one is asked for."""

    error_messages = {
        "password_incorrect": "现在的密码不对，请重新输入。",
        "password_mismatch": PASSWORDS_DIFFER,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _say(self)


class NewPasswordForm(_ToldAtTheFirst, SetPasswordForm):
    """A new password for somebody who came by a link."""

    error_messages = {"password_mismatch": PASSWORDS_DIFFER}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _say(self)


class ResetForm(forms.Form):
    """Who wants a link to a new password."""

    who = forms.CharField(
        label="用户名或电子邮箱",
        max_length=254,
        error_messages={
            "required": "请填写用户名，或者账号登记的邮箱。",
            "max_length": "太长了。请填写用户名，或者账号登记的邮箱。",
        },
        widget=forms.TextInput({"autocomplete": "username"}),
    )


class ProfileForm(forms.ModelForm):
    """Name and telephone; officers' names are kept by the administrators, because they stand under decisions."""

    class Meta:
        model = User
        fields = ["name", "phone"]
        labels = {"name": "姓名", "phone": "手机号码"}

    def __init__(self, *args, is_officer=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        if is_officer:
            del self.fields["name"]
        else:
            self.fields["name"].widget.attrs["autocomplete"] = "name"
            self.fields["name"].error_messages["required"] = "请填写姓名。"

    def clean_name(self):
        return " ".join(self.cleaned_data["name"].split())

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        return phone_clean(phone) if phone else ""


class AddressForm(forms.Form):
    """A new mail address, and the password, so that an open browser alone cannot take an account over."""

    address = forms.EmailField(
        label="新的电子邮箱",
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"required": "请填写新的电子邮箱。", "invalid": ADDRESS_INVALID},
    )
    password = forms.CharField(
        label="登录密码",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
        error_messages={"required": "请填写登录密码。"},
        help_text="确认是您本人。",
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_address(self):
        address = self.cleaned_data["address"]
        if address == self.user.email:
            raise forms.ValidationError("这就是现在的邮箱，不需要更换。")
        return address

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError("密码不对，请重新输入。")
        return password
