"""Forms for signing in and signing up. Their errors say what to do."""

import re
import unicodedata

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm

from .models import User

_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{3,29}", re.ASCII)
_PHONE = re.compile(r"\+?[0-9][0-9 -]{5,18}", re.ASCII)

PASSWORD_HELP = "至少 10 位，不能全是数字，不能与用户名、姓名相近，也不要用常见的密码。"
PASSWORDS_DIFFER = "两次输入的密码不一样，请重新输入。"


def phone_clean(text):
    """A phone number in ordinary digits, without spaces around it; raises ValidationError where it is none."""
    number = unicodedata.normalize("NFKC", text).strip()
    if not _PHONE.fullmatch(number):
        if re.fullmatch(r"\+?[0-9 -]+", number, re.ASCII):
            raise forms.ValidationError("电话号码的位数不对，请核对。固定电话请带区号，例如 0451-00000000。")
        raise forms.ValidationError("电话只填数字，可以带区号和连字符，例如 0451-00000000。")
    return number


class SignInForm(AuthenticationForm):
    """User name and password. What is wrong is never told apart, so that nobody learns which names exist."""

    error_messages = {
        "invalid_login": "用户名或密码不对。请核对大小写后再试，连续输错会暂时锁定。",
        "inactive": "用户名或密码不对。请核对大小写后再试，连续输错会暂时锁定。",
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["username"].error_messages["required"] = "请填写用户名。"
        self.fields["password"].error_messages["required"] = "请填写密码。"

    def clean_username(self):
        """A name longer than any account has belongs to nobody, and is too long for the log of failed tries."""
        username = self.cleaned_data["username"]
        if len(username) > self.fields["username"].max_length:
            raise forms.ValidationError(self.error_messages["invalid_login"])
        return username


class SignUpForm(forms.ModelForm):
    """A person who will act for an enterprise. The password stands in two fields and in none of the errors."""

    use_required_attribute = False

    phone = forms.CharField(label="手机号码", max_length=20, widget=forms.TextInput({"autocomplete": "tel"}))
    email = forms.EmailField(
        label="电子邮箱", widget=forms.EmailInput({"autocomplete": "email"}), help_text="审核结果会发到这里。"
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=PASSWORD_HELP,
    )
    password_again = forms.CharField(
        label="再输入一次密码", strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ["username", "name", "phone", "email"]
        labels = {"username": "用户名", "name": "姓名"}
        help_texts = {"username": "4 到 30 位字母、数字、点、横线或下划线，登录时使用。"}
        error_messages = {"username": {"unique": "这个用户名已经有人使用，请换一个。"}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = f"请填写{field.label}。"
        self.fields["password_again"].error_messages["required"] = "请再输入一次密码。"
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["username"].validators = []
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].error_messages["invalid"] = "邮箱地址不完整，例如 name@firm.example。"

    def clean_username(self):
        username = self.cleaned_data["username"].strip()
        if not _USERNAME.fullmatch(username):
            raise forms.ValidationError(
                "用户名只用字母、数字、点、横线和下划线，4 到 30 位，以字母或数字开头。"
            )
        if User.objects.filter(username__iexact=username).exists():
            raise forms.ValidationError("这个用户名已经有人使用，请换一个。")
        return username

    def clean_phone(self):
        return phone_clean(self.cleaned_data["phone"])

    def clean(self):
        cleaned = super().clean()
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", PASSWORDS_DIFFER)
        elif password:
            self._check_password(password, cleaned)
        return cleaned

    def _check_password(self, password, cleaned):
        person = User(
            username=cleaned.get("username", ""), name=cleaned.get("name", ""), email=cleaned.get("email", "")
        )
        try:
            password_validation.validate_password(password, person)
        except forms.ValidationError as error:
            self.add_error("password", error)

    def save(self, commit=True):
        """Makes the person, with the password hashed."""
        user = super().save(commit=False)
        user.set_password(self.cleaned_data["password"])
        if commit:
            user.save()
        return user
