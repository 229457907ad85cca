"""What official data say against what a claim declares.

A contradiction decides nothing: the rules never see it, a person looks at it. Each item lists its checks beside its
facts (`Item.contradictions`); a check finds the numbers, and sentences are made of them at the edge. A figure that is
missing contradicts nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from measures.case import NO_FIGURES, TradeYear
from measures.money import ZERO
from measures.record import Record

LANDED_ABOVE_IMPORTS = "landed_above_imports"
SITE_ABOVE_TRADE = "site_above_trade"
EXPORTS_OUTSIDE_LIMIT = "exports_outside_limit"
PREMIUM_WITHOUT_EXPORTS = "premium_without_exports"
MARKET_WITHOUT_EXPORTS = "market_without_exports"
KINDS = (
    LANDED_ABOVE_IMPORTS,
    SITE_ABOVE_TRADE,
    EXPORTS_OUTSIDE_LIMIT,
    PREMIUM_WITHOUT_EXPORTS,
    MARKET_WITHOUT_EXPORTS,
)


class Known(Record, frozen=True):
    """What official data say about a firm's trade in a year and the year before.

    `export_markets` are the markets (ISO 3166) to which the year's customs detail has exports; None where there is no
    detail, or where it does not say for every export where it went.
    """

    year: int
    this_year: TradeYear = NO_FIGURES
    last_year: TradeYear = NO_FIGURES
    export_markets: frozenset[str] | None = None


class Contradiction(Record, frozen=True):
    """One contradiction: its kind, what tells several of a kind apart, and the numbers that it rests on.

    `params` holds amounts in yuan (`export_usd` in dollars) as Decimal, names of facts and figures, years and markets.
    """

    kind: str
    params: Mapping[str, Any]
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One way in which official data can contradict a claim of an item."""

    kind: str

    def find(self, facts: Mapping[str, Any], known: Known) -> Iterable[Contradiction]:
        """Yield what is contradicted; `facts` are checked facts of the item."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class AboveFigures(Check):
    """A declared amount is part of an official sum, and yet exceeds it.

    `sums` are sums of figures of the year, the narrowest first: the first whose figures are all known counts.
    """

    fact: str
    sums: tuple[tuple[str, ...], ...]

    def find(self, facts: Mapping[str, Any], known: Known) -> Iterable[Contradiction]:
        """Yield the declared amount with the sum that it exceeds."""
        for figures in self.sums:
            values = [getattr(known.this_year, name) for name in figures]
            if None in values:
                continue
            if facts[self.fact] > sum(values):
                params = {
                    "fact": self.fact,
                    "declared": facts[self.fact],
                    "figures": figures,
                    "official": sum(values),
                    "year": known.year,
                }
                yield Contradiction(self.kind, params)
            return


@dataclass(frozen=True, kw_only=True)
class ExportsOutsideLimit(Check):
    """Official exports lie outside what the item is meant for: below `least` or above `most`."""

    kind: str = EXPORTS_OUTSIDE_LIMIT
    figure: str
    years_back: int = 0
    least: Decimal | None = None
    most: Decimal | None = None

    def find(self, facts: Mapping[str, Any], known: Known) -> Iterable[Contradiction]:
        """Yield the figure with the limit that it does not keep."""
        value = getattr(known.last_year if self.years_back else known.this_year, self.figure)
        if value is None:
            return
        params = {"figures": (self.figure,), "official": value, "year": known.year - self.years_back}
        if self.least is not None and value < self.least:
            yield Contradiction(self.kind, {**params, "least": self.least})
        if self.most is not None and value > self.most:
            yield Contradiction(self.kind, {**params, "most": self.most})


@dataclass(frozen=True, kw_only=True)
class PremiumWithoutExports(Check):
    """A premium for insuring exports is declared by a firm that has exported nothing in the year.

    `rows` names the rows that the premiums stand in; "" where the premium is a fact of its own.
    """

    kind: str = PREMIUM_WITHOUT_EXPORTS
    fact: str
    rows: str = ""

    def find(self, facts: Mapping[str, Any], known: Known) -> Iterable[Contradiction]:
        """Yield the premium where every known figure of exports is 0."""
        exports = {known.this_year.export_cny, known.this_year.export_usd} - {None}
        rows = facts[self.rows] if self.rows else (facts,)
        declared = sum((row[self.fact] for row in rows), ZERO)
        if declared and exports == {ZERO}:
            yield Contradiction(
                self.kind, {"declared": declared, "figures": ("export_cny",), "year": known.year}
            )


@dataclass(frozen=True, kw_only=True)
class MarketWithoutExports(Check):
    """A premium is declared for a market to which the year's customs detail has no exports; one for each market."""

    kind: str = MARKET_WITHOUT_EXPORTS
    rows: str
    market: str
    fact: str

    def find(self, facts: Mapping[str, Any], known: Known) -> Iterable[Contradiction]:
        """Yield each such market with its premiums and with the markets that do have exports."""
        if known.export_markets is None:
            return
        declared: dict[str, Decimal] = {}
        for row in facts[self.rows]:
            declared[row[self.market]] = declared.get(row[self.market], ZERO) + row[self.fact]
        for market in sorted(set(declared) - known.export_markets):
            params = {
                "market": market,
                "declared": declared[market],
                "markets": tuple(sorted(known.export_markets)),
                "year": known.year,
            }
            yield Contradiction(self.kind, params, key=market)
