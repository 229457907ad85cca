"""A claim: one application for one money item (measures 1 to 7) in one year."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.cities import City
from measures import registry

from .official import MONEY
from .states import EDITABLE_STATES, LIVE_STATES, LOCKED_STATES, State

#: What budget, statistics and shortages add up, and by what.
_ADDED_UP = (
    "id", "enterprise", "item", "city", "first_submitted_at", "locked_at", "computed_cny", "capped_cny", "after_overlap_cny",
    "payable_cny", "locked_cny", "committed_cny", "paid_cny", "demanded_cny",
)  # fmt: skip


class Claim(models.Model):
    """One application. All amounts are CNY; the four steps are null until a settlement has computed them.

    `draft` is what the clerk is typing (texts as typed, so that nothing is lost); `facts`, `particulars` and
    `other_support_cny` are what was last submitted and the only thing that is ever computed with.
    """

    PROVINCE = "province"

    number = models.CharField("申报编号", max_length=24, unique=True)
    enterprise = models.ForeignKey("Enterprise", models.PROTECT, related_name="claims", verbose_name="企业")
    item = models.CharField("事项", max_length=5)
    year = models.PositiveSmallIntegerField("年度")
    subject = models.CharField("申报对象", max_length=200, blank=True)
    period = models.ForeignKey("FilingPeriod", models.PROTECT, related_name="claims", verbose_name="申报批次")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="经办人"
    )
    created_at = models.DateTimeField("建立时间")

    state = models.CharField("状态", max_length=20, choices=State.choices, default=State.DRAFT)
    state_since = models.DateTimeField("进入状态时间")
    #: The day from which the stage's waiting counts: that of coming here, set back by the working days of earlier stays.
    waiting_on = models.DateField("等待起算日", null=True, blank=True)
    #: Since when the clock stands still because the enterprise owes an answer.
    clock_stopped_on = models.DateField("停止计时起", null=True, blank=True)
    draft = models.JSONField("正在填写的内容", default=dict)
    draft_saved_at = models.DateTimeField("草稿保存时间", null=True, blank=True)
    draft_saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="草稿保存人",
    )
    facts = models.JSONField("申报内容", default=dict)
    particulars = models.JSONField("申报情况", default=dict)
    other_support_cny = models.DecimalField("其他省级支持（元）", **MONEY)
    first_submitted_at = models.DateTimeField("首次提交时间", null=True, blank=True)
    submitted_at = models.DateTimeField("最近提交时间", null=True, blank=True)
    city = models.CharField("市（地）", max_length=4, choices=City.choices, blank=True)
    payer = models.CharField("支付方", max_length=10, blank=True)

    computed_cny = models.DecimalField("按规则计算（元）", **MONEY)
    capped_cny = models.DecimalField("限额后（元）", **MONEY)
    after_overlap_cny = models.DecimalField("扣除其他支持后（元）", **MONEY)
    payable_cny = models.DecimalField("应付（元）", **MONEY)
    ceiling_cny = models.DecimalField("上限（元）", **MONEY)
    eligibility = models.CharField("计算结论", max_length=12, blank=True)
    reasons = models.JSONField("不符合的原因", default=list)
    steps = models.JSONField("计算过程", default=list)
    settled_at = models.DateTimeField("计算时间", null=True, blank=True)
    #: Versions of the settings that the amounts were computed under: {"settings": 2, "city_rate": 1}; 0 the defaults.
    computed_under = models.JSONField("计算所依据的设置", default=dict)
    approved_steps = models.JSONField("商务通过时的前三步金额", null=True, blank=True)

    locked_cny = models.DecimalField("锁定金额（元）", **MONEY)
    locked_at = models.DateTimeField("锁定时间", null=True, blank=True)
    lifetime_key = models.CharField("一次性奖励对象", max_length=240, blank=True)
    committed_cny = models.DecimalField("已列入批次（元）", max_digits=15, decimal_places=2, default=0)
    paid_cny = models.DecimalField("已拨付（元）", max_digits=15, decimal_places=2, default=0)
    demanded_cny = models.DecimalField("待追回（元）", max_digits=15, decimal_places=2, default=0)

    returned_from = models.CharField("退回前的状态", max_length=20, choices=State.choices, blank=True)
    return_note = models.JSONField("退回意见", default=dict)
    return_due_on = models.DateField("补正期限", null=True, blank=True)
    return_due_certain = models.BooleanField("补正期限已确定", default=True)
    drawn = models.BooleanField("已抽中复核", null=True, blank=True)
    reconsidered = models.BooleanField("已复议", default=False)
    late = models.BooleanField("截止后提交", default=False)
    payout_failed = models.BooleanField("拨付未成功", default=False)
    notice_withdrawn = models.BooleanField("已撤出公示", default=False)
    objected = models.BooleanField("异议处理中", default=False)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="经手审核员",
    )
    last_event = models.BigIntegerField("最近记录", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "申报"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "item", "year", "subject"],
                condition=Q(state__in=sorted(LIVE_STATES)),
                name="claim_one_live_per_subject",
            ),
            models.UniqueConstraint(
                fields=["lifetime_key"],
                condition=Q(locked_cny__gt=0, lifetime_key__gt=""),
                name="claim_once_for_ever",
            ),
            models.CheckConstraint(
                name="claim_submitted_unless_draft",
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN])
                | Q(first_submitted_at__isnull=False, submitted_at__isnull=False, city__gt="", payer__gt=""),
            ),
            models.CheckConstraint(
                name="claim_waits_from_a_day_unless_draft",
                condition=Q(state__in=[State.DRAFT, State.WITHDRAWN]) | Q(waiting_on__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_locked_amount_and_time_agree",
                condition=Q(locked_cny=None, locked_at=None)
                | Q(locked_cny__isnull=False, locked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_locked_where_finance_has_approved",
                condition=~Q(state__in=sorted(LOCKED_STATES)) | Q(locked_cny__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_money_within_lock",
                condition=Q(committed_cny=0, paid_cny=0)
                | Q(locked_cny__isnull=False, locked_cny__gte=F("committed_cny") + F("paid_cny")),
            ),
            models.CheckConstraint(
                name="claim_amounts_not_negative",
                condition=Q(committed_cny__gte=0, paid_cny__gte=0, demanded_cny__gte=0)
                & (Q(locked_cny=None) | Q(locked_cny__gte=0))
                & (Q(payable_cny=None) | Q(payable_cny__gte=0)),
            ),
            models.CheckConstraint(
                name="claim_steps_never_rise",
                condition=Q(computed_cny=None)
                | Q(capped_cny__lte=F("computed_cny"), after_overlap_cny__lte=F("capped_cny")),
            ),
            models.CheckConstraint(
                name="claim_returned_with_stage_and_date",
                condition=~Q(state=State.RETURNED) | Q(returned_from__gt="", return_due_on__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "year"]),
            models.Index(fields=["item", "subject"]),
            models.Index(fields=["state", "city", "state_since"]),
            models.Index(fields=["state", "payer", "item"]),
            models.Index(
                F("state"),
                F("payer"),
                F("waiting_on"),
                F("payable_cny").desc(nulls_last=True),
                F("id"),
                name="claim_in_queue",
            ),
            models.Index(
                F("state"),
                F("payer"),
                F("payable_cny").desc(nulls_last=True),
                F("id"),
                name="claim_largest_first",
            ),
            models.Index(fields=["submitted_at", "id"]),
            # What commerce has again after it had approved it, in the order of the queue; and what waits for an answer.
            models.Index(
                F("payer"),
                F("waiting_on"),
                F("payable_cny").desc(nulls_last=True),
                F("id"),
                condition=Q(state=State.COMMERCE_REVIEW, drawn__isnull=False),
                name="claim_come_back",
            ),
            models.Index(
                fields=["state", "payer"], condition=Q(clock_stopped_on__isnull=False), name="claim_asked"
            ),
            # A payer's year is added up from this alone, without the rows and their wide texts.
            models.Index(
                fields=["year", "payer", "state"],
                include=_ADDED_UP,
                name="claim_sums",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def rule(self):
        """The item's rule class, which knows everything there is to know about the item."""
        return registry.item(self.item)

    @property
    def about(self):
        """What tells the claim from others of its item: 示例展会，2025-09-16; "" where there is one, or a register's entry."""
        return "" if self.rule.prepared else self.subject.replace("|", "，").strip("，")

    @property
    def is_editable(self):
        """Whether the enterprise may change what it declares."""
        return self.state in EDITABLE_STATES

    @property
    def is_city_run(self):
        """Whether a city decides and pays in the province's place (3.3, 5.4, 5.5)."""
        return self.rule.payer == "city"

    @property
    def owed_cny(self):
        """What of the lock is neither committed nor paid, yuan; None without a lock."""
        return None if self.locked_cny is None else self.locked_cny - self.committed_cny - self.paid_cny


class NumberSeries(models.Model):
    """The last number given in a series such as "2025-5.1", so that numbers have no gaps that worry people."""

    series = models.CharField(max_length=24, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "编号"

    def __str__(self):
        return self.series


class VerifiedValue(models.Model):
    """A value that a reviewer entered beside a declared fact; the newest that has not lapsed is computed with.

    `path` is the fact's place as the evaluation contract writes it: booth_cny, loans[0].interest_paid_cny, or
    other_support_cny.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="verified_values", verbose_name="申报")
    path = models.CharField("项目", max_length=80)
    declared = models.JSONField("申报数", null=True)
    value = models.JSONField("核定数", null=True)
    reason = models.CharField("核定理由", max_length=500)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="核定人"
    )
    entered_at = models.DateTimeField("核定时间")
    lapsed_at = models.DateTimeField("失效时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "核定数"
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "path"], condition=Q(lapsed_at=None), name="verified_value_one_in_force"
            )
        ]

    def __str__(self):
        return self.path
