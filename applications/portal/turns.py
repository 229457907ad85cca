"""Whose turn it is with a claim, and what comes next, in the words of the enterprise: offices, never officers."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.roles import Role
from applications.lifecycle import TRANSITIONS
from applications.lifecycle.people import office_name, role_for
from applications.models import State
from applications.portal.account_note import account_note
from applications.portal.failed_payment import Stage, failed_payment
from applications.questions import question_open_of
from measures.money import grouped

S = State


@dataclass(frozen=True)
class Turn:
    """Whose turn it is: a sentence, and whether it asks the enterprise to do something."""

    text: str
    kind: str = ""


def office_in(claim, state):
    """The office that has a claim in a state, as the public calls it."""
    return office_name(*role_for(claim, state))


def office_next(claim):
    """The office that gets a claim as soon as the enterprise has submitted it, for the first time or corrected."""
    if claim.state == S.RETURNED:
        return office_in(claim, S.RETURNED)
    # The city is fixed by submitting.
    city = claim.enterprise.city
    first = TRANSITIONS["submit"].target(claim)
    if first == S.CITY_REVIEW or claim.is_city_run:
        return office_name(Role.CITY_COMMERCE, city)
    return office_in(claim, first)


def day_text(day):
    """4 月 14 日, with the year unless it is this one."""
    text = f"{day.month} 月 {day.day} 日"
    return text if day.year == timezone.localdate().year else f"{day.year} 年 {text}"


#: What an office is expected to have done by then.
_DONE = {S.APPROVED: "列入公示", S.PAYABLE: "列入拨付批次", S.COMMITTED: "到账"}


def expectation(claim, clock):
    """By when the office is expected to be done, as a sentence; "" where no office has the claim.

    The end of a notice stands in the sentence of the turn, unless it is over.
    """
    if clock.end is None:
        return ""
    if clock.late:
        return f"比预计的 {day_text(clock.end[0])}晚了 {clock.late} 个工作日，正在办理。"
    if claim.state == S.IN_NOTICE:
        return ""
    moved = "" if clock.end[1] else "（放假安排公布后可能有变化）"
    return f"预计 {day_text(clock.end[0])}前{_DONE.get(S(claim.state), '办完这一步')}{moved}。"


def turn(claim, notice=None):
    """Whose turn it is and what comes next, as a Turn. `notice` is the public notice that the claim stands in."""
    question = question_open_of(claim)
    if question:
        return _turn_of_question(claim, question)
    sentence = _TURNS.get(S(claim.state), _turn_of_review)
    return sentence(claim, notice)


def _turn_of_review(claim, _notice):
    return Turn(f"现在由{office_in(claim, S(claim.state))}审核，您不需要做什么。")


def _turn_of_question(claim, question):
    due = question.due_on
    expected = "" if question.due_certain else "（预计）"
    if question.is_over:
        return Turn(
            f"{office_in(claim, S(question.stage))}在等您答复询问，期限 {due.month} 月 {due.day} 日已过。作出决定以前仍可以答复。",
            "act",
        )
    return Turn(
        f"{office_in(claim, S(question.stage))}有一个询问，请在 {due.month} 月 {due.day} 日{expected}前答复。答复后继续审核。",
        "act",
    )


def _turn_of_draft(claim, _notice):
    last = claim.period.closing_day(claim.enterprise_id)
    until = f"{last.year} 年 {last.month} 月 {last.day} 日前"
    if not claim.enterprise.is_verified:
        return Turn(
            f"这件申报还没有提交。企业正在核验，核验通过后才能提交；请先填写和保存，通过后在{until}提交。",
            "act",
        )
    return Turn(f"这件申报还没有提交。请在{until}检查并提交。", "act")


def _turn_of_returned(claim, _notice):
    due = claim.return_due_on
    expected = "" if claim.return_due_certain else "（预计）"
    return Turn(
        f"{office_in(claim, S.RETURNED)}退回了这件申报，请在 {due.month} 月 {due.day} 日{expected}前补正并重新提交。",
        "act",
    )


def _turn_of_approved(claim, _notice):
    if not claim.owed_cny:
        return Turn("批准金额为 0.00 元，无需拨付。您不需要做什么。")
    return Turn(
        f"已批准 {grouped(claim.locked_cny)} 元，接下来由{office_in(claim, S.APPROVED)}公示，您不需要做什么。"
    )


def _turn_of_notice(claim, notice):
    if claim.objected:
        return Turn(
            f"有人对这件申报提出异议，{office_in(claim, S.COMMERCE_REVIEW)}正在核查，您不需要做什么。核查完以前暂停拨付；"
            "异议不成立的，公示期满后等待拨付。"
        )
    if notice and notice.closed_at:
        return Turn("公示已经结束，金额正在重新计算，算出后等待拨付，您不需要做什么。")
    last = ""
    if notice:
        last = f"，{'至' if notice.certain else '预计至'} {day_text(notice.last_day)}结束"
    return Turn(
        f"现在由{office_in(claim, S.IN_NOTICE)}公示{last}，您不需要做什么。公示结束且没有未处理的异议后，等待拨付。"
    )


def _turn_of_payable(claim, _notice):
    failed = failed_payment(claim)
    if failed:
        office = office_in(claim, S.PAYABLE)
        if failed.stage is not Stage.FIRM:
            return Turn(f"等待{office}再次拨付，您不需要做什么。")
        return Turn(f"等待{office}再次拨付。请先核对收款账户，需要变更的，登记新账户。", "act")
    before = "公示已经结束，等待"
    if claim.paid_cny:
        before = f"已拨付 {grouped(claim.paid_cny)} 元，还有 {grouped(claim.owed_cny)} 元等待"
    return Turn(f"{before}{office_in(claim, S.PAYABLE)}拨付，您不需要做什么。{account_note(claim)}")


def _turn_of_committed(claim, _notice):
    return Turn(
        f"{office_in(claim, S.COMMITTED)}已将这笔款项列入拨付批次，您不需要做什么。{account_note(claim)}"
    )


def _turn_of_paid(claim, _notice):
    if claim.demanded_cny:
        return Turn(f"已拨付 {grouped(claim.paid_cny)} 元，其中一部分需要退回。", "act")
    return Turn(f"已拨付 {grouped(claim.paid_cny)} 元，办理完毕。")


def _turn_of_rejected(claim, _notice):
    office = office_in(claim, S.REJECTED)
    if claim.reconsidered:
        return Turn(f"经复议，{office}决定不予支持，办理完毕。")
    return Turn(f"{office}决定不予支持。您不同意的，可以申请一次复议，由另一位审核人员办理。", "act")


def _turn_of_withdrawn(_claim, _notice):
    return Turn("您已撤回这件申报，它不再计入年度合计。需要时可以重新申报。")


_TURNS = {
    S.DRAFT: _turn_of_draft,
    S.RETURNED: _turn_of_returned,
    S.APPROVED: _turn_of_approved,
    S.IN_NOTICE: _turn_of_notice,
    S.PAYABLE: _turn_of_payable,
    S.COMMITTED: _turn_of_committed,
    S.PAID: _turn_of_paid,
    S.REJECTED: _turn_of_rejected,
    S.WITHDRAWN: _turn_of_withdrawn,
}
