"""Public notices: the list of approved claims that anybody may read before money is paid."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .official import MONEY


class Notice(models.Model):
    """A public notice. Its period counts working days; the first is the working day after publication."""

    class Standing(models.TextChoices):
        """Where the notice stands."""

        PUBLISHED = "published", "公示中"
        CLOSED = "closed", "已结束"

    number = models.CharField("公示编号", max_length=24, unique=True)
    title = models.CharField("标题", max_length=120)
    year = models.PositiveSmallIntegerField("年度")
    payer = models.CharField("支付方", max_length=10)
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.PUBLISHED)
    published_at = models.DateTimeField("发布时间")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="发布人"
    )
    days = models.PositiveSmallIntegerField("公示期（工作日）")
    first_day = models.DateField("首日")
    last_day = models.DateField("末日")
    certain = models.BooleanField("日期已确定", default=True)
    closed_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        ordering = ["-published_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="notice_closed_with_time",
                condition=Q(standing="published", closed_at=None)
                | Q(standing="closed", closed_at__isnull=False),
            )
        ]

    def __str__(self):
        return self.title


class NoticeLine(models.Model):
    """One claim in a notice, as published: the public reads this row, whatever becomes of the claim."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="lines", verbose_name="公示")
    claim = models.ForeignKey("Claim", models.PROTECT, related_name="notice_lines", verbose_name="申报")
    enterprise_name = models.CharField("企业名称", max_length=120)
    credit_code = models.CharField("统一社会信用代码", max_length=18)
    city = models.CharField("市（地）", max_length=4)
    item = models.CharField("事项", max_length=5)
    amount_cny = models.DecimalField("拟支持金额（元）", **{**MONEY, "null": False, "blank": False})
    withdrawn_at = models.DateTimeField("撤出时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示明细"
        ordering = ["notice_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "claim"], condition=Q(withdrawn_at=None), name="notice_line_once_per_claim"
            )
        ]

    def __str__(self):
        return self.enterprise_name
