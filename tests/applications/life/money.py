"""What finance and the bank do: notices, batches, results, accounts."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from applications.models import Claim, Notice, State
from applications.notices import left_behind_release, notice_close
from review.bank.accounts import account_confirm, accounts_waiting
from review.bank.reports import payment_report
from review.models import PaymentLine, PayoutBatch
from review.notices import claims_to_publish, notice_publish
from review.payouts import batch_lock, batch_make, batch_withdraw, claims_to_pay, line_drop
from tests.applications.life.means import Means, picks

PAYERS = ("province", "2301")


class Money(Means):
    """From approved claims to money in accounts, and back."""

    @rule(payer=st.sampled_from(PAYERS), settle=st.booleans())
    def publishes(self, payer, settle):
        if settle:
            self.quiet()
        claims = list(claims_to_publish(payer).filter(year=2025))
        if claims:
            self.attempt(
                notice_publish,
                payer=payer,
                year=2025,
                claim_ids=[claim.pk for claim in claims],
                title="示例公示",
                actor=self.finance(payer)[0],
            )

    @rule(settle=st.booleans())
    def closes_notices(self, settle):
        if settle:
            self.quiet()
        for key in Notice.objects.filter(standing="published").values_list("pk", flat=True):
            assert self.attempt(notice_close, notice_id=key)
            held = Claim.objects.filter(
                notice_lines__notice=key, notice_lines__withdrawn_at=None, state=State.IN_NOTICE
            )
            assert all(self.waits(claim) for claim in held), "only what is being settled stays behind"
        if settle:
            self.what_stayed_behind_is_let_go()

    @rule()
    def what_stayed_behind_is_let_go(self):
        self.attempt(left_behind_release)
        for claim in Claim.objects.filter(state=State.IN_NOTICE):
            running = claim.notice_lines.filter(withdrawn_at=None, notice__standing="published")
            assert self.waits(claim) or running.exists()

    @rule(payer=st.sampled_from(PAYERS), lock=st.booleans())
    def makes_a_batch(self, payer, lock):
        claims = list(claims_to_pay(payer))
        if claims:
            fields = {"payer": payer, "claim_ids": [claim.pk for claim in claims], "title": ""}
            assert self.attempt(batch_make, **fields, actor=self.finance(payer)[0])
            if lock:
                self.locks_a_batch(0, second=True)

    @rule(pick=picks, second=st.sampled_from([True, True, False]))
    def locks_a_batch(self, pick, second):
        drafts = list(PayoutBatch.objects.filter(standing="draft").order_by("pk"))
        if drafts:
            self.quiet()
            batch = drafts[pick % len(drafts)]
            self.attempt(batch_lock, batch_id=batch.pk, actor=self.finance(batch.payer)[second])

    @rule(pick=picks, result=st.sampled_from(["paid", "paid", "failed"]))
    def the_bank_reports(self, pick, result):
        lines = list(PaymentLine.objects.filter(live=True, batch__standing="locked").order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            assert self.attempt(
                payment_report,
                payment_id=line.payment_id,
                result=result,
                note="示例说明",
                actor=self.finance(line.batch.payer)[0],
            )

    @rule(pick=picks)
    def an_account_is_looked_at(self, pick):
        waiting = accounts_waiting(None)
        if waiting:
            row = waiting[pick % len(waiting)]
            officer = self.finance(row.payment.batch.payer)[0]
            asked = {"payment_id": row.payment.pk, "mark": row.mark, "note": "示例说明"}
            assert self.attempt(account_confirm, **asked, actor=officer) == bool(row.new[2])

    @rule(pick=picks)
    def takes_a_line_out(self, pick):
        lines = list(PaymentLine.objects.filter(live=True).order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            self.attempt(line_drop, line_id=line.pk, actor=self.world.people["finance1"])

    @rule(pick=picks)
    def withdraws_a_batch(self, pick):
        batches = list(PayoutBatch.objects.exclude(standing="withdrawn").order_by("pk"))
        if batches:
            batch = batches[pick % len(batches)]
            officer = self.finance(batch.payer)[0]
            self.attempt(batch_withdraw, batch_id=batch.pk, reason="示例理由。", actor=officer)

    @rule(pick=picks)
    def the_bank_gives_back(self, pick):
        """What was paid comes back, also when its batch has long been settled."""
        lines = list(PaymentLine.objects.filter(result="paid").order_by("pk"))
        if lines:
            line = lines[pick % len(lines)]
            assert self.attempt(
                payment_report,
                payment_id=line.payment_id,
                result="returned",
                note="账号已注销。",
                actor=self.finance(line.batch.payer)[0],
            )
            line.claim.refresh_from_db()
            assert line.claim.payout_failed
