"""How far an enterprise is from the next award: with provisional figures while a year runs, which serve this and no award."""

from dataclasses import dataclass, replace

from applications.calendar import months_text
from applications.settlement.case_builder import case_build
from measures import registry
from measures.case import ClaimInput
from measures.next_step import NextStep, next_steps
from measures.next_step_sentences import (
    distance_text,
    figure_label,
    figure_text,
    gain_text,
    limit_sentence,
    step_sentence,
)
from measures.prospect import prospects


@dataclass(frozen=True)
class StepAhead:
    """The next step of one item, in words and for a meter; `share` is how much of the way is done, whole percent."""

    step: NextStep

    @property
    def item(self):
        """The item's rule class."""
        return registry.item(self.step.item)

    @property
    def share(self):
        """Whole percent of the way, never 100: the step has not been reached."""
        return min(99, int(self.step.value * 100 / self.step.target))

    @property
    def sentence(self):
        """What is missing and what it brings."""
        return step_sentence(self.step)

    @property
    def distance(self):
        """What is missing."""
        return distance_text(self.step)

    @property
    def gain(self):
        """What it brings."""
        return gain_text(self.step)

    @property
    def limit(self):
        """What the year's limit makes of it."""
        return limit_sentence(self.step)

    @property
    def so_far(self):
        """The figure as it is and as it must be."""
        now, target = (figure_text(self.step, value) for value in (self.step.value, self.step.target))
        return f"{figure_label(self.step)}现在 {now}，下一档 {target}"


@dataclass(frozen=True)
class Ahead:
    """The next steps of a year that still runs, the nearest first; `basis` says which figures they rest on."""

    year: int
    basis: str
    steps: tuple[StepAhead, ...]


def ahead(source, *, inputs=()):
    """What lies ahead in the year of a YearInput: an Ahead, or None where no item has a next step.

    `inputs` are the year's claims as the what-if sees them. What the figures open besides is taken as filed, so that the
    limit is the one that the enterprise will have.
    """
    running = replace(
        source, trade={year: figures.with_provisional() for year, figures in source.trade.items()}
    )
    case = case_build(running, inputs)
    claimed = {claim.item for claim in case.claims}
    certain = tuple(
        ClaimInput(id=f"certain {one.item}", item=one.item, facts=one.facts)
        for one in prospects(case, source.reference)
        if one.certain and one.lifetime_subject is None and one.item not in claimed
    )
    steps = next_steps(case_build(running, (*case.claims, *certain)), source.reference)
    if not steps:
        return None
    nearest = sorted((StepAhead(step) for step in steps), key=lambda one: -one.share)
    return Ahead(source.row.year, _basis(source), tuple(nearest))


def year_that_runs(sources, *, today):
    """The first of the YearInputs whose figures can still grow: not closed, and provisional or of a year not yet over."""
    for source in sources:
        year = source.row.year
        figures = source.trade.get(year)
        if figures and not figures.closed and (year >= today.year or figures.provisional):
            return source
    return None


def shortfalls(source):
    """{item: what official figures lack before it opens}, for a year as it counts for awards."""
    steps = next_steps(case_build(source, ()), source.reference)
    return {
        step.item: f"还差 {figure_text(step, step.distance)}。"
        for step in steps
        if step.claim_year == source.row.year and not (step.award and step.award.now)
    }


def _basis(source):
    """Which figures count, in words: provisional ones say up to which month."""
    parts = []
    for year in sorted(source.trade, reverse=True):
        provisional = source.trade[year].provisional
        if provisional:
            parts.append(f"{year} 年按 {months_text(provisional.months)}暂计")
    return "，".join(parts) or "按现有的海关统计"
