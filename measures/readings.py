"""Every place where the policy's words can be read two ways, with the reading taken and its ground.

Pages show these beside the results they bear on. The code of a reading stands where its id is named.
"""

from dataclasses import dataclass
from types import MappingProxyType

from measures.registry import ITEMS

MONEY_ITEMS = tuple(code for code, item in ITEMS.items() if not item.support)


@dataclass(frozen=True)
class Reading:
    """One reading: the clause it is about, what it says, why, and the items that it concerns."""

    id: str
    clause: str
    text: str
    ground: str
    items: tuple[str, ...]


_ALL = (
    Reading(
        "numbers",
        "figures",
        "“以上”“以下”“以内”包括本数，“超过”不包括本数。",
        "《民法典》第一千二百五十九条。",
        ("1.1", "3.1", "3.2", "3.5", "4.1", "4.2", "7.1", "7.3", "11.1"),
    ),
    Reading(
        "whole-units",
        "1.1",
        "“每 1000 万元给予 3 万元”“每 100 万元奖励 1 万元”只计整份，不足一份的部分不计。",
        "条文以“每”字规定计奖单位，没有规定按比例折算。",
        ("1.1", "3.1"),
    ),
    Reading(
        "rounding",
        "figures",
        "奖补金额只在算式最后舍去分以下，每笔贷款的计入利息舍去一次。",
        "这样支付的金额不会超过条文规定的比例和上限。",
        MONEY_ITEMS,
    ),
    Reading(
        "percentage-points",
        "7.2",
        "“分别上调 10% 并可叠加计算”指上调 10 个百分点后相加：50%、60%、70%、80%。",
        "条文写明“叠加计算”，上调的是补贴比例本身。",
        ("7.2",),
    ),
    Reading(
        "bank-cost-rate",
        "4.1",
        "“不超过 50%”：省里没有另定较低比例的，按 50% 计算。",
        "条文规定的是上限，由省里支付的事项在没有另行规定时用足上限。",
        ("4.1", "4.2"),
    ),
    Reading(
        "city-rate",
        "3.3",
        "“可给予不超过”：比例由企业所属市（地）规定。市（地）没有规定的，不能支付；规定为 0 的，算已经规定。",
        "条文把是否给予和给予多少交给市（地）政府（行署）决定。",
        ("3.3", "5.4", "5.5"),
    ),
    Reading(
        "whole-growth",
        "1.1",
        "增量达到 1 亿元后，全部增量都计奖，不只计超过 1 亿元的部分。",
        "条文规定的是“增量部分”，1 亿元只是门槛。",
        ("1.1",),
    ),
    Reading(
        "new-designation",
        "2.1",
        "省级平台后来认定为国家级的，是新的认定，可以再获国家级奖励。",
        "条文对两个级别分别规定了一次性奖励。",
        ("2.1",),
    ),
    Reading(
        "interest-base",
        "4-interest",
        "计入的利息按本金 × LPR × 天数 ÷ 360 计算，但不超过实付利息；360 天是人民币贷款的计息惯例。",
        "条文以 LPR 为补贴利率，而补贴的对象是企业发生的利息。",
        ("4.1", "4.2"),
    ),
    Reading(
        "exhibition-cap",
        "5-cap",
        "“企业年度最高补贴 30 万元”约束 5.1 至 5.3，不约束由市（地）支付的 5.4 和 5.5。",
        "这句话写在由市（地）支付的两项之前。",
        ("5.1", "5.2", "5.3", "5.4", "5.5"),
    ),
    Reading(
        "insurance-cap",
        "7.2",
        "“年度最高补贴 150 万元”只约束非平台类短期出口信用保险。",
        "这句话写在非平台类保险的同一句之中。",
        ("7.1", "7.2"),
    ),
    Reading(
        "key-markets",
        "7.2",
        "重点市场是除中国以外的 RCEP 成员国，以及省里当年列出的其他市场；俄罗斯不是 RCEP 成员国。",
        "条文写的是“RCEP 成员国等重点市场”，“等”字留给省里列明。",
        ("7.2",),
    ),
    Reading(
        "refund-average",
        "11.1",
        "时限是平均数，按已经到账的退税计算；从受理次日起算，到账当日计入，工作日按国务院办公厅的节假日安排。",
        "条文规定的是“平均时间”和“工作日”。",
        ("11.1",),
    ),
    Reading(
        "overlap-gives-back",
        "overlap",
        "其他省级政策已支持的部分，退回共用的限额，留给后面的申报。",
        "限额约束的是本措施支付的金额。",
        ("4.1", "4.2", "5.1", "5.2", "5.3", "7.2", "7.3"),
    ),
    Reading(
        "no-stated-cap",
        "limit",
        "条文没有规定上限的事项，以本年全部申报扣除其他支持后的合计作为它的上限，因此只申报一项时不因总额度减少。",
        "没有规定上限，就不能用别的数来限制它自己。",
        ("3.3", "5.4", "5.5", "7.1"),
    ),
    Reading(
        "who-is-cut",
        "limit",
        "总额度先给上限高的申报，上限相同的先给金额高的，再相同的先给先申报的；财政已核定的金额最先计入，不再变动。",
        "条文只规定总额，没有规定减哪一项；这样的顺序使总额度的来源最先得到支付，结果也不会来回变化。",
        MONEY_ITEMS,
    ),
)

READINGS: MappingProxyType[str, Reading] = MappingProxyType({reading.id: reading for reading in _ALL})


def readings_for(item_code: str) -> tuple[Reading, ...]:
    """Return the readings that bear on an item, in the order of the policy's rules."""
    return tuple(reading for reading in READINGS.values() if item_code in reading.items)
