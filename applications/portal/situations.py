"""“我是……”“我有……”: what people know of themselves, and the items that it may lead to.

People choose words that they would use; no number and no condition stands here, those the items say.
"""

from dataclasses import dataclass

from measures import registry


@dataclass(frozen=True)
class Situation:
    """One thing that a firm is, has or needs, and the codes of the items that it may lead to."""

    key: str
    label: str
    items: tuple[str, ...]


GROUPS: tuple[tuple[str, tuple[Situation, ...]], ...] = (
    (
        "我们是",
        (
            Situation("growing", "进出口额比上年明显增加的企业", ("1.1",)),
            Situation("new", "今年刚引进到黑龙江的外贸企业", ("1.1",)),
            Situation("platform", "外贸促进平台的运营单位", ("2.1",)),
            Situation("inside", "在贸易促进平台里的企业", ("7.2",)),
            Situation("ecommerce", "做跨境电商的企业", ("3.1", "3.2", "3.3", "7.2")),
            Situation("service", "为中小微企业代办进出口的综合服务企业", ("3.5",)),
            Situation("dual", "国家级双循环名单上的企业", ("6.1",)),
            Situation("farm", "出口农产品的企业", ("4.2", "7.2")),
        ),
    ),
    (
        "我们有",
        (
            Situation("site", "自己的跨境电商独立站", ("3.2",)),
            Situation("shop", "开在第三方平台上的店铺", ("3.3",)),
            Situation("warehouse", "海外仓", ("3.4",)),
            Situation("resources", "煤炭、矿砂、木材、化肥等资源类产品进口", ("4.1",)),
            Situation("local", "省内产品出口", ("4.2",)),
            Situation("loan", "为进出口付的银行手续费或者贷款利息", ("4.1", "4.2")),
            Situation("fair", "境外展会的费用", ("5.1", "5.2")),
            Situation("online", "线上展会的费用", ("5.3", "5.4")),
            Situation("credit", "海外买家资信调查的费用", ("5.4",)),
            Situation("brand", "境外品牌、商标或者产品认证的费用", ("5.5",)),
            Situation("insurance", "出口信用保险的保费", ("7.1", "7.2")),
            Situation("domestic", "国内贸易信用保险的保费", ("7.3",)),
        ),
    ),
    (
        "我们需要帮助",
        (
            Situation("transport", "运输、班列、境外物流", ("8.1",)),
            Situation("finance", "贷款、担保、信保融资", ("9.1",)),
            Situation("exchange", "汇率风险、跨境人民币结算", ("10.1",)),
            Situation("refund", "出口退税办得慢", ("11.1",)),
            Situation("other", "政策落实中的堵点、难点", ("12.1",)),
        ),
    ),
)
SITUATIONS = {situation.key: situation for _, group in GROUPS for situation in group}


def situations_chosen(query):
    """The keys in an address (`?is=fair&is=loan`), unknown ones passed over, each once."""
    return [key for key in SITUATIONS if key in query.getlist("is")]


def items_of(keys):
    """The items that any of the situations may lead to, in the order of the policy."""
    codes = {code for key in keys for code in SITUATIONS[key].items}
    return [item for code, item in registry.ITEMS.items() if code in codes]
