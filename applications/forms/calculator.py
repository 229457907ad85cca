"""The calculator's form: what official data would say, and the facts of each chosen claim, typed by anybody.

Everything is derived from what the items declare; what comes out is a case of the evaluation contract.
"""

from collections import Counter
from decimal import Decimal

from django import forms

from applications.forms import reading
from applications.forms.claim_form import form_for
from applications.forms.fields import AmountField, ReadField
from applications.official import year_settings
from measures import registry
from measures.case import BANK_COST_RATE_LIMIT, LEVEL_LABELS
from measures.countries import COUNTRIES
from measures.declaration import RegisterChoice
from measures.item import CITY
from measures.official import FIGURE, MARK, REGISTER, SETTING
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

    def __init__(self, data, *, items, year):
        super().__init__(data, prefix="official")
        self.items, self.year = items, year
        self.wanted = list(dict.fromkeys(official for item in items for official in item.official))
        settings = year_settings(year)
        for official in sorted(self.wanted, key=lambda each: each.years_back):
            if official.kind == FIGURE:
                self._add_figure(official)
            elif official.kind == MARK:
                label = f"{year} 年新引入企业" if official.name == "introduced_year" else official.label
                self.fields[official.name] = forms.BooleanField(label=label, required=False)
            elif official.name == "dual_circulation":
                self.fields[official.name] = forms.BooleanField(
                    label=f"已列入{official.label}", required=False
                )
            elif official.kind == SETTING:
                self._add_setting(official, settings)

    def _add_figure(self, official):
        year = self.year - official.years_back
        field = AmountField(
            label=f"{year} 年{official.label}",
            required=False,
            help_text="没有进出口的填 0。留空表示还不知道。",
        )
        field.unit = "" if official.unit == "元" else official.unit
        self.fields[f"{official.name}_{official.years_back}"] = field

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

    def _add_city_rates(self):
        for item in self.items:
            if item.payer == CITY:
                self.fields[_rate_name(item)] = RateField(
                    label=f"{item.code} 市（地）补贴比例", most=item.RATE_LIMIT, required=False
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
        rates = {
            item.code: given[_rate_name(item)]
            for item in self.items
            if item.payer == CITY and given[_rate_name(item)] is not None
        }
        return {**settings, "city_rates": rates}


def _rate_name(item):
    return f"rate_{item.code.replace('.', '_')}"


class StandingForm(forms.Form):
    """What registers would say about the subject of one claim: whether it is listed, and whether it was paid before."""

    use_required_attribute = False

    def __init__(self, data, *, item, prefix):
        super().__init__(data, prefix=prefix)
        self.item = item
        self.choice = next((field for field in item.facts if isinstance(field, RegisterChoice)), None)
        levels = list(LEVEL_LABELS.items())
        self.levelled = "level" in item.past_award_keys
        if self.choice and self.levelled:
            self.fields["level"] = forms.ChoiceField(
                label="认定级别",
                choices=[*levels, ("", "不在名单内")],
                required=False,
                widget=forms.RadioSelect,
            )
        elif self.choice:
            self.fields["listed"] = forms.BooleanField(label="在认定名单内", required=False)
        if item.once_for_ever and self.levelled:
            self.fields["paid"] = forms.MultipleChoiceField(
                label="以前得过的奖励", choices=levels, required=False, widget=forms.CheckboxSelectMultiple
            )
        elif item.once_for_ever:
            self.fields["paid"] = forms.BooleanField(label="以前得过这项奖励", required=False)

    def register_entry(self, facts):
        """(register, entry) as the contract writes the enterprise's registers; None where nothing is listed."""
        if self.choice is None:
            return None
        subject, given = facts[self.choice.name], self.cleaned_data
        if self.levelled:
            entry = {"id": subject, "level": given["level"]} if given["level"] else None
        else:
            entry = subject if given["listed"] else None
        return None if entry is None else (self.choice.source, entry)

    def past_awards(self, facts):
        """Earlier awards for the same subject as the contract writes them."""
        paid = self.cleaned_data.get("paid")
        if not paid:
            return []
        award = {"item": self.item.code}
        if "subject" in self.item.past_award_keys:
            award["subject"] = facts[self.choice.name]
        return [{**award, "level": level} for level in paid] if self.levelled else [award]


class ClaimPart:
    """One claim of the calculation: its facts and its standing, under a prefix of its own."""

    def __init__(self, data, *, item, number):
        self.item, self.number = item, number
        self.prefix = f"{item.code.replace('.', '_')}-{number}"
        self.form = form_for(item, data, prefix=self.prefix)
        self.standing = StandingForm(data, item=item, prefix=f"{self.prefix}-register")
        if self.standing.choice:
            self.form.fields[self.standing.choice.name].help_text = "填名称或编号，只用来区分是哪一个。"


class Calculation:
    """All parts of the calculator for the chosen item codes (with repetition, in the order of filing)."""

    def __init__(self, data, *, codes, year):
        self.codes, self.year = codes, year
        self.items = [registry.item(code) for code in codes]
        self.official = OfficialForm(data, items=list(dict.fromkeys(self.items)), year=year)
        seen = Counter()
        self.parts = []
        for item in self.items:
            self.parts.append(ClaimPart(data, item=item, number=seen[item.code]))
            seen[item.code] += 1

    @property
    def forms(self):
        """Every form and formset, as `error_summary` takes them."""
        claims = [each for part in self.parts for each in (part.form, part.standing, *part.form.all_rows)]
        return [self.official, *claims]

    def is_valid(self):
        """Whether every field that is filled in can be read."""
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong

    def case(self):
        """(case of the contract, what was left out because something is missing) from the valid forms."""
        case = {"year": self.year, "claims": [], "past_awards": [], **self.official.case()}
        left_out, registers = [], {}
        for position, part in enumerate(self.parts, 1):
            facts, other, missing = part.form.usable()
            name = f"{part.item.code} {part.item.title}"
            if facts is None:
                left_out.append(name)
                continue
            left_out += [f"{name}的{each}" for each in missing]
            case["claims"].append(
                {"id": str(position), "item": part.item.code, "facts": facts, "other_support_cny": str(other)}
            )
            entry = part.standing.register_entry(facts)
            if entry:
                registers.setdefault(entry[0], []).append(entry[1])
            case["past_awards"] += part.standing.past_awards(facts)
        for register, entries in registers.items():
            case["enterprise"][register] = _distinct(entries)
        return case, left_out


def _distinct(entries):
    """Entries without repetition, in their order."""
    return [entry for index, entry in enumerate(entries) if entry not in entries[:index]]
