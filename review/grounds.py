"""Reasons to choose from when a claim is returned, rejected or sent back: what each is called, and the sentence it becomes.

What the enterprise reads is one plain text made of the sentence and the officer's own words. The code stays in the event, so
that reasons can be counted (`data["grounds"]`: [{"code", "place" or "clause"}]).
"""

from dataclasses import dataclass

from applications.correction import EVERY_DOCUMENT, EVERYTHING, cell_parts
from applications.facts import OTHER_SUPPORT
from measures import declaration, registry
from measures.official import REGISTER
from measures.registry import CLAUSES, ITEMS

OTHER = "other"
#: The closing notes of the policy that a rejection can rest on.
_NOTES = ("overlap", "figures")


@dataclass(frozen=True)
class Ground:
    """One reason of a list. `label` is the short word in the list, `sentence` what the enterprise reads."""

    code: str
    label: str
    sentence: str


def _listed(*rows):
    return {code: Ground(code, label, sentence) for code, label, sentence in rows}


#: Why a single fact or document is returned.
RETURN = _listed(
    ("unreadable", "看不清", "文件看不清，请重新扫描或拍照。"),
    ("wrong_document", "不是所要的材料", "不是这一项要的材料，请换成对应的材料。"),
    ("seal_missing", "缺少签字或盖章", "缺少签字或盖章，请补齐后上传。"),
    ("incomplete_file", "缺页或份数不够", "缺页或份数不够，请补齐。"),
    ("date_outside", "日期不在规定的时间内", "日期不在申报批次规定的时间内，请核对。"),
    ("amount_differs", "金额不一致", "金额与凭证不一致，请核对。"),
    ("name_differs", "名称不一致", "名称与凭证或登记不一致，请核对。"),
    ("not_counted", "含不能计入的费用", "含有不能计入的费用，请扣除。"),
    ("unit_wrong", "单位或位数有误", "单位或位数看来有误，请按元填写。"),
    ("not_proved", "没有材料证明", "没有材料能证明，请补充材料或改正。"),
    ("date_differs", "日期与材料不一致", "日期与材料不一致，请核对。"),
    ("incomplete", "填写不完整", "填写不完整，请补齐。"),
    ("rows_missing", "缺少应填的行", "缺少应填的行，请补齐。"),
    ("rows_twice", "有重复的行", "有重复的行，请删去重复的。"),
    ("contradicts", "前后不一致", "内容前后不一致，请全面核对。"),
)
_DOCUMENT = (
    "unreadable", "wrong_document", "seal_missing", "incomplete_file", "date_outside", "amount_differs", "name_differs",
)  # fmt: skip
_AMOUNT = ("amount_differs", "not_counted", "unit_wrong", "not_proved")
_DAY = ("date_outside", "date_differs")
_ROWS = ("rows_missing", "rows_twice", "amount_differs", "incomplete")
_TEXT = ("name_differs", "incomplete", "not_proved")
_WHOLE = ("contradicts", "incomplete")

#: Why a claim is rejected, whatever the item.
REJECT = _listed(
    ("out_of_scope", "不属于条文支持的范围", "不属于条文支持的范围。"),
    ("not_met", "不符合条文规定的条件", "不符合条文规定的条件。"),
    ("outside_window", "费用不在规定的时间内", "费用不在申报批次规定的时间内。"),
    ("not_proved", "材料不能证明申报的内容", "所提供的材料不能证明申报的内容。"),
    ("untrue", "申报内容与核查结果不符", "申报内容与核查的结果不符。"),
    ("supported_elsewhere", "同一事项已得到其他支持", "同一事项已经得到其他支持，不重复支持。"),
    ("not_corrected", "期限内没有补正", "补正期限内没有按要求改正。"),
)
#: Why a claim is rejected by the conditions of its item; the codes are those of `measures.result.REASON_CODES`.
CONDITIONS = _listed(
    ("below_threshold", "没有达到规定的数额", "没有达到条文规定的数额。"),
    ("above_threshold", "超过规定的数额", "超过了条文规定的数额。"),
    ("not_on_register", "不在认定名单上", "不在条文规定的认定名单上。"),
    ("already_awarded", "一次性奖励已经给过", "一次性奖励已经给过，不重复给。"),
    ("city_rate_not_set", "市（地）没有规定比例", "企业所在市（地）没有规定这一项的比例。"),
)
#: Why another office is asked to look again.
SEND_BACK = _listed(
    ("amount", "金额或核定数需要再核对", "金额或核定数需要再核对。"),
    ("evidence", "材料不足以支持通过", "现有材料不足以支持通过。"),
    ("flag", "系统提示没有核清", "系统提示的疑点没有核清。"),
    ("scope", "是否属于支持范围需要再核对", "是否属于支持范围需要再核对。"),
    ("account", "收款账户需要核对", "收款账户需要核对。"),
    (OTHER, "其他", ""),
)


def return_grounds(rule, place):
    """The Grounds that fit a place of a return (see `applications.correction`), in the order of the list."""
    return [RETURN[code] for code in _codes_at(rule, place)]


def _codes_at(rule, place):
    if place == EVERYTHING:
        return _WHOLE
    if place == EVERY_DOCUMENT or place.startswith("ev-"):
        return _DOCUMENT
    if place == OTHER_SUPPORT:
        return _AMOUNT
    match _declared_at(rule, place):
        case declaration.Amount() | declaration.Count():
            return _AMOUNT
        case declaration.Day():
            return _DAY
        case declaration.Rows():
            return _ROWS
    return _TEXT


def _declared_at(rule, place):
    parts = cell_parts(place)
    fields = {each.name: each for each in (*rule.facts, *rule.particulars)}
    if parts is None:
        return fields.get(place)
    table = fields[parts[0]]
    return next((each for each in (*table.fields, *table.particulars) if each.name == parts[2]), None)


def reject_grounds(rule):
    """The Grounds of a rejection: the conditions of the item itself first, then what holds for every item."""
    return [*[CONDITIONS[code] for code in _conditions_of(rule)], *REJECT.values()]


def _conditions_of(rule):
    """What the item's own declaration can find unmet."""
    if any(official.least is not None for official in rule.official):
        yield "below_threshold"
    if any(official.most is not None for official in rule.official):
        yield "above_threshold"
    if any(official.kind == REGISTER for official in rule.official):
        yield "not_on_register"
    if rule.once_for_ever:
        yield "already_awarded"
    if rule.payer == "city":
        yield "city_rate_not_set"


def clauses_of(rule):
    """[(id, where it stands, sentence)] of the clauses that a rejection of the item can rest on, its own sentence first."""
    measure = registry.measure_of(rule.code)
    caps = {item.cap_clause for item in measure.items} - {rule.cap_clause}
    shared = [clause for clause in measure.clauses if clause not in ITEMS and clause not in caps]
    ids = dict.fromkeys([rule.code, *shared, *_NOTES])
    return [(clause, *CLAUSES[clause]) for clause in ids]


def rejection_text(clause, ground, words):
    """What the enterprise reads of a rejection: the clause in its own words, the ground, and the facts."""
    place, sentence = CLAUSES[clause]
    return f"依据{place}“{sentence.rstrip('；。')}”：{ground.sentence}{words}"
