"""What messages say about money that is to be paid back. Each takes (event, claim) and returns Words."""

from datetime import date
from decimal import Decimal

from applications.models import State

from .phrases import NOTHING_TO_DO, Words, about, day_words, office_of, sentence, with_item, yuan

#: Where the letter is, and how to pay.
_HOW = "追回通知书和退回的办法见申报页面。"


def demanded(event, claim):
    """Money is to be given back, or more or less of it than before: how much, why, by when, and how."""
    old, new = Decimal(event.data["old"]), Decimal(event.data["new"])
    before = f"，原来是 {yuan(old)}" if old else ""
    why = event.data.get("why", "应得金额重新计算。")
    day, due = _due(event)
    by = f"请在 {due}前退回，附言写明追回编号 {event.data['demand']}。" if due else ""
    text = (
        f"{why}按现在的计算结果，{about(claim)}已拨付的金额多于应得金额，需要退回 {yuan(new)}{before}。{by}"
        f"办理部门是{office_of(claim, State.PAID)}。{_HOW}"
    )
    title = f"需要退回 {yuan(new)}" if new > old else f"需要退回的金额减少为 {yuan(new)}"
    return Words(with_item(claim, title), text, act=True, due_on=day)


def demand_ended(event, claim):
    """Nothing is to be given back any more."""
    why = event.data.get("why", "应得金额重新计算。")
    text = f"{why}{about(claim)}不再需要退回 {yuan(event.data['old'])}。{NOTHING_TO_DO}"
    return Words(with_item(claim, "不再需要退回款项"), text)


def receipt_added(event, claim):
    """What has come in, and what is still open."""
    amount = yuan(event.data["amount"])
    text = f"{office_of(claim, State.PAID)}已收到您就{about(claim)}退回的 {amount}（追回编号 {event.data['demand']}）。"
    return _after_receipt(event, claim, f"已收到退回的 {amount}", text)


def receipt_reversed(event, claim):
    """What had been recorded as paid back was not, or not so: what no longer counts, why, and what is open now."""
    data, office = event.data, office_of(claim, State.PAID)
    amount, rest = yuan(data["amount"]), yuan(data["open"])
    day, due = _due(event)
    until = f"请在 {due}前退回"
    if "parts" in data:
        until = f"请按分期退回：{_listed(data['parts'])}"
    text = (
        f"{office}更正了登记：原来就{about(claim)}登记的到账 {amount}（凭证号 {data['reference']}）登记有误，已经冲销，"
        f"不再算作已退回的款项。{sentence(data['reason'])}现在还需要退回 {rest}，{until}，附言写明追回编号 {data['demand']}。"
        f"款项确实已经退回的，等{office}按银行凭证重新登记，不用再退。{_HOW}"
    )
    return Words(with_item(claim, f"到账登记已更正，还需要退回 {rest}"), text, act=True, due_on=day)


def _listed(parts):
    return "；".join(f"{day_words(date.fromisoformat(day))}前 {yuan(amount)}" for day, amount in parts)


def offset(event, claim):
    """What was demanded has been kept back from another claim."""
    amount = yuan(event.data["amount"])
    text = (
        f"{office_of(claim, State.PAID)}决定从申报 {event.data['against']} 应拨付的款项中抵扣 {amount}，"
        f"用于退回{about(claim)}多拨的款项（追回编号 {event.data['demand']}）：{sentence(event.data['reason'])}"
    )
    return _after_receipt(event, claim, f"已抵扣应退回的 {amount}", text)


def _after_receipt(event, claim, title, text):
    rest = Decimal(event.data["open"])
    if rest:
        return Words(with_item(claim, title), f"{text}还需要退回 {yuan(rest)}。{_HOW}")
    return Words(with_item(claim, "应退回的款项已经结清"), f"{text}应退回的款项已经结清。{NOTHING_TO_DO}")


def offset_paid(event, claim):
    """The later claim is paid by what was kept back from it."""
    amount, rest = yuan(event.data["amount"]), Decimal(event.data["rest"])
    left = f"还有 {yuan(rest)}等待拨付。" if rest else "批准的金额已全部结清，办理完毕。"
    text = (
        f"{office_of(claim, State.PAID)}决定从{about(claim)}应拨付的款项中抵扣 {amount}，"
        f"用于退回申报 {event.data['demanded']} 多拨的款项（追回编号 {event.data['demand']}）："
        f"{sentence(event.data['reason'])}抵扣视同拨付。{left}{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, f"应拨付的款项抵扣 {amount}"), text)


def instalments_set(event, claim):
    """In which parts, and by when each."""
    parts = event.data["parts"]
    text = (
        f"{office_of(claim, State.PAID)}同意{about(claim)}应退回的款项（追回编号 {event.data['demand']}）"
        f"分 {len(parts)} 期退回：{_listed(parts)}。{sentence(event.data['reason'])}"
    )
    return Words(
        with_item(claim, f"可以分 {len(parts)} 期退回"),
        text,
        act=True,
        due_on=date.fromisoformat(parts[0][0]),
    )


def demand_extended(event, claim):
    """More time to pay back."""
    day, due = _due(event)
    text = (
        f"{office_of(claim, State.PAID)}把{about(claim)}应退回款项（追回编号 {event.data['demand']}）"
        f"的期限延长到 {due}：{sentence(event.data['reason'])}"
    )
    return Words(with_item(claim, f"退回期限延长到 {due}"), text, act=True, due_on=day)


def _due(event):
    if "due_on" not in event.data:
        return None, ""
    day = date.fromisoformat(event.data["due_on"])
    return day, day_words(day, event.data["certain"])
