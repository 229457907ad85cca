"""Settings that people change: every change is a new row, and the newest published row counts."""

from django.conf import settings
from django.db import models


class Versioned(models.Model):
    """A version of a setting: drafted by one holder of the post, published by another (four eyes)."""

    version = models.PositiveIntegerField("版本", default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="起草人",
    )
    created_at = models.DateTimeField("起草时间", auto_now_add=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="发布人",
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def is_published(self):
        """A draft has no effect on anything."""
        return self.published_at is not None
