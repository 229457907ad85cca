"""The sentences of reasons, one function for each code."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from measures.money import grouped, round_down
from measures.official import FIGURE_LABELS, register
from measures.registry import ITEMS
from measures.step_sentences import STEP_SENTENCES, percent

Params = Mapping[str, Any]

#: Quantities that thresholds are about: what they are called, and their unit.
_QUANTITIES = FIGURE_LABELS | {
    "export_usd": ("出口额", "美元"),
    "growth": ("进出口额增量", "元"),
    "site_trade_cny": ("独立站进出口额", "元"),
    "served_smes": ("服务的中小微企业", "家"),
    "trade_handled_cny": ("代办进出口额", "元"),
    "landed_cny": ("省内落地使用加工的进口额", "元"),
}


def quantity(name: str, value: Decimal | int) -> str:
    """Write a figure or another quantity with what it is called and its unit."""
    return f"{_QUANTITIES[name][0]} {measured(name, value)}"


def measured(name: str, value: Decimal | int) -> str:
    """Write what a quantity comes to with its unit, without what it is called."""
    return f"{_number(value)} {_QUANTITIES[name][1]}"


def _number(value: Decimal | int) -> str:
    return f"{value:,}" if isinstance(value, int) else grouped(value)


def _figures_missing(p: Params) -> str:
    missing = "、".join([f"{year} 年{FIGURE_LABELS[name][0]}" for name, year in p["figures"]])
    return f"缺少海关统计数据：{missing}。没有数据就不能判断，也不能按 0 计算。"


def _below_threshold(p: Params) -> str:
    tests = "；".join(
        [
            f"{quantity(name, value)}，不到 {_number(least)} {_QUANTITIES[name][1]}"
            for name, value, least in p["tests"]
        ]
    )
    return f"{p['year']} 年{tests}。"


def _above_threshold(p: Params) -> str:
    unit = _QUANTITIES[p["quantity"]][1]
    return f"{p['year']} 年{quantity(p['quantity'], p['value'])}，超过 {_number(p['most'])} {unit}。"


def _landing_ratio(p: Params) -> str:
    landed, imported, share = p["landed"], p["imported"], percent(p["share"])
    if not imported:
        return f"资源类产品进口额为 0.00 元，落地使用加工 {landed:,.2f} 元，落地率不能超过 {share}。"
    ratio = round_down(landed / imported * 100)
    return (
        f"落地使用加工 {landed:,.2f} 元，占资源类产品进口额 {imported:,.2f} 元的 {ratio}%，没有超过 {share}。"
    )


def _not_on_register(p: Params) -> str:
    subject = f"“{p['subject']}”" if p["subject"] else "企业"
    return f"{subject}不在{register(p['register']).label}上。"


def _already_awarded(p: Params) -> str:
    subject = f"“{p['subject']}”的" if p["subject"] else ""
    title = ITEMS[p["item"]].title
    if p["in_this_case"]:
        return f"{subject}{title}本年前面已有一份申报，不重复支持。"
    return f"{subject}{title}以前已经给过，一次性奖励不重复给。"


def _city_rate_not_set(p: Params) -> str:
    title = ITEMS[p["item"]].title
    return f"企业所在市（地）没有公布 {p['year']} 年{title}的比例（政策规定最高 {percent(p['most'])}），不能支付。"


def _lpr_missing(p: Params) -> str:
    loans = "、".join([f"第 {number} 笔贷款（{issued} 发放）" for number, issued in p["loans"]])
    first = f"第一次公布 1 年期 LPR 是 {p['first']}" if p["first"] else "还没有公布过 1 年期 LPR"
    return f"{loans}没有可用的利率：{first}。"


def _no_cost(p: Params) -> str:
    return f"其他条件都符合，但算出的金额不到 0.01 元：{STEP_SENTENCES[p['template']](p['params'])}"


def _calendar_missing(p: Params) -> str:
    years = "、".join([f"{year} 年" for year in p["years"]])
    return f"{years}的节假日安排还没有公布，不能计算工作日。"


REASON_SENTENCES: Mapping[str, Callable[[Params], str]] = MappingProxyType(
    {
        "figures_missing": _figures_missing,
        "below_threshold": _below_threshold,
        "above_threshold": _above_threshold,
        "landing_ratio": _landing_ratio,
        "not_on_register": _not_on_register,
        "already_awarded": _already_awarded,
        "city_rate_not_set": _city_rate_not_set,
        "lpr_missing": _lpr_missing,
        "no_cost": _no_cost,
        "calendar_missing": _calendar_missing,
    }
)
