"""Evidence: files by content, and which of them a claim gives for which required document."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class EvidenceFile(models.Model):
    """One uploaded file of one enterprise. The bytes lie outside every served folder, named by their SHA-256."""

    enterprise = models.ForeignKey(
        "Enterprise", models.PROTECT, null=True, blank=True, related_name="files", verbose_name="企业"
    )
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    name = models.CharField("文件名", max_length=200)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveIntegerField("大小（字节）")
    pages = models.PositiveIntegerField("页数", null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    uploaded_at = models.DateTimeField("上传时间")

    class Meta:
        verbose_name = verbose_name_plural = "文件"
        ordering = ["id"]

    def __str__(self):
        return self.name


class ClaimEvidence(models.Model):
    """A file given for one required document of a claim. Taken out, it stays in the history once submitted."""

    claim = models.ForeignKey("Claim", models.PROTECT, related_name="evidence", verbose_name="申报")
    document = models.CharField("材料", max_length=40)
    file = models.ForeignKey(EvidenceFile, models.PROTECT, related_name="uses", verbose_name="文件")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="添加人"
    )
    added_at = models.DateTimeField("添加时间")
    removed_at = models.DateTimeField("移除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证明材料"
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "document", "file"],
                condition=Q(removed_at=None),
                name="claim_evidence_once_per_document",
            )
        ]

    def __str__(self):
        return self.document
