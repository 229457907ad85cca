"""The calculator's form: what official data would say, and the facts of each chosen claim, typed by anybody.

Everything is derived from what the items declare; what comes out is a case of the evaluation contract.
"""

from collections import Counter
from decimal import Decimal

from django import forms
from django.forms.formsets import BaseFormSet

from applications.forms.calculator_official import OfficialForm, RateField
from applications.forms.claim_form import form_for
from applications.forms.fields import AmountField
from measures import registry
from measures.case import LEVEL_LABELS
from measures.declaration import register_fact
from measures.money import grouped
from measures.step_sentences import percent

#: The choice among the entries of a register that name the firm.
ENTRY = "entry"


class StandingForm(forms.Form):
    """What registers would say about the subject of one claim: whether it is listed, and whether it was paid before."""

    use_required_attribute = False

    def __init__(self, data, *, item, prefix, entries=(), entry=None, awarded=frozenset()):
        super().__init__(data, prefix=prefix)
        self.item = item
        self.choice = register_fact(item.facts)
        levels = list(LEVEL_LABELS.items())
        self.levelled = "level" in item.past_award_keys
        if entries:
            self.fields[ENTRY] = forms.ChoiceField(
                label="名单上的本企业条目",
                choices=[("", "不用名单，按下面填写的计算"), *((each.id, each.label) for each in entries)],
                required=False,
                help_text="选了名单上的，名称和认定情况都按名单计算。",
            )
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
        self.initial = self._initial(entry, awarded)

    def _initial(self, entry, awarded):
        """What the register and earlier awards say about an entry, or about the firm itself."""
        paid = [
            level
            for item, subject, level in awarded
            if item == self.item.code and subject == (entry.id if entry else "")
        ]
        about = {ENTRY: entry.id, "level": entry.level, "listed": True} if entry else {}
        return {**about, "paid": paid if self.levelled else bool(paid)}

    @property
    def entries(self):
        """The choice among the firm's own entries of the register; None without any."""
        return self[ENTRY] if ENTRY in self.fields else None

    @property
    def others(self):
        """All other bound fields."""
        return [field for field in self if field.name != ENTRY]

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

    def __init__(self, data, *, item, number, known=None):
        self.item, self.number = item, number
        self.prefix = part_prefix(item, number)
        choice = register_fact(item.facts)
        entries = known.entries[choice.source] if known and choice else ()
        # The first claim is about the first entry, the second about the second.
        entry = entries[number] if number < len(entries) else None
        self.form = form_for(item, data, prefix=self.prefix)
        self.standing = StandingForm(
            data,
            item=item,
            prefix=f"{self.prefix}-register",
            entries=entries,
            entry=entry,
            awarded=known.awarded if known else frozenset(),
        )
        if choice:
            self.form.fields[choice.name].help_text = "填名称或编号，只用来区分是哪一个。"
            self.form.initial = {choice.name: entry.id} if entry else {}

    @property
    def forms(self):
        """Every form and formset of the claim, in the order of the page."""
        return [self.form, self.standing, *self.form.all_rows]


class Calculation:
    """All parts of the calculator for the chosen item codes (with repetition, in the order of filing)."""

    def __init__(self, data, *, codes, year, known=None):
        self.codes, self.year = codes, year
        self.items = [registry.item(code) for code in codes]
        data = _with_entries(data, self.items, known)
        self.official = OfficialForm(data, items=list(dict.fromkeys(self.items)), year=year, known=known)
        self.parts = [
            ClaimPart(data, item=item, number=number, known=known) for item, number in _numbered(self.items)
        ]

    @property
    def forms(self):
        """Every form and formset, as `error_summary` takes them."""
        return [self.official, *(each for part in self.parts for each in part.forms)]

    def is_valid(self):
        """Whether every field that is filled in can be read."""
        wrong = [form for form in self.forms if not form.is_valid()]
        return not wrong

    def given(self):
        """What was filled in, as people read it: [(heading, [(label, text)])], empty parts left out."""
        parts = [("企业和年度情况", _given(self.official))]
        parts += [
            (f"{part.item.code} {part.item.title}", [line for form in part.forms for line in _given(form)])
            for part in self.parts
        ]
        return [(heading, lines) for heading, lines in parts if lines]

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


def _given(form):
    """(label, text) of every field of a form or formset that was filled in."""
    if isinstance(form, BaseFormSet):
        word = form.declared.row_label
        return [
            (f"{word} {number}：{label}", text)
            for number, row in enumerate(form.filled, 1)
            for label, text in _given(row)
        ]
    return [(field.label, text) for field in form if field.name != ENTRY and (text := _as_read(field))]


def _as_read(field):
    """What a bound field holds: choices by their words, a tick as 是, amounts with separators."""
    value = field.form.cleaned_data.get(field.name)
    if isinstance(field.field, AmountField) and value:
        return f"{grouped(Decimal(value))} {getattr(field.field, 'unit', '') or '元'}"
    if isinstance(field.field, forms.ChoiceField):
        words = dict(_flat(field.field.choices))
        chosen = value if isinstance(value, list) else [value] if value else []
        return "、".join(str(words.get(one, one)) for one in chosen)
    if isinstance(field.field, RateField) and value is not None:
        return percent(Decimal(value))
    return "是" if value is True else str(field.data or "")


def _flat(choices):
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def part_prefix(item, number):
    """What the fields of the calculator's `number`-th claim of an item begin with, from 0 on."""
    return f"{item.code.replace('.', '_')}-{number}"


def _numbered(items):
    """(item, how many of it came before) for each."""
    seen = Counter()
    for item in items:
        yield item, seen[item.code]
        seen[item.code] += 1


def _with_entries(data, items, known):
    """The data with what the register says about each chosen entry; the data themselves where none is chosen."""
    if not data or known is None:
        return data
    changed = data.copy()
    for item, number in _numbered(items):
        prefix, choice = part_prefix(item, number), register_fact(item.facts)
        chosen = data.get(f"{prefix}-register-{ENTRY}")
        entry = (
            next((each for each in known.entries[choice.source] if each.id == chosen), None)
            if choice
            else None
        )
        if entry is None:
            continue
        paid = [
            level or "on"
            for code, subject, level in known.awarded
            if (code, subject) == (item.code, entry.id)
        ]
        changed[f"{prefix}-{choice.name}"] = entry.id
        changed[f"{prefix}-register-level"] = entry.level
        changed[f"{prefix}-register-listed"] = "on"
        changed.setlist(f"{prefix}-register-paid", paid)
    return changed


def _distinct(entries):
    """Entries without repetition, in their order."""
    return [entry for index, entry in enumerate(entries) if entry not in entries[:index]]
