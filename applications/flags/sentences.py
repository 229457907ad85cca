"""The sentences of flags: what was noticed, with its numbers, from what a flag rests on and the item of its claim.

No sentence names another firm: of the other side it says the claim's number and the city, which is what one has to know to
ask there. Who may read the other side finds the firm and the way to it beside the sentence.
"""

from decimal import Decimal

from accounts.cities import City
from applications.calendar import months_text
from measures import registry
from measures.countries import country_name
from measures.money import grouped, round_down
from measures.official import FIGURE_LABELS
from measures.reason_sentences import measured, quantity

#: What firms share, as one reads it.
_SHARED = {"account": "收款账户", "phone": "联系电话", "address": "地址", "email": "联系邮箱"}


def _yuan(text, unit="元"):
    return f"{grouped(Decimal(text))} {unit}"


def _label_of(rule, name):
    return next(field.label for field in rule.facts if field.name == name)


def above(data, rule):
    """A declared amount above the official one that it is part of."""
    figures = "与".join(FIGURE_LABELS[name][0] for name in data["figures"])
    both = "之和" if len(data["figures"]) > 1 else ""
    more = _yuan(Decimal(data["declared"]) - Decimal(data["official"]))
    return (
        f"申报的“{_label_of(rule, data['fact'])}”是 {_yuan(data['declared'])}，海关统计的 {data['year']} 年"
        f"{figures}{both}是 {_yuan(data['official'])}，申报数多 {more}。"
    )


def outside(data, rule):
    """Exports outside what the item is meant for."""
    label, unit = FIGURE_LABELS[data["figures"][0]]
    words = f"海关统计的 {data['year']} 年{label.partition('（')[0]}是 {_yuan(data['official'], unit)}"
    if "most" in data:
        return f"{words}，超过这个事项的上限 {_yuan(data['most'], unit)}。"
    return f"{words}，没有达到这个事项要求的 {_yuan(data['least'], unit)}。"


def no_exports(data, rule):
    """A premium of a firm without exports."""
    return f"申报了保费 {_yuan(data['declared'])}，海关统计的 {data['year']} 年出口额是 0。"


def no_market(data, rule):
    """A premium for a market without exports."""
    others = "、".join(country_name(code) for code in data["markets"])
    there = f"有出口的是：{others}。" if others else "明细中没有任何出口。"
    return (
        f"申报了承保{country_name(data['market'])}的保费 {_yuan(data['declared'])}，{data['year']} 年海关月度明细"
        f"（{months_text(data['months'])}）中没有对这个市场的出口。{there}"
    )


def differ(data, rule):
    """A yearly figure against the sum of its months."""
    label, unit = FIGURE_LABELS[data["figure"]]
    more = abs(Decimal(data["added_up"]) - Decimal(data["loaded"]))
    return (
        f"{data['year']} 年{label.partition('（')[0]}：年度数 {_yuan(data['loaded'], unit)}，月度明细合计 "
        f"{_yuan(data['added_up'], unit)}，相差 {_yuan(more, unit)}。金额按年度数计算。"
    )


def discredited(data, rule):
    """From when to when the firm is on the list."""
    spans = [
        f"{since or '更早'} 至 {until}" if until else f"{since or '更早'} 至今"
        for since, until in data["spans"]
    ]
    return f"企业在 {data['year']} 年列入失信名单：{'；'.join(spans)}。"


def late(data, rule):
    """The deadline and the day of submission."""
    return f"申报截止日期是 {data['deadline']}，企业在 {data['submitted']} 首次提交，已登记延期。"


def jump(data, rule):
    """A figure against that of the year before."""
    label, unit = FIGURE_LABELS[data["figure"]]
    now, before = Decimal(data["now"]), Decimal(data["before"])
    label = label.partition("（")[0]
    times = f"，是上年的 {round_down(now / before)} 倍" if before else ""
    return (
        f"{data['year']} 年{label} {_yuan(now, unit)}，{data['year'] - 1} 年 {_yuan(before, unit)}{times}。"
    )


def just_reached(data, rule):
    """A quantity with the least that opens the item."""
    value, least = (
        each if isinstance(each, int) else Decimal(each) for each in (data["value"], data["least"])
    )
    asked = f"{'超过' if data.get('exclusive') else '不低于'} {measured(data['what'], least)}"
    more = f"只多 {measured(data['what'], value - least)}" if value > least else "正好达到"
    return f"{data['year']} 年{quantity(data['what'], value)}，申报条件是{asked}，{more}。"


def outside_window(data, rule):
    """Dates of costs that the filing period does not accept."""
    first, last = data["window"]
    days = "、".join(f"{label} {day}" for label, day in data["costs"])
    return (
        f"申报批次只收 {first} 至 {last} 的费用，以下日期不在其中：{days}{_rest(data, data['costs'], '处')}。"
    )


def outside_year(data, rule):
    """Loans or policies of which no day lies in the year."""
    spans = "、".join(
        f"{what or '保险期间'} {since or '更早'} 至 {until or '未到期'}"
        for what, since, until in data["spans"]
    )
    return f"以下期间没有一天在 {data['year']} 年内：{spans}{_rest(data, data['spans'], '项')}。"


def young(data, rule):
    """When the firm was established, and when it first submitted the claim."""
    return f"企业 {data['established']} 成立，{data['submitted']} 首次提交这件申报时还不满一年。"


def shared(data, rule):
    """What the firm has in common with others."""
    return "；".join(_shared(each) for each in data["traces"]) + "。"


def _shared(trace):
    value = f"（尾号 {trace['value']}）" if trace["what"] == "account" else f" {trace['value']} "
    firms = f"{len(trace['firms'])} 家{'以上' if trace.get('more') else ''}企业"
    return f"{_SHARED[trace['what']]}{value}与另外 {firms}相同"


def same_number(data, rule, *, own):
    """Numbers of papers that stand in another claim, too."""
    numbers = "、".join(f"{label} {value}" for label, value in data["things"])
    return f"{numbers}{_rest(data, data['things'], '个号码')}，也用在{_other_side(data, own)}。"


def same_file(data, rule, *, own):
    """Files that were given for another claim, too."""
    files = "、".join(f"“{name}”（{label}）" for label, name in data["things"])
    return f"{files}{_rest(data, data['things'], '个文件')}，与{_other_side(data, own)}中的文件内容完全相同。"


def _other_side(data, own):
    """The other claim, so that one can ask for it; of another firm its city and nothing else."""
    whose = "本企业另一件申报" if own else f"{City(data['city']).label}另一家企业的申报"
    title = registry.item(data["item"]).title
    more = "；相同的申报还有更多" if data.get("more") else ""
    return f"{whose} {data['claim']}（{data['year']} 年度 {data['item']} {title}{more}）"


def _rest(data, listed, unit):
    """How many there are where not all are listed."""
    return f"等 {data['count']} {unit}" if data["count"] > len(listed) else ""
