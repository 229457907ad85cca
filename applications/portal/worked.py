"""Worked examples as pages show them: what goes in, and the four steps of what the rules make of it."""

from dataclasses import dataclass

from applications.facts import fact_lines
from applications.official import current_reference, year_settings
from applications.portal.results import claim_view, year_view
from applications.wording import value_text
from measures import registry
from measures.contract import parse_case
from measures.declaration import Amount
from measures.evaluation import evaluate
from measures.examples import EXAMPLES, Example
from measures.money import in_wan
from measures.official import SETTING
from measures.step_sentences import percent


@dataclass(frozen=True)
class Worked:
    """An example after the rules have been over it; `given` is what goes in, as (label, text)."""

    story: str
    given: list[tuple[str, str]]
    claim: dict
    year: dict


class Workshop:
    """Works examples of one year out; the reference data and settings are read once, when the first is asked for."""

    def __init__(self, year):
        self.year = year
        self._reference = self._settings = None

    def of_item(self, item):
        """The Worked example of a money item; None for an item that pays nothing."""
        return self.work(EXAMPLES[item.code]) if item.code in EXAMPLES else None

    def work(self, example):
        """The Worked example, about its first claim."""
        if self._reference is None:
            self._reference, self._settings = current_reference(), year_settings(self.year)
        settings = {
            "bank_cost_rate": f"{self._settings.bank_cost_rate:f}",
            "key_markets": list(self._settings.key_markets),
        }
        case = parse_case(example.case(self.year, settings))
        result = evaluate(case, self._reference)
        return Worked(
            story=example.story,
            given=_given(example, case),
            claim=claim_view(result.claims[0]),
            year=year_view(result),
        )


def _given(example: Example, case):
    """What goes into the first claim of an example, in the words of the form."""
    claim = case.claims[0]
    item = registry.item(claim.item)
    lines = [
        (f"{case.year - official.years_back} 年{official.label}", _amount(value, official.unit))
        for official in item.official
        if (value := _figure(case, official)) is not None
    ]
    lines += [(official.label, text) for official in item.official if (text := _other(official, item, case))]
    lines += [(_name(line), _text(line)) for line in fact_lines(item, claim.facts) if line.value]
    if claim.other_support:
        lines.append(("已获其他省级支持", in_wan(claim.other_support)))
    return lines


def _figure(case, official):
    figures = case.trade.get(case.year - official.years_back)
    return getattr(figures, official.name, None)


def _other(official, item, case):
    """Lists that the firm is on and the rates that count, in words; nothing for all else."""
    enterprise = case.enterprise
    if official.kind != SETTING:
        return "在名单内" if getattr(enterprise, official.name, None) else ""
    if official.name == "city_rates":
        return f"{percent(case.settings.city_rates[item.code])}（假定）"
    return percent(case.settings.bank_cost_rate) if official.name == "bank_cost_rate" else ""


def _name(line):
    return f"{line.row}：{line.label}" if line.row else line.label


def _text(line):
    return _amount(line.value, "元") if isinstance(line.field, Amount) else value_text(line.field, line.value)


def _amount(value, unit):
    return in_wan(value).replace("元", unit)
