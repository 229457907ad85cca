"""Measure 1: a reward for the growth of large foreign-trade enterprises."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from measures import reasons
from measures.item import Award, Context, Item, Measure
from measures.money import ZERO
from measures.official import figure, mark
from measures.result import Reason
from measures.thresholds import Threshold

OPENING = (
    "一、积极培育引入大型外贸主体。进一步在通关、税收、金融保险等方面提升服务质量，"
    "鼓励现有外贸企业加大产业投入，扩大本地海关纳统比例。"
)
REWARD = (
    "积极引入大型外贸企业，对年度新增进出口额1亿元（含）以上的，增量部分每1000万元给予3万元奖励，"
    "现有企业最高奖励300万元，当年新引入企业最高奖励500万元。"
)
RESPONSIBLE = "〔省商务厅、省财政厅，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = OPENING + REWARD + "\n" + RESPONSIBLE


class GrowthReward(Item):
    """1.1: 30,000 for every whole 10 million by which imports and exports grew.

    Readings `whole-units` and `whole-growth`: a part of a unit earns nothing; once growth reaches 1 亿 the whole of
    it counts. An enterprise introduced in the year needs no figures for the year before.
    """

    code = "1.1"
    title = "大型外贸主体增量奖励"
    short_title = "增量奖励"
    prepared = True
    sole_fact = ""
    official = (
        figure("import_cny"),
        figure("export_cny"),
        figure("import_cny", 1),
        figure("export_cny", 1),
        mark("introduced_year"),
    )
    cap_description = "现有企业最高 300 万元，当年新引入企业最高 500 万元。"

    #: “对年度新增进出口额1亿元（含）以上的”
    THRESHOLD = Decimal("100000000.00")
    #: “增量部分每1000万元给予3万元奖励”
    UNIT = Decimal("10000000.00")
    REWARD_PER_UNIT = Decimal("30000.00")
    #: “现有企业最高奖励300万元”
    CAP = Decimal("3000000.00")
    #: “当年新引入企业最高奖励500万元”
    CAP_INTRODUCED = Decimal("5000000.00")

    def official_conditions(self, context: Context) -> Iterable[Reason]:
        """The figures are known and have grown by 1 亿 or more."""
        missing = tuple(self._missing(context))
        if missing:
            yield reasons.figures_missing(*missing)
            return
        growth = self._growth(context)
        if growth < self.THRESHOLD:
            yield reasons.below_threshold(context.year, ("growth", growth, self.THRESHOLD))

    def thresholds(self, facts: Mapping[str, Any], context: Context) -> Iterable[Threshold]:
        """Yield the growth."""
        if not any(self._missing(context)):
            yield Threshold("growth", self._growth(context), self.THRESHOLD, context.year)

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return whole units of growth × the reward of one unit."""
        growth = self._growth(context)
        units = growth // self.UNIT
        params = {
            "year": context.year,
            "now": _trade(context.this_year),
            "before": _trade(context.last_year),
            "growth": growth,
            "unit": self.UNIT,
            "units": units,
            "reward": self.REWARD_PER_UNIT,
        }
        return Award(units * self.REWARD_PER_UNIT, "growth_units", params)

    def cap(self, facts: Mapping[str, Any], context: Context) -> Decimal:
        """Return the higher cap for an enterprise introduced in the year."""
        return self.CAP_INTRODUCED if self._introduced(context) else self.CAP

    def _introduced(self, context: Context) -> bool:
        return context.enterprise.introduced_year == context.year

    def _missing(self, context: Context) -> Iterable[tuple[str, int]]:
        years = [(context.this_year, context.year)]
        if not self._introduced(context):
            years.append((context.last_year, context.year - 1))
        for figures, year in years:
            if figures.import_cny is None:
                yield "import_cny", year
            if figures.export_cny is None:
                yield "export_cny", year

    def _growth(self, context: Context) -> Decimal:
        return _trade(context.this_year) - _trade(context.last_year)


def _trade(figures) -> Decimal:
    """Add up imports and exports of a year, as far as they are known."""
    return (figures.import_cny or ZERO) + (figures.export_cny or ZERO)


MEASURE = Measure(
    number=1,
    title="积极培育引入大型外贸主体",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "各市（地）政府（行署）"),
    items=(GrowthReward(),),
    clauses={"1.1": REWARD},
)
