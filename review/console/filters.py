"""What one can look for among claims: the filters above the queue and the search, and what is said of those in use."""

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from accounts.cities import City
from applications.flags.kinds import KINDS
from applications.forms.fields import AmountField
from applications.lifecycle.clock import CLOCKED
from applications.models import FilingPeriod, State
from measures import registry
from review.console import filter_conditions as conditions
from review.finding import claims_found

ITEMS = [(code, f"{code} {item.short_title}") for code, item in registry.ITEMS.items() if not item.support]
STATES = [(value, "等待企业" if value == State.RETURNED else label) for value, label in State.choices]
DAYS = [(str(days), f"{days} 个工作日") for days in (3, 5, 10, 20)]
#: What stands in an address beside the filters, and belongs to no view that is kept.
CURSORS = ("after", "before")
#: Filters that are always in sight; the others are folded away.
IN_SIGHT = ("q", "due", "flags", "sort")
#: Filters by what a claim is, which go along to another view; the others ask how it stands in the view at hand.
GO_ALONG = ("q", "flags", "kind", "period", "item", "city", "least", "most")


def _boxes(label, choices):
    widget = forms.CheckboxSelectMultiple
    return forms.MultipleChoiceField(label=label, required=False, choices=choices, widget=widget)


def _select(label, *choices, empty="不限"):
    return forms.ChoiceField(label=label, required=False, choices=[("", empty), *choices])


@dataclass(frozen=True)
class Used:
    """A filter in use: what it is called, what it asks for, and the query of the page without it."""

    label: str
    text: str
    without: str


class ClaimFilter(forms.Form):
    """All filters are optional; what does not hold for a person's post is left out by `fields`.

    `orders` are the ways to sort, the usual one first; `colleagues` the officers who may have a claim in hand; `keep` what
    else stands in the address of the page.
    """

    q = forms.CharField(label="企业、信用代码、申报编号或票据号码", required=False, max_length=60, strip=True)
    due = _select("办理时限", *((key, label) for key, (label, _) in conditions.DUE.items()))
    flags = _select("系统提示", *((key, label) for key, (label, _) in conditions.FLAGS.items()))
    sort = forms.ChoiceField(label="排序", required=False)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int, empty_value=None)
    period = _select("申报批次", empty="全部")
    waited = forms.TypedChoiceField(
        label="等待超过", required=False, coerce=int, empty_value=None, choices=[("", "不限"), *DAYS]
    )
    least = AmountField(label="应付不少于（元）", required=False)
    most = AmountField(label="应付不多于（元）", required=False)
    holder = _select("经办人")
    state = _boxes("状态", STATES[1:])
    item = _boxes("事项", ITEMS)
    city = _boxes("市（地）", City.choices)
    kind = _boxes("提示的种类", [(kind, row.title) for kind, row in KINDS.items()])

    def __init__(self, data, *, user, fields, orders, years=(), colleagues=(), keep=()):
        super().__init__(data)
        self.user, self.orders, self.keep, self.found_by = user, orders, keep, {}
        for name in set(self.fields) - {*fields, "sort"}:
            del self.fields[name]
        self.fields["sort"].choices = [("", orders[0].label)] + [
            (each.key, each.label) for each in orders[1:]
        ]
        if "year" in self.fields:
            self.fields["year"].choices = [("", "全部"), *((year, year) for year in years)]
        if "period" in self.fields:
            self.fields["period"].choices = [("", "全部"), *_periods()]
        if "holder" in self.fields:
            own = [("mine", "我"), ("free", "还没有人领办"), ("taken", "已有人领办")]
            others = [(str(officer.pk), officer.name) for officer in colleagues]
            self.fields["holder"].choices = [("", "不限"), *own, *others]
        self.fields["q"].widget = forms.TextInput({"type": "search"})
        for name in {"least", "most"} & set(self.fields):
            self.fields[name].widget.attrs["data-money"] = "short"
        self.is_valid()

    @property
    def in_sight(self):
        """The fields that are always shown."""
        return [self[name] for name in IN_SIGHT if name in self.fields]

    @property
    def folded(self):
        """The fields of one choice or text that are folded away."""
        return [each for each in self if each.name not in IN_SIGHT and not _is_boxes(each)]

    @property
    def boxes(self):
        """The fields of several choices, folded away as well."""
        return [each for each in self if _is_boxes(each)]

    @property
    def unfolded(self):
        """Whether something folded away cannot be read, so that its error has to be seen."""
        return any(name not in IN_SIGHT for name in self.errors)

    @property
    def order(self):
        """The order that is asked for; the usual one where none is."""
        asked = self.cleaned_data.get("sort")
        return next((each for each in self.orders if each.key == asked), self.orders[0])

    @property
    def asked(self):
        """{name: value} of the filters in use; one that cannot be read hides nothing."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "sort" and value not in (None, "", [])
        }

    @property
    def is_used(self):
        """Whether anything is asked for; the empty list then says that nothing fits, not that nothing is there."""
        return bool(self.asked)

    @property
    def query(self):
        """The address of this view after "?", without the page: what is kept, carried along and linked to."""
        return self._query()

    def _query(self, without=""):
        asked = {**self.asked, "sort": self.cleaned_data.get("sort")}
        return _query_of(self.keep, {name: value for name, value in asked.items() if name != without})

    def query_in(self, keep):
        """The address of another view, which has `keep` in the place of this one's: what is looked for goes along."""
        return _query_of(keep, {name: self.asked[name] for name in GO_ALONG if name in self.asked})

    @property
    def used(self):
        """Each filter in use, as a Used."""
        return [
            Used(self.fields[name].label, self._words(name, value), self._query(without=name))
            for name, value in self.asked.items()
        ]

    def _words(self, name, value):
        choices = {str(key): str(label) for key, label in getattr(self.fields[name], "choices", [])}
        values = value if isinstance(value, list) else [value]
        return "、".join(choices.get(str(each), str(each)) for each in values)

    def apply(self, pieces, *, states=CLOCKED):
        """The pieces (querysets of claims) narrowed to what fits."""
        condition = conditions.of(self.asked, user=self.user, states=states)
        if "q" in self.asked:
            found = claims_found(self.asked["q"])
            condition &= found.condition
            self.found_by = found.by
        return [piece.filter(condition) for piece in pieces]


def _query_of(keep, asked):
    query = QueryDict(mutable=True)
    for name, value in keep:
        query[name] = value
    for name, value in asked.items():
        if value:
            query.setlist(name, [str(each) for each in value] if isinstance(value, list) else [str(value)])
    return query.urlencode()


def _is_boxes(field):
    return isinstance(field.field, forms.MultipleChoiceField)


def _periods():
    """Published filing periods, each once by its title, whatever its versions."""
    rows = FilingPeriod.objects.filter(published_at__isnull=False).order_by("-year", "-opens_on", "-version")
    seen = {}
    for year, title in rows.values_list("year", "title"):
        seen.setdefault(f"{year} {title}", title if str(year) in title else f"{year} {title}")
    return list(seen.items())
