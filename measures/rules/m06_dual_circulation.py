"""Measure 6: a reward, once, for enterprises on the national dual-circulation list."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from measures import reasons
from measures.item import Award, Context, Item, Measure
from measures.official import register
from measures.result import Reason

OPENING = (
    "六、培育贸易双循环企业。支持贸易双循环企业加强关键技术和商业模式创新。"
    "推动解决企业在发展内外贸同线同标同质产品、拓展贸易渠道、完善供应链网络等方面遇到的问题。"
)
REWARD = "对入选国家级双循环名单的企业给予一次性20万元奖励。"
RESPONSIBLE = "〔省商务厅、省财政厅、省市场监管局，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = OPENING + REWARD + "\n" + RESPONSIBLE


class DualCirculationReward(Item):
    """6.1: a fixed amount for an enterprise on the national list, once per enterprise."""

    code = "6.1"
    title = "国家级双循环企业奖励"
    short_title = "双循环奖励"
    prepared = True
    once_for_ever = True
    sole_fact = ""
    official = (register("dual_circulation"),)
    cap_description = "20 万元，每个企业一次。"

    #: “给予一次性20万元奖励”
    CAP = Decimal("200000.00")

    def official_conditions(self, context: Context) -> Iterable[Reason]:
        """The enterprise is on the national list."""
        if not context.enterprise.dual_circulation:
            yield reasons.not_on_register("dual_circulation")

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return the fixed amount."""
        return Award(self.CAP, "list_reward", {"amount": self.CAP})


MEASURE = Measure(
    number=6,
    title="培育贸易双循环企业",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "省市场监管局", "各市（地）政府（行署）"),
    items=(DualCirculationReward(),),
    clauses={"6.1": REWARD},
)
