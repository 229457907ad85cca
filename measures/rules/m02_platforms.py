"""Measure 2: a reward, once, for designated foreign-trade promotion platforms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from measures import reasons
from measures.case import NATIONAL, PROVINCIAL, Enterprise
from measures.declaration import RegisterChoice
from measures.item import Award, Context, Item, Measure, Outcome
from measures.official import register

OPENING = (
    "二、加强外贸促进平台建设。发挥各类国家级外贸促进平台示范引领和辐射带动作用，"
    "培育认定一批省级外贸转型升级基地、进口贸易创新示范区、高水平出口消费品加工区等外贸促进平台。"
    "鼓励做大做强主导产业链，完善配套支撑产业链，切实保障外贸产业链供应链稳定畅通。"
)
REWARD = "给予国家级贸易促进平台一次性200万元奖励，给予省级贸易促进平台一次性100万元奖励。"
RESPONSIBLE = "〔省商务厅、省财政厅，各市（地）政府（行署）按职责分工负责〕"
ARTICLE = OPENING + REWARD + "\n" + RESPONSIBLE


class PlatformReward(Item):
    """2.1: a fixed amount by the level of a designated platform, once per platform and level.

    Reading `new-designation`: a provincial platform that is later designated national earns the national amount.
    """

    code = "2.1"
    title = "外贸促进平台一次性奖励"
    short_title = "平台奖励"
    prepared = True
    once_for_ever = True
    past_award_keys = ("subject", "level")
    sole_fact = "platform"
    facts = (
        RegisterChoice(
            name="platform",
            label="外贸促进平台",
            help="从认定名单中选择本企业的平台。",
            required=True,
            source="trade_platforms",
        ),
    )
    official = (register("trade_platforms"),)
    cap_description = "国家级 200 万元，省级 100 万元，每个平台每个级别一次。"

    #: “给予国家级贸易促进平台一次性200万元奖励，给予省级贸易促进平台一次性100万元奖励”
    REWARDS = {NATIONAL: Decimal("2000000.00"), PROVINCIAL: Decimal("1000000.00")}

    def assess(self, facts: Mapping[str, Any], context: Context, repeated: bool = False) -> Outcome:
        """The platform is on the register of designations; where it is not, nothing else matters."""
        if facts["platform"] not in context.enterprise.platform_levels:
            return Outcome(reasons=(reasons.not_on_register("trade_platforms", facts["platform"]),))
        return super().assess(facts, context, repeated)

    def award(self, facts: Mapping[str, Any], context: Context) -> Award:
        """Return the fixed amount of the platform's level."""
        level = context.enterprise.platform_levels[facts["platform"]]
        amount = self.REWARDS[level]
        params = {"level": level, "platform": facts["platform"], "amount": amount}
        return Award(amount, "platform_reward", params)

    def cap(self, facts: Mapping[str, Any], context: Context) -> Decimal:
        """Return the fixed amount itself."""
        return self.REWARDS[context.enterprise.platform_levels[facts["platform"]]]

    def lifetime_subject(self, facts: Mapping[str, Any], enterprise: Enterprise) -> str | None:
        """Return platform and level; None for a platform that is not on the register."""
        platform = self.subject(facts, {})
        level = enterprise.platform_levels.get(platform)
        return None if level is None else f"{platform}|{level}"


MEASURE = Measure(
    number=2,
    title="加强外贸促进平台建设",
    article=ARTICLE,
    departments=("省商务厅", "省财政厅", "各市（地）政府（行署）"),
    items=(PlatformReward(),),
    clauses={"2.1": REWARD},
)
