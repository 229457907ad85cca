"""What a demand letter (追回通知书) says: what is to be paid back and why, by when, how, and what follows."""

from accounts.cities import City
from accounts.mail import site_link
from applications.explanations import stored_reasons
from applications.letters import parts
from applications.letters.decision import computation
from applications.letters.words import day_text, item_line
from applications.lifecycle.people import office_name, role_for
from applications.models import State
from measures import registry
from measures.money import grouped, in_words

TITLE = "外贸政策资金追回通知书"
DECISION = "追回"


def demand_letter(claim, *, enterprise, demand, amount, before, why, at, under=None):
    """The content of the letter that a rising demand issues; amounts in yuan. `before` is what was demanded until now.

    `under` are the versions of the settings by which the claim is entitled to less; it was locked under others, perhaps.
    """
    office = office_name(*role_for(claim, State.PAID))
    public = {
        "enterprise": enterprise.name,
        "item": item_line(claim.rule),
        "year": claim.year,
        "decision": DECISION,
        "amount_cny": str(amount),
    }
    return {
        "title": TITLE,
        "parts": [
            parts.text(
                f"{enterprise.name}：",
                f"您 {claim.year} 年度“{item_line(claim.rule)}”（申报编号 {claim.number}）已经拨付 {grouped(claim.paid_cny)} 元。"
                f"{why}按现在的计算结果，已拨付的金额多于应得金额，请按以下要求退回。",
                lead=True,
            ),
            parts.facts("退回要求", _demanded(claim, enterprise, demand, amount, before)),
            *_reasons(claim, amount),
            *([computation(claim, under)] if claim.steps else []),
            parts.text(
                f"请在期限前把款项退到{office}指定的账户，并在附言中写明追回编号 {demand.number}。"
                f"指定账户请向{office}当面或者通过其公开电话核实，不要退到个人账户，也不要退到电话、短信里告知的账户。",
                f"一次退回有困难的，请在期限前向{office}说明，经同意后可以分期退回。"
                f"您以后有应拨付的款项时，{office}也可以决定从中抵扣。",
                f"对计算结果有不同意见的，请在期限前向{office}书面说明理由并附证明材料。核实后应得金额增加的，追回金额随之减少或者取消。",
                title="怎样退回",
            ),
            parts.signature(office, day_text(at)),
        ],
        "public": public,
        "verify_at": site_link("portal:verify"),
    }


def _demanded(claim, enterprise, demand, amount, before):
    due = f"{demand.due_on.year} 年 {demand.due_on.month} 月 {demand.due_on.day} 日"
    rows = [
        ["追回编号", demand.number],
        ["退回金额", f"{grouped(amount)} 元", "大写", in_words(amount)],
        ["已拨付金额", f"{grouped(claim.paid_cny)} 元", "应得金额", f"{grouped(claim.paid_cny - amount)} 元"],
        ["退回期限", f"{due}前{'' if demand.due_certain else '（预计，以平台显示为准）'}"],
        ["统一社会信用代码", enterprise.credit_code, "市（地）", City(claim.city).label],
    ]
    if before:
        rows.insert(2, ["原要求退回", f"{grouped(before)} 元，以本通知书的金额为准"])
    return rows


def _reasons(claim, amount):
    """By which clause the claim is entitled to less, and why where it is to nothing: its own, or that all claims of a year
    stay within its limit, where that is what (part of) the demand comes from."""
    found = stored_reasons(claim) if claim.eligibility == "ineligible" else []
    policy = f"依据《{registry.POLICY_TITLE}》（{registry.POLICY_NUMBER}）"
    if amount > claim.paid_cny - claim.after_overlap_cny:
        place, sentence = registry.CLAUSES["limit"]
        rule = f"{place.removeprefix('措施')}：{sentence.rstrip('。')}"
        law = f"{policy}。各件申报合计不超过年度总额度（{rule}）。"
    else:
        place, _ = registry.CLAUSES[claim.item]
        entitled = grouped(claim.paid_cny - amount)
        law = f"{policy}{place.removeprefix('措施')}，按现在核定的数据，这件申报应得 {entitled} 元。"
    return [parts.text(*found, law, title="理由和依据")]
