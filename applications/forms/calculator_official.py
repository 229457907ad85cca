"""The part of the calculator's form that official data would fill in: figures, marks, and rates of the year."""

from decimal import Decimal

from django import forms

from applications.forms import reading
from applications.forms.fields import AmountField, ReadField
from applications.official import year_settings
from applications.trade_figures import ADDED_UP
from measures.case import BANK_COST_RATE_LIMIT
from measures.countries import COUNTRIES
from measures.item import CITY
from measures.money import grouped
from measures.official import FIGURE, FIGURE_LABELS, MARK, REGISTER, SETTING
from measures.step_sentences import percent

_HUNDRED = Decimal(100)


class RateField(ReadField):
    """A share in percent, such as 50 or 62.5; as data a rate between 0 and 1, such as 0.625."""

    def __init__(self, *, most, **kwargs):
        self.most = most
        super().__init__(help_text=f"填 0 到 {percent(most).rstrip('%')} 之间的数。", **kwargs)

    @staticmethod
    def read(text):
        return reading.read_amount(text.replace("%", "").replace("％", "")) / _HUNDRED

    def as_data(self, value):
        if value > self.most:
            raise reading.Unreadable(f"比例最高为 {percent(self.most)}。")
        return f"{value.normalize():f}"


class OfficialForm(forms.Form):
    """What the rules of the chosen items take from customs statistics, registers and settings, asked once for all."""

    use_required_attribute = False

    def __init__(self, data, *, items, year, known=None):
        super().__init__(data, prefix="official")
        self.items, self.year, self.known = items, year, known
        self.wanted = list(dict.fromkeys(official for item in items for official in item.official))
        self.settings = settings = year_settings(year)
        for official in sorted(self.wanted, key=lambda each: each.years_back):
            if official.kind == FIGURE:
                self._add_figure(official)
            elif official.kind == MARK:
                label = f"{year} 年新引入企业" if official.name == "introduced_year" else official.label
                self.fields[official.name] = forms.BooleanField(
                    label=label, required=False, initial=self._mark(official.name)
                )
            elif official.name == "dual_circulation":
                self.fields[official.name] = forms.BooleanField(
                    label=f"已列入{official.label}", required=False, initial=self._mark(official.name)
                )
            elif official.kind == SETTING:
                self._add_setting(official, settings)
        for name, field in self.fields.items():
            field.source = self._source(name)

    def _add_figure(self, official):
        year = self.year - official.years_back
        field = AmountField(
            label=f"{year} 年{official.label}",
            required=False,
            help_text="没有进出口的填 0。留空表示还不知道。",
        )
        field.unit = "" if official.unit == "元" else official.unit
        if value := self._figure(official.name, official.years_back):
            field.initial = str(value[0])
        self.fields[f"{official.name}_{official.years_back}"] = field

    def _figure(self, name, years_back):
        """(value, where it comes from) of an official figure; None where none is known."""
        return self.known.figures.get((name, years_back)) if self.known else None

    def _source(self, name):
        """What stands beside a field that official data fill in; "" beside all others."""
        if self.known is None:
            return ""
        figure, _, back = name.rpartition("_")
        if back.isdigit() and (known := self._figure(figure, int(back))):
            value, origin = known
            added_up = f"（{origin}）" if origin == ADDED_UP else ""
            return f"海关纳统数据：{grouped(value)} {FIGURE_LABELS[figure][1]}{added_up}"
        if name in self.known.marks:
            return f"官方名录：{'是' if self.known.marks[name] else '不是'}"
        return ""

    def _add_setting(self, official, settings):
        if official.name == "bank_cost_rate":
            self.fields[official.name] = RateField(
                label="省定补贴比例",
                most=BANK_COST_RATE_LIMIT,
                required=False,
                initial=percent(settings.bank_cost_rate).rstrip("%"),
            )
        elif official.name == "key_markets":
            self.fields[official.name] = forms.MultipleChoiceField(
                label="其他重点市场",
                choices=list(COUNTRIES.items()),
                required=False,
                initial=settings.key_markets,
                help_text="区域全面经济伙伴关系协定成员国已经计入，这里只选省里另外确定的。",
            )
        else:
            self._add_city_rates()

    def _mark(self, name):
        return bool(self.known and self.known.marks.get(name))

    def _add_city_rates(self):
        for item in self.items:
            if item.payer == CITY:
                rate = self.known.rates.get(item.code) if self.known else None
                self.fields[_rate_name(item)] = RateField(
                    label=f"{item.code} 市（地）补贴比例",
                    most=item.RATE_LIMIT,
                    required=False,
                    initial=None if rate is None else percent(rate).rstrip("%"),
                )

    @property
    def figures(self):
        """Bound fields of the customs figures, this year's first."""
        return [field for field in self if isinstance(field.field, AmountField)]

    @property
    def others(self):
        """All other bound fields."""
        return [field for field in self if not isinstance(field.field, AmountField)]

    def case(self):
        """The parts of a case that official data give, from the valid form; what was left empty is missing."""
        given = self.cleaned_data
        trade = {str(self.year): {}, str(self.year - 1): {}}
        for official in self.wanted:
            if official.kind == FIGURE:
                value = given[f"{official.name}_{official.years_back}"]
                trade[str(self.year - official.years_back)][official.name] = value
        enterprise = {
            official.name: given[official.name]
            for official in self.wanted
            if official.kind in (MARK, REGISTER) and official.name in given
        }
        if "introduced_year" in enterprise:
            enterprise["introduced_year"] = self.year if enterprise["introduced_year"] else None
        return {"trade": trade, "enterprise": enterprise, "settings": self._settings()}

    def _settings(self):
        given = self.cleaned_data
        settings = {name: given[name] for name in ("bank_cost_rate", "key_markets") if given.get(name)}
        if "bank_cost_rate" in given:
            # Left empty it is not 50%, but what the province has set for the year.
            settings.setdefault("bank_cost_rate", f"{self.settings.bank_cost_rate:f}")
        rates = {
            item.code: given[_rate_name(item)]
            for item in self.items
            if item.payer == CITY and given[_rate_name(item)] is not None
        }
        return {**settings, "city_rates": rates}


def _rate_name(item):
    return f"rate_{item.code.replace('.', '_')}"
