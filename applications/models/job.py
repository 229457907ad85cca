"""Long work as a record: what is asked for, how far it is, how it ended. The broker only carries its number."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class JobState(models.TextChoices):
    """How far a job is. A job that is waiting or running is taken up again by the sweep, however its worker died."""

    WAITING = "waiting", "排队中"
    RUNNING = "running", "进行中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


#: States in which a worker still has, or will have, something to do.
OPEN_JOB_STATES = frozenset({JobState.WAITING, JobState.RUNNING})


class Job(models.Model):
    """One piece of long work. Running it again from its start does no harm; it stores its result in one transaction."""

    work = models.CharField("工作", max_length=40)
    params = models.JSONField("参数", default=dict)
    state = models.CharField("状态", max_length=10, choices=JobState.choices, default=JobState.WAITING)
    total = models.PositiveBigIntegerField("总数", null=True, blank=True)
    done = models.PositiveBigIntegerField("已处理", default=0)
    phase = models.CharField("正在做", max_length=60, blank=True)
    message = models.CharField("说明", max_length=500, blank=True)
    result = models.JSONField("结果", default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发起人",
    )
    created_at = models.DateTimeField("发起时间")
    source_ip = models.GenericIPAddressField("来源地址", null=True, blank=True)
    started_at = models.DateTimeField("开始时间", null=True, blank=True)
    finished_at = models.DateTimeField("结束时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("开始次数", default=0)
    cancel_requested_at = models.DateTimeField("请求取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台任务"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="job_finished_with_time",
                condition=Q(state__in=sorted(OPEN_JOB_STATES), finished_at=None)
                | (~Q(state__in=sorted(OPEN_JOB_STATES)) & Q(finished_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["id"], name="job_open", condition=Q(state__in=sorted(OPEN_JOB_STATES)))
        ]

    def __str__(self):
        return f"{self.work} {self.pk}"

    @property
    def is_open(self):
        """Whether a worker still has something to do."""
        return self.state in OPEN_JOB_STATES
