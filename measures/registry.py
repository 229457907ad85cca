"""The twelve measures and their items, in the order of the policy; and every sentence that explanations quote."""

from types import MappingProxyType

from measures.item import Item, Measure
from measures.rules import (
    m01_large_traders,
    m02_platforms,
    m03_new_forms,
    m04_bank_costs,
    m05_exhibitions,
    m06_dual_circulation,
    m07_credit_insurance,
    m08_logistics,
    m09_finance,
    m10_exchange_risk,
    m11_customs_and_refunds,
    m12_coordination,
)

POLICY_TITLE = "黑龙江省支持对外贸易发展的若干措施"
POLICY_NUMBER = "黑政办规〔2022〕6号"

FIGURES_NOTE = "本措施所涉及进出口额为海关纳统数据，金额“元”为人民币。"
LIMIT_NOTE = "企业可同时享受本措施多项补贴奖励，总额度不超过最高单项补贴上限。"
OVERLAP_NOTE = "本措施与本省其他政策有重复的，按照“从优、就高、不重复”的原则予以支持。"
#: The policy's closing note, whole.
CLOSING_NOTE = f"（{FIGURES_NOTE}{LIMIT_NOTE}{OVERLAP_NOTE}）"

MEASURES: tuple[Measure, ...] = (
    m01_large_traders.MEASURE,
    m02_platforms.MEASURE,
    m03_new_forms.MEASURE,
    m04_bank_costs.MEASURE,
    m05_exhibitions.MEASURE,
    m06_dual_circulation.MEASURE,
    m07_credit_insurance.MEASURE,
    m08_logistics.MEASURE,
    m09_finance.MEASURE,
    m10_exchange_risk.MEASURE,
    m11_customs_and_refunds.MEASURE,
    m12_coordination.MEASURE,
)
ITEMS: MappingProxyType[str, Item] = MappingProxyType(
    {item.code: item for measure in MEASURES for item in measure.items}
)
_MEASURES_BY_ITEM = {item.code: measure for measure in MEASURES for item in measure.items}

_ARTICLES = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
#: Where a sentence stands, and the sentence, by the id that explanations carry.
CLAUSES: MappingProxyType[str, tuple[str, str]] = MappingProxyType(
    {
        clause: (f"措施第{article}条", sentence)
        for article, measure in zip(_ARTICLES, MEASURES, strict=True)
        for clause, sentence in measure.clauses.items()
    }
    | {
        "figures": ("政策附注", FIGURES_NOTE),
        "limit": ("政策附注", LIMIT_NOTE),
        "overlap": ("政策附注", OVERLAP_NOTE),
    }
)


class UnknownItem(LookupError):
    """No item of the policy has this code."""


def item(code: str) -> Item:
    """Return the item with a code such as `3.2`. Raises UnknownItem."""
    try:
        return ITEMS[code]
    except KeyError:
        raise UnknownItem(code) from None


def measure_of(code: str) -> Measure:
    """Return the measure that an item belongs to. Raises UnknownItem."""
    try:
        return _MEASURES_BY_ITEM[code]
    except KeyError:
        raise UnknownItem(code) from None
