"""How far a firm's customs figures are from the next award of an item, found through the evaluation itself.

Two kinds of items have a next step. A *prepared* one pays by official figures alone: its step is the smallest figure at
which it pays more than now. Any other item that a least figure opens has its step there; what it then pays, only the
enterprise's own costs tell. A figure of 0 is no beginning, and a missing one is not zero: from neither is a step told.

Whoever calls decides which figures the case holds: official ones, or provisional ones, which serve this and no award.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from msgspec.structs import replace

from measures.case import NO_FIGURES, Case, ClaimInput
from measures.declaration import register_fact
from measures.evaluation import context_of, evaluate
from measures.item import Item
from measures.money import FEN, ZERO
from measures.official import FIGURE
from measures.record import Record
from measures.reference import ReferenceData
from measures.registry import ITEMS
from measures.result import CaseResult, ClaimResult

#: Figures are below this many yuan (or US dollars).
LARGEST = Decimal("9999999999999.99")
_PROBE = "next step"


class Award(Record, frozen=True):
    """What a step of a prepared item brings, in yuan.

    `now` and `then` are what the claim comes to by itself, after its cap and before the combined limit; `payable` is what
    the claim would get under the limit at the step, and `gain` by how much the year's total rises. `limit_now` and
    `limit_then` are the year's limit. All but `now` and `then` take the case's other claims into account, and the
    item's own as filed.
    """

    now: Decimal
    then: Decimal
    payable: Decimal
    gain: Decimal
    limit_now: Decimal
    limit_then: Decimal

    @property
    def more(self) -> Decimal:
        """Return by how much the claim by itself rises."""
        return self.then - self.now


class NextStep(Record, frozen=True):
    """The next award of one item.

    The figures of `names`, any one of them, must grow together by `distance`, from `value` (their sum) to `target`, in
    `year`; yuan, or US dollars for a figure in dollars. `claim_year` is the year that the claim is about: the year after,
    where an item asks for last year's figure. `award` is None where the amount rests on what the enterprise declares.
    """

    item: str
    names: tuple[str, ...]
    year: int
    claim_year: int
    value: Decimal
    distance: Decimal
    award: Award | None = None

    @property
    def target(self) -> Decimal:
        """Return the sum of the figures at which the step is reached."""
        return self.value + self.distance


def next_steps(case: Case, reference: ReferenceData) -> list[NextStep]:
    """Find the next step of every item that has one, in the order of the policy; `case.claims` are the year's.

    An item that is claimed already is judged as filed, any other as if it were filed last. A locked claim has no next
    step: nothing changes it.
    """
    found: list[NextStep] = []
    for item in ITEMS.values():
        if item.prepared and register_fact(item.facts) is None:
            found += _rising(item, case, reference)
        elif not item.support:
            found += _opening(item, case, reference)
    return found


# --- Items that pay by official figures alone ----------------------------------------------------


def _rising(item: Item, case: Case, reference: ReferenceData) -> Iterable[NextStep]:
    """Yield the step of a prepared item: one, where several figures do the same."""
    own = next((claim for claim in case.claims if claim.item == item.code), None)
    if own is not None and own.locked is not None:
        return
    names = tuple(
        official.name for official in item.official if official.kind == FIGURE and not official.years_back
    )
    value = _sum(case, names)
    if value is None or value <= ZERO:
        return
    alone = replace(case, claims=(ClaimInput(id=_PROBE, item=item.code, facts={}),))

    def amount(name: str, more: Decimal) -> Decimal:
        return evaluate(_grown(alone, name, more), reference).claims[0].capped

    now = amount(names[0], ZERO)
    reached = {name: _least(case, name, lambda more, name=name: amount(name, more) > now) for name in names}
    for distance in sorted({each for each in reached.values() if each is not None})[:1]:
        nearest = tuple(name for name in names if reached[name] == distance)
        then = amount(nearest[0], distance)
        yield NextStep(
            item=item.code,
            names=nearest,
            year=case.year,
            claim_year=case.year,
            value=_sum(case, nearest) or ZERO,
            distance=distance,
            award=_award(item, case, nearest[0], distance, (now, then), reference),
        )


def _award(
    item: Item,
    case: Case,
    name: str,
    distance: Decimal,
    amounts: tuple[Decimal, Decimal],
    reference: ReferenceData,
) -> Award:
    """Evaluate the whole year with the item claimed, as the figures are and at the step."""
    if all(claim.item != item.code for claim in case.claims):
        case = replace(case, claims=(*case.claims, ClaimInput(id=_PROBE, item=item.code, facts={})))
    before = evaluate(case, reference)
    after = evaluate(_grown(case, name, distance), reference)
    return Award(
        now=amounts[0],
        then=amounts[1],
        payable=_of_item(after, item).payable,
        gain=after.total - before.total,
        limit_now=before.limit,
        limit_then=after.limit,
    )


def _of_item(result: CaseResult, item: Item) -> ClaimResult:
    return next(claim for claim in result.claims if claim.item == item.code)


# --- Items that a least figure opens -------------------------------------------------------------


def _opening(item: Item, case: Case, reference: ReferenceData) -> Iterable[NextStep]:
    """Yield the step at which the official figures of this year open an item, this year's or the next year's."""
    for official in item.bounded:
        if official.least is None:
            continue
        claim_year = case.year + official.years_back
        value = _sum(case, (official.name,))
        if value is None or not ZERO < value < official.least:
            continue

        def opens(more: Decimal, name: str = official.name, year: int = claim_year) -> bool:
            context = context_of(replace(_grown(case, name, more), year=year), reference)
            return not any(item.official_conditions(context))

        distance = _least(case, official.name, opens)
        if distance is not None:
            yield NextStep(
                item=item.code,
                names=(official.name,),
                year=case.year,
                claim_year=claim_year,
                value=value,
                distance=distance,
            )


# --- The search ----------------------------------------------------------------------------------


def _sum(case: Case, names: Iterable[str]) -> Decimal | None:
    """Add up figures of the case's year; None where one is missing."""
    figures = case.trade.get(case.year, NO_FIGURES)
    values = [getattr(figures, name) for name in names]
    return None if None in values else sum(values, ZERO)


def _grown(case: Case, name: str, more: Decimal) -> Case:
    """Return the case with one of its year's figures larger."""
    figures = case.trade[case.year]
    trade: Mapping = {**case.trade, case.year: replace(figures, **{name: getattr(figures, name) + more})}
    return replace(case, trade=trade)


def _least(case: Case, name: str, reached: Callable[[Decimal], bool]) -> Decimal | None:
    """Return by how much a figure must grow, to the fen, until something holds; None where it never does.

    No award falls while a figure grows, so that halving the distance finds the first fen. Doubling it before keeps the
    search as short as the step is near.
    """
    most = int((LARGEST - getattr(case.trade[case.year], name)) / FEN)
    low, high = 0, 1
    while high < most and not reached(high * FEN):
        low, high = high, high * 2
    high = min(high, most)
    if not reached(high * FEN):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        if reached(middle * FEN):
            high = middle
        else:
            low = middle
    return high * FEN
