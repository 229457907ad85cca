"""What a decision letter (办理结果通知书) says: the decision, how its amount came about, and what follows from it."""

from accounts.cities import City
from applications.explanations import settings_used, stored_reasons, stored_steps
from applications.facts import OTHER_SUPPORT, fact_lines
from applications.letters import parts
from applications.letters.words import account_text, day_text, item_line, policy_line
from applications.lifecycle.people import office_name, role_for
from applications.models import State
from applications.wording import NOTHING, value_text
from measures import registry
from measures.declaration import Amount
from measures.money import grouped, in_words

TITLE = "外贸政策资金办理结果通知书"
APPROVED, REJECTED = "批准", "不予支持"
_OTHER_SUPPORT = Amount(name=OTHER_SUPPORT, label="已获其他省级支持")


def decision_content(claim, *, event):
    """The content of the letter that tells of a decision; `event` is the finance approval or the rejection."""
    say = _approval if event.kind == "claim.finance_approved" else _rejection
    return {
        "title": TITLE,
        "parts": [
            parts.text(
                f"{claim.enterprise.name}：",
                f"您于 {day_text(claim.first_submitted_at)}申报的 {claim.year} 年度“{item_line(claim.rule)}”"
                f"（申报编号 {claim.number}），已经办理完毕，现将结果通知如下。",
                lead=True,
            ),
            *say(claim, event),
        ],
    }


def _approval(claim, event):
    amount = claim.locked_cny
    return [
        parts.facts(
            "办理结果",
            [
                ["决定", APPROVED],
                ["批准金额", f"{grouped(amount)} 元", "大写", in_words(amount)],
                ["统一社会信用代码", claim.enterprise.credit_code, "市（地）", City(claim.city).label],
            ],
        ),
        computation(claim),
        *_verified(claim),
        _payment(claim, amount),
        parts.signature(_offices(claim, State.COMMERCE_REVIEW, State.FINANCE_REVIEW), day_text(event.at)),
    ]


def computation(claim, under=None):
    """The table of a claim's steps with their clauses, as a paper prints it; `under` as `settings_used` takes it."""
    rows, quoted = [], set()
    for step in stored_steps(claim):
        cut = f"-{grouped(step['cut'])}" if step["cut"] else NOTHING
        place = step["clause_label"].removeprefix("措施")
        basis = (
            f"依据{place}，同上。" if step["clause_text"] in quoted else f"依据{place}：{step['clause_text']}"
        )
        quoted.add(step["clause_text"])
        rows.append([step["title"], grouped(step["amount"]), cut, f"{step['text']}\n{basis}"])
    used = "、".join(each.words for each in settings_used(claim, under))
    by = f"按 {used}计算。" if used else ""
    return parts.table(
        "金额怎样算出（金额单位：元）",
        ["步骤", "金额", "减少", "说明和依据"],
        rows,
        shares=[5, 5, 5, 16],
        right=[1, 2],
        note=f"依据：《{registry.POLICY_TITLE}》（{registry.POLICY_NUMBER}）。{by}",
    )


def _verified(claim):
    """What reviewers computed with instead of what was declared, and why; nothing where they agreed."""
    values = {row.path: row for row in claim.verified_values.filter(lapsed_at=None)}
    lines = [(line.path, line.field, line.row, line.value) for line in fact_lines(claim.rule, claim.facts)]
    lines.append((OTHER_SUPPORT, _OTHER_SUPPORT, "", claim.other_support_cny))
    rows = []
    for path, field, row, declared in lines:
        found = values.get(path)
        if found is None:
            continue
        texts = value_text(field, declared), value_text(field, found.value)
        if texts[0] != texts[1]:
            rows.append([f"{row} {field.label}".strip(), *texts, found.reason])
    if not rows:
        return []
    return [
        parts.table(
            "审核核定的内容（金额单位：元）",
            ["内容", "您申报", "审核核定", "理由"],
            rows,
            shares=[5, 4, 4, 11],
            right=[1, 2],
        )
    ]


def _payment(claim, amount):
    if not amount:
        return parts.text("批准金额为 0.00 元，无需公示和拨付，您不需要再办理什么。", title="接下来")
    payer = _offices(claim, State.FINANCE_REVIEW)
    return parts.text(
        f"批准结果由{payer}公示，公示期不少于 5 个工作日。公示结束且没有未处理的异议后，由{payer}拨付。",
        f"现在登记的收款账户：{account_text(claim, claim.particulars)}。"
        "拨付时以届时使用中的账户为准，需要变更的，请尽早在平台登记。",
        title="接下来",
    )


def _rejection(claim, event):
    reasons = stored_reasons(claim) if claim.eligibility == "ineligible" else []
    again = (
        "这是复议后作出的决定，每件申报只能申请一次复议。"
        if claim.reconsidered
        else "您不同意的，可以在平台上申请一次复议，由另一位审核人员重新审核。"
    )
    found = [
        parts.facts(
            "办理结果",
            [
                ["决定", REJECTED],
                ["统一社会信用代码", claim.enterprise.credit_code, "市（地）", City(claim.city).label],
                ["政策依据", policy_line(claim.rule)],
            ],
        ),
        parts.text(event.data["reason"], title="理由"),
    ]
    if reasons:
        found.append(parts.text(*reasons, title="按规则核对的结果"))
    return [
        *found,
        parts.text(again, title="复议"),
        parts.signature(_offices(claim, State(event.data["from"])), day_text(event.at)),
    ]


def _offices(claim, *states):
    """The offices that have a claim in these states, as the public calls them."""
    return "、".join(office_name(*role_for(claim, state)) for state in states)
