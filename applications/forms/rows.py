"""Rows of a form, such as loans, premiums or invoices: a Django formset made from a declared list."""

from django import forms
from django.forms.formsets import BaseFormSet, formset_factory

from applications.forms.fields import form_field
from measures.declaration import Day

#: Rows of one kind in one claim; with the greatest amounts they still add up to what the database stores.
MAX_ROWS = 90


def order_check(form, declared_fields):
    """Adds an error to every day that lies before the day which its declaration says comes first."""
    labels = {field.name: field.label for field in declared_fields}
    for field in declared_fields:
        if not isinstance(field, Day) or not field.not_before:
            continue
        earlier, later = form.cleaned_data.get(field.not_before), form.cleaned_data.get(field.name)
        if earlier and later and later < earlier:
            form.add_error(field.name, f"不能早于“{labels[field.not_before]}”{earlier}。")


class RowForm(forms.Form):
    """One row: the facts of the row and, beside them, its particulars."""

    def __init__(self, *args, declared_fields, strict, registers, **kwargs):
        super().__init__(*args, **kwargs)
        self.declared_fields = declared_fields
        #: A row that was submitted and can neither be taken out nor emptied.
        self.fixed = False
        for field in declared_fields:
            self.fields[field.name] = form_field(field, strict=strict, registers=registers)

    def clean(self):
        order_check(self, self.declared_fields)

    @property
    def is_blank(self):
        """Whether nothing has been typed into the row; blank rows do not count."""
        return not self.fixed and not self.has_changed()

    def is_complete(self, declared_fields):
        """Whether these fields of the row are right, and none is missing that the rule requires."""
        return not any(field.name in self.errors for field in declared_fields) and all(
            self.cleaned_data.get(field.name) for field in declared_fields if field.required
        )


class BaseRows(BaseFormSet):
    """All rows of one kind. The page holds as many as the person wants, and blank ones are forgiven."""

    def __init__(self, *args, declared, whole, strict, registers, **kwargs):
        self.declared = declared
        self.strict = strict
        self.columns = (*declared.fields, *(declared.particulars if whole else ()))
        kwargs["form_kwargs"] = {"declared_fields": self.columns, "strict": strict, "registers": registers}
        super().__init__(*args, **kwargs)

    def initial_form_count(self):
        """Every row may be left blank, those that were filled earlier too."""
        return 0

    def total_form_count(self):
        """Where nothing was sent yet, one row to begin with."""
        return super().total_form_count() if self.is_bound else 1

    def fix(self):
        """Keeps the rows as many as they are: none of them may be left blank."""
        for row in self.forms:
            row.fixed, row.empty_permitted = True, False

    @property
    def filled(self):
        """The rows into which something was typed."""
        return [row for row in self.forms if not row.is_blank]

    def clean(self):
        if self.strict and len(self.filled) < self.declared.min_rows:
            raise forms.ValidationError(f"“{self.declared.label}”至少要填 {self.declared.min_rows} 行。")


RowSet = formset_factory(
    RowForm, formset=BaseRows, extra=0, max_num=MAX_ROWS, validate_max=True, absolute_max=MAX_ROWS + 10
)
RowSet.default_error_messages = {
    "missing_management_form": "这一页的内容不完整，请刷新后再填。",
    "too_many_forms": f"最多填 {MAX_ROWS} 行。更多的请合并填写，完整清单作为证明材料上传。",
}
