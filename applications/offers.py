"""What prepared items would bring an enterprise: a what-if over its year, from official data alone."""

from dataclasses import dataclass
from decimal import Decimal

from applications.estimate import official_data
from applications.models import Claim
from applications.models.states import LIVE_STATES
from applications.settlement.case_builder import case_build, claim_input
from applications.settlement.load import claims_load, past_awards_load
from measures import reasons, registry
from measures.case import ClaimInput
from measures.contract import parse_facts
from measures.declaration import RegisterChoice
from measures.evaluation import evaluate
from measures.explanation import reason_text
from measures.item import Item
from measures.money import ZERO

LIMIT_USED_UP = "符合条件，但年度总额度已由其他申报用完，现在申报可得 0.00 元。"
#: The what-if claim; stored claims go by their numbers in the database.
_OFFERED = "offered"


@dataclass(frozen=True)
class Offer:
    """What filing a prepared item now would bring: its own amount and that of the whole year, yuan; or why nothing."""

    item: Item
    payable: Decimal = ZERO
    gain: Decimal = ZERO
    reasons: tuple[str, ...] = ()


def offers(*, enterprise, year, claims):
    """{code: Offer} of the prepared items; nothing for an enterprise that has not been verified.

    `claims` are the enterprise's claims of the year: what a live one is about is not offered again. Of several entries
    of a register the one that brings most counts. The number of queries does not grow with claims or entries.
    """
    if not enterprise.is_verified:
        return {}
    source = official_data(enterprise, year)
    inputs = {(enterprise.pk, year): source}
    claims_load(inputs)
    stored = [claim_input(claim) for claim in source.claims]
    candidates = _candidates(source, claims)
    source.claims += [Claim(item=code, subject=subject) for code, subject, _ in candidates]
    past_awards_load(inputs)
    now = evaluate(case_build(source, stored), source.reference)
    found = {}
    for code, _, facts in candidates:
        offer = _offer(source, stored, now, code, facts)
        if code not in found or found[code].payable < offer.payable:
            found[code] = offer
    return {code: found.get(code) or _nothing_to_offer(source, item) for code, item in _prepared()}


def _prepared():
    return [(code, item) for code, item in registry.ITEMS.items() if item.prepared]


def _candidates(source, claims):
    """(code, subject, facts) for everything of prepared items that no live claim is about; drafts without one count not."""
    taken = {(claim.item, claim.subject) for claim in claims if claim.state in LIVE_STATES and claim.subject}
    found = []
    for code, item in _prepared():
        choice = _choice(item)
        for entry in _entries(source, choice) if choice else [""]:
            if (code, entry) not in taken:
                found.append((code, entry, {choice.name: entry} if choice else {}))
    return found


def _choice(item):
    """The fact in which a register entry is chosen; None where the item is about the enterprise itself."""
    return next((field for field in item.facts if isinstance(field, RegisterChoice)), None)


def _entries(source, choice):
    """The numbers of the enterprise's entries of a register, each once."""
    rows = {"trade_platforms": source.platforms, "overseas_warehouses": source.warehouses}[choice.source]
    return list(dict.fromkeys(row.number for row in rows))


def _offer(source, stored, now, code, facts):
    item = registry.item(code)
    offered = ClaimInput(id=_OFFERED, item=code, facts=parse_facts(item, facts))
    then = evaluate(case_build(source, [*stored, offered]), source.reference)
    own = then.claims[-1]
    if own.reasons:
        return Offer(item, reasons=tuple(reason_text(reason) for reason in own.reasons))
    if not own.payable:
        return Offer(item, reasons=(LIMIT_USED_UP,))
    return Offer(item, payable=own.payable, gain=then.total - now.total)


def _nothing_to_offer(source, item):
    """No entry of the register is left: there is none, or all are claimed."""
    choice = _choice(item)
    if _entries(source, choice):
        return Offer(item, reasons=(f"名单上的{choice.label}都已申报。",))
    return Offer(item, reasons=(reason_text(reasons.not_on_register(choice.source)),))
