"""What may be spent, and what is done where it does not suffice."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Claim


class Appropriation(models.Model):
    """Money put at the disposal of a measure, year and payer by one document, or taken away again (negative).

    What is appropriated is the sum of these rows. They are only added to: what was entered wrongly is entered once more
    with the opposite sign.
    """

    measure = models.PositiveSmallIntegerField("措施")
    year = models.PositiveSmallIntegerField("年度")
    payer = models.CharField("支付方", max_length=10)
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)
    document = models.CharField("文号", max_length=80)
    document_on = models.DateField("发文日期")
    note = models.CharField("说明", max_length=300, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="录入人"
    )
    entered_at = models.DateTimeField("录入时间")

    class Meta:
        verbose_name = verbose_name_plural = "预算指标"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="appropriation_not_zero", condition=~Q(amount_cny=0)),
            models.CheckConstraint(name="appropriation_with_document", condition=~Q(document="")),
            models.CheckConstraint(
                name="appropriation_of_a_money_measure", condition=Q(measure__gte=1, measure__lte=7)
            ),
        ]
        indexes = [models.Index(fields=["year", "payer", "measure"])]

    def __str__(self):
        return f"{self.year} {self.measure} {self.amount_cny}"


class ShortageDecision(models.Model):
    """How what is left of an appropriation is shared over the locks that are still owed. The newest one counts."""

    class Method(models.TextChoices):
        """How it is shared."""

        PROPORTIONAL = "proportional", "按比例"
        IN_ORDER = "in_order", "按锁定先后"

    number = models.CharField("分配编号", max_length=24, unique=True)
    measure = models.PositiveSmallIntegerField("措施")
    year = models.PositiveSmallIntegerField("年度")
    payer = models.CharField("支付方", max_length=10)
    method = models.CharField("方式", max_length=12, choices=Method.choices)
    available_cny = models.DecimalField("可分配（元）", max_digits=15, decimal_places=2)
    owed_cny = models.DecimalField("应拨付（元）", max_digits=15, decimal_places=2)
    reason = models.CharField("依据", max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人"
    )
    decided_at = models.DateTimeField("决定时间")

    class Meta:
        verbose_name = verbose_name_plural = "预算不足分配"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="shortage_decision_with_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="shortage_decision_short",
                condition=Q(available_cny__gte=0, owed_cny__gt=models.F("available_cny")),
            ),
        ]
        indexes = [models.Index(fields=["year", "payer", "measure", "-id"])]

    def __str__(self):
        return self.number


class ShortageShare(models.Model):
    """What one claim may be paid by a decision: `share_cny` of the `owed_cny` that were open when `drawn_cny` of its lock
    had been committed or paid."""

    decision = models.ForeignKey(ShortageDecision, models.PROTECT, related_name="shares", verbose_name="分配")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="shortage_shares", verbose_name="申报")
    owed_cny = models.DecimalField("应拨付（元）", max_digits=15, decimal_places=2)
    share_cny = models.DecimalField("本次可拨付（元）", max_digits=15, decimal_places=2)
    drawn_cny = models.DecimalField("此前已列入和拨付（元）", max_digits=15, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = "预算不足分配明细"
        ordering = ["decision_id", "id"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "claim"], name="shortage_share_once_per_claim"),
            models.CheckConstraint(
                name="shortage_share_within_owed",
                condition=Q(share_cny__gte=0, share_cny__lte=models.F("owed_cny")),
            ),
        ]

    def __str__(self):
        return f"{self.decision_id} {self.claim_id}"
