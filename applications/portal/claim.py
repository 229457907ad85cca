"""One claim as its enterprise sees it: where it stands, the amount and why, what was verified, what can be done."""

from dataclasses import dataclass
from decimal import Decimal

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from applications.claims import claim_withdraw
from applications.errors import Refused
from applications.evidence import checklist
from applications.explanations import settings_used, stored_reasons, stored_steps
from applications.facts import OTHER_SUPPORT, FactLine, fact_lines
from applications.letters.standing import letters_standing
from applications.lifecycle import TRANSITIONS, claim_token
from applications.marks import claim_marks
from applications.models import EnterpriseYear, Event, NoticeLine, State
from applications.models.states import LOCKED_STATES
from applications.portal import story
from applications.portal.access import firm_required
from applications.portal.account_note import change_note
from applications.portal.failed_payment import failed_payment
from applications.portal.filing_page import evidence_limits
from applications.portal.repayment import repayment_page
from applications.portal.shortage_note import shortage_note
from applications.questions import questions_of
from applications.reconsidering import claim_reconsider as reconsider
from applications.refiling import claim_refile as refile
from applications.refiling import period_for_refiling
from applications.visibility import claims_of_firm, firm_of, letters_of_claim
from applications.wording import value_text
from measures.declaration import Amount, Rows

#: Commerce has approved what was declared, so that an amount it did not touch is verified, too.
_JUDGED_STATES = LOCKED_STATES | {State.SECOND_CHECK, State.FINANCE_REVIEW}


class ReasonForm(forms.Form):
    """Why the enterprise asks for a reconsideration."""

    reason = forms.CharField(
        label="申请复议的理由",
        help_text="请说明您认为哪一点不对，依据是什么。审核人员会看到。",
        max_length=1000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": "请写明理由。"},
    )
    use_required_attribute = False


@dataclass(frozen=True)
class DeclaredLine:
    """One declared fact beside its verified value, both as texts."""

    label: str
    row: str
    declared: str
    verified: str
    reason: str
    is_amount: bool

    @property
    def differs(self):
        """Whether a reviewer entered another value."""
        return self.verified != self.declared


@firm_required
def claim(request, number):
    """The page of a claim."""
    return _page(request, number)


def _claim_of(request, number):
    claims = claims_of_firm(request.user).select_related("enterprise", "period")
    return get_object_or_404(claims, number=number)


def _page(request, number, *, form=None, refusal="", status=200):
    """The year is read before the claim: a settlement in between shows 计算中 once more, never a lasting blank."""
    of_claim = claims_of_firm(request.user).filter(number=number).values("year")
    year = EnterpriseYear.objects.filter(enterprise=firm_of(request.user), year__in=of_claim).first()
    found = _claim_of(request, number)
    events = list(Event.objects.filter(claim=found).select_related("actor").order_by("pk"))
    marks = claim_marks(found, computing=bool(year and year.is_computing))
    line = NoticeLine.objects.filter(claim=found, withdrawn_at=None).select_related("notice").last()
    notice = line.notice if line else None
    clock = story.clock_of(found, events=events, notice=notice)
    documents = [row for row in checklist(found) if row.given]
    declared = declared_lines(found)
    context = {
        "claim": found,
        "rule": found.rule,
        "marks": marks,
        "is_computing": "computing" in marks,
        "stages": story.stages(found, events, clock),
        "turn": story.turn(found, notice),
        "expectation": story.expectation(found, clock),
        "timeline": story.timeline(found, events, clock),
        "questions": questions_of(found),
        "change_note": change_note(found),
        "failed": failed_payment(found),
        "repayment": repayment_page(found, events),
        "shortage": shortage_note(found),
        "steps": stored_steps(found) if found.payable_cny is not None else [],
        "reasons": stored_reasons(found),
        "settings_used": settings_used(found),
        "declared": declared,
        "is_judged": found.state in _JUDGED_STATES or any(line.differs for line in declared),
        "particulars": particular_lines(found),
        "documents": documents,
        "papers": letters_standing(letters_of_claim(found)),
        "file_count": sum(len(row.given) for row in documents),
        "token": claim_token(found),
        "can_withdraw": found.state in TRANSITIONS["withdraw"].sources,
        "too_late_to_withdraw": found.state == State.FINANCE_REVIEW or found.state in LOCKED_STATES,
        "can_refile": period_for_refiling(found, timezone.localdate()) is not None,
        "can_reconsider": found.state in TRANSITIONS["reconsider"].sources and not found.reconsidered,
        "reconsider_form": form or ReasonForm(),
        "limits": evidence_limits(),
        "refusal": refusal,
    }
    return render(request, "portal/claim.html", context, status=status)


def declared_lines(found):
    """Every declared fact, and the support from other policies, beside what a reviewer verified."""
    if found.submitted_at is None:
        return []
    verified = {row.path: row for row in found.verified_values.filter(lapsed_at=None)}
    lines = [_line(fact, verified.get(fact.path)) for fact in fact_lines(found.rule, found.facts)]
    support = Amount(name=OTHER_SUPPORT, label="已获其他省级支持")
    fact = FactLine(OTHER_SUPPORT, support.label, support, found.other_support_cny)
    return [*lines, _line(fact, verified.get(OTHER_SUPPORT))]


def _line(fact, row):
    declared = value_text(fact.field, _or_zero(fact))
    return DeclaredLine(
        label=fact.label,
        row=fact.row,
        declared=declared,
        verified=value_text(fact.field, row.value) if row else declared,
        reason=row.reason if row else "",
        is_amount=isinstance(fact.field, Amount),
    )


def _or_zero(fact):
    """An amount that was left out counts as 0."""
    return Decimal("0.00") if fact.value is None and isinstance(fact.field, Amount) else fact.value


def particular_lines(found):
    """What was declared beside the facts, as {label, value} or {label, heads, rows}; a cell is (head, text)."""
    lines = []
    for field in found.rule.particulars:
        value = found.particulars.get(field.name)
        if isinstance(field, Rows):
            heads = [part.label for part in field.fields]
            rows = [
                [(part.label, value_text(part, row.get(part.name))) for part in field.fields]
                for row in value or []
            ]
            if rows:
                lines.append({"label": field.label, "heads": heads, "rows": rows})
        elif value not in (None, ""):
            lines.append({"label": field.label, "value": value_text(field, value), "rows": []})
    return lines


@firm_required
@require_POST
def claim_take_back(request, number):
    """Withdraws a claim; the page asked before."""
    found = _claim_of(request, number)
    was_draft = found.state == State.DRAFT
    try:
        claim_withdraw(
            claim_id=found.pk,
            actor=request.user,
            token=request.POST.get("token", ""),
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _page(request, number, refusal=refusal.message, status=409)
    messages.success(request, f"{found.number} {'的草稿已作废' if was_draft else '已撤回'}。")
    return redirect("portal:my_year", found.year)


@firm_required
@require_POST
def claim_refile(request, number):
    """Opens a draft with what a withdrawn claim declared, and its files where they are wanted."""
    found = _claim_of(request, number)
    try:
        draft, created = refile(
            claim_id=found.pk,
            actor=request.user,
            with_files="with_files" in request.POST,
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _page(request, number, refusal=refusal.message, status=409)
    if created:
        messages.success(request, f"已按 {found.number} 的内容建立新的草稿 {draft.number}，请核对后提交。")
    else:
        messages.info(request, f"这个事项已有一件申报 {draft.number}，已为您打开。")
    return redirect("portal:claim_edit" if draft.is_editable else "portal:claim", draft.number)


@firm_required
@require_POST
def claim_reconsider(request, number):
    """Asks for another decision, once."""
    found = _claim_of(request, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, number, form=form, status=422)
    try:
        reconsider(
            claim_id=found.pk,
            actor=request.user,
            token=request.POST.get("token", ""),
            reason=form.cleaned_data["reason"],
            uploads=request.FILES.getlist("files"),
            source_ip=request.META["REMOTE_ADDR"],
        )
    except Refused as refusal:
        return _page(request, number, form=form, refusal=refusal.message, status=409)
    messages.success(request, "复议申请已提交，由另一位审核人员办理。")
    return redirect("portal:claim", found.number)
