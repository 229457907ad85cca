"""Appropriations, notices, batches and bank results of the sample."""

from datetime import timedelta
from decimal import Decimal

from applications.models import Claim, Demand, Notice
from applications.notices import notices_close
from applications.objections import objection_file
from applications.recovery.receipts import receipt_add
from applications.support import support_close_due
from review.appropriations import appropriation_add
from review.bank.reports import payment_report
from review.models import PaymentLine
from review.notices import notice_close_by_hand, notice_publish
from review.payouts import batch_lock, batch_make
from review.supplements import rooms_of, supplement_consent

FORMER = ("firm1 5.1 former", "firm8 1.1 former", "firm6 2.1 former")
FIRST = (
    "firm1 4.2",
    "firm1 7.2",
    "firm2 7.1",
    "firm4 3.2",
    "firm5 3.5",
    "firm6 2.1",
    "firm7 3.4",
    "firm7 7.2",
    "firm8 5.1",
)
SECOND = ("firm3 5.1", "firm4 3.1", "firm8 7.3")
OBJECTED = "firm3 5.1"
CITY = ("firm4 3.3",)

#: What is appropriated by measure, in yuan: for the year before, for the sample's year at first, and added later.
FORMER_MONEY = {1: "2000000", 2: "1000000", 5: "500000"}
MONEY = {
    1: "3000000", 2: "3000000", 3: "2000000", 4: "6000000", 5: "400000", 6: "2000000", 7: "3000000",
}  # fmt: skip
#: Taken from measure 5 when its first batch was out: what is locked since exceeds what is left.
ADDED_MONEY = {4: "2000000", 5: "-100000", 6: "-500000"}
CITY_MONEY = {3: "300000", 5: "300000"}

PAID_FIRST = ("firm1 4.2", "firm8 5.1")
FAILED = "firm7 3.4"
LOCKED = ("firm4 3.2", "firm6 2.1")
DEMANDED, ENTITLED_TO_MORE = "firm8 1.1 former", "firm1 5.1 former"
DRAFTED = ("firm7 7.2",)


class Treasury:
    """Plans what finance does with the claims of the sample."""

    def __init__(self, diary, people, clerkship):
        self.diary, self.people, self.clerkship = diary, people, clerkship

    def plan(self):
        """The year before is over; of this year one notice is closed and one is running."""
        year, province = self.clerkship.year, Claim.PROVINCE
        self._money(298, year - 1, province, FORMER_MONEY, "finance1", f"示例财指〔{year}〕8 号", "全年预算")
        self._money(76, year, province, MONEY, "finance1", f"示例财指〔{year + 1}〕12 号", "提前下达")
        self._money(
            75, year, "2301", CITY_MONEY, "cityfin1-harbin", f"示例哈财指〔{year + 1}〕5 号", "全年预算"
        )
        self._money(
            9, year, province, ADDED_MONEY, "finance2", f"示例财指〔{year + 1}〕31 号", "措施之间调整"
        )
        self._notice(280, province, year - 1, FORMER, f"{year - 1} 年度外贸政策资金公示", "finance1")
        self._batch(270, FORMER, f"{year - 1} 年度第一批拨付", lock=269, report=266)
        self._notice(22, province, year, FIRST, f"{year} 年度外贸政策资金第一次公示", "finance1")
        self._notice(21, "2301", year, CITY, f"{year} 年度哈尔滨市外贸政策资金公示", "cityfin1-harbin")
        self._batch(15, (*PAID_FIRST, FAILED), f"{year} 年度第一批拨付", lock=14, report=11)
        self._batch(6, LOCKED, f"{year} 年度第二批拨付", lock=5)
        self._notice(2, province, year, SECOND, f"{year} 年度外贸政策资金第二次公示", "finance2")
        self._batch(1, DRAFTED, f"{year} 年度第三批拨付")
        self.diary.plan(1, self._objection)
        self.diary.plan(10, self._receipt)
        self.diary.plan(5, self._consent)

    def _objection(self, at):
        """Somebody objects to one line of the notice that runs."""
        claim = Claim.objects.get(pk=self.clerkship.claims[OBJECTED])
        objection_file(
            line_id=claim.notice_lines.get(withdrawn_at=None).pk,
            name="示例来信人",
            contact="0451-00000000",
            text="这家企业参展的展位面积与公示金额对不上，请核对展位合同、发票和付款凭证。",
            at=at,
        )

    def _receipt(self, at):
        """A first part of what the corrected figures demand back has come in."""
        demand = Demand.objects.get(claim=self.clerkship.claims[DEMANDED], closed_at=None)
        receipt_add(
            demand_id=demand.pk,
            amount=Decimal("30000.00"),
            received_on=at.date(),
            reference="SLPZ00000001",
            note="企业分次退回，第一笔。",
            actor=self.people["finance1"],
            at=at,
        )

    def _consent(self, at):
        """Commerce consents to what an invoice that had been left out adds; finance has not decided."""
        claim = Claim.objects.get(pk=self.clerkship.claims[ENTITLED_TO_MORE])
        supplement_consent(
            claim_id=claim.pk,
            amount=rooms_of([claim])[claim.pk].most,
            note="核查发现漏计一张展位费发票，应予补发。",
            actor=self.people["commerce3"],
            at=at,
        )

    def _money(self, ago, year, payer, amounts, officer, document, note):
        """Enters what one document appropriates, measure by measure, the working day after it was issued."""

        def enter(at, measure, amount):
            appropriation_add(
                measure=measure,
                year=year,
                payer=payer,
                amount=Decimal(amount),
                document=document,
                document_on=at.date() - timedelta(days=1),
                note=note,
                actor=self.people[officer],
                at=at,
            )

        for measure, amount in amounts.items():
            self.diary.plan(ago, lambda at, one=(measure, amount): enter(at, *one))

    def _notice(self, ago, payer, year, keys, title, officer):
        def publish(at):
            notice_publish(
                payer=payer,
                year=year,
                claim_ids=self.clerkship.ids(keys),
                title=title,
                actor=self.people[officer],
                at=at,
            )

        self.diary.plan(ago, publish)

    def _batch(self, ago, keys, title, *, lock=None, report=None):
        made = {}

        def make(at):
            made["batch"] = batch_make(
                payer=Claim.PROVINCE,
                claim_ids=self.clerkship.ids(keys),
                title=title,
                actor=self.people["finance1"],
                at=at,
            )

        self.diary.plan(ago, make)
        if lock:
            self.diary.plan(
                lock, lambda at: batch_lock(batch_id=made["batch"].pk, actor=self.people["finance2"], at=at)
            )
        if report:
            for key in keys:
                self.diary.plan(report, lambda at, key=key: self._report(made["batch"], key, at))

    def _report(self, batch, key, at):
        line = PaymentLine.objects.get(batch=batch, claim=self.clerkship.claims[key])
        result = {"result": "paid", "reference": f"SLYH{line.pk:08d}"}
        if key == FAILED:
            result = {"result": "failed", "note": "户名与账号不符，银行退回。"}
        payment_report(payment_id=line.payment_id, actor=self.people["finance1"], at=at, **result)

    def morning(self, day, at):
        """What happens by itself when a day begins; where holidays are not known yet, finance ends the notices."""
        notices_close(today=day, at=at)
        support_close_due(day, at=at)
        due = Notice.objects.filter(standing=Notice.Standing.PUBLISHED, certain=False, last_day__lt=day)
        for notice in due:
            notice_close_by_hand(notice_id=notice.pk, actor=notice.published_by, at=at)
