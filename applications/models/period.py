"""Filing periods, extensions of their deadline, and the settings of a year."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications import code_lists

from .versioned import Versioned


class FilingPeriod(Versioned):
    """When claims for a year can be filed, and which dates of costs the period's window accepts (reviewers judge)."""

    year = models.PositiveSmallIntegerField("年度")
    title = models.CharField("名称", max_length=80)
    opens_on = models.DateField("开始受理")
    deadline = models.DateField("截止日期")
    window_from = models.DateField("费用起始日期")
    window_to = models.DateField("费用截止日期")
    city_first_check = models.BooleanField("由市级初审", default=True)
    items = models.JSONField("受理事项", default=list, blank=True, help_text="留空表示全部资金事项。")

    class Meta:
        verbose_name = verbose_name_plural = "申报批次"
        ordering = ["-year", "-opens_on", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["year", "title", "version"], name="filing_period_once_per_version"
            ),
            models.CheckConstraint(
                name="filing_period_opens_before_deadline",
                condition=Q(opens_on__lte=F("deadline")) & Q(window_from__lte=F("window_to")),
                violation_error_message="截止日期不能早于开始日期。",
            ),
        ]

    def __str__(self):
        return self.title

    def closing_day(self, enterprise_id):
        """The last day on which an enterprise may submit for the first time: the deadline, or its own extension."""
        extensions = self.extensions.filter(enterprise_id=enterprise_id).values_list("until", flat=True)
        return max([self.deadline, *extensions])


class DeadlineExtension(models.Model):
    """A recorded extension: the only way in which a firm can submit for the first time after the deadline."""

    period = models.ForeignKey(
        FilingPeriod, models.PROTECT, related_name="extensions", verbose_name="申报批次"
    )
    enterprise = models.ForeignKey(
        "Enterprise", models.PROTECT, related_name="extensions", verbose_name="企业"
    )
    until = models.DateField("延长至")
    reason = models.CharField("原因", max_length=300)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="批准人"
    )
    granted_at = models.DateTimeField("批准时间")

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["-granted_at"]

    def __str__(self):
        return f"{self.enterprise} 延长至 {self.until}"


class YearSettings(Versioned):
    """What the province sets for a year. Where a year has no published row, the field defaults stand."""

    year = models.PositiveSmallIntegerField("年度")
    bank_cost_rate = models.DecimalField(
        "4.1、4.2 补贴比例", max_digits=7, decimal_places=6, default=Decimal("0.5"), help_text="不超过 0.5。"
    )
    key_markets = models.JSONField(
        "其他重点市场", default=list, blank=True, help_text="国家代码，两个大写字母。"
    )
    day_count = models.PositiveSmallIntegerField("计息天数", default=360)
    rcep_members = models.JSONField(
        "RCEP 成员国", default=code_lists.rcep_members, blank=True, help_text="国家代码，中国除外。"
    )
    cross_border_codes = models.JSONField(
        "跨境电商监管方式",
        default=code_lists.cross_border_codes,
        blank=True,
        help_text="海关监管方式代码，四位数字。",
    )
    resource_codes = models.JSONField(
        "资源类产品商品编码",
        default=code_lists.resource_codes,
        blank=True,
        help_text="商品编码的前几位，例如 2701 表示全部 2701 开头的编码。",
    )
    local_origins = models.JSONField(
        "地产品货源地",
        default=code_lists.local_origins,
        blank=True,
        help_text="境内货源地的代码或名称的开头，例如 23 或 黑龙江。",
    )
    agricultural_codes = models.JSONField(
        "农产品商品编码", default=code_lists.agricultural_codes, blank=True, help_text="商品编码的前几位。"
    )
    basis = models.CharField("依据", max_length=200, blank=True, help_text="文件名称和文号。")
    return_days = models.PositiveSmallIntegerField("补正期限（工作日）", default=10)
    notice_days = models.PositiveSmallIntegerField("公示期（工作日）", default=5)
    support_days = models.PositiveSmallIntegerField("服务事项办理期限（工作日）", default=10)
    second_check_percent = models.DecimalField(
        "抽查复核比例（%）", max_digits=5, decimal_places=2, default=Decimal("5")
    )

    class Meta:
        verbose_name = verbose_name_plural = "年度设置"
        ordering = ["-year", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["year", "version"], name="year_settings_once_per_version"),
            models.CheckConstraint(
                name="year_settings_within_the_policy",
                condition=Q(bank_cost_rate__gte=0, bank_cost_rate__lte=Decimal("0.5"))
                & Q(notice_days__gte=5)
                & Q(day_count__gte=1)
                & Q(second_check_percent__gte=0, second_check_percent__lte=100),
                violation_error_message="比例不超过 50%，公示不少于 5 个工作日，抽查比例在 0 到 100 之间。",
            ),
        ]

    def __str__(self):
        return f"{self.year} 年度设置 第 {self.version} 版"
