"""Form fields for each kind of declared field. What they clean to is the JSON of the evaluation contract."""

import unicodedata
from functools import cache

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from accounts.ui import MoneyInput
from applications.forms import reading
from measures import declaration
from measures.countries import COMMON, COUNTRIES

NAME_LENGTH = 120
TEXT_LENGTH = 2000

_ZERO_IF_LEFT_OUT = (declaration.Amount, declaration.Count, declaration.Flag)

REQUIRED = "请填写这一项。"
CHOOSE = "请选择一项。"


class ReadField(forms.CharField):
    """A field whose text is read by one of the functions of `reading`; left out, it is None."""

    read = None

    def __init__(self, **kwargs):
        super().__init__(**{"max_length": NAME_LENGTH, "error_messages": {"required": REQUIRED}, **kwargs})

    def clean(self, value):
        typed = super().clean(value)
        if not typed:
            return None
        try:
            return self.as_data(type(self).read(typed))
        except reading.Unreadable as error:
            raise forms.ValidationError(str(error)) from error

    def as_data(self, value):
        """The value as the contract writes it."""
        return value


class AmountField(ReadField):
    """Yuan, as a text with two decimals."""

    widget = MoneyInput
    read = staticmethod(reading.read_amount)

    def as_data(self, value):
        return str(value)


class CountField(ReadField):
    """A whole number."""

    read = staticmethod(reading.read_count)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}


class DayInput(forms.TextInput):
    """The browser's own date field, and a text field where what was typed is no date: it must come back as typed."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        try:
            day = reading.read_day(value) if value else None
        except reading.Unreadable:
            return context
        context["widget"]["type"] = "date"
        if day:
            context["widget"]["value"] = day.isoformat()
        return context


class DayField(ReadField):
    """A day, as YYYY-MM-DD."""

    widget = DayInput
    read = staticmethod(reading.read_day)

    def as_data(self, value):
        return value.isoformat()


class TextField(forms.CharField):
    """A text without the spaces around it; full-width letters and digits stay as typed."""

    def __init__(self, **kwargs):
        multiline = kwargs.pop("multiline", False)
        if multiline:
            kwargs["widget"] = forms.Textarea({"rows": 4})
        length = TEXT_LENGTH if multiline else NAME_LENGTH
        messages = {
            "required": REQUIRED,
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        }
        super().__init__(max_length=length, error_messages=messages, **kwargs)


class MarketSelect(forms.Select):
    """A select of all countries. Its options are drawn once for each country: a page holds up to ninety of these."""

    def render(self, name, value, attrs=None, renderer=None):
        written = flatatt(self.build_attrs(self.attrs, {"name": name, **(attrs or {})}))
        chosen = value or ""
        # Whatever else was typed selects nothing, and is no reason to keep another set of options.
        options = _market_options(chosen if not chosen or chosen in COUNTRIES else None)
        return format_html("<select{}>{}</select>", written, options)


@cache
def _market_options(chosen):
    nothing, *groups = country_choices()
    drawn = ((label, _options(choices, chosen)) for label, choices in groups)
    return _options([nothing], chosen) + format_html_join("", '<optgroup label="{}">{}</optgroup>', drawn)


def _options(choices, chosen):
    drawn = ((code, mark_safe(" selected" if code == chosen else ""), name) for code, name in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', drawn)


class MarketField(forms.ChoiceField):
    """A country or region by its two letters; letters in any case or width will do."""

    widget = MarketSelect

    def __init__(self, **kwargs):
        super().__init__(choices=country_choices(), error_messages={"required": CHOOSE}, **kwargs)

    def to_python(self, value):
        return unicodedata.normalize("NFKC", super().to_python(value)).strip().upper()

    def validate(self, value):
        forms.Field.validate(self, value)
        if value and value not in COUNTRIES:
            raise forms.ValidationError("请从列表中选择国家或地区。")


class ChosenField(forms.ChoiceField):
    """One of a few values."""

    def __init__(self, *, choices, **kwargs):
        messages = {"required": CHOOSE, "invalid_choice": "请从列表中选择一项。"}
        super().__init__(choices=[("", "请选择"), *choices], error_messages=messages, **kwargs)


def form_field(declared, *, strict, registers):
    """The form field of one declared field that is not a list of rows.

    `strict` asks for what is required; `registers` is {register: [(id, label)]} of the firm, or None where there is no
    firm and the id is typed. The field knows its declaration as `declared`.
    """
    common = {"label": declared.label, "help_text": declared.help, "required": strict and declared.required}
    field = _made(declared, common, registers)
    field.declared = declared
    field.unit = getattr(declared, "unit", "")
    # An amount or a count left out is 0, which the page says once; a box left open is a no.
    field.optional = not declared.required and not isinstance(declared, _ZERO_IF_LEFT_OUT)
    return field


def _made(declared, common, registers):
    match declared:
        case declaration.Amount():
            return AmountField(**common)
        case declaration.Count():
            return CountField(**common)
        case declaration.Day():
            return DayField(**common)
        case declaration.Market():
            return MarketField(**common)
        case declaration.Flag():
            return forms.BooleanField(**{**common, "required": False})
        case declaration.Choice():
            return ChosenField(choices=declared.choices, **common)
        case declaration.RegisterChoice() if registers is not None:
            return ChosenField(choices=registers.get(declared.source, []), **common)
        case declaration.RegisterChoice():
            return TextField(**common)
        case declaration.Text():
            return TextField(multiline=declared.multiline, **common)
    raise TypeError(f"no form field for {type(declared).__name__}")


def country_choices():
    """Choices of a select: nothing chosen, then the usual partners, then all others."""
    return [
        ("", "请选择"),
        ("常用", list(COMMON.items())),
        ("其他", [(code, name) for code, name in COUNTRIES.items() if code not in COMMON]),
    ]
