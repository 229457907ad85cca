"""Turns of phrase that messages share."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from applications.lifecycle.people import office_name, role_for
from applications.models import State
from applications.stage_days import expected_end
from measures.money import grouped

NOTHING_TO_DO = "您不需要做什么。"
#: Where a decision is issued as a paper.
LETTER = "办理结果通知书可以在申报页面下载。"


@dataclass(frozen=True)
class Words:
    """What a message says. `act`: the enterprise has to do something, by `due_on` where there is a date."""

    title: str
    text: str
    act: bool = False
    due_on: date | None = None


def yuan(amount):
    """1,113,838.88 元, from a Decimal or from how the record writes it."""
    return f"{grouped(Decimal(amount))} 元"


def day_words(day, certain=True):
    """2026 年 4 月 20 日, marked 预计 where holidays may still move it."""
    text = f"{day.year} 年 {day.month} 月 {day.day} 日"
    return text if certain else f"{text}（预计）"


def sentence(text):
    """What somebody typed, closed with a full stop."""
    text = text.strip()
    return text if not text or text[-1] in "。！？.!?；;" else f"{text}。"


def office_of(claim, state):
    """The office that has a claim in a state."""
    return office_name(*role_for(claim, State(state)))


def deciding_office(event, claim):
    """The office that took a step, by the state that the claim was in."""
    return office_of(claim, event.data["from"])


def next_holder(claim, verb="审核", *, dated=True):
    """Who has the claim now and until when, as a sentence that ends with what the enterprise has to do: nothing.

    Looking for the date costs queries; whoever tells many claims at once leaves it out.
    """
    end = expected_end(claim) if dated else None
    until = f"，预计 {day_words(end[0])}前办完" if end else ""
    return f"现在由{office_of(claim, claim.state)}{verb}{until}。{NOTHING_TO_DO}"


def with_item(claim, title):
    """A title that says which claim it is about."""
    return f"{claim.rule.short_title}：{title}"


def about(claim):
    """How a text names the claim."""
    return f"申报 {claim.number}（{claim.rule.title}）"
