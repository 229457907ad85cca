"""What the filing page shows: the form with the official data, evidence and expected amount beside it."""

import secrets
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from accounts.ui import error_links
from applications.claims import draft_version
from applications.correction import opened_of
from applications.drafts import draft_kept
from applications.estimate import estimate, official_data, rests_on_official_data
from applications.evidence import (
    checklist,
    elsewhere_tell,
    evidence_missing,
    has_files_to_reuse,
    needed_tell,
)
from applications.explanations import result_steps
from applications.files import megabytes
from applications.forms.claim_form import SUPPORT_FIELDS, YES, draft_form
from applications.lifecycle import claim_token
from applications.models import Platform, State
from applications.portal.correcting import form_mark, places_on, returned_of, words_by_section
from applications.portal.progress import filing_progress, row_gaps
from applications.portal.turns import office_next
from applications.portal.usual import usual_mark
from applications.sniff import ACCEPTED
from applications.wording import official_lines
from measures import registry
from measures.contract import ContractError
from measures.explanation import reason_text
from measures.money import grouped


class FilingPage:
    """One rendering of the filing page. `draft` is what was typed, `strict` that a submission is being checked.

    `version` is the saved draft that the page rests on, the newest unless told otherwise; `page` names the page, so that
    its own saves are known. What a return has not opened is as it was submitted, whatever was typed.
    """

    def __init__(self, claim, draft, *, strict=False, version=None, page=""):
        self.version = draft_version(claim) if version is None else version
        self.page = page or secrets.token_hex(8)
        self.claim, self.rule, self.draft = claim, claim.rule, draft_kept(claim, draft)
        self.is_verified = claim.enterprise.is_verified
        self.source = official_data(claim.enterprise, claim.year)
        self.opened = opened_of(claim)
        self.form = self._form(strict=strict)

    def _form(self, *, strict):
        draft = self._with_only_choice(self.draft)
        firm = self.claim.enterprise
        form = draft_form(self.rule, draft, registers=self.registers, strict=strict, firm=firm)
        form_mark(form, self.claim, self.opened)
        return form

    @cached_property
    def registers(self):
        """The firm's own register entries to choose from; none before it has been verified."""
        if not self.is_verified:
            return {}
        # National designations last, so that they replace the provincial ones of the same platform.
        ordered = sorted(self.source.platforms, key=lambda row: row.level == Platform.Level.NATIONAL)
        entries = {
            "trade_platforms": list({row.number: str(row) for row in ordered}.items()),
            "overseas_warehouses": [(row.number, row.name) for row in self.source.warehouses],
        }
        return {source: self._with_submitted(source, rows) for source, rows in entries.items()}

    def _with_submitted(self, source, entries):
        """What a returned claim is about stays, though it may have left the register: that is for the reviewer."""
        known = {number for number, _ in entries}
        submitted = [
            self.claim.facts.get(field.name)
            for field in self.rule.facts
            if getattr(field, "source", "") == source
        ]
        return [*entries, *((number, number) for number in submitted if number and number not in known)]

    def _with_only_choice(self, draft):
        """Where the register has a single entry there is nothing to choose."""
        facts = dict(draft.get("facts", {}))
        for field in self.rule.facts:
            entries = self.registers.get(getattr(field, "source", ""), [])
            if len(entries) == 1 and not facts.get(field.name):
                facts[field.name] = entries[0][0]
        return {**draft, "facts": facts}

    @cached_property
    def documents(self):
        """The evidence, one entry for each document."""
        rows = needed_tell(checklist(self.claim), *self.form.declared_so_far())
        return elsewhere_tell(self.claim, rows)

    @cached_property
    def progress(self):
        """What is done and what is missing before the claim can be submitted."""
        form = self.form if self.form.strict else self._form(strict=True)
        found = filing_progress(form=form, documents=self.documents, is_verified=self.is_verified)
        asked = words_by_section(self.claim)
        for section in found.sections:
            if asked[section.key] and not section.gaps:
                section.note = f"审核意见 {asked[section.key]} 条"
        return found

    def context(self, *, refusal="", errors=()):
        """Everything that the template asks for. `errors` are lines of the summary, see `error_lines`."""
        usual_mark(self.form, self.claim, trade=self.source.trade if self.is_verified else {})
        closes_on = self.claim.period.closing_day(self.claim.enterprise_id)
        return {
            "claim": self.claim,
            "rule": self.rule,
            "period": self.claim.period,
            "closes_on": closes_on,
            "days_left": (closes_on - timezone.localdate()).days,
            "form": self.form,
            "documents": self.documents,
            "papers_open": any(not row.closed for row in self.documents),
            "reuse": has_files_to_reuse(self.claim),
            "limits": evidence_limits(),
            "official": self.official,
            "is_verified": self.is_verified,
            "expected": self.expected(),
            "progress": self.progress,
            "token": claim_token(self.claim),
            "version": self.version,
            "page": self.page,
            "returned": self.returned,
            "first_office": office_next(self.claim),
            "conflict": None,
            "other": None,
            "errors": errors,
            "errors_title": f"还有 {len(errors)} 处需要处理，才能提交",
            "refusal": refusal,
        }

    def error_lines(self, missing=()):
        """The lines of the error summary in the order of the page: (id to jump to, label, text).

        `missing` are lines about evidence.
        """
        links = error_links(self.form)
        support = tuple(self.form[name].auto_id for name in SUPPORT_FIELDS)
        last = [link for link in links if link.target.startswith(support)]
        lines = [link for link in links if link not in last]
        for rows in self.form.all_rows:
            lines += row_gaps(rows)
        return [*((link.target, link.label, link.text) for link in [*lines, *last]), *missing]

    def papers_missing(self):
        """The lines of the error summary on evidence that is still to be given."""
        supported = self.form.data.get("other_support") == YES
        facts, particulars = self.form.declared_so_far()
        return [
            (
                f"ev-{document.code}",
                document.label,
                f"还缺 {count} 个文件" if document.min_files > 1 else "尚未上传",
            )
            for document, count in evidence_missing(
                self.claim, facts=facts, particulars=particulars, supported=supported
            )
        ]

    def papers_troubled(self):
        """The lines of the error summary on files that came with the form and were not taken, one for each document."""
        return [
            (f"ev-{row.document.code}", row.document.label, f"{row.question}{row.error}")
            for row in self.documents
            if row.question or row.error
        ]

    @property
    def official(self):
        """Official data as lines, for verified firms alone."""
        if not self.is_verified:
            return []
        return official_lines(self.rule, self.source, self.claim.city or self.claim.enterprise.city)

    @cached_property
    def returned(self):
        """Why the claim came back, and what can be changed; None for one that did not."""
        return returned_of(self.claim, self.opened, placed=places_on(self.form, self.documents))

    def expected(self):
        """What stands beside the form: {state, …}; see templates/portal/parts/estimate.html."""
        if not self.is_verified and rests_on_official_data(self.rule):
            return {"state": "unverified"}
        facts, other_support, left_out = self.form.usable()
        if facts is None:
            return {"state": "incomplete", "left_out": left_out}
        try:
            found = estimate(claim=self.claim, facts=facts, other_support=other_support, source=self.source)
        except ContractError as error:
            return {"state": "incomplete", "left_out": [*left_out, error.message]}
        if found.claim.reasons:
            return self._not_payable(found, facts, left_out)
        return {
            "state": "amount",
            "amount": found.claim.payable,
            "steps": result_steps(found.claim),
            "effects": effects_sentence(found, filed_before=self.claim.state == State.RETURNED),
            "left_out": left_out,
        }

    def _not_payable(self, found, facts, left_out):
        """Nothing filled in yet is not a refusal; all else says why the rule pays nothing."""
        if self.rule.facts and not any(facts.values()):
            return {"state": "incomplete", "left_out": left_out}
        reasons = [reason_text(reason) for reason in found.claim.reasons]
        return {"state": "not_payable", "reasons": reasons, "left_out": left_out}


def effects_sentence(found, *, filed_before):
    """What filing does to the other claims of the year and to its total; "" where it does nothing to either."""
    if len(found.year.claims) == 1 or not (found.effects or found.gain):
        return ""
    changes = [
        f"{effect.item} {registry.item(effect.item).short_title}的应付由 {grouped(effect.before)} 元"
        f"{'减' if effect.after < effect.before else '增'}为 {grouped(effect.after)} 元"
        for effect in found.effects
    ]
    total = f"全年合计{'多' if found.gain >= 0 else '少'}得 {grouped(abs(found.gain))} 元。"
    start = "按改后的内容" if filed_before else "申报本项后"
    return f"{start}，{'，'.join(changes)}。{total}" if changes else f"{start}，{total}"


def evidence_limits():
    """What may be uploaded, told before anything is chosen."""
    return {
        "kinds": ACCEPTED,
        "bytes": settings.EVIDENCE_MAX_BYTES,
        "megabytes": megabytes(settings.EVIDENCE_MAX_BYTES),
        "files": settings.EVIDENCE_MAX_FILES,
    }
