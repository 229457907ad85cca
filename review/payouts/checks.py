"""The checks before a batch is locked. Everything that is wrong is listed at once, with the row and what to do."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Sum

from accounts.cities import City
from applications.models import (
    BankAccount,
    Claim,
    EnterpriseYear,
    Notice,
    NoticeLine,
    Objection,
    State,
)
from measures.money import grouped
from review.bank.accounts import account_confirmed
from review.budget import budget_lock, budgets, key_of
from review.measure_names import measure_name
from review.payees import payees_of
from review.shortage import payable_now

_ACCOUNT = re.compile(r"^[0-9]{8,32}$")
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Problem:
    """A sentence, and the line that it is about (None where it is about the batch)."""

    text: str
    line_id: int | None = None

    def __str__(self):
        return self.text


@dataclass
class Check:
    """One named check: how many things it looked at (`unit`), what fails, and notes that stop nothing."""

    label: str
    total: int
    unit: str = "笔"
    #: Where what fails can be mended: (name of the page, the name of its address).
    page: tuple = ()
    problems: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    failed: set = field(default_factory=set)

    @property
    def passed(self):
        """How many pass."""
        return self.total - len(self.failed)

    def fail(self, thing, text, line_id=None):
        """Notes that a thing (a line, a firm's year, a measure) fails."""
        self.failed.add(thing)
        self.problems.append(Problem(text, line_id))

    def note(self, text, line_id=None):
        """Notes what somebody should know."""
        self.notes.append(Problem(text, line_id))


class Facts:
    """What the checks of a batch look at, read with a number of queries that does not grow with its lines."""

    def __init__(self, batch, lines, pairs, payees=None):
        self.batch, self.lines, self.pairs = batch, lines, pairs
        self.claims = [claim for claim, _ in pairs.values()]
        ids = [claim.pk for claim in self.claims]
        firms = {claim.enterprise_id for claim in self.claims}
        self.payees = payees_of(self.claims) if payees is None else payees
        self.now = payable_now(self.claims)
        self.confirmed = account_confirmed(self.claims, self.payees)
        self.years = {(year.enterprise_id, year.year): year for _, year in pairs.values()}
        pending = BankAccount.objects.filter(enterprise__in=firms, standing=BankAccount.Standing.PENDING)
        self.pending = set(pending.values_list("enterprise", flat=True))
        notices = NoticeLine.objects.filter(claim__in=ids, withdrawn_at=None)
        self.running = set(
            notices.filter(notice__standing=Notice.Standing.PUBLISHED).values_list("claim", flat=True)
        )
        self.noticed = set(
            notices.filter(notice__standing=Notice.Standing.CLOSED).values_list("claim", flat=True)
        )
        objections = Objection.objects.filter(claim__in=ids, standing=Objection.Standing.OPEN)
        self.objected = set(objections.values_list("claim", flat=True))
        self.money = self._money(firms)

    def _money(self, firms):
        """{(enterprise id, year): yuan committed, paid and not demanded back}."""
        sums = Claim.objects.filter(enterprise__in=firms, year__in={claim.year for claim in self.claims})
        rows = sums.order_by().values_list("enterprise", "year")
        rows = rows.annotate(Sum("committed_cny"), Sum("paid_cny"), Sum("demanded_cny"))
        return {(firm, year): committed + paid - demanded for firm, year, committed, paid, demanded in rows}

    def numbered(self):
        """(position, line, claim, year row) of each line."""
        for position, line in enumerate(self.lines, start=1):
            yield position, line, *self.pairs[line.claim_id]


def batch_checks(batch, lines, payees=None):
    """[Check] of a draft for its page, read without locks; `lines` are its live lines with their claims."""
    claims = [line.claim for line in lines]
    rows = EnterpriseYear.objects.filter(enterprise_id__in={claim.enterprise_id for claim in claims})
    rows = rows.only("enterprise", "year", "requested", "settled", "limit_cny")
    years = {(row.enterprise_id, row.year): row for row in rows}
    pairs = {claim.pk: (claim, years[claim.enterprise_id, claim.year]) for claim in claims}
    return _checks(Facts(batch, lines, pairs, payees))


def batch_problems(batch, lines, locked, payees):
    """The sentences that stop a batch from being locked; `locked` maps claim ids to (claim, year), `payees` to whom the money
    will go: an account that changes at this moment is not looked at twice.

    Holds the budgets of the batch's measures and years from here to the end of the transaction.
    """
    if not lines:
        return ["批次里没有可拨付的申报。"]
    budget_lock({key_of(claim) for claim, _ in locked.values()})
    checks = _checks(Facts(batch, lines, locked, payees))
    return [str(problem) for check in checks for problem in check.problems]


def _checks(facts):
    return [
        *_of_claims(facts),
        _amounts(facts),
        _accounts(facts),
        _confirmed(facts),
        _twice(facts),
        _limits(facts),
        _appropriations(facts),
    ]


def _where(position, claim):
    return f"第 {position} 行 {claim.number}："


def _of_claims(facts):
    """Payable, settled, its notice over and nobody's objection open."""
    size = len(facts.lines)
    state, settled = Check("每笔都处于待拨付", size), Check("金额都已计算完成", size)
    notice = Check("公示已结束，没有未处理的异议", size)
    for position, line, claim, year in facts.numbered():
        where = _where(position, claim)
        if claim.state != State.PAYABLE:
            state.fail(line.pk, f"{where}现在是“{State(claim.state).label}”，请移出。", line.pk)
        if year.is_computing:
            settled.fail(line.pk, f"{where}正在重新计算，请几秒后再试。", line.pk)
        if claim.objected or claim.pk in facts.objected:
            notice.fail(line.pk, f"{where}有异议还没有处理，请移出，处理后再列入。", line.pk)
        elif claim.pk in facts.running:
            notice.fail(line.pk, f"{where}公示还没有结束，请移出。", line.pk)
        elif claim.pk not in facts.noticed:
            notice.fail(line.pk, f"{where}没有公示过，请移出。", line.pk)
    return [state, notice, settled]


def _amounts(facts):
    check = Check("金额不超过锁定金额和预算份额", len(facts.lines))
    for position, line, claim, _ in facts.numbered():
        owed, now = claim.owed_cny or _ZERO, facts.now[claim.pk]
        if line.amount_cny > owed:
            text = f"{_where(position, claim)}超过还应拨付的 {grouped(owed)} 元，请移出后重新列入。"
            check.fail(line.pk, text, line.pk)
        elif line.amount_cny > now:
            text = f"{_where(position, claim)}预算不足，现在可拨付 {grouped(now)} 元，请移出后重新列入。"
            check.fail(line.pk, text, line.pk)
        elif line.amount_cny < now:
            check.note(f"{_where(position, claim)}现在可拨付 {grouped(now)} 元，多于列入的金额。", line.pk)
    return check


def _accounts(facts):
    check = Check("收款账户完整有效", len(facts.lines))
    for position, line, claim, _ in facts.numbered():
        where, own = _where(position, claim), claim.rule.payee(claim.particulars) is None
        for fault in _account_faults(*facts.payees[claim.pk]):
            check.fail(line.pk, where + fault, line.pk)
        if own and claim.enterprise_id in facts.pending:
            check.note(f"{where}企业有一个待生效的新账户，本批次仍付到使用中的账户。", line.pk)
    return check


def _confirmed(facts):
    """What failed or came back goes out again only into an account that this payer's finance has looked at."""
    check = Check(
        "未成功过的款项，账户已核对", len(facts.lines), page=("待确认账户", "review:accounts_waiting")
    )
    for position, line, claim, _ in facts.numbered():
        if claim.pk not in facts.confirmed:
            text = (
                f"{_where(position, claim)}上一次没有付成，账户还没有核对。请先在“待确认账户”中确认，或移出。"
            )
            check.fail(line.pk, text, line.pk)
    return check


def _account_faults(holder, bank, number):
    if not number:
        return ["没有收款账户。请移出，或请企业补充后再锁定。"]
    faults = []
    if not holder or not bank:
        faults.append("收款账户缺少户名或开户行。请移出，或请企业补充后再锁定。")
    if not _ACCOUNT.match(number):
        faults.append("账号应为 8 至 32 位数字。请移出，或请企业核对后再锁定。")
    return faults


def _twice(facts):
    check, counts = Check("没有重复列入", len(facts.lines)), Counter(line.claim_id for line in facts.lines)
    for position, line, claim, _ in facts.numbered():
        if counts[line.claim_id] > 1:
            check.fail(line.pk, f"{_where(position, claim)}列入了两次，请移出一笔。", line.pk)
    return check


def _limits(facts):
    """What an enterprise gets for a year stays within its limit: 总额度不超过最高单项补贴上限."""
    added, first = defaultdict(Decimal), {}
    for position, line, claim, _ in facts.numbered():
        added[claim.enterprise_id, claim.year] += line.amount_cny
        first.setdefault((claim.enterprise_id, claim.year), (position, line, claim))
    check = Check("企业年度拨付不超过总额度", len(added), "家次")
    for key, amount in added.items():
        limit = facts.years[key].limit_cny or _ZERO
        sum_then = facts.money.get(key, _ZERO) + amount
        if sum_then > limit:
            position, line, claim = first[key]
            text = (
                f"{_where(position, claim)}{claim.enterprise.name} {claim.year} 年度连同本批次共 {grouped(sum_then)} 元，"
                f"超过总额度 {grouped(limit)} 元。请移出，并核对该企业的总额账。"
            )
            check.fail(key, text, line.pk)
    return check


def _appropriations(facts):
    """Each measure and year within what is appropriated; none without an appropriation."""
    added = defaultdict(Decimal)
    for _, line, claim, _ in facts.numbered():
        added[key_of(claim)] += line.amount_cny
    check = Check("各措施金额在预算之内", len(added), "项", page=("预算", "review:budget"))
    standing = budgets(added)
    for key, amount in sorted(added.items()):
        name = f"{key.year} 年度{measure_name(key.measure)}"
        if key.payer != Claim.PROVINCE:
            name = f"{City(key.payer).label} {name}"
        budget = standing[key]
        if not budget.appropriated:
            check.fail(key, f"{name}还没有预算。请先在“预算”中录入预算文件，再锁定本批次。")
        elif amount > budget.left:
            check.fail(
                key,
                f"{name}本批次 {grouped(amount)} 元，预算只剩 {grouped(budget.left)} 元。"
                "请移出一部分，或在“预算”中增加预算。",
            )
    return check
