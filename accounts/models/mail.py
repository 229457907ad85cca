"""Mail that goes out: written down in the transaction that it tells of, sent afterwards."""

from django.db import models
from django.db.models import Q


class Mail(models.Model):
    """One mail to one address. It waits here until the mail server has taken it, however often that takes.

    A `secret` mail carries a link that lets its reader in: its text is forgotten as soon as it has been sent.
    """

    to = models.EmailField("收件人")
    subject = models.CharField("主题", max_length=200)
    body = models.TextField("正文", blank=True)
    secret = models.BooleanField("发送后清除正文", default=False)
    created_at = models.DateTimeField("生成时间")
    due_at = models.DateTimeField("下次发送时间")
    tries = models.PositiveSmallIntegerField("发送次数", default=0)
    trouble = models.CharField("未发出的原因", max_length=300, blank=True)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    given_up_at = models.DateTimeField("停止发送时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮件"
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(sent_at=None, given_up_at=None), name="mail_waiting"),
        ]

    def __str__(self):
        return f"{self.to}：{self.subject}"
