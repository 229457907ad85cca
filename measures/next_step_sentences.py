"""The sentences of a next step, from its numbers: what is missing, what it brings, and what the limit makes of it."""

from decimal import Decimal

from measures.money import ZERO, in_wan
from measures.next_step import NextStep
from measures.official import FIGURE_LABELS

#: Figures that grow together, as people call them.
_TOGETHER = {("import_cny", "export_cny"): "进出口额"}
_DOLLARS = "美元"


def figure_label(step: NextStep) -> str:
    """Return what the figures of a step are called: 进出口额 where either side may grow."""
    labels = [FIGURE_LABELS[name][0].removesuffix("（美元）") for name in step.names]
    return _TOGETHER.get(step.names) or "或".join(labels)


def figure_text(step: NextStep, value: Decimal) -> str:
    """Write an amount in the unit of a step's figures."""
    written = _short(value)
    return written.replace("元", _DOLLARS) if FIGURE_LABELS[step.names[0]][1] == _DOLLARS else written


def distance_text(step: NextStep) -> str:
    """Say by how much the figures must grow, as in `再增加 620 万元进出口额`."""
    return f"再增加 {figure_text(step, step.distance)}{figure_label(step)}"


def gain_text(step: NextStep) -> str:
    """Say what the step brings by itself, before the combined limit."""
    if step.award is None:
        when = "" if step.claim_year == step.year else f" {step.claim_year} 年度"
        return f"达到 {figure_text(step, step.target)}后{when}可以申报，金额按您填报的费用计算"
    if step.award.now:
        return f"可多得 {_short(step.award.more)}"
    return f"可得 {_short(step.award.then)}"


def step_sentence(step: NextStep) -> str:
    """Say the whole step, as in `再增加 620 万元进出口额可多得 3 万元。`"""
    gap = "，" if step.award is None else ""
    return f"{distance_text(step)}{gap}{gain_text(step)}。"


def limit_sentence(step: NextStep) -> str:
    """Say what the year's limit makes of a step; "" where the year gains just what the claim does."""
    award = step.award
    if award is None:
        return ""
    raised = ""
    if ZERO < award.limit_now < award.limit_then:
        raised = f"年度总额度同时由 {_short(award.limit_now)}升至 {_short(award.limit_then)}，"
    if award.gain == award.more:
        return f"{raised.removesuffix('，')}。" if raised else ""
    if not award.gain:
        return f"总额度 {_short(award.limit_then)}已由其他事项用完，全年合计不增加。"
    if award.gain < award.more:
        return f"受总额度限制，实际多得 {_short(award.gain)}。"
    return f"{raised}全年合计多得 {_short(award.gain)}。"


def _short(amount: Decimal) -> str:
    """Write round sums in 万元 or 亿元, others to the fen."""
    return in_wan(amount) if amount % 100 == 0 else f"{amount:,.2f} 元"
