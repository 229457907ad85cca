"""The form of a request for a support item, made from what the item declares, and the words exchanged afterwards."""

from itertools import product

from django import forms
from django.utils import timezone

from applications.forms.fields import form_field
from applications.forms.rows import RowSet
from measures.declaration import Day, Rows

TEXT_LENGTH = 4000


class SupportForm(forms.Form):
    """What an item of measures 8 to 12 asks for. The contract takes it empty; a department needs to be told something,
    so every fact is asked for here and a list has at least one row. Not `strict`, nothing is asked for yet: the form only
    comes back with a row more or less."""

    use_required_attribute = False

    def __init__(self, item, data=None, *, strict=True):
        super().__init__(data)
        self.item, self.strict = item, strict
        self.row_sets = {}
        for declared in item.facts:
            if isinstance(declared, Rows):
                self.row_sets[declared.name] = RowSet(
                    data, prefix=declared.name, declared=declared, whole=True, strict=strict, registers=None
                )
            else:
                self._add(declared, required=True)
        for declared in item.particulars:
            self._add(declared, required=declared.required)

    def _add(self, declared, *, required):
        field = form_field(declared, strict=self.strict, registers=None)
        field.required = required and self.strict
        self.fields[declared.name] = field

    @property
    def rows(self):
        """Formsets of the facts that are lists."""
        return list(self.row_sets.values())

    @property
    def plain_fields(self):
        """Bound fields outside rows, each with whether it may be left out."""
        required = {field.name for field in self.item.facts}
        return [(field, field.name not in required) for field in self]

    def is_valid(self):
        return all(
            [
                super().is_valid(),
                *[rows.is_valid() for rows in self.rows],
                self._rows_given(),
                self._days_past(),
            ]
        )

    def _rows_given(self):
        """A list without a single row says nothing."""
        empty = [rows for rows in self.rows if self.is_bound and rows.is_valid() and not rows.filled]
        for rows in empty:
            message = f"“{rows.declared.label}”至少要填一行。"
            if message not in self.non_field_errors():
                self.add_error(None, message)
        return not empty

    def _days_past(self):
        """What a firm tells of has happened: a day that is still to come was mistyped."""
        today, wrong = timezone.localdate().isoformat(), False
        for rows in self.rows if self.strict else ():
            days = [field.name for field in rows.declared.fields if isinstance(field, Day)]
            for row, name in product(rows.filled, days):
                if name not in row.errors and (row.cleaned_data.get(name) or "") > today:
                    row.add_error(name, "这一天还没有到，请核对。")
                wrong = wrong or name in row.errors
        return not wrong

    def facts(self):
        """The facts of the valid form as JSON data of the contract."""
        facts = _values(self, self.item.facts)
        for name, rows in self.row_sets.items():
            facts[name] = [_values(row, rows.declared.fields) for row in rows.filled]
        return facts

    def particulars(self):
        """The particulars of the valid form; those of rows stand under the rows' name, in their order."""
        particulars = _values(self, self.item.particulars)
        for name, rows in self.row_sets.items():
            if rows.declared.particulars:
                particulars[name] = [_values(row, rows.declared.particulars) for row in rows.filled]
        return particulars


def _values(form, fields):
    values = {field.name: form.cleaned_data.get(field.name) for field in fields}
    return {name: value for name, value in values.items() if value not in (None, "")}


class WordForm(forms.Form):
    """A reply, or the reason for taking a matter up again."""

    use_required_attribute = False

    text = forms.CharField(
        label="内容",
        max_length=TEXT_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "required": "请写明内容，对方会看到。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        },
    )
