"""Fingerprints: by what a claim's documents can be known again in another claim."""

from django.db import models


class Fingerprint(models.Model):
    """One thing that a claim gives as proof: the content of a file, or a number that stands on a paper.

    `value` is a SHA-256, or the number without spaces and signs, in capitals, so that two ways of typing one number
    meet. `place` is the required document of a file, or the path of the fact. The rows of a claim follow what was last
    submitted; a draft has none.
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
        indexes = [models.Index(fields=["kind", "value"])]

    def __str__(self):
        return f"{self.get_kind_display()} {self.value}"
