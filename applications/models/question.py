"""Questions that an office asks the enterprise about a claim without returning it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .states import State


class Question(models.Model):
    """One question and its answer. While it is open the enterprise has the ball and the office's clock stands still.

    It ends by the answer, or is withdrawn by the office. The claim keeps its state, and nothing declared changes.
    """

    claim = models.ForeignKey("Claim", models.PROTECT, related_name="questions", verbose_name="申报")
    stage = models.CharField("提问时的状态", max_length=20, choices=State.choices)
    text = models.TextField("问题", max_length=2000)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提问人"
    )
    asked_at = models.DateTimeField("提问时间")
    due_on = models.DateField("答复期限")
    due_certain = models.BooleanField("期限已确定", default=True)
    answer = models.TextField("答复", max_length=4000, blank=True)
    files = models.ManyToManyField(
        "EvidenceFile", related_name="answers", blank=True, verbose_name="答复所附文件"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "询问"
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(answered_at=None, withdrawn_at=None),
                name="question_one_open_per_claim",
            ),
            models.CheckConstraint(
                name="question_answered_with_person_time_and_words",
                condition=Q(answered_at=None, answered_by=None, answer="")
                | (
                    Q(answered_at__isnull=False, answered_by__isnull=False, withdrawn_at=None) & ~Q(answer="")
                ),
            ),
        ]

    def __str__(self):
        return f"{self.claim_id} {self.asked_at:%Y-%m-%d}"

    @property
    def is_late(self):
        """Whether the answer came after the day that was set."""
        return self.answered_at is not None and timezone.localdate(self.answered_at) > self.due_on

    @property
    def is_over(self):
        """Whether the day has passed without an answer; nothing lapses by that."""
        return self.is_open and timezone.localdate() > self.due_on

    @property
    def is_open(self):
        """Whether the enterprise still has to answer."""
        return self.answered_at is None and self.withdrawn_at is None
