"""What finance does in the year of the sample province: appropriations, shortage, batches, bank results, recovery."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from tempfile import NamedTemporaryFile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Prefetch

from applications.bank_accounts import Account, account_change, accounts_due
from applications.models import Claim, Demand, State
from applications.payees import payee_account_give
from applications.recovery.receipts import receipt_add
from review.appropriations import appropriation_add
from review.bank.accounts import account_confirm, accounts_waiting
from review.bank.columns import SHEET, WORDS
from review.bank.importing import result_import
from review.bank.reports import REPORTABLE
from review.budget import Key, budgets, measures_of
from review.models import Payment, PaymentLine, PayoutBatch, ShortageDecision
from review.offsets import offset_add, offset_choices
from review.payouts import batch_lock, batch_make, batch_withdraw, claims_to_pay
from review.shortage import payable_now, shortage_decide, shortage_simulate, standings
from review.supplements import (
    claims_entitled_to_more,
    rooms_of,
    supplement_consent,
    supplement_grant,
)
from tests.support.files import PDF

from .province import CITIES, YEAR

PAYERS = (Claim.PROVINCE, *CITIES)
#: The measure that gets too little until the year closes.
SHORT = 7
R = PaymentLine.Result
PART = Decimal("0.01")


class Treasury:
    """Finance of every payer, with the firms' part in it: accounts that are wrong, money that is paid back."""

    def __init__(self, play):
        self.play, self.rng = play, play.rng

    def day(self, look, *, closing):
        """What finance does on one look at its desk; once the year closes, everything that is left."""
        self.bank(closing)
        self.accounts()
        self.recovery(closing)
        self.supplements(closing)
        if look % 3 == 1 or closing:
            self.appropriate(closing)
            self.share()
        if look % 3 == 0 or closing:
            self.batches(closing)

    def officer(self, payer, turn=0):
        """One of the two people of a payer's finance."""
        return self.play.officer(Claim(payer=payer), "finance", turn)

    # --- Budget ----------------------------------------------------------------------------------

    def appropriate(self, closing):
        """Every measure gets what is approved and not covered yet; the short one a part of it until the year closes."""
        for payer in PAYERS:
            keys = [Key(measure.number, YEAR, payer) for measure in measures_of(payer)]
            for key, budget in budgets(keys).items():
                missing = budget.approved - budget.appropriated
                if key.measure == SHORT and not closing:
                    missing = (missing * 2 / 3).quantize(PART)
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

    def share(self):
        """Where the money does not suffice, what there is is shared, now one way and now the other."""
        keys = [Key(measure.number, YEAR, payer) for payer in PAYERS for measure in measures_of(payer)]
        for key, standing in standings(keys).items():
            if standing.unshared > 0:
                shortage_decide(
                    key=key,
                    method=self.rng.choice(ShortageDecision.Method.values),
                    reason="示例会议纪要",
                    token=shortage_simulate(key).token,
                    actor=self.officer(key.payer),
                    at=self.play.tick(),
                )
                self.play.done("shortage shared")

    # --- Batches -----------------------------------------------------------------------------------

    def batches(self, closing):
        """A batch of everything that can be paid, made by one and locked by the other; some are withdrawn again."""
        made = [batch for payer in PAYERS if (batch := self.batch(payer))]
        self.play.quiet()
        for batch in made:
            batch_lock(batch_id=batch.pk, actor=self.officer(batch.payer, 1), at=self.play.tick())
            self.play.done("batch")
        self.play.quiet()
        for batch in made:
            if not closing and self.rng.random() < 0.25:
                officer = self.officer(batch.payer)
                batch_withdraw(batch_id=batch.pk, actor=officer, reason="示例撤销", at=self.play.tick())
                self.play.done("batch withdrawn")
                self.play.quiet()

    def batch(self, payer):
        """A batch of everything that a payer can pay, as a draft; None where that is nothing."""
        claims = list(claims_to_pay(payer))
        now = payable_now(claims)
        waiting = {line.claim_id for each in accounts_waiting([payer]) for line in each.lines}
        chosen = [claim.pk for claim in claims if now[claim.pk] > 0 and claim.pk not in waiting]
        if not chosen:
            return None
        return batch_make(
            payer=payer,
            claim_ids=chosen,
            title="示例拨付",
            document="示例财拨〔2026〕1号",
            actor=self.officer(payer),
            at=self.play.tick(),
        )

    def bank(self, closing):
        """The bank pays most of what is under way, fails with some, and returns a little of what it had paid: a sheet of
        results for each batch, imported by finance."""
        batches = PayoutBatch.objects.filter(standing__in=REPORTABLE).defer("file").order_by("number")
        payments = Payment.objects.order_by("position").prefetch_related("lines__claim")
        for batch in batches.prefetch_related(Prefetch("payments", payments)):
            rows = []
            for payment in batch.payments.all():
                result = self.result(payment.lines.all(), closing)
                if result:
                    rows.append(self.row(batch, payment, result))
                    self.play.done(str(result))
            if rows:
                self.results(batch, rows)
                self.play.quiet()

    def result(self, lines, closing):
        """What the bank says now about a payment with these lines; None where it says nothing new.

        It returns what is all there still: what has been paid back or kept back meanwhile cannot come back again.
        """
        luck = 1 if closing else self.rng.random()
        if lines[0].live:
            return R.FAILED if luck < 0.08 else R.PAID
        is_there = all(line.result == R.PAID and line.amount_cny <= line.claim.paid_cny for line in lines)
        return R.RETURNED if is_there and luck < 0.04 else None

    def row(self, batch, payment, result):
        """A line of the bank's sheet."""
        reason = "" if result == R.PAID else "户名与账号不符"
        reference = f"SL{payment.pk:010d}" if result == R.PAID else ""
        return [
            *(batch.number, payment.position, payment.payee_name, payment.payee_account, payment.amount_cny),
            *(WORDS[result], reason, reference, self.play.at.date().isoformat()),
        ]

    def results(self, batch, rows):
        """Imports a sheet of results."""
        with NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as file:
            csv.writer(file).writerows([[column.heading for column in SHEET.columns], *rows])
            file.flush()
            result_import(
                batch_id=batch.pk,
                path=file.name,
                name="回执.csv",
                actor=self.officer(batch.payer),
                at=self.play.tick(),
            )
        self.play.done("results imported")

    # --- Accounts after a failure --------------------------------------------------------------------

    def accounts(self):
        """Firms give other accounts or stay with theirs; finance confirms what will be paid next."""
        mended = set()
        for waiting in accounts_waiting(None):
            claim = waiting.lines[0].claim
            known = waiting.change or waiting.given or claim.enterprise_id in mended
            if waiting.is_same and not known and self.rng.random() < 0.7:
                self.account_mended(claim)
                mended.add(claim.enterprise_id)
        accounts_due(at=self.play.at)
        for waiting in accounts_waiting(None):
            if waiting.change is None:
                account_confirm(
                    payment_id=waiting.payment.pk,
                    mark=waiting.mark,
                    actor=self.officer(waiting.payment.batch.payer),
                    note="已与银行核实。",
                    at=self.play.tick(),
                )
                self.play.done("account confirmed")

    def account_mended(self, claim):
        """The firm changes its own account, or gives another one of the payee that stands on the claim."""
        owner, number = self.play.owner(claim), f"62000001{self.rng.randrange(10**8):08d}"
        if claim.rule.payee(claim.particulars):
            name, bank, _ = claim.rule.payee(claim.particulars)
            payee_account_give(
                claim_id=claim.pk,
                account=Account(holder=name, bank=bank, number=number),
                upload=SimpleUploadedFile("账户说明.pdf", PDF + number.encode()),
                actor=owner,
                at=self.play.tick(),
            )
        else:
            account = Account(holder=claim.enterprise.name, bank="示例银行大庆分行", number=number)
            account_change(
                enterprise_id=claim.enterprise_id, actor=owner, account=account, at=self.play.tick()
            )
        self.play.done("account given")

    # --- What has to come back, and what is added ------------------------------------------------------

    def recovery(self, closing):
        """What a later claim is owed is kept back; firms pay back in parts."""
        self.offsets()
        for demands in rounds(self.demands(), "claim__enterprise"):
            for demand in demands:
                if not closing and self.rng.random() < 0.4:
                    self.receipt(demand)
            self.play.quiet()

    def offsets(self):
        """Each demand is offset against the oldest claim that its firm is still owed by the same payer."""
        payable = set(Claim.objects.filter(state=State.PAYABLE).values_list("enterprise", "payer"))
        for demands in rounds(self.demands(), "claim__enterprise"):
            for demand in demands:
                if (demand.claim.enterprise_id, demand.claim.payer) in payable:
                    for choice in offset_choices(demand)[:1]:
                        self.offset(demand, choice)
            self.play.quiet()

    def demands(self):
        """What is demanded back, in the order of the claims' numbers."""
        return Demand.objects.filter(closed_at=None).select_related("claim").order_by("claim__number")

    def offset(self, demand, choice):
        """All that can be kept back of one claim."""
        offset_add(
            demand_id=demand.pk,
            claim_id=choice.claim.pk,
            amount=choice.most,
            reason="示例抵扣",
            actor=self.officer(demand.claim.payer),
            at=self.play.tick(),
        )
        self.play.done("offset")

    def receipt(self, demand):
        """All of a demand, or a third of it, arrives."""
        amount = demand.claim.demanded_cny
        part = amount if self.rng.random() < 0.5 else max((amount / 3).quantize(PART), PART)
        receipt_add(
            demand_id=demand.pk,
            amount=part,
            received_on=self.play.at.date(),
            reference=f"SK{self.play.happened['receipt'] + 1:06d}",
            actor=self.officer(demand.claim.payer),
            at=self.play.tick(),
        )
        self.play.done("receipt")

    def supplements(self, closing):
        """Commerce consents to what may be added, finance grants it; what is added to a year changes its other rooms.

        Once the year closes, nothing is added to a firm that still owes: part by part it would be kept back at once, and
        make room for the next.
        """
        claims = claims_entitled_to_more().filter(state__in=[State.PAID, State.APPROVED])
        if closing:
            owing = Demand.objects.filter(closed_at=None)
            claims = claims.exclude(enterprise__in=owing.values("claim__enterprise"))
        for more in rounds(claims.select_related("enterprise").order_by("number"), "enterprise"):
            for room in rooms_of(more).values():
                if room.most and not room.obstacle:
                    self.supplement(room.claim, room.most)
            self.play.quiet()

    def supplement(self, claim, amount):
        """One supplement."""
        found = supplement_consent(
            claim_id=claim.pk,
            amount=amount,
            note="示例同意",
            actor=self.play.officer(claim, "commerce"),
            at=self.play.tick(),
        )
        supplement_grant(
            supplement_id=found.pk,
            amount=amount,
            reason="示例补发",
            actor=self.officer(claim.payer),
            at=self.play.tick(),
        )
        self.play.done("supplement")


def rounds(rows, firm):
    """The rows in order, one of each firm at a time: what is done about one moves the amounts of its firm alone."""
    found, counted = [], Counter()
    for key, of in rows.values_list("pk", firm):
        if counted[of] == len(found):
            found.append([])
        found[counted[of]].append(key)
        counted[of] += 1
    return (rows.filter(pk__in=keys) for keys in found)
