"""Fields of forms about money: sums and days as Decimals and dates, and words that are sent as they were typed."""

import unicodedata

from django.core.exceptions import ValidationError

from applications.forms.fields import AmountField, DayField


class YuanField(AmountField):
    """A sum as a Decimal, written without a sign: which way it goes is said elsewhere on the form."""

    minus = "请填正数，要大于 0。"

    def __init__(self, *, minus="", **more):
        self.minus = minus or self.minus
        super().__init__(**more)

    def clean(self, value):
        if unicodedata.normalize("NFKC", value or "").strip().startswith(("-", "−")):
            raise ValidationError(self.minus)
        return super().clean(value)

    def as_data(self, value):
        return value


class DateField(DayField):
    """A day as a date; a day of a claim is stored as text."""

    def as_data(self, value):
        return value


def sent_whole(form, *names):
    """Lets the browser send all that was pasted: cut off at its limit, a document's number would be another one, and nobody
    would notice. The server says what is too long."""
    for name in names:
        form.fields[name].widget.attrs.pop("maxlength", None)
