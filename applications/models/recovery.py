"""Money that has to come back, and money that is still to be added: demands, what came in, and supplements."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Demand(models.Model):
    """What an enterprise has to pay back of one claim, from when the settlement found it until nothing is owed.

    How much is open is the claim's `demanded_cny`, a balance of the ledger: later settlements lower, raise or cancel it.
    This row holds what people agree about it: by when, and in which instalments.
    """

    number = models.CharField("追回编号", max_length=24, unique=True)
    claim = models.ForeignKey("Claim", models.PROTECT, related_name="demands", verbose_name="申报")
    raised_at = models.DateTimeField("提出时间")
    due_on = models.DateField("期限")
    due_certain = models.BooleanField("期限已确定", default=True)
    closed_at = models.DateTimeField("了结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "追回"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(closed_at=None), name="demand_one_open_per_claim"
            )
        ]

    def __str__(self):
        return self.number


class Instalment(models.Model):
    """One part of a demand by a day of its own. A plan is replaced as a whole: its parts are then replaced together."""

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="instalments", verbose_name="追回")
    due_on = models.DateField("期限")
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    agreed_at = models.DateTimeField("约定时间")
    replaced_at = models.DateTimeField("变更时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "分期"
        ordering = ["demand_id", "due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["demand", "due_on"],
                condition=Q(replaced_at=None),
                name="instalment_one_a_day_in_force",
            ),
            models.CheckConstraint(name="instalment_amount_positive", condition=Q(amount_cny__gt=0)),
        ]

    def __str__(self):
        return f"{self.demand_id} {self.due_on}"


class Receipt(models.Model):
    """Money that came in on a demand: from the enterprise, or kept back from a later payment (`against`).

    Only added to. What was typed wrongly is reversed: the row stays as it is, says by whom, when and why it no longer counts,
    and the voucher can be entered anew. Whoever sums up receipts asks for `reversed_at=None`.
    """

    demand = models.ForeignKey(Demand, models.PROTECT, related_name="receipts", verbose_name="追回")
    #: The firm of the demanded claim: a voucher stands once per firm, whatever year or demand it is entered on.
    enterprise = models.ForeignKey("Enterprise", models.PROTECT, related_name="+", verbose_name="企业")
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)
    received_on = models.DateField("到账日期")
    reference = models.CharField("凭证号", max_length=60, blank=True)
    #: The reference in the one way in which those that are typed differently are the same.
    voucher = models.TextField("凭证号（比较用）", blank=True)
    against = models.ForeignKey(
        "Claim",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="offsets",
        verbose_name="抵扣的申报",
    )
    note = models.CharField("说明", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    recorded_at = models.DateTimeField("登记时间")
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="冲销经办人",
    )
    reversed_at = models.DateTimeField("冲销时间", null=True, blank=True)
    reversal_reason = models.CharField("冲销原因", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "追回到账"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="receipt_amount_positive", condition=Q(amount_cny__gt=0)),
            models.CheckConstraint(
                name="receipt_with_reference_or_offset_with_reason",
                condition=(Q(against=None) & ~Q(reference="") & ~Q(voucher=""))
                | (Q(against__isnull=False) & ~Q(note="")),
            ),
            models.CheckConstraint(
                name="receipt_reversed_by_somebody_with_reason",
                condition=Q(reversed_at=None, reversed_by=None, reversal_reason="")
                | (
                    Q(against=None, reversed_at__isnull=False, reversed_by__isnull=False)
                    & ~Q(reversal_reason="")
                ),
            ),
            models.UniqueConstraint(
                fields=["enterprise", "voucher"],
                condition=Q(against=None, reversed_at=None),
                name="receipt_once_per_voucher_of_a_firm",
            ),
        ]

    def __str__(self):
        return f"{self.demand_id} {self.amount_cny}"


class Supplement(models.Model):
    """What is to be added to a lock that is entitled to more: commerce consents, finance decides."""

    class Standing(models.TextChoices):
        """Where it stands."""

        CONSENTED = "consented", "待财政决定"
        GRANTED = "granted", "已补发"
        REFUSED = "refused", "不予补发"

    claim = models.ForeignKey("Claim", models.PROTECT, related_name="supplements", verbose_name="申报")
    amount_cny = models.DecimalField("补发金额（元）", max_digits=15, decimal_places=2)
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.CONSENTED)
    consented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="商务经办人"
    )
    consented_at = models.DateTimeField("商务同意时间")
    consent_note = models.CharField("商务意见", max_length=500)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="财政经办人",
    )
    decided_at = models.DateTimeField("财政决定时间", null=True, blank=True)
    reason = models.CharField("财政意见", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "补发"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(standing="consented"), name="supplement_one_open_per_claim"
            ),
            models.CheckConstraint(name="supplement_amount_positive", condition=Q(amount_cny__gt=0)),
            models.CheckConstraint(
                name="supplement_decided_with_person_and_time",
                condition=Q(standing="consented", decided_at=None, decided_by=None)
                | (~Q(standing="consented") & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.amount_cny}"
