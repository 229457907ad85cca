"""Declared, official and verified side by side, as a reviewer reads them: texts only, in the order of the declaration."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.facts import FactLine
from applications.models import VerifiedValue
from applications.settlement.load import YearInput, years_load_official
from applications.wording import NOTHING, official_lines, value_text
from measures import declaration
from measures.money import FEN, ZERO, grouped, in_wan
from measures.result import Step
from review.verification import lines_to_verify, same_value, values_in_force

#: From this sum on, yuan, a second line says the sum in 万元: a slip by a factor of ten hides in long figures.
LARGE = Decimal(100_000)
_WAN, _YI = Decimal(10_000), Decimal(100_000_000)


@dataclass
class Line:
    """One row of the table. `path` is "" for what nobody declares; `tone` says whether the remark agrees or differs.

    `declared_wan` and `official_wan` say large sums in 万元, "" for others.
    """

    label: str
    declared: str = NOTHING
    official: str = NOTHING
    remark: str = ""
    tone: str = ""
    detail: str = ""
    fact: FactLine | None = None
    verified: VerifiedValue | None = None
    verified_text: str = ""
    declared_wan: str = ""
    official_wan: str = ""

    @property
    def path(self):
        """The fact's place in the evaluation contract."""
        return self.fact.path if self.fact else ""

    @property
    def is_sum(self):
        """Whether the fact is a sum in yuan."""
        return self.fact is not None and isinstance(self.fact.field, declaration.Amount)


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
    found, tables = {}, {}
    for fact in lines_to_verify(claim):
        title = fact.row or "申报内容"
        if title not in found:
            found[title] = Group(title, _row_note(claim, fact))
            groups.append(found[title])
        line = Line(fact.label, value_text(fact.field, fact.value), fact=fact)
        if isinstance(fact.field, declaration.Amount):
            line.declared_wan = large_wan(fact.value)
        _add_interest(line, interest.get(fact.path))
        _add_verified(line, verified.get(fact.path))
        found[title].lines.append(line)
        if fact.row:
            tables.setdefault(fact.path.partition("[")[0], {})[title] = found[title]
    for name, rows in tables.items():
        if len(rows) > 1:
            several = list(rows.values())
            groups.insert(groups.index(several[0]), _sums(claim, name, several))
    return groups


def large_wan(value):
    """A large sum in 万元 or 亿元, to two places, 约 where that is not all of it; "" for none, a small one, and no sum."""
    try:
        amount = Decimal(str(value or 0))
    except ArithmeticError:
        return ""
    if not amount.is_finite() or abs(amount) < LARGE:
        return ""
    unit = _YI if abs(amount) >= _YI else _WAN
    shown = (amount / unit).quantize(FEN) * unit
    return in_wan(shown) if shown == amount else f"约 {in_wan(shown)}"


def _sums(claim, name, rows):
    """The sums of all rows of a table, column by column: declared, by LPR where each row has it, and verified."""
    label = next(each.row_label for each in claim.rule.facts if each.name == name)
    group = Group(f"{label}合计", f"共 {len(rows)} 笔")
    for place, first in enumerate(rows[0].lines):
        if isinstance(first.fact.field, declaration.Amount):
            group.lines.append(_sum(first.label, [row.lines[place] for row in rows]))
    return group


def _sum(label, lines):
    declared = sum((_amount(line.fact.value) for line in lines), ZERO)
    found = Line(label, grouped(declared), declared_wan=large_wan(declared))
    if all(line.official != NOTHING for line in lines):
        official = sum((_amount(line.official.replace(",", "")) for line in lines), ZERO)
        found.official, found.official_wan = grouped(official), large_wan(official)
    if any(line.verified for line in lines):
        verified = sum(
            (_amount(line.verified.value if line.verified else line.fact.value) for line in lines), ZERO
        )
        found.verified_text = grouped(verified)
        found.remark, found.detail = difference_words(verified, declared)
        found.tone = "differ"
    return found


def _amount(value):
    return Decimal(str(value or 0))


def difference_words(new, old):
    """By how much a sum or count differs from the declared one, in words, and in percent with its sign."""
    difference = new - old
    word = "核减" if difference < 0 else "核增"
    share = f"{difference * 100 / old:+.2f}%".replace("-", "−") if old else ""
    return f"{word} {grouped(abs(difference))}", share


def _official_lines(claim, year_row):
    """What registers, figures and settings say about the enterprise, as a settlement would take it now."""
    source = YearInput(year_row)
    years_load_official([source])
    return [
        # The head of the table says that sums are in yuan.
        Line(
            each.label,
            official=each.value.removesuffix(" 元"),
            remark=each.source,
            official_wan=_official_wan(each.value),
        )
        for each in official_lines(claim.rule, source, claim.city)
    ]


def _official_wan(text):
    """An official sum in yuan, in 万元 where it is large; others are left as they are."""
    return large_wan(text.removesuffix(" 元").replace(",", "")) if text.endswith(" 元") else ""


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
    line.official, line.official_wan = grouped(loan["by_rate"]), large_wan(loan["by_rate"])
    word = "按 LPR 计入，较小" if loan["by_rate"] < loan["paid"] else "按实付计入，较小"
    if loan["by_rate"] == loan["paid"]:
        word = "实付与按 LPR 计算相同"
    line.remark, line.tone = word, "agree"
    line.detail = f"LPR {loan['percent'].normalize():f}%，{loan['days']} 天"
    difference = loan["paid"] - loan["by_rate"]
    if difference:
        line.detail += f"；实付{'多' if difference > 0 else '少'} {grouped(abs(difference))}"


def _add_verified(line, row):
    if row is None:
        return
    line.verified = row
    line.verified_text = value_text(line.fact.field, row.value)
    line.remark, line.tone = "已核定", "differ"
    if isinstance(line.fact.field, declaration.Amount) and not same_value(
        line.fact, row.value, line.fact.value
    ):
        line.remark, share = difference_words(_amount(row.value), _amount(line.fact.value))
        line.detail = "；".join(filter(None, (share, line.detail)))


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
