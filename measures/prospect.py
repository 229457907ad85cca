"""What official data alone say about each item for one firm and year: payable, likely, or nothing."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from measures.case import Case, ClaimInput, Enterprise
from measures.declaration import register_fact
from measures.evaluation import context_of, evaluate
from measures.item import Context, Item
from measures.money import ZERO
from measures.official import FIGURE, MARK
from measures.record import Record
from measures.reference import ReferenceData
from measures.registry import ITEMS
from measures.result import Statement


class Prospect(Record, frozen=True):
    """One item that official data open.

    A *certain* one needs no word of the firm: `amount` is what it pays by itself, in yuan, before the combined limit, and
    `facts` are those of the claim. A likely one meets every condition that official data decide; what it pays depends
    on what is `wanted` of the firm. `lifetime_subject` is None for what is not paid once for ever.
    """

    item: str
    certain: bool
    grounds: tuple[Statement, ...]
    wanted: tuple[Statement, ...] = ()
    amount: Decimal | None = None
    facts: Mapping[str, Any] = {}
    lifetime_subject: str | None = None

    @property
    def subject(self) -> str:
        """Return what a claim for it is about, as claims name it; "" for the firm itself."""
        return ITEMS[self.item].subject(self.facts, {})


def prospects(case: Case, reference: ReferenceData) -> list[Prospect]:
    """Find what the official data of a case open, whatever its claims; past awards bar what is paid once for ever.

    Items stand in the order of the policy, entries of a register in that of the register.
    """
    context = context_of(case, reference)
    found: list[Prospect] = []
    for item in ITEMS.values():
        if item.support or any(item.official_conditions(context)):
            continue
        found += _certain(item, case, reference) if item.prepared else _likely(item, context)
    return found


def prepared_facts(item: Item, enterprise: Enterprise) -> list[dict[str, str]]:
    """Return the facts of every claim that a prepared item makes possible: one for each entry of its register."""
    fact = register_fact(item.facts)
    return [{}] if fact is None else [{fact.name: entry} for entry in enterprise.entries(fact.source)]


def _certain(item: Item, case: Case, reference: ReferenceData) -> Iterable[Prospect]:
    for facts in prepared_facts(item, case.enterprise):
        claim = ClaimInput(id="", item=item.code, facts=facts)
        (result,) = evaluate(replace(case, claims=(claim,)), reference).claims
        if result.reasons:
            continue
        computed, capped = result.steps[:2]
        is_cut = result.capped < result.computed
        yield Prospect(
            item=item.code,
            certain=True,
            grounds=tuple(
                Statement(step.template, step.params) for step in (computed, *([capped] if is_cut else []))
            ),
            amount=result.capped,
            facts=facts,
            lifetime_subject=item.lifetime_subject(facts, case.enterprise),
        )


def _likely(item: Item, context: Context) -> Iterable[Prospect]:
    grounds = tuple(_grounds(item, context))
    if grounds:
        yield Prospect(item.code, certain=False, grounds=grounds, wanted=tuple(item.wanted(context)))


def _grounds(item: Item, context: Context) -> Iterable[Statement]:
    """Yield what speaks for the item: figures above 0, and marks that the firm bears.

    Settings concern everybody, and a figure of 0 opens nothing by itself: who exports nothing insures no exports.
    """
    for official in item.official:
        if official.kind == FIGURE and (value := context.figure(official) or ZERO) > ZERO:
            params = {
                "name": official.name,
                "year": context.year - official.years_back,
                "value": value,
                "least": official.least,
                "most": official.most,
            }
            yield Statement("figure", params)
        elif official.kind == MARK and getattr(context.enterprise, official.name) is True:
            yield Statement("mark", {"name": official.name})
