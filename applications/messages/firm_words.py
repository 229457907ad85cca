"""What messages say about an enterprise, its people and its accounts. Each takes (event, claim) and returns Words."""

from datetime import date

from applications.models import BankAccount

from .phrases import NOTHING_TO_DO, Words, day_words, sentence


def verified(event, _claim):
    """The firm may submit."""
    return Words(
        "企业核验通过",
        "您的企业已通过核验。现在可以提交申报，也可以看到海关统计数据和预计金额。",
    )


def refused(event, _claim):
    """What is wrong with the papers."""
    note = sentence(event.data.get("note", ""))
    text = f"您的企业没有通过核验：{note}请负责人在“企业信息”中修改资料，修改后会再次核验。草稿都还在。"
    return Words("企业核验未通过，请修改资料", text, act=True)


def _account(event):
    return BankAccount.objects.filter(pk=event.data.get("account")).first()


def _tail(account):
    return f"尾号 {account.tail} 的账户" if account else "新的收款账户"


def account_changed(event, _claim):
    """Everybody in the firm hears of another account, so that nobody changes it unseen."""
    account, who = _account(event), event.actor.name if event.actor else "本企业人员"
    if account is None or account.standing != BankAccount.Standing.PENDING:
        text = f"{who}把收款账户改为{_tail(account)}。不是您的企业所为的，请立即更改密码并联系所在市商务局。"
        return Words("收款账户已变更", text)
    if account.waits_until:
        until = day_words(account.waits_until, account.waits_certain)
        rest = f"到 {until}等待期满后生效，在此之前仍使用原账户。"
    else:
        rest = "请另一位成员在“企业信息”中核对并确认。确认之前仍使用原账户。"
    text = f"{who}登记了{_tail(account)}作为新的收款账户。{rest}不是您的企业所为的，请在“企业信息”中撤回，并立即更改密码。"
    return Words("登记了新的收款账户，请核对", text, act=True, due_on=account.waits_until)


def account_confirmed(event, _claim):
    """Another member has agreed."""
    text = f"新的收款账户已经确认并生效，以后的款项转入{_tail(_account(event))}。{NOTHING_TO_DO}"
    return Words("新的收款账户已生效", text)


def account_in_force(event, _claim):
    """The waiting time is over."""
    text = f"等待期已满，新的收款账户生效，以后的款项转入{_tail(_account(event))}。{NOTHING_TO_DO}"
    return Words("新的收款账户已生效", text)


def account_declined(event, _claim):
    """Another member has not agreed."""
    reason = f"原因：{sentence(event.data['reason'])}" if event.data.get("reason") else ""
    text = f"另一位成员没有同意把收款账户改为{_tail(_account(event))}。{reason}仍使用原账户。"
    return Words("新的收款账户没有生效", text)


def account_withdrawn(event, _claim):
    """The change is off."""
    return Words(
        "收款账户变更已撤回", f"把收款账户改为{_tail(_account(event))}的变更已经撤回。仍使用原账户。"
    )


def _person(event):
    return event.data.get("name") or (event.actor.name if event.actor else "一位同事")


def join_asked(event, _claim):
    """For the owner."""
    text = (
        f"{_person(event)}申请加入您的企业，加入后可以填写和提交申报。请负责人在“企业信息”中同意或者不同意。"
    )
    return Words(f"{_person(event)}申请加入企业", text, act=True)


def joined(event, _claim):
    """A colleague more."""
    text = f"{_person(event)}已加入您的企业，可以填写和提交申报。不认识这个人的，请负责人在“企业信息”中移除。"
    return Words(f"{_person(event)}已加入企业", text)


def gone(event, _claim):
    """A colleague less; what was filed stays."""
    text = f"{_person(event)}不再是您企业的经办人，以前办理的申报仍归企业。"
    return Words(f"{_person(event)}已离开企业", text)


def handed_over(event, _claim):
    """Another owner."""
    text = f"您企业的负责人已更换为{_person(event)}。企业的账号和申报不变。不清楚这件事的，请联系平台管理员。"
    return Words("企业负责人已更换", text)


def deadline_extended(event, _claim):
    """More time for first submissions."""
    until = day_words(date.fromisoformat(event.data["until"]))
    text = f"{event.data['period']}：您企业的申报期限延长到 {until}。原因：{sentence(event.data['reason'])}"
    return Words(f"申报期限延长到 {until}", text)
