"""The sentences of the four steps, one function for each template."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from measures.case import LEVEL_LABELS
from measures.countries import country_name
from measures.money import ZERO, in_wan, round_down
from measures.registry import ITEMS

Params = Mapping[str, Any]


@lru_cache(maxsize=1024)
def percent(rate: Decimal) -> str:
    """Write a rate between 0 and 1 as a percentage without needless zeros, as in `62.5%`."""
    return f"{(rate * 100).normalize():f}%"


_ITEM_NAMES = {code: f"{code} {item.short_title}" for code, item in ITEMS.items()}


def _outcome(amount: Decimal) -> str:
    """Write what a formula gives, and what is left of it in whole fen."""
    whole = round_down(amount)
    if whole == amount:
        return f"{whole:,.2f} 元"
    return f"{amount.normalize():,f}，舍去分以下，得 {whole:,.2f} 元"


def _sum(amounts: tuple[Decimal, ...]) -> str:
    """Write the sum of the amounts that are not 0."""
    parts = [f"{amount:,.2f}" for amount in amounts if amount]
    return f"（{' + '.join(parts)}）" if len(parts) > 1 else f"{parts[0]} " if parts else "0.00 "


def _growth_units(p: Params) -> str:
    return (
        f"{p['year']} 年进出口额 {p['now']:,.2f} 元，{p['year'] - 1} 年 {p['before']:,.2f} 元，"
        f"增量 {p['growth']:,.2f} 元。每满 {in_wan(p['unit'])}奖励 {in_wan(p['reward'])}，"
        f"计 {p['units']!s} 份：{p['units']!s} × {p['reward']:,.2f} = {p['units'] * p['reward']:,.2f} 元。"
    )


def _trade_units(p: Params) -> str:
    return (
        f"{p['year']} 年跨境电商进出口额 {p['value']:,.2f} 元。每满 {in_wan(p['unit'])}奖励 {in_wan(p['reward'])}，"
        f"计 {p['units']!s} 份：{p['units']!s} × {p['reward']:,.2f} = {p['units'] * p['reward']:,.2f} 元。"
    )


def _platform_reward(p: Params) -> str:
    return f"平台“{p['platform']}”为{LEVEL_LABELS[p['level']]}，一次性奖励 {p['amount']:,.2f} 元。"


def _warehouse_reward(p: Params) -> str:
    return f"“{p['warehouse']}”为省级海外仓，一次性奖励 {p['amount']:,.2f} 元。"


def _service_reward(p: Params) -> str:
    return (
        f"服务中小微企业 {p['firms']} 家，代办进出口额 {p['trade']:,.2f} 元，年度奖励 {p['amount']:,.2f} 元。"
    )


def _list_reward(p: Params) -> str:
    return f"企业在国家级双循环企业名单上，一次性奖励 {p['amount']:,.2f} 元。"


def _share_of_costs(p: Params) -> str:
    return f"{_sum(p['costs'])}× {percent(p['rate'])} = {_outcome(p['amount'])}。"


def _bank_costs(p: Params) -> str:
    loans = "".join([_loan(number, loan, p["day_count"]) for number, loan in enumerate(p["loans"], 1)])
    base = _sum((p["fees"], *[loan["eligible"] for loan in p["loans"]]))
    return f"银行手续费 {p['fees']:,.2f} 元。{loans}{base}× {percent(p['rate'])} = {_outcome(p['amount'])}。"


@lru_cache(maxsize=256)
def _published(rate: Decimal) -> str:
    """Write a rate in percent as the central bank publishes it, with two decimals or as many as it has."""
    return f"{rate:.2f}%" if rate == round(rate, 2) else f"{rate.normalize():f}%"


def _loan(number: int, loan: Params, day_count: int) -> str:
    paid = loan["paid"] <= loan["by_rate"]
    return (
        f"贷款 {number}：{loan['issued_on']!s} 发放，本金 {loan['principal']:,.2f} × LPR {_published(loan['percent'])} × "
        f"{loan['days']} 天 ÷ {day_count} = {loan['by_rate']:,.2f} 元，当年实付 {loan['paid']:,.2f} 元，"
        f"按{'实付' if paid else ' LPR '}计入 {loan['eligible']:,.2f} 元。"
    )


def _premium_lines(p: Params) -> str:
    if p["flat"]:
        (rate,) = {rate for _, _, rate in p["lines"]} or {ZERO}
        premiums = _sum(tuple([premium for premium, _, _ in p["lines"]]))
        return f"农产品出口企业按定额比例：{premiums}× {percent(rate)} = {_outcome(p['amount'])}。"
    lines = " + ".join(
        [
            f"{premium:,.2f}（{country_name(market)}）× {percent(rate)}"
            for premium, market, rate in p["lines"]
            if premium
        ]
    )
    return f"{lines or '保费 0.00'} = {_outcome(p['amount'])}。"


def _no_cap(p: Params) -> str:
    return f"本项没有规定上限，计 {p['computed']:,.2f} 元。"


def _own_cap(p: Params) -> str:
    if p["capped"] == p["computed"]:
        return f"上限 {p['cap']:,.2f} 元，没有超过，计 {p['capped']:,.2f} 元。"
    return f"上限 {p['cap']:,.2f} 元，{p['computed']:,.2f} 元超过上限，计 {p['capped']:,.2f} 元。"


def _shared_cap(p: Params) -> str:
    taken = p["cap"] - p["room"]
    before = f"先计入的申报已用 {taken:,.2f} 元，" if taken else ""
    return (
        f"{ITEMS[p['item']].shared_cap_label}每年最高 {p['cap']:,.2f} 元，{before}可用 {p['room']:,.2f} 元，"
        f"计 {p['capped']:,.2f} 元。"
    )


def _no_other_support(p: Params) -> str:
    return f"没有其他省级政策支持同一事项，仍为 {p['after_overlap']:,.2f} 元。"


def _other_support(p: Params) -> str:
    support = f"其他省级政策已支持同一事项 {p['other_support']:,.2f} 元。"
    if p["after_overlap"]:
        return f"{support}{p['capped']:,.2f} − {p['other_support']:,.2f} = {p['after_overlap']:,.2f} 元。"
    return f"{support}不少于本项的 {p['capped']:,.2f} 元，本项不再支付。"


def _locked(p: Params) -> str:
    if p["payable"] > p["entitled"]:
        excess = p["payable"] - p["entitled"]
        return (
            f"财政已核定 {p['payable']:,.2f} 元，应付按核定数。现在应得 {p['entitled']:,.2f} 元，"
            f"多出 {excess:,.2f} 元。"
        )
    return f"财政已核定 {p['payable']:,.2f} 元，应付按核定数。"


def _limit(p: Params) -> str:
    setter = "本项" if p["own"] else f" {_ITEM_NAMES[p['setter']]}"
    before = "本项最先计入。"
    if p["before"]:
        left = max(ZERO, p["limit"] - p["before"])
        before = f"先计入 {p['before']:,.2f} 元，余 {left:,.2f} 元。"
    locked = f"其中财政已核定 {p['locked']:,.2f} 元。" if p["locked"] else ""
    cut = p["after_overlap"] - p["payable"]
    paid = f"应付 {p['payable']:,.2f} 元" + (f"，减少 {cut:,.2f} 元。" if cut else "，不受削减。")
    return f"总额度 {p['limit']:,.2f} 元，由{setter}决定。{before}{locked}{paid}"


def _nothing_left(p: Params) -> str:
    return "前面各步之后已没有可付的金额，应付 0.00 元。"


STEP_SENTENCES: dict[str, Callable[[Params], str]] = {
    "growth_units": _growth_units,
    "trade_units": _trade_units,
    "platform_reward": _platform_reward,
    "warehouse_reward": _warehouse_reward,
    "service_reward": _service_reward,
    "list_reward": _list_reward,
    "share_of_costs": _share_of_costs,
    "bank_costs": _bank_costs,
    "premium_lines": _premium_lines,
    "no_cap": _no_cap,
    "own_cap": _own_cap,
    "shared_cap": _shared_cap,
    "no_other_support": _no_other_support,
    "other_support": _other_support,
    "locked": _locked,
    "limit": _limit,
    "nothing_left": _nothing_left,
}
