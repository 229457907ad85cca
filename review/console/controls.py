"""How the data office enters and shows a value: controls without Django's pop-ups and scripts, values as words."""

from datetime import date, datetime
from decimal import Decimal

from django import forms
from django.db import models

from accounts.templatetags.ui import NOTHING, iso, moment, money
from accounts.ui import MoneyInput
from applications.credit_code import credit_code_fault, credit_code_normal
from applications.forms.reading import plain
from measures import registry


def shown(value, field=None):
    """A stored value as people read it; `field` is the model's field, which knows the words of its choices."""
    if field is not None and field.choices:
        value = dict(field.flatchoices).get(value, value)
    if value is None or value == "" or value == []:
        return NOTHING
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return iso(value)
    if isinstance(value, Decimal):
        return money(value) if field is not None and field.decimal_places == 2 else f"{value.normalize():f}"
    return "、".join(value) if isinstance(value, list) else str(value)


def item_title(code):
    """An item's code with its title."""
    return f"{code} {registry.item(code).title}"


class CreditCodeField(forms.CharField):
    """A credit code: normalised, its form checked. A wrong check digit is let through; the page warns of it."""

    def clean(self, value):
        code = credit_code_normal(super().clean(value))
        fault = credit_code_fault(code) if code else ""
        if fault:
            raise forms.ValidationError(fault)
        return code


class SumField(forms.DecimalField):
    """An official sum, yuan or dollars to two places; thousands marks and full-width digits are read."""

    widget = MoneyInput
    default_error_messages = {
        "invalid": "请只填数字。2.61 万元请填 26100。",
        "min_value": "金额不能是负数。没有数据的不填，数据是零的填 0。",
        "max_decimal_places": "小数点后最多两位，也就是到分为止。",
    }

    def __init__(self, **kwargs):
        super().__init__(max_digits=15, decimal_places=2, min_value=Decimal(0), **kwargs)

    def to_python(self, value):
        return super().to_python(plain(value).replace(",", "") if isinstance(value, str) else value)


class PlainControls:
    """For admin classes: credit codes are checked, sums have their echo, sources are required; values are read as words."""

    #: {field: function of its value} where the value itself would not be readable.
    words = {}

    formfield_overrides = {
        models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
        models.CharField: {"widget": forms.TextInput},
    }

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """The control of one field of a model; never with a way to a related row in another window."""
        name = db_field.name
        if name in ("credit_code", "operator_code"):
            required = not db_field.blank
            return CreditCodeField(label=db_field.verbose_name, required=required, max_length=40)
        if isinstance(db_field, models.DecimalField) and name.endswith(("_cny", "_usd")):
            widget = MoneyInput if name.endswith("_cny") else forms.TextInput({"inputmode": "decimal"})
            return SumField(label=db_field.verbose_name, required=not db_field.blank, widget=widget)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        wrapped = getattr(field.widget, "widget", None) if field else None
        if wrapped is not None:
            field.widget = wrapped
        if isinstance(field, forms.TypedChoiceField) and db_field.choices:
            nothing = "请选择" if field.required else "—"
            field.choices = [(value, label if value else nothing) for value, label in field.choices]
        if name == "source":
            field.required = True
            field.help_text = "写明文件名称、文号或提供单位和日期。"
        if name == "struck_reason":
            field.help_text = "填写后这一行不再计入任何年度。需要恢复时清空这一项。"
        return field

    def words_for(self, name, value, field):
        """A value of a field as lists, read-only pages and the history show it; `field` is None where it is computed."""
        if name in self.words and value not in (None, "", []):
            return self.words[name](value)
        return shown(value, field)
