"""The sentences of what official data open: what speaks for an item, and what only the enterprise can say."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from measures.money import in_wan
from measures.official import mark
from measures.reason_sentences import quantity
from measures.result import Statement
from measures.step_sentences import STEP_SENTENCES

Params = Mapping[str, Any]


def _figure(p: Params) -> str:
    least, most = p["least"], p["most"]
    reached = f"，达到 {_bound(p['name'], least)}" if least is not None else ""
    within = f"，没有超过 {_bound(p['name'], most)}" if most is not None else ""
    return f"{p['year']} 年{quantity(p['name'], p['value'])}{reached}{within}。"


def _bound(name: str, value: Decimal) -> str:
    return in_wan(value).replace("元", "美元") if name.endswith("_usd") else in_wan(value)


def _mark(p: Params) -> str:
    return f"企业属于{mark(p['name']).label}。"


def _fact(p: Params) -> str:
    return p["label"]


def _landed(p: Params) -> str:
    return f"{p['label']}（须超过 {p['above']:,.2f} 元）"


_SENTENCES: dict[str, Callable[[Params], str]] = {
    **STEP_SENTENCES,
    "figure": _figure,
    "mark": _mark,
    "fact": _fact,
    "landed": _landed,
}


def statement_texts(statements: Iterable[Statement]) -> list[str]:
    """Return what each statement says: sentences for grounds, the names of what is asked for for what is wanted."""
    return [_SENTENCES[one.template](one.params) for one in statements]
