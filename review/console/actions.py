"""The buttons of a claim: which there are, what each asks for, and in one line what happens next and who gets it."""

from dataclasses import dataclass

from accounts.ui import STATES
from applications.lifecycle import TRANSITIONS
from applications.lifecycle.clock import CLOCKED
from applications.lifecycle.effects import recallable_event
from applications.lifecycle.people import acts_for, holds, office_name, role_for
from applications.lifecycle.possible import actions_possible
from applications.messages.kinds import KINDS
from applications.models import State
from applications.record import EVENT_TITLES
from measures.money import grouped
from review.console.reason_forms import AskForm, ExtendForm, ReasonForm, RejectForm, ReturnForm, SendBackForm

S = State
EXTEND, ASK, UNASK = "extend", "ask", "unask"
#: What is done about a claim besides taking a step with it.
EXTRAS = {EXTEND: "延长补正期限", ASK: "询问企业", UNASK: "撤销询问"}
#: Steps whose form asks for more than a reason.
_FORMS = {
    "return": ReturnForm,
    "reject": RejectForm,
    "send_back": SendBackForm,
    EXTEND: ExtendForm,
    ASK: AskForm,
}
DROPS_QUESTION = "企业还没有答复询问，办理后询问自动撤销，记录会写明。"


@dataclass(frozen=True)
class Action:
    """One button of the action bar: `asks` leads to a form in the page, otherwise the button does it at once.

    `hint` says what happens next and who gets it.
    """

    name: str
    label: str
    refusal: str
    asks: bool
    is_approval: bool
    hint: str = ""

    @property
    def is_refusal(self):
        """The button that says no."""
        return self.name == "reject"


def actions_of(claim, user, year):
    """The buttons: refusals first and the approval last, as the table of transitions allows them now."""
    found = [
        Action(step.action, step.label, refusal, step.reason, bool(step.stage), hint_of(step.action, claim))
        for step, refusal in actions_possible(claim, user, year=year)
    ]
    found += [
        Action(name, EXTRAS[name], "", name != UNASK, False, hint_of(name, claim))
        for name in _extras(claim, user)
    ]
    return sorted(found, key=lambda action: (action.is_approval, not action.is_refusal))


def _extras(claim, user):
    if not holds(user, *role_for(claim, S(claim.state))) or acts_for(user, claim.enterprise_id):
        return
    if claim.state == S.RETURNED:
        yield EXTEND
    elif claim.state in CLOCKED:
        yield ASK if claim.clock_stopped_on is None else UNASK


def action_label(name):
    """What an action is called."""
    return EXTRAS.get(name) or TRANSITIONS[name].label


def form_for(name, claim, data=None):
    """The form of an action that asks for something."""
    return _FORMS.get(name, ReasonForm)(data, claim=claim)


# --- What happens next -----------------------------------------------------------------------------


def hint_of(name, claim):
    """What an action leads to and who gets the claim then, in one line."""
    hint = _HINTS.get(name)
    return hint(claim) if hint else ""


def _office(claim, state):
    return office_name(*role_for(claim, state))


def _city_pass(claim):
    return f"通过后由{_office(claim, S.COMMERCE_REVIEW)}审核。"


def _return(claim):
    return (
        f"企业收到意见和期限，等待期间停止计时；改好后仍回到{_office(claim, S(claim.state))}，保留申报顺序。"
    )


def _reject(claim):
    if claim.reconsidered:
        return "企业收到决定书，这件申报办理完毕，不能再申请复议。"
    return "企业收到决定书，可以申请一次复议，由另一位同事办理。"


def _approve(claim):
    """Who is drawn for a second check is decided at the approval and told by nothing before it."""
    return f"通过后由{_office(claim, S.FINANCE_REVIEW)}审核；系统抽中的，先由另一位同事复核。"


def _confirm(claim):
    return f"复核通过后由{_office(claim, S.FINANCE_REVIEW)}审核。"


def _send_back(claim):
    return f"由{_office(claim, S.COMMERCE_REVIEW)}重新审核，企业会看到理由。"


def _finance_approve(claim):
    if claim.payable_cny:
        return f"锁定 {grouped(claim.payable_cny)} 元并通知企业，接着列入公示。"
    return "按 0.00 元批准并通知企业，不需要公示和拨付。"


def _re_examine(claim):
    return f"解除锁定，由{_office(claim, S.COMMERCE_REVIEW)}重新审核，企业会看到理由。"


def _recall(claim):
    decision = recallable_event(claim)
    if decision is None:
        return ""
    state = STATES[decision.data["from"]]
    told = "，企业会收到通知" if decision.kind in KINDS else ""
    return f"收回您的决定“{EVENT_TITLES[decision.kind]}”，回到“{state.console_word or state.word}”{told}。"


def _extend(claim):
    return "企业收到新的期限，记录写明原因。"


def _ask(claim):
    return "企业收到消息和邮件，用文字和文件答复；申报状态不变，等待期间停止计时。"


def _unask(claim):
    return "企业不用再答复，继续计时。"


_HINTS = {
    "city_pass": _city_pass,
    "return": _return,
    "reject": _reject,
    "approve": _approve,
    "confirm": _confirm,
    "send_back": _send_back,
    "finance_approve": _finance_approve,
    "re_examine": _re_examine,
    "recall": _recall,
    EXTEND: _extend,
    ASK: _ask,
    UNASK: _unask,
}
