"""Which account a claim's money goes to, and what a pending change of it means for the claim; of numbers the last digits alone."""

from dataclasses import dataclass

from applications.bank_accounts import account_in_force, change_pending
from applications.models import BankAccount, Event, State
from applications.models.states import LIVE_STATES
from applications.payees import payee_named

#: Claims on which money may still come.
UNPAID_STATES = LIVE_STATES - {State.PAID}


@dataclass(frozen=True)
class ChangeNote:
    """A pending change of the firm's account, as a claim shows it."""

    change: BankAccount
    text: str


def account_note(claim):
    """Where the money will go: for a claim in a batch the account that the batch was locked with."""
    tail = _tail(claim)
    return f"款项将转入尾号 {tail} 的账户。" if tail else "请先登记收款账户。"


def _tail(claim):
    if claim.state == State.COMMITTED:
        committed = Event.objects.filter(claim=claim, kind="claim.committed").order_by("pk").last()
        if committed and committed.data.get("account"):
            return committed.data["account"]
    payee = payee_named(claim)
    if payee:
        return payee[2][-4:]
    account = account_in_force(claim.enterprise_id)
    return account.tail if account else ""


def change_note(claim):
    """The pending change of the account that the claim would be paid to; None without one, or where it changes nothing."""
    if claim.state not in UNPAID_STATES or claim.rule.payee(claim.particulars):
        return None
    change = change_pending(claim.enterprise_id)
    if change is None:
        return None
    if claim.state == State.COMMITTED:
        text = f"有一项待生效的收款账户变更（尾号 {change.tail}）。这笔款项已列入拨付批次，不受影响，仍转入尾号 {_tail(claim)} 的账户。"
    else:
        now = _tail(claim)
        present = f"现在是尾号 {now}，" if now else ""
        text = f"收款账户正在变更：{present}将改为尾号 {change.tail}，{_when(change)}。生效前列入拨付批次的款项，仍转入原账户。"
    return ChangeNote(change, text)


def _when(change):
    if change.waits_until is None:
        return "由另一位同事确认后生效"
    expected = "" if change.waits_certain else "（预计）"
    return f"等待到 {change.waits_until.month} 月 {change.waits_until.day} 日{expected}后生效"
