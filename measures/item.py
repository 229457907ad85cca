"""What an item of the policy is: its declarations, its conditions, and its amount; and what a measure is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from measures import reasons
from measures.case import Enterprise, Settings, TradeYear
from measures.contradictions import Check
from measures.declaration import Evidence, Field
from measures.money import ZERO, round_down
from measures.official import Official
from measures.record import Record
from measures.reference import ReferenceData
from measures.result import REASON_CODES, Reason, Statement
from measures.thresholds import Threshold

PROVINCE = "province"
CITY = "city"

_REASON_ORDER = {code: position for position, code in enumerate(REASON_CODES)}


class Context(Record, frozen=True):
    """What a rule may look at besides the facts of its own claim.

    `this_year` and `last_year` are the trade figures of the claim's year and of the year before it; `past_awards` are
    pairs of item and lifetime subject.
    """

    year: int
    enterprise: Enterprise
    this_year: TradeYear
    last_year: TradeYear
    settings: Settings
    past_awards: frozenset[tuple[str, str]]
    reference: ReferenceData

    def figure(self, official: Official) -> Decimal | None:
        """Return a declared figure, in yuan or US dollars; None where it is missing."""
        return getattr(self.last_year if official.years_back else self.this_year, official.name)


class Award(Record, frozen=True):
    """What an item's formula gives before rounding, in yuan, with the template and numbers that explain it."""

    amount: Decimal
    template: str
    params: Mapping[str, Any]


class Outcome(Record, frozen=True):
    """What an item says about one claim: either reasons, or an amount with its cap (None: no cap is stated).

    `measured` is what a support item measures instead of paying.
    """

    reasons: tuple[Reason, ...] = ()
    computed: Decimal = ZERO
    cap: Decimal | None = None
    template: str = ""
    params: Mapping[str, Any] | None = None
    measured: Mapping[str, Any] | None = None


class Item:
    """One item that an enterprise can claim. Each item is a class; the registry holds one instance of each.

    `official` lists the official figures, registers and settings that the rule takes, figures with the bounds that
    open the item (`bounded`), `contradictions` how official data can contradict what is declared, for people to look at. `prepared` items need
    nothing but official data, so that a claim can be made ready without a form. `sole_fact` names the fact that
    a year's only claim is about ("" for the enterprise itself), None where an item may be claimed several times.
    `once_for_ever` items are never paid twice for the same subject; `past_award_keys` is what names an earlier award
    of theirs. Items with the same `shared_cap` share `CAP`
    over all their claims of a year, and
    `shared_cap_label` says who shares it; every other cap binds each claim by itself.
    """

    code: ClassVar[str]
    title: ClassVar[str]
    short_title: ClassVar[str]
    payer: ClassVar[str | None] = PROVINCE
    facts: ClassVar[tuple[Field, ...]] = ()
    particulars: ClassVar[tuple[Field, ...]] = ()
    evidence: ClassVar[tuple[Evidence, ...]] = ()
    official: ClassVar[tuple[Official, ...]] = ()
    bounded: ClassVar[tuple[Official, ...]] = ()
    contradictions: ClassVar[tuple[Check, ...]] = ()
    support: ClassVar[bool] = False
    prepared: ClassVar[bool] = False
    once_for_ever: ClassVar[bool] = False
    past_award_keys: ClassVar[tuple[str, ...]] = ()
    sole_fact: ClassVar[str | None] = None
    payee_fields: ClassVar[tuple[str, ...]] = ()
    shared_cap: ClassVar[str | None] = None
    shared_cap_label: ClassVar[str] = "本项"
    CAP: ClassVar[Decimal | None] = None
    cap_description: ClassVar[str] = "政策没有规定上限。"
    cap_clause: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.bounded = tuple(official for official in cls.official if official.is_bounded)

    def official_conditions(self, context: Context) -> Iterable[Reason]:
        """Yield a reason for every condition that official data alone decide and that does not hold.

        These are the bounds of the declared figures, unless an item asks for more.
        """
        for official in self.bounded:
            value, year = context.figure(official), context.year - official.years_back
            if value is None:
                yield reasons.figures_missing((official.name, year))
            elif official.least is not None and value < official.least:
                yield reasons.below_threshold(year, (official.name, value, official.least))
            elif official.most is not None and value > official.most:
                yield reasons.above_threshold(year, official.name, value, official.most)

    def thresholds(self, facts: Mapping[str, Any], context: Context) -> Iterable[Threshold]:
        """Yield every quantity that opens the item from some least on, as far as it is known.

        These are the declared figures with a least, unless an item has quantities of its own.
        """
        for official in self.bounded:
            value = context.figure(official)
            if official.least is not None and value is not None:
                year = context.year - official.years_back
                yield Threshold(official.name, value, official.least, year)

    def conditions(self, facts: Mapping[str, Any], context: Context) -> Iterable[Reason]:
        """Yield a reason for every condition of the item that does not hold."""
        return self.official_conditions(context)

    def wanted(self, context: Context) -> Iterable[Statement]:
        """Yield what only the enterprise can say before the item's amount is known."""
        for fact in self.facts:
            yield Statement("fact", {"label": fact.label})

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return what the item's formula gives; called only where every condition holds."""
        raise NotImplementedError

    def cap(self, facts: Mapping[str, Any], context: Context) -> Decimal | None:
        """Return the stated cap of a claim in yuan, the amount itself where the reward is fixed."""
        return self.CAP

    def assess(self, facts: Mapping[str, Any], context: Context, repeated: bool = False) -> Outcome:
        """Judge one claim: the conditions first, then the amount.

        `repeated` says that an earlier claim of the case is about the same subject.
        """
        found = list(self.conditions(facts, context))
        if repeated or (self.once_for_ever and self._awarded_before(facts, context)):
            found.append(reasons.already_awarded(self.code, self.sole_subject(facts), repeated))
        if found:
            return Outcome(reasons=tuple(sorted(found, key=_reason_position)))
        award = self.award(facts, context)
        computed = round_down(award.amount)
        if computed == ZERO:
            return Outcome(reasons=(reasons.no_cost(award.template, award.params),))
        return Outcome((), computed, self.cap(facts, context), award.template, award.params)

    def subject(self, facts: Mapping[str, Any], particulars: Mapping[str, Any]) -> str:
        """Return what a claim is about: at most one live claim per enterprise, item, year and subject.

        Both mappings may be as they were typed: the platform, site, warehouse or exhibition may still be missing.
        """
        return str(facts.get(self.sole_fact) or "") if self.sole_fact else ""

    @property
    def subject_fields(self) -> frozenset[str]:
        """Return the names of the facts and particulars that `subject` looks at."""
        asked = _Asked()
        self.subject(asked, asked)
        return frozenset(asked.names)

    def sole_subject(self, facts: Mapping[str, Any]) -> str | None:
        """Return what may be claimed only once in a year; None where the item may be claimed several times."""
        return self.sole_fact and facts[self.sole_fact]

    def payee(self, particulars: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """Return holder, bank and number of the account that is paid; None where it is the enterprise's own."""
        return None

    def lifetime_subject(self, facts: Mapping[str, Any], enterprise: Enterprise) -> str | None:
        """Return what is paid only once for ever, over all years; None where nothing is."""
        return self.subject(facts, {}) if self.once_for_ever else None

    def _awarded_before(self, facts: Mapping[str, Any], context: Context) -> bool:
        return (self.code, self.lifetime_subject(facts, context.enterprise)) in context.past_awards


def _reason_position(reason: Reason) -> int:
    return _REASON_ORDER[reason.code]


class _Asked(Mapping[str, Any]):
    """A form into which nothing has been typed; it remembers what it was asked for."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


class SupportItem(Item):
    """A request to departments: routed, answered and closed; it pays nothing and stands outside every cap."""

    payer = None
    support = True
    cap_description = "服务事项，不涉及资金。"

    def assess(self, facts: Mapping[str, Any], context: Context, repeated: bool = False) -> Outcome:
        """Judge nothing: a request is passed on as it is."""
        return Outcome()


_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


@dataclass(frozen=True)
class Measure:
    """One article of the policy, quoted whole, with its departments and items.

    `clauses` are the sentences that explanations refer to, by id; an item's own sentence has the item's code.
    """

    number: int
    title: str
    article: str
    departments: tuple[str, ...]
    items: tuple[Item, ...]
    clauses: Mapping[str, str]

    @property
    def numeral(self):
        """一 to 十二."""
        return _NUMERALS[self.number - 1]

    @property
    def name(self):
        """As running text names it: 措施五."""
        return f"措施{self.numeral}"

    @property
    def named(self):
        """Name and title, as every list of measures writes them: 措施五　支持多渠道拓展国际市场."""
        return f"{self.name}　{self.title}"

    def __post_init__(self):
        for clause, sentence in self.clauses.items():
            if sentence not in self.article:
                raise ValueError(f"clause {clause} is not a sentence of article {self.number}")
        for item in self.items:
            if item.code not in self.clauses or item.cap_clause not in ("", *self.clauses):
                raise ValueError(f"item {item.code} names no sentence of article {self.number}")
        if not all(department in self.article for department in self.departments):
            raise ValueError(f"article {self.number} names other departments")
