"""Forms about an enterprise: its profile with its papers, its credit code, its bank account, and a colleague invited."""

import re

from django import forms

from accounts.cities import City
from accounts.forms import phone_clean
from applications.bank_accounts import (
    NUMBER_FAULT,
    WORDS_MISSING,
    WORDS_MOST,
    Account,
    account_number_is_well_formed,
    account_number_normal,
    holder_differs,
)
from applications.credit_code import (
    WRONG_CHECK_DIGIT,
    credit_code_fault,
    credit_code_normal,
    has_right_check_digit,
)
from applications.enterprises import Profile
from applications.errors import Refused
from applications.models import EvidenceFile

PAPERS = {
    "licence": "营业执照",
    "authorisation": "授权书",
}
PAPER_HELP = {
    "licence": "正本或副本的扫描件、照片。PDF、JPEG、PNG 或 OFD，不超过 20 MB。",
    "authorisation": "企业授权您经办外贸资金申报的文件，要盖公章。格式要求同上。",
}


class AskingForm(forms.Form):
    """A form whose empty fields are asked for by name."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            verb = "请选择" if isinstance(field, forms.ChoiceField) else "请填写"
            field.error_messages["required"] = f"{verb}{field.label}。"
            field.error_messages["max_length"] = "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"


class PaperField(forms.FileField):
    """A paper of a firm. An empty file comes through to the form, which refuses it beside the one that was stored before."""

    def __init__(self, name):
        super().__init__(
            label=PAPERS[name], help_text=PAPER_HELP[name], required=False, allow_empty_file=True
        )


class ProfileForm(AskingForm):
    """What a firm says about itself, with its two papers.

    A paper that has been stored stays with the form (`papers`) when another field is wrong: nobody chooses it twice.
    `store(upload)` stores one and returns its EvidenceFile; `mine` are the stored files that the person may refer to.
    """

    name = forms.CharField(label="企业名称", max_length=120, help_text="与营业执照一致。")
    city = forms.ChoiceField(
        label="所在市（地）",
        choices=[("", "请选择"), *City.choices],
        help_text="按注册地选择。初审和市级补贴由这个市（地）办理。",
    )
    address = forms.CharField(label="地址", max_length=200)
    contact_name = forms.CharField(label="联系人", max_length=50)
    contact_phone = forms.CharField(label="联系电话", max_length=30)
    contact_email = forms.EmailField(label="联系邮箱", required=False)
    licence = PaperField("licence")
    authorisation = PaperField("authorisation")

    def __init__(self, *args, store, mine, papers=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.store, self.mine = store, mine
        self.papers = {name: (papers or {}).get(name) for name in PAPERS}
        self.fields["contact_email"].error_messages["invalid"] = "邮箱地址不完整，例如 name@firm.example。"

    def clean_contact_phone(self):
        return phone_clean(self.cleaned_data["contact_phone"])

    def clean_licence(self):
        return self._paper("licence")

    def clean_authorisation(self):
        return self._paper("authorisation")

    def _paper(self, name):
        """The file that was chosen now, or the one that was stored before: a wrong one takes nothing away."""
        if self.fields[name].disabled:
            return self.papers[name]
        self.papers[name] = paper_kept(self.data, name, self.mine) or self.papers[name]
        if upload := self.cleaned_data[name]:
            try:
                self.papers[name] = self.store(upload)
            except Refused as refusal:
                stays = "先前上传的文件仍然保留。" if self.papers[name] else ""
                raise forms.ValidationError(f"{refusal.message}{stays}") from refusal
        if self.papers[name] is None:
            raise forms.ValidationError(f"请选择{PAPERS[name]}的文件。")
        return self.papers[name]

    @property
    def paper_fields(self):
        """Each paper's bound field with the file that has been stored for it."""
        return [(self[name], self.papers[name]) for name in PAPERS]

    def profile(self):
        """The valid form as the services take it."""
        return Profile(**{name: self.cleaned_data[name] for name in Profile.__dataclass_fields__})


class NewEnterpriseForm(ProfileForm):
    """The profile of a firm that registers, with its credit code.

    A wrong check digit is questioned once: real codes exist that fail it, so a box appears in which one confirms it.
    """

    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "class": "code"}),
        help_text="营业执照上的 18 位代码。空格、小写和全角都可以，系统会改正。",
    )
    check_digit_confirmed = forms.BooleanField(label="已对照营业执照，代码就是这样", required=False)

    field_order = ["credit_code", "check_digit_confirmed"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.questioned = False

    def clean_credit_code(self):
        code = credit_code_normal(self.cleaned_data["credit_code"])
        fault = credit_code_fault(code)
        if fault:
            raise forms.ValidationError(fault)
        self.questioned = not has_right_check_digit(code)
        return code

    def clean(self):
        cleaned = super().clean()
        if self.questioned and not cleaned.get("check_digit_confirmed"):
            self.add_error("credit_code", f"{WRONG_CHECK_DIGIT}核对无误的，请勾选下面的确认。")
        return cleaned


class AccountForm(AskingForm):
    """A bank account: holder, branch and number."""

    holder = forms.CharField(label="户名", max_length=120, help_text="与银行开户资料一致，一般就是企业名称。")
    bank = forms.CharField(
        label="开户行", max_length=120, help_text="写到支行，例如“示例银行哈尔滨示例支行”。"
    )
    number = forms.CharField(
        label="账号",
        max_length=60,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "code"}),
        help_text="8 到 32 位数字，空格会自动去掉。",
    )

    def clean_number(self):
        number = account_number_normal(self.cleaned_data["number"])
        if not account_number_is_well_formed(number):
            raise forms.ValidationError(NUMBER_FAULT)
        return number

    def account(self):
        """The valid form as the services take it."""
        return Account(**{name: self.cleaned_data[name] for name in Account.__dataclass_fields__})


class ChangeForm(AccountForm):
    """Another account of a firm; why it is held by somebody else is asked where it is."""

    words = forms.CharField(
        label="户名与企业名称不一致的原因",
        max_length=WORDS_MOST,
        required=False,
        help_text="户名就是企业名称的，不用填写。例如：企业刚更名，银行户名还没有变更。",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, firm, **kwargs):
        super().__init__(*args, **kwargs)
        self.firm = firm

    def clean(self):
        cleaned = super().clean()
        holder = cleaned.get("holder")
        if (
            holder
            and holder_differs(holder, self.firm)
            and not cleaned.get("words")
            and not self.has_error("words")
        ):
            self.add_error("words", WORDS_MISSING)
        return cleaned


class DeclineForm(AskingForm):
    """Why a change of the account is not agreed to, in words if there are any."""

    reason = forms.CharField(label="理由", max_length=WORDS_MOST, required=False)


class InviteForm(AskingForm):
    """A colleague to be invited by mail."""

    name = forms.CharField(
        label="姓名", max_length=50, help_text="用来在您的名单里辨认，不写进邮件。对方建立账号时可以修改。"
    )
    email = forms.EmailField(
        label="电子邮箱",
        widget=forms.EmailInput({"autocomplete": "off"}),
        help_text="邀请邮件会发到这里，请填对方自己的邮箱。",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].error_messages["invalid"] = "邮箱地址不完整，例如 name@firm.example。"


def paper_kept(data, name, mine):
    """The stored file that a form sent back as a paper, among the files `mine`; None where there is none."""
    kept = data.get(f"{name}_kept", "")
    return mine.filter(pk=int(kept)).first() if re.fullmatch(r"[0-9]{1,18}", kept) else None


def papers_of(user):
    """Stored files that a person without a firm has uploaded for signing up."""
    return EvidenceFile.objects.filter(uploaded_by=user, enterprise=None)
