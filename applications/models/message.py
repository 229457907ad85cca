"""Messages to an enterprise: what happened to its claims, requests, people and accounts, and what it has to do."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Message(models.Model):
    """One message to everybody who acts for an enterprise, as it was written then.

    `kind` names it in `applications.messages`; `key` tells what must be said only once (a reminder of a date) and is
    empty otherwise. `act` says that the enterprise has to do something, by `due_on` where there is a date.
    """

    enterprise = models.ForeignKey("Enterprise", models.PROTECT, related_name="messages", verbose_name="企业")
    kind = models.CharField("种类", max_length=40)
    key = models.CharField(max_length=80, blank=True)
    title = models.CharField("标题", max_length=200)
    text = models.TextField("内容", blank=True)
    act = models.BooleanField("需要办理", default=False)
    due_on = models.DateField("期限", null=True, blank=True)
    claim = models.ForeignKey(
        "Claim", models.PROTECT, null=True, blank=True, related_name="messages", verbose_name="申报"
    )
    support_request = models.ForeignKey(
        "SupportRequest",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name="服务事项",
    )
    period = models.ForeignKey(
        "FilingPeriod", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报批次"
    )
    created_at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "key"], condition=~Q(key=""), name="message_said_once"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-id"])]

    def __str__(self):
        return self.title


class MessageRead(models.Model):
    """That one person has seen a message."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="reads", verbose_name="消息")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="阅读人"
    )
    at = models.DateTimeField("阅读时间")

    class Meta:
        verbose_name = verbose_name_plural = "已读"
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="message_read_once")]

    def __str__(self):
        return f"{self.user} {self.message_id}"


class MailChoice(models.Model):
    """Which topics of messages a person does not want by mail; without a row everything goes out."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_choice", verbose_name="用户"
    )
    off = models.JSONField("不发邮件的种类", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "邮件设置"

    def __str__(self):
        return str(self.user)
