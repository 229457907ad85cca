"""What is typed about a batch: what it is called, and why it is withdrawn."""

from django import forms

from review.payouts import DOCUMENT_MOST, REASON_MOST, TITLE_MOST

_TOO_LONG = "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。"


def _line(label, most, **options):
    """A field of one line. The browser does not cut off what is too long: the sentence says so."""
    messages = {"max_length": _TOO_LONG, "required": f"请填写{label}。"}
    return forms.CharField(label=label, max_length=most, error_messages=messages, **options)


class _BatchForm(forms.Form):
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("maxlength", None)


class NamedForm(_BatchForm):
    """The title and the document of a batch; both stand on its sheets."""

    title = _line("批次名称", TITLE_MOST, help_text="印在拨付表的标题里，后面接“资金拨付明细表”。")
    document = _line(
        "文号", DOCUMENT_MOST, required=False, help_text="下达资金的文件，印在拨付表上。锁定前可以再改。"
    )


class WithdrawForm(_BatchForm):
    """Why a batch is withdrawn."""

    reason = _line("撤销的原因", REASON_MOST, help_text="其中的申报回到待拨付。")
