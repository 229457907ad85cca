"""Forms of settings: rates as percentages, countries by their names, one firm by its credit code."""

import re
import unicodedata
from decimal import Decimal

from django import forms
from django.db.models import Exists, OuterRef

from applications.code_lists import code_fault, code_words
from applications.errors import Refused
from applications.models import DeadlineExtension, Enterprise, FilingPeriod
from measures import registry
from measures.countries import country_code, country_name
from review.extensions import check_day
from review.publishing import CITY_ITEMS, rate_limit

from .controls import CreditCodeField, item_title

MONEY_ITEMS = [(code, item_title(code)) for code, item in registry.ITEMS.items() if not item.support]


def percent_text(rate):
    """A rate between 0 and 1 as people say it: 0.5 is 50%."""
    return f"{(rate * 100).normalize():f}%"


class PercentField(forms.DecimalField):
    """A rate between 0 and 1, entered and shown as a percentage."""

    default_error_messages = {
        "invalid": "请只填数字，例如 50 表示 50%。",
        "min_value": "比例不能是负数。",
    }

    def __init__(self, **kwargs):
        super().__init__(max_digits=7, decimal_places=6, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal"})
        if self.max_value is not None:
            # Two signs become one where Django puts the numbers in.
            self.error_messages["max_value"] = f"比例不能超过 {percent_text(self.max_value)}%。"

    def prepare_value(self, value):
        return percent_text(value).removesuffix("%") if isinstance(value, Decimal) else value

    def to_python(self, value):
        typed = str(value).replace("%", "").replace("％", "").strip() if value is not None else value
        percent = super().to_python(typed)
        return None if percent is None else percent / 100


class MarketsField(forms.CharField):
    """Countries by their two letters or Chinese names; `list_name` is the code list that they make up, if any."""

    def __init__(self, list_name="", **kwargs):
        self.list_name = list_name
        super().__init__(**kwargs)

    def prepare_value(self, value):
        return "、".join(country_name(code) for code in value) if isinstance(value, list) else value

    def clean(self, value):
        codes = set()
        for word in filter(None, re.split(r"[\s,，、;；]+", super().clean(value))):
            code = country_code(word)
            if not code:
                raise forms.ValidationError(
                    f"没有找到“{word}”。请填写国家或地区的中文名称，例如 俄罗斯、德国。"
                )
            if self.list_name and (fault := code_fault(self.list_name, code)):
                raise forms.ValidationError(f"“{word}”：{fault}")
            codes.add(code)
        return sorted(codes)


class CodesField(forms.CharField):
    """A code list, one code in a line with what it means behind it; what stands behind a code is not read."""

    #: Faults that one message names; a list pasted from elsewhere could have hundreds.
    MOST_FAULTS = 5

    def __init__(self, list_name, **kwargs):
        self.list_name = list_name
        super().__init__(widget=forms.Textarea({"rows": 7, "spellcheck": "false"}), **kwargs)

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return "\n".join(code_words(self.list_name, code) for code in value)

    def clean(self, value):
        codes, faults = {}, []
        for number, line in enumerate(super().clean(value).splitlines(), start=1):
            for code in _codes_of(line):
                codes[code] = True
                if fault := code_fault(self.list_name, code):
                    faults.append(f"第 {number} 行“{code}”：{fault}")
        if len(faults) > self.MOST_FAULTS:
            faults[self.MOST_FAULTS :] = [f"还有 {len(faults) - self.MOST_FAULTS} 处这样的问题。"]
        if faults:
            raise forms.ValidationError(faults)
        return list(codes)


def _codes_of(line):
    """The codes of a line: several where marks stand between them, or where nothing but digits is written."""
    codes = []
    for part in re.split(r"[,，、;；]", unicodedata.normalize("NFKC", line)):
        words = part.split()
        codes += words if all(word.isdigit() for word in words) else words[:1]
    return codes


#: Of the lists that are written line by line.
NAMES_NOT_READ = "代码后面的名称只供阅读，可以不写。"


class YearSettingsForm(forms.ModelForm):
    """The province's settings of a year."""

    bank_cost_rate = PercentField(
        label="4.1、4.2 补贴比例（%）", max_value=Decimal("0.5"), min_value=0, help_text="不超过 50%。"
    )
    key_markets = MarketsField(
        label="其他重点市场",
        required=False,
        help_text="除 RCEP 成员国以外，省里列明的重点市场，用顿号分开。",
    )
    rcep_members = MarketsField(
        "rcep_members",
        label="RCEP 成员国",
        widget=forms.Textarea({"rows": 3}),
        help_text="中国除外，用顿号分开。",
    )
    cross_border_codes = CodesField(
        "cross_border_codes",
        label="跨境电商监管方式",
        help_text=f"每行一个四位数字的监管方式代码。{NAMES_NOT_READ}",
    )
    resource_codes = CodesField(
        "resource_codes",
        label="资源类产品商品编码",
        help_text=f"每行一个商品编码的前几位，例如 2701 表示全部 2701 开头的编码。{NAMES_NOT_READ}",
    )
    local_origins = CodesField(
        "local_origins",
        label="地产品货源地",
        help_text=f"每行一个境内货源地的代码或名称的开头，例如 23 或 黑龙江。{NAMES_NOT_READ}",
    )
    agricultural_codes = CodesField(
        "agricultural_codes",
        label="农产品商品编码",
        help_text=f"每行一个商品编码的前几位。{NAMES_NOT_READ}",
    )


class FilingPeriodForm(forms.ModelForm):
    """One filing period."""

    items = forms.MultipleChoiceField(
        label="受理事项",
        required=False,
        choices=MONEY_ITEMS,
        widget=forms.CheckboxSelectMultiple,
        help_text="一项都不选，就是受理全部资金事项。",
    )


class CityRateForm(forms.ModelForm):
    """One city's rate for one of its items."""

    item = forms.ChoiceField(label="事项", choices=[(code, item_title(code)) for code in CITY_ITEMS])
    rate = PercentField(
        label="比例（%）",
        min_value=0,
        help_text="；".join(f"{code} 不超过 {rate_limit(code):.0%}" for code in CITY_ITEMS) + "。",
    )

    def clean(self):
        values = super().clean()
        item, rate = values.get("item") or self.instance.item, values.get("rate")
        if item in CITY_ITEMS and rate is not None and rate > rate_limit(item):
            self.add_error("rate", f"{item_title(item)}的比例不能超过 {rate_limit(item):.0%}。")
        return values


def periods_current():
    """The published filing periods, each in its newest version."""
    newer = FilingPeriod.objects.filter(
        year=OuterRef("year"), title=OuterRef("title"), version__gt=OuterRef("version")
    ).exclude(published_at=None)
    return FilingPeriod.objects.exclude(published_at=None).exclude(Exists(newer))


class ExtensionForm(forms.ModelForm):
    """An extension for one firm, named by its credit code."""

    credit_code = CreditCodeField(label="统一社会信用代码", max_length=40)
    period = forms.ModelChoiceField(
        label="申报批次", queryset=FilingPeriod.objects.none(), empty_label="请选择"
    )

    class Meta:
        model = DeadlineExtension
        fields = ("period", "until", "reason")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "period" in self.fields:
            self.fields["period"].queryset = periods_current()

    def clean_credit_code(self):
        code = self.cleaned_data["credit_code"]
        self.firm = Enterprise.objects.filter(credit_code=code).first()
        if self.firm is None:
            raise forms.ValidationError("没有注册过的企业使用这个信用代码，请核对。")
        return code

    def clean(self):
        values = super().clean()
        if all(values.get(name) for name in ("credit_code", "period", "until")):
            try:
                check_day(enterprise=self.firm, period=values["period"], until=values["until"])
            except Refused as refusal:
                self.add_error("until", refusal.message)
        return values
