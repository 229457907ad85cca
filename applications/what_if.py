"""What claims that have not been filed would really add to an enterprise's year, before anything is filed.

A what-if over the year's claims that stores nothing: each draft and each prepared item filed alone, and all of them together.
"""

from dataclasses import dataclass, field, replace
from decimal import Decimal

from applications.estimate import Estimate, estimate_of, gain_words, rests_on_official_data
from applications.forms.claim_form import draft_form
from applications.models import Claim, Platform
from applications.offers import Offer
from applications.settlement.case_builder import case_build, claim_input
from measures.case import ClaimInput
from measures.contract import ContractError, parse_facts
from measures.evaluation import evaluate
from measures.item import Item
from measures.money import ZERO
from measures.result import CaseResult, ClaimResult

UNVERIFIED = "企业核验通过后，这里会显示预计金额。"
NOTHING_TYPED = "还没有填写费用或数额，暂时不能测算。"
INCOMPLETE = "必填的内容还没有填全，暂时不能测算。"


@dataclass(frozen=True)
class Further:
    """One claim that is not filed yet: a draft, or a prepared item that waits for one confirmation.

    `about` is what it is about, "" for the enterprise itself; `estimate` what filing it alone would do, None where
    that cannot be told; `why` says why it adds nothing, or less or more than its own amount.
    """

    id: str
    item: Item
    about: str = ""
    draft: Claim | None = None
    offer: Offer | None = None
    estimate: Estimate | None = None
    why: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def own(self) -> Decimal | None:
        """What the claim comes to by itself, before the limit, yuan; None where that cannot be told."""
        return self.estimate.claim.after_overlap if self.estimate else None

    @property
    def cut(self) -> Decimal | None:
        """What the limit would take from it if it were filed alone, yuan."""
        return self.own - self.estimate.claim.payable if self.estimate else None

    @property
    def gain(self) -> Decimal | None:
        """What the whole year would gain, yuan."""
        return self.estimate.gain if self.estimate else None

    @property
    def is_worth_filing(self) -> bool:
        """Whether the year would gain anything."""
        return bool(self.estimate and self.estimate.gain > ZERO)


@dataclass(frozen=True)
class WhatIf:
    """The year as it is filed, and the year with everything that can still be filed.

    `further` has what adds most first, then what adds nothing, then what cannot be told yet; `inputs` are the claims of
    the whole.
    """

    filed: CaseResult
    whole: CaseResult
    further: tuple[Further, ...] = ()
    inputs: tuple[ClaimInput, ...] = field(default=(), repr=False)

    @property
    def gain(self) -> Decimal:
        """What the year would gain if everything were filed, yuan."""
        return self.whole.total - self.filed.total

    def result_of(self, further) -> ClaimResult | None:
        """What a claim comes to if everything is filed; None where that cannot be told."""
        return next((each for each in self.whole.claims if each.id == further.id), None)


def what_if(*, source, drafts, offered):
    """The WhatIf of a year. `source` is the YearInput with its claims that count and all past awards.

    `drafts` are claims that can still be submitted, `offered` the Offers of prepared items. Needs no query.
    """
    stored = tuple(claim_input(claim) for claim in source.claims)
    now = evaluate(case_build(source, stored), source.reference)
    registers = register_choices(source)
    # A draft may have been submitted on another screen since it was read.
    counted = {claim.pk for claim in source.claims}
    found = [_of_draft(source, claim, registers) for claim in drafts if claim.pk not in counted]
    found += [_of_offer(number, offer) for number, offer in enumerate(offered)]
    further = [_judged(source, stored, now, one, given) for one, given in found]
    adding = tuple(
        given for (_, given), one in zip(found, further, strict=True) if one.estimate and one.own > ZERO
    )
    whole = evaluate(case_build(source, stored + adding), source.reference) if adding else now
    further.sort(key=lambda one: (one.estimate is None, -(one.gain or ZERO), -(one.own or ZERO)))
    return WhatIf(now, whole, tuple(further), stored + adding)


def register_choices(source):
    """The enterprise's own register entries to choose from, {register: [(number, words)]}; none before it is verified."""
    if not source.row.enterprise.is_verified:
        return {}
    # National designations last, so that they replace the provincial ones of the same platform.
    ordered = sorted(source.platforms, key=lambda row: row.level == Platform.Level.NATIONAL)
    return {
        "trade_platforms": list({row.number: str(row) for row in ordered}.items()),
        "overseas_warehouses": [(row.number, row.name) for row in source.warehouses],
    }


def _of_draft(source, claim, registers):
    """(Further, ClaimInput) of a draft as typed so far; no input where nothing can be computed."""
    rule, about = claim.rule, claim.subject.replace("|", " ")
    one = Further(id=str(claim.pk), item=rule, about=about, draft=claim)
    if not source.row.enterprise.is_verified and rests_on_official_data(rule):
        return replace(one, why=(UNVERIFIED,)), None
    facts, support, left_out = draft_form(rule, claim.draft, registers=registers).usable()
    if facts is None:
        return replace(one, why=(INCOMPLETE,)), None
    if rule.facts and not any(facts.values()):
        return replace(one, why=(NOTHING_TYPED,)), None
    try:
        parsed = parse_facts(rule, facts)
    except ContractError as error:
        return replace(one, why=(error.message,)), None
    given = ClaimInput(id=one.id, item=rule.code, facts=parsed, other_support=support)
    return replace(one, left_out=tuple(left_out)), given


def _of_offer(number, offer):
    one = Further(id=f"offer {number}", item=offer.item, about=offer.entry, offer=offer)
    return one, ClaimInput(id=one.id, item=offer.item.code, facts=parse_facts(offer.item, offer.facts))


def _judged(source, stored, now, one, given):
    """The Further with what filing it alone would do."""
    if given is None:
        return one
    then = evaluate(case_build(source, (*stored, given)), source.reference)
    found = estimate_of(source.claims, now, then, then.claims[-1])
    return replace(one, estimate=None if found.claim.reasons else found, why=gain_words(found))
