"""The checks before a batch is locked. Everything that is wrong is listed at once, with what to do."""

import re
from collections import Counter
from dataclasses import dataclass, field

from applications.models import BankAccount, EnterpriseYear, State
from review.payees import payees_of

_ACCOUNT = re.compile(r"^[0-9]{8,32}$")


@dataclass
class Check:
    """One named check: how many lines it looked at, and a sentence for each that fails."""

    label: str
    total: int
    problems: list = field(default_factory=list)
    #: A note that does not stop the batch.
    notes: list = field(default_factory=list)

    @property
    def passed(self):
        """How many lines pass."""
        return self.total - len(self.problems)


def batch_checks(batch, lines):
    """Every check of a batch for the page, read without locks."""
    claims = [line.claim for line in lines]
    rows = EnterpriseYear.objects.filter(enterprise_id__in={claim.enterprise_id for claim in claims})
    years = {(row.enterprise_id, row.year): row for row in rows}
    pairs = {claim.pk: (claim, years[claim.enterprise_id, claim.year]) for claim in claims}
    return _checks(lines, pairs)


def batch_problems(batch, lines, locked):
    """The sentences that stop a batch from being locked; `locked` maps claim ids to (claim, year)."""
    if not lines:
        return ["批次里没有可拨付的申报。"]
    return [problem for check in _checks(lines, locked) for problem in check.problems]


def _checks(lines, pairs):
    size = len(lines)
    state, settled = Check("每笔都处于待拨付", size), Check("金额都已计算完成", size)
    within, account = Check("金额不超过锁定金额", size), Check("收款账户完整有效", size)
    twice = Check("没有重复列入", size)
    counts = Counter(line.claim_id for line in lines)
    pending = _pending_accounts(pairs)
    payees = payees_of([claim for claim, _ in pairs.values()])
    for position, line in enumerate(lines, start=1):
        claim, year = pairs[line.claim_id]
        where = f"第 {position} 行 {claim.number}："
        if claim.state != State.PAYABLE:
            state.problems.append(f"{where}现在是“{State(claim.state).label}”，请移出。")
        if year.is_computing:
            settled.problems.append(f"{where}正在重新计算，请几秒后再试。")
        if line.amount_cny > claim.owed_cny:
            within.problems.append(f"{where}超过还应拨付的 {claim.owed_cny} 元，请移出后重新列入。")
        if counts[line.claim_id] > 1:
            twice.problems.append(f"{where}列入了两次。")
        account.problems += [where + fault for fault in _account_faults(*payees[claim.pk])]
        if claim.enterprise_id in pending and claim.rule.payee(claim.particulars) is None:
            account.notes.append(f"{where}企业有一个待生效的新账户，本批次仍付到使用中的账户。")
    return [state, settled, within, twice, account]


def _account_faults(holder, bank, number):
    if not number:
        return ["没有收款账户，请企业补充后再拨付。"]
    faults = []
    if not holder or not bank:
        faults.append("收款账户缺少户名或开户行，请企业补充。")
    if not _ACCOUNT.match(number):
        faults.append("账号应为 8 至 32 位数字，请企业核对。")
    return faults


def _pending_accounts(pairs):
    firms = {claim.enterprise_id for claim, _ in pairs.values()}
    return set(
        BankAccount.objects.filter(enterprise_id__in=firms, standing="pending").values_list(
            "enterprise_id", flat=True
        )
    )
