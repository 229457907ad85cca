"""Customs detail by month, the yearly figures added up from it, and which years are closed."""

from django.conf import settings
from django.db import models

from .official import MONEY


class MonthlyTrade(models.Model):
    """Customs detail: one firm's trade of a month under one supervision code, HS code, origin and partner.

    `month` is the first day of the month. A load replaces the firm-months that it contains.
    """

    class Direction(models.TextChoices):
        """Import or export."""

        IMPORT = "import", "进口"
        EXPORT = "export", "出口"

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120, blank=True)
    month = models.DateField("年月")
    direction = models.CharField("进出口", max_length=6, choices=Direction.choices)
    supervision_code = models.CharField("监管方式", max_length=4)
    hs_code = models.CharField("商品编码", max_length=10)
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2)
    amount_usd = models.DecimalField("金额（美元）", max_digits=15, decimal_places=2)
    origin = models.CharField("境内货源地", max_length=60, blank=True)
    country = models.CharField("贸易国", max_length=60, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "海关月度明细"
        ordering = ["credit_code", "month", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "credit_code",
                    "month",
                    "direction",
                    "supervision_code",
                    "hs_code",
                    "origin",
                    "country",
                ],
                name="monthly_trade_once",
            )
        ]

    def __str__(self):
        return f"{self.credit_code} {self.month:%Y-%m} {self.hs_code}"


class DerivedFigures(models.Model):
    """Yearly figures added up from the monthly detail by the code lists of the year's settings.

    Provisional until the year is closed; a figure that was loaded as such (`TradeFigures`) beats the one here. A figure
    without any row behind it is 0 where the firm has detail of the year at all.
    """

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120, blank=True)
    year = models.PositiveSmallIntegerField("年度")
    #: One bit for each month with detail, January the lowest; `months` says how many there are.
    month_bits = models.PositiveSmallIntegerField("有数据的月份")
    months = models.PositiveSmallIntegerField("有数据的月数")
    last_month = models.DateField("最近月份")
    import_cny = models.DecimalField("进口额（元）", **MONEY)
    export_cny = models.DecimalField("出口额（元）", **MONEY)
    export_usd = models.DecimalField("出口额（美元）", **MONEY)
    cross_border_cny = models.DecimalField("跨境电商进出口额（元）", **MONEY)
    resource_import_cny = models.DecimalField("资源类产品进口额（元）", **MONEY)
    local_product_export_cny = models.DecimalField("地产品出口额（元）", **MONEY)
    agricultural_export_cny = models.DecimalField("农产品出口额（元）", **MONEY)
    #: Where the exports went, as the detail writes it; "" for exports that do not say.
    export_countries = models.JSONField("出口的贸易国", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "由月度明细汇总的年度数"
        ordering = ["credit_code", "year"]
        constraints = [
            models.UniqueConstraint(fields=["credit_code", "year"], name="derived_figures_once_a_year")
        ]

    def __str__(self):
        return f"{self.credit_code} {self.year}"

    @property
    def months_present(self):
        """The months with detail, as a list of numbers from 1 to 12."""
        return months_of(self.month_bits)


def months_of(bits):
    """The months that `month_bits` stand for."""
    return [month for month in range(1, 13) if bits >> (month - 1) & 1]


class FiguresYear(models.Model):
    """Whether the customs figures of a year are final: closed by the keeper, derived figures then serve awards."""

    year = models.PositiveSmallIntegerField("年度", unique=True)
    closed_at = models.DateTimeField("关闭时间", null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="关闭人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "统计年度"
        ordering = ["-year"]

    def __str__(self):
        return str(self.year)
