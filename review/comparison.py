"""Declared, official and verified side by side, as a reviewer reads them: texts only, in the order of the declaration."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.facts import FactLine
from applications.models import VerifiedValue
from applications.settlement.load import YearInput, years_load_official
from applications.wording import NOTHING, official_lines, value_text
from measures import declaration
from measures.money import grouped
from measures.result import Step
from review.verification import lines_to_verify, same_value, values_in_force


@dataclass
class Line:
    """One row of the table. `path` is "" for what nobody declares; `tone` says whether the remark agrees or differs."""

    label: str
    declared: str = NOTHING
    official: str = NOTHING
    remark: str = ""
    tone: str = ""
    detail: str = ""
    fact: FactLine | None = None
    verified: VerifiedValue | None = None
    verified_text: str = ""

    @property
    def path(self):
        """The fact's place in the evaluation contract."""
        return self.fact.path if self.fact else ""


@dataclass
class Group:
    """Rows under one heading, with a word about the heading."""

    title: str
    note: str = ""
    lines: list = field(default_factory=list)


def comparison(claim, year_row):
    """The groups of the table: official data that the rule takes, declared facts, and each row of loans or premiums."""
    groups = (
        [Group("官方数据", "企业不填写", _official_lines(claim, year_row))] if claim.rule.official else []
    )
    verified = values_in_force(claim)
    interest = _interest_by_path(claim)
    found = {}
    for fact in lines_to_verify(claim):
        title = fact.row or "申报内容"
        if title not in found:
            found[title] = Group(title, _row_note(claim, fact))
            groups.append(found[title])
        line = Line(fact.label, value_text(fact.field, fact.value), fact=fact)
        _add_interest(line, interest.get(fact.path))
        _add_verified(line, verified.get(fact.path))
        found[title].lines.append(line)
    return groups


def _official_lines(claim, year_row):
    """What registers, figures and settings say about the enterprise, as a settlement would take it now."""
    source = YearInput(year_row)
    years_load_official([source])
    return [
        # The head of the table says that sums are in yuan.
        Line(each.label, official=each.value.removesuffix(" 元"), remark=each.source)
        for each in official_lines(claim.rule, source, claim.city)
    ]


def _row_note(claim, fact):
    """The particulars of the row that a fact belongs to: which loan, which policy."""
    if not fact.row:
        return ""
    name, _, rest = fact.path.partition("[")
    rows = claim.particulars.get(name) or []
    index = int(rest.partition("]")[0])
    declared = next(each for each in claim.rule.facts if each.name == name)
    row = rows[index] if index < len(rows) else {}
    return "，".join(
        value_text(part, row[part.name])
        for part in declared.particulars
        if row.get(part.name) not in (None, "")
    )


def _interest_by_path(claim):
    """What the computation says about each loan, by the path of the interest that was declared as paid."""
    for data in claim.steps:
        loans = Step.from_data(data).params.get("loans", ())
        if loans:
            return {f"loans[{number}].interest_paid_cny": loan for number, loan in enumerate(loans)}
    return {}


def _add_interest(line, loan):
    """Beside the interest paid stands what LPR gives; the smaller of the two counts (measure 4)."""
    if loan is None:
        return
    line.official = grouped(loan["by_rate"])
    word = "按 LPR 计入，较小" if loan["by_rate"] < loan["paid"] else "按实付计入，较小"
    if loan["by_rate"] == loan["paid"]:
        word = "实付与按 LPR 计算相同"
    line.remark, line.tone = word, "agree"
    line.detail = f"LPR {loan['percent'].normalize():f}%，{loan['days']} 天"


def _add_verified(line, row):
    if row is None:
        return
    line.verified = row
    line.verified_text = value_text(line.fact.field, row.value)
    line.remark, line.tone = "已核定", "differ"
    if isinstance(line.fact.field, declaration.Amount) and not same_value(
        line.fact, row.value, line.fact.value
    ):
        difference = Decimal(str(row.value)) - Decimal(str(line.fact.value or 0))
        word = "核减" if difference < 0 else "核增"
        line.remark = f"{word} {grouped(abs(difference))}"


@dataclass(frozen=True)
class Particular:
    """What people need to know beside the facts: a label and a text, or the rows of a table."""

    label: str
    text: str = ""
    heads: tuple = ()
    rows: tuple = ()


def particulars(claim):
    """The particulars of the claim, and the facts that name what it is about (platform, site, warehouse)."""
    found = [
        Particular(each.label, value_text(each, claim.facts.get(each.name)))
        for each in claim.rule.facts
        if isinstance(each, declaration.Text | declaration.RegisterChoice)
    ]
    for each in claim.rule.particulars:
        value = claim.particulars.get(each.name)
        if not isinstance(each, declaration.Rows):
            found.append(Particular(each.label, value_text(each, value)))
        elif value:
            parts = (*each.fields, *each.particulars)
            rows = tuple(tuple(value_text(part, row.get(part.name)) for part in parts) for row in value)
            found.append(Particular(each.label, heads=tuple(part.label for part in parts), rows=rows))
    return found
