"""The table of what can be noticed: what each kind is called, whether it must be dealt with, and its sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from applications.calendar import months_text
from measures import contradictions
from measures.countries import country_name
from measures.money import grouped
from measures.official import FIGURE, FIGURE_LABELS

FIGURES_DIFFER, DISCREDITED, LATE = "figures_differ", "discredited", "late"
#: Events of a claim: what settlements notice, and what reviewers say to it.
RAISED, REFRESHED, LIFTED = "claim.flag_raised", "claim.flag_changed", "claim.flag_lifted"
DISMISSED = "claim.flag_dismissed"
#: None of them is shown to the enterprise.
FLAG_EVENTS = frozenset({RAISED, REFRESHED, LIFTED, DISMISSED})


@dataclass(frozen=True)
class FlagKind:
    """One kind of flag.

    `sentence(data, rule)` makes the sentence of a flag from what it rests on; `concerns(rule)` says whether a claim for
    the item can carry it. A `hard` flag has to be dealt with before the claim is approved.
    """

    title: str
    sentence: Callable
    concerns: Callable
    hard: bool = False


def _yuan(text, unit="元"):
    return f"{grouped(Decimal(text))} {unit}"


def _label_of(rule, name):
    return next(field.label for field in rule.facts if field.name == name)


def _above(data, rule):
    figures = "与".join(FIGURE_LABELS[name][0] for name in data["figures"])
    both = "之和" if len(data["figures"]) > 1 else ""
    more = _yuan(Decimal(data["declared"]) - Decimal(data["official"]))
    return (
        f"申报的“{_label_of(rule, data['fact'])}”是 {_yuan(data['declared'])}，海关统计的 {data['year']} 年"
        f"{figures}{both}是 {_yuan(data['official'])}，申报数多 {more}。"
    )


def _outside(data, rule):
    label, unit = FIGURE_LABELS[data["figures"][0]]
    words = f"海关统计的 {data['year']} 年{label.partition('（')[0]}是 {_yuan(data['official'], unit)}"
    if "most" in data:
        return f"{words}，超过这个事项的上限 {_yuan(data['most'], unit)}。"
    return f"{words}，没有达到这个事项要求的 {_yuan(data['least'], unit)}。"


def _no_exports(data, rule):
    return f"申报了保费 {_yuan(data['declared'])}，海关统计的 {data['year']} 年出口额是 0。"


def _no_market(data, rule):
    others = "、".join(country_name(code) for code in data["markets"])
    there = f"有出口的是：{others}。" if others else "明细中没有任何出口。"
    return (
        f"申报了承保{country_name(data['market'])}的保费 {_yuan(data['declared'])}，{data['year']} 年海关月度明细"
        f"（{months_text(data['months'])}）中没有对这个市场的出口。{there}"
    )


def _differ(data, rule):
    label, unit = FIGURE_LABELS[data["figure"]]
    more = abs(Decimal(data["added_up"]) - Decimal(data["loaded"]))
    return (
        f"{data['year']} 年{label.partition('（')[0]}：年度数 {_yuan(data['loaded'], unit)}，月度明细合计 "
        f"{_yuan(data['added_up'], unit)}，相差 {_yuan(more, unit)}。金额按年度数计算。"
    )


def _discredited(data, rule):
    spans = [
        f"{since or '更早'} 至 {until}" if until else f"{since or '更早'} 至今"
        for since, until in data["spans"]
    ]
    return f"企业在 {data['year']} 年列入失信名单：{'；'.join(spans)}。"


def _late(data, rule):
    return f"申报截止日期是 {data['deadline']}，企业在 {data['submitted']} 首次提交，已登记延期。"


def _declares(kind):
    return lambda rule: any(check.kind == kind for check in rule.contradictions)


def _takes_figures(rule):
    return any(each.kind == FIGURE for each in rule.official)


def _any_money_item(rule):
    return not rule.support


def _contradiction(kind, title, sentence):
    return FlagKind(title, sentence, _declares(kind))


#: Every kind, in the order in which a claim's flags are shown.
KINDS = {
    DISCREDITED: FlagKind("失信企业", _discredited, _any_money_item, hard=True),
    **{
        kind: _contradiction(kind, title, sentence)
        for kind, title, sentence in (
            (contradictions.LANDED_ABOVE_IMPORTS, "落地额大于进口额", _above),
            (contradictions.SITE_ABOVE_TRADE, "独立站交易额大于官方数", _above),
            (contradictions.EXPORTS_OUTSIDE_LIMIT, "出口额不在申报范围", _outside),
            (contradictions.PREMIUM_WITHOUT_EXPORTS, "没有出口却有保费", _no_exports),
            (contradictions.MARKET_WITHOUT_EXPORTS, "承保市场没有出口", _no_market),
        )
    },
    FIGURES_DIFFER: FlagKind("年度数与月度合计不同", _differ, _takes_figures),
    LATE: FlagKind("逾期提交", _late, _any_money_item),
}
_ORDER = {kind: position for position, kind in enumerate(KINDS)}


def in_order(flags):
    """Flags in the order of the table."""
    return sorted(flags, key=lambda flag: (_ORDER[flag.kind], flag.key, flag.pk))


def flag_title(kind):
    """What a kind of flag is called, in a few words."""
    return KINDS[kind].title


def flag_sentence(kind, data, rule):
    """What was noticed, with its numbers, for a claim of the item `rule`."""
    return KINDS[kind].sentence(data, rule)
