"""What one can look for among claims: the filters above the queue and the search."""

from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q

from accounts.cities import City
from applications.credit_code import credit_code_normal
from applications.flags.standing import flagged
from applications.forms.fields import AmountField
from applications.models import State
from measures import registry
from review.queue import waiting_longer_than

_SHANGHAI = ZoneInfo("Asia/Shanghai")
ITEMS = [(code, f"{code} {item.short_title}") for code, item in registry.ITEMS.items() if not item.support]
STATES = [(value, "等待企业" if value == State.RETURNED else label) for value, label in State.choices]
DAYS = [(str(days), f"{days} 个工作日") for days in (3, 5, 10, 20)]


class ClaimFilter(forms.Form):
    """All filters are optional; what does not hold for a person's post is left out by `fields`."""

    q = forms.CharField(label="企业、信用代码、申报编号", required=False, max_length=60, strip=True)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    item = forms.ChoiceField(label="事项", required=False, choices=[("", "全部事项"), *ITEMS])
    city = forms.ChoiceField(label="市（地）", required=False, choices=[("", "全部"), *City.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES[1:]])
    waited = forms.TypedChoiceField(
        label="等待超过", required=False, coerce=int, empty_value=None, choices=[("", "不限"), *DAYS]
    )
    least = AmountField(label="应付不少于（元）", required=False)
    flags = forms.ChoiceField(
        label="系统提示", required=False, choices=[("", "不限"), ("open", "有提示未处理"), ("none", "没有")]
    )

    def __init__(self, data, *, fields, years=()):
        super().__init__(data)
        for name in set(self.fields) - set(fields):
            del self.fields[name]
        if "year" in self.fields:
            self.fields["year"].choices = [("", "全部"), *((year, year) for year in years)]
        if "q" in self.fields:
            self.fields["q"].widget = forms.TextInput({"type": "search"})

    @property
    def is_used(self):
        """Whether anything is asked for; the empty list then says that nothing fits, not that nothing is there."""
        return any(self.data.get(name) for name in self.fields)

    def apply(self, claims):
        """The claims that fit; a filter that cannot be read hides nothing, and the form says what is wrong with it."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        for name in ("year", "item", "city", "state"):
            if name in asked:
                claims = claims.filter(**{name: asked[name]})
        if "waited" in asked:
            claims = claims.filter(waiting_on__lte=waiting_longer_than(asked["waited"]))
        if "least" in asked:
            claims = claims.filter(payable_cny__gte=asked["least"])
        if "flags" in asked:
            claims = claims.filter(flagged() if asked["flags"] == "open" else ~flagged())
        return claims.filter(_found(asked["q"])) if "q" in asked else claims


def _found(words):
    code = credit_code_normal(words)
    return (
        Q(enterprise__name__icontains=words)
        | Q(enterprise__credit_code__startswith=code)
        | Q(number__icontains=words)
    )
