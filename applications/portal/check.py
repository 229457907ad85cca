"""Looking everything over before it is sent: all that a first submission declares, or what a correction changes."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render

from applications.changes import changes_of, untouched
from applications.claims import (
    EXPLANATION_LENGTH,
    claim_submit,
    declared_kept,
    draft_version,
    explanation_save,
)
from applications.correction import rows_joined
from applications.drafts import draft_of
from applications.errors import Refused
from applications.facts import OTHER_SUPPORT
from applications.flags.find_dates import declared_dates_off
from applications.flags.kinds import KINDS
from applications.letters.form import STATEMENT
from applications.models import State
from applications.portal import unsaved
from applications.portal.access import firm_required
from applications.portal.filing import claim_of_firm, no_longer_open, page_again
from applications.portal.filing_page import FilingPage
from applications.wording import value_text
from measures.declaration import Amount, RegisterChoice, Rows

CHANGED_SINCE = "您核对以后，草稿又有改动，刚才没有提交。下面是现在的内容，请再核对一遍。"


class CheckForm(forms.Form):
    """The statement; for a correction also words to the reviewer, which are asked for where nothing was changed."""

    use_required_attribute = False

    explanation = forms.CharField(
        label="给审核人员的说明",
        max_length=EXPLANATION_LENGTH,
        widget=forms.Textarea({"rows": 4}),
        error_messages={
            "required": "没有改动任何内容。请先返回修改，或者写明为什么不改。",
            "max_length": "最多 %(limit_value)d 个字，现在有 %(show_value)d 个。",
        },
    )
    statement = forms.BooleanField(label=STATEMENT, error_messages={"required": "请确认后勾选，再提交。"})

    def __init__(self, data=None, *, corrects, changed, **kwargs):
        super().__init__(data, **kwargs)
        if not corrects:
            del self.fields["explanation"]
            return
        field = self.fields["explanation"]
        field.required = not changed
        field.help_text = "审核人员会看到，也记入办理记录。没有照意见修改的，请在这里说明原因。"


@dataclass(frozen=True)
class Said:
    """One thing that is declared: what it is called, its text, and yuan where it is a sum."""

    label: str
    text: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Table:
    """The rows of a declared list, each a list of Said."""

    label: str
    row_label: str
    rows: list


def claim_check(request, number):
    """The last page before a submission. `action=back` keeps the words to the reviewer and returns to the form."""
    if request.method == "POST" and not request.user.is_authenticated:
        unsaved.explanation_keep(request, number)
    return _claim_check(request, number)


@firm_required
def _claim_check(request, number):
    claim = claim_of_firm(request, number)
    if not claim.is_editable:
        return no_longer_open(request, claim)
    page = FilingPage(claim, draft_of(claim), strict=True)
    missing = page.papers_missing()
    if not page.form.is_valid() or missing:
        return page_again(request, page, status=422, missing=missing)
    checked = Checked(page)
    if request.method != "POST":
        return _first_look(request, checked)
    if request.POST.get("action") == "back":
        return _back(request, claim)
    if request.POST.get("version", "") != page.version:
        return _shown(request, checked, checked.form(request.POST), refusal=CHANGED_SINCE)
    return _received(request, checked)


def _first_look(request, checked):
    claim = checked.claim
    left = unsaved.explanation_take(request, claim.number)
    words = left or claim.draft.get("explanation", "")
    form = checked.form(initial={"explanation": words})
    return _shown(request, checked, form, status=200)


def _back(request, claim):
    try:
        explanation_save(
            claim_id=claim.pk, actor=request.user, text=request.POST.get("explanation", "").strip()
        )
    except Refused as refusal:
        messages.info(request, refusal.message)
    return redirect("portal:claim_edit", claim.number)


def _received(request, checked):
    claim, form = checked.claim, checked.form(request.POST)
    if not form.is_valid():
        return _shown(request, checked, form, status=422)
    try:
        claim_submit(
            claim_id=claim.pk,
            actor=request.user,
            declared=checked.declared,
            explanation=form.cleaned_data.get("explanation", ""),
            token=request.POST.get("token", ""),
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _refused(request, claim.number, form, refusal)
    word = "已重新提交" if checked.corrects else "已提交"
    messages.success(request, f"{claim.number} {word}。您可以在这一页看到办理进度和金额。")
    return redirect("portal:claim", claim.number)


def _refused(request, number, form, refusal):
    """The page as things are now; a field that is at fault leads back to the form, with the words at it."""
    page = FilingPage(claim_of_firm(request, number), draft_of(claim_of_firm(request, number)), strict=True)
    if not page.claim.is_editable:
        messages.info(request, refusal.message)
        return redirect("portal:claim", number)
    page.form.is_valid()
    if refusal.field in page.form.fields:
        return page_again(request, page, refusal=refusal)
    return _shown(request, Checked(page), form, refusal=refusal.message)


def _shown(request, checked, form, *, refusal="", status=409):
    return render(
        request,
        "portal/claim_check.html",
        checked.context() | {"form": form, "refusal": refusal},
        status=status,
    )


class Checked:
    """What the page shows of a draft that passes every check. `page` is its FilingPage."""

    def __init__(self, page):
        self.page, self.claim, self.rule = page, page.claim, page.rule
        self.corrects = self.claim.state == State.RETURNED
        self.declared = declared_kept(self.claim, page.form.declared())
        self.changes = changes_of(self.claim, self.declared) if self.corrects else []

    def form(self, data=None, **kwargs):
        """The form at the foot of the page."""
        return CheckForm(data, corrects=self.corrects, changed=bool(self.changes), **kwargs)

    def context(self):
        """Everything that the template asks for."""
        shown = self.page.context()
        expected = shown["expected"]
        return {
            **{key: shown[key] for key in ("claim", "rule", "closes_on", "days_left", "token", "returned")},
            "version": draft_version(self.claim),
            "expected": expected,
            "corrects": self.corrects,
            "changes": self.changes,
            "slips": [change for change in self.changes if change.is_slip],
            "untouched": untouched(self.claim, self.changes) if self.corrects else [],
            "before": self._before(),
            "after": _after(expected),
            "dates": self._dates(),
            "said": self._said(),
            "tables": self._tables(),
            "official": self.page.official,
            "documents": [row for row in self.page.documents if row.given],
            "is_verified": self.page.is_verified,
        }

    def _before(self):
        """What the claim comes to as it was last submitted, yuan; None where that has not been computed."""
        if not self.corrects:
            return None
        return Decimal("0.00") if self.claim.reasons else self.claim.payable_cny

    def _dates(self):
        """Sentences on dates that the claim would be flagged for: they are easily mistyped and now easily put right."""
        declared = self.declared
        found = declared_dates_off(
            self.rule, self.claim.year, declared.facts, declared.particulars, self.claim.period
        )
        return [KINDS[kind].sentence(data, self.rule) for kind, _, data in found]

    def _said(self):
        facts, particulars = self.declared.facts, self.declared.particulars
        found = [
            self._one(field, values.get(field.name))
            for fields, values in ((self.rule.particulars, particulars), (self.rule.facts, facts))
            for field in fields
            if not isinstance(field, Rows)
        ]
        support = Amount(name=OTHER_SUPPORT, label="已获其他省级支持")
        amount = self.declared.other_support_cny
        return [*found, self._one(support, amount) if amount else Said(support.label, "没有")]

    def _one(self, field, value):
        if isinstance(field, Amount):
            amount = Decimal(value or 0)
            return Said(field.label, value_text(field, amount), amount)
        if isinstance(field, RegisterChoice):
            value = dict(self.page.registers.get(field.source, ())).get(value, value)
        return Said(field.label, value_text(field, value))

    def _tables(self):
        declared = self.declared
        found = []
        for field in (*self.rule.facts, *self.rule.particulars):
            if not isinstance(field, Rows):
                continue
            rows = (
                rows_joined(declared.facts, declared.particulars, field)
                if field in self.rule.facts
                else declared.particulars.get(field.name) or []
            )
            columns = (*field.fields, *field.particulars)
            cells = [[self._one(part, row.get(part.name)) for part in columns] for row in rows]
            found.append(Table(field.label, field.row_label, cells))
        return found


def _after(expected):
    """The expected amount, yuan; None where it cannot be computed yet."""
    return Decimal("0.00") if expected["state"] == "not_payable" else expected.get("amount")
