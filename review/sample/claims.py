"""Carrying out what the sample's filings say: opening, submitting, deciding, by the services and at the moments planned."""

from dataclasses import dataclass, field
from decimal import Decimal

from applications.claims import Declared, claim_submit, claim_withdraw, draft_open, draft_save
from applications.lifecycle import transition
from applications.lifecycle.possible import approval_possible
from applications.models import Claim
from applications.questions import question_answer, question_ask, question_file_add, question_open_of
from measures import registry
from review.assignments import claim_take
from review.document_checks import document_check
from review.notes import note_add
from review.verification import value_verify

from .files import evidence_give
from .particulars import particulars_of

#: Working days from one stage to the next where a filing runs its ordinary course.
STAGE = 3


@dataclass(frozen=True)
class Step:
    """One step of a claim's life: when (working days before today), what, and by whom ("" is the firm's clerk)."""

    ago: int
    what: str
    who: str = ""
    reason: str = ""
    data: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Filing:
    """What a firm declares for one item, and what became of it."""

    firm: str
    item: str
    steps: tuple
    facts: dict = field(default_factory=dict)
    particulars: dict = field(default_factory=dict)
    #: Support from other policies, in yuan.
    other: str = "0.00"
    #: 1 for the year before the sample's year.
    years_back: int = 0
    clerk: str = ""
    #: Tells claims of one firm and item apart.
    mark: str = ""

    @property
    def key(self):
        """What notices and batches call the claim."""
        return f"{self.firm} {self.item}{self.mark}"


def opened(ago):
    """A draft that nobody has submitted."""
    return (Step(ago, "open"),)


def course(ago, *officers):
    """Opened, submitted a working day later, then passed on by each officer in turn."""
    passed = (Step(ago - STAGE * number, "pass", officer) for number, officer in enumerate(officers, 1))
    return (Step(ago + 1, "open"), Step(ago, "submit"), *passed)


class Clerkship:
    """The filings of the sample on their way: who is who, which periods there are, which claims have come of them."""

    def __init__(self, *, people, firms, periods, year):
        self.people, self.firms, self.periods, self.year = people, firms, periods, year
        self.claims = {}

    def plan(self, diary, filings):
        """Plans every step of every filing."""
        for filing in filings:
            for step in filing.steps:
                diary.plan(step.ago, lambda at, filing=filing, step=step: self._take(filing, step, at))

    def ids(self, keys):
        """The ids of claims by their keys."""
        return [self.claims[key] for key in keys]

    def _take(self, filing, step, at):
        actor = self.people[step.who or filing.clerk or filing.firm]
        act = getattr(self, f"_{step.what}", None)
        if act is not None:
            act(filing, step, actor, at)
            return
        transition(
            claim_id=self.claims[filing.key],
            action=step.what,
            actor=actor,
            reason=step.reason,
            data=step.data,
            at=at,
        )

    def _declared(self, filing, changed=None):
        rule = registry.item(filing.item)
        year = self.year - filing.years_back
        facts = filing.facts | (changed or {})
        particulars = particulars_of(rule, facts, filing.particulars, year=year, series=filing.key)
        return Declared(facts=facts, particulars=particulars, other_support_cny=Decimal(filing.other))

    def _draft(self, declared):
        amount = declared.other_support_cny
        support = {"answer": "yes", "amount": str(amount)} if amount else {"answer": "no", "amount": ""}
        return {"facts": declared.facts, "particulars": declared.particulars, "other_support": support}

    def _open(self, filing, step, actor, at):
        claim, created = draft_open(
            enterprise=self.firms[filing.firm],
            item=filing.item,
            period=self.periods[self.year - filing.years_back],
            actor=actor,
            draft=self._draft(self._declared(filing)),
            at=at,
        )
        if not created:
            raise ValueError(f"the sample files {filing.key} twice")
        self.claims[filing.key] = claim.pk

    def _save(self, filing, step, actor, at):
        """Saves a draft with holes, as a clerk leaves it over lunch."""
        draft_save(claim_id=self.claims[filing.key], actor=actor, draft=step.data, at=at)

    def _submit(self, filing, step, actor, at):
        claim = Claim.objects.select_related("enterprise").get(pk=self.claims[filing.key])
        declared = self._declared(filing)
        evidence_give(claim, supported=bool(declared.other_support_cny), user=actor, at=at)
        claim_submit(claim_id=claim.pk, actor=actor, declared=declared, at=at)

    def _resubmit(self, filing, step, actor, at):
        declared = self._declared(filing, step.data)
        draft_save(claim_id=self.claims[filing.key], actor=actor, draft=self._draft(declared), at=at)
        claim_submit(
            claim_id=self.claims[filing.key], actor=actor, declared=declared, explanation=step.reason, at=at
        )

    def _withdraw(self, filing, step, actor, at):
        claim_withdraw(claim_id=self.claims[filing.key], actor=actor, at=at)

    def _pass(self, filing, step, actor, at):
        """The step that moves the claim on at its present stage."""
        claim = Claim.objects.select_related("enterprise", "period").get(pk=self.claims[filing.key])
        onward, _ = approval_possible(claim, actor)
        transition(claim_id=claim.pk, action=onward.action, actor=actor, at=at)

    def _hold(self, filing, step, actor, at):
        claim_take(claim_id=self.claims[filing.key], actor=actor, at=at)

    def _ask(self, filing, step, actor, at):
        question_ask(claim_id=self.claims[filing.key], text=step.reason, actor=actor, at=at)

    def _answer(self, filing, step, actor, at):
        """Answers what was asked, with a file that the claim has already."""
        claim = Claim.objects.get(pk=self.claims[filing.key])
        question = question_open_of(claim)
        file = claim.evidence.filter(removed_at=None).order_by("pk").first().file
        question_file_add(question_id=question.pk, file=file, actor=actor)
        question_answer(question_id=question.pk, text=step.reason, actor=actor, at=at)

    def _verify(self, filing, step, actor, at):
        value_verify(claim_id=self.claims[filing.key], reason=step.reason, actor=actor, at=at, **step.data)

    def _check(self, filing, step, actor, at):
        """A document found in order, or what is wrong with it."""
        document_check(claim_id=self.claims[filing.key], note=step.reason, actor=actor, at=at, **step.data)

    def _note(self, filing, step, actor, at):
        note_add(claim_id=self.claims[filing.key], text=step.reason, actor=actor, at=at)
