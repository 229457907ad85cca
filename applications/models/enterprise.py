"""Enterprises, the people who act for them, and their bank accounts."""

from django.conf import settings
from django.db import models
from django.db.models import Func, Q

from accounts.cities import City


class Normal(Func):
    """A text as two ways of typing it meet: NFKC, in capitals, without what `drop` (a set of POSIX) names."""

    template = "upper(regexp_replace(normalize(%(expressions)s, NFKC), '[%(drop)s]', '', 'g'))"
    output_field = models.CharField()


#: Telephone numbers are compared by their digits, addresses without spaces and punctuation, mail without regard to case.
PHONE_NORMAL = Normal("contact_phone", drop="^0-9")
ADDRESS_NORMAL = Normal("address", drop="[:space:],.;:()#、。-")
EMAIL_NORMAL = Normal("contact_email", drop="[:space:]")


class Enterprise(models.Model):
    """A firm that has signed up. What is official about it stands in the registers, keyed by credit code."""

    class Verification(models.TextChoices):
        """Whether city or province has checked licence and letter of authorisation."""

        PENDING = "pending", "待核验"
        VERIFIED = "verified", "已核验"
        REFUSED = "refused", "核验未通过"

    credit_code = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("企业名称", max_length=120)
    city = models.CharField("市（地）", max_length=4, choices=City.choices)
    address = models.CharField("地址", max_length=200, blank=True)
    contact_name = models.CharField("联系人", max_length=50)
    contact_phone = models.CharField("联系电话", max_length=30)
    contact_email = models.EmailField("电子邮箱", blank=True)
    check_digit_confirmed = models.BooleanField("信用代码校验位经企业确认", default=False)
    licence = models.ForeignKey(
        "EvidenceFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="营业执照"
    )
    authorisation = models.ForeignKey(
        "EvidenceFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="授权书"
    )
    verification = models.CharField(
        "核验", max_length=10, choices=Verification.choices, default=Verification.PENDING
    )
    verification_note = models.CharField("核验意见", max_length=500, blank=True)
    verified_at = models.DateTimeField("核验时间", null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="核验人",
    )
    created_at = models.DateTimeField("注册时间")

    class Meta:
        verbose_name = verbose_name_plural = "企业"
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="enterprise_verified_with_time_and_officer",
                condition=~Q(verification="verified")
                | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["verification", "city"]),
            models.Index(fields=["name"]),
            models.Index(PHONE_NORMAL, name="enterprise_by_phone"),
            models.Index(ADDRESS_NORMAL, name="enterprise_by_address"),
            models.Index(EMAIL_NORMAL, name="enterprise_by_email"),
        ]

    def __str__(self):
        return self.name

    @property
    def is_verified(self):
        """Only a verified firm sees official figures and may submit."""
        return self.verification == self.Verification.VERIFIED


class Membership(models.Model):
    """A person acting for an enterprise; ended, never deleted, so that claims keep their people."""

    class Role(models.TextChoices):
        """The owner lets colleagues in and out; both file claims."""

        OWNER = "owner", "负责人"
        CLERK = "clerk", "经办人"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name="用户"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="memberships", verbose_name="企业"
    )
    role = models.CharField("身份", max_length=10, choices=Role.choices, default=Role.CLERK)
    since = models.DateTimeField("起")
    ended_at = models.DateTimeField("止", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业人员"
        ordering = ["enterprise_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(ended_at=None), name="membership_one_enterprise_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.user}（{self.get_role_display()}）"


class JoinRequest(models.Model):
    """A person who signed up with a credit code that is known: asks that firm's owner, never makes a second firm."""

    class Answer(models.TextChoices):
        """What the owner said."""

        OPEN = "open", "待答复"
        ACCEPTED = "accepted", "已同意"
        DECLINED = "declined", "未同意"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="join_requests")
    enterprise = models.ForeignKey(Enterprise, models.PROTECT, related_name="join_requests")
    answer = models.CharField("答复", max_length=10, choices=Answer.choices, default=Answer.OPEN)
    created_at = models.DateTimeField("申请时间")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="答复人",
    )

    class Meta:
        verbose_name = verbose_name_plural = "加入企业的申请"
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "enterprise"], condition=Q(answer="open"), name="join_request_open_once"
            ),
        ]

    def __str__(self):
        return f"{self.user} 申请加入 {self.enterprise}"


class Invitation(models.Model):
    """An owner's invitation by mail to act for the enterprise. The link's secret is stored as a hash alone."""

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="invitations", verbose_name="企业"
    )
    name = models.CharField("姓名", max_length=50, blank=True)
    email = models.EmailField("电子邮箱")
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="邀请人"
    )
    created_at = models.DateTimeField("邀请时间")
    expires_at = models.DateTimeField("有效期至")
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="接受人",
    )
    accepted_at = models.DateTimeField("接受时间", null=True, blank=True)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邀请"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="invitation_accepted_by_somebody_or_withdrawn",
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.enterprise} 邀请 {self.email}"


class BankAccount(models.Model):
    """An account of an enterprise. One is in force; a pending change does not count for payments until it is.

    A change comes into force when another member of the enterprise confirms it (`answered_by`), or, where there is none,
    after the waiting time whose last day is `waits_until` (`waits_certain`: the holidays of the year are known).
    """

    class Standing(models.TextChoices):
        """Where the account stands."""

        PENDING = "pending", "待生效"
        IN_FORCE = "in_force", "使用中"
        FORMER = "former", "已停用"
        DECLINED = "declined", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="bank_accounts", verbose_name="企业"
    )
    holder = models.CharField("户名", max_length=120)
    bank = models.CharField("开户行", max_length=120)
    number = models.CharField("账号", max_length=40)
    standing = models.CharField("状态", max_length=10, choices=Standing.choices, default=Standing.PENDING)
    created_at = models.DateTimeField("登记时间")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="登记人"
    )
    in_force_from = models.DateTimeField("生效时间", null=True, blank=True)
    waits_until = models.DateField("等待期最后一日", null=True, blank=True)
    waits_certain = models.BooleanField("等待期已确定", default=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="确认人",
    )
    answered_at = models.DateTimeField("确认时间", null=True, blank=True)
    ended_at = models.DateTimeField("停用时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "收款账户"
        ordering = ["enterprise_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(standing="in_force"), name="bank_account_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["enterprise"], condition=Q(standing="pending"), name="bank_account_one_pending"
            ),
        ]
        indexes = [models.Index(fields=["number"])]

    def __str__(self):
        return f"{self.holder}（尾号 {self.tail}）"

    @property
    def tail(self):
        """The last four digits: what is shown to whoever has no business with the whole number."""
        return self.number[-4:]

    @property
    def grouped(self):
        """The number in groups of four, as people compare it."""
        return " ".join(self.number[at : at + 4] for at in range(0, len(self.number), 4))
