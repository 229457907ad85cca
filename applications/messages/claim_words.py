"""What messages say about a claim on its way through the offices. Each takes (event, claim) and returns Words."""

from datetime import date

from applications.models import State
from applications.record import EVENT_TITLES

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


def submitted(event, claim):
    """The receipt."""
    return Words(with_item(claim, "已收到申报"), f"已收到{about(claim)}。{next_holder(claim)}")


def resubmitted(event, claim):
    """The receipt of a correction."""
    return Words(with_item(claim, "已收到补正"), f"已收到{about(claim)}的补正。{next_holder(claim)}")


def withdrawn(event, claim):
    """Colleagues learn that a claim is gone; a draft that was thrown away is nobody's concern."""
    if event.data["from"] == State.DRAFT:
        return None
    text = f"您的企业撤回了{about(claim)}，它不再计入年度合计。需要时可以重新申报。"
    return Words(with_item(claim, "已撤回"), text)


def reconsidered(event, claim):
    """The receipt of a request for another decision."""
    text = f"已收到{about(claim)}的复议申请，由另一位审核人员办理。{next_holder(claim)}"
    return Words(with_item(claim, "已收到复议申请"), text)


def city_passed(event, claim):
    """The first check is done."""
    text = f"{deciding_office(event, claim)}已初审通过{about(claim)}。{next_holder(claim)}"
    return Words(with_item(claim, "市级初审通过"), text)


def commerce_approved(event, claim):
    """Commerce has agreed to an amount, which the combined limit may still change."""
    amount = event.data["payable_cny"]
    verb = "复核" if claim.state == State.SECOND_CHECK else "审核"
    text = f"{deciding_office(event, claim)}审核通过了{about(claim)}，目前应付 {yuan(amount)}，以财政批准的金额为准。"
    return Words(with_item(claim, "商务审核通过"), text + next_holder(claim, verb))


def sent_back(event, claim):
    """Another office looks again; told because the approval was told."""
    text = f"{deciding_office(event, claim)}请{office_of(claim, claim.state)}再次核对{about(claim)}：{sentence(event.data['reason'])}"
    return Words(with_item(claim, "退回商务审核再次核对"), text + next_holder(claim))


def returned(event, claim):
    """What to correct, and by when."""
    data = event.data
    due = date.fromisoformat(data["due_on"])
    until = day_words(due, data["certain"])
    text = (
        f"{deciding_office(event, claim)}退回了{about(claim)}：{sentence(data['reason'])}"
        f"请在 {until}前改正并重新提交，共 {data['days']} 个工作日。改正后保留原来的申报顺序。"
    )
    return Words(with_item(claim, f"退回补正，请在 {until}前重新提交"), text, act=True, due_on=due)


def due_extended(event, claim):
    """More time for a correction."""
    due = date.fromisoformat(event.data["new"])
    text = f"{office_of(claim, State.RETURNED)}把{about(claim)}的补正期限延长到 {day_words(due)}：{sentence(event.data['reason'])}"
    return Words(with_item(claim, f"补正期限延长到 {day_words(due)}"), text, act=True, due_on=due)


def asked(event, claim):
    """A question that has to be answered before the office goes on."""
    data = event.data
    due = date.fromisoformat(data["due_on"])
    until = day_words(due, data["certain"])
    text = (
        f"{office_of(claim, data['stage'])}就{about(claim)}询问：{sentence(data['text'])}"
        f"请在 {until}前答复，共 {data['days']} 个工作日，可以附文件。申报内容不变，不用重新提交；答复后继续审核。"
    )
    return Words(with_item(claim, f"审核询问，请在 {until}前答复"), text, act=True, due_on=due)


def question_answered(event, claim):
    """The receipt of an answer, for colleagues as well."""
    text = f"{office_of(claim, event.data['stage'])}收到了您对{about(claim)}的答复。{next_holder(claim)}"
    return Words(with_item(claim, "已收到答复"), text)


def question_withdrawn(event, claim):
    """A question that needs no answer any more, withdrawn by itself or by a step of which nothing else is told."""
    text = f"{about(claim)}的询问已经撤销，不需要再答复。{next_holder(claim)}"
    return Words(with_item(claim, "询问已撤销，不需要答复"), text)


def rejected(event, claim):
    """The decision, why, and what can be done about it."""
    office, reason = office_of(claim, State.REJECTED), sentence(event.data["reason"])
    if claim.reconsidered:
        return Words(
            with_item(claim, "复议结果：不予支持"),
            f"经复议，{office}决定对{about(claim)}不予支持：{reason}办理完毕。{LETTER}",
        )
    further = f"您不同意的，可以申请一次复议，由另一位审核人员办理。{LETTER}"
    text = f"{deciding_office(event, claim)}决定对{about(claim)}不予支持：{reason}{further}"
    return Words(with_item(claim, "不予支持"), text)


def recalled(event, claim):
    """A decision that the enterprise was told of counts no longer."""
    title = EVENT_TITLES[event.data["recalled"]]
    office = office_of(claim, claim.state)
    text = f"{office}收回了对{about(claim)}的决定“{title}”，重新办理。{next_holder(claim)}"
    return Words(with_item(claim, f"收回决定“{title}”"), text)


def objected(event, claim):
    """Somebody objects: what that means, and never who it is."""
    text = (
        f"公示期间有人对{about(claim)}提出异议，{office_of(claim, State.COMMERCE_REVIEW)}正在核查，核查完以前暂停拨付。"
        f"异议不成立的，公示期满后等待拨付。{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, "有人提出异议，正在核查"), text)


def objection_dismissed(event, claim):
    """Somebody objected and was wrong."""
    rest = "还有其他异议正在核查，核查完以前暂停拨付。" if claim.objected else "公示期满后等待拨付。"
    text = (
        f"公示期间对{about(claim)}的异议经核查不成立：{sentence(event.data['reason'])}{rest}{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, "异议不成立"), text)


def objection_upheld(event, claim):
    """Somebody objected and was right."""
    text = (
        f"公示期间有人对{about(claim)}提出异议，经核查异议成立：{sentence(event.data['reason'])}"
        f"这件申报撤出公示，退回重新审核。{next_holder(claim)}"
    )
    return Words(with_item(claim, "异议成立，退回审核"), text)


def re_examined(event, claim):
    """Finance has an approved claim looked at again."""
    text = (
        f"{deciding_office(event, claim)}请{office_of(claim, claim.state)}重新审核{about(claim)}：{sentence(event.data['reason'])}"
        f"原来批准的金额解除锁定，重新批准后另行通知。{NOTHING_TO_DO}"
    )
    return Words(with_item(claim, "退回重新审核"), text)
