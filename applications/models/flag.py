"""Flags: what the system noticed about a claim and a reviewer has to look at."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Flag(models.Model):
    """One thing noticed about a claim. `kind` names it in `applications.flags`, `key` tells several of one kind apart.

    `data` holds the numbers that it rests on. `lifted_at` is set once it is no longer true; it is never deleted.
    """

    claim = models.ForeignKey("Claim", models.PROTECT, related_name="flags", verbose_name="申报")
    kind = models.CharField("提示", max_length=40)
    key = models.CharField("对象", max_length=80, blank=True)
    hard = models.BooleanField("必须处理", default=False)
    data = models.JSONField("依据", default=dict)
    raised_at = models.DateTimeField("提出时间")
    lifted_at = models.DateTimeField("消除时间", null=True, blank=True)
    dismissed_at = models.DateTimeField("核实时间", null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核实人",
    )
    dismissed_reason = models.CharField("核实说明", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "提示"
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind", "key"], condition=Q(lifted_at=None), name="flag_once_while_it_stands"
            ),
            models.CheckConstraint(
                name="flag_dismissed_with_person_time_and_reason",
                condition=Q(dismissed_at=None, dismissed_by=None, dismissed_reason="")
                | (Q(dismissed_at__isnull=False, dismissed_by__isnull=False) & ~Q(dismissed_reason="")),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.kind}"
