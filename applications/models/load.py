"""Loads of official data: one row for each file that somebody brought, with what it said and what it changed."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .official import MONEY
from .states import State


class DataLoad(models.Model):
    """One file of official data, from its upload to what it changed."""

    class Stage(models.TextChoices):
        """How far a load is."""

        CHECKING = "checking", "检查中"
        CHECKED = "checked", "待确认"
        STORING = "storing", "导入中"
        STORED = "stored", "已导入"
        UNREADABLE = "unreadable", "文件不能读取"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("数据种类", max_length=30)
    stage = models.CharField("状态", max_length=12, choices=Stage.choices, default=Stage.CHECKING)
    file_name = models.CharField("文件名", max_length=200)
    file_path = models.CharField("存放位置", max_length=300, blank=True)
    refused_path = models.CharField("未通过行的存放位置", max_length=300, blank=True)
    sha256 = models.CharField("文件指纹", max_length=64, blank=True)
    size = models.PositiveBigIntegerField("大小", default=0)
    good_rows_only = models.BooleanField("只导入通过的行", default=False)
    #: What `manage.py load` prints, faults cut to the first few; with headings and first rows for the preview.
    report = models.JSONField("检查结果", default=dict)
    years_marked = models.PositiveIntegerField("重新计算的企业年度", default=0)
    job = models.ForeignKey(
        "Job", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="后台任务"
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="上传人",
    )
    uploaded_at = models.DateTimeField("上传时间")
    source_ip = models.GenericIPAddressField("来源地址", null=True, blank=True)
    stored_at = models.DateTimeField("导入时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "数据导入"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="data_load_stored_with_time",
                condition=Q(stage="stored", stored_at__isnull=False)
                | (~Q(stage="stored") & Q(stored_at=None)),
            )
        ]

    def __str__(self):
        return self.file_name


class LoadClaim(models.Model):
    """A claim of a year that a load marked: its amount before, and after the settlement that followed."""

    load = models.ForeignKey(DataLoad, models.CASCADE, related_name="claims", verbose_name="数据导入")
    claim = models.ForeignKey("Claim", models.PROTECT, related_name="+", verbose_name="申报")
    state_before = models.CharField("原状态", max_length=20, choices=State.choices)
    locked_before_cny = models.DecimalField("原锁定金额（元）", **MONEY)
    paid_before_cny = models.DecimalField("原已拨付（元）", max_digits=15, decimal_places=2, default=0)
    #: Here and after: what is payable, less what of it has been paid and is demanded back.
    before_cny = models.DecimalField("原金额（元）", **MONEY)
    after_cny = models.DecimalField("新金额（元）", **MONEY)
    #: The number that the year's `settled` must reach before `after_cny` says what this load brought.
    requested = models.PositiveIntegerField("计算序号")
    settled_at = models.DateTimeField("重新计算时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入影响的申报"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["load", "claim"], name="load_claim_once")]
        indexes = [models.Index(fields=["claim"], name="load_claim_open", condition=Q(settled_at=None))]

    def __str__(self):
        return f"{self.load_id} {self.claim_id}"
