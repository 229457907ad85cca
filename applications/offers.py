"""What official data open for an enterprise: prepared items as what-ifs over its year, and items that are likely."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.estimate import Estimate, estimate_of, gain_words, official_data
from applications.matching.entries import entry_in_force
from applications.models import Claim
from applications.models.states import LIVE_STATES, State
from applications.settlement.case_builder import case_build, claim_input, enterprise_build
from applications.settlement.load import YearInput, claims_load, past_awards_load
from measures import reasons, registry
from measures.case import ClaimInput
from measures.contract import parse_facts
from measures.declaration import register_fact
from measures.evaluation import context_of, evaluate
from measures.explanation import reason_text
from measures.item import Item
from measures.money import ZERO
from measures.prospect import prepared_facts, prospects
from measures.prospect_sentences import statement_texts
from measures.result import CaseResult

#: The what-if claim; stored claims go by their numbers in the database.
_OFFERED = "offered"
#: Where what speaks for an item comes from.
_SOURCES = {"figure": "海关统计", "mark": "官方名单"}


@dataclass(frozen=True)
class Offer:
    """What filing a prepared item for one subject now would bring, or why nothing.

    `entry` is what the register calls the subject, "" where the item is about the enterprise itself. `estimate` is None
    where the item is not payable; `reasons` say why it is not, or why the limit leaves nothing.
    """

    item: Item
    facts: dict = field(default_factory=dict)
    entry: str = ""
    estimate: Estimate | None = None
    reasons: tuple[str, ...] = ()

    @property
    def subject(self):
        """What the claim would be about, as claims name it."""
        return self.item.subject(self.facts, {})

    @property
    def payable(self) -> Decimal:
        """What the claim would be paid under the limit, yuan."""
        return self.estimate.claim.payable if self.estimate else ZERO

    @property
    def gain(self) -> Decimal:
        """What the whole year would gain, yuan."""
        return self.estimate.gain if self.estimate else ZERO


@dataclass(frozen=True)
class Likely:
    """An item that the enterprise may be entitled to, as far as official data tell: where they come from, what they say,
    and what only the enterprise can say."""

    item: Item
    sources: str
    grounds: tuple[str, ...]
    wanted: tuple[str, ...]


@dataclass
class YearOffers:
    """What official data open in an enterprise's year; empty for an enterprise that has not been verified."""

    #: Code → offers of a prepared item, the best first; never empty.
    prepared: dict[str, list[Offer]] = field(default_factory=dict)
    likely: dict[str, Likely] = field(default_factory=dict)
    #: Code → why official data bar an item, whatever the enterprise would declare; prepared items are not among them.
    barred: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: What has been filed comes to.
    filed: CaseResult | None = None
    source: YearInput | None = None

    def best(self, code):
        """The offer of an item that brings most; None where the item is not prepared."""
        return next(iter(self.prepared.get(code, [])), None)

    def offer(self, code, subject):
        """The offer of an item for a subject that would bring money; None where there is none."""
        found = (offer for offer in self.prepared.get(code, []) if offer.subject == subject and offer.payable)
        return next(found, None)


def offers(*, enterprise, year, claims, source=None):
    """What official data open for the enterprise; nothing before it has been verified.

    `claims` are the enterprise's claims of the year: what a live one is about is not offered again. `source` is the
    enterprise's `official_data` of the year where the caller has it; it leaves with the claims that count and with the past
    awards of everything that could be claimed. The number of queries does not grow with claims or entries of registers.
    """
    if not enterprise.is_verified:
        return YearOffers()
    source = source or official_data(enterprise, year)
    inputs = {(enterprise.pk, year): source}
    claims_load(inputs)
    counted = source.claims
    stored = [claim_input(claim) for claim in counted]
    candidates = _candidates(source, claims)
    source.claims = [
        *counted,
        *(claim for claim in claims if claim.state == State.DRAFT),
        *(Claim(item=item.code, subject=item.subject(facts, {})) for item, facts in candidates),
    ]
    past_awards_load(inputs)
    source.claims = counted
    now = evaluate(case_build(source, stored), source.reference)
    prepared = {item.code: [] for item in registry.ITEMS.values() if item.prepared}
    for item, facts in candidates:
        prepared[item.code].append(_offer(source, stored, now, item, facts))
    for code, found in prepared.items():
        found.sort(key=lambda offer: -offer.payable)
        if not found:
            found.append(_nothing_to_offer(source, registry.item(code)))
    return YearOffers(prepared, _likely(source), _barred(source), now, source)


def _candidates(source, claims):
    """(item, facts) for everything of prepared items that no live claim is about; drafts without a subject count not."""
    taken = {(claim.item, claim.subject) for claim in claims if claim.state in LIVE_STATES and claim.subject}
    enterprise = enterprise_build(source)
    return [
        (item, facts)
        for item in registry.ITEMS.values()
        if item.prepared
        for facts in prepared_facts(item, enterprise)
        if (item.code, item.subject(facts, {})) not in taken
    ]


def _offer(source, stored, now, item, facts):
    entry = entry_in_force(source, item.code, item.subject(facts, {}))
    offered = ClaimInput(id=_OFFERED, item=item.code, facts=parse_facts(item, facts))
    then = evaluate(case_build(source, [*stored, offered]), source.reference)
    own, about = then.claims[-1], {"item": item, "facts": facts, "entry": str(entry or "")}
    if own.reasons:
        return Offer(**about, reasons=tuple(reason_text(reason) for reason in own.reasons))
    found = estimate_of(source.claims, now, then, own)
    return Offer(**about, estimate=found, reasons=() if own.payable else gain_words(found))


def _nothing_to_offer(source, item):
    """No entry of the register is left: there is none, or all are claimed."""
    fact = register_fact(item.facts)
    if enterprise_build(source).entries(fact.source):
        return Offer(item, reasons=(f"名单上的{fact.label}都已申报。",))
    return Offer(item, reasons=(reason_text(reasons.not_on_register(fact.source)),))


def _likely(source):
    found = prospects(case_build(source, claims=()), source.reference)
    return {one.item: _likely_one(one) for one in found if not one.certain}


def _barred(source):
    """The items that need the enterprise's word and that official data bar all the same, each with its reasons."""
    context = context_of(case_build(source, claims=()), source.reference)
    found = {
        item.code: tuple(reason_text(reason) for reason in item.official_conditions(context))
        for item in registry.ITEMS.values()
        if not item.support and not item.prepared
    }
    return {code: texts for code, texts in found.items() if texts}


def _likely_one(prospect):
    kinds = {ground.template for ground in prospect.grounds}
    return Likely(
        item=registry.item(prospect.item),
        sources="和".join(words for kind, words in _SOURCES.items() if kind in kinds),
        grounds=tuple(statement_texts(prospect.grounds)),
        wanted=tuple(statement_texts(prospect.wanted)),
    )
