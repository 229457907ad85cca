"""Payout batches and their lines."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.models import Claim


class PayoutBatch(models.Model):
    """A list of payments: made by one finance officer, locked by another, sealed as a file, reported on by the bank."""

    class Standing(models.TextChoices):
        """Where the batch stands."""

        DRAFT = "draft", "编制中"
        LOCKED = "locked", "已锁定"
        SETTLED = "settled", "已办结"
        WITHDRAWN = "withdrawn", "已撤销"

    number = models.CharField("批次号", max_length=24, unique=True)
    title = models.CharField("名称", max_length=120)
    payer = models.CharField("支付方", max_length=10)
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.DRAFT)
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="制表")
    made_at = models.DateTimeField("编制时间")
    checker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核"
    )
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)
    file = models.BinaryField("拨付表", null=True, blank=True)
    file_sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    total_cny = models.DecimalField("合计（元）", max_digits=15, decimal_places=2, default=0)
    line_count = models.PositiveIntegerField("笔数", default=0)
    #: What the batch was chosen by, as people read it, and the totals by city and measure when it was sealed.
    scope = models.JSONField("选择范围", default=dict)
    controls = models.JSONField("控制总数", default=dict)
    #: The document by which the money is paid out, as it stands on the sheets.
    document = models.CharField("文号", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付批次"
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="payout_batch_locked_by_someone_else",
                condition=Q(checker=None) | ~Q(checker=F("maker")),
            ),
            models.CheckConstraint(
                name="payout_batch_locked_with_file_and_checker",
                condition=~Q(standing__in=["locked", "settled"])
                | Q(checker__isnull=False, locked_at__isnull=False, file__isnull=False, file_sha256__gt=""),
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_void(self):
        """Whether the sealed sheet, where there is one, must not be paid by any more."""
        return self.standing == self.Standing.WITHDRAWN


class Payment(models.Model):
    """One transfer of a locked batch: one line, or all lines that go to one payee other than their firms (7.1's insurer)."""

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="payments", verbose_name="批次")
    position = models.PositiveIntegerField("支付序号")
    payee_name = models.CharField("户名", max_length=120)
    payee_bank = models.CharField("开户行", max_length=120)
    payee_account = models.CharField("账号", max_length=40)
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "支付"
        ordering = ["batch_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="payment_one_per_position"),
            models.CheckConstraint(name="payment_amount_positive", condition=Q(amount_cny__gt=0)),
        ]

    def __str__(self):
        return f"{self.batch_id} {self.position}"


class PaymentLine(models.Model):
    """What is paid for one claim: part or all of what its lock still owes. Payee data are those at locking.

    A line is live while its batch is a draft or locked and the bank has not reported on it; the database allows one
    live line per claim.
    """

    class Result(models.TextChoices):
        """What became of the payment."""

        WAITING = "waiting", "待拨付"
        PAID = "paid", "已拨付"
        FAILED = "failed", "拨付未成功"
        RETURNED = "returned", "已退汇"
        DROPPED = "dropped", "已移出"

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="lines", verbose_name="批次")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payment_lines", verbose_name="申报")
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, blank=True, related_name="lines", verbose_name="支付"
    )
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)
    payee_name = models.CharField("户名", max_length=120, blank=True)
    payee_bank = models.CharField("开户行", max_length=120, blank=True)
    payee_account = models.CharField("账号", max_length=40, blank=True)
    result = models.CharField("结果", max_length=10, choices=Result.choices, default=Result.WAITING)
    result_at = models.DateTimeField("结果时间", null=True, blank=True)
    result_note = models.CharField("说明", max_length=300, blank=True)
    bank_reference = models.CharField("银行流水号", max_length=60, blank=True)
    live = models.BooleanField("有效", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "拨付明细"
        ordering = ["batch_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(live=True), name="payment_line_one_live_per_claim"
            ),
            models.CheckConstraint(name="payment_line_amount_positive", condition=Q(amount_cny__gt=0)),
            models.CheckConstraint(
                name="payment_line_live_until_reported",
                condition=Q(live=True, result="waiting") | Q(live=False) & ~Q(result="waiting"),
            ),
        ]

    def __str__(self):
        return f"{self.claim} {self.amount_cny}"


class BankResult(models.Model):
    """A sheet of results from the bank, as it was imported: all of it or nothing."""

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="results", verbose_name="批次")
    name = models.CharField("文件名", max_length=200)
    file = models.BinaryField("回执文件")
    file_sha256 = models.CharField("SHA-256", max_length=64)
    paid_count = models.PositiveIntegerField("成功笔数", default=0)
    paid_cny = models.DecimalField("成功金额（元）", max_digits=15, decimal_places=2, default=0)
    failed_count = models.PositiveIntegerField("失败笔数", default=0)
    failed_cny = models.DecimalField("失败金额（元）", max_digits=15, decimal_places=2, default=0)
    returned_count = models.PositiveIntegerField("退汇笔数", default=0)
    returned_cny = models.DecimalField("退汇金额（元）", max_digits=15, decimal_places=2, default=0)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人"
    )
    imported_at = models.DateTimeField("导入时间")

    class Meta:
        verbose_name = verbose_name_plural = "银行回执"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "file_sha256"], name="bank_result_once_per_file")
        ]

    def __str__(self):
        return self.name


class AccountConfirmation(models.Model):
    """The payer's finance has looked at the account that a claim is paid to after a payment had not arrived.

    It holds for just this account; another failure needs another confirmation.
    """

    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="account_confirmations", verbose_name="申报"
    )
    line = models.OneToOneField(
        PaymentLine, models.PROTECT, related_name="confirmation", verbose_name="未成功的拨付"
    )
    payee_name = models.CharField("户名", max_length=120)
    payee_bank = models.CharField("开户行", max_length=120)
    payee_account = models.CharField("账号", max_length=40)
    note = models.CharField("说明", max_length=300, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="确认人"
    )
    confirmed_at = models.DateTimeField("确认时间")

    class Meta:
        verbose_name = verbose_name_plural = "账户确认"
        ordering = ["id"]

    def __str__(self):
        return f"{self.claim_id} {self.payee_account[-4:]}"
