"""Replays: what a draft of a setting would do to the filed claims of its year."""

from django.conf import settings
from django.db import models

from applications.models import Enterprise, Job


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
