"""Papers that an enterprise takes away: application forms and decision letters, with a number and a check code."""

from django.db import models


class Letter(models.Model):
    """One paper as it was issued: `content` holds everything that it says, so that it can be printed again unchanged.

    It belongs to the event that it tells of: a submission, or a decision. Whether it is still what counts is not stored;
    it follows from what has happened to the claim since.
    """

    class Kind(models.TextChoices):
        """What the paper is."""

        APPLICATION = "application", "申请表"
        DECISION = "decision", "办理结果通知书"
        DEMAND = "demand", "追回通知书"

    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    number = models.CharField("文书编号", max_length=40, unique=True)
    check_code = models.CharField("校验码", max_length=16)
    claim = models.ForeignKey("Claim", models.PROTECT, related_name="letters", verbose_name="申报")
    event = models.OneToOneField("Event", models.PROTECT, related_name="letter", verbose_name="依据的记录")
    content = models.JSONField("内容")
    issued_at = models.DateTimeField("出具时间")

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        ordering = ["id"]
        indexes = [models.Index(fields=["claim", "kind", "id"])]

    def __str__(self):
        return self.number
