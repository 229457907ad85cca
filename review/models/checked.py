"""What the nightly check of the ledger found."""

from django.db import models


class LedgerCheck(models.Model):
    """One run of the check that entries, claims, batches, notices and demands agree."""

    at = models.DateTimeField("时间")
    entries = models.PositiveBigIntegerField("总额账条数")
    claims = models.PositiveBigIntegerField("申报件数")
    count = models.PositiveIntegerField("不一致处数", default=0)
    problems = models.JSONField("不一致", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "总额账核对"
        ordering = ["-id"]

    def __str__(self):
        return f"{self.at:%Y-%m-%d} {self.count}"
