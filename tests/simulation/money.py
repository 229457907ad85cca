"""What finance does in the year of the sample province: appropriations, shortage, batches, bank results, recovery."""

from datetime import date
from decimal import Decimal

from applications.models import Claim
from review.budget import Key, appropriation_add, budgets, measures_of
from review.models import PaymentLine, PayoutBatch
from review.payouts import batch_lock, batch_make, claims_to_pay, line_report

from .province import CITIES, YEAR

PAYERS = (Claim.PROVINCE, *CITIES)
#: The measure that gets too little at first.
SHORT = 7


class Treasury:
    """Finance of every payer."""

    def __init__(self, play):
        self.play, self.rng = play, play.rng

    def day(self, look, *, closing):
        """What finance does on one look at its desk."""
        if look % 3 == 1 or closing:
            self.appropriate(closing)
        if look % 3 == 0 or closing:
            self.batches()
        self.bank()

    def officer(self, payer, turn=0):
        """One of the two people of a payer's finance."""
        return self.play.officer(Claim(payer=payer), "finance", turn)

    def appropriate(self, closing):
        """Every measure gets what is approved and not covered yet; the short one half of it until the year closes."""
        for payer in PAYERS:
            keys = [Key(measure.number, YEAR, payer) for measure in measures_of(payer)]
            for key, budget in budgets(keys).items():
                missing = budget.approved - budget.appropriated
                if key.measure == SHORT and not closing:
                    missing = (missing / 2).quantize(Decimal("0.01"))
                if missing > 0:
                    self.appropriation(key, missing)

    def appropriation(self, key, amount):
        """One document."""
        appropriation_add(
            measure=key.measure,
            year=key.year,
            payer=key.payer,
            amount=amount,
            document=f"示例财指〔2026〕{self.play.happened['appropriation'] + 1}号",
            document_on=date(2026, 3, 2),
            actor=self.officer(key.payer),
            at=self.play.tick(),
        )
        self.play.done("appropriation")

    def batches(self):
        """A batch of everything that can be paid, made by one and locked by the other."""
        for payer in PAYERS:
            claims = [claim.pk for claim in claims_to_pay(payer)]
            if not claims:
                continue
            batch = batch_make(
                payer=payer,
                claim_ids=claims,
                title="示例拨付",
                actor=self.officer(payer),
                at=self.play.tick(),
            )
            self.play.quiet()
            batch_lock(batch_id=batch.pk, actor=self.officer(payer, 1), at=self.play.tick())
            self.play.done("batch")

    def bank(self):
        """The bank pays most of what is under way."""
        for batch in PayoutBatch.objects.filter(standing="locked").order_by("number"):
            for line in PaymentLine.objects.filter(batch=batch, live=True).order_by("pk"):
                line_report(
                    line_id=line.pk, result="paid", actor=self.officer(batch.payer), at=self.play.tick()
                )
                self.play.done("paid")
        self.play.quiet()
