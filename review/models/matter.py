"""The joint conference (measure 12): matters and their steps."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.departments import Department
from applications.models import SupportRequest


class JointMatter(models.Model):
    """A matter that several departments have to settle together (measure 12): who owns it, by when, what was agreed.

    It grew out of an enterprise's request, or was put on the list by an office.
    """

    class Standing(models.TextChoices):
        """Where the matter stands."""

        OPEN = "open", "办理中"
        CLOSED = "closed", "已办结"

    number = models.CharField("编号", max_length=24, unique=True)
    title = models.CharField("事项", max_length=200)
    text = models.TextField("情况", blank=True)
    support_request = models.OneToOneField(
        SupportRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joint_matter",
        verbose_name="企业诉求",
    )
    owner = models.CharField("牵头部门", max_length=20, choices=Department.choices)
    partners = models.JSONField("配合部门", default=list)
    due_on = models.DateField("办理期限")
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.OPEN)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="提出人"
    )
    raised_at = models.DateTimeField("提出时间")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "联席会议事项"
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="joint_matter_closed_with_time",
                condition=Q(standing="open", closed_at=None) | Q(standing="closed", closed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"


class MatterNote(models.Model):
    """One step of a joint matter: what was agreed or done, a change of owner or date, its end, or its reopening."""

    class Kind(models.TextChoices):
        """What the step is."""

        NOTE = "note", "跟进情况"
        CHANGED = "changed", "调整牵头部门或期限"
        CLOSED = "closed", "办结"
        REOPENED = "reopened", "重新办理"

    matter = models.ForeignKey(JointMatter, models.PROTECT, related_name="notes", verbose_name="联席会议事项")
    kind = models.CharField("种类", max_length=10, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField("内容")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="记录人")

    class Meta:
        verbose_name = verbose_name_plural = "联席会议事项跟进"
        ordering = ["id"]

    def __str__(self):
        return f"{self.matter_id} {self.get_kind_display()}"
