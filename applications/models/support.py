"""Requests for the support items of measures 8 to 12: answered by departments, never money."""

from django.conf import settings
from django.db import models

from accounts.departments import Department


class SupportState(models.TextChoices):
    """The short life of a request."""

    ROUTED = "routed", "办理中"
    ASKED = "asked", "等待企业补充"
    ANSWERED = "answered", "已答复"
    CLOSED = "closed", "已办结"
    REOPENED = "reopened", "重新办理"


class SupportRequest(models.Model):
    """One request of an enterprise. All departments that the measure names see it; the first named leads."""

    number = models.CharField("服务编号", max_length=24, unique=True)
    enterprise = models.ForeignKey(
        "Enterprise", models.PROTECT, related_name="support_requests", verbose_name="企业"
    )
    item = models.CharField("事项", max_length=5)
    year = models.PositiveSmallIntegerField("年度")
    subject = models.CharField("主题", max_length=120)
    details = models.TextField("情况说明", max_length=4000)
    facts = models.JSONField("内容", default=dict)
    state = models.CharField("状态", max_length=12, choices=SupportState.choices, default=SupportState.ROUTED)
    city = models.CharField("市（地）", max_length=4)
    route = models.JSONField("转交部门", default=list)
    lead = models.CharField("牵头部门", max_length=20, choices=Department.choices)
    outcome = models.JSONField("退税时限", null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    created_at = models.DateTimeField("提交时间")
    due_on = models.DateField("办理期限")
    due_certain = models.BooleanField("期限已确定", default=True)
    days_left = models.PositiveSmallIntegerField("暂停时剩余工作日", null=True, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "服务事项"
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "due_on"])]

    def __str__(self):
        return self.number


class SupportMessage(models.Model):
    """One word in a request: from the enterprise (no department) or from a department."""

    class Kind(models.TextChoices):
        """What the word does."""

        ANSWER = "answer", "答复"
        ASK = "ask", "请企业补充"
        HAND_OVER = "hand_over", "转交办理"
        REPLY = "reply", "企业补充"
        CLOSE = "close", "确认办结"
        REOPEN = "reopen", "要求重新办理"

    request = models.ForeignKey(
        SupportRequest, models.PROTECT, related_name="messages", verbose_name="服务事项"
    )
    kind = models.CharField("种类", max_length=10, choices=Kind.choices)
    department = models.CharField("部门", max_length=20, choices=Department.choices, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经手人"
    )
    text = models.TextField("内容", max_length=4000, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "服务事项往来"
        ordering = ["request_id", "id"]

    def __str__(self):
        return self.get_kind_display()
