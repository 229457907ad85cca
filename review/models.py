"""What the administration's side stores: payout batches, replays of drafts, the joint conference, the chain of digests."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.departments import Department
from applications.models import Claim, Enterprise, Job, SupportRequest


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


class PaymentLine(models.Model):
    """One payment for one claim: part or all of what its lock still owes. Payee data are those at locking.

    A line is live while its batch is a draft or locked and the bank has not reported on it; the database allows one
    live line per claim.
    """

    class Result(models.TextChoices):
        """What became of the payment."""

        WAITING = "waiting", "待拨付"
        PAID = "paid", "已拨付"
        FAILED = "failed", "拨付未成功"
        DROPPED = "dropped", "已移出"

    batch = models.ForeignKey(PayoutBatch, models.PROTECT, related_name="lines", verbose_name="批次")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payment_lines", verbose_name="申报")
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


class Replay(models.Model):
    """What a draft of a setting would do to the filed claims of its year, computed without touching any of them.

    `values` are those of the draft as it was computed with, `totals` the sums as texts in yuan; both are there once the
    job is done.
    """

    model = models.CharField("设置", max_length=30)
    draft = models.PositiveBigIntegerField("草稿")
    year = models.PositiveSmallIntegerField("年度")
    version = models.PositiveIntegerField("草稿版本")
    in_force = models.PositiveIntegerField("当时生效的版本", default=0)
    values = models.JSONField("草稿内容", default=dict)
    totals = models.JSONField("结果", default=dict)
    job = models.OneToOneField(Job, models.PROTECT, related_name="replay", verbose_name="后台任务")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="试算人"
    )
    asked_at = models.DateTimeField("试算时间")

    class Meta:
        verbose_name = verbose_name_plural = "试算"
        ordering = ["-id"]
        indexes = [models.Index(fields=["model", "draft"])]

    def __str__(self):
        return f"试算 {self.pk}"


class ReplayLine(models.Model):
    """One enterprise's claims for one item in a replay, added up. A locked claim keeps its lock before and after.

    `entitled_…_cny` is what the locked claims would be entitled to; `falling` counts those that the draft leaves with
    less than their lock.
    """

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="lines", verbose_name="试算")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="+", verbose_name="企业")
    item = models.CharField("事项", max_length=5)
    payer = models.CharField("支付方", max_length=10)
    claims = models.PositiveIntegerField("件数")
    before_cny = models.DecimalField("现行金额（元）", max_digits=15, decimal_places=2)
    after_cny = models.DecimalField("草案金额（元）", max_digits=15, decimal_places=2)
    locked = models.PositiveIntegerField("已锁定件数", default=0)
    locked_cny = models.DecimalField("锁定金额（元）", max_digits=15, decimal_places=2, default=0)
    entitled_before_cny = models.DecimalField("现行应得（元）", max_digits=15, decimal_places=2, default=0)
    entitled_after_cny = models.DecimalField("草案应得（元）", max_digits=15, decimal_places=2, default=0)
    falling = models.PositiveIntegerField("低于锁定金额的件数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "试算明细"
        ordering = ["replay_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["replay", "enterprise", "item", "payer"], name="replay_line_once_per_item"
            )
        ]

    def __str__(self):
        return f"{self.replay_id} {self.enterprise_id} {self.item}"

    @property
    def change_cny(self):
        """What the draft adds, or takes away where negative."""
        return self.after_cny - self.before_cny


class JointMatter(models.Model):
    """A matter that several departments have to settle together (measure 12): who owns it, by when, what was agreed.

    It grew out of an enterprise's request, or was put on the list by an office.
    """

    class Standing(models.TextChoices):
        """Where the matter stands."""

        OPEN = "open", "办理中"
        CLOSED = "closed", "已办结"

    number = models.CharField("编号", max_length=24, unique=True)
    title = models.CharField("事项", max_length=200)
    text = models.TextField("情况", blank=True)
    support_request = models.OneToOneField(
        SupportRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joint_matter",
        verbose_name="企业诉求",
    )
    owner = models.CharField("牵头部门", max_length=20, choices=Department.choices)
    partners = models.JSONField("配合部门", default=list)
    due_on = models.DateField("办理期限")
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.OPEN)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    raised_at = models.DateTimeField("提出时间")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联席会议事项"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="joint_matter_closed_with_time",
                condition=Q(standing="open", closed_at=None) | Q(standing="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"


class MatterNote(models.Model):
    """One step of a joint matter: what was agreed or done, a change of owner or date, its end, or its reopening."""

    class Kind(models.TextChoices):
        """What the step is."""

        NOTE = "note", "跟进情况"
        CHANGED = "changed", "调整牵头部门或期限"
        CLOSED = "closed", "办结"
        REOPENED = "reopened", "重新办理"

    matter = models.ForeignKey(JointMatter, models.PROTECT, related_name="notes", verbose_name="联席会议事项")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField("内容")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")

    class Meta:
        verbose_name = verbose_name_plural = "联席会议事项跟进"
        ordering = ["id"]

    def __str__(self):
        return f"{self.matter_id} {self.get_kind_display()}"


class DayDigest(models.Model):
    """The record of one day (Asia/Shanghai) in one number, chained to the day before; made when the day is over.

    `digest` covers every event and ledger entry up to `last_event` and `last_entry` that the day before did not cover,
    and the digest of that day: whoever changes a row afterwards changes every digest from there on.
    """

    day = models.DateField("日期", unique=True)
    events = models.PositiveIntegerField("记录数")
    entries = models.PositiveIntegerField("总额账笔数")
    last_event = models.BigIntegerField("最后一条记录")
    last_entry = models.BigIntegerField("最后一笔总额账")
    digest = models.CharField("摘要（SHA-256）", max_length=64)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "每日摘要"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.digest[:12]}"
