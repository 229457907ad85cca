"""The one table of transitions. Buttons, API, tests and the picture in the README are derived from it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from applications.models.states import State

S = State


class Who(Enum):
    """Who may act; `people.py` says which post that is for a given claim."""

    ENTERPRISE = "enterprise"
    CITY = "city"
    COMMERCE = "commerce"
    STAGE = "stage"
    SECOND_CHECKER = "second_checker"
    FINANCE = "finance"
    DECIDER = "decider"
    SYSTEM = "system"


@dataclass(frozen=True)
class Transition:
    """One row: what it is called, from where to where, who may, and what it needs."""

    action: str
    label: str
    event: str
    sources: frozenset
    targets: tuple
    who: Who
    #: A reason in words is required.
    reason: bool = False
    #: Nothing of the year may be waiting to be settled.
    settled: bool = False
    #: The claim must be eligible by the rules.
    eligible: bool = False
    #: No hard flag of the claim may be left to be dealt with.
    cleared: bool = False
    #: Marks the year for settlement; besides, whatever locks, unlocks, or changes which claims count does.
    marks: bool = False
    #: Only by somebody who has decided nothing else about the claim.
    impartial: bool = False
    #: The decision stage for four eyes: city, commerce, second or finance.
    stage: str = ""
    #: Picks one of several targets from the claim.
    choose: Callable | None = None

    def target(self, claim):
        """The state that this claim would go to."""
        return self.choose(claim) if self.choose else self.targets[0]


def _first_stage(claim):
    """City-run items never have the city's first check: their commerce review is already the city's."""
    checked_first = claim.period.city_first_check and not claim.is_city_run
    return S.CITY_REVIEW if checked_first else S.COMMERCE_REVIEW


def _after_commerce(claim):
    return S.SECOND_CHECK if claim.drawn else S.FINANCE_REVIEW


def _stage_that_returned(claim):
    return State(claim.returned_from)


def _without_supplement(claim):
    """Of the lock that is left, all is paid, but for what the bank has returned meanwhile."""
    return S.PAYABLE if claim.owed_cny else S.PAID


def _where_it_is(claim):
    return State(claim.state)


def _row(action, label, event, sources, targets, who, **more):
    return Transition(action, label, event, frozenset(sources), tuple(targets), who, **more)


# fmt: off
_ROWS = (
    _row("submit", "提交", "claim.submitted", {S.DRAFT}, (S.CITY_REVIEW, S.COMMERCE_REVIEW), Who.ENTERPRISE,
         choose=_first_stage),
    _row("resubmit", "重新提交", "claim.resubmitted", {S.RETURNED}, (S.CITY_REVIEW, S.COMMERCE_REVIEW),
         Who.ENTERPRISE, marks=True, choose=_stage_that_returned),
    _row("withdraw", "撤回", "claim.withdrawn",
         {S.DRAFT, S.CITY_REVIEW, S.COMMERCE_REVIEW, S.SECOND_CHECK, S.RETURNED}, (S.WITHDRAWN,), Who.ENTERPRISE),
    _row("reconsider", "申请复议", "claim.reconsidered", {S.REJECTED}, (S.COMMERCE_REVIEW,), Who.ENTERPRISE,
         reason=True),
    _row("city_pass", "初审通过", "claim.city_passed", {S.CITY_REVIEW}, (S.COMMERCE_REVIEW,), Who.CITY,
         stage="city"),
    _row("return", "退回补正", "claim.returned", {S.CITY_REVIEW, S.COMMERCE_REVIEW}, (S.RETURNED,), Who.STAGE,
         reason=True),
    _row("reject", "不予支持", "claim.rejected", {S.CITY_REVIEW, S.COMMERCE_REVIEW, S.RETURNED}, (S.REJECTED,),
         Who.STAGE, reason=True),
    _row("approve", "按此金额通过", "claim.commerce_approved", {S.COMMERCE_REVIEW},
         (S.FINANCE_REVIEW, S.SECOND_CHECK), Who.COMMERCE, settled=True, eligible=True, cleared=True, stage="commerce",
         choose=_after_commerce),
    _row("confirm", "复核通过", "claim.second_checked", {S.SECOND_CHECK}, (S.FINANCE_REVIEW,), Who.SECOND_CHECKER,
         settled=True, eligible=True, cleared=True, stage="second"),
    _row("send_back", "退回商务审核", "claim.sent_back", {S.SECOND_CHECK, S.FINANCE_REVIEW}, (S.COMMERCE_REVIEW,),
         Who.STAGE, reason=True),
    _row("finance_approve", "批准并锁定金额", "claim.finance_approved", {S.FINANCE_REVIEW}, (S.APPROVED,),
         Who.FINANCE, settled=True, eligible=True, cleared=True, stage="finance"),
    _row("publish", "列入公示", "claim.published", {S.APPROVED}, (S.IN_NOTICE,), Who.FINANCE, settled=True),
    _row("close_notice", "公示结束", "claim.notice_closed", {S.IN_NOTICE}, (S.PAYABLE,), Who.SYSTEM, settled=True),
    _row("uphold_objection", "异议成立", "claim.objection_upheld", {S.IN_NOTICE}, (S.COMMERCE_REVIEW,),
         Who.COMMERCE, reason=True, impartial=True),
    # Money of the claim has left already: only what the notice was to add is taken back.
    _row("take_back", "撤回补发", "claim.supplement_taken_back", {S.IN_NOTICE}, (S.PAID, S.PAYABLE), Who.COMMERCE,
         reason=True, impartial=True, choose=_without_supplement),
    _row("re_examine", "退回重审", "claim.re_examined", {S.APPROVED, S.IN_NOTICE, S.PAYABLE}, (S.COMMERCE_REVIEW,),
         Who.FINANCE, reason=True),
    _row("commit", "列入批次", "claim.committed", {S.PAYABLE}, (S.COMMITTED,), Who.FINANCE, settled=True),
    _row("release", "移出批次", "claim.released", {S.COMMITTED}, (S.PAYABLE,), Who.FINANCE, marks=True),
    _row("pay", "拨付完成", "claim.paid", {S.COMMITTED}, (S.PAID,), Who.FINANCE, marks=True),
    _row("bank_return", "银行退汇", "claim.payment_returned", {S.PAID}, (S.PAYABLE,), Who.FINANCE, reason=True,
         marks=True),
    # A part that was paid comes back while the rest of the lock is still on its way: the claim stays where it is.
    _row("part_return", "银行退汇", "claim.payment_returned", {S.APPROVED, S.IN_NOTICE, S.PAYABLE, S.COMMITTED},
         (S.APPROVED, S.IN_NOTICE, S.PAYABLE, S.COMMITTED), Who.FINANCE, reason=True, marks=True, choose=_where_it_is),
    _row("supplement", "补发", "claim.supplemented", {S.APPROVED, S.PAID}, (S.APPROVED,), Who.FINANCE, reason=True,
         settled=True),
    _row("recall", "收回决定", "claim.recalled",
         {S.COMMERCE_REVIEW, S.SECOND_CHECK, S.FINANCE_REVIEW, S.RETURNED, S.REJECTED, S.APPROVED},
         (S.CITY_REVIEW, S.COMMERCE_REVIEW, S.SECOND_CHECK, S.FINANCE_REVIEW, S.RETURNED), Who.DECIDER, marks=True),
    _row("fall_back", "金额变化，退回商务审核", "claim.amount_changed", {S.SECOND_CHECK, S.FINANCE_REVIEW},
         (S.COMMERCE_REVIEW,), Who.SYSTEM),
    _row("unlock", "金额减少，退回商务审核", "claim.unlocked", {S.APPROVED, S.IN_NOTICE, S.PAYABLE},
         (S.COMMERCE_REVIEW,), Who.SYSTEM),
    _row("complete", "已足额拨付", "claim.completed", {S.APPROVED, S.IN_NOTICE, S.PAYABLE}, (S.PAID,), Who.SYSTEM),
)
# fmt: on

#: Every transition by its action, in the order of a claim's life.
TRANSITIONS = {row.action: row for row in _ROWS}

#: Decisions that can be recalled, by the event that records them.
RECALLABLE_EVENTS = frozenset(
    TRANSITIONS[action].event
    for action in ("city_pass", "return", "reject", "approve", "confirm", "send_back", "finance_approve")
)
