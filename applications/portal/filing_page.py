"""What the filing page shows: the form with the official data, evidence and expected amount beside it."""

import re
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from accounts.ui import error_links
from applications.claims import draft_version
from applications.estimate import estimate, official_data, rests_on_official_data
from applications.evidence import checklist, files_to_reuse
from applications.explanations import result_steps
from applications.files import megabytes
from applications.forms.claim_form import draft_form
from applications.lifecycle import claim_token
from applications.models import Event, Platform, State
from applications.sniff import ACCEPTED
from applications.wording import official_lines
from measures import registry
from measures.contract import ContractError
from measures.explanation import reason_text
from measures.money import grouped

_ROW_FIELD = re.compile(r"(\w+)\[(\d+)\]\.(\w+)")


class FilingPage:
    """One rendering of the filing page. `draft` is what was typed, `strict` that a submission is being checked.

    `version` is the saved draft that the page rests on, the newest unless told otherwise.
    """

    def __init__(self, claim, draft, *, strict=False, statement=False, version=None):
        self.version = draft_version(claim) if version is None else version
        self.claim, self.rule, self.draft = claim, claim.rule, draft
        self.is_verified = claim.enterprise.is_verified
        self.source = official_data(claim.enterprise, claim.year)
        self.form = draft_form(
            self.rule,
            self._with_only_choice(draft),
            registers=self.registers,
            strict=strict,
            statement=statement,
        )

    @cached_property
    def registers(self):
        """The firm's own register entries to choose from; none before it has been verified."""
        if not self.is_verified:
            return {}
        # National designations last, so that they replace the provincial ones of the same platform.
        ordered = sorted(self.source.platforms, key=lambda row: row.level == Platform.Level.NATIONAL)
        return {
            "trade_platforms": list({row.number: str(row) for row in ordered}.items()),
            "overseas_warehouses": [(row.number, row.name) for row in self.source.warehouses],
        }

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
        return checklist(self.claim)

    def context(self, *, refusal="", errors=()):
        """Everything that the template asks for. `errors` are lines of the summary, see `error_lines`."""
        self._place_review_notes()
        closes_on = self.claim.period.closing_day(self.claim.enterprise_id)
        return {
            "claim": self.claim,
            "rule": self.rule,
            "period": self.claim.period,
            "closes_on": closes_on,
            "days_left": (closes_on - timezone.localdate()).days,
            "form": self.form,
            "documents": self.documents,
            "reuse": files_to_reuse(self.claim) if self.rule.evidence else [],
            "limits": evidence_limits(),
            "official": self.official,
            "is_verified": self.is_verified,
            "expected": self.expected(),
            "token": claim_token(self.claim),
            "version": self.version,
            "returned": self.returned,
            "errors": errors,
            "errors_title": f"还有 {len(errors)} 处需要处理，才能提交",
            "refusal": refusal,
        }

    def error_lines(self, missing=()):
        """The lines of the error summary in the order of the page: (id to jump to, label, text).

        `missing` are lines about evidence.
        """
        fields = [(link.target, link.label, link.text) for link in error_links(self.form)]
        statement = self.form["statement"].auto_id
        lines = [line for line in fields if line[0] != statement]
        at_end = [(statement, "确认", text) for target, _, text in fields if target == statement]
        for rows in self.form.all_rows:
            lines += _row_error_lines(rows)
        return [*lines, *missing, *at_end]

    @property
    def official(self):
        """Official data as lines, for verified firms alone."""
        if not self.is_verified:
            return []
        return official_lines(self.rule, self.source, self.claim.city or self.claim.enterprise.city)

    @cached_property
    def returned(self):
        """Why the claim came back: reason and the words that belong to no field of the page."""
        if self.claim.state != State.RETURNED:
            return None
        event = Event.objects.filter(claim=self.claim, kind="claim.returned").order_by("pk").last()
        return {"reason": event.data.get("reason", "") if event else "", "others": []}

    def _place_review_notes(self):
        """Puts the reviewer's words at the fields and documents that they are about."""
        if self.returned is None:
            return
        documents = {row.document.code: row for row in self.documents}
        for place, words in self.claim.return_note.get("fields", {}).items():
            target = documents.get(place.removeprefix("ev-")) or self._field_at(place)
            if target is None:
                self.returned["others"].append(words)
            else:
                target.note = words

    def _field_at(self, place):
        match = _ROW_FIELD.fullmatch(place)
        if not match:
            return self.form[place] if place in self.form.fields else None
        rows = self.form.row_sets.get(match[1])
        number = int(match[2])
        row = rows.forms[number] if rows and number < len(rows.forms) else None
        return row[match[3]] if row and match[3] in row.fields else None

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


def _row_error_lines(rows):
    lines = [(f"rows-{rows.prefix}", rows.declared.label, text) for text in rows.non_form_errors()]
    for number, row in enumerate(rows.forms, 1):
        place = f"{rows.declared.row_label} {number}"
        lines += [(link.target, f"{place}，{link.label}", link.text) for link in error_links(row)]
    return lines


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
