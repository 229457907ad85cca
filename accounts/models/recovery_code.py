"""The codes that stand in for the app of the second factor."""

from django.conf import settings
from django.db import models


class RecoveryCode(models.Model):
    """One code that lets its owner in once, without the app. Only a digest is kept: nobody can read it here."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes", verbose_name="用户"
    )
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField("生成时间")
    used_at = models.DateTimeField("使用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "恢复码"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once_per_person"),
        ]

    def __str__(self):
        return f"{self.user} {self.made_at:%Y-%m-%d %H:%M}"
