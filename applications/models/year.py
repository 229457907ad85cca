"""One enterprise in one year: what a settlement settles, and the row that everybody locks first."""

from django.db import models
from django.db.models import F, Q

from .official import MONEY


class EnterpriseYear(models.Model):
    """The settlement of one enterprise and year.

    Whatever can change an amount raises `requested` in its own transaction; a worker settles and sets `settled` to the
    number it started from. As long as the two differ, the year's claims show 计算中 and cannot be approved.

    `moved_subjects` notes, as [item, subject], each once-for-ever award whose lock was set or lifted and whose other years
    have not been marked for it yet.
    """

    enterprise = models.ForeignKey("Enterprise", models.PROTECT, related_name="years", verbose_name="企业")
    year = models.PositiveSmallIntegerField("年度")
    requested = models.PositiveIntegerField("已申请计算", default=0)
    settled = models.PositiveIntegerField("已完成计算", default=0)
    marked_at = models.DateTimeField("申请时间", null=True, blank=True)
    settled_at = models.DateTimeField("完成时间", null=True, blank=True)
    limit_cny = models.DecimalField("总额度（元）", **MONEY)
    total_cny = models.DecimalField("应付合计（元）", **MONEY)
    overpaid_cny = models.DecimalField("多付（元）", **MONEY)
    moved_subjects = models.JSONField("锁定有变化的一次性奖励对象", default=list)
    limit_claim = models.ForeignKey(
        "Claim", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="决定总额度的申报"
    )

    class Meta:
        verbose_name = verbose_name_plural = "企业年度"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "year"], name="enterprise_year_once"),
            models.CheckConstraint(
                name="enterprise_year_settled_not_above_requested", condition=Q(settled__lte=F("requested"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["marked_at"], name="enterprise_year_waiting", condition=Q(requested__gt=F("settled"))
            ),
            models.Index(
                fields=["id"], name="enterprise_year_moved_subjects", condition=~Q(moved_subjects=[])
            ),
        ]

    def __str__(self):
        return f"{self.enterprise} {self.year}"

    @property
    def is_computing(self):
        """Whether something that can change an amount has not been settled yet."""
        return self.requested > self.settled
