"""A result sheet beside the payments of its batch: what is new, what is known already, and everything that is wrong.

Nothing here reads or writes the database, so that every case can be tried.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from applications.bank_accounts import account_number_normal, name_plain
from applications.imports.values import quoted
from measures.money import grouped
from review.bank.columns import WORDS, R, reference_normal


@dataclass(frozen=True)
class Known:
    """One payment as it stands: what was to be paid to whom, and what the bank has said of it so far."""

    position: int
    payee_name: str
    payee_account: str
    amount_cny: Decimal
    result: str = R.WAITING
    reference: str = ""
    #: By which the money came back, where the bank has said so; `reference` stays that of the payment.
    return_reference: str = ""
    note: str = ""
    #: The day of the present result; None while there is none.
    day: date | None = None


@dataclass(frozen=True)
class Batch:
    """What a sheet is compared with: the batch's number, the day it was locked, and its payments by position.

    `references` are those of a sheet that stand at payments already, of whatever batch: {reference: {(batch, position)}}.
    """

    number: str
    locked_on: date
    payments: dict
    references: dict


@dataclass
class Sum:
    """So many payments of so much."""

    count: int = 0
    amount_cny: Decimal = Decimal("0.00")

    def add(self, amount):
        """One more payment."""
        self.count += 1
        self.amount_cny += amount


@dataclass
class Comparison:
    """What a sheet would do: its new results, lines that say what is known, lines without a result, and faults by line."""

    new: list = field(default_factory=list)
    same: list = field(default_factory=list)
    open: list = field(default_factory=list)
    faults: list = field(default_factory=list)

    def sums(self, payments):
        """{result: Sum} of what is new, by the amounts of the payments themselves."""
        sums = {result: Sum() for result in WORDS}
        for line in self.new:
            sums[line.result].add(payments[line.position].amount_cny)
        return sums

    def left(self, payments):
        """The Sum of the payments that are without a result when the new ones are stored."""
        told, left = {line.position for line in self.new}, Sum()
        for known in payments.values():
            if known.result == R.WAITING and known.position not in told:
                left.add(known.amount_cny)
        return left


def compare(sheet, batch, today):
    """The Comparison of a Sheet with its Batch; `today` is the last day that a result can have."""
    found = Comparison(faults=list(sheet.faults))
    positions, references = defaultdict(list), defaultdict(list)
    for line in sheet.lines:
        if line.position is not None:
            positions[line.position].append(line)
        if line.reference:
            references[line.reference].append(line)
    for line in sheet.lines:
        faults = [
            *_payment_faults(line, batch),
            *_twice_faults(line, positions, references, batch),
            *_result_faults(line, batch, today),
        ]
        found.faults += faults
        if faults or line.unread:
            continue
        if line.is_open:
            found.open.append(line)
        elif batch.payments[line.position].result == line.result:
            found.same.append(line)
        else:
            found.new.append(line)
    found.faults.sort(key=lambda fault: fault.row)
    return found


def _payment_faults(line, batch):
    """Whether the line names a payment of this batch, as it was ordered."""
    if line.batch is not None and name_plain(line.batch) != batch.number:
        yield line.fault(
            "batch",
            "wrong_batch",
            f"不是本批次：{quoted(line.batch)}。这里只导入 {batch.number} 的结果，请到那个批次导入，或核对批次号。",
        )
        return
    if line.position is None:
        return
    known = batch.payments.get(line.position)
    if known is None:
        yield line.fault(
            "position",
            "unknown_payment",
            f"在本批次中没有：{line.position}。本批次共 {len(batch.payments)} 笔支付，请对照拨付表核对。",
        )
        return
    if line.payee_name is not None and name_plain(line.payee_name) != name_plain(known.payee_name):
        yield line.fault(
            "payee_name",
            "name_differs",
            f"与拨付表不一致：{quoted(line.payee_name)}，拨付表上是 {known.payee_name}。",
        )
    if line.payee_account is not None and account_number_normal(line.payee_account) != known.payee_account:
        yield line.fault(
            "payee_account",
            "account_differs",
            f"与拨付表不一致：{quoted(line.payee_account)}，拨付表上是 {known.payee_account}。",
        )
    if line.amount_cny is not None and line.amount_cny != known.amount_cny:
        yield line.fault(
            "amount_cny",
            "amount_differs",
            f"与拨付表不一致：{grouped(line.amount_cny)} 元，拨付表上是 {grouped(known.amount_cny)} 元。",
        )


def _twice_faults(line, positions, references, batch):
    """Whether the payment or the bank's reference stands elsewhere too: in this sheet, or at another payment."""
    others = [each.row for each in positions.get(line.position, ()) if each is not line]
    if others:
        yield line.fault(
            "position",
            "twice",
            f"重复：支付序号 {line.position} 在第 {_rows(others)} 行也有。一笔支付只保留一行。",
        )
    if not line.reference:
        return
    others = [
        each.row for each in references[line.reference] if each is not line and each.position != line.position
    ]
    if others:
        yield line.fault(
            "reference",
            "reference_twice",
            f"重复：{quoted(line.reference)} 在第 {_rows(others)} 行也有。一个流水号只能用于一笔支付。",
        )
    used = batch.references.get(line.reference, set()) - {(batch.number, line.position)}
    if used:
        number, position = min(used)
        yield line.fault(
            "reference",
            "reference_used",
            f"已用于批次 {number} 支付序号 {position}：{quoted(line.reference)}。请核对银行流水号。",
        )


def _result_faults(line, batch, today):
    """Whether the result is whole in itself, and can follow what is known of the payment."""
    if line.is_open or "result" in line.unread:
        return
    if not line.result:
        yield line.fault(
            "result", "missing", f"没有填写，但填了原因、流水号或日期。请填{'、'.join(WORDS.values())}。"
        )
        return
    if line.result != R.PAID and not line.reason and "reason" not in line.unread:
        yield line.fault(
            "reason", "missing", f"没有填写。{WORDS[line.result]}的要写明原因，例如户名与账号不符。"
        )
    known = batch.payments.get(line.position)
    earliest, since = batch.locked_on, "批次锁定日期"
    if line.result == R.RETURNED and known and known.result == R.PAID and known.day:
        earliest, since = known.day, "这笔支付的付款日期"
    if line.day is None:
        if "day" not in line.unread:
            yield line.fault("day", "missing", "没有填写。请填银行付款、失败或退汇的日期，例如 2022-03-01。")
    elif line.day > today:
        yield line.fault("day", "future", f"还没有到：{line.day:%Y-%m-%d}。请核对日期。")
    elif line.day < earliest:
        yield line.fault(
            "day", "too_early", f"早于{since}（{earliest:%Y-%m-%d}）：{line.day:%Y-%m-%d}。请核对日期。"
        )
    if known:
        yield from _order_faults(line, known)


def _order_faults(line, known):
    """A result is final; what was paid may come back."""
    sentence = result_conflict(known, line.result)
    if sentence:
        yield line.fault("result", "other_result", sentence)
    elif known.result == line.result and line.reference:
        recorded = known.return_reference if line.result == R.RETURNED else known.reference
        if recorded and line.reference not in map(reference_normal, (recorded, known.reference)):
            yield line.fault(
                "reference",
                "other_result",
                f"与已记录的不同：{quoted(line.reference)}，已记录的是 {recorded}。",
            )


def result_conflict(known, result):
    """Why a result cannot follow what is Known of the payment, as a sentence; "" where it can, or is the same again."""
    if known.result == R.WAITING and result == R.RETURNED:
        return "是退汇，但这笔支付没有成功的记录。银行没有付成的，请填失败；先付成后退回的，请先记录成功。"
    allowed = known.result == R.WAITING or known.result == result
    if allowed or (known.result == R.PAID and result == R.RETURNED):
        return ""
    then = f"（{known.day:%Y-%m-%d}）" if known.day else ""
    hint = "款项后来被退回的，请填退汇。" if known.result == R.PAID else "请核对，以已记录的为准。"
    return f"与已记录的不同：已记录为{WORDS.get(known.result, '已移出')}{then}，这里是{WORDS[result]}。{hint}"


def _rows(numbers):
    return "、".join(map(str, numbers[:5]))
