"""What each item pays in plain words, for people who have not read the policy.

No sum, rate or number stands here: each is taken from the item's own rule, so that words and rules cannot part.
"""

import string

from measures import registry
from measures.money import in_wan
from measures.step_sentences import percent

_SENTENCES = {
    "1.1": "进出口额比上年增加 {THRESHOLD:yuan}（含）以上的，增量每满 {UNIT:yuan}奖 {REWARD_PER_UNIT:yuan}。",
    "2.1": "认定名单内的国家级平台奖 {REWARDS[national]:yuan}，省级平台奖 {REWARDS[provincial]:yuan}，确认即可。",
    "3.1": "跨境电商进出口额达到 {THRESHOLD:yuan}的，每满 {UNIT:yuan}奖 {REWARD_PER_UNIT:yuan}。",
    "3.2": "独立站年进出口额达到 {THRESHOLD:yuan}的，补当年建设投入的 {RATE:percent}。",
    "3.3": "在第三方平台开店的入驻费和推广费，由所在市（地）补贴，比例不超过 {RATE_LIMIT:percent}。",
    "3.4": "认定名单内的省级海外仓，每个奖 {CAP:yuan}，确认即可。",
    "3.5": "服务企业 {LEAST_FIRMS} 家以上、代办进出口额 {LEAST_TRADE:yuan}以上的，每年奖 {CAP:yuan}。",
    "4.1": "资源类产品年进口额达到 {THRESHOLD:yuan}、落地率超过 {LANDING_SHARE:percent} 的，补银行手续费和贷款利息，比例不超过 {RATE_LIMIT:percent}。",
    "4.2": "地产品年出口额达到 {THRESHOLD:yuan}的，补银行手续费和贷款利息，比例不超过 {RATE_LIMIT:percent}。",
    "5.1": "境外展会的展位费、展品运输费、国际间交通费和住宿费，补 {RATE:percent}。",
    "5.2": "委托第三方参加境外展会的展位费和展品运输费，补 {RATE:percent}。",
    "5.3": "线上涉外展会的参展费，补 {RATE:percent}。",
    "5.4": "海外资信调查费和线上展会宣传费，由所在市（地）补贴，比例不超过 {RATE_LIMIT:percent}。",
    "5.5": "境外品牌、商标注册和产品认证费用，由所在市（地）补贴，比例不超过 {RATE_LIMIT:percent}。",
    "6.1": "入选国家级双循环名单的企业奖 {CAP:yuan}，确认即可。",
    "7.1": "年出口额 {MOST_EXPORTS_USD:dollars}以下的企业，平台类短期出口信用保险的保费补 {RATE:percent}。",
    "7.2": "非平台类短期出口信用保险的保费补 {RATE:percent}；重点市场、新模式和平台内企业各加 {RAISE:points}，农产品出口企业补 {FLAT_RATE:percent}。",
    "7.3": "上年出口额 {LEAST_EXPORTS_USD:dollars}以上的企业，国内贸易信用保险的保费补 {RATE:percent}。",
    "8.1": "境外物流网点、国际班列、货源和运力方面的诉求，转交主管部门答复。",
    "9.1": "贷款、担保和信保融资方面的诉求，转交金融主管部门答复。",
    "10.1": "远期结售汇、套期保值和跨境人民币结算方面的诉求，转交主管部门答复。",
    "11.1": "出口退税平均 {TARGET_DAYS} 个工作日，自贸区内 {TARGET_DAYS_ZONE} 个工作日。可以核对您的退税用时并提出诉求。",
    "12.1": "政策落实中的堵点、难点，转交联席会议各成员部门协调。",
}

#: What a measure of several items is about; a constant is named with its item before it.
_MEASURES = {
    3: "跨境电商进出口额达到 {3.1.THRESHOLD:yuan}的企业按额奖励；独立站补建设投入的 {3.2.RATE:percent}，第三方平台开店补贴不超过 {3.3.RATE_LIMIT:percent}；省级海外仓每个奖 {3.4.CAP:yuan}，外贸综合服务企业每年奖 {3.5.CAP:yuan}。",
    4: "资源类产品年进口额达到 {4.1.THRESHOLD:yuan}且一半以上在省内使用加工，或者地产品年出口额达到 {4.2.THRESHOLD:yuan}的企业，补银行手续费和贷款利息，比例不超过 {4.1.RATE_LIMIT:percent}。",
    5: "参加境外展会的企业，补展位费、运输费等的 {5.1.RATE:percent}，线上展会补参展费的 {5.3.RATE:percent}；资信调查、境外商标和认证等费用由所在市（地）补贴，比例不超过 {5.4.RATE_LIMIT:percent} 或 {5.5.RATE_LIMIT:percent}。",
    7: "年出口额 {7.1.MOST_EXPORTS_USD:dollars}以下的企业，平台类出口信用保险的保费补 {7.1.RATE:percent}；自己投保的补 {7.2.RATE:percent} 至 {7.2.FLAT_RATE:percent}；国内贸易信用保险补 {7.3.RATE:percent}。",
}


class _FromRule(string.Formatter):
    """Fills in constants of rules as people read them: yuan and dollars in 万 or 亿, rates in percent.

    A constant is that of `item`, or of the item whose code stands before it.
    """

    _KINDS = {
        "yuan": in_wan,
        "dollars": lambda amount: in_wan(amount).replace("元", "美元"),
        "percent": percent,
        "points": lambda rate: f"{percent(rate).rstrip('%')} 个百分点",
        "": str,
    }

    def __init__(self, item=None):
        self._item = item

    def get_field(self, field_name, args, kwargs):
        code, _, name = field_name.rpartition(".")
        if not code:
            return super().get_field(name, args, kwargs)
        return getattr(registry.item(code), name), name

    def get_value(self, key, args, kwargs):
        return kwargs[key] if key in kwargs else getattr(self._item, key)

    def format_field(self, value, format_spec):
        return self._KINDS[format_spec](value)


def item_words(item):
    """What the item pays or does, in one sentence."""
    return _FromRule(item).format(_SENTENCES[item.code])


def rule_words(text, **values):
    """A text with constants of rules (`{5.1.RATE:percent}`) and further values put in."""
    return _FromRule().format(text, **values)


def measure_words(measure):
    """Who gets what by the measure, in one sentence."""
    if measure.number in _MEASURES:
        return rule_words(_MEASURES[measure.number])
    (only,) = measure.items
    return item_words(only)


def measure_top(measure):
    """The most that the measure pays, in a few words; "" for a measure that pays nothing."""
    if all(item.support for item in measure.items):
        return ""
    capped = [item for item in measure.items if item.CAP is not None] or measure.items
    descriptions = {item.cap_description for item in capped}
    if len(descriptions) == 1:
        return descriptions.pop().rstrip("。")
    return f"分项计算，单项最高 {in_wan(max(item.CAP for item in capped))}"
