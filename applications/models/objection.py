"""Objections that anybody may raise against a claim in a public notice."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Objection(models.Model):
    """One objection against one line of a notice, decided once. Name and contact are for the deciding office alone.

    It lapses where its claim leaves the notice for another reason: nobody has decided about it then.
    """

    class Standing(models.TextChoices):
        """What became of it."""

        OPEN = "open", "处理中"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"
        LAPSED = "lapsed", "随申报结案"

    number = models.CharField("异议编号", max_length=24, unique=True)
    line = models.ForeignKey("NoticeLine", models.PROTECT, related_name="objections", verbose_name="公示明细")
    claim = models.ForeignKey("Claim", models.PROTECT, related_name="objections", verbose_name="申报")
    name = models.CharField("姓名或单位", max_length=60)
    contact = models.CharField("联系方式", max_length=120)
    text = models.TextField("异议内容", max_length=2000)
    filed_at = models.DateTimeField("提出时间")
    source_ip = models.GenericIPAddressField("来源地址", null=True, blank=True)
    standing = models.CharField("结果", max_length=10, choices=Standing.choices, default=Standing.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="处理人",
    )
    decided_at = models.DateTimeField("处理时间", null=True, blank=True)
    reason = models.TextField("处理意见", max_length=2000, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异议"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="objection_decided_with_person_time_and_reason",
                condition=Q(standing="open", decided_at=None, decided_by=None, reason="")
                | (Q(standing="lapsed", decided_at__isnull=False) & ~Q(reason=""))
                | (
                    Q(standing__in=["upheld", "dismissed"])
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                ),
            )
        ]
        indexes = [models.Index(fields=["claim"], name="objection_open", condition=Q(standing="open"))]

    def __str__(self):
        return self.number
