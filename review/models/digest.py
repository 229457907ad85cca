"""The chain of daily digests of the record."""

from django.db import models


class DayDigest(models.Model):
    """The record of one day (Asia/Shanghai) in one number, chained to the day before; made when the day is over.

    `digest` covers every event and ledger entry up to `last_event` and `last_entry` that the day before did not cover,
    and the digest of that day: whoever changes a row afterwards changes every digest from there on.
    """

    day = models.DateField("日期", unique=True)
    events = models.PositiveIntegerField("记录数")
    entries = models.PositiveIntegerField("总额账笔数")
    last_event = models.BigIntegerField("最后一条记录")
    last_entry = models.BigIntegerField("最后一笔总额账")
    digest = models.CharField("摘要（SHA-256）", max_length=64)
    made_at = models.DateTimeField("生成时间")

    class Meta:
        verbose_name = verbose_name_plural = "每日摘要"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.digest[:12]}"
