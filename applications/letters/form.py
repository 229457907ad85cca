"""What an application form (申请表) says: all that is declared, what is official about it, and the evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from django.template.defaultfilters import filesizeformat

from accounts.cities import City
from applications.drafts import draft_of
from applications.estimate import official_data
from applications.evidence import checklist
from applications.forms.reading import Unreadable, read_amount, read_count
from applications.letters import parts
from applications.letters.words import account_text, item_line, moment_text, policy_line
from applications.wording import NOTHING, official_lines, value_text
from measures.declaration import Amount, Count, Rows
from measures.money import grouped, in_words

TITLE = "外贸政策资金申请表"
STATEMENT = "以上内容真实、完整，与所附材料一致。"
#: As many columns as fit beside each other; further ones go into a second table of the same rows.
MOST_COLUMNS = 7


@dataclass(frozen=True)
class Sheet:
    """What one form declares. `text` and `amount` read a value: declared ones are right, typed ones may not be."""

    facts: dict
    particulars: dict
    other_support: str
    text: Callable
    amount: Callable


def form_content(claim, *, event):
    """The content of the form of a claim that is being submitted; `event` is the submission."""
    again = event.kind == "claim.resubmitted"
    sheet = Sheet(
        facts=claim.facts,
        particulars=claim.particulars,
        other_support=_support_text(claim.other_support_cny),
        text=value_text,
        amount=lambda value: Decimal(str(value or 0)),
    )
    end = [
        parts.text(
            STATEMENT,
            f"{event.actor.name} 于 {moment_text(event.at)} 通过龙江外贸政策兑现平台{'补正后重新' if again else ''}提交。",
            title="企业声明",
        ),
        parts.seals("企业（盖章）", "法定代表人（签字）", "日期"),
    ]
    return {"title": TITLE, "parts": [*_body(claim, sheet), *_corrections(event), *end]}


def preview_content(claim):
    """The same of what has been typed so far and not submitted: nothing in it has been checked."""
    draft = draft_of(claim)
    support = draft.get("other_support") or {}
    sheet = Sheet(
        facts=draft.get("facts") or {},
        particulars=draft.get("particulars") or {},
        other_support=_support_typed(support),
        text=_typed_text,
        amount=_typed_amount,
    )
    end = [
        parts.text(
            STATEMENT,
            "这是提交前供核对的草稿，不是申报凭证。提交后请在平台下载带编号和校验码的申请表。",
            title="企业声明",
        ),
        parts.seals("企业（盖章）", "法定代表人（签字）", "日期"),
    ]
    return {"title": TITLE, "parts": [*_body(claim, sheet), *end]}


def _body(claim, sheet):
    return [
        parts.facts("申报事项", _claim_rows(claim)),
        parts.facts("申报企业", _firm_rows(claim, sheet)),
        *_particulars(claim.rule, sheet),
        *_facts(claim.rule, sheet),
        parts.facts("同一事项的其他省级支持", [["已获支持", sheet.other_support]]),
        *_official(claim),
        _evidence(claim),
    ]


def _corrections(event):
    """What a correction changes against the form before, and what the enterprise says about it."""
    found, changes, words = [], event.data.get("corrections"), event.data.get("reason")
    if changes:
        rows = [[change["label"], change["old"], change["new"]] for change in changes]
        found.append(
            parts.table("本次补正的改动（金额单位：元）", ["项目", "原来", "改为"], rows, shares=[3, 4, 4])
        )
    return [*found, parts.text(words, title="企业的说明")] if words else found


def _claim_rows(claim):
    return [
        ["申报编号", claim.number, "年度", f"{claim.year} 年"],
        ["事项", item_line(claim.rule)],
        ["政策依据", policy_line(claim.rule)],
        ["申报批次", claim.period.title],
    ]


def _firm_rows(claim, sheet):
    firm = claim.enterprise
    city = City(claim.city or firm.city).label
    return [
        ["企业名称", firm.name],
        ["统一社会信用代码", firm.credit_code, "市（地）", city],
        ["地址", firm.address or NOTHING],
        ["联系人", firm.contact_name, "联系电话", firm.contact_phone],
        ["收款账户", account_text(claim, sheet.particulars)],
    ]


def _particulars(rule, sheet):
    single = [field for field in rule.particulars if not isinstance(field, Rows)]
    lines = [[field.label, sheet.text(field, sheet.particulars.get(field.name))] for field in single]
    found = [parts.facts("申报情况", lines)] if lines else []
    for field in rule.particulars:
        if isinstance(field, Rows):
            found += _rows(field, field.fields, sheet.particulars.get(field.name) or [], sheet)
    return found


def _facts(rule, sheet):
    single = [field for field in rule.facts if not isinstance(field, Rows)]
    found = [_amounts(single, sheet)] if single else []
    for field in rule.facts:
        if isinstance(field, Rows):
            beside = sheet.particulars.get(field.name) or []
            rows = [
                {**row, **more}
                for row, more in zip_longest(sheet.facts.get(field.name) or [], beside, fillvalue={})
            ]
            found += _rows(field, (*field.fields, *field.particulars), rows, sheet)
    return found


def _amounts(fields, sheet):
    """Facts outside rows; what is money stands to the right and is added up where there are several sums."""
    values = [(field, sheet.facts.get(field.name)) for field in fields]
    money = [sheet.amount(value) for field, value in values if isinstance(field, Amount)]
    known = len(money) > 1 and None not in money
    lines = [[field.label, sheet.text(field, value)] for field, value in values]
    return parts.table(
        "申报内容（金额单位：元）" if money else "申报内容",
        ["项目", "申报"],
        lines,
        shares=[3, 2],
        right=[1] if money else [],
        total=["合计", grouped(sum(money))] if known else [],
        note=f"合计大写：{in_words(sum(money))}" if known else "",
    )


def _rows(declared, fields, rows, sheet):
    """One row a line, numbered; where there are too many columns, in several tables with the same numbers."""
    if not rows:
        return [parts.text("没有填写。", title=declared.label)]
    groups = [fields[start : start + MOST_COLUMNS] for start in range(0, len(fields), MOST_COLUMNS)]
    return [
        _row_table(declared, group, rows, sheet, part=f"（之{number}）" if len(groups) > 1 else "")
        for number, group in enumerate(groups, 1)
    ]


def _row_table(declared, fields, rows, sheet, *, part):
    lines = [
        [str(number), *[sheet.text(field, row.get(field.name)) for field in fields]]
        for number, row in enumerate(rows, 1)
    ]
    money = [index for index, field in enumerate(fields, 1) if isinstance(field, Amount)]
    return parts.table(
        f"{declared.label}{part}，共 {len(rows)} 行",
        ["序号", *[_head(field) for field in fields]],
        lines,
        # What names a row comes first; the number of an electronic invoice has twenty digits.
        shares=[2, 5, *[4] * (len(fields) - 1)],
        right=money,
        total=_total(fields, rows, sheet) if money and len(rows) > 1 else [],
    )


def _head(field):
    return f"{field.label}（元）" if isinstance(field, Amount) else field.label


def _total(fields, rows, sheet):
    cells = ["合计"]
    for field in fields:
        values = [sheet.amount(row.get(field.name)) for row in rows] if isinstance(field, Amount) else [None]
        cells.append("" if None in values else grouped(sum(values)))
    return cells


def _official(claim):
    """Official data as they stand now; an enterprise that has not been verified sees none."""
    if not claim.rule.official or not claim.enterprise.is_verified:
        return []
    source = official_data(claim.enterprise, claim.year, computing=False)
    lines = official_lines(claim.rule, source, claim.city or claim.enterprise.city)
    return [
        parts.table(
            "所用官方数据",
            ["项目", "数据", "来源"],
            [[line.label, line.value, line.source] for line in lines],
            shares=[4, 4, 2],
            note="取自申请表生成时的官方登记，金额以审核时的数据计算。",
        )
    ]


def _evidence(claim):
    rows = [
        [row.document.label, use.file.name, _size(use.file), use.file.sha256[:16]]
        for row in checklist(claim)
        for use in row.given
    ]
    if not rows:
        return parts.text("没有随附材料。", title="证明材料")
    return parts.table(
        f"证明材料，共 {len(rows)} 份",
        ["材料", "文件名", "页数和大小", "文件指纹（前 16 位）"],
        rows,
        shares=[4, 6, 3, 4],
    )


def _size(file):
    size = filesizeformat(file.size).replace("\xa0", " ")
    return f"{file.pages} 页，{size}" if file.pages else size


# --- Values --------------------------------------------------------------------------------------


def _support_text(amount):
    return f"有，{grouped(amount)} 元" if amount else "没有"


def _typed_text(field, value):
    """What was typed, as it would be declared; what cannot be read stands as it is and says so."""
    if value in (None, ""):
        return NOTHING
    try:
        match field:
            case Amount():
                return grouped(read_amount(str(value)))
            case Count():
                return f"{read_count(str(value))} {field.unit}"
    except Unreadable:
        return f"{value}（待改正）"
    return value_text(field, value)


def _typed_amount(value):
    try:
        return read_amount(str(value)) if value else Decimal(0)
    except Unreadable:
        return None


def _support_typed(support):
    answer, amount = support.get("answer"), support.get("amount")
    if answer == "yes":
        return f"有，{_typed_text(Amount(name='amount', label='金额'), amount)} 元"
    return "没有" if answer == "no" else "还没有回答"
