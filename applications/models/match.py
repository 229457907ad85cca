"""What the official data make payable, for every firm that they name, whether or not it has signed up."""

from django.db import models
from django.db.models import F, Q

from accounts.cities import City
from measures import registry


class MatchYear(models.Model):
    """One firm and year to be matched: computed again while `requested` is above `settled`.

    Name and city are those of the registers; "" where they know none.
    """

    credit_code = models.CharField("统一社会信用代码", max_length=18)
    year = models.PositiveSmallIntegerField("年度")
    name = models.CharField("企业名称", max_length=120, blank=True)
    city = models.CharField("市（地）", max_length=4, choices=City.choices, blank=True)
    requested = models.PositiveIntegerField("要求计算次数", default=1)
    settled = models.PositiveIntegerField("已计算次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "匹配年度"
        ordering = ["credit_code", "year"]
        constraints = [
            models.UniqueConstraint(fields=["credit_code", "year"], name="match_year_once"),
        ]
        indexes = [
            models.Index(fields=["year", "city"]),
            models.Index(fields=["id"], name="match_year_waiting", condition=Q(requested__gt=F("settled"))),
        ]

    def __str__(self):
        return f"{self.credit_code} {self.year}"


class Match(models.Model):
    """An item that official data make payable for a firm, or make likely and say what is missing.

    `amount_cny` is what the item alone would pay, before the combined limit; null where it cannot be known yet.
    """

    match_year = models.ForeignKey(MatchYear, models.CASCADE, related_name="matches", verbose_name="匹配年度")
    item = models.CharField("事项", max_length=5)
    subject = models.CharField("对象", max_length=200, blank=True)
    #: What an award that is paid once for ever is known by over all years, as claims have it; "" for all others.
    lifetime_key = models.CharField("一次性奖励对象", max_length=240, blank=True)
    certain = models.BooleanField("仅凭官方数据即可支付")
    amount_cny = models.DecimalField("金额（元）", max_digits=15, decimal_places=2, null=True, blank=True)
    #: What rests on official data, and what is missing: lists of Chinese sentences.
    grounds = models.JSONField("依据", default=list)
    missing = models.JSONField("还需要", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "匹配结果"
        ordering = ["match_year_id", "item", "subject"]
        constraints = [
            models.UniqueConstraint(fields=["match_year", "item", "subject"], name="match_once_per_subject")
        ]

    def __str__(self):
        return f"{self.item} {self.subject}"

    @property
    def rule(self):
        """The item's rule class, which knows everything there is to know about the item."""
        return registry.item(self.item)
