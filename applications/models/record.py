"""What happened, and what the money did: two tables that can only be added to (triggers in the database see to it)."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One step, with who, when, from where, what changed and why. `kind` is a stable dotted name."""

    kind = models.CharField("事件", max_length=60)
    at = models.DateTimeField("时间")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经手人",
    )
    source_ip = models.GenericIPAddressField("来源地址", null=True, blank=True)
    enterprise = models.ForeignKey("Enterprise", models.PROTECT, null=True, blank=True, related_name="events")
    claim = models.ForeignKey("Claim", models.PROTECT, null=True, blank=True, related_name="events")
    topic = models.CharField("对象", max_length=60, blank=True)
    data = models.JSONField("内容", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "记录"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["claim", "id"]),
            models.Index(fields=["enterprise", "id"]),
            models.Index(fields=["topic", "id"], condition=~models.Q(topic=""), name="event_by_topic"),
            models.Index(fields=["-at", "-id"], name="event_by_time"),
        ]

    def __str__(self):
        return self.kind


class LedgerKind(models.TextChoices):
    """Kinds of entries of 总额账. Amounts are signed so that every balance is a sum.

    `applications.ledger.BALANCES` names the kinds of each. An entry of shortage moves no balance: it records what a
    lock was not paid of yet.
    """

    AWARD = "award", "按规则计算"
    CAP = "cap", "限额"
    OVERLAP = "overlap", "扣除其他支持"
    LIMIT = "limit", "总额度"
    RELEASE = "release", "不再计入"
    LOCK = "lock", "锁定"
    UNLOCK = "unlock", "解除锁定"
    COMMITMENT = "commitment", "列入批次"
    COMMITMENT_RELEASED = "commitment_released", "移出批次"
    PAYMENT = "payment", "拨付"
    PAYMENT_RETURNED = "payment_returned", "退汇"
    DEMAND = "demand", "追回要求"
    RECEIPT = "receipt", "追回到账"
    OFFSET = "offset", "抵扣"
    SUPPLEMENT = "supplement", "补发"
    SHORTAGE = "shortage", "预算不足"


#: Kinds that move what is locked or what is paid of a claim.
LOCKED_AND_PAID = ("lock", "unlock", "supplement", "payment", "payment_returned", "receipt", "offset")


class LedgerEntry(models.Model):
    """One entry of an enterprise's year. Every balance that a screen shows can be derived again from these."""

    enterprise = models.ForeignKey("Enterprise", models.PROTECT, related_name="+", verbose_name="企业")
    year = models.PositiveSmallIntegerField("年度")
    claim = models.ForeignKey("Claim", models.PROTECT, related_name="ledger_entries", verbose_name="申报")
    kind = models.CharField("种类", max_length=20, choices=LedgerKind.choices)
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)
    at = models.DateTimeField("时间")
    topic = models.CharField("依据", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "总额账"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["enterprise", "year", "id"]),
            models.Index(fields=["claim", "id"]),
            models.Index(fields=["topic", "id"], condition=~models.Q(topic=""), name="ledger_by_topic"),
            # What was locked and paid over time; the many entries of settlements are not in it.
            models.Index(
                fields=["year", "kind", "at"],
                include=["claim", "amount_cny"],
                condition=models.Q(kind__in=LOCKED_AND_PAID),
                name="ledger_locked_and_paid",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.amount_cny}"
