"""What messages say about a claim's money. Each takes (event, claim) and returns Words."""

from datetime import date
from decimal import Decimal

from applications.models import BankAccount, State

from .phrases import (
    LETTER,
    NOTHING_TO_DO,
    Words,
    about,
    day_words,
    deciding_office,
    next_holder,
    office_of,
    sentence,
    with_item,
    yuan,
)


def finance_approved(event, claim):
    """The amount is locked."""
    amount = event.data["locked_cny"]
    if not Decimal(amount):
        text = f"{deciding_office(event, claim)}批准了{about(claim)}，批准金额为 0.00 元，无需拨付。{NOTHING_TO_DO}{LETTER}"
        return Words(with_item(claim, "已批准，金额为 0.00 元"), text)
    text = f"{deciding_office(event, claim)}批准了{about(claim)}，金额 {yuan(amount)}。接下来公示。{NOTHING_TO_DO}{LETTER}"
    return Words(with_item(claim, f"已批准 {yuan(amount)}"), text)


def published(event, claim):
    """Until when anybody may object, as it was announced."""
    last = event.data.get("until")
    until = f"，至 {day_words(date.fromisoformat(last), event.data['certain'])}结束" if last else ""
    text = (
        f"{deciding_office(event, claim)}开始公示{about(claim)}，金额 {yuan(claim.owed_cny)}{until}。"
        f"公示期间没有异议的，结束后等待拨付。{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, "公示开始"), text)


def notice_closed(event, claim):
    """Payable: which account the money goes to, or that there is none."""
    start = (
        f"{about(claim)}的公示已经结束，等待{office_of(claim, State.PAYABLE)}拨付 {yuan(claim.owed_cny)}。"
    )
    payee = claim.rule.payee(claim.particulars)
    if payee:
        return Words(with_item(claim, "公示结束，等待拨付"), f"{start}款项将转给{payee[0]}。{NOTHING_TO_DO}")
    accounts = claim.enterprise.bank_accounts.all()
    account = next((each for each in accounts if each.standing == BankAccount.Standing.IN_FORCE), None)
    if account is None:
        text = f"{start}您的企业还没有收款账户，请在“企业信息”中登记，否则款项不能拨付。"
        return Words(with_item(claim, "公示结束，请登记收款账户"), text, act=True)
    text = f"{start}款项将转入尾号 {account.tail} 的账户。账户有变的，请尽快在“企业信息”中登记。"
    return Words(with_item(claim, "公示结束，等待拨付"), text)


def paid(event, claim):
    """What has arrived, and where."""
    amount = yuan(event.data["amount"])
    return Words(
        with_item(claim, f"已拨付 {amount}"),
        f"{_sent(event, claim, amount)}批准的金额已全部拨付，办理完毕。",
    )


def paid_partly(event, claim):
    """A part has arrived; the rest stays owed."""
    amount = yuan(event.data["amount"])
    text = f"{_sent(event, claim, amount)}还有 {yuan(claim.owed_cny)}等待以后的批次拨付。{NOTHING_TO_DO}"
    return Words(with_item(claim, f"已拨付一部分，{amount}"), text)


def _sent(event, claim, amount):
    """The account is the one that was paid, which need not be the one in force today."""
    tail = event.data.get("account")
    place = f"，转入尾号 {tail} 的账户" if tail else ""
    return f"{deciding_office(event, claim)}已拨付{about(claim)}的 {amount}{place}。"


def payment_failed(event, claim):
    """The bank could not pay."""
    text = f"银行没有拨付成功{about(claim)}的 {yuan(event.data['amount'])}{_into(event)}：{_reason(event)}{_account(claim)}"
    return Words(with_item(claim, "拨付未成功，请核对收款账户"), text, act=True)


def payment_returned(event, claim):
    """The bank gave paid money back."""
    text = f"银行退回了{about(claim)}已拨付的 {yuan(event.data['amount'])}{_into(event)}：{_reason(event)}{_account(claim)}"
    return Words(with_item(claim, "银行退汇，请核对收款账户"), text, act=True)


def _account(claim):
    """What to do: the firm's own account is changed by its ordinary way, a payee's on the page of the claim."""
    if claim.rule.payee(claim.particulars):
        return "请向收款单位核对账户，有误的在申报页面提交更正的账户。款项仍为您保留，核对后再次拨付。"
    return "请在“企业信息”中核对收款账户，有误的登记新账户。款项仍然是您的，核对后再次拨付。"


def _into(event):
    tail = event.data.get("account")
    return f"（收款账户尾号 {tail}）" if tail else ""


def payee_account_refused(event, claim):
    """The corrected account of a payee cannot be taken."""
    text = (
        f"您为{about(claim)}提交的更正账户（尾号 {event.data['account']}）没有采用：{_reason(event)}"
        "请核对后在申报页面重新提交。"
    )
    return Words(with_item(claim, "更正的账户没有采用，请重新提交"), text, act=True)


def account_confirmed(event, claim):
    """Finance has looked at the account: the money is paid again."""
    kept = "原账户无误" if event.data.get("same") else "收款账户已核对"
    text = (
        f"{about(claim)}的{kept}（尾号 {event.data['account']}），{office_of(claim, State.PAYABLE)}将在以后的批次中再次拨付。"
        f"{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, "账户已核对，将再次拨付"), text)


def _reason(event):
    return sentence(event.data.get("reason", "")) or "银行没有说明原因。"


def supplemented(event, claim):
    """More is paid than was locked."""
    text = (
        f"{deciding_office(event, claim)}决定对{about(claim)}补发 {yuan(event.data['amount'])}："
        f"{sentence(event.data['reason'])}补发的金额公示后拨付。{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, f"决定补发 {yuan(event.data['amount'])}"), text)


def supplement_taken_back(event, claim):
    """Somebody objected to what was to be added and was right."""
    text = (
        f"公示期间有人对{about(claim)}的补发提出异议，经核查异议成立：{sentence(event.data['reason'])}"
        f"补发的 {yuan(event.data['amount'])}撤回，不再拨付；以前批准的金额不变，已经拨付的不用退回。{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, "异议成立，补发撤回"), text)


def amount_changed(event, claim):
    """What commerce had approved is not what the rules give any more."""
    change = _change(event.data["old"] or {}, event.data["new"])
    text = f"{about(claim)}的金额重新计算，{change}因此退回商务再次审核。{next_holder(claim)}"
    return Words(with_item(claim, "金额有变化，再次审核"), text)


def limit_changed(event, claim):
    """The combined limit leaves more or less than commerce was shown."""
    change = _change(event.data["old"], event.data["new"])
    text = f"受年度总额度影响，{about(claim)}的{change}{next_holder(claim, dated=False)}"
    return Words(with_item(claim, "应付金额有变化"), text)


def _change(old, new):
    before, after = old.get("payable_cny"), new.get("payable_cny")
    if before is None or after is None or Decimal(before) == Decimal(after):
        return "计算过程有变化，应付金额没有变。"
    return f"应付金额由 {yuan(before)}变为 {yuan(after)}。"


def unlocked(event, claim):
    """The approved amount is more than the enterprise is entitled to."""
    text = (
        f"重新计算后，{about(claim)}的应得金额少于已批准的 {yuan(event.data['locked_cny'])}，原批准不再有效，"
        f"退回重新审核。{next_holder(claim)}"
    )
    return Words(with_item(claim, "金额减少，重新审核"), text)


def lock_reduced(event, claim):
    """Part of the money is on its way: the approved amount falls."""
    old, new = event.data["old"], event.data["new"]
    text = f"重新计算后，{about(claim)}的批准金额由 {yuan(old)}调低为 {yuan(new)}。{NOTHING_TO_DO}"
    return Words(with_item(claim, f"批准金额调低为 {yuan(new)}"), text)
