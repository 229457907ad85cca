"""Fingerprints: by what a claim's documents can be known again in another claim."""

from django.db import models


class Fingerprint(models.Model):
    """One thing that a claim gives as proof: the content of a file, or a number that stands on a paper.

    `value` is a SHA-256, or the number without spaces and signs, in capitals, so that two ways of typing one number
    meet. `place` is the required document of a file, or the path of the fact. The rows of a claim follow what was last
    submitted; a draft has none. Those of a claim that is rejected or withdrawn stay, and count for nothing.
    """

    class Kind(models.TextChoices):
        """What the fingerprint is of."""

        FILE = "file", "文件"
        INVOICE = "invoice", "发票号码"
        POLICY = "policy", "保单号"
        DECLARATION = "declaration", "报关单号"
        LOAN = "loan", "借款合同号"

    claim = models.ForeignKey("Claim", models.CASCADE, related_name="fingerprints", verbose_name="申报")
    kind = models.CharField("种类", max_length=12, choices=Kind.choices)
    value = models.CharField("内容", max_length=100)
    place = models.CharField("位置", max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = "凭证指纹"
        ordering = ["claim_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "kind", "value", "place"], name="fingerprint_once_per_place"
            )
        ]
        indexes = [models.Index(fields=["kind", "value", "claim"], name="fingerprint_of_others")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.value}"


class TraceMove(models.Model):
    """A note that something by which claims or firms are known again has come or gone, until the others are marked for it.

    Written in the transaction of the change, which needs no lock for it; `applications.flags.moves` works it off. `traces`
    are pairs of kind and value: fingerprints of a claim of the enterprise in `year`, or, without a year, what the
    enterprise itself is known by.
    """

    enterprise = models.ForeignKey("Enterprise", models.CASCADE, related_name="+", verbose_name="企业")
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    traces = models.JSONField("内容", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "待通知的凭证变化"
        ordering = ["id"]

    def __str__(self):
        return f"{self.enterprise_id} {self.year or ''}"
