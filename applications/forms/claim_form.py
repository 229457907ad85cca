"""The form of a claim, made from what its item declares: facts, rows with their particulars, particulars.

One class serves the filing page, its live estimate and the calculator. Nothing in here knows any item by name.
"""

from decimal import Decimal

from django import forms

from applications.bank_accounts import (
    NUMBER_FAULT,
    account_number_is_well_formed,
    account_number_normal,
    holder_differs,
    visible,
)
from applications.claims import Declared
from applications.correction import cell_parts
from applications.forms.fields import AmountField, form_field
from applications.forms.rows import RowSet, order_check
from applications.forms.typed import form_data, kept
from measures.contract import ContractError, parse_facts
from measures.declaration import Rows

NO, YES = "no", "yes"
#: The question on other support and its amount, which nothing but the form itself declares.
SUPPORT_FIELDS = ("other_support", "other_support_cny")
SUPPORT_QUESTION = "同一事项是否已获其他省级政策支持"


def form_for(item, data=None, *, prefix=""):
    """The calculator's form of an item: its facts and the support from other policies, nothing else.

    Unbound without `data`. `usable()` gives what can be computed with.
    """
    return ClaimForm(item, data, whole=False, prefix=prefix)


def draft_form(item, draft, *, registers, strict=False, firm=None):
    """The filing form of an item, filled with what a draft holds. `strict` asks for all that a submission needs.

    `firm` is the enterprise whose own account is none of another payee.
    """
    return ClaimForm(item, form_data(item, draft), registers=registers, strict=strict, firm=firm)


class ClaimForm(forms.Form):
    """All that one claim asks for.

    `whole` adds particulars and the question on other support to what the rule computes with. `registers` is
    {register: [(id, label)]} of the firm, None where register entries are typed.
    """

    use_required_attribute = False

    def __init__(self, item, data=None, *, registers=None, strict=False, whole=True, firm=None, prefix=""):
        super().__init__(data, prefix=prefix or None)
        self.item, self.strict, self.whole, self.firm = item, strict, whole, firm
        self.row_sets = {}
        for declared in (*(item.particulars if whole else ()), *item.facts):
            if isinstance(declared, Rows):
                self._add_rows(declared, registers)
            else:
                self.fields[declared.name] = form_field(declared, strict=strict, registers=registers)
        self._add_support()

    def _add_rows(self, declared, registers):
        prefix = self.add_prefix(declared.name)
        self.row_sets[declared.name] = RowSet(
            self.data if self.is_bound else None,
            prefix=prefix,
            declared=declared,
            whole=self.whole,
            strict=self.strict,
            registers=registers,
        )

    def _add_support(self):
        if self.whole:
            self.fields["other_support"] = forms.ChoiceField(
                label=SUPPORT_QUESTION,
                choices=[(NO, "没有"), (YES, "有，已获支持")],
                widget=forms.RadioSelect,
                required=self.strict,
                error_messages={"required": "请选择“没有”或“有，已获支持”。"},
            )
        self.fields["other_support_cny"] = AmountField(
            label="已获支持金额" if self.whole else "已获其他省级支持",
            help_text="同一事项已从本省其他政策得到的金额，单位是元。两项取高，不重复支付。",
            required=False,
        )
        for name in SUPPORT_FIELDS:
            if name in self.fields:
                self.fields[name].unit, self.fields[name].optional = "", False

    # --- Parts, in the order of the page ---------------------------------------------------------

    @property
    def particular_fields(self):
        """Bound fields of the particulars outside rows."""
        return self._bound(self.item.particulars)

    @property
    def fact_fields(self):
        """Bound fields of the facts outside rows."""
        return self._bound(self.item.facts)

    def _bound(self, declared_fields):
        return [self[field.name] for field in declared_fields if field.name in self.fields]

    @property
    def fact_rows(self):
        """Formsets of the facts that are lists."""
        return [self.row_sets[field.name] for field in self.item.facts if field.name in self.row_sets]

    @property
    def particular_rows(self):
        """Formsets of the particulars that are lists."""
        return [self.row_sets[field.name] for field in self.item.particulars if field.name in self.row_sets]

    @property
    def all_rows(self):
        """Every formset, as `error_summary` takes them."""
        return [*self.fact_rows, *self.particular_rows]

    # --- Checks ----------------------------------------------------------------------------------

    def is_valid(self):
        # Not a generator: every row set must be checked, so that all errors show at once.
        return all([super().is_valid(), *[rows.is_valid() for rows in self.row_sets.values()]])

    def clean(self):
        order_check(self, [*self.item.facts, *(self.item.particulars if self.whole else ())])
        self._check_support()
        if self.strict and self.whole and self.item.payee_fields:
            self._check_payee()
        if self.strict and not self.errors and all(rows.is_valid() for rows in self.row_sets.values()):
            self._check_contract()

    def _check_support(self):
        """An amount beside a no is a contradiction that nobody but who typed it can resolve."""
        if not self.strict or "other_support_cny" in self.errors:
            return
        answer = self.cleaned_data.get("other_support")
        amount = Decimal(self.cleaned_data.get("other_support_cny") or 0)
        if answer == YES and not amount:
            self.add_error("other_support_cny", "请填写已经得到的金额；没有得到支持的，请选“没有”。")
        elif answer == NO and amount:
            self.add_error(
                "other_support_cny", "上面选了“没有”，这里请留空；已经得到支持的，上面请选“有，已获支持”。"
            )

    def _check_payee(self):
        """The account of a payee other than the firm is given whole. The firm's own is no such account: it changes in the
        ordinary way alone, for which two people answer."""
        holder, _, number = self.item.payee_fields
        given = {name: visible(self.cleaned_data.get(name) or "").strip() for name in self.item.payee_fields}
        self.cleaned_data |= {name: value for name, value in given.items() if value}
        wrong = {}
        if any(given.values()):
            wrong = {
                name: f"请填写{self.fields[name].label}；付给本企业的，收款单位的三处都留空。"
                for name, value in given.items()
                if not value
            }
        if given[holder] and self.firm and not holder_differs(given[holder], self.firm):
            wrong[holder] = "这是本企业的名称。付给本企业的，请留空，款项付到“企业信息”里的账户。"
        if given[number]:
            self.cleaned_data[number] = account_number_normal(given[number])
            if not account_number_is_well_formed(self.cleaned_data[number]):
                wrong[number] = NUMBER_FAULT
        for name, sentence in wrong.items():
            if name not in self.errors and not getattr(self[name], "closed", ""):
                self.add_error(name, sentence)

    def _check_contract(self):
        """The contract has the last word; what it refuses is shown at the field that it names."""
        try:
            parse_facts(self.item, self._facts(), path="")
        except ContractError as error:
            self.error_place(error.path.lstrip("."), error.message)

    def error_place(self, path, message):
        """Adds an error at the field, or the value of a row, that a path of the contract names; at the top without one."""
        parts = cell_parts(path)
        rows = self.row_sets[parts[0]].filled if parts and parts[0] in self.row_sets else []
        if parts and parts[1] < len(rows) and parts[2] in rows[parts[1]].fields:
            rows[parts[1]].add_error(parts[2], message)
        else:
            self.add_error(path if path in self.fields else None, message)

    # --- What comes out --------------------------------------------------------------------------

    def declared(self):
        """What the valid form declares, as JSON data of the contract."""
        return Declared(
            facts=self._facts(), particulars=self._particulars(), other_support_cny=self._support()
        )

    def declared_so_far(self):
        """(facts, particulars) as far as they are right, of a form that need not be valid."""
        self.is_valid()
        return self._facts(), self._particulars()

    def _facts(self):
        facts = _values(self, self.item.facts)
        for rows in self.fact_rows:
            facts[rows.declared.name] = [_values(row, rows.declared.fields) for row in rows.filled]
        return facts

    def _particulars(self):
        particulars = _values(self, self.item.particulars)
        for rows in self.particular_rows:
            particulars[rows.declared.name] = [_values(row, rows.declared.fields) for row in rows.filled]
        for rows in self.fact_rows:
            if rows.declared.particulars:
                particulars[rows.declared.name] = [
                    _values(row, rows.declared.particulars) for row in rows.filled
                ]
        return particulars

    def _support(self):
        if self.whole and self.cleaned_data.get("other_support") != YES:
            return Decimal("0.00")
        return Decimal(self.cleaned_data.get("other_support_cny") or "0.00")

    def usable(self):
        """What can be computed with now, though the form is not finished: (facts, other support, left out).

        `left_out` are the names of fields and rows that are wrong or incomplete. Facts are None where something is
        missing without which nothing can be computed.
        """
        self.is_valid()
        left_out = [self[name].label for name in self.errors if name in self.fields and self._is_fact(name)]
        facts = _values(self, self.item.facts)
        missing = [
            field
            for field in self.item.facts
            if field.required and not isinstance(field, Rows) and field.name not in facts
        ]
        for rows in self.fact_rows:
            columns = rows.declared.fields
            good = [row for row in rows.filled if row.is_complete(columns)]
            facts[rows.declared.name] = [_values(row, columns) for row in good]
            left_out += [
                f"{rows.declared.row_label} {number}"
                for number, row in enumerate(rows.forms, 1)
                if not row.is_blank and row not in good
            ]
        return (None if missing else facts), self._support(), left_out

    def _is_fact(self, name):
        return name == "other_support_cny" or any(field.name == name for field in self.item.facts)

    def typed(self):
        """Everything that was typed, right or wrong, as drafts keep it (see `typed`)."""
        facts = self._typed(self, self.item.facts)
        particulars = self._typed(self, self.item.particulars)
        for rows in self.fact_rows:
            name = rows.declared.name
            facts[name] = [self._typed(row, rows.declared.fields) for row in rows.forms]
            if rows.declared.particulars:
                particulars[name] = [self._typed(row, rows.declared.particulars) for row in rows.forms]
        for rows in self.particular_rows:
            particulars[rows.declared.name] = [self._typed(row, rows.declared.fields) for row in rows.forms]
        support = {
            "answer": kept(None, self["other_support"].data),
            "amount": kept(None, self["other_support_cny"].data),
        }
        return {"facts": facts, "particulars": particulars, "other_support": support}

    @staticmethod
    def _typed(form, fields):
        return {
            field.name: kept(field, form[field.name].data) for field in fields if field.name in form.fields
        }


def _values(form, fields):
    """The values of a form's declared fields, those left out omitted."""
    values = {field.name: form.cleaned_data.get(field.name) for field in fields}
    return {name: value for name, value in values.items() if value not in (None, "")}
