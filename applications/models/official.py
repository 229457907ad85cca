"""Official data: customs figures and registers, keyed by credit code whether or not the firm has signed up.

Rows are imported or kept by the post "data and rules"; none is ever deleted. A wrong row is struck out with a reason.
"""

from django.db import models
from django.db.models import Q

from accounts.cities import City

from .versioned import Versioned

MONEY = {"max_digits": 15, "decimal_places": 2, "null": True, "blank": True}


class Struck(models.Model):
    """A register row that can be struck out; a struck row counts for no year."""

    struck_reason = models.CharField("作废原因", max_length=200, blank=True)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        abstract = True


class TradeFigures(models.Model):
    """Customs figures (海关纳统数据) of one firm and year: CNY, except export_usd. Null is missing, 0 is a figure."""

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField("企业名称", max_length=120, blank=True)
    year = models.PositiveSmallIntegerField("年度")
    import_cny = models.DecimalField("进口额（元）", **MONEY)
    export_cny = models.DecimalField("出口额（元）", **MONEY)
    export_usd = models.DecimalField("出口额（美元）", **MONEY)
    cross_border_cny = models.DecimalField("跨境电商进出口额（元）", **MONEY)
    resource_import_cny = models.DecimalField("资源类产品进口额（元）", **MONEY)
    local_product_export_cny = models.DecimalField("地产品出口额（元）", **MONEY)
    source = models.CharField("来源", max_length=200, blank=True)

    #: The names of the six figures, as the evaluation contract spells them.
    FIGURES = (
        "import_cny",
        "export_cny",
        "export_usd",
        "cross_border_cny",
        "resource_import_cny",
        "local_product_export_cny",
    )

    class Meta:
        verbose_name = verbose_name_plural = "海关统计"
        ordering = ["credit_code", "year"]
        constraints = [
            models.UniqueConstraint(fields=["credit_code", "year"], name="trade_figures_once_a_year")
        ]

    def __str__(self):
        return f"{self.credit_code} {self.year}"


class RegisteredEnterprise(Struck):
    """The province's own register of enterprises: the source of city, free-trade zone and year of introduction."""

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    city = models.CharField("市（地）", max_length=4, choices=City.choices)
    introduced_year = models.PositiveSmallIntegerField("引进年度", null=True, blank=True)
    ftz = models.BooleanField("自贸区", default=False)
    established_on = models.DateField("成立日期", null=True, blank=True)
    address = models.CharField("地址", max_length=200, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业名录"
        ordering = ["credit_code"]

    def __str__(self):
        return self.name


class Platform(Struck):
    """One designation of a trade platform (measure 2); a platform later designated national has two rows."""

    class Level(models.TextChoices):
        """The level of a designation, as the evaluation contract spells it."""

        NATIONAL = "national", "国家级"
        PROVINCIAL = "provincial", "省级"

    number = models.CharField("平台编号", max_length=40)
    name = models.CharField("平台名称", max_length=120)
    level = models.CharField("级别", max_length=10, choices=Level.choices)
    operator_code = models.CharField("运营企业信用代码", max_length=18, db_index=True)
    designated_on = models.DateField("认定日期")

    class Meta:
        verbose_name = verbose_name_plural = "外贸促进平台"
        ordering = ["number", "level"]
        constraints = [models.UniqueConstraint(fields=["number", "level"], name="platform_once_per_level")]

    def __str__(self):
        return f"{self.name}（{self.get_level_display()}）"


class DatedMembership(Struck):
    """A register entry that holds from one day to another, both included; open ends are null."""

    credit_code = models.CharField("统一社会信用代码", max_length=18, db_index=True)
    name = models.CharField("企业名称", max_length=120, blank=True)
    since = models.DateField("起", null=True, blank=True)
    until = models.DateField("止", null=True, blank=True)

    class Meta:
        abstract = True

    def counts_in(self, year):
        """Whether any day of the entry lies in the year."""
        since, until = self.since, self.until
        return (since is None or since.year <= year) and (until is None or until.year >= year)


class PlatformMember(DatedMembership):
    """An enterprise inside a trade platform (7.2: 省级以上贸易促进平台内企业)."""

    platform_number = models.CharField("平台编号", max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = "平台内企业"
        ordering = ["platform_number", "credit_code"]
        constraints = [
            models.UniqueConstraint(
                fields=["platform_number", "credit_code", "since"],
                nulls_distinct=False,
                name="platform_member_once_per_start",
            )
        ]

    def __str__(self):
        return f"{self.platform_number} {self.credit_code}"


class AgriculturalExporter(DatedMembership):
    """An exporter of agricultural products (7.2: 农产品出口企业)."""

    class Meta:
        verbose_name = verbose_name_plural = "农产品出口企业"
        ordering = ["credit_code", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code", "since"], nulls_distinct=False, name="agricultural_once_per_start"
            )
        ]

    def __str__(self):
        return self.name or self.credit_code


class DiscreditedEnterprise(DatedMembership):
    """A firm on the list of discredited enterprises; reviewers are warned, the rules do not use it."""

    class Meta:
        verbose_name = verbose_name_plural = "失信企业"
        ordering = ["credit_code", "since"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code", "since"], nulls_distinct=False, name="discredited_once_per_start"
            )
        ]

    def __str__(self):
        return self.name or self.credit_code


class OverseasWarehouse(Struck):
    """A provincial overseas warehouse (3.4)."""

    number = models.CharField("海外仓编号", max_length=40, unique=True)
    name = models.CharField("名称", max_length=120)
    country = models.CharField("国家", max_length=60, blank=True)
    operator_code = models.CharField("运营企业信用代码", max_length=18, db_index=True)
    designated_on = models.DateField("认定日期")

    class Meta:
        verbose_name = verbose_name_plural = "省级海外仓"
        ordering = ["number"]

    def __str__(self):
        return self.name


class DualCirculationEntry(Struck):
    """An enterprise on the national dual-circulation list (6.1); entries carry no date and count for every year."""

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120, blank=True)
    batch = models.CharField("批次", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "国家级双循环名单"
        ordering = ["credit_code"]

    def __str__(self):
        return self.name or self.credit_code


class PastAward(Struck):
    """An award paid outside this system that bars a second one: 2.1 and 3.4 by subject, 6.1 by firm."""

    item = models.CharField("事项", max_length=5)
    credit_code = models.CharField("统一社会信用代码", max_length=18, blank=True, db_index=True)
    subject = models.CharField("平台或海外仓编号", max_length=40, blank=True)
    level = models.CharField("级别", max_length=10, choices=Platform.Level.choices, blank=True)
    awarded_on = models.DateField("拨付日期", null=True, blank=True)
    amount_cny = models.DecimalField("金额（元）", **MONEY)

    class Meta:
        verbose_name = verbose_name_plural = "系统外已拨付奖励"
        ordering = ["item", "subject", "credit_code"]

    def __str__(self):
        return f"{self.item} {self.subject or self.credit_code}"


class CityRate(Versioned):
    """The rate that a city sets for one of its own items (3.3, 5.4, 5.5) in a year."""

    city = models.CharField("市（地）", max_length=4, choices=City.choices)
    year = models.PositiveSmallIntegerField("年度")
    item = models.CharField("事项", max_length=5)
    rate = models.DecimalField("比例", max_digits=7, decimal_places=6)
    source = models.CharField("来源", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "市（地）补贴比例"
        ordering = ["year", "city", "item", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["city", "year", "item", "version"], name="city_rate_once_per_version"
            ),
            models.CheckConstraint(name="city_rate_between_0_and_1", condition=Q(rate__gte=0, rate__lte=1)),
        ]

    def __str__(self):
        return f"{self.get_city_display()} {self.year} {self.item}"


class LprRate(models.Model):
    """One publication of the one-year loan prime rate, as a percentage (3.70 is 3.70%)."""

    published_on = models.DateField("公布日期", unique=True)
    one_year_percent = models.DecimalField("1年期（%）", max_digits=6, decimal_places=4)

    class Meta:
        verbose_name = verbose_name_plural = "贷款市场报价利率"
        ordering = ["published_on"]

    def __str__(self):
        return f"{self.published_on} {self.one_year_percent}%"


class Holiday(models.Model):
    """A day that the State Council's yearly notice takes from or gives to the working days.

    Days off are all free weekdays and holidays; make-up days are weekend days that are worked. A year is known when it
    has any row.
    """

    class Kind(models.TextChoices):
        """What the day is."""

        OFF = "off", "休"
        WORK = "work", "班"

    day = models.DateField("日期", unique=True)
    kind = models.CharField("类型", max_length=4, choices=Kind.choices)
    name = models.CharField("名称", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "节假日"
        ordering = ["day"]

    def __str__(self):
        return f"{self.day} {self.get_kind_display()}"
