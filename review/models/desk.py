"""What reviewers keep for their daily work: saved filters, checks of documents, notes among themselves."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from applications.models import Claim


class SavedFilter(models.Model):
    """A view of the queue or of the search that an officer keeps under a name of their own."""

    class Place(models.TextChoices):
        """The page that the filter belongs to."""

        QUEUE = "queue", "审核队列"
        SEARCH = "search", "申报查询"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters", verbose_name="用户"
    )
    place = models.CharField("页面", max_length=10, choices=Place.choices)
    name = models.CharField("名称", max_length=30)
    query = models.CharField("条件", max_length=500)
    made_at = models.DateTimeField("保存时间")

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        ordering = ["user_id", "place", "name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "place", "name"], name="saved_filter_one_per_name")
        ]

    def __str__(self):
        return self.name


class DocumentCheck(models.Model):
    """What a reviewer found about one required document of a claim, with the files that it was then.

    The newest of a document counts, and only while the claim still gives the same files for it.
    """

    class Verdict(models.TextChoices):
        """What was found."""

        SEEN = "seen", "已核对"
        PROBLEM = "problem", "有问题"

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="document_checks", verbose_name="申报")
    document = models.CharField("材料", max_length=40)
    verdict = models.CharField("结论", max_length=10, choices=Verdict.choices)
    note = models.CharField("说明", max_length=500, blank=True)
    files = models.JSONField("当时的文件", default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核对人")
    at = models.DateTimeField("核对时间")

    class Meta:
        verbose_name = verbose_name_plural = "材料核对"
        ordering = ["claim_id", "id"]
        constraints = [
            models.CheckConstraint(
                name="document_check_problem_in_words", condition=~Q(verdict="problem") | ~Q(note="")
            )
        ]

    def __str__(self):
        return f"{self.claim_id} {self.document} {self.get_verdict_display()}"


class ClaimNote(models.Model):
    """A word among reviewers about a claim. The enterprise never sees it, and nobody changes it afterwards."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="notes", verbose_name="申报")
    text = models.TextField("内容", max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "内部备注"
        ordering = ["claim_id", "id"]

    def __str__(self):
        return f"{self.claim_id} {self.by}"
