"""Payees other than the enterprise: what is paid to them goes into an account that stands on the claim."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PayeeAccount(models.Model):
    """A corrected account of a claim's payee (7.1's insurer), given by the enterprise after a payment failed.

    It counts once the payer's finance has confirmed it; the newest in force comes before what was declared.
    """

    class Standing(models.TextChoices):
        """Where it stands."""

        PENDING = "pending", "待确认"
        IN_FORCE = "in_force", "使用中"
        REFUSED = "refused", "未采用"
        REPLACED = "replaced", "已更换"

    claim = models.ForeignKey("Claim", models.PROTECT, related_name="payee_accounts", verbose_name="申报")
    holder = models.CharField("户名", max_length=120)
    bank = models.CharField("开户行", max_length=120)
    number = models.CharField("账号", max_length=40)
    file = models.ForeignKey(
        "EvidenceFile", models.PROTECT, related_name="payee_accounts", verbose_name="证明材料"
    )
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.PENDING)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    given_at = models.DateTimeField("提交时间")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "收款方账户更正"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(standing="pending"), name="payee_account_one_pending"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(standing="in_force"), name="payee_account_one_in_force"
            ),
        ]

    def __str__(self):
        return self.holder
