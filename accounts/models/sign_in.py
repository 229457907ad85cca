"""Where somebody is, and was, signed in."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class SignIn(models.Model):
    """One sign-in and the session that it began. `session_key` is emptied when the session has ended."""

    class End(models.TextChoices):
        """Why a session ended."""

        SIGNED_OUT = "signed_out", "退出"
        ENDED = "ended", "本人在其他设备上结束"
        PASSWORD = "password", "更改密码后结束"
        FACTOR = "factor", "验证器变动后结束"
        EXPIRED = "expired", "长时间未操作"

    class Factor(models.TextChoices):
        """What was asked for besides the password."""

        PASSWORD = "", "只用密码"
        APP = "app", "密码和验证码"
        RECOVERY = "recovery", "密码和恢复码"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sign_ins", verbose_name="用户"
    )
    session_key = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近操作时间")
    source_ip = models.GenericIPAddressField("来源地址", null=True, blank=True)
    device = models.CharField("浏览器", max_length=300, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    factor = models.CharField("登录方式", max_length=8, choices=Factor.choices, blank=True)
    end = models.CharField("结束方式", max_length=12, choices=End.choices, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "登录"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session_key"], condition=~Q(session_key=""), name="sign_in_one_per_session"
            ),
            models.CheckConstraint(
                name="sign_in_ended_without_session",
                condition=Q(ended_at=None, end="") | (Q(ended_at__isnull=False, session_key="") & ~Q(end="")),
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"])]

    def __str__(self):
        return f"{self.user} {self.began_at:%Y-%m-%d %H:%M}"
