"""What a claim would bring if it were filed as typed: a what-if over the whole year that stores nothing."""

import copy
from dataclasses import dataclass
from decimal import Decimal

from applications.facts import OTHER_SUPPORT, value_at
from applications.models import EnterpriseYear
from applications.settlement.case_builder import case_build
from applications.settlement.load import YearInput, claims_load, past_awards_load, years_load_official
from measures.evaluation import evaluate
from measures.explanation import reason_text, step_text
from measures.money import grouped, in_wan
from measures.official import FIGURE, MARK, REGISTER
from measures.registry import ITEMS
from measures.result import CaseResult, ClaimResult

#: Official data about a firm, which it sees only once it has been verified; settings are public.
ABOUT_THE_FIRM = frozenset({FIGURE, REGISTER, MARK})


@dataclass(frozen=True)
class Effect:
    """What filing does to another claim of the year, yuan."""

    number: str
    item: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Estimate:
    """What the claim would come to, beside what the year comes to without it."""

    claim: ClaimResult
    year: CaseResult
    gain: Decimal
    effects: tuple[Effect, ...]


def rests_on_official_data(rule):
    """Whether the item's amount tells something about the firm that only official data know."""
    return any(official.kind in ABOUT_THE_FIRM for official in rule.official)


def official_data(enterprise, year, *, computing=True):
    """Everything official about an enterprise for a year, as a YearInput without claims; `computing` as loading has it."""
    (source,) = year_sources(enterprise, (year,), computing=computing)
    return source


def year_sources(enterprise, years, *, computing=True):
    """`official_data` for several years, with as many queries as for one."""
    sources = [YearInput(EnterpriseYear(enterprise=enterprise, year=year)) for year in years]
    years_load_official(sources, computing=computing)
    return sources


def estimate(*, claim, facts, other_support, source):
    """The Estimate of a draft or returned claim with the facts as typed.

    `facts` is JSON data of the contract, yuan; `source` comes from `official_data` for the claim's firm and year. A
    draft takes the last place in the order of filing, a returned claim keeps its own; a verified value stands as long
    as the value that was declared does. Raises ContractError where the facts cannot be computed with.
    """
    inputs = {(claim.enterprise_id, claim.year): source}
    source.claims = []
    claims_load(inputs)
    past_awards_load(inputs)
    now = evaluate(case_build(source), source.reference)
    source.claims = _with(source.claims, _as_typed(claim, facts, other_support, source.claims))
    past_awards_load(inputs)
    then = evaluate(case_build(source), source.reference)
    own = next(each for each in then.claims if each.id == str(claim.pk))
    return estimate_of(source.claims, now, then, own)


def _as_typed(claim, facts, other_support, stored):
    typed = copy.copy(claim)
    typed.facts, typed.other_support_cny = facts, other_support
    typed.subject = claim.rule.subject(facts, claim.draft.get("particulars", {}))[:200]
    verified = next((each.verified for each in stored if each.pk == claim.pk), {})
    typed.verified = {
        path: value for path, value in verified.items() if _declared(claim, path) == _declared(typed, path)
    }
    return typed


def _declared(claim, path):
    return claim.other_support_cny if path == OTHER_SUPPORT else value_at(claim.facts, path)


def _with(stored, typed):
    """The stored claims with the typed one in its place; last, unless it counts already (a draft may have been
    submitted on another screen since it was read)."""
    if all(each.pk != typed.pk for each in stored):
        return [*stored, typed]
    return [typed if each.pk == typed.pk else each for each in stored]


def estimate_of(claims, now, then, own):
    """The Estimate of one claim's result: the year with it beside the year as it is now; `claims` are the stored ones."""
    return Estimate(
        claim=own, year=then, gain=then.total - now.total, effects=_effects(claims, now, then, own.id)
    )


def _effects(claims, now, then, own):
    before = {each.id: each.payable for each in now.claims}
    numbers = {str(each.pk): each.number for each in claims}
    return tuple(
        Effect(numbers[each.id], each.item, before[each.id], each.payable)
        for each in then.claims
        if each.id != own and before[each.id] != each.payable
    )


def gain_words(found):
    """Why filing adds nothing to the year, or another sum than the claim's own, as sentences; none where it adds just that.

    A claim's own sum is what it comes to before the combined limit.
    """
    own, year = found.claim, found.year
    if own.reasons:
        return tuple(reason_text(reason) for reason in own.reasons)
    if not own.after_overlap:
        return (step_text(own.steps[1] if not own.capped else own.steps[2]),)
    if found.gain == own.after_overlap:
        return ()
    if found.gain > own.after_overlap:
        return (f"申报后总额度升到 {in_wan(year.limit)}，其他申报因此少被削减。",)
    limit = f"总额度 {in_wan(year.limit)}由 {_setter(year)}决定"
    if found.gain > 0:
        return (f"{limit}，只剩 {grouped(found.gain)} 元可用。",)
    taken = f"本项可得 {grouped(own.payable)} 元，但其他申报要相应减少，" if own.payable else ""
    return (f"{limit}，已经用完；本项上限 {in_wan(own.ceiling)}，不能提高总额度。{taken}全年合计不增加。",)


def _setter(year):
    """The item whose ceiling is the limit, and what it is called."""
    code = next(claim.item for claim in year.claims if claim.id == year.limit_claim)
    return f"{code} {ITEMS[code].short_title}"
