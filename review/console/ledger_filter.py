"""What one can look for in 总额账, and what is said of it."""

from django import forms
from django.http import QueryDict

from accounts.cities import City
from applications.models import Claim, LedgerKind
from measures import registry
from review.notices import payer_name
from review.visibility import payers_seen

_DAY = {"type": "date"}
#: Filters that are always in sight; the others are folded away.
_IN_SIGHT = ("q", "year", "item", "payer")
#: Items by their measure, a measure itself first: [(label, [(value, label)])].
_ITEMS = [
    (
        measure.name,
        [
            (str(measure.number), f"{measure.name}全部"),
            *((item.code, f"{item.code} {item.short_title}") for item in items),
        ],
    )
    for measure in registry.MEASURES
    if (items := [item for item in measure.items if not item.support])
]
_PAYERS = [(Claim.PROVINCE, payer_name(Claim.PROVINCE)), *((city, payer_name(city)) for city in City.values)]


def _select(label, choices=()):
    return forms.ChoiceField(label=label, required=False, choices=[("", "全部"), *choices])


class LedgerFilter(forms.Form):
    """All of it is optional; who sees one city's money alone chooses neither payer nor city."""

    q = forms.CharField(
        label="企业、信用代码或申报编号",
        required=False,
        max_length=60,
        widget=forms.TextInput({"type": "search"}),
    )
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    item = _select("措施或事项", _ITEMS)
    payer = _select("支付方", _PAYERS)
    city = _select("市（地）", City.choices)
    kind = _select("种类", LedgerKind.choices)
    topic = forms.CharField(label="批次、公示、追回或分配编号", required=False, max_length=40)
    since = forms.DateField(label="从", required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))
    until = forms.DateField(label="到", required=False, widget=forms.DateInput(_DAY, format="%Y-%m-%d"))

    def __init__(self, data, *, user, years):
        super().__init__(data)
        self.fields["year"].choices = [("", "全部"), *((year, f"{year} 年度") for year in years)]
        if payers_seen(user) is not None:
            del self.fields["payer"], self.fields["city"]

    def clean(self):
        values = super().clean()
        if values.get("since") and values.get("until") and values["since"] > values["until"]:
            self.add_error("until", "不能早于开始的日期。")
        return values

    @property
    def asked(self):
        """What is asked for, as JSON data (see `review.ledger.search`); what cannot be read hides nothing."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        for name in {"since", "until"} & set(found):
            found[name] = found[name].isoformat()
        if "topic" in found:
            found["topic"] = found["topic"].upper()
        return found

    @property
    def words(self):
        """What is asked for in one text: 年度：2025 年度；种类：拨付."""
        return "；".join(f"{label}：{words}" for label, words, _ in self.used)

    def _words(self, name, value):
        choices = {}
        for key, label in getattr(self.fields[name], "choices", []):
            choices |= {str(k): v for k, v in label} if isinstance(label, list | tuple) else {str(key): label}
        return choices.get(str(value), str(value))

    @property
    def in_sight(self):
        """The fields that are always shown."""
        return [self[name] for name in _IN_SIGHT if name in self.fields]

    @property
    def folded(self):
        """The fields that are folded away."""
        return [each for each in self if each.name not in _IN_SIGHT]

    @property
    def unfolded(self):
        """Whether something folded away is in use or cannot be read, so that it has to be seen."""
        return any(name not in _IN_SIGHT for name in (*self.asked, *self.errors))

    @property
    def used(self):
        """[(label, words, query of the page without it)] of the filters in use."""
        return [
            (self.fields[name].label, self._words(name, value), self.query_with(**{name: None}))
            for name, value in self.asked.items()
        ]

    @property
    def query(self):
        """The address of this view after "?", without a page."""
        return self.query_with()

    def query_with(self, **more):
        """The address with something else asked for as well, or in place of what is asked for; None leaves it out."""
        query = QueryDict(mutable=True)
        for name, value in {**self.asked, **more}.items():
            if value is not None:
                query[name] = str(value)
        return query.urlencode()

    @property
    def is_movement(self):
        """Whether sums are what moved, by kind, time or document, rather than where balances stand."""
        return bool({"kind", "since", "until", "topic"} & set(self.asked))
